/**
 * Links to a task's page: signed with a key of their own, bound to one assignment and one person, and valid
 * for a day. Whoever has a link sees and answers that one task as that person, and nothing else of theirs.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { deriveKey } from '../derive-key.ts'
import type { Person } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { platformNames } from '../platforms/registry.ts'

/** How long a link can be opened. */
export const cardLinkHours = 24

/** What a link is about: the public id of a task, and whose it is. */
export type CardLink = { assignmentId: string; by: Person }

type Signing = Pick<Parley, 'secret' | 'publicUrl' | 'now'>

/** The address of a task's page for this person. Drawn twice within an hour, it is the same address. */
export function cardLink(parley: Signing, { assignmentId, by }: CardLink): string {
  const hour = 3_600_000
  const expires = Math.ceil(parley.now().getTime() / hour) + cardLinkHours
  const { platform, workspace, userId, guildId = '', channelId = '' } = by
  const text = JSON.stringify([
    ...[assignmentId, platform, workspace, userId, guildId, channelId],
    expires,
  ])
  const body = Buffer.from(text).toString('base64url')
  return `${parley.publicUrl}/card/${body}.${sign(parley.secret, body)}`
}

/** What the token of a link says; `refused` for anything that was not signed here. */
export function readCardLink(
  parley: Pick<Parley, 'secret' | 'now'>,
  token: string,
): { type: 'open' | 'expired'; link: CardLink } | { type: 'refused' } {
  const [body = '', signature = '', ...more] = token.split('.')
  if (more.length > 0 || !isSame(sign(parley.secret, body), signature)) return { type: 'refused' }
  const read = Signed.safeParse(parsed(Buffer.from(body, 'base64url').toString('utf8')))
  if (!read.success) return { type: 'refused' }
  const [assignmentId, platform, workspace, userId, guildId, channelId, hours] = read.data
  const by: Person = {
    ...{ platform, workspace, userId },
    ...(guildId === '' ? {} : { guildId }),
    ...(channelId === '' ? {} : { channelId }),
  }
  const isOver = hours * 3_600_000 <= parley.now().getTime()
  return { type: isOver ? 'expired' : 'open', link: { assignmentId, by } }
}

/** Whether people can be expected to reach the pages: not where the address is this machine's own. */
export function isReachable({ publicUrl }: Pick<Parley, 'publicUrl'>): boolean {
  const host = URL.parse(publicUrl)?.hostname ?? ''
  return host !== '' && !/^(localhost|.*\.localhost|127\..*|0\.0\.0\.0|\[::1?\])$/.test(host)
}

const Signed = z.tuple([
  z.string(),
  z.custom<Person['platform']>((name) => platformNames().some((one) => one === name)),
  ...([z.string(), z.string(), z.string(), z.string()] as const),
  z.int(),
])

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function sign(secret: string, body: string): string {
  return createHmac('sha256', deriveKey(secret, 'task pages')).update(body).digest('base64url')
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
