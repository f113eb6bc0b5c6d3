/** The statistics a condition over a record's answers may ask for, such as `mean(clarity) >= 4`. Pure. */
import type { Test } from './condition.ts'
import type { Question, QuestionType } from './question.ts'

/** Each with the types of question it applies to. */
export const statistics = {
  mean: ['rating'],
  median: ['rating'],
  min: ['rating'],
  max: ['rating'],
  majority: ['label'],
  count: ['text', 'rating', 'label', 'multi_label', 'ranking', 'span'],
  agreement: ['rating', 'label', 'multi_label', 'ranking'],
} as const satisfies Record<string, readonly QuestionType[]>
export type StatisticName = keyof typeof statistics

/** `offer` says which known word was meant, if one is near. */
export type Offer = (word: string, known: readonly string[]) => string

const names = Object.keys(statistics) as StatisticName[]

/** What is wrong with a test: a statistic or a question there is not, or that do not fit. */
export function statisticProblem(
  { call, path, at }: Test,
  questions: readonly Question[],
  offer: Offer,
): string | null {
  const [asked = ''] = path
  const known = questions.map(({ name }) => name)
  const question = questions.find(({ name }) => name === asked)
  const offers = names
    .filter((name) => question && appliesTo(name, question) && name !== call)
    .filter((name) => name !== 'majority' || question?.of === 'record')
    .map((name) => `${name}(${asked})`)
    .join(' or ')
  if (call === null) {
    if (!question || path.length > 1) return null
    return `"${asked}" at character ${at} is a question, which many answer. Ask for ${offers}; for a record's metadata write metadata.${asked}.`
  }
  const statistic = names.find((name) => name === call)
  if (!statistic)
    return `there is no statistic ${call}() at character ${at}.${offer(call, names)} There are ${names.join(', ')}, and votes.`
  if (!question)
    return `${call}(${asked}) at character ${at} asks about no question of this dataset.${offer(asked, known)} There are ${known.join(', ')}.`
  const isOfOutputs = call === 'majority' && question.of === 'outputs'
  if (appliesTo(statistic, question) && !isOfOutputs) return null
  return `${call}() at character ${at} does not apply to "${asked}", a ${question.type} question${isOfOutputs ? ' about each output' : ''}. Ask for ${offers}.`
}

function appliesTo(name: StatisticName, { type }: Question): boolean {
  const types: readonly QuestionType[] = statistics[name]
  return types.includes(type)
}
