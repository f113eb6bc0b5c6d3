/**
 * Judges what was sent to Discord by Discord's own OpenAPI specification, in the form of the zod
 * schemas that the package discord-api-spec makes of it daily.
 */
import { isObject, type Json } from '../../sandbox/json.ts'
import { callback, type Payload } from './recorded.ts'

type Schema = { safeParse(body: unknown): { success: boolean; data?: unknown; error?: Error } }

// The package has no declarations for its schemas.
const module = 'discord-api-spec/zod'
const spec: Readonly<Record<string, Schema>> = await import(module)

/** Names of schemas by the type of an answer to an interaction. */
const callbacks: Record<number, string> = {
  1: 'PongInteractionCallbackRequest',
  4: 'CreateMessageInteractionCallbackRequest',
  5: 'CreateMessageInteractionCallbackRequest',
  6: 'UpdateMessageInteractionCallbackRequest',
  7: 'UpdateMessageInteractionCallbackRequest',
  8: 'ApplicationCommandAutocompleteCallbackRequest',
  9: 'ModalInteractionCallbackRequest',
}

/** Names of schemas by call. */
const calls: Record<string, string> = {
  'POST /channels/{id}/messages': 'MessageCreateRequest',
  'PATCH /channels/{id}/messages/{id}': 'MessageEditRequestPartial',
  'PATCH /webhooks/{id}/{token}/messages/@original': 'IncomingWebhookUpdateRequestPartial',
  'PATCH /webhooks/{id}/{token}/messages/{id}': 'IncomingWebhookUpdateRequestPartial',
  'POST /webhooks/{id}/{token}': 'IncomingWebhookRequestPartial',
  'POST /users/@me/channels': 'CreatePrivateChannelRequest',
  'PATCH /applications/@me': 'ApplicationFormPartial',
  'POST /channels/{id}/threads': 'CreateTextThreadWithoutMessageRequest',
  'POST /channels/{id}/messages/{id}/threads': 'CreateTextThreadWithMessageRequest',
  'PATCH /channels/{id}': 'UpdateThreadRequestPartial',
}

/** What the specification has against a payload; empty where it has nothing. */
export function judgeDiscord({ call, body }: Payload): string[] {
  if (/^PUT \/applications\/\{id\}\/(guilds\/\{id\}\/)?commands$/.test(call)) {
    if (!Array.isArray(body)) return ['a list of commands is expected']
    return body.flatMap((command) => judge('ApplicationCommandUpdateRequest', command))
  }
  const name = call === callback ? callbacks[typeOf(body)] : calls[call]
  return name ? judge(name, body) : [`the specification's schema for ${call} is not named here`]
}

function typeOf(body: Json): number {
  return isObject(body) ? Number(body['type']) : 0
}

function judge(name: string, body: Json): string[] {
  const schema = spec[`${name}Schema`]
  if (!schema) return [`the package has no schema ${name}`]
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
