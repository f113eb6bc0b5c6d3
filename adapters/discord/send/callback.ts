/** The first answer to an interaction: what Discord calls its callback. */
import { sayOn, words, wordsOn } from '../../../src/chat/words/words.ts'
import { asParleyError } from '../../../src/errors.ts'
import type { MessageBody } from '../draw/components.ts'
import { drawMessage } from '../draw/message.ts'
import type { Answer } from '../respond/answers.ts'
import { refusalOf } from './failures.ts'
import type { File, Rest } from './rest.ts'

/** What every interaction carries, of either transport. */
export type Incoming = { id: string; token: string; application_id: string; locale?: string }

/** The body of a callback: `{ type, data }`, and the files it refers to. */
export type Callback = { type: number; data?: object }

/** Sends a callback to Discord. `alone`: nothing follows by its token. */
export type SendCallback = (
  callback: Callback,
  files: readonly File[],
  alone: boolean,
) => Promise<void>

/** docs.discord.com/developers/interactions/receiving-and-responding#interaction-callback-type */
export const callbackTypes = {
  pong: 1,
  message: 4,
  deferredMessage: 5,
  deferredUpdate: 6,
  update: 7,
  choices: 8,
  modal: 9,
} as const

/** Sends the callback as a call of ours, `POST …/callback`. */
export function callbackByCall(rest: Rest, { id, token }: Incoming): SendCallback {
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

/** Sends the callback, and again if it is unknown whether it arrived: Discord refuses a second one. */
export async function sendFirst(
  send: SendCallback,
  callback: Callback,
  files: readonly File[],
  alone: boolean,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send(callback, files, alone)
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

export function callbackOf(answer: Answer): Callback {
  switch (answer.type) {
    case 'message':
    case 'update':
      return { type: callbackTypes[answer.type], data: answer.body }
    case 'modal':
      return { type: callbackTypes.modal, data: answer.modal }
    case 'choices':
      return { type: callbackTypes.choices, data: { choices: answer.choices } }
    case 'nothing':
      return { type: callbackTypes.deferredUpdate }
    case 'pong':
      return { type: callbackTypes.pong }
  }
}

export function filesOf(answer: Answer): File[] {
  return answer.type === 'message' || answer.type === 'update' ? answer.files : []
}

/** A text that only the person sees. */
export function whisperBody(text: string, locale: string | undefined): MessageBody {
  return drawMessage({ type: 'notice', text }, wordsOn('discord', locale), { ephemeral: true })
}

/** The answer when nothing could be looked up, so nothing was done. */
export function unavailableCallback(error: unknown, locale: string | undefined): Callback {
  const text = asParleyError(error)?.messageIn(locale) ?? words(locale).broken
  return { type: callbackTypes.message, data: whisperBody(sayOn('discord', text), locale) }
}
