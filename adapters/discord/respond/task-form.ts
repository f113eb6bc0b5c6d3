/** Answers that come from a form, step by step, and their commit. */
import type { Person, ShownForm, TaskCard } from '../../../src/chat/port/port.ts'
import type { Values } from '../../../src/questions/values.ts'
import { ownValue } from '../../../src/questions/values.ts'
import { textWithin } from '../draw/budget.ts'
import type { Filled } from '../draw/questions/inputs.ts'
import { readQuestion } from '../draw/questions/questions.ts'
import { first, isTapped, planStep } from '../draw/task/form-steps.ts'
import type { Parsed } from '../receive/parsed.ts'
import type { Start } from '../receive/task-ids.ts'
import { withFiles } from './answer-file.ts'
import { type AnswerContext, type Answers, beside, only, type Place } from './answers.ts'
import { show } from './show.ts'
import { cardOf, hasStep, onCard } from './task-card.ts'

/** Commits an answer; problems are listed above the card, with a button to the question to correct. */
export async function submit(
  by: Person,
  on: { assignmentId: string; schemaVersion: number; editing: boolean },
  values: Record<string, unknown>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const { assignmentId, schemaVersion, editing } = on
  const reply = await context.handle({ by, type: 'submit', assignmentId, schemaVersion, values })
  if (reply.type !== 'problems') return show(reply, context, at)
  const card = await cardOf(context.handle, by, { assignmentId, editing })
  if ('type' in card) return show(reply, context, at)
  const notice = Object.entries(reply.problems)
    .map(([name, problem]) => {
      const title = card.questions.find((one) => one.name === name)?.title
      return title === undefined ? problem : `${title}: ${problem}`
    })
    .join('\n')
  const start = startOf(card, Object.keys(reply.problems))
  return onCard(card, { notice }, at, start ? { go: start } : {})
}

/** The first of these questions that a form asks. */
function startOf(card: TaskCard, names: readonly string[]): Start | null {
  for (const [question, { name }] of card.questions.entries()) {
    if (!names.includes(name)) continue
    const { parts } = planStep(card, { question, part: 0 })
    if (parts[0]?.question === question) return { question, part: 0 }
  }
  return null
}

/** A submitted form: the last step commits the answer, earlier steps save a draft. */
export async function onForm(
  parsed: Extract<Parsed, { type: 'form' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const { by, meta } = parsed
  const { assignmentId, schemaVersion, editing, next } = meta
  const shown = await context.shown(by, assignmentId, schemaVersion)
  if (!shown) return only(beside([textWithin(at.said.oldButton)], at))
  const { entered, problem } = await withFiles(parsed, context, at.said)
  const card = meta.isPart || problem ? await cardOf(context.handle, by, meta) : null
  if (card && 'type' in card) return show(card, context, at)
  const values = valuesOf(shown, entered, card?.values)
  if (!card) return submit(by, meta, values, context, at)
  const isUntapped = isTapped(card) && card.taps?.asks !== 'nothing'
  const hasMore = next !== null && planStep(card, next).parts.length > 0
  if (!problem && !hasMore && !isUntapped) return submit(by, meta, values, context, at)
  await context.handle({ by, type: 'draft', assignmentId, values, ...(editing ? { editing } : {}) })
  const notice = problem
    ? `${problem} ${at.said.typedKept}`
    : hasMore
      ? at.said.stepKept
      : at.said.tapKept
  // Read again, because an answer may add conditional questions.
  const again = await cardOf(context.handle, by, meta)
  if ('type' in again) return show(again, context, at)
  const go = problem ? first : next
  return onCard(again, { notice }, at, go && hasStep(again, go) ? { go } : {})
}

function valuesOf(
  { questions, outputs }: ShownForm,
  entered: ReadonlyMap<string, Filled>,
  before: Values | undefined,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [at, question] of questions.entries()) {
    const was = ownValue(before, question.name)
    const value = readQuestion(question, at, entered, { outputs }, was)
    if (value !== undefined) values[question.name] = value
  }
  return values
}
