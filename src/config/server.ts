/** Which Parley the command line works on: a server, where one is named, else the one of these settings. */
import { invalid } from '../errors.ts'

export type ServerConfig = { url: string; key: string }

/** @throws ParleyError `invalid` for an address that is none, and where the key is missing. */
export function readServer(
  environment: Readonly<Record<string, string | undefined>>,
  given: { server?: string; key?: string },
): ServerConfig | null {
  const url = given.server ?? environment['PARLEY_SERVER']
  const named = given.server === undefined ? 'PARLEY_SERVER' : '--server'
  if (!url) {
    if (given.key === undefined) return null
    throw invalid({ '--key': 'Name the server too: --server https://parley.example.com' })
  }
  if (!/^https?:\/\/[^/\s]+/.test(url) || !URL.canParse(url))
    throw invalid({
      [named]: `"${url}" is not an address. Write it like https://parley.example.com.`,
    })
  const key = given.key ?? environment['PARLEY_API_KEY']
  if (key) return { url, key }
  throw invalid({
    PARLEY_API_KEY: 'Set it to a key of that server, which parley keys create makes there.',
  })
}
