/** Commands for the HTTP API's keys. */
import { invalid } from '../errors.ts'
import type { ListedKey } from '../keys/list.ts'
import { print, type Run, say, withVerbs } from './command.ts'

/** `parley keys create <name>` */
export const create: Run = (doors, { words: [name = ''], options }) => {
  const { scope, dataset } = options
  const scopes = (Array.isArray(scope) ? scope : []).flatMap((text) => text.split(','))
  const expiresInDays = readDays(options['expires'])
  return withVerbs(doors, async (verbs) => {
    const made = await verbs.createKey({
      ...{ name, scopes },
      ...(typeof dataset === 'string' ? { dataset } : {}),
      ...(expiresInDays === undefined ? {} : { expiresInDays }),
    })
    print(made.key)
    const until = made.expiresAt ? ` until ${made.expiresAt.toISOString().slice(0, 10)}` : ''
    say(
      `Key ${made.id} "${name}" opens ${made.dataset === null ? 'all datasets' : `"${made.dataset}"`} for ${made.scopes.join(', ')}${until}. Keep it now: it is not shown again.`,
    )
  })
}

/** `parley keys list` */
export const list: Run = (doors, { options }) =>
  withVerbs(doors, async (verbs) => {
    const keys = await verbs.listKeys()
    for (const key of keys) print(options['json'] ? JSON.stringify(key) : shown(key))
    if (keys.length === 0) say('There is no key yet: parley keys create NAME --scope records:write')
  })

/** `parley keys revoke <key>` */
export const revoke: Run = (doors, { words: [id = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const { name, revoked } = await verbs.revokeKey(id)
    print(revoked ? `"${name}" is revoked.` : `"${name}" was revoked before.`)
  })

function shown(key: ListedKey): string {
  const day = (at: Date | null, none: string) => at?.toISOString().slice(0, 10) ?? none
  return [
    key.id,
    key.name,
    `${key.hint}…`,
    key.state,
    key.scopes.join(' '),
    key.dataset ?? '(all datasets)',
    `expires ${day(key.expiresAt, 'never')}`,
    `used ${day(key.lastUsedAt, 'never')}`,
  ].join('\t')
}

/** `90d`, `2w`, `12h`: in days. */
function readDays(text: unknown): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = /^(\d{1,5})(h|d|w|y)$/.exec(String(text)) ?? []
  const days = { h: 1 / 24, d: 1, w: 7, y: 365 }[unit ?? '']
  if (count !== undefined && days !== undefined && Number(count) > 0) return Number(count) * days
  throw invalid({ expires: `"${String(text)}" is not a time. Write it like 12h, 90d or 1y.` })
}
