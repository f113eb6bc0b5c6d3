/** The form of a task, as a browser sends it: reading what was drawn gives the value it was drawn with. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { words } from '../../../src/chat/words/words.ts'
import { Question } from '../../../src/questions/question.ts'
import type { SpanValue } from '../../../src/questions/spans.ts'
import { parseDraft, type Value } from '../../../src/questions/values.ts'
import { type Entered, readEntered } from '../../../src/web/card/entered.ts'
import { drawQuestion, readQuestions } from '../../../src/web/card/questions.ts'
import { cardWords } from '../../../src/web/card/words.ts'
import { anyAsk } from '../../adapters/slack/cards.ts'
import { anyValue, outputIds } from '../../adapters/values.ts'
import { chromiumPath, openChromium, orSkipped } from '../../support/chromium.ts'

const said = { own: cardWords('en'), chat: words('en') }
const text = 'A 👩‍👩‍👧‍👦 saw “Paris” <b>twice</b>:\n\nParis & Paris.'
const points = Array.from(text)

const anyMarked = fc.record({
  question: fc.constant(
    Question.parse({
      type: 'span',
      name: 'q',
      title: 'T',
      field: 'f',
      options: ['a', 'b"c', '<d>'],
    }),
  ),
  outputs: fc.constant<string[]>([]),
  value: fc.array(
    fc
      .tuple(
        fc.nat(points.length - 1),
        fc.nat(points.length - 1),
        fc.constantFrom('a', 'b"c', '<d>'),
      )
      .map(([a, b, label]) => ({
        ...{ field: 'f', start: Math.min(a, b), end: Math.max(a, b) + 1, label },
      })),
    { maxLength: 5 },
  ) as fc.Arbitrary<Value>,
})

const anyAsked = anyAsk('q').chain((ask) => {
  const question = Question.parse(ask)
  return outputIds.chain((outputs) =>
    fc.record({
      question: fc.constant(question),
      outputs: fc.constant(outputs),
      value: anyValue(question, outputs),
    }),
  )
})

type Case = { question: Question; outputs: string[]; value: Value | undefined }

let sentBy: (forms: readonly string[]) => Promise<Entered[]>
let close = async () => {}

beforeAll(async () => {
  if (!chromiumPath) return
  const browser = await openChromium()
  const page = await browser.newPage({ javaScriptEnabled: true })
  close = () => browser.close()
  sentBy = async (forms) => {
    await page.setContent(forms.map((form) => `<form>${form}</form>`).join('\n'))
    const sent: [string, string][][] = await page.evaluate(
      `[...document.forms].map((form) => [...new FormData(form)].map(([name, value]) => [name, String(value)]))`,
    )
    return sent.map(readEntered)
  }
})
afterAll(() => close())

async function drawn(one: Case): Promise<string> {
  const form = { outputs: one.outputs, texts: { f: text }, about: null }
  return String(await drawQuestion(one.question, 0, one.value, form, said))
}

function read(one: Pick<Case, 'question' | 'outputs'>, entered: Entered) {
  const form = { outputs: one.outputs, texts: { f: text } }
  return readQuestions([one.question], entered, form, said.own)
}

describe.skipIf(!chromiumPath)(`happy: what was drawn is read back${orSkipped}`, () => {
  test('for every question type, about the record and about each output', async () => {
    const cases: Case[] = [...fc.sample(anyAsked, 150), ...fc.sample(anyMarked, 30)]
    const sent = await sentBy(await Promise.all(cases.map(drawn)))
    for (const [i, one] of cases.entries()) {
      const { values, problems } = read(one, sent[i] ?? new Map())
      expect(problems).toEqual({})
      expect(values['q'] ?? undefined, JSON.stringify(one)).toEqual(unique(one.value))
    }
  })
})

describe('happy: marks by their words', () => {
  const question = anyMarkedQuestion()
  const form = (...rows: [words: string, nth: string, label: string][]) =>
    new Map([
      ['q0.words', rows.map(([words]) => words)],
      ['q0.nth', rows.map(([, nth]) => nth)],
      ['q0.label', rows.map(([, , label]) => label)],
    ])

  test('places are code points, the second occurrence is the second', () => {
    const { values } = read(
      { question, outputs: [] },
      form(['Paris', '2', 'o1'], ['👩‍👩‍👧‍👦', '1', 'o0']),
    )
    const marks = values['q'] as SpanValue
    expect(marks.map(({ start, end }) => points.slice(start, end).join(''))).toEqual([
      'Paris',
      '👩‍👩‍👧‍👦',
    ])
    const second = points.length - Array.from('Paris & Paris.').length
    expect(marks[0]).toMatchObject({ label: 'b"c', start: second })
  })

  test('words that are not there, and a mark without a label, are told', () => {
    expect(read({ question, outputs: [] }, form(['London', '1', 'o0'])).problems['q']).toBe(
      '“London” does not stand in the text like that. Copy the words exactly.',
    )
    expect(read({ question, outputs: [] }, form(['Paris', '4', 'o0'])).problems['q']).toContain(
      '4 times',
    )
    expect(read({ question, outputs: [] }, form(['Paris', '1', ''])).problems['q']).toBe(
      'Choose a label for the words.',
    )
  })
})

describe('refused: what no form of ours sends', () => {
  test('places of other outputs, labels and marks that do not exist are no answer', () => {
    const label = Question.parse({ type: 'label', name: 'q', title: 'T', options: ['a', 'b'] })
    expect(read({ question: label, outputs: [] }, new Map([['q0', ['o7']]])).values).toEqual({})
    const span = anyMarkedQuestion()
    const hostile = ['1-2-o9', '-1-2-o0', '1-2', '99999999-1-o0']
    expect(read({ question: span, outputs: [] }, new Map([['q0.span', hostile]])).values).toEqual({
      q: null,
    })
    const ranking = Question.parse({ type: 'ranking', name: 'q', title: 'T' })
    const read3 = read(
      { question: ranking, outputs: ['x', 'y', 'z'] },
      new Map([
        ['q0.0', ['1']],
        ['q0.9', ['1']],
        ['q0.1', ['__proto__']],
      ]),
    )
    expect(read3.values['q']).toEqual({ mode: 'full', ranks: { x: 1 }, all_unacceptable: false })
    expect(parseDraft([ranking], read3.values, { outputs: ['x', 'y', 'z'] })).toBeTruthy()
  })
})

function anyMarkedQuestion(): Question {
  const ask = { type: 'span', name: 'q', title: 'T', field: 'f', options: ['a', 'b"c', '<d>'] }
  return Question.parse(ask)
}

/** The same mark twice is one. */
function unique(value: Value | undefined): unknown {
  if (!Array.isArray(value) || typeof value[0] !== 'object') return value
  return [...new Map(value.map((one) => [JSON.stringify(one), one])).values()]
}
