/** Which methods an address takes, by the routes there are. */

/** Sorted, without repeats; nothing where there is no such address. */
export function methodsAt(
  routes: readonly { method: string; path: string }[],
  path: string,
): string[] {
  const parts = path.split('/')
  const fits = (pattern: string) => {
    const wanted = pattern.split('/')
    const isOne = (part: string, at: number) => part === parts[at] || part.startsWith(':')
    return wanted.length === parts.length && wanted.every(isOne)
  }
  const there = routes.filter(({ method, path: pattern }) => method !== 'ALL' && fits(pattern))
  return [...new Set(there.map(({ method }) => method))].sort()
}
