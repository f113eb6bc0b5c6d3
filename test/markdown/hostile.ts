/** Some three hundred texts that try to be more than text, or to break whoever reads them. */
const pieces = [
  ...[
    '<!channel>',
    '<!here|x>',
    '<@U012AB3CD>',
    '<#C1|general>',
    '<!subteam^S1|@evals>',
    '@everyone',
  ],
  ...['<@123456789012345678>', '<@&1>', '<#1>', '<t:1700000000:R>', '</cmd:1>', '<:a:1>', '@here'],
  ...[
    '&lt;!channel&gt;',
    '&amp;lt;b&amp;gt;',
    '&#x202e;',
    '&#60;@U1&#62;',
    '<div onclick="x()">w</div>',
  ],
  ...[
    '[js](javascript:alert(1))',
    '[d](data:text/html,x)',
    '<javascript:alert(1)>',
    '[v](vbscript:x)',
  ],
  ...[
    '[google.com](https://evil.example)',
    '[https://good.example](https://evil.example/a)',
    '[](https://e.example)',
  ],
  ...[
    '![alt](https://p.example/a.png "title")',
    '![](x)',
    '[![b](https://i.example/b)](https://l.example)',
  ],
  ...[
    'https://auto.example/a_b_c(d)',
    'www.auto.example',
    'a@mail.example',
    '<https://in.example/?a=1|Click>',
  ],
  ...[
    '**',
    '*a',
    '_b',
    '~~c',
    '***d** e*',
    '__f__',
    '`',
    '``g`',
    '```',
    '~~~',
    '||spoiler||',
    '-# small',
  ],
  ...[
    '# heading',
    '####### seven',
    '> quote',
    '>>> more',
    '- [ ] task',
    '- [x] done',
    '1. one',
    '0. nil',
    '999999999. big',
  ],
  ...[
    '| a | b |\n|---|:-:|\n| c |',
    '|x|\n|-|\n|y|z|',
    '---',
    '***',
    '===',
    '[ref]: https://r.example "t"',
    '[ref]',
    '[^1]',
    '[^1]: note',
  ],
  ...[
    '$x_1^2$',
    '$$\\frac{a}{b}$$',
    '\\(y\\)',
    '\\[\nz\n\\]',
    '$5 and $6',
    '\\*',
    '\\\\',
    ':tada:',
    '\u202eabc',
    '\u200b',
    'e\u0301\u0302',
  ],
  ...[
    '```code`[Click](https://e.example)```',
    '````code`<!channel>`code````',
    '``a`:smile:`||b||``',
    '```py\nprint("*_`~")\n```',
    '````\n```\nin\n```\n````',
    '    indented\n\tcode',
    '```a b c\nmeta\n```',
    '~~~\n<!here>\n~~~',
  ],
]

const shapes: ((piece: string) => string)[] = [
  (piece) => `w1 ${piece} w2`,
  (piece) => `${piece}`,
  (piece) => `- w1\n  ${piece}\n  - ${piece}\n\n> ${piece}\n> w2`,
]

/** Each nuisance by itself, in words, and in lists and quotes. */
export const hostile: string[] = [
  ...pieces.flatMap((piece) => shapes.map((shape) => shape(piece))),
  ...pieces.map(
    (piece, i) =>
      `${piece}${pieces[(i * 7 + 3) % pieces.length]}\n${pieces[(i * 5 + 1) % pieces.length]}`,
  ),
  ...['>', '> ', '- ', '1. ', '*', '_', '`', '[', '![', '<', '|', '~', '\\', '$', '&'].map((one) =>
    one.repeat(400),
  ),
  `${'> - '.repeat(40)}deep`,
  Array.from({ length: 40 }, (_, i) => `${'  '.repeat(i)}- level ${i}`).join('\n'),
  `${'*a _b '.repeat(60)}x${'_ *'.repeat(60)}`,
  `|${'c|'.repeat(30)}\n|${'-|'.repeat(30)}\n${`|${'v|'.repeat(30)}\n`.repeat(120)}`,
  'long'.repeat(2500),
  `\`\`\`\n${'x = "`"\n'.repeat(500)}\`\`\``,
]
