/** What a field of images or sounds holds: a link to it. Pure. */
import type { Content } from './record-line.ts'

/** Kinds of fields whose content is shown or played, not read. */
export const mediaTypes = ['image', 'audio'] as const
export type MediaType = (typeof mediaTypes)[number]

export function isMedia(type: string): type is MediaType {
  return type === 'image' || type === 'audio'
}

const mostLength = 2000

/** The link that a field holds; null for anything else. */
export function mediaLink(content: Content): string | null {
  if (typeof content !== 'string') return null
  const text = content.trim()
  if (!/^https?:\/\/[^\s]+$/i.test(text) || text.length > mostLength || !URL.canParse(text))
    return null
  const { username, password } = new URL(text)
  return username === '' && password === '' ? text : null
}
