/** Tells a person that something did not work after their gesture had already succeeded. */
import type { Person } from '../../../src/chat/port/port.ts'
import { localeNow, spoken } from '../../../src/chat/words/words.ts'
import { ParleyError } from '../../../src/errors.ts'
import { drawText } from '../draw/notice.ts'
import { slackCode } from '../send/failures.ts'
import { respond, whisper } from '../send/response-url.ts'
import type { Responder } from './responder.ts'

/** The person, and where their gesture can be answered. */
type To = { by: Person; responseUrl?: string | undefined }

export async function apologize(
  { api }: Pick<Responder, 'api'>,
  to: To,
  error: unknown,
): Promise<void> {
  const message = drawText(apologyFor(error))
  if (to.responseUrl) await respond(to.responseUrl, whisper(message))
  else await api.post(to.by.userId, message)
}

/** Runs what follows after the answer, and apologizes when it fails. */
export async function orApologize(
  responder: Pick<Responder, 'api' | 'log'>,
  to: To,
  work: () => Promise<unknown>,
): Promise<void> {
  const { log } = responder
  try {
    await work()
  } catch (error) {
    log.error(
      { event: 'slack.reply_refused', err: error, code: slackCode(error) },
      'Slack did not take what was drawn.',
    )
    await apologize(responder, to, error).catch((failed: unknown) => {
      log.error(
        { event: 'slack.apology_refused', err: failed },
        'Slack did not take the apology either.',
      )
    })
  }
}

function apologyFor(error: unknown): string {
  const said = spoken()
  const code = slackCode(error)
  if (code !== null && /trigger/.test(code)) return said.pressAgain
  return error instanceof ParleyError ? error.messageIn(localeNow()) : said.broken
}
