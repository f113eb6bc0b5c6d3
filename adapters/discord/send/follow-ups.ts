/** Messages sent with an interaction's token after its callback; Discord accepts it for fifteen minutes. */
import type { MessageBody } from '../draw/components.ts'
import { flags } from '../limits.ts'
import type { Answer } from '../respond/answers.ts'
import type { Incoming } from './callback.ts'
import type { File, Rest } from './rest.ts'

/** Sends a new message; a form, which cannot open any more, is replaced by its message. */
export async function followUp(rest: Rest, raw: Incoming, answer: Answer): Promise<void> {
  const drawn = answer.type === 'modal' ? answer.instead() : answer
  if (drawn.type !== 'message' && drawn.type !== 'update') return
  await rest({
    method: 'POST',
    path: '/webhooks/:app/:token',
    at: tokenOf(raw),
    body: drawn.body,
    files: drawn.files,
    byToken: true,
  })
}

/** Sends a change of a message as a message of its own. */
export function followUpInstead(
  rest: Rest,
  raw: Incoming,
  { body, files }: Extract<Answer, { type: 'update' }>,
): Promise<void> {
  const ephemeral = { ...body, flags: body.flags | flags.ephemeral }
  return followUp(rest, raw, { type: 'message', body: ephemeral, files })
}

/** Replaces the message that the callback promised or acknowledged. */
export async function editOriginal(
  rest: Rest,
  raw: Incoming,
  { body, files }: { body: MessageBody; files: File[] },
): Promise<void> {
  await rest({
    method: 'PATCH',
    path: '/webhooks/:app/:token/messages/@original',
    at: tokenOf(raw),
    // Who sees the message was decided by the callback.
    body: { ...body, flags: body.flags & ~flags.ephemeral },
    files,
    byToken: true,
    repeatable: true,
  })
}

export async function deleteOriginal(rest: Rest, raw: Incoming): Promise<void> {
  await rest({
    method: 'DELETE',
    path: '/webhooks/:app/:token/messages/@original',
    at: tokenOf(raw),
    byToken: true,
  })
}

function tokenOf({ application_id: app, token }: Incoming) {
  return { app, token }
}
