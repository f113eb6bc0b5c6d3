/** The shape of one Web API method, and the small answers they share. */

import type { Json, JsonObject } from '../../json.ts'
import type { Faults } from '../faults.ts'
import { type Channel, directMessage, type Workspace } from '../workspace.ts'

export type Call = {
  workspace: Workspace
  faults: Faults
  args: JsonObject
  /** What the call was made with; methods marked `open` judge it themselves. */
  token: string | null
  triggerMs: number
}

export type Method = {
  args: readonly string[]
  needs?: readonly string[]
  /** The token must have one of these. */
  scopes?: readonly string[]
  /** Needs no token at all. */
  open?: boolean
  run(call: Call): JsonObject
}

export function refuse(error: string, messages: readonly string[] = []): JsonObject {
  if (messages.length === 0) return { ok: false, error }
  // Slack repeats the bare sentences under `errors` for invalid_blocks.
  const errors = messages.map((message) => message.replace('[ERROR] ', ''))
  const response_metadata = { messages: [...messages] }
  return error === 'invalid_blocks'
    ? { ok: false, error, errors, response_metadata }
    : { ok: false, error, response_metadata }
}

export function missingScope(workspace: Workspace, needed: string): JsonObject {
  const provided = [...workspace.app.scopes].join(',')
  return { ok: false, error: 'missing_scope', needed, provided }
}

export function flag(value: Json | undefined): boolean {
  return value === true || value === 'true' || value === '1' || value === 1
}

/** A number that may have come as form text. */
export function number(value: Json | undefined, otherwise: number): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value !== '' ? Number(value) : otherwise
}

/** The conversation a bot means by a C…, D… or U… id; null when it cannot see one. */
export function conversation(workspace: Workspace, id: string): Channel | null {
  const channel = workspace.channels.get(id)
  if (channel) {
    const hidden = channel.kind !== 'public' && !channel.members.has(workspace.app.botUserId)
    return hidden ? null : channel
  }
  const user = workspace.users.get(id)
  return user && !user.isBot ? directMessage(workspace, user.id) : null
}

/** One page of a list, with Slack's opaque cursor. */
export function page<T>(
  all: readonly T[],
  args: JsonObject,
): { items: T[]; next: string } | { error: string } {
  const cursor = args['cursor'] ?? ''
  const from = cursor === '' ? 0 : Number(Buffer.from(String(cursor), 'base64url').toString())
  if (!Number.isInteger(from) || from < 0 || from > all.length) return { error: 'invalid_cursor' }
  const limit = number(args['limit'], 100)
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000) return { error: 'invalid_limit' }
  const to = from + limit
  const next = to < all.length ? Buffer.from(String(to)).toString('base64url') : ''
  return { items: all.slice(from, to), next }
}
