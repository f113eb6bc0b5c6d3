/** Every card Slack is ever given: legal by every limit, readable in full, harmless. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Message, unfolded, type View } from '../../../adapters/slack/blocks.ts'
import {
  drawCard,
  drawDone,
  drawForm,
  drawMessage,
  drawReader,
  drawWindow,
} from '../../../adapters/slack/draw.ts'
import { type Meta, parseId, readMeta } from '../../../adapters/slack/ids.ts'
import type { Content, Reply, TaskCard } from '../../../src/chat/port.ts'
import { unescapeSlack } from '../../../src/chat/text.ts'
import { words } from '../../../src/chat/words.ts'
import { anyCard, anyContent, anyText, cardOf, preference } from './cards.ts'
import { faultsOfMessage, faultsOfView } from './legal.ts'

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
const pair = cardOf([preference], { texts: ['Because of Rayleigh scattering.', 'It is not.'] })
type Blocks = View['blocks']
const runs = { numRuns: 25 }

describe('happy: a card in the DM', () => {
  test('of two outputs is answered by one press', () => {
    expect(drawCard(pair, { notice: 'Saved: A > B', undo }, said)).toMatchSnapshot()
  })

  test('of four outputs opens a form', () => {
    const card = cardOf([preference], { texts: ['one', 'two', 'three', 'four'] })
    expect(drawForm(card, meta, {}, said)).toMatchSnapshot()
    expect(JSON.stringify(drawCard(card, {}, said))).toContain('v1:open:12-345')
  })

  test('is legal whatever the texts, and so is its form', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        expect(faultsOfMessage(drawCard(card, { notice: 'Saved', undo }, said))).toEqual([])
        expect(faultsOfView(drawForm(card, meta, { notice: 'Saved', undo }, said))).toEqual([])
      }),
      runs,
    )
  })

  test('folds a long text away for whoever has read it; a window, where Slack has no folds, shows it too', () => {
    const long = 'A sentence of a long answer. '.repeat(30)
    const message = drawCard(cardOf([preference], { texts: [long, 'short'] }), {}, said)
    const folds = message.blocks.filter(({ type }) => type === 'container')
    expect(folds).toEqual([
      expect.objectContaining({ is_collapsible: true, child_blocks: [expect.anything()] }),
    ])
    expect(folds[0]).not.toHaveProperty('default_collapsed')
    const view = drawWindow(message, 'Prefs', said)
    expect(faultsOfMessage(message)).toEqual([])
    expect(faultsOfView(view)).toEqual([])
    expect(JSON.stringify(view)).toContain(long)
  })

  test('names no output by its id and no model', () => {
    const card = cardOf([preference], { texts: ['one', 'two', 'three'] })
    expect(
      JSON.stringify([drawCard(card, {}, said), drawForm(card, meta, {}, said)]),
    ).not.toContain('model-')
  })
})

describe('happy: nothing is cut silently', () => {
  test('every text is on the card in full, or says which part it is and opens in full', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        for (const blocks of [
          drawCard(card, {}, said).blocks,
          drawForm(card, meta, {}, said).blocks,
        ])
          if (!JSON.stringify(blocks).includes(said.nothingToAnswer)) expectReadable(card, blocks)
      }),
      runs,
    )
  })

  test('the pages of a reader hold the stored text exactly', () => {
    fc.assert(
      fc.property(anyText, (content) => {
        expect(recover(readerPages(content))).toBe(content.trim() === '' ? '' : content)
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
    expect(texts.join('\n')).toContain('*Chat*\nUser\nHello\nAssistant\nHi &lt;@U1&gt;')
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
    expect(allIds(message).map(parseId)).toEqual([{ verb: 'start', version: 7, dataset: 'prefs' }])
  })

  test('every button, on every card, can be read back; and so can a form', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        const form = drawForm(card, meta, { undo }, said)
        for (const id of [...allIds(drawCard(card, { undo }, said)), ...allIds(form)])
          expect([id, parseId(id)]).not.toEqual([id, null])
        expect(readMeta(form.private_metadata ?? '')).toEqual(meta)
      }),
      runs,
    )
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
function readerPages(content: Content) {
  const reader = { assignmentId: '12-345', title: 'Output A', content }
  const pages = [drawReader(reader, { output: 0 }, 0, said)]
  for (let at = 1; hasNext(pages.at(-1)?.blocks ?? [], at); at++)
    pages.push(drawReader(reader, { output: 0 }, at, said))
  return pages
}

function hasNext(blocks: Blocks, page: number): boolean {
  return JSON.stringify(blocks).includes(`v1:turn:12-345:${page}:o:0`)
}

/** The stored text from what was drawn of it: the plain sections, unescaped and joined. */
function recover(pages: { blocks: Blocks }[]): string {
  return pages
    .flatMap((page) => plainSections(page.blocks))
    .map(unescapeSlack)
    .join('')
}

function plainSections(blocks: Blocks): string[] {
  return blocks.flatMap((block) => {
    if ('child_blocks' in block) return plainSections(block.child_blocks)
    return 'text' in block && block.type === 'section' && isPlain(block.text)
      ? [block.text.text]
      : []
  })
}

function isPlain(text: unknown): text is { text: string } {
  return typeof text === 'object' && text !== null && 'type' in text && text.type === 'plain_text'
}

function expectReadable(card: TaskCard, blocks: Blocks) {
  const shown = plainSections(blocks).map(unescapeSlack).join('')
  const json = JSON.stringify(blocks)
  const parts = [
    ...card.passages.map(({ name, content }) => ({ content, id: `f:${name}` })),
    ...card.outputs.map(({ content }, place) => ({ content, id: `o:${place}` })),
  ]
  for (const { content, id } of parts) {
    const texts = typeof content === 'string' ? [content] : content.map((one) => one.content)
    const whole = texts.every((text) => text.trim() === '' || shown.includes(text))
    if (!whole) expect(json).toContain(`v1:read:12-345:0:${id}"`)
  }
}

function textsOf(blocks: Message['blocks']): string[] {
  return unfolded(blocks).flatMap((block) => {
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
