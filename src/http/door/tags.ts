/** The ETags in `If-Match` and `If-None-Match`. */

/**
 * Without `W/`: a proxy that compresses answers marks their tags as weak, and ours are of what is said, not of
 * its bytes.
 */
export function tagsIn(header: string | undefined): string[] | undefined {
  return header?.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
}
