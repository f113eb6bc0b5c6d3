/** Drawing and reading are inverses: what a form starts with is what an untouched submit gives back. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { unsupportedByDiscord } from '../../../adapters/discord/draw/admin/unsupported.ts'
import type { Input, Label } from '../../../adapters/discord/draw/components.ts'
import { pagesOf, pickOn } from '../../../adapters/discord/draw/questions/choices.ts'
import type { Filled, Part } from '../../../adapters/discord/draw/questions/inputs.ts'
import {
  drawPart,
  extraParts,
  partsOf,
  readQuestion,
} from '../../../adapters/discord/draw/questions/questions.ts'
import { joinInput, splitInput } from '../../../adapters/discord/draw/questions/text.ts'
import { inputKey } from '../../../adapters/discord/receive/form-ids.ts'
import { parseInteraction } from '../../../adapters/discord/receive/parse.ts'
import { words } from '../../../src/chat/words/words.ts'
import { Question } from '../../../src/questions/question.ts'
import { parseValues, type Value } from '../../../src/questions/values.ts'
import { anyValue, outputIds } from '../values.ts'
import { anyAsk } from './cards.ts'

const said = words(undefined)
const runs = { numRuns: 400 }

describe('happy: read(draw(value)) is the value', () => {
  const asked = anyAsk('q').chain((ask) => {
    const question = Question.parse(ask)
    return outputIds.chain((outputs) =>
      fc.record({
        question: fc.constant(question),
        outputs: fc.constant(outputs),
        value: anyValue(question, outputs),
        before: anyValue(question, outputs),
      }),
    )
  })

  test('for every question type, about the record and about each output', () => {
    fc.assert(
      fc.property(asked, ({ question, outputs, value }) => {
        const parts = partsOf(question, 3, outputs, value)
        if (parts.length === 0) return
        const read = readQuestion(question, 3, untouched(question, parts, value, outputs), {
          outputs,
        })
        expect(read).toEqual(value)
        if (value === undefined) return
        const ok = parseValues([{ ...question, required: false }], { q: read }, { outputs })
        expect(ok['q']).toEqual(value)
      }),
      runs,
    )
  })

  test('in any number of steps: parts that a form does not show stay unchanged', () => {
    fc.assert(
      fc.property(asked, fc.nat({ max: 7 }), ({ question, outputs, value }, cut) => {
        const parts = partsOf(question, 0, outputs, value)
        if (parts.length === 0) return
        const shown = untouched(question, parts.slice(0, cut), value, outputs)
        expect(readQuestion(question, 0, shown, { outputs }, value)).toEqual(value)
      }),
      runs,
    )
  })

  test('a form that shows a whole question replaces the earlier value', () => {
    fc.assert(
      fc.property(asked, ({ question, outputs, value, before }) => {
        const parts = partsOf(question, 0, outputs, value)
        if (parts.length === 0 || question.type === 'ranking') return
        const shown = untouched(question, parts, value, outputs)
        expect(readQuestion(question, 0, shown, { outputs }, before)).toEqual(value)
      }),
      runs,
    )
  })

  test('a text of up to two inputs comes back unchanged, wherever it was cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', ' ', '\n', 'word ', '漢', '😀', '\n\n', 'é'), {
          minLength: 3000,
          maxLength: 7000,
        }),
        (parts) => {
          const text = parts.join('')
          const split = splitInput(text)
          if (split === null) return
          expect(split.first.length).toBeLessThanOrEqual(4000)
          expect(split.more.length).toBeLessThanOrEqual(4000)
          expect(joinInput(split.first, split.more, split.after)).toBe(text)
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('happy: what a person enters is read as they meant it', () => {
  test('a text continued in the second input is one text, with a line break between', () => {
    const question = ask({ type: 'text' })
    expect(read(question, { '0:': { text: 'First part.' }, '0:+': { text: 'Second.' } })).toBe(
      'First part.\nSecond.',
    )
    const full = 'x'.repeat(4000)
    expect(read(question, { '0:': { text: full }, '0:+': { text: 'yz' } })).toBe(`${full}yz`)
  })

  test('a file replaces typed text', () => {
    const question = ask({ type: 'text' })
    expect(read(question, { '0:': { text: 'typed' }, '0:^': { file: 'from a file' } })).toBe(
      'from a file',
    )
  })

  test('an earlier text too long for a form stays when the input is left empty', () => {
    const question = ask({ type: 'text' })
    const long = 'word '.repeat(3000).trim()
    const [part] = partsOf(question, 0, [], long)
    expect(part?.place).toBe('~')
    const drawn = part && drawPart(question, part, long, { outputs: [], nonce: 'n' }, said)
    expect(drawn?.description).toBe(said.answerTooLong)
    expect(read(question, { '0:~': { text: '' } }, [], long)).toBe(long)
    expect(read(question, { '0:~': { text: 'new' } }, [], long)).toBe('new')
  })

  test('a person who ranks only two of three outputs has exactly those ranked', () => {
    const question = ask({ type: 'ranking', mode: 'full' })
    const entered = { '0:0': one('2'), '0:1': one('1'), '0:2': { chosen: [] } }
    expect(read(question, entered, ['x', 'y', 'z'])).toEqual({
      mode: 'full',
      ranks: { x: 2, y: 1 },
      all_unacceptable: false,
    })
  })

  test('best and worst make three levels; a best alone is asked again', () => {
    const question = ask({ type: 'ranking', mode: 'best_worst' })
    const outputs = ['x', 'y', 'z', 'w']
    const half = read(question, { '0:best': one('2'), '0:worst': { chosen: [] } }, outputs)
    expect(() => parseValues([question], { q: half }, { outputs })).toThrow(
      'Choose the one best and the one worst output.',
    )
    expect(read(question, { '0:best': one('2'), '0:worst': one('0') }, outputs)).toEqual({
      mode: 'best_worst',
      ranks: { x: 3, y: 2, z: 1, w: 2 },
      all_unacceptable: false,
    })
  })

  test('a tie has no strength, whatever was chosen beside it', () => {
    const question = ask({ type: 'ranking', strength: true })
    const entered = { '0:pair': one('tie'), '0:strength': one('2') }
    expect(read(question, entered, ['x', 'y'])).toEqual({
      mode: 'full',
      ranks: { x: 1, y: 1 },
      all_unacceptable: false,
    })
  })

  test('"None of these" is an answer; together with a label it is asked again', () => {
    const question = ask({ type: 'multi_label', options: ['a', 'b'], none_option: true })
    expect(read(question, { '0:': { chosen: ['none'] } })).toEqual([])
    const both = read(question, { '0:': { chosen: ['none', 'o0'] } })
    expect(() => parseValues([question], { q: both }, { outputs: [] })).toThrow(
      'You ticked “a” and “None of these”. Untick one or the other.',
    )
  })

  test('"No answer" takes an optional choice back', () => {
    const question = ask({ type: 'rating', required: false })
    expect(read(question, { '0:': one('o3') }, [], 2)).toBe(4)
    expect(read(question, { '0:': one('none') }, [], 2)).toBeUndefined()
  })

  test('choices on one page of a menu keep those on other pages', () => {
    const question = ask({ type: 'multi_label', options: many(60) })
    if (question.type !== 'multi_label') throw new Error('not a multi_label')
    const pages = pagesOf(question, said)
    expect(pages.map((page) => page.length)).toEqual([25, 25, 10])
    const second = pages[1] ?? []
    const value = pickOn(question, second, ['o30', 'o26'], ['n2', 'n26', 'n40', 'n55'])
    expect(value).toEqual(['n2', 'n26', 'n30', 'n55'])
    expect(pickOn(question, second, [], ['n30'])).toBeUndefined()
  })
})

describe('happy: as few touches as possible', () => {
  test('ten options are buttons, eleven a menu', () => {
    expect(inputOf(ask({ type: 'rating', options: '1-10' }))?.type).toBe(21)
    expect(inputOf(ask({ type: 'rating', options: '0-10' }))?.type).toBe(3)
    expect(inputOf(ask({ type: 'multi_label', options: many(10) }))?.type).toBe(22)
    expect(inputOf(ask({ type: 'multi_label', options: many(11) }))?.type).toBe(3)
  })

  test('an optional choice can be cleared on a phone too', () => {
    const optional = { required: false }
    for (const question of [
      ask({ type: 'rating', options: '0-10', ...optional }),
      ask({ type: 'multi_label', options: many(3), ...optional }),
    ])
      expect(inputOf(question)).toMatchObject({ required: false, min_values: 0 })
  })

  test('a required text may be uploaded as a file instead, if the form takes one', () => {
    const question = ask({ type: 'text' })
    const [part] = partsOf(question, 0, [])
    const extras = (value?: string) =>
      part ? extraParts(question, part, { outputs: [], value }).map(({ place }) => place) : []
    expect(extras()).toEqual(['^'])
    expect(extras('x'.repeat(1000))).toEqual(['^'])
    // A second input stands there once the first is nearly full.
    expect(extras('x'.repeat(3900))).toEqual(['+', '^'])
    const form = { outputs: [], nonce: 'n' }
    const drawn = part && drawPart(question, part, undefined, form, said, { withFile: true })
    expect(drawn?.component).toMatchObject({ type: 4, required: false })
    expect(inputOf(question)).toMatchObject({ type: 4, required: true })
  })
})

describe('refused: questions that Discord cannot ask are reported to the admin, with a remedy', () => {
  test.each([
    [[{ type: 'label', of: 'outputs', options: many(26) }], 'a menu in Discord holds 25'],
    [
      [{ type: 'multi_label', of: 'outputs', options: many(25), none_option: true }],
      'a menu in Discord holds 24',
    ],
    [Array(4).fill({ type: 'label', options: many(26) }), 'has room for 3 such menus'],
  ])('%#', (asks, reason) => {
    expect(unsupportedByDiscord(asks.map(ask))).toContain(reason)
  })

  test('500 labels of a record are not refused: they come in pages', () => {
    expect(unsupportedByDiscord([ask({ type: 'label', options: many(500) })])).toBeNull()
  })
})

function ask(more: Record<string, unknown>): Question {
  return Question.parse({ name: 'q', title: 'Which?', ...more })
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `n${i}`)
}

function one(value: string): Filled {
  return { chosen: [value] }
}

function inputOf(question: Question): Input | undefined {
  const [part] = partsOf(question, 0, [])
  const form = { outputs: [], nonce: 'n' }
  return part && drawPart(question, part, undefined, form, said)?.component
}

function read(
  question: Question,
  entered: Record<string, Filled>,
  outputs: string[] = [],
  before?: Value,
): unknown {
  return readQuestion(question, 0, new Map(Object.entries(entered)), { outputs }, before)
}

/** What Discord would submit of these inputs, untouched. */
function untouched(
  question: Question,
  parts: readonly Part[],
  value: Value | undefined,
  outputs: string[],
): Map<string, Filled> {
  const form = { outputs, nonce: '123' }
  const labels = parts.flatMap((part) => drawPart(question, part, value, form, said) ?? [])
  const parsed = parseInteraction({
    id: '1',
    type: 5,
    data: {
      custom_id: 'v1:form:12-345:2:::123',
      components: JSON.parse(JSON.stringify(labels.map(submittedOf))),
    },
  })
  if (parsed.type !== 'form') throw new Error('not a form')
  expect([...parsed.entered.keys()]).toEqual(
    labels.map(({ component }) => inputKey(component.custom_id)),
  )
  return parsed.entered
}

function submittedOf({ component }: Label): object {
  const { type, custom_id } = component
  const chosen =
    'options' in component
      ? component.options.filter((one) => one.default).map((one) => one.value)
      : []
  const entered =
    component.type === 4
      ? { value: component.value ?? '' }
      : component.type === 21
        ? { value: chosen[0] ?? null }
        : { values: chosen }
  return { type: 18, component: { type, custom_id, ...entered } }
}
