/** Random answers to a question, for the adapters' tests of drawing and reading. */
import fc from 'fast-check'
import type { Question } from '../../src/questions/question.ts'
import type { SingleValue, Value } from '../../src/questions/values.ts'

/** Ids are anybody's text: places, letters and keys of Object must not confuse anything. */
export const outputIds = fc.uniqueArray(
  fc.constantFrom('o1', 'o2', '0', '1', '__proto__', 'constructor', 'A', 'a:b', 'ranks', 'mode'),
  { minLength: 2, maxLength: 6 },
)

export function anyValue(question: Question, outputs: string[]): fc.Arbitrary<Value | undefined> {
  if (question.type === 'span') return fc.constant(undefined)
  if (question.type === 'ranking') return rankingOf(question, outputs)
  const single = singleOf(question)
  if (question.of === 'record') return fc.option(single, { nil: undefined })
  return fc
    .tuple(...outputs.map((id) => fc.option(single.map((value) => [id, value] as const))))
    .map((entries) => entries.filter((entry) => entry !== null))
    .map((entries) => (entries.length > 0 ? Object.fromEntries(entries) : undefined))
}

function singleOf(
  question: Exclude<Question, { type: 'ranking' | 'span' }>,
): fc.Arbitrary<SingleValue> {
  switch (question.type) {
    case 'text':
      return fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
        .filter((text) => text.trim() !== '' && !text.includes('\u0000'))
    case 'rating':
      return fc.constantFrom(...question.options)
    case 'label':
      return fc.constantFrom(...question.options.map((option) => option.value))
    case 'multi_label':
      return fc.subarray(
        question.options.map((option) => option.value),
        { minLength: question.none_option ? 0 : 1 },
      )
  }
}

function rankingOf(
  question: Extract<Question, { type: 'ranking' }>,
  outputs: string[],
): fc.Arbitrary<Value | undefined> {
  const { mode } = question
  const levels: fc.Arbitrary<number[]> =
    mode === 'full' || mode === 'tiers'
      ? question.ties || mode === 'tiers'
        ? fc.array(fc.nat({ max: outputs.length - 1 }), {
            minLength: outputs.length,
            maxLength: outputs.length,
          })
        : fc.shuffledSubarray(
            outputs.map((_, i) => i),
            { minLength: outputs.length },
          )
      : fc
          .shuffledSubarray(
            outputs.map((_, i) => i),
            { minLength: 2, maxLength: 2 },
          )
          .map(([best, worst]) =>
            outputs.map((_, i) => (i === best ? 0 : i === worst && mode === 'best_worst' ? 2 : 1)),
          )
  const allBad = question.unacceptable ? fc.boolean() : fc.constant(false)
  return fc.oneof(
    fc.constant(undefined),
    question.unacceptable
      ? fc.constant<Value>({ mode, ranks: {}, all_unacceptable: true })
      : fc.constant(undefined),
    fc
      .tuple(levels, allBad, fc.constantFrom<(1 | 2 | undefined)[]>(undefined, 1, 2))
      .map(([given, bad, strength]): Value => {
        const dense = [...new Set(given)].sort((a, b) => a - b)
        const isPair = outputs.length === 2 && dense.length === 2 && question.strength
        return {
          mode,
          ranks: Object.fromEntries(outputs.map((id, i) => [id, dense.indexOf(given[i] ?? 0) + 1])),
          ...(isPair && strength ? { strength } : {}),
          all_unacceptable: bad,
        }
      }),
  )
}
