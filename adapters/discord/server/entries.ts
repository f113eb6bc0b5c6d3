/** Roles and channels as access lists and commands write them: Discord's mentions, with server and name. */
import type { Role } from './permissions.ts'

/** `server` is missing in older lists and in what a person typed. */
export type Entry = { kind: 'role' | 'channel'; id: string; server: string | undefined }

/** `<#1:9|arena>`, `<@&1:9|@verified>`, or Discord's own `<#1>`; null for a name. */
export function readEntry(text: string): Entry | null {
  const [, mark, id, server] = /^<(#|@&)(\d+)(?::(\d+))?(?:\|[^>]*)?>$/.exec(text) ?? []
  return id === undefined ? null : { kind: mark === '#' ? 'channel' : 'role', id, server }
}

export function roleEntry({ id, name }: Role, server: string): string {
  return `<@&${id}:${server}|@${name.replace(/^@/, '').replaceAll(/[<>|]/g, '')}>`
}

export function channelEntry({ id, name = '' }: { id: string; name?: string }, server: string) {
  return `<#${id}:${server}|${name}>`
}
