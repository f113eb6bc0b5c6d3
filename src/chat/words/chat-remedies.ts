/**
 * Remedies are written for the terminal, where most admin work is done. In chat, the reader sees what
 * to type there, or that it is a command of the terminal.
 */

/** A problem's name that says nothing where no flag was typed: the sentence after it is whole. */
const unnamed = /^(?:--)?(?:as|dataset|channel|to|format|person|role|time|zone|days|reason): /gm

const commands: readonly (readonly [RegExp, string])[] = [
  [/(?:npx )?parley dataset list\b/g, '/parley-admin progress'],
  [/(?:npx )?parley dataset publish(?: (?!first\b)[\w-]+)?/g, '/parley-admin publish NAME'],
  [/(?:npx )?parley progress(?: [\w-]+)?/g, '/parley-admin progress'],
  [/(?:npx )?parley generate ([\w-]+) --(money) /g, '/parley-admin generate $1 $2='],
]

/** A command of the terminal that chat has none for, unless it says so already. */
const others =
  /(?<![/\w])(?<!npx )parley (?=[a-z]+(?:-[a-z]+)*\b)(?=(?:dataset|records?|labelers|roles|imports?|export|new|posts|stats|doctor|config|generate|migrate)\b)/g

/** An option of an import, which chat has none of. */
const options = /(?<=\bwith )--(?=(?:map|from) )/g

export function sayInChat(text: string): string {
  const told = commands.reduce((so, [from, to]) => so.replace(from, to), text)
  return told
    .replace(unnamed, '')
    .replace(/^--(?=[a-z-]+: )/gm, '')
    .replace(others, 'npx parley ')
    .replace(options, 'npx parley import … --')
}
