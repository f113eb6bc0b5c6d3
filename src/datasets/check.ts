/** Checks that need several parts of a dataset document. */

import { parseWhen, questionsOf } from '../questions/condition.ts'
import type { Question } from '../questions/question.ts'
import { firstAlike, readsAs } from '../questions/reads-as.ts'
import { checkAccess } from './access/access.ts'
import { checkArena } from './arena.ts'
import { checkAsk } from './ask.ts'
import { didYouMean } from './did-you-mean.ts'
import type { DatasetDocument, Field } from './document.ts'
import type { Explained } from './explain.ts'
import { checkFeedback } from './feedback/rules.ts'
import { namesIn } from './feeds/map.ts'
import { checkFeeds } from './feeds/rules.ts'
import { showsSuggestions } from './suggestions.ts'
import { checkTraces } from './traces/check.ts'
import { checkWriting } from './writing.ts'

export function checkDocument(document: DatasetDocument): Explained[] {
  return [
    ...repeated(document.fields, 'fields'),
    ...repeated(document.questions, 'questions'),
    ...document.questions.flatMap((question, at) => checkQuestion(document, question, at)),
    ...checkRequired(document),
    ...checkEdits(document),
    ...checkHoldout(document),
    ...checkExport(document),
    ...checkWriting(document),
    ...checkFeeds(document),
    ...checkArena(document),
    ...checkAccess(document),
    ...checkFeedback(document),
    ...checkAsk(document),
    ...checkTraces(document),
  ]
}

/** Whether a card of this dataset makes no sense without this many outputs. */
export function outputsNeeded(document: Pick<DatasetDocument, 'questions'>): 0 | 1 | 2 {
  if (document.questions.some((q) => q.type === 'ranking' && q.required)) return 2
  const about = document.questions.some((q) => q.of === 'outputs' && q.required)
  return about ? 1 : 0
}

function repeated(parts: readonly { name: string }[], key: string): Explained[] {
  return parts.flatMap((part, at) =>
    parts.findIndex((other) => other.name === part.name) === at
      ? []
      : [
          {
            path: [key, at, 'name'],
            message: `"${part.name}" is there twice.`,
            remedy: 'Give each a name of its own.',
          },
        ],
  )
}

function checkQuestion(document: DatasetDocument, question: Question, at: number): Explained[] {
  const found: Explained[] = []
  const say = (key: string, message: string, remedy: string) =>
    found.push({ path: ['questions', at, key], message, remedy })
  if (question.when !== undefined) {
    const problem = whenProblem(document, question.name, question.when)
    if (problem) say('when', problem.message, problem.remedy)
  }
  if ('options' in question && question.type !== 'rating') {
    const alike = firstAlike(question.options.map(({ text }) => text))
    if (alike)
      say(
        'options',
        readsAs(alike[0]) === ''
          ? `${JSON.stringify(alike[0])} shows nothing.`
          : `${JSON.stringify(alike[0])} and ${JSON.stringify(alike[1])} read the same: nobody could tell the two apart.`,
        'Give each option a text of its own.',
      )
    const values = question.options.map((option) => option.value)
    const desirable = question.type === 'label' ? (question.desirable ?? []) : []
    for (const value of desirable.filter((one) => !values.includes(one)))
      say(
        'desirable',
        `"${value}" is not one of the options.`,
        `Write one of ${values.join(', ')}.${didYouMean(value, values)}`,
      )
  }
  if (question.type === 'rating')
    for (const number of Object.keys(question.labels ?? {}))
      if (!question.options.map(String).includes(number))
        say(
          'labels',
          `"${number}" is not one of the options.`,
          `Use ${question.options.join(', ')}.`,
        )
  if (question.type === 'text' && (question.min_chars ?? 0) > (question.max_chars ?? 100_000))
    say('min_chars', 'is more than max_chars.', 'Make it smaller.')
  if (question.type === 'text' && question.prefill !== undefined) {
    const problem = prefillProblem(document, question, question.prefill)
    if (problem) say('prefill', problem.message, problem.remedy)
  }
  if (question.type === 'span') {
    const names = document.fields.map((field) => field.name)
    const field = document.fields.find((one) => one.name === question.field)
    if (!field)
      say(
        'field',
        `"${question.field}" is not a field.`,
        `Write one of ${names.join(', ')}.${didYouMean(question.field, names)}`,
      )
    else if (field.type !== 'text')
      say('field', `"${question.field}" is ${kindOf(field)}.`, 'Mark spans in a text field.')
  }
  return found
}

function kindOf({ type }: Field): string {
  return type === 'chat' ? 'a chat' : type === 'image' ? 'an image' : 'a recording'
}

function prefillProblem({ fields }: DatasetDocument, question: Question, name: string) {
  const names = fields.map((field) => field.name)
  const field = fields.find((one) => one.name === name)
  if (!field)
    return {
      message: `"${name}" is not a field.`,
      remedy: `Write one of ${names.join(', ')}.${didYouMean(name, names)}`,
    }
  if (field.type !== 'text')
    return {
      message: `"${name}" is ${kindOf(field)}.`,
      remedy: 'Start with the text of a text field.',
    }
  if (question.of === 'outputs')
    return {
      message: 'starts every output with the same text.',
      remedy: 'Ask it about the record: leave out "of".',
    }
  return question.required
    ? {
        message: 'would be no answer where the text is left as it is.',
        remedy: 'Write "required: false".',
      }
    : null
}

function whenProblem(document: DatasetDocument, name: string, when: string) {
  const others = document.questions.map((question) => question.name).filter((one) => one !== name)
  try {
    for (const asked of questionsOf(parseWhen(when))) {
      if (asked === name)
        return { message: 'looks at its own answer.', remedy: 'Name another question.' }
      if (!others.includes(asked))
        return {
          message: `"${asked}" is not a question of this dataset.`,
          remedy: `Name one of ${others.join(', ') || '(there is no other)'}.${didYouMean(asked, others)}`,
        }
    }
    return null
  } catch (error) {
    return { message: messageOf(error), remedy: 'Write e.g. preference.all_unacceptable.' }
  }
}

/** With every question optional, an empty card could be submitted and would complete a record. */
function checkRequired(document: DatasetDocument): Explained[] {
  if (document.questions.some((question) => question.required && question.when === undefined))
    return []
  return [
    {
      path: ['questions'],
      message: 'has no question that must always be answered.',
      remedy: 'Leave out "required: false" and "when" on at least one.',
    },
  ]
}

/** An output is improved once in an answer, whatever was asked about it. */
function checkEdits({ questions }: DatasetDocument): Explained[] {
  const [first, ...more] = questions.flatMap((one, at) =>
    'edits' in one && one.edits ? [{ name: one.name, at }] : [],
  )
  return more.map(({ at }) => ({
    path: ['questions', at, 'edits'],
    message: `is asked for twice: "${first?.name}" has it already.`,
    remedy: 'Keep it on one question.',
  }))
}

function checkHoldout(document: DatasetDocument): Explained[] {
  if (document.suggestions_holdout === undefined || showsSuggestions(document)) return []
  return [
    {
      path: ['suggestions_holdout'],
      message: 'holds out what nobody is shown.',
      remedy: 'Write "suggestions: before" or "suggestions: after", or leave it out.',
    },
  ]
}

/** Names in `export` as the export itself reads them: a prompt is made of fields and texts that labelers write. */
function checkExport(document: DatasetDocument): Explained[] {
  const fields = document.fields.map(({ name }) => name)
  const inPrompt = [...new Set([...fields, ...textsOf(document)])]
  const questions = document.questions.map(({ name }) => name)
  const prompt = (document.export?.prompt ?? []).flatMap((message, at) =>
    Object.entries(message).map(([role, text]) => ({ path: ['export', 'prompt', at, role], text })),
  )
  const completion = document.export?.completion
  return [
    ...prompt.flatMap((one) => strangers(one, 'a field or a text question', inPrompt)),
    ...(prompt.length > 0 && prompt.every(({ text }) => namesIn(text).length === 0)
      ? [
          {
            path: ['export', 'prompt'],
            message: 'has no field in it: every row would have the same prompt.',
            remedy: `Write one of ${inPrompt.map((name) => `$${name}`).join(', ')} where its text belongs.`,
          },
        ]
      : []),
    ...(completion === undefined
      ? []
      : strangers({ path: ['export', 'completion'], text: completion }, 'a question', questions)),
  ]
}

function strangers(
  { path, text }: { path: (string | number)[]; text: string },
  what: string,
  known: readonly string[],
): Explained[] {
  return namesIn(text)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path,
      message: `"$${name}" is not ${what} of this dataset.`,
      remedy: `Use one of ${known.map((one) => `$${one}`).join(', ')}.${didYouMean(name, known)}`,
    }))
}

/** The texts that are written about a record. */
function textsOf({ questions }: DatasetDocument): string[] {
  return questions.flatMap(({ name, type, of }) => (type === 'text' && of === 'record' ? name : []))
}

function messageOf(error: unknown): string {
  if (error instanceof Error && 'problems' in error) {
    const { problems } = error
    if (typeof problems === 'object' && problems !== null) {
      const first = Object.values(problems)[0]
      if (typeof first === 'string') return `${first}.`
    }
  }
  return `${error instanceof Error ? error.message : String(error)}.`
}
