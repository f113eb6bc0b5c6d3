/**
 * Answers one interaction within its three seconds, whichever way it came in.
 *
 * 1. A repeated interaction is dropped: a gesture has one effect.
 * 2. A late answer is acknowledged first and follows; no form can open after that, so a gesture that
 *    may open one is waited for up to the last moment.
 * 3. Further messages follow by the interaction's token, in order.
 * 4. An answer that came too late (10062) or was given before (40060) is only logged: the work is done,
 *    and every visible button brings its own token.
 */
import { parseCardId } from '../../../src/chat/port/ids.ts'
import type { Inside } from '../../../src/chat/port/port.ts'
import { inSight, openSight, repeated } from '../../../src/chat/port/sight.ts'
import { wordsOn } from '../../../src/chat/words/words.ts'
import { budgets, flags } from '../limits.ts'
import { expectationsOf } from '../receive/parse.ts'
import { asRaw, channelOf, isDm, personOf, toldOf } from '../receive/payload.ts'
import {
  callbackOf,
  callbackTypes,
  filesOf,
  type Incoming,
  type SendCallback,
  sendFirst,
  unavailableCallback,
  whisperBody,
} from '../send/callback.ts'
import { refusalOf } from '../send/failures.ts'
import { deleteOriginal, editOriginal, followUp, followUpInstead } from '../send/follow-ups.ts'
import type { Rest } from '../send/rest.ts'
import { answerInteraction } from './answer.ts'
import type { AnswerContext, Answers } from './answers.ts'

export type Responder = {
  /**
   * Resolves when the interaction is answered and nothing more follows; false: it came before, and
   * nothing was done or said. Never rejects.
   */
  respond(raw: Incoming, send: SendCallback): Promise<boolean>
  /**
   * Marks it as seen; false when it was seen before. A press that answers is not marked here: it marks
   * itself where the answer is written. @throws when that cannot be looked up.
   */
  isNew(raw: Incoming): Promise<boolean>
  /** Says that nothing could be looked up, so nothing was done. */
  sayUnavailable(raw: Incoming, error: unknown, send: SendCallback): Promise<void>
  settled(): Promise<void>
}

export type ResponderOptions = Pick<
  Inside,
  'firstSight' | 'log' | 'noteProfile' | 'trackMessage'
> & {
  rest: Rest
  context: AnswerContext
  /** When a late answer is acknowledged, to follow. */
  deferAfterMs?: number
  /** When the person is asked to press again. */
  lateAfterMs?: number
}

export function openResponder(options: ResponderOptions): Responder {
  const { log, firstSight } = options
  const running = new Set<Promise<unknown>>()
  return {
    respond(raw, send) {
      const run = respond(options, raw, send)
      running.add(run)
      return run.finally(() => running.delete(run))
    },
    async sayUnavailable(raw, error, send) {
      log.error({ event: 'discord.request_failed', err: error }, 'A request from Discord failed.')
      await send(unavailableCallback(error, raw.locale), [], true).catch((failed: unknown) =>
        report(log, raw, failed),
      )
    },
    isNew: async (raw) => marksItself(raw) || firstSight(idOf(raw)),
    settled: async () => {
      while (running.size > 0) await Promise.allSettled([...running])
    },
  }
}

async function respond(
  options: ResponderOptions,
  raw: Incoming,
  send: SendCallback,
): Promise<boolean> {
  try {
    await answer(options, raw, send)
  } catch (error) {
    if (error === repeated) return false
    report(options.log, raw, error)
  }
  // After the gesture: the one that agrees is the first of which a name may be kept.
  const { userId } = personOf(asRaw(raw))
  if (userId !== '') options.noteProfile?.(personOf(asRaw(raw)), toldOf(asRaw(raw)))
  return true
}

async function answer(options: ResponderOptions, raw: Incoming, send: SendCallback): Promise<void> {
  const { context } = options
  const work = marksItself(raw) ? answerOnce(options, raw) : answerInteraction(raw, context)
  try {
    await give(options, raw, work, send)
  } catch (error) {
    noteShown(options, raw, await work, true)
    throw error
  }
}

/** @throws `repeated` */
async function answerOnce(
  { context, firstSight }: ResponderOptions,
  raw: Incoming,
): Promise<Answers> {
  const sight = openSight(idOf(raw), firstSight)
  const answers = await inSight(sight, () => answerInteraction(raw, context))
  // If nothing was done, nothing has marked it; if the database is away, the person has seen a refusal.
  if (!(await sight.mark().catch(() => true))) throw repeated
  return answers
}

function idOf({ id }: Incoming): string {
  return `discord:interaction:${id}`
}

/** A button that answers. */
function marksItself(incoming: Incoming): boolean {
  const { type, data } = asRaw(incoming)
  return type === 3 && parseCardId(data?.custom_id ?? '')?.verb === 'press'
}

/** Sends the answer where it is in time; else acknowledges, or asks the person to press again. */
async function give(
  options: ResponderOptions,
  raw: Incoming,
  work: Promise<Answers>,
  send: SendCallback,
): Promise<void> {
  const { deferAfterMs, lateAfterMs } = { ...budgets, ...options }
  const { mayOpenModal, isAutocomplete, ...expected } = expectationsOf(raw)
  const ready = await inTime(work, mayOpenModal || isAutocomplete ? lateAfterMs : deferAfterMs)
  if (ready !== null) return finish(options, raw, ready, send)
  if (isAutocomplete)
    return sendFirst(send, { type: callbackTypes.choices, data: { choices: [] } }, [], true)
  if (mayOpenModal) {
    const data = whisperBody(wordsOn('discord', raw.locale).pressOnceMore, raw.locale)
    await sendFirst(send, { type: callbackTypes.message, data }, [], false)
    return follow(options, raw, await work, 'told')
  }
  const isNew = expected.place === 'new'
  const data = { flags: expected.isDm ? 0 : flags.ephemeral }
  const promise = isNew
    ? { type: callbackTypes.deferredMessage, data }
    : { type: callbackTypes.deferredUpdate }
  await sendFirst(send, promise, [], false)
  return follow(options, raw, await work, isNew ? 'new' : 'update')
}

/** Sends an answer that was in time. */
async function finish(
  options: ResponderOptions,
  raw: Incoming,
  answers: Answers,
  send: SendCallback,
): Promise<void> {
  const alone = answers.more.length === 0 && answers.later === undefined
  try {
    await sendFirst(send, callbackOf(answers.first), filesOf(answers.first), alone)
    noteShown(options, raw, answers)
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal?.status !== 400 || refusal.code === 40060) throw error
    // Discord refused the drawn message; the interaction can still be answered in plain text.
    options.log.error(
      { event: 'discord.reply_refused', err: error, interaction: raw.id },
      'Discord did not take what was drawn.',
    )
    const data = whisperBody(wordsOn('discord', raw.locale).broken, raw.locale)
    await sendFirst(send, { type: callbackTypes.message, data }, [], true)
    noteShown(options, raw, answers, true)
  }
  await sendRest(options.rest, raw, answers)
}

/** Sends an answer that was late: after a promise, or after the request to press again. */
async function follow(
  options: ResponderOptions,
  raw: Incoming,
  answers: Answers,
  before: 'new' | 'update' | 'told',
): Promise<void> {
  const { rest } = options
  const one = answers.first.type === 'modal' ? answers.first.instead() : answers.first
  if (one.type === 'message' || one.type === 'update') {
    const inPlace = before === 'new' || (before === 'update' && one.type === 'update')
    if (inPlace) {
      await editOriginal(rest, raw, one)
      noteShown(options, raw, answers)
    } else if (before === 'told' && one.type === 'update') await followUpInstead(rest, raw, one)
    else await followUp(rest, raw, one)
  } else if (before === 'new') await deleteOriginal(rest, raw)
  await sendRest(rest, raw, answers)
}

/** Sends what comes besides the first answer, in order. */
async function sendRest(rest: Rest, raw: Incoming, { more, later }: Answers): Promise<void> {
  for (const one of more) await followUp(rest, raw, one)
  if (later) for (const one of await later()) await followUp(rest, raw, one)
}

/** Notes what the person's message shows now; a private message in a channel soon disappears anyway. */
function noteShown(
  { trackMessage }: ResponderOptions,
  incoming: Incoming,
  { first, shows }: Answers,
  isLost = false,
): void {
  const raw = asRaw(incoming)
  const { message, locale } = raw
  const channel = channelOf(raw)
  const isOnIt = first.type === 'update' || (first.type === 'modal' && !isLost)
  if (!shows || !isOnIt || !message?.id || channel === undefined || !isDm(raw)) return
  const at = { platform: 'discord', workspace: '', channel, message: message.id } as const
  trackMessage?.({ ...at, locale }, shows, isLost)
}

/** Codes: docs.discord.com/developers/topics/opcodes-and-status-codes#json */
function report(log: Inside['log'], raw: Incoming, error: unknown): void {
  const code = refusalOf(error)?.code
  const about = { code, interaction: raw.id }
  if (code === 10062)
    log.warn({ event: 'discord.reply_late', ...about }, 'An answer came too late for Discord.')
  else if (code === 40060)
    log.warn({ event: 'discord.answered_before', ...about }, 'An interaction was answered before.')
  else if (code === 50027 || code === 10015)
    log.warn(
      { event: 'discord.reply_expired', ...about },
      'Fifteen minutes passed before an answer was there.',
    )
  else if (code === 10008)
    log.warn({ event: 'discord.message_gone', ...about }, 'The message to change is gone.')
  else
    log.error(
      { event: 'discord.reply_failed', err: error, interaction: raw.id },
      'An interaction could not be answered.',
    )
}

/** What the work resolved to, or null when it takes longer. */
async function inTime<Result>(work: Promise<Result>, ms: number): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
