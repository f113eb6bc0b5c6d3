/** Where a link of a model's may lead: the web and mail, and never under a false name. Pure. */
import type { Run } from './tree.ts'

const mostLength = 2000

/** The address as platforms take it; null where it is none that may be pressed. */
export function safeUrl(url: string): string | null {
  if (!/^(?:https?:\/\/|mailto:)/i.test(url) || url.length > mostLength || !URL.canParse(url))
    return null
  const { href, protocol } = new URL(url)
  const isKnown = protocol === 'http:' || protocol === 'https:' || protocol === 'mailto:'
  return isKnown && href.length <= mostLength && !/[\s<>|\\`]/.test(href) ? href : null
}

/** What to add behind a link whose words name another address than it leads to. */
export function trueAddress(words: string, url: string): Run[] {
  const named = /(?:https?:\/\/|www\.)\S+|^\s*[\p{L}\p{N}.-]+\.\p{L}{2,}(?=[/\s]|$)/iu.exec(
    words,
  )?.[0]
  if (named === undefined || hostOf(named) === hostOf(url)) return []
  return [{ text: ` (${url})`, style: {} }]
}

function hostOf(address: string): string {
  const text = address.trim()
  const whole = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`
  return URL.canParse(whole) ? new URL(whole).host.replace(/^www\./, '') : text
}
