/** Every card Discord is ever given: legal by every limit, readable in full, harmless, few touches. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawExportForm, drawImportForm } from '../../../adapters/discord/draw/admin/admin-forms.ts'
import {
  type Button,
  type Component,
  type LinkButton,
  message,
  type Select,
} from '../../../adapters/discord/draw/components.ts'
import { drawReceipt } from '../../../adapters/discord/draw/home/answers.ts'
import { drawHome, drawPanel } from '../../../adapters/discord/draw/home/home.ts'
import { parseReminderId } from '../../../adapters/discord/draw/home/reminders.ts'
import { drawMarkdown } from '../../../adapters/discord/draw/markdown.ts'
import { drawMessage } from '../../../adapters/discord/draw/message.ts'
import { drawCard } from '../../../adapters/discord/draw/task/card.ts'
import { first, planStep } from '../../../adapters/discord/draw/task/form-steps.ts'
import { drawForm, showsAll } from '../../../adapters/discord/draw/task/forms.ts'
import type { Above } from '../../../adapters/discord/draw/task/layouts.ts'
import { drawPage, drawPages, textsOf } from '../../../adapters/discord/draw/task/reading.ts'
import { parseId } from '../../../adapters/discord/receive/ids.ts'
import type { Start } from '../../../adapters/discord/receive/task-ids.ts'
import { fileText } from '../../../src/chat/cards/content.ts'
import { buildTapPanel, tapQuestion, tapRanking } from '../../../src/chat/cards/taps.ts'
import { improveId, parseCancelId, parsePublicId } from '../../../src/chat/port/ids.ts'
import type {
  Content,
  GenerationProgress,
  ImportProgress,
  PostResult,
  PublicPost,
  Reply,
  TaskCard,
} from '../../../src/chat/port/port.ts'
import { type Words, words } from '../../../src/chat/words/words.ts'
import { emptyReport } from '../../../src/imports/report.ts'
import { readBlocks } from '../../../src/markdown/read.ts'
import { letterOf, type Values } from '../../../src/questions/values.ts'
import {
  anyCard,
  anyContent,
  anyText,
  cardOf,
  faultsOfMessage,
  faultsOfModal,
  preference,
} from './cards.ts'
import { harmIn } from './markdown.ts'

const said = words(undefined)
const german = words('de')
const nonce = '1234567890123456789'
const undo = {
  assignmentId: '12-344',
  dataset: { name: 'prefs', title: 'Prefs' },
  summary: 'Saved: A > B',
  canUndo: true,
  canEdit: true,
}
const above: Above = { notice: 'Saved: A > B', undo }
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
/** A card that fails is told as it is: to shrink one of fifty long texts takes hours. */
const runs = { numRuns: 60, endOnFailure: true }

describe('happy: a card in private', () => {
  test('of two outputs is answered by one press', () => {
    expect(drawCard(pair, above, said)).toMatchSnapshot()
  })

  test('of a completion opens a form with room for a long text, and a file', () => {
    const card = cardOf([
      { type: 'text', name: 'answer', title: 'Your answer' },
      { type: 'text', name: 'comment', title: 'Comment', required: false },
    ])
    expect(drawForm(card, first, nonce, said)).toMatchSnapshot()
  })

  // One drawing of a card for all of it: drawing random cards of up to fifty texts is what costs.
  test('is valid, harmless, fully readable and read back, whatever the texts; so is every step of its form', () => {
    fc.assert(
      fc.property(anyCard, fc.boolean(), fc.boolean(), (card, isGerman, isFull) => {
        const own = isGerman ? german : said
        const over = isFull ? { notice: offers.summary, undo: offers } : above
        const drawn = drawCard(card, over, own)
        expect(faultsOfMessage(message(drawn))).toEqual([])
        const frames = drawn.filter(({ type }) => type === 17).length
        expect([0, card.outputs.length]).toContain(frames)
        expect(displaysIn(drawn).flatMap(liveInTheirs)).toEqual([])
        for (const id of idsIn(drawn)) expect([id, parseId(id) !== null]).toEqual([id, true])
        expectReadable(card, drawn, own)
        const go = { question: 0, part: 0 }
        expect(faultsOfMessage(message(drawCard(card, {}, own, { go, page: 1 })))).toEqual([])
        for (const start of stepsOf(card)) {
          const form = drawForm(card, start, nonce, own)
          expect(form).not.toBeNull()
          expect(faultsOfModal(form)).toEqual([])
        }
      }),
      runs,
    )
  }, 300_000)

  test('a suggestion of any length leaves room for the texts beside it in a form', () => {
    const long = '*a* _b_ '.repeat(3000)
    const asked = [{ type: 'text', name: 'answer', title: 'Your answer' }] as const
    for (const suggestion of ['*_~`'.repeat(200), '语'.repeat(900), 'word '.repeat(300)])
      for (const text of ['word '.repeat(3000), '语'.repeat(9000), long]) {
        const passages = [{ name: 'p', title: 'P', content: text }]
        const card = { ...cardOf([...asked], { texts: [text, text], passages }), suggestion }
        expect(faultsOfModal(drawForm(card, first, nonce, said))).toEqual([])
        expect(faultsOfMessage(message(drawCard(card, above, said)))).toEqual([])
      }
  })

  test('shows no output ids and no models', () => {
    const card = cardOf([preference], { texts: ['one', 'two', 'three'] })
    expect(
      JSON.stringify([drawCard(card, {}, said), drawForm(card, first, nonce, said)]),
    ).not.toContain('model-')
  })

  test('the steps of a form ask every question exactly once', () => {
    fc.assert(
      fc.property(anyCard, (card) => {
        const parts = stepsOf(card).flatMap((start) => planStep(card, start).parts)
        const keys = parts.map(({ question, place }) => `${question}:${place}`)
        expect(new Set(keys).size).toBe(keys.length)
        const again = planStep({ ...card, values: {} }, first)
        if (stepsOf(card).length === 0) expect(again.next).toBeNull()
      }),
      runs,
    )
  })
})

describe('happy: tapped in order', () => {
  test.each([3, 4, 5])('%i outputs: each has its letter beside it', (outputs) => {
    const card = cardOf([preference], { texts: Array(outputs).fill('An answer.') })
    const drawn = drawCard(card, above, said)
    const letters = labelsIn(drawn.filter((one) => one.type === 17))
    expect(letters).toEqual([...'ABCDE'].slice(0, outputs))
    expect(faultsOfMessage(message(drawn))).toEqual([])
  })

  test.each(['full', 'tiers', 'best_worst', 'best_only'] as const)(
    'ten outputs, %s: all on one card with a button for each that is left, at every step',
    (mode) => {
      const texts = Array.from({ length: 10 }, (_, i) => `Answer ${i}. ${'word '.repeat(400)}`)
      const asks = [{ ...preference, mode }]
      const ids = texts.map((_, i) => `model-${i}`)
      const question = tapQuestion(cardOf(asks, { texts }).questions, ids)
      if (!question) throw new Error('nothing to tap')
      let values: Values = {}
      for (let step = 0; ; step++) {
        const card = cardOf(asks, { texts, values })
        const drawn = drawCard(card, above, said)
        expect(faultsOfMessage(message(drawn))).toEqual([])
        const shown = displaysIn(drawn).join('\n')
        for (const letter of 'ABCDEFGHIJ') expect(shown).toContain(`Output ${letter}`)
        expect(labelsIn(drawn)).toEqual(expect.arrayContaining(['Skip', 'Undo']))
        const left = card.taps?.taps.filter((tap) => typeof tap === 'number') ?? []
        // Long texts push the controls screens away: their letters stand together, with first words.
        const together = labelsIn(drawn).filter((text) => text.length === 1)
        expect(together).toHaveLength(left.length)
        expect(shown).toContain(said.tapLetters)
        const tap = left.at(-1)
        if (tap === undefined) return
        const at = step * 5000
        const next = tapRanking(question, values, ids, { tap, step, at })
        if (next) values = { [question.name]: next }
      }
    },
  )
})

describe('happy: outputs are separated from the prompt and each other', () => {
  const framesOf = (drawn: readonly Component[]) =>
    drawn.flatMap((one) => (one.type === 17 ? [displaysIn([one]).join('\n')] : []))
  const texts = (count: number) => Array.from({ length: count }, (_, i) => `Answer ${i}.`)

  test('each output has its own frame, and nothing else does', () => {
    expect(framesOf(drawCard(pair, above, said))).toEqual([
      expect.stringContaining('Rayleigh'),
      expect.stringContaining('It is not'),
    ])
    const frames = framesOf(drawCard(cardOf([preference], { texts: texts(1) }), {}, said))
    expect(frames).toEqual([expect.stringContaining('Answer 0')])
  })

  test('a text that is cut keeps its Read button, in the frame', () => {
    const long = cardOf([preference], { texts: ['word '.repeat(1500), 'It is not.'] })
    const framed = drawCard(long, {}, said).flatMap((one) =>
      one.type === 17 ? one.components : [],
    )
    expect(labelsIn(framed)).toEqual([said.readAll(said.output('A'))])
  })

  test('if 40 components are not enough for frames, a rule separates outputs from the prompt', () => {
    const passages = Array.from({ length: 4 }, (_, i) => ({
      ...{ name: `f${i}`, title: `Field ${i}`, content: `Words ${i}` },
    }))
    for (const count of [6, 7]) {
      const drawn = drawCard(cardOf([preference], { texts: texts(count), passages }), above, said)
      expect(faultsOfMessage(message(drawn))).toEqual([])
      expect(framesOf(drawn)).toEqual([])
      const at = drawn.findIndex(({ type }) => type === 14)
      expect(displaysIn(drawn.slice(0, at)).join()).toContain('Words 3')
      expect(displaysIn(drawn.slice(at, at + 2)).join()).toContain('Answer 0')
    }
    const full = drawCard(cardOf([preference], { texts: texts(10), passages }), above, said)
    expect(faultsOfMessage(message(full))).toEqual([])
    expect(displaysIn(full).join()).toContain('Answer 9')
  })

  test('the gap stays for any number of outputs: the button to the raw text moves to the menu first', () => {
    const more = { notice: 'Saved', undo: { ...undo, asksMore: 'why' as const } }
    const why = { type: 'text', name: 'why', title: 'Why?', required: false } as const
    const inMenu = new Set<number>()
    for (const count of [6, 7, 8, 9, 10])
      for (const fields of [1, 2, 3])
        for (const over of [{}, above, more]) {
          const passages = Array.from({ length: fields }, (_, i) => ({
            ...{ name: `f${i}`, title: `Field ${i}`, content: `Words ${i}` },
          }))
          const asked = cardOf([preference, why], { texts: texts(count), passages })
          const dataset = { ...asked.dataset, guidelines: 'Read all of it.' }
          const ids = asked.outputs.map(({ id }) => id)
          const taps = buildTapPanel(asked.questions, ids, {})
          const drawn = drawCard({ ...asked, dataset, taps }, over, said)
          const hasGap = drawn.some(({ type }) => type === 14 || type === 17)
          const offers = JSON.stringify(drawn).includes(said.showRaw)
          expect([count, fields, faultsOfMessage(message(drawn))]).toEqual([count, fields, []])
          expect([count, fields, hasGap, offers]).toEqual([count, fields, true, true])
          if (!labelsIn(drawn).includes(said.showRaw)) inMenu.add(count)
        }
    expect(inMenu).toContain(8)
  })
})

describe('happy: a labeler’s touches', () => {
  const presses = (card: TaskCard) => labelsIn(drawCard(card, {}, said))

  test('two outputs: 1, a button for each answer', () => {
    expect(presses(pair)).toEqual(
      expect.arrayContaining(['A is better', 'Equally good', 'B is better', 'Both bad', 'Skip']),
    )
  })

  test('with strengths: still 1', () => {
    const card = cardOf([{ ...preference, strength: true }], { texts: ['one', 'two'] })
    expect(presses(card).slice(0, 6)).toEqual([
      ...['A is much better', 'A is slightly better', 'Equally good'],
      ...['B is slightly better', 'B is much better', 'Both bad'],
    ])
  })

  test('one rating of five, one label of five: 1', () => {
    const rating = cardOf([{ type: 'rating', name: 'q', title: 'How good?' }])
    expect(presses(rating).slice(0, 5)).toEqual(['1', '2', '3', '4', '5'])
    const label = cardOf([{ type: 'label', name: 'q', title: 'Safe?', options: ['yes', 'no'] }])
    expect(presses(label).slice(0, 2)).toEqual(['yes', 'no'])
  })

  test.each([
    [{ type: 'rating', name: 'q', title: 'How good?', options: '0-10' }, 11],
    [{ type: 'label', name: 'q', title: 'Which?', options: many(25) }, 25],
  ])('eleven points or 25 labels: 2, a menu on the card that commits', (ask, options) => {
    const card = cardOf([ask])
    const [menu] = selectsIn(drawCard(card, {}, said))
    expect(menu?.options).toHaveLength(options)
    expect(menu?.max_values ?? 1).toBe(1)
  })

  test('several labels: 2 and one for each, a menu on the card', () => {
    const card = cardOf([{ type: 'multi_label', name: 'q', title: 'Which?', options: many(8) }])
    expect(selectsIn(drawCard(card, {}, said))[0]).toMatchObject({ min_values: 1, max_values: 8 })
  })

  test('more than 25 labels: pages of a menu, with buttons to turn them', () => {
    const card = cardOf([{ type: 'label', name: 'q', title: 'Which?', options: many(60) }])
    expect(selectsIn(drawCard(card, {}, said))[0]?.options).toHaveLength(25)
    expect(presses(card)).toContain('Next page')
    const last = drawCard(card, {}, said, { page: 2 })
    expect(selectsIn(last)[0]?.options).toHaveLength(10)
    expect(labelsIn(last)).toContain('Previous')
    expect(labelsIn(last)).not.toContain('Next page')
  })

  test('three ratings and a comment: one form, k + 2', () => {
    const asks = ['a', 'b', 'c'].map((name) => ({ type: 'rating', name, title: name }))
    const card = cardOf([...asks, { type: 'text', name: 'why', title: 'Why', required: false }])
    expect(stepsOf(card)).toHaveLength(1)
    expect(presses(card)[0]).toBe('Answer')
  })

  test('seven questions: two steps', () => {
    const asks = 'abcdefg'.split('').map((name) => ({ type: 'rating', name, title: name }))
    expect(stepsOf(cardOf(asks))).toHaveLength(2)
    const card = drawCard(cardOf(asks), {}, said, { go: { question: 4, part: 0 } })
    expect(labelsIn(card)[0]).toBe('Go on')
  })

  test('a rating of each of four outputs: one form, N + 2', () => {
    const card = cardOf([{ type: 'rating', name: 'q', title: 'Helpful', of: 'outputs' }], {
      texts: ['one', 'two', 'three', 'four'],
    })
    expect(stepsOf(card)).toHaveLength(1)
    expect(
      drawForm(card, first, nonce, said)?.components.filter(({ type }) => type === 18),
    ).toHaveLength(4)
  })

  test('a form repeats the texts to read, whatever it asks, and for edits too', () => {
    const texts = Array.from({ length: 7 }, (_, i) => `words of ${letterOf(i)}`)
    const rating = { type: 'rating', name: 'q', title: 'Helpful', of: 'outputs' }
    for (const [asks, count] of [
      [[preference], 2],
      [[preference], 7],
      [[{ ...preference, mode: 'tiers' }], 7],
      [[rating], 5],
      [[rating, { ...rating, name: 'r', title: 'Kind' }], 3],
      [[{ type: 'text', name: 'answer', title: 'Your answer' }], 0],
    ] as const)
      for (const editing of [true, false]) {
        const card = cardOf([...asks], { texts: texts.slice(0, count), editing })
        for (const start of stepsOf(editing ? { ...card, taps: null } : card)) {
          const form = drawForm({ ...card, taps: null }, start, nonce, said)
          const asked = JSON.stringify(form?.components.filter(({ type }) => type === 18))
          const [lead] = form?.components ?? []
          const read = lead?.type === 10 ? lead.content : ''
          expect(read).toContain('Why is the sky blue?')
          for (const [place, text] of texts.slice(0, count).entries())
            if (asks[0] !== rating || asked.includes(`(${letterOf(place)})`))
              expect(read).toContain(text)
          expect(faultsOfModal(form)).toEqual([])
        }
      }
  })

  test('a form without room for a whole text says so, and where to read it', () => {
    const card = cardOf([preference], { texts: ['word '.repeat(2000), 'short'], editing: true })
    const [lead] = drawForm(card, first, nonce, said)?.components ?? []
    expect(lead).toMatchObject({ type: 10, content: expect.stringContaining(said.cutInForm) })
    expect(showsAll(card, first, said)).toBe(false)
    expect(showsAll({ ...pair, editing: true }, first, said)).toBe(true)
  })

  test('skip takes one, with a reason two; the guidelines one', () => {
    const drawn = drawCard(pair, {}, said)
    expect(labelsIn(drawn)).toEqual(expect.arrayContaining(['Skip', 'Guidelines']))
    expect(selectsIn(drawn).at(-1)?.options).toHaveLength(7)
  })
})

describe('happy: nothing is cut silently', () => {
  test('the pages of a reader hold the stored text exactly', () => {
    fc.assert(
      fc.property(anyText, (content) => {
        const pages = drawPages(content, said)
        expect(pages.map(({ raw }) => raw).join('')).toBe(content)
      }),
      runs,
    )
  })

  test('every page of a reader is valid and harmless, chats role by role', () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        const pages = drawPages(content, said).length
        for (const page of new Set([0, 1, pages - 1, pages + 5])) {
          const turn = { ref: { output: 9 }, schemaVersion: 2 }
          const drawn = drawPage({ title: 'Output J', content }, page, turn, said, '12-345')
          expect(faultsOfMessage(message(drawn))).toEqual([])
          expect(displaysIn(drawn).flatMap(liveInTheirs)).toEqual([])
        }
      }),
      { numRuns: 30 },
    )
  })

  test.each([
    ['<id:guide>_it_<id:guide>', 'id:guideitid\\:guide'],
    [':*a*b:', ':ab\\:'],
    ['x http:*//x/a*b', 'x http:\\//x/ab'],
    ['a |*|seen*it', 'a |\\|seenit'],
  ])('%s: words that stand apart make no emoji, address or spoiler together', (text, shown) => {
    expect(drawMarkdown(readBlocks(text))).toBe(shown)
    expect(harmIn(shown)).toEqual([])
  })

  test('a file holds the stored text unchanged', () => {
    expect(fileText('as *it* is\n', said)).toBe('as *it* is\n')
    const chat = [{ role: 'user', content: 'Hello' }]
    expect(fileText(chat, said)).toContain('## User\n\nHello')
  })

  test('a chat keeps its roles', () => {
    const content = [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi <@U1>' },
    ]
    const card = cardOf([{ type: 'text', name: 'reply', title: 'Reply' }], {
      passages: [{ name: 'chat', title: 'Chat', content }],
    })
    expect(displaysIn(drawCard(card, {}, said)).join('\n')).toContain(
      '**Chat**\n**User**\nHello\n**Assistant**\nHi \\<\\@U1>',
    )
  })

  test('labels too long for a button or an option are shown in full on the card', () => {
    const text = 'This label is a whole sentence that would never fit a button of a phone, or so.'
    const card = cardOf([{ type: 'label', name: 'q', title: 'Which?', options: [text, 'b'] }])
    expect(displaysIn(drawCard(card, {}, said)).join('\n')).toContain(`• ${text}`)
  })
})

describe('happy: in public', () => {
  test('a post shows its closing time in each reader’s zone, and no tally', () => {
    const body = drawMessage({ type: 'post', post: postOf('Why?', 'Prefs', null) }, said)
    const text = displaysIn(body.components).join('\n')
    expect(text).toContain('<t:1800000000:f>')
    expect(labelsIn(body.components)).toContain('Rank it')
    expect(text).not.toContain('Put first')
  })

  test('a ballot says that it is private, and its receipt until when it can be changed', () => {
    const closesAt = new Date(1_800_000_000_000)
    const card = { ...pair, ballot: { postId: '12', closesAt } }
    expect(displaysIn(drawCard(card, {}, said)).join('\n')).toContain('Only you see this')
    const receipt = drawReceipt({ type: 'receipt', saved: { ...undo, until: closesAt } }, said)
    expect(displaysIn(receipt).join('\n')).toContain('until <t:1800000000:f>')
  })
})

describe('happy: everything else is valid too', () => {
  test('every kind of reply, in both languages', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('en', 'de'), (text, locale) => {
        const own = words(locale)
        const title = text.slice(0, 500).toWellFormed() || 'x'
        for (const reply of repliesOf(text, title)) {
          const body = drawMessage(reply, own, { wish: 'prefs' })
          expect([reply.type, faultsOfMessage(body)]).toEqual([reply.type, []])
          const live = displaysIn(body.components).flatMap(liveInTheirs)
          expect([reply.type, live]).toEqual([reply.type, []])
          for (const id of idsIn(body.components)) expect([id, isKnown(id)]).toEqual([id, true])
        }
      }),
      // Within a fence they are code, not ours.
      {
        ...runs,
        examples: ['<t:1700000000:R>', '****', '-# ', 'x: **on**'].map((code): [string, string] => [
          `\`\`\`\n${code}\n\`\`\``,
          'en',
        ]),
      },
    )
  })

  test('the forms of admins', () => {
    const dataset = { name: 'prefs', title: 'Which one? '.repeat(30) }
    const form = {
      dataset,
      formats: many(30).map((name, n) => ({
        ...{ name, about: 'x'.repeat(300) },
        options: many(n).map((option) => ({
          ...{ name: option, usual: n % 2 ? null : option },
          values: n % 3 ? many(30) : null,
        })),
      })),
    }
    for (const own of [said, german]) {
      const body = drawMessage({ type: 'export-form', form }, own)
      expect(faultsOfMessage(body)).toEqual([])
      for (const { name: chosen } of form.formats)
        expect(faultsOfModal(drawExportForm({ ...form, chosen }, nonce, own))).toEqual([])
      expect(faultsOfModal(drawImportForm(dataset, nonce, own))).toEqual([])
    }
  })

  test('a dataset whose name is too long for a button’s id is chosen by its name', () => {
    const name = 'n'.repeat(200)
    const choices = [{ name, title: 'Long', left: 1, minutes: null }]
    const body = drawMessage({ type: 'choices', choices }, said)
    expect(displaysIn(body.components).join('\n')).toContain(`/parley next dataset:${name}`)
    expect(faultsOfMessage(body)).toEqual([])
  })

  test('a receipt has Undo and Edit only if they work', () => {
    const buttonsOf = (saved: typeof undo, goesOn = false) =>
      labelsIn(drawReceipt({ type: 'receipt', saved, goesOn }, said))
    expect(buttonsOf(undo)).toEqual(['Undo', 'Edit', 'Your Parley'])
    expect(buttonsOf(undo, true)).toEqual(['Next', 'Undo', 'Edit', 'Your Parley'])
    expect(buttonsOf({ ...undo, canUndo: false, canEdit: false })).toEqual(['Your Parley'])
  })

  test('consent is explicit: a button to agree beside one to decline, and what is stored', () => {
    const welcome = { consentVersion: 3, datasets: [{ name: 'prefs', title: 'Prefs' }] }
    const body = drawMessage({ type: 'welcome', welcome }, said, { wish: 'prefs' })
    expect(idsIn(body.components)).toEqual(['v1:start:3:prefs', 'v1:decline'])
    expect(displaysIn(body.components).join('\n')).toContain('your Discord user id')
  })

  test('a message refers to its file by a name that Discord keeps', () => {
    const reply: Reply = { type: 'file', name: '../my data (1).jsonl', path: '/x', text: 'Here.' }
    expect(drawMessage(reply, said)).toMatchObject({
      attachments: [{ id: '0', filename: 'my-data-1-.jsonl' }],
      components: [{ type: 10 }, { type: 13, file: { url: 'attachment://my-data-1-.jsonl' } }],
    })
  })
})

function stepsOf(card: TaskCard): Start[] {
  const steps: Start[] = []
  for (let start: Start | null = first; start !== null; ) {
    const { parts, next }: ReturnType<typeof planStep> = planStep(card, start)
    if (parts.length > 0) steps.push(start)
    start = next
  }
  return steps
}

/** Each text is drawn whole, or there is a button or an option that opens it. */
function expectReadable(card: TaskCard, drawn: Component[], own: Words) {
  const shown = displaysIn(drawn).join('\n')
  const ids = [
    ...idsIn(drawn),
    ...selectsIn(drawn).flatMap((one) => one.options.map((o) => o.value)),
  ]
  const reads = ids.flatMap((id) => {
    const pressed = parseId(id)
    return pressed?.verb === 'read' ? [JSON.stringify(pressed.ref)] : []
  })
  for (const { ref, content } of textsOf(card, own)) {
    const refs =
      'field' in ref && 'passage' in ref ? [{ field: ref.field }, { passage: ref.passage }] : [ref]
    const isOpen = refs.some((one) => reads.includes(JSON.stringify(one)))
    const isWhole = partsOfContent(content).every((text) =>
      shown.includes(drawMarkdown(readBlocks(text))),
    )
    expect([ref, isOpen || isWhole]).toEqual([ref, true])
  }
}

function partsOfContent(content: Content): string[] {
  const texts = typeof content === 'string' ? [content] : content.map((one) => one.content)
  return texts.filter((text) => text.trim() !== '')
}

/** Text displays, those in sections and frames too. */
function displaysIn(components: readonly Component[]): string[] {
  return components.flatMap((one) => {
    if (one.type === 10) return [one.content]
    if (one.type === 17) return displaysIn(one.components)
    return one.type === 9 ? one.components.map(({ content }) => content) : []
  })
}

/** What could do harm in a text besides the times and the small print of our own making. */
function liveInTheirs(drawn: string): string[] {
  return harmIn(drawn.replace(/<t:\d+:[fR]>/g, '').replace(/^-# /gm, ''))
}

function buttonsIn(components: readonly Component[]): (Button | LinkButton | Select)[] {
  return components.flatMap((one) => {
    if (one.type === 1) return one.components
    if (one.type === 17) return buttonsIn(one.components)
    return one.type === 9 ? [one.accessory] : []
  })
}

function labelsIn(components: readonly Component[]): string[] {
  return buttonsIn(components).flatMap((one) => (one.type === 2 ? [one.label] : []))
}

function selectsIn(components: readonly Component[]): Select[] {
  return buttonsIn(components).flatMap((one) => (one.type === 3 ? [one] : []))
}

/** What may be pressed: buttons, and options of menus that stand for buttons. */
function idsIn(components: readonly Component[]): string[] {
  return buttonsIn(components).flatMap((one) => {
    // A link tells us nothing.
    if ('url' in one) return []
    const isMenu = one.type === 3 && one.custom_id.startsWith('v1:menu')
    return isMenu ? one.options.map(({ value }) => value) : [one.custom_id]
  })
}

function isKnown(id: string): boolean {
  const read = [parseId, parseReminderId, parseCancelId, (one: string) => parsePublicId(one, '1')]
  return read.some((parse) => parse(id) !== null)
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `n${i}`)
}

function generationOf(
  state: GenerationProgress['state'],
  text: string,
  title: string,
): GenerationProgress {
  return {
    ...{ generationId: '7', dataset: { name: 'pairs', title }, models: [title, title] },
    ...{ state, askedBy: text, wanted: 100, problem: text },
    counts: {
      ...{ added: 40, cut: 2, refused: 1, empty: 1, requests: 60, brokenOff: 2 },
      ...{ inputTokens: 1234, outputTokens: 99_999, cost: 1.5 },
    },
    leftOut: { answered: 3, leased: 1, full: 1, gone: 1, no_prompt: 1, failed: 9 },
  }
}

function importOf(state: ImportProgress['state'], text: string, title: string): ImportProgress {
  const remedy = { path: title, message: text, remedy: text }
  return {
    ...{ importId: '12', dataset: { name: 'prefs', title }, file: title, state, lines: 4000 },
    report: {
      ...emptyReport('row'),
      ...{ lines: 4000, created: 3000, updated: 2, parts: { fields: 2 }, repeated: 1 },
      refused: { count: 998, lines: Array(100).fill({ line: 3, ...remedy }) },
    },
    problem: state === 'done' ? null : text,
  }
}

function repliesOf(text: string, title: string): Exclude<Reply, { type: 'nothing' }>[] {
  const dataset = { name: 'prefs', title }
  const receipt = { ...undo, dataset, summary: text }
  const answers = Array.from({ length: 20 }, (_, i) => ({
    ...receipt,
    assignmentId: `1-${i + 1}`,
    at: new Date(0),
  }))
  const choice = (count: number) =>
    many(count).map((name) => ({ name, title, left: 3, minutes: 2 }))
  const home = {
    welcome: null,
    notice: text,
    resume: dataset,
    waiting: choice(30).map((one) => ({ ...one, guidelines: 3 })),
    recent: answers,
    admin: {
      datasets: many(10).map((name) => ({ name, title, status: 'ready' as const, progress: text })),
      more: 4,
    },
    help: text,
  }
  return [
    { type: 'task', card: pair, ...above },
    { type: 'form', card: pair },
    { type: 'receipt', saved: receipt, notice: text },
    {
      type: 'welcome',
      welcome: { consentVersion: 1, datasets: Array(40).fill(dataset), asksZone: true },
    },
    { type: 'answered', text },
    { type: 'choices', choices: choice(60), notice: text },
    { type: 'choices', choices: choice(8) },
    { type: 'history', entries: answers },
    { type: 'history', entries: [] },
    { type: 'home', home },
    { type: 'home', home: { ...home, welcome: { consentVersion: 1, datasets: [dataset] } } },
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
    { type: 'reader', reader: { assignmentId: '1-2', title, content: text } },
    { type: 'post', post: postOf(text, title, null) },
    { type: 'post', post: postOf(text, title, { votes: 0, ranking: [], agreement: text }) },
    {
      type: 'post',
      post: postOf(text, title, {
        votes: 31,
        ranking: many(12).map((_, i) => ({
          ...{ letter: String.fromCharCode(65 + i), rank: i + 1, content: text },
          ...{ model: `model ${title}`, share: 0.31 },
        })),
        agreement: text,
      }),
    },
    { type: 'hub', hub: { dataset, guidelines: true, progress: text, status: 'ready' } },
    {
      type: 'export-form',
      form: { dataset, formats: [{ name: 'raw', about: text, options: [] }] },
    },
    ...(['running', 'done', 'stopped', 'failed', 'cancelled'] as const).map(
      (state) =>
        ({ type: 'generation-progress', progress: generationOf(state, text, title) }) as const,
    ),
    ...(['reading', 'done', 'stopped', 'failed'] as const).map(
      (state) => ({ type: 'import-progress', progress: importOf(state, text, title) }) as const,
    ),
    { type: 'import-form', dataset },
    {
      type: 'invitation',
      invitation: {
        ...{ invitationId: '123', dataset: { ...dataset, description: text } },
        ...{ count: 20, minutes: 12, dueAt: new Date(0), dueDay: null, zone: 'Europe/Berlin' },
      },
    },
    {
      type: 'reminder',
      reminder: {
        ...{ reminderId: '123', kind: 'digest', text, items: choice(20) },
      },
    },
    {
      type: 'preferences',
      preferences: {
        kinds: (['new_work', 'nudge', 'deadline', 'digest', 'results'] as const).map((kind) => ({
          kind,
          on: kind === 'digest',
        })),
        zone: null,
        digestAt: '09:30',
        days: [1, 2, 3, 4, 5],
        quiet: { from: '22:00', until: '09:00' },
        resting: true,
        lost: true,
      },
      notice: text,
    },
  ]
}

function postOf(text: string, title: string, result: PostResult | null): PublicPost {
  return {
    postId: '12',
    dataset: { name: 'prefs', title },
    call: title,
    passages: many(5).map((name) => ({ name, title, content: text })),
    outputs: 4,
    votes: 3,
    closesAt: new Date(1_800_000_000_000),
    state: result ? 'closed' : 'open',
    result,
  }
}

test('happy: a dataset’s panel and home show the last result on top', () => {
  const dataset = { name: 'prefs', title: 'Prefs', status: 'draft' as const, progress: '0 of 3' }
  expect(labelsIn(drawPanel(dataset, 'Done.', said))).toContain('Publish')
  expect(displaysIn(drawPanel(dataset, 'Done.', said))[0]).toBe('Done.')
  const [home] = repliesOf('x', 'X').flatMap((one) => (one.type === 'home' ? [one.home] : []))
  expect(home && displaysIn(drawHome(home, 'Done.', said))[0]).toBe('Done.')
})
