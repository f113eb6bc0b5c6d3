/** Removes passwords and tokens from what `parley config` and log lines show. */

/** Parameters of a connection's address that are secrets (libpq names them so, and stores of keys). */
const secretParameters =
  /([?&](?:password|passwd|pwd|sslpassword|token|secret|api_?key)=)[^&\s"]+/gi

/** An address without its password, wherever it stands in it; other text stays as it is. */
export function withoutPassword(address: string, instead = '…'): string {
  // Up to the last @: an unencoded one belongs to the password.
  return address
    .replace(/(:\/\/[^\s:/@"]*:)[^\s"]+@/g, `$1${instead}@`)
    .replace(secretParameters, `$1${instead}`)
}

/** The passwords in an address, as they are written there and as they are sent. */
export function passwordsIn(address: string): string[] {
  if (!URL.canParse(address)) return []
  const { password, searchParams } = new URL(address)
  const inQuery = ['password', 'sslpassword'].flatMap((name) => searchParams.get(name) ?? [])
  return [...new Set([password, decoded(password), ...inQuery])].filter((one) => one !== '')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
