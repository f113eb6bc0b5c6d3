/** Names in a row and addresses, as both catalogues write them. */

/** At most twenty of them, and how many more there are. */
export function listed(names: readonly string[]): string {
  const rest = names.length - mostListed
  return `${names.slice(0, mostListed).join(', ')}${rest > 0 ? `, … (+${rest})` : ''}`
}

const mostListed = 20

/** Whether an address opens on the machine alone that serves it. */
export function isOnlyHere(address: string): boolean {
  return /^https?:\/\/(?:localhost|127\.|\[::1\])/.test(address)
}
