/**
 * Answers one interaction within its three seconds, whichever way it came in.
 *
 * 1. The same interaction a second time is dropped: what a person did has one effect.
 * 2. What needs longer than a moment is acknowledged first and shown when it is there; a form cannot
 *    be opened after that, so a gesture that may open one is waited for, up to the last moment.
 * 3. What comes besides the answer goes after it, by the interaction's token, in order.
 * 4. An answer that came too late (10062) or was given before (40060) is logged and left: the work
 *    is done, and every button that is still seen brings a token of its own.
 */
import { parseCardId } from '../../../src/chat/port/ids.ts'
import type { Inside } from '../../../src/chat/port/port.ts'
import { inSight, openSight, repeated } from '../../../src/chat/port/sight.ts'
import { sayOn, type Words, words, wordsOn } from '../../../src/chat/words/words.ts'
import { asParleyError } from '../../../src/errors.ts'
import type { MessageBody } from '../draw/components.ts'
import { drawMessage } from '../draw/draw.ts'
import { type Answer, type Answers, type Around, answerInteraction } from '../receive/answer.ts'
import { asRaw, channelOf, expectationsOf, isDm } from '../receive/parse.ts'
import { type File, type Rest, refusalOf } from './rest.ts'

/** The body of a callback: `{ type, data }`, and the files it refers to. */
export type Callback = { type: number; data?: object }

/** How the first answer reaches Discord. `alone`: nothing will be sent by its token after it. */
export type Door = (callback: Callback, files: readonly File[], alone: boolean) => Promise<void>

/** What every interaction carries, of either transport. */
export type Incoming = { id: string; token: string; application_id: string; locale?: string }

export type Responder = {
  /**
   * Resolves when the interaction is answered and nothing more follows; false: it came before, and
   * nothing was done or said. Never rejects.
   */
  respond(raw: Incoming, door: Door): Promise<boolean>
  /**
   * False when it came before; marks it, but for a press that answers, which marks itself where the
   * answer is written. @throws when that cannot be looked up.
   */
  isNew(raw: Incoming): Promise<boolean>
  /** Tells the person that nothing could be looked up, so that nothing was done. */
  away(raw: Incoming, error: unknown, door: Door): Promise<void>
  settled(): Promise<void>
}

export type ResponderOptions = Pick<Inside, 'firstSight' | 'log' | 'note'> & {
  rest: Rest
  around: Around
  /** Until an answer that is not there yet is promised. */
  deferAfterMs?: number
  /** Until the person is told that it took too long. */
  lateAfterMs?: number
}

const ephemeral = 1 << 6

export function openResponder(options: ResponderOptions): Responder {
  const { rest, around, log, firstSight, deferAfterMs = 1500, lateAfterMs = 2600 } = options
  const running = new Set<Promise<unknown>>()

  async function answer(raw: Incoming, door: Door): Promise<void> {
    const work = marksItself(raw) ? answerOnce(raw) : answerInteraction(raw, around)
    try {
      await give(raw, work, door)
    } catch (error) {
      noteShown(raw, await work, true)
      throw error
    }
  }

  /** @throws `repeated` */
  async function answerOnce(raw: Incoming): Promise<Answers> {
    const sight = openSight(idOf(raw), firstSight)
    const answers = await inSight(sight, () => answerInteraction(raw, around))
    // Where nothing was done nothing has marked it; a database that is away was told of.
    if (!(await sight.mark().catch(() => true))) throw repeated
    return answers
  }

  async function give(raw: Incoming, work: Promise<Answers>, door: Door): Promise<void> {
    const expected = expectationsOf(raw)
    const said = wordsOn('discord', raw.locale)
    const patience = expected.mayOpenModal || expected.isAutocomplete ? lateAfterMs : deferAfterMs
    const ready = await inTime(work, patience)
    if (ready !== null) return finish(raw, ready, door, said)
    if (expected.isAutocomplete) return first(door, { type: 8, data: { choices: [] } }, [], true)
    if (expected.mayOpenModal) {
      await first(door, { type: 4, data: whisper(said.pressOnceMore, raw.locale) }, [], false)
      return follow(raw, await work, 'told')
    }
    const isNew = expected.place === 'new'
    const flags = expected.isDm ? 0 : ephemeral
    await first(door, isNew ? { type: 5, data: { flags } } : { type: 6 }, [], false)
    return follow(raw, await work, isNew ? 'new' : 'update')
  }

  /** The answer that is there in time. */
  async function finish(raw: Incoming, answers: Answers, door: Door, said: Words): Promise<void> {
    const alone = answers.more.length === 0 && answers.later === undefined
    const callback = callbackOf(answers.first)
    try {
      await first(door, callback, filesOf(answers.first), alone)
      noteShown(raw, answers)
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal?.status !== 400 || refusal.code === 40060) throw error
      // Discord did not take what was drawn; the interaction can still be answered, in words.
      log.error({ err: error, interaction: raw.id }, 'Discord did not take what was drawn.')
      await first(door, { type: 4, data: whisper(said.broken, raw.locale) }, [], true)
      noteShown(raw, answers, true)
    }
    for (const one of answers.more) await followUp(raw, one)
    await later(raw, answers)
  }

  /** The answer that comes after a promise, or after the person was told to press again. */
  async function follow(
    raw: Incoming,
    answers: Answers,
    before: 'new' | 'update' | 'told',
  ): Promise<void> {
    const one = answers.first.type === 'modal' ? answers.first.instead() : answers.first
    if (one.type === 'message' || one.type === 'update') {
      const inPlace = before === 'new' || (before === 'update' && one.type === 'update')
      if (inPlace) {
        await editOriginal(raw, one)
        noteShown(raw, answers)
      } else if (before === 'told' && one.type === 'update') await asMessage(raw, one)
      else await followUp(raw, one)
    } else if (before === 'new') await deleteOriginal(raw)
    for (const more of answers.more) await followUp(raw, more)
    await later(raw, answers)
  }

  /** Tells what the person's message shows by this answer; in a channel it is gone soon anyway. */
  function noteShown(incoming: Incoming, { first, shows }: Answers, isLost = false): void {
    const raw = asRaw(incoming)
    const { message, locale } = raw
    const channel = channelOf(raw)
    const isOnIt = first.type === 'update' || (first.type === 'modal' && !isLost)
    if (!shows || !isOnIt || !message?.id || channel === undefined || !isDm(raw)) return
    const at = { platform: 'discord', workspace: '', channel, message: message.id } as const
    options.note?.({ ...at, locale }, shows, isLost)
  }

  async function later(raw: Incoming, answers: Answers): Promise<void> {
    if (!answers.later) return
    for (const one of await answers.later()) await followUp(raw, one)
  }

  /** Gives the first answer. Made twice it is still one: the second is told that there was a first. */
  async function first(
    door: Door,
    callback: Callback,
    files: readonly File[],
    alone: boolean,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await door(callback, files, alone)
      } catch (error) {
        const refusal = refusalOf(error)
        const isLost = refusal === null || refusal.status >= 500
        if (isLost && attempt === 1) continue
        // An earlier attempt of ours arrived after all.
        if (refusal?.code === 40060 && attempt > 1) return
        throw error
      }
    }
  }

  async function followUp(raw: Incoming, one: Answer): Promise<void> {
    const drawn = one.type === 'modal' ? one.instead() : one
    if (drawn.type !== 'message' && drawn.type !== 'update') return
    await rest({
      method: 'POST',
      path: '/webhooks/:app/:token',
      at: { app: raw.application_id, token: raw.token },
      body: drawn.body,
      files: drawn.files,
      byToken: true,
    })
  }

  /** A change of a message, as a message of its own. */
  const asMessage = (raw: Incoming, one: Extract<Answer, { type: 'update' }>) =>
    followUp(raw, {
      type: 'message',
      body: { ...one.body, flags: one.body.flags | ephemeral },
      files: one.files,
    })

  async function editOriginal(
    raw: Incoming,
    { body, files }: { body: MessageBody; files: File[] },
  ): Promise<void> {
    await rest({
      method: 'PATCH',
      path: '/webhooks/:app/:token/messages/@original',
      at: { app: raw.application_id, token: raw.token },
      // Who sees a message was decided when it was promised.
      body: { ...body, flags: body.flags & ~ephemeral },
      files,
      byToken: true,
      repeatable: true,
    })
  }

  async function deleteOriginal(raw: Incoming): Promise<void> {
    await rest({
      method: 'DELETE',
      path: '/webhooks/:app/:token/messages/@original',
      at: { app: raw.application_id, token: raw.token },
      byToken: true,
    })
  }

  async function respond(raw: Incoming, door: Door): Promise<boolean> {
    try {
      await answer(raw, door)
    } catch (error) {
      if (error === repeated) return false
      report(error, raw)
    }
    return true
  }

  function report(error: unknown, raw: Incoming) {
    const code = refusalOf(error)?.code
    const about = { code, interaction: raw.id }
    if (code === 10062) log.warn(about, 'An answer came too late for Discord.')
    else if (code === 40060) log.warn(about, 'An interaction was answered before.')
    else if (code === 50027 || code === 10015)
      log.warn(about, 'Fifteen minutes passed before an answer was there.')
    else if (code === 10008) log.warn(about, 'The message to change is gone.')
    else log.error({ err: error, interaction: raw.id }, 'An interaction could not be answered.')
  }

  return {
    respond(raw, door) {
      const run = respond(raw, door)
      running.add(run)
      return run.finally(() => running.delete(run))
    },
    async away(raw, error, door) {
      log.error({ err: error }, 'A request from Discord failed.')
      await door(awayCallback(error, raw.locale), [], true).catch((failed: unknown) =>
        report(failed, raw),
      )
    },
    isNew: async (raw) => marksItself(raw) || firstSight(idOf(raw)),
    settled: async () => {
      while (running.size > 0) await Promise.allSettled([...running])
    },
  }
}

function idOf({ id }: Incoming): string {
  return `discord:interaction:${id}`
}

/** A button that answers. */
function marksItself(incoming: Incoming): boolean {
  const { type, data } = asRaw(incoming)
  return type === 3 && parseCardId(data?.custom_id ?? '')?.verb === 'press'
}

/** What a person is told when nothing could be looked up, so that nothing was done. */
export function awayCallback(error: unknown, locale: string | undefined): Callback {
  return {
    type: 4,
    data: whisper(
      sayOn('discord', asParleyError(error)?.messageIn(locale) ?? words(locale).broken),
      locale,
    ),
  }
}

/** The callback that opens the way for `POST …/callback`. */
export function callbackDoor(rest: Rest, { id, token }: Incoming): Door {
  return async (callback, files) => {
    await rest({
      method: 'POST',
      path: '/interactions/:id/:token/callback',
      at: { id, token },
      body: callback,
      files,
      byToken: true,
      unpaced: true,
    })
  }
}

function whisper(text: string, locale: string | undefined): MessageBody {
  return drawMessage({ type: 'notice', text }, wordsOn('discord', locale), { ephemeral: true })
}

function callbackOf(answer: Answer): Callback {
  switch (answer.type) {
    case 'message':
      return { type: 4, data: answer.body }
    case 'update':
      return { type: 7, data: answer.body }
    case 'modal':
      return { type: 9, data: answer.modal }
    case 'choices':
      return { type: 8, data: { choices: answer.choices } }
    case 'nothing':
      return { type: 6 }
    case 'pong':
      return { type: 1 }
  }
}

function filesOf(answer: Answer): File[] {
  return answer.type === 'message' || answer.type === 'update' ? answer.files : []
}

/** What the work resolved to, or null when it takes longer. */
async function inTime<Result>(work: Promise<Result>, ms: number): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
