/**
 * Judges what was sent to Discord by Discord's own OpenAPI specification, in the form of the zod
 * schemas that the package discord-api-spec makes of it daily.
 */
import * as spec from 'discord-api-spec/zod'
import { isObject, type Json } from '../../sandbox/json.ts'
import { callback, type Payload } from './recorded.ts'

type Schema = { safeParse(body: unknown): { success: boolean; data?: unknown; error?: Error } }

const callbacks: Record<number, Schema> = {
  1: spec.PongInteractionCallbackRequestSchema,
  4: spec.CreateMessageInteractionCallbackRequestSchema,
  5: spec.CreateMessageInteractionCallbackRequestSchema,
  6: spec.UpdateMessageInteractionCallbackRequestSchema,
  7: spec.UpdateMessageInteractionCallbackRequestSchema,
  8: spec.ApplicationCommandAutocompleteCallbackRequestSchema,
  9: spec.ModalInteractionCallbackRequestSchema,
}

const calls: Record<string, Schema> = {
  'POST /channels/{id}/messages': spec.MessageCreateRequestSchema,
  'PATCH /channels/{id}/messages/{id}': spec.MessageEditRequestPartialSchema,
  'PATCH /webhooks/{id}/{token}/messages/@original': spec.IncomingWebhookUpdateRequestPartialSchema,
  'PATCH /webhooks/{id}/{token}/messages/{id}': spec.IncomingWebhookUpdateRequestPartialSchema,
  'POST /webhooks/{id}/{token}': spec.IncomingWebhookRequestPartialSchema,
  'POST /users/@me/channels': spec.CreatePrivateChannelRequestSchema,
  'PATCH /applications/@me': spec.ApplicationFormPartialSchema,
  'POST /channels/{id}/threads': spec.CreateTextThreadWithoutMessageRequestSchema,
  'POST /channels/{id}/messages/{id}/threads': spec.CreateTextThreadWithMessageRequestSchema,
  'PATCH /channels/{id}': spec.UpdateThreadRequestPartialSchema,
}

/** What the specification has against a payload; empty where it has nothing. */
export function judgeDiscord({ call, body }: Payload): string[] {
  if (/^PUT \/applications\/\{id\}\/(guilds\/\{id\}\/)?commands$/.test(call)) {
    if (!Array.isArray(body)) return ['a list of commands is expected']
    return body.flatMap((command) => judge(spec.ApplicationCommandUpdateRequestSchema, command))
  }
  const schema = call === callback ? callbacks[typeOf(body)] : calls[call]
  return schema ? judge(schema, body) : [`the specification's schema for ${call} is not named here`]
}

function typeOf(body: Json): number {
  return isObject(body) ? Number(body['type']) : 0
}

function judge(schema: Schema, body: Json): string[] {
  const known = knownOnly(body)
  const { success, data, error } = schema.safeParse(known)
  if (!success) return [error?.message ?? 'refused']
  return strangers(known, data, '')
}

/** The specification has permissions as a number; the documentation and every library as text. */
function knownOnly(body: Json): Json {
  if (!isObject(body)) return body
  const { default_member_permissions: permissions, ...rest } = body
  if (typeof permissions !== 'string') return body
  return { ...rest, default_member_permissions: Number(permissions) }
}

/** Keys the schema does not know: it leaves them out of what it makes of a body. */
function strangers(sent: unknown, read: unknown, at: string): string[] {
  if (Array.isArray(sent)) {
    const list = Array.isArray(read) ? read : []
    return sent.flatMap((one, index) => strangers(one, list[index], `${at}/${index}`))
  }
  if (typeof sent !== 'object' || sent === null) return []
  const target: Record<string, unknown> = typeof read === 'object' && read ? { ...read } : {}
  return Object.entries(sent).flatMap(([key, value]) =>
    key in target ? strangers(value, target[key], `${at}/${key}`) : [`unknown key ${at}/${key}`],
  )
}
