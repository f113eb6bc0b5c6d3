/**
 * One record in a form that Argilla 2 accepts: values its server would refuse are rewritten (every rule
 * was observed on a server 2.8.0), and what is lost is counted. A ranking is written with its ranks,
 * best first; an answer keeps its status unless Argilla accepts it only as a draft.
 */
import {
  beyondText,
  type ChatMessage,
  isPlain,
  type PlainMessage,
  wordsOf,
} from '../../records/message.ts'
import type { Content } from '../../records/record-line.ts'
import { asDouble } from '../double.ts'
import { type ArgillaPlan, fieldOfOutput, type PlannedQuestion } from './plan.ts'
import type { Lose, RecordsLine } from './records-line.ts'
import { sayValue } from './value.ts'

/** One value of one person, or a model's suggestion, under the name of Argilla's question. */
export type Said = { question: string; value: unknown }
export type ToldResponse = {
  /** The pseudonym. */
  labeler: string
  status: 'draft' | 'submitted' | 'discarded'
  said: Said[]
}
export type ToldSuggestion = Said & { score: number | number[] | null; agent: string | null }
export type ToldRecord = {
  externalId: string
  fields: [string, unknown][]
  /** Fields whose value there differs from ours. */
  changed: string[]
  metadata: [string, unknown][]
  suggestions: ToldSuggestion[]
  responses: ToldResponse[]
}
export function tellRecord(line: RecordsLine, plan: ArgillaPlan, lose: Lose): ToldRecord {
  const { fields, changed } = tellFields(line, plan, lose)
  return {
    externalId: line.external_id,
    ...{ fields, changed },
    metadata: tellMetadata(line, plan),
    suggestions: tellSuggestions(line, plan, lose),
    responses: tellResponses(line, plan, lose),
  }
}

function tellFields(line: RecordsLine, plan: ArgillaPlan, lose: Lose) {
  const changed: string[] = []
  const fields = plan.fields.flatMap(({ name, to, type }): [string, unknown][] => {
    const content = Object.hasOwn(line.fields, name) ? line.fields[name] : undefined
    if (content === undefined) return []
    const told = type === 'chat' ? tellChat(content, lose) : textOf(content)
    if (to !== name || told !== content) changed.push(name)
    return [[to, told]]
  })
  for (const [at, output] of line.outputs.entries()) {
    const field = fieldOfOutput(plan.outputs, output.id, at)
    if (output.messages) lose('an output of messages, which is a text there')
    if (field !== null) fields.push([field, output.text ?? textOf(output.messages ?? [])])
  }
  return { fields, changed }
}

function textOf(content: Content): string {
  if (typeof content === 'string') return content
  return content.map((message) => `${message.role}: ${wordsOf(message)}`).join('\n\n')
}

const longestMessage = 20_000
const mostMessages = 500

/** The list if Argilla accepts it: at most 500 messages of 1 to 20,000 characters. */
function tellChat(content: Content, lose: Lose): Content {
  const given: ChatMessage[] = typeof content === 'string' ? [{ role: 'user', content }] : content
  const messages = given.map((message): PlainMessage => {
    if (isPlain(message)) return message
    if (beyondText([message]) !== null)
      lose('what a message holds besides its text, which is part of the text there')
    return { role: message.role, content: wordsOf(message) }
  })
  const isTaken = ({ content: text }: PlainMessage) =>
    text !== '' && (text.length <= longestMessage || [...text].length <= longestMessage)
  if (messages.every(isTaken))
    return typeof content === 'string' || !given.every(isPlain) ? messages : content
  const parts = messages.flatMap((message): PlainMessage[] => {
    if (isTaken(message)) return [message]
    if (message.content === '') {
      lose('an empty message of a chat, which is a space there')
      return [{ ...message, content: ' ' }]
    }
    lose('a message of more than 20,000 characters, which is several there')
    const characters = [...message.content]
    return Array.from({ length: Math.ceil(characters.length / longestMessage) }, (_, at) => ({
      ...message,
      content: characters.slice(at * longestMessage, (at + 1) * longestMessage).join(''),
    }))
  })
  if (parts.length > mostMessages) lose('a chat of more than 500 messages, which ends there')
  return parts.slice(0, mostMessages)
}

/** Values declared as floats are written with a fraction: the server refuses `2`. */
function tellMetadata({ metadata }: RecordsLine, plan: ArgillaPlan): [string, unknown][] {
  const isFloat = (name: string) =>
    plan.metadata.some((one) => one.name === name && one.type === 'float')
  return Object.entries(metadata).map(([name, value]) => [
    name,
    isFloat(name) ? asDouble(value) : value,
  ])
}

/** `[a-zA-Z0-9-_:./ ]` with a letter or digit in it, as the server's pattern has it. */
const takenAgent = /^[a-zA-Z0-9\-_:./\s]*[a-zA-Z0-9][a-zA-Z0-9\-_:./\s]*$/

function tellSuggestions(line: RecordsLine, plan: ArgillaPlan, lose: Lose): ToldSuggestion[] {
  return plan.questions.flatMap((planned): ToldSuggestion[] => {
    const { name } = planned.question
    const given = Object.hasOwn(line.suggestions, name) ? line.suggestions[name] : undefined
    if (!given) return []
    const value = sayValue(planned, given.value, { line, plan, lose, isPadded: false })
    if (value === undefined) return []
    return [
      {
        ...{ question: planned.to, value },
        score: tellScore(scoreAt(planned, given, line, plan), value, lose),
        agent: tellAgent(given.agent, lose),
      },
    ]
  })
}

/** The score of this output, if outputs are suggested with separate scores, in their order. */
function scoreAt(
  { output }: PlannedQuestion,
  { value, score }: RecordsLine['suggestions'][string],
  { outputs }: RecordsLine,
  plan: ArgillaPlan,
): number | number[] | undefined {
  if (output === null || !Array.isArray(score)) return score
  const suggested = outputs.filter(({ id }) => Object.hasOwn(Object(value), id))
  if (suggested.length !== score.length) return score
  const places = outputs.map(({ id }, at) => fieldOfOutput(plan.outputs, id, at))
  const id = outputs[places.indexOf(plan.outputs.names[output] ?? '')]?.id
  return score[suggested.findIndex((one) => one.id === id)]
}

function tellAgent(agent: string | undefined, lose: Lose): string | null {
  if (agent === undefined || takenAgent.test(agent)) return agent ?? null
  lose('a name of an agent with other characters than letters, digits and -_:./, which are _ there')
  const near = agent.replace(/[^a-zA-Z0-9\-_:./\s]/g, '_')
  return takenAgent.test(near) ? near : null
}

/** There, a list of values has a list of scores, a single value one score; all between 0 and 1. */
function tellScore(
  score: number | number[] | undefined,
  value: unknown,
  lose: Lose,
): number | number[] | null {
  if (score === undefined) return null
  const scores = [score].flat()
  const fits =
    scores.every((one) => one >= 0 && one <= 1) &&
    (!Array.isArray(score) || (Array.isArray(value) && value.length === score.length))
  if (!fits) {
    lose('a score that is not between 0 and 1, or not one for each value')
    return null
  }
  if (!Array.isArray(value) || Array.isArray(score)) return score
  if (value.length > 1) lose('one score of several values, which each of them has there')
  return value.map(() => score)
}

function tellResponses(line: RecordsLine, plan: ArgillaPlan, lose: Lose): ToldResponse[] {
  const seen = new Set<string>()
  // Newest first, so that a person's first answer is the one that counts.
  const answers = line.responses
    .toSorted((a, b) => a.repeat - b.repeat || b.revision - a.revision)
    .filter(({ labeler }) => !seen.has(labeler) && seen.add(labeler))
  for (let left = line.responses.length - answers.length; left > 0; left--)
    lose('a repeated or replaced answer, since a person has one answer there')
  return answers
    .toSorted((a, b) => (a.labeler < b.labeler ? -1 : 1))
    .map(({ labeler, status, values }) => {
      const said = plan.questions.flatMap((planned): Said[] => {
        const { name } = planned.question
        if (!Object.hasOwn(values, name)) return []
        const isPadded = status === 'submitted'
        const value = sayValue(planned, values[name], { line, plan, lose, isPadded })
        return value === undefined ? [] : [{ question: planned.to, value }]
      })
      const told = status === 'submitted' || status === 'discarded' ? status : 'draft'
      return { labeler, status: told === 'submitted' ? takenStatus(said, plan, lose) : told, said }
    })
}

/** A submitted answer has a value of each required question, and ranks whatever can be ranked. */
function takenStatus(
  said: readonly Said[],
  { questions, outputs }: ArgillaPlan,
  lose: Lose,
): 'submitted' | 'draft' {
  const answered = new Map(said.map(({ question, value }) => [question, value]))
  const isPartial = ({ question, to }: PlannedQuestion) => {
    const value = answered.get(to)
    return (
      question.type === 'ranking' && Array.isArray(value) && value.length < outputs.names.length
    )
  }
  if (questions.some(isPartial)) {
    lose('an answer whose ranking leaves outputs out, which is a draft there')
    return 'draft'
  }
  if (said.length === 0 || questions.some(({ to, required }) => required && !answered.has(to))) {
    lose('an answer without a value that Argilla requires, which is a draft there')
    return 'draft'
  }
  return 'submitted'
}
