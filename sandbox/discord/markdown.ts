/** What a person reads of Discord's markdown: without its marks, escapes and mentions. */
import type { World } from './world.ts'

/** The text as it is drawn. */
export function unmark(world: World, source: string): string {
  let shown = ''
  let rest = source
  while (rest !== '') {
    const piece = next(world, rest, shown === '' || shown.endsWith('\n'))
    shown += piece.shown
    rest = rest.slice(piece.length)
  }
  return shown
}

type Piece = { shown: string; length: number }

function next(world: World, rest: string, isLineStart: boolean): Piece {
  const escaped = /^\\([!-/:-@[-`{-~])/.exec(rest)
  if (escaped) return { shown: escaped[1] ?? '', length: 2 }
  const fence = /^```(?:[\w+-]*\n)?([\s\S]*?)\n?```/.exec(rest)
  if (fence) return { shown: fence[1] ?? '', length: fence[0].length }
  const code = /^(`+)(.+?)\1(?!`)/.exec(rest)
  if (code) return { shown: code[2] ?? '', length: code[0].length }
  const named = mention(world, rest)
  if (named) return named
  const link = /^\[([^\]]+)\]\(<?(https?:[^)\s>]+)>?(?: "[^"]*")?\)/.exec(rest)
  if (link) return { shown: unmark(world, link[1] ?? ''), length: link[0].length }
  // An address in angle brackets is a link without a preview.
  const bare = /^<(https?:[^\s<>]+)>/.exec(rest)
  if (bare) return { shown: bare[1] ?? '', length: bare[0].length }
  const opening = isLineStart ? /^(#{1,3} |-# |>{1,3} )/.exec(rest) : null
  if (opening) return { shown: '', length: opening[0].length }
  const pair = paired(world, rest)
  if (pair) return pair
  const plain = /^[^\\`<[*_~|#>\n-]+/.exec(rest)
  const length = plain ? plain[0].length : 1
  return { shown: rest.slice(0, length), length }
}

function mention(world: World, rest: string): Piece | null {
  const match = /^<(@!?|@&|#|t:|\/[^:>]+:|a?:\w+:)(-?\d+)(?::[tTdDfFR])?>/.exec(rest)
  if (!match) return null
  const [whole, sign = '', id = ''] = match
  const of = (shown: string): Piece => ({ shown, length: whole.length })
  if (sign === '#') return of(`#${world.channels.get(id)?.name ?? 'unknown'}`)
  if (sign === 't:') return of(new Date(Number(id) * 1000).toISOString().slice(0, 16))
  if (sign === '@&') {
    const roles = [...world.guilds.values()].map((guild) => guild.roles.get(id))
    return of(`@${roles.find((role) => role)?.name ?? 'unknown-role'}`)
  }
  if (sign.startsWith('@')) return of(`@${world.users.get(id)?.name ?? 'unknown-user'}`)
  if (sign.startsWith('/')) return of(sign.slice(0, -1))
  return of(sign.replace(/^a/, ''))
}

const marks = ['***', '**', '__', '~~', '||', '*', '_']

/** `**bold**` and its like; a mark that nothing closes is a character like others. */
function paired(world: World, rest: string): Piece | null {
  for (const mark of marks) {
    if (!rest.startsWith(mark)) continue
    const from = mark.length
    let end = rest.indexOf(mark, from + 1)
    while (end > 0 && rest[end - 1] === '\\') end = rest.indexOf(mark, end + 1)
    if (end < 0) continue
    const inside = rest.slice(from, end)
    if (mark.length === 1 && (/^\s|\s$/.test(inside) || /\w/.test(rest[end + 1] ?? ''))) continue
    return { shown: unmark(world, inside), length: end + from }
  }
  return null
}
