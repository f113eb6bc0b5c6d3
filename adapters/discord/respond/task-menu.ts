/** Answers chosen from menus on the card itself. */
import { pagesOf, pickOn } from '../draw/questions/choices.ts'
import { commitsAtOnce, menusOf } from '../draw/task/menus.ts'
import type { Parsed } from '../receive/parsed.ts'
import type { AnswerContext, Answers, Place } from './answers.ts'
import { show } from './show.ts'
import { cardOf, onCard } from './task-card.ts'
import { submit } from './task-form.ts'

/** One choice of a menu on the card: it commits, or waits with the others as a draft. */
export async function pickFrom(
  { by, pick, chosen }: Extract<Parsed, { type: 'pick' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const card = await cardOf(context.handle, by, pick)
  if ('type' in card) return show(card, context, at)
  const menu = menusOf(card).find((one) => one.at === pick.question)
  if (!menu || card.schemaVersion !== pick.schemaVersion) return onCard(card, {}, at, {})
  const { question } = menu
  const page = pagesOf(question, at.said)[pick.page] ?? []
  const { [question.name]: before, ...others } = card.values
  const value = pickOn(question, page, chosen, before)
  const values = { ...others, ...(value === undefined ? {} : { [question.name]: value }) }
  if (commitsAtOnce(menu)) return submit(by, pick, values, context, at)
  const { assignmentId, editing } = pick
  await context.handle({ by, type: 'draft', assignmentId, values, ...(editing ? { editing } : {}) })
  return onCard({ ...card, values }, {}, at, { page: pick.page })
}

/** Commits what was chosen and typed so far. */
export async function submitPicked(
  parsed: Extract<Parsed, { type: 'done' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const card = await cardOf(context.handle, parsed.by, parsed)
  if ('type' in card) return show(card, context, at)
  return submit(parsed.by, parsed, card.values, context, at)
}
