/** Browsing time zones, in the reminder settings and on the first card. */
import { drawPreferences } from '../draw/home/reminders.ts'
import { drawWelcome } from '../draw/home/welcome.ts'
import type { Parsed } from '../receive/parsed.ts'
import { type AnswerContext, type Answers, only, type Place, place } from './answers.ts'
import { show } from './show.ts'

export async function showZones(
  { by, at: looked }: Extract<Parsed, { type: 'zones' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const reply = await context.handle({ by, type: 'reminders' })
  if (reply.type !== 'preferences') return show(reply, context, at)
  return only(place(drawPreferences(reply.preferences, reply.notice, at.said, looked), at))
}

/** The first card again; nothing is stored before Start. */
export async function showWelcome(
  { by, greet }: Extract<Parsed, { type: 'welcome' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const { wish } = greet
  const reply = await context.handle({ by, type: 'next', ...(wish ? { dataset: wish } : {}) })
  if (reply.type !== 'welcome') return show(reply, context, at)
  return only(place(drawWelcome(reply.welcome, at.said, wish, greet), at))
}
