/** Every card Slack is ever given: legal by every limit, readable in full, harmless. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Message, View } from '../../../adapters/slack/draw/blocks.ts'
import { drawMessage } from '../../../adapters/slack/draw/message.ts'
import { drawCard } from '../../../adapters/slack/draw/task/card.ts'
import { drawForm } from '../../../adapters/slack/draw/task/form.ts'
import { drawReader } from '../../../adapters/slack/draw/task/reader.ts'
import { drawDone } from '../../../adapters/slack/draw/task/receipt.ts'
import { drawWindow } from '../../../adapters/slack/draw/window.ts'
import { parseId } from '../../../adapters/slack/receive/ids.ts'
import { type Meta, readMeta } from '../../../adapters/slack/receive/metadata.ts'
import { improveId } from '../../../src/chat/port/ids.ts'
import type { Content, Reply, TaskCard } from '../../../src/chat/port/port.ts'
import { words } from '../../../src/chat/words/words.ts'
import { readBlocks } from '../../../src/markdown/read.ts'
import { type Rendering, textOf } from '../../../src/markdown/tree.ts'
import { letterOf } from '../../../src/questions/values.ts'
import { anyCard, anyContent, anyText, cardOf, preference } from './cards.ts'
import { faultsOfMessage, faultsOfView, lettersOf, richText } from './legal.ts'

const said = words(undefined)
const meta: Meta = {
  assignmentId: '12-345',
  schemaVersion: 2,
  nonce: '6f1c1c0e-0000-4000-8000-000000000000',
  responseUrl: `https://hooks.slack.com/actions/T1/${'1'.repeat(40)}`,
  message: { channel: 'D1', ts: '1.0001', assignmentId: '12-345' },
}
const undo = {
  assignmentId: '12-344',
  dataset: { name: 'prefs', title: 'Prefs' },
  summary: 'Saved: A > B',
  canUndo: true,
  canEdit: true,
}
/** All that a line about the answer before may offer at once. */
const offers = {
  ...undo,
  summary: `Saved: A > B\nA model suggested otherwise: ${'B > A (judge) · '.repeat(40)}`,
  asksMore: 'more' as const,
  adopt: { assignmentId: '12-344!', schemaVersion: 1, revision: 1 },
  improve: [0, 1, 2, 3, 4].map((place) => ({
    what: { letter: letterOf(place) },
    id: improveId('12-344', place),
  })),
}
const pair = cardOf([preference], { texts: ['Because of Rayleigh scattering.', 'It is not.'] })
type Blocks = View['blocks']
/** A card that fails is told as it is: to shrink one of many long texts takes hours. */
const runs = { numRuns: 15, endOnFailure: true }

describe('happy: a card in the DM', () => {
  test('of two outputs is answered by one press', () => {
    expect(drawCard(pair, { notice: 'Saved: A > B', undo }, said)).toMatchSnapshot()
  })

  test('its notification reads as words: no mark of Markdown, and raw text where raw was asked', () => {
    const prompt = '# Greeting\n\nWrite **one** line of `Rust`, see [the book](https://a.example).'
    const passages = [{ name: 'prompt', title: 'Prompt', content: prompt }]
    const card = cardOf([preference], { texts: ['one', 'two'], passages })
    const { text } = drawCard(card, {}, said)
    expect(text).toContain('Greeting Write one line of Rust, see the book')
    expect(text).not.toMatch(/[*#`[\]]/)
    expect(drawCard({ ...card, rendering: 'raw' }, {}, said).text).toContain('**one**')
  })

  test('that asks for a label says the question once, and what each label means', () => {
    const options = [
      { value: 'a', text: 'Facts', description: 'What is so.' },
      { value: 'b', text: 'Code' },
    ]
    const card = cardOf([{ type: 'label', name: 'topic', title: 'What is it about?', options }])
    const drawn = JSON.stringify(drawCard(card, {}, said).blocks)
    expect(drawn.split('What is it about?')).toHaveLength(2)
    expect(drawn).toContain('• Facts: What is so.')
  })

  test('of four outputs opens a form', () => {
    const card = cardOf([preference], { texts: ['one', 'two', 'three', 'four'] })
    expect(drawForm(card, meta, {}, said)).toMatchSnapshot()
    expect(JSON.stringify(drawCard(card, {}, said))).toContain('v1:open:12-345')
  })

  // One drawing of a card for all of it: drawing random cards is what costs.
  test('is legal, readable in full and read back, whatever the texts; and so is its form', () => {
    fc.assert(
      fc.property(anyCard, fc.boolean(), (card, isFull) => {
        const above = isFull ? { notice: offers.summary, undo: offers } : { notice: 'Saved', undo }
        const drawn = drawCard(card, above, said)
        const form = drawForm(card, meta, above, said)
        expect(faultsOfMessage(drawn)).toEqual([])
        expect(faultsOfView(form)).toEqual([])
        for (const { blocks } of [drawn, form])
          if (!JSON.stringify(blocks).includes(said.nothingToAnswer)) expectReadable(card, blocks)
        for (const id of [...allIds(drawn), ...allIds(form)])
          expect([id, parseId(id)]).not.toEqual([id, null])
        expect(readMeta(form.private_metadata ?? '')).toEqual(meta)
      }),
      runs,
    )
  })

  test('shows a table as one; a window, where Slack has none, as aligned text', () => {
    const table = '| a | b |\n|---|--:|\n| one | 1 |'
    const message = drawCard(cardOf([preference], { texts: [table, table] }), {}, said)
    expect(message.blocks.filter(({ type }) => type === 'table')).toHaveLength(1)
    const view = drawWindow(message, 'Prefs', said)
    expect(faultsOfMessage(message)).toEqual([])
    expect(faultsOfView(view)).toEqual([])
    expect(JSON.stringify(view).match(/a {3}\| b\\n----\|--\\none \| 1/g)).toHaveLength(2)
  })

  test('names no output by its id and no model', () => {
    const card = cardOf([preference], { texts: ['one', 'two', 'three'] })
    expect(
      JSON.stringify([drawCard(card, {}, said), drawForm(card, meta, {}, said)]),
    ).not.toContain('model-')
  })
})

describe('happy: nothing is cut silently', () => {
  test('the pages of a reader hold the text as it was written exactly', () => {
    fc.assert(
      fc.property(anyText, (content) => {
        expect(recover(readerPages(content, 'raw'))).toBe(content.trim() === '' ? '' : content)
      }),
      runs,
    )
  })

  test('every page of a reader is legal, chats role by role', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        for (const page of readerPages(content)) expect(faultsOfView(page)).toEqual([])
      }),
      runs,
    )
  })

  test('a chat keeps its roles', () => {
    const content = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi <@U1>' },
    ]
    const card = cardOf([{ type: 'text', name: 'reply', title: 'Reply' }], {
      passages: [{ name: 'chat', title: 'Chat', content }],
    })
    const texts = textsOf(drawCard(card, {}, said).blocks)
    expect(texts.join('\n')).toContain('*Chat*\nUser\nHello\nAssistant\nHi <@U1>')
  })
})

describe('happy: everything else is legal too', () => {
  test('receipts, welcome, choices, history, notices and problems', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const title = text.slice(0, 500).toWellFormed() || 'x'
        const dataset = { name: 'prefs', title }
        const receipt = { ...undo, dataset, summary: text }
        const choice = { name: 'prefs', title, left: 3, minutes: 2 }
        const replies: Exclude<Reply, { type: 'nothing' }>[] = [
          { type: 'receipt', saved: receipt, notice: text },
          { type: 'welcome', welcome: { consentVersion: 1, datasets: Array(40).fill(dataset) } },
          { type: 'choices', choices: Array(60).fill(choice), notice: text },
          { type: 'history', entries: Array(20).fill({ ...receipt, at: new Date() }) },
          { type: 'notice', text },
          {
            type: 'notice',
            text,
            report: {
              title,
              lead: text,
              parts: Array(40).fill({ heading: title, text }),
              notes: [text, title],
            },
          },
          { type: 'problems', problems: { preference: text || 'x' } },
          { type: 'file', name: 'x.jsonl', path: '/dev/null', text },
          { type: 'reader', reader: { assignmentId: '1', title, content: text } },
        ]
        for (const reply of replies)
          expect([reply.type, faultsOfMessage(drawMessage(reply, said))]).toEqual([reply.type, []])
        expect(faultsOfView(drawDone(receipt, undefined, meta, said))).toEqual([])
      }),
      runs,
    )
  })

  test('a receipt has Undo and Edit only where they may be pressed', () => {
    const buttonsOf = (saved: typeof undo, goesOn = false) =>
      idsOf(drawMessage({ type: 'receipt', saved, goesOn }, said))
    expect(buttonsOf(undo)).toEqual(['undo', 'edit'])
    expect(buttonsOf(undo, true)).toEqual(['next', 'undo', 'edit'])
    expect(buttonsOf({ ...undo, canUndo: false, canEdit: false })).toEqual([])
  })

  test('Start carries the dataset that was asked for', () => {
    const welcome = { consentVersion: 7, datasets: [] }
    const message = drawMessage({ type: 'welcome', welcome }, said, 'prefs')
    expect(allIds(message).flatMap((id) => parseId(id) ?? [])).toEqual([
      { verb: 'start', version: 7, dataset: 'prefs' },
    ])
  })
})

describe('refused', () => {
  test('a record with more to answer than a window holds can be skipped', () => {
    const card = cardOf(
      ['a', 'b', 'c'].map((name) => ({ type: 'text', name, title: name, of: 'outputs' })),
      { texts: Array(50).fill('text') },
    )
    const view = drawForm(card, meta, {}, said)
    expect(faultsOfView(view)).toEqual([])
    expect(JSON.stringify(view)).toContain(said.tooManyControls)
    expect(view.submit).toBeUndefined()
  })

  test('fifty outputs can be ranked in one window, but not twice', () => {
    const texts = Array(50).fill('some text')
    const one = drawForm(cardOf([preference], { texts }), meta, {}, said)
    expect(faultsOfView(one)).toEqual([])
    expect(one.submit).toBeDefined()
    const two = drawForm(
      cardOf([preference, { ...preference, name: 'again' }], { texts }),
      meta,
      {},
      said,
    )
    expect(faultsOfView(two)).toEqual([])
    expect(JSON.stringify(two)).toContain(said.tooManyControls)
  })

  test('an earlier answer too long for its input is kept and said so', () => {
    const card = cardOf([{ type: 'text', name: 'answer', title: 'Answer' }], {
      values: { answer: '漢'.repeat(60_000) },
      editing: true,
    })
    const view = drawForm(card, meta, {}, said)
    expect(faultsOfView(view)).toEqual([])
    expect(JSON.stringify(view)).toContain(said.answerTooLong)
  })

  test('ids that were never drawn are not read', () => {
    for (const id of ['', 'v2:open:1', 'v1:press:1:x:0', 'v1:press:1:1:-1', 'v1:skip:1:because'])
      expect(parseId(id)).toBeNull()
    for (const text of ['', '{', 'null', '[]', '{"a":1}']) expect(readMeta(text)).toBeNull()
  })
})

/** All pages of a reader, as a person turns them. */
function readerPages(content: Content, rendering: Rendering = 'markdown-1') {
  const reader = { assignmentId: '12-345', title: 'Output A', content, rendering }
  const pages = [drawReader(reader, { output: 0 }, 0, said)]
  for (let at = 1; hasNext(pages.at(-1)?.blocks ?? [], at); at++)
    pages.push(drawReader(reader, { output: 0 }, at, said))
  return pages
}

function hasNext(blocks: Blocks, page: number): boolean {
  return new RegExp(`v1:turn(-raw)?:12-345:${page}:o:0`).test(JSON.stringify(blocks))
}

/** The stored text from what was drawn of it. */
function recover(pages: { blocks: Blocks }[]): string {
  return pages.map((page) => richText(page.blocks)).join('')
}

function expectReadable(card: TaskCard, blocks: Blocks) {
  const shown = lettersOf(richText(blocks))
  const json = JSON.stringify(blocks)
  const parts = [
    ...card.passages.map(({ name, content }) => ({ content, id: `f:${name}` })),
    ...card.outputs.map(({ content }, place) => ({ content, id: `o:${place}` })),
  ]
  for (const { content, id } of parts) {
    const texts = typeof content === 'string' ? [content] : content.map((one) => one.content)
    const whole = texts.every((text) => shown.includes(lettersOf(textOf(readBlocks(text)))))
    if (!whole) expect(json).toContain(`v1:read:12-345:0:${id}"`)
  }
}

function textsOf(blocks: Message['blocks']): string[] {
  return blocks.flatMap((block) => {
    if (block.type === 'rich_text') return [richText(block)]
    if (block.type === 'section') return block.text ? [block.text.text] : []
    if (block.type !== 'context') return []
    return block.elements.flatMap((element) => ('text' in element ? [element.text] : []))
  })
}

/** Every id in buttons and options. */
function allIds(drawn: unknown): string[] {
  if (Array.isArray(drawn)) return drawn.flatMap(allIds)
  if (typeof drawn !== 'object' || drawn === null) return []
  return Object.entries(drawn).flatMap(([key, value]) =>
    key === 'value' && typeof value === 'string' && value.startsWith('v1:')
      ? [value]
      : allIds(value),
  )
}

function idsOf(message: Message): (string | undefined)[] {
  return allIds(message).map((id) => parseId(id)?.verb)
}
