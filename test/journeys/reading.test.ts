/** What people read: long texts to the last character, and hostile texts as the harmless words they are. */
import { describe, expect } from 'vitest'
import type { Actress } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest()

/** The rich text of the open window, as Slack shows it. */
function readWindow(person: Actress): string {
  return textIn(person.modal()?.view['blocks'])
}

function textIn(value: unknown): string {
  if (Array.isArray(value)) return value.map(textIn).join(' ')
  if (typeof value !== 'object' || value === null || !('type' in value)) return ''
  if (value.type === 'text' || value.type === 'link')
    return 'text' in value ? String(value.text) : ''
  if (!String(value.type).startsWith('rich_text')) return ''
  return 'elements' in value ? textIn(value.elements) : ''
}

/** Every letter and digit, in order: what Markdown marks are for is not read. */
function lettersOf(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, '')
}

/** Turns the pages of the open reader to the end. */
async function readAll(person: Actress): Promise<{ text: string; pages: number }> {
  let text = readWindow(person)
  let pages = 1
  for (; person.modal()?.text.includes('[Next page]'); pages++) {
    await person.presses('Next page')
    text += readWindow(person)
  }
  return { text, pages }
}

/** A text of about this length in which every line is different and every kind of sign occurs. */
function longText(about: string, length: number): string {
  const lines: string[] = []
  for (let i = 0, size = 0; size < length; i++) {
    const kinds = [
      `${about} ${i}: a sentence & <some> "marks" in it, then *more* and _more_ of \`it\`. `,
      `${about} ${i}: слова, 漢字かな交じり文, مرحبا, 👩‍👩‍👧‍👦 🇺🇳 é e\u0301\n`,
      `\`\`\`ts\nconst x${i} = a < b && c > d // ${about}\n\`\`\`\n\n`,
      `${'x'.repeat(i % 90)}\t| a | b |\n`,
    ]
    const line = kinds[i % kinds.length] ?? ''
    lines.push(line)
    size += line.length
  }
  return lines.join('').trim()
}

describe('happy: long texts', () => {
  test('Ana reads a prompt and an output of a hundred thousand characters, page by page, to the letter', async ({
    journey,
  }) => {
    const { ana } = journey
    const prompt = longText('prompt', 99_000)
    const first = longText('output', 99_500)
    const second = 'A short one.'
    await journey.dataset('name: long\ntemplate: comparison\ntitle: Long reading', [
      { id: 'l1', prompt, outputs: [first, second] },
    ])
    await ana.joins('long')
    const card = ana.newest()
    expect(card).toContain('part 1 of')
    await ana.presses('Read all of Prompt')
    const read = await readAll(ana)
    expect(lettersOf(read.text)).toBe(lettersOf(prompt))
    expect(read.pages).toBeGreaterThan(1)
    await ana.presses('Previous')
    await ana.presses('Next page')
    await ana.presses('As a file')
    expect(ana.modal()?.text).toContain('The file is in your messages with Parley.')
    expect(ana.modal()?.text).not.toContain('[As a file]')
    await ana.closes()
    const file = ana.files().at(-1)
    expect(file?.name).toBe('Prompt.md')
    expect(file?.text).toBe(prompt)
    const letter = /Output ([AB])\s.*part 1 of/.exec(card.replaceAll('\n', ' '))?.[1]
    const long = card.includes('[Read all of Output A]') ? 'A' : 'B'
    expect(letter).toBeDefined()
    await ana.presses(`Read all of Output ${long}`)
    expect(lettersOf((await readAll(ana)).text)).toBe(lettersOf(first))
    await ana.closes()
    await ana.presses('Both bad')
    const [line] = await journey.raw('long')
    expect(line).toMatchObject({
      record: { fields: { prompt }, outputs: [{ text: first }, { text: second }] },
      shown: { expanded: expect.arrayContaining(['prompt']) },
    })
  })

  test('from inside the form the long text opens above it, and what was typed is still there after', async ({
    journey,
  }) => {
    const { ben } = journey
    const prompt = longText('inside', 99_000)
    await journey.dataset('name: inside\ntemplate: completion\ntitle: Read, then write', [
      { id: 'i1', prompt },
    ])
    await ben.joins('inside')
    await ben.presses('Answer')
    await ben.writes('Your answer', 'half of a thought')
    await ben.presses('Read all of Prompt')
    expect(lettersOf((await readAll(ben)).text)).toBe(lettersOf(prompt))
    await ben.closes()
    expect(JSON.stringify(ben.modal()?.view['state'])).toContain('half of a thought')
    await ben.submits()
    await ben.receives('All done here.')
    await ben.closes()
  })

  test('a long answer can be edited only as far as the window holds it, and is never cut', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset('name: essay\ntemplate: completion\ntitle: Write an essay', [
      { id: 'y1', prompt: 'Write at length.' },
    ])
    const essay = longText('essay', 2_900).slice(0, 2_950)
    await ana.joins('essay')
    await ana.presses('Answer')
    await ana.writes('Your answer', essay)
    await ana.submits()
    await ana.closes()
    await ana.presses('Edit')
    await ana.presses('Save')
    await ana.closes()
    const answers = (await journey.raw('essay')).filter(({ counted }) => counted)
    expect(answers.map(({ values }) => values['completion'])).toEqual([essay])
  })
})

describe('refused: text that wants to be more than text', () => {
  const hostile = [
    '<!channel> <!here> <!everyone> @channel @here @everyone',
    '<@U00000001> <#C00000001|general> <!subteam^S00000001|@evals>',
    '<https://evil.example/?q=1|Press here to win> https://evil.example/auto',
    '*bold* _it_ ~no~ `code` :tada: &lt;!channel&gt; &amp;lt;!here&amp;gt;',
    '[Answer] [Undo] == Home == <script>alert(1)</script>\u202Etxet desrever',
  ].join('\n')

  /** The same as Markdown: emphasis and code without their marks, entities as what they stand for. */
  const read = hostile
    .replace('*bold* _it_ ~no~ `code`', 'bold it no code')
    .replace('&lt;!channel&gt; &amp;lt;!here&amp;gt;', '<!channel> &lt;!here&gt;')

  test('nobody is pinged, nothing unfurls, and it reads as it was written', async ({ journey }) => {
    const { ana, slack } = journey
    const before = slack.wire.length
    await journey.dataset(
      `name: hostile\ntemplate: comparison\ntitle: "<!channel> pings"\nguidelines: "<!everyone> read"\nquestions: { preference: { title: "<!here> *which*?" }, why: { title: "<@U1> why", type: text, required: false } }`,
      [
        { id: 'h1', prompt: hostile, outputs: [hostile, `${hostile} B`] },
        { id: 'h2', prompt: `${hostile} 2`, outputs: [`${hostile} C`, `${hostile} D`] },
      ],
    )
    await ana.joins('hostile')
    await ana.receives(read)
    await ana.presses('Guidelines')
    await ana.receives('<!everyone> read')
    await ana.closes()
    await ana.presses('Answer in full')
    expect(ana.modal()?.text).toContain(read)
    await ana.chooses('<!here> *which*?', 'A is better')
    await ana.writes('<@U1> why', `${hostile}`)
    await ana.submits()
    await ana.hands.closeAll()
    await ana.receives('Saved:')
    await ana.types('/parley history')
    await ana.types('/parley datasets')
    const marks = slack.wire.slice(before).flatMap((line) => {
      const out = line.direction === 'call' ? line.request : line.response
      return marked(out)
    })
    expect(marks.length).toBeGreaterThan(10)
    for (const text of marks) expect(text).not.toMatch(/<[!@#]|<https?:\/\/evil|evil\.example\|/)
    const posts = slack.wire.slice(before).filter((line) => line.path.endsWith('/chat.postMessage'))
    for (const { request } of posts)
      expect(request).toMatchObject({ unfurl_links: 'false', unfurl_media: 'false' })
    const [line] = await journey.raw('hostile')
    expect(line?.values['why']).toBe(hostile)
  })
})

/** Every text in which Slack would read markup: mrkdwn objects, and the fallback text of messages. */
function marked(value: unknown, key = ''): string[] {
  if (typeof value === 'string') {
    if (/^[[{]/.test(value) && (key === 'blocks' || key === 'view'))
      return marked(JSON.parse(value))
    return key === 'text' ? [value] : []
  }
  if (Array.isArray(value)) return value.flatMap((one) => marked(one))
  if (typeof value !== 'object' || value === null) return []
  // What stands in rich text is text; legal.ts sees to its links and that nothing else is in it.
  if ('type' in value && value.type === 'rich_text') return []
  return Object.entries(value).flatMap(([name, one]) => marked(one, name))
}
