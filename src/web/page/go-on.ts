/** After a form: on to another page, which says once what was done. */
import type { Context } from 'hono'
import type { Parley } from '../../parley.ts'
import { dropCookie, readCookie, writeCookie } from '../session/cookies.ts'
import type { Said } from '../session/visitor.ts'
import { isPartial } from './page.ts'

/** Longer than any sentence of ours, and within what a cookie may hold. */
const mostChars = 900
const seconds = 60

/** Goes on to a page of ours (303), where `said` is shown above the content. */
export function goOn(parley: Parley, c: Context, to: string, said?: Said): Response {
  if (said) {
    const text = said.text.slice(0, mostChars)
    const value = Buffer.from(JSON.stringify({ tone: said.tone, text })).toString('base64url')
    writeCookie(parley, c, 'said', { value, seconds })
  }
  if (!isPartial(c)) return c.redirect(to, 303)
  c.header('hx-redirect', to)
  return c.body(null, 204)
}

/** Reads what the form before led to, once. */
export function takeSaid(parley: Parley, c: Context): Said | null {
  const value = readCookie(parley, c, 'said')
  if (value === undefined) return null
  dropCookie(parley, c, 'said')
  return readSaid(value)
}

function readSaid(value: string): Said | null {
  try {
    const { tone, text } = JSON.parse(Buffer.from(value, 'base64url').toString()) as Said
    const tones = ['plain', 'good', 'warn', 'bad', 'info']
    return typeof text === 'string' && tones.includes(tone) ? { tone, text } : null
  } catch {
    return null
  }
}
