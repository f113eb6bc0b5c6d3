/** Offers the nearest known word for a mistyped one. */
import { distance } from 'fastest-levenshtein'

/** ` Did you mean "x"?`, or '' when nothing known is near enough. */
export function didYouMean(word: string, known: readonly string[]): string {
  const typed = word.toLowerCase()
  const near = known
    .map((name) => ({ name, far: distance(typed, name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0]
  const most = Math.max(1, Math.floor(word.length / 3))
  return near && near.far <= most ? ` Did you mean "${near.name}"?` : ''
}
