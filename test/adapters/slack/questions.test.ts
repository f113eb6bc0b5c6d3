/** Drawing and reading are inverses: what a form starts with is what an untouched submit gives back. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Block } from '../../../adapters/slack/draw/blocks.ts'
import { searchOptions } from '../../../adapters/slack/draw/questions/choices.ts'
import type { State } from '../../../adapters/slack/draw/questions/input.ts'
import { drawQuestion, readQuestion } from '../../../adapters/slack/draw/questions/question.ts'
import { unsupportedBySlack } from '../../../adapters/slack/draw/questions/unsupported.ts'
import { objects } from '../../../sandbox/json.ts'
import { startValues, stateValues } from '../../../sandbox/slack/entered.ts'
import { words } from '../../../src/chat/words/words.ts'
import { Question } from '../../../src/questions/question.ts'
import { parseValues, type Value } from '../../../src/questions/values.ts'
import { anyValue, outputIds } from '../values.ts'
import { anyAsk } from './cards.ts'

const said = words(undefined)

describe('happy: read(draw(value)) is the value', () => {
  test('for every question type, about the record and about each output', () => {
    fc.assert(
      fc.property(
        anyAsk('q').chain((ask) => {
          const question = Question.parse(ask)
          return fc.record({
            question: fc.constant(question),
            asked: outputIds.chain((outputs) =>
              fc.record({ outputs: fc.constant(outputs), value: anyValue(question, outputs) }),
            ),
          })
        }),
        ({ question, asked: { outputs, value } }) => {
          const form = { assignmentId: '12-345', outputs }
          const read = readQuestion(question, submitted(question, value, outputs), form)
          if (value === undefined) expect(read).toBeUndefined()
          else {
            expect(read).toEqual(value)
            const ok = parseValues([{ ...question, required: false }], { q: read }, { outputs })
            expect(ok['q']).toEqual(value)
          }
        },
      ),
      { numRuns: 400 },
    )
  })

  test('a person who ranks only two of three outputs has exactly those ranked', () => {
    const question = ranking('full')
    const state = submitted(question, undefined, ['x', 'y', 'z'])
    choose(state, '12-345:q:0', '2')
    choose(state, '12-345:q:1', '1')
    expect(read(question, state, ['x', 'y', 'z'])).toEqual({
      mode: 'full',
      ranks: { x: 2, y: 1 },
      all_unacceptable: false,
    })
  })

  test('best and worst make three levels; only a best is asked again', () => {
    const question = ranking('best_worst')
    const outputs = ['x', 'y', 'z', 'w']
    const state = submitted(question, undefined, outputs)
    choose(state, '12-345:q:best', '2')
    const half = read(question, state, outputs)
    expect(() => parseValues([question], { q: half }, { outputs })).toThrow(
      'Choose the one best and the one worst output.',
    )
    choose(state, '12-345:q:worst', '0')
    expect(read(question, state, outputs)).toEqual({
      mode: 'best_worst',
      ranks: { x: 3, y: 2, z: 1, w: 2 },
      all_unacceptable: false,
    })
  })

  test('a tie has no strength, whatever was chosen beside it', () => {
    const question = Question.parse({
      type: 'ranking',
      name: 'q',
      title: 'Which?',
      strength: true,
    })
    const state = submitted(question, undefined, ['x', 'y'])
    choose(state, '12-345:q:pair', 'tie')
    choose(state, '12-345:q:strength', '2')
    expect(read(question, state, ['x', 'y'])).toEqual({
      mode: 'full',
      ranks: { x: 1, y: 1 },
      all_unacceptable: false,
    })
  })

  test('"None of these" is an answer; together with a label it is asked again', () => {
    const question = Question.parse({
      type: 'multi_label',
      name: 'q',
      title: 'Which?',
      options: ['a', 'b'],
      none_option: true,
    })
    const state = submitted(question, undefined, [])
    chooseMany(state, '12-345:q', ['none'])
    expect(read(question, state, [])).toEqual([])
    chooseMany(state, '12-345:q', ['none', 'o0'])
    expect(() =>
      parseValues([question], { q: read(question, state, []) }, { outputs: [] }),
    ).toThrow('You ticked “a” and “None of these”. Untick one or the other.')
  })

  test('"No answer" takes an optional choice back', () => {
    const question = Question.parse({ type: 'rating', name: 'q', title: 'How?', required: false })
    const state = submitted(question, 4, [])
    expect(read(question, state, [])).toBe(4)
    choose(state, '12-345:q', 'none')
    expect(read(question, state, [])).toBeUndefined()
  })

  test('ten options are buttons, eleven a menu', () => {
    const ten = Question.parse({ type: 'rating', name: 'q', title: 'How?', options: '1-10' })
    const eleven = Question.parse({ type: 'rating', name: 'q', title: 'How?', options: '0-10' })
    expect(JSON.stringify(drawn(ten, undefined, []))).toContain('radio_buttons')
    expect(JSON.stringify(drawn(eleven, undefined, []))).toContain('static_select')
  })

  test('a hundred options are a menu, more are searched; what was chosen stands there', () => {
    for (const [type, menu] of [
      ['label', 'static_select'],
      ['multi_label', 'multi_static_select'],
    ] as const) {
      const of = (count: number) =>
        Question.parse({ type, name: 'q', title: 'Which?', options: many(count) })
      expect(JSON.stringify(drawn(of(100), undefined, []))).toContain(`"${menu}"`)
      const value = type === 'label' ? 'n200' : ['n7', 'n200']
      const more = of(300)
      const state = submitted(more, value, [])
      expect(JSON.stringify(drawn(more, value, []))).toContain('external_select')
      expect(read(more, state, [])).toEqual(value)
      expect(searchOptions(more, 'N20', said).map(({ value }) => value)).toContain('o200')
      expect(searchOptions(more, '', said)).toHaveLength(100)
    }
  })

  test('a label too long for an option is shown in full above it', () => {
    const text = 'This label is a whole sentence that would never fit the option of a menu, or so.'
    const question = Question.parse({
      type: 'label',
      name: 'q',
      title: 'Which?',
      options: [{ value: 'a', text }, 'b'],
    })
    expect(JSON.stringify(drawn(question, undefined, []))).toContain(`• ${text}`)
  })
})

describe('refused: what Slack cannot ask is the admin’s error, with what to do', () => {
  test.each([
    [
      {
        type: 'label',
        name: 'q',
        title: 'L',
        options: many(90).map((value) => ({ value, text: value, description: '&'.repeat(900) })),
      },
      'too long for Slack',
    ],
  ])('%#', (ask, reason) => {
    expect(unsupportedBySlack([Question.parse(ask)])).toContain(reason)
  })

  test('a hundred questions do not fit one window', () => {
    const questions = many(100).map((name) => Question.parse({ type: 'text', name, title: name }))
    expect(unsupportedBySlack(questions)).toContain('Ask fewer questions')
  })

  test('what fits is not refused', () => {
    expect(
      unsupportedBySlack([
        ranking('full'),
        Question.parse({ type: 'label', name: 'l', title: 'L', options: many(500) }),
        Question.parse({ type: 'multi_label', name: 'm', title: 'M', options: many(500) }),
      ]),
    ).toBeNull()
  })
})

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `n${i}`)
}

function ranking(mode: string): Question {
  return Question.parse({ type: 'ranking', name: 'q', title: 'Which?', mode })
}

function drawn(question: Question, value: Value | undefined, outputs: string[]): Block[] {
  return drawQuestion(question, value, { assignmentId: '12-345', outputs }, said)
}

/** What Slack would submit for the untouched form. */
function submitted(question: Question, value: Value | undefined, outputs: string[]): State {
  const blocks = objects(JSON.parse(JSON.stringify(drawn(question, value, outputs))))
  return JSON.parse(JSON.stringify(stateValues(blocks, startValues(blocks))))
}

function read(question: Question, state: State, outputs: string[]): unknown {
  return readQuestion(question, state, { assignmentId: '12-345', outputs })
}

function choose(state: State, block: string, value: string) {
  state[block] = { 'v1:input': { selected_option: { value } } }
}

function chooseMany(state: State, block: string, values: string[]) {
  state[block] = { 'v1:input': { selected_options: values.map((value) => ({ value })) } }
}
