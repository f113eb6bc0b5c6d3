/** The address Slack gives with a command or a press: for half an hour it takes answers beside any rate limit. */
import { setTimeout as sleep } from 'node:timers/promises'
import { conflict } from '../../../src/errors.ts'
import type { Message } from '../draw/blocks.ts'
import { limits } from '../limits.ts'
import { slackUnavailable } from './failures.ts'

/**
 * Writes to a response_url, and retries on 429 and 5xx. @throws conflict when it is used up or
 * expired, unavailable when Slack still refuses after the last retry.
 */
export async function respond(url: string, message: ResponseMessage): Promise<void> {
  const body = JSON.stringify(message)
  for (let attempt = 1; ; attempt++) {
    const response = await globalThis
      .fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body,
        signal: AbortSignal.timeout(10_000),
      })
      .catch((cause: unknown) => {
        throw slackUnavailable(cause)
      })
    const text = await response.text()
    if (response.ok && !text.includes('"ok":false')) return
    const mayPass = response.status === 429 || response.status >= 500
    const refusal = new Error(`${response.status} ${text}`)
    if (!mayPass) throw conflict((said) => said.slackTooOld, refusal)
    if (attempt === mostAttempts) throw slackUnavailable(refusal)
    const seconds = Number(response.headers.get('retry-after'))
    await sleep(Math.min(seconds > 0 ? seconds * 1000 : 250 * 2 ** attempt, 10_000))
  }
}

/** One less than the answers Slack takes, so that an attempt it took but did not confirm leaves room. */
const mostAttempts = limits.responsesPerUrl - 1

export type ResponseMessage = Partial<Message> & {
  response_type?: 'ephemeral' | 'in_channel'
  replace_original?: boolean
  delete_original?: boolean
}

/** A message that only the person at this response_url sees, beside the one they pressed. */
export function whisper(message: Message): ResponseMessage {
  return { ...message, response_type: 'ephemeral', replace_original: false }
}
