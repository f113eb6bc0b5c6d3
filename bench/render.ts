/**
 * What rendering costs: a text parsed and written beside the bare parse by mdast, and a card of ten
 * outputs of 2,000 characters drawn for Slack and for Discord, its texts at hand (warm: each was
 * rendered once and is kept by hash and renderer version) and new (cold). Rounds alternate, medians
 * are printed. `--rounds` is how many (31). Limits: 2 times the parse, 3 ms a warm card.
 */
import { parseArgs } from 'node:util'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import { drawMarkdown } from '../adapters/discord/draw/markdown.ts'
import { drawCard as drawForDiscord } from '../adapters/discord/draw/task/card.ts'
import { drawRich } from '../adapters/slack/draw/rich-text.ts'
import { drawCard as drawForSlack } from '../adapters/slack/draw/task/card.ts'
import type { TaskCard } from '../src/chat/port/port.ts'
import { words } from '../src/chat/words/words.ts'
import { parseDocument } from '../src/datasets/parse.ts'
import { parseMarkdown } from '../src/markdown/parse.ts'
import type { Block } from '../src/markdown/tree.ts'

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '31' } } })
const rounds = Number(flags.rounds)
const said = words(undefined)
const extensions = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }
const document = parseDocument(
  'name: bench\nfields: { prompt: { title: Prompt } }\nquestions: { helpful: { title: How helpful?, type: rating } }',
)
const limits = { ratio: 2, cardMs: 3 }

/** What models write: a heading, words, a list, code, a table and a quote, in 2,000 characters. */
function textOf(seed: string): string {
  const parts = [
    `## Approach ${seed}`,
    `Use **${seed}** here: it is *fast*, and \`cache.get(key)\` costs ~1 ms. See [the docs](https://example.org/${seed}).`,
    '1. Read the file.\n2. Split it into lines, **without** the last one.\n   - keep `\\n`\n3. Write.',
    `\`\`\`ts\nexport function read_${seed}(path: string): string[] {\n  // the last line is empty\n  return readFileSync(path, 'utf8').split('\\n').slice(0, -1)\n}\n\`\`\``,
    '| size | time | note |\n|---:|---:|---|\n| 10 | 1.2 ms | warm |\n| 100 | 9.7 ms | `cold` |',
    '> It depends on the disk, of course: $t = a + b n$ where $n$ is the number of lines.',
    'Then measure again, with a file that is larger than memory, and compare what you see with the table above. ',
  ]
  let text = ''
  for (let i = 0; text.length < 2000; i++) text += `${parts[i % parts.length]}\n\n`
  return text.slice(0, 2000)
}

/** As most prompts are: sentences, and no mark in them. */
function proseOf(seed: string): string {
  return `Sentence ${seed} is about what somebody asked and nothing else. `
    .repeat(40)
    .slice(0, 2000)
}

function cardOf(texts: readonly string[]): TaskCard {
  return {
    ...{ assignmentId: '1-1', schemaVersion: 1, ballot: null, editing: false, taps: null },
    dataset: { name: 'bench', title: 'Bench', guidelines: 'Read all.' },
    passages: [{ name: 'prompt', title: 'Prompt', content: 'How do I read a **file**?' }],
    outputs: texts.map((content, i) => ({
      ...{ letter: String.fromCharCode(65 + i), id: `o${i}`, content },
    })),
    questions: document.questions,
    ...{ values: {}, presses: [], progress: { submitted: 3, assigned: null, minutes: 2 } },
  }
}

/**
 * Milliseconds of this thread's own work: what else runs on the machine does not count. Some systems
 * tell it in steps of a few: what is short is timed many at a time.
 */
function timed(work: () => unknown): number {
  const before = process.threadCpuUsage()
  work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

/** Runs them in turns, so that a slow moment of the machine meets all alike; medians in ms, in order. */
function alternate(...works: ((round: number) => unknown)[]): number[] {
  const times = works.map((): number[] => [])
  for (let round = -5; round < rounds; round++)
    for (const [i, work] of works.entries()) {
      const took = timed(() => work(round))
      if (round >= 0) times[i]?.push(took)
    }
  return times.map(medianOf)
}

let failed = false
function tell(what: string, value: number, most: number | null, unit: string) {
  const isOver = most !== null && value > most
  failed ||= isOver
  const bound = most === null ? '' : ` (at most ${most}${isOver ? ': MISSED' : ''})`
  process.stdout.write(`${what}: ${value.toFixed(2)} ${unit}${bound}\n`)
}

const write = (draw: (blocks: Block[]) => unknown) => (texts: readonly string[]) =>
  texts.map((text) => draw(parseMarkdown(text)))

for (const [kind, make] of [
  ['marked', textOf],
  ['prose', proseOf],
] as const) {
  const texts = Array.from({ length: 20 }, (_, i) => make(`t${i}`))
  const [bare = 0, slack = 0, discord = 0] = alternate(
    () => texts.map((text) => fromMarkdown(text, extensions)),
    () => write(drawRich)(texts),
    () => write(drawMarkdown)(texts),
  )
  tell(`${kind} text of 2,000 characters, bare parse`, bare / texts.length, null, 'ms')
  tell('  parsed and written for Slack', slack / bare, limits.ratio, 'times the parse')
  tell('  parsed and written for Discord', discord / bare, limits.ratio, 'times the parse')
}

const card = cardOf(Array.from({ length: 10 }, (_, i) => textOf(`warm${i}`)))
const raw: TaskCard = { ...card, rendering: 'raw' }
const fresh = (kind: string, round: number) =>
  cardOf(Array.from({ length: 10 }, (_, i) => textOf(`${kind}${round}x${i}`)))
const many = (draw: () => unknown) => () => {
  for (let i = 0; i < 20; i++) draw()
}
const drawings = [
  ['Slack, warm', many(() => drawForSlack(card, {}, said)), limits.cardMs, 20],
  ['Discord, warm', many(() => drawForDiscord(card, {}, said)), limits.cardMs, 20],
  ['Slack, raw', many(() => drawForSlack(raw, {}, said)), limits.cardMs, 20],
  ['Discord, raw', many(() => drawForDiscord(raw, {}, said)), limits.cardMs, 20],
  ['Slack, cold', (round: number) => drawForSlack(fresh('s', round), {}, said), null, 1],
  ['Discord, cold', (round: number) => drawForDiscord(fresh('d', round), {}, said), null, 1],
] as const
const took = alternate(...drawings.map(([, draw]) => draw))
process.stdout.write('card of 10 outputs of 2,000 characters\n')
for (const [i, [what, , most, times]] of drawings.entries())
  tell(`  ${what}`, (took[i] ?? 0) / times, most, 'ms')
if (failed) process.exitCode = 1
