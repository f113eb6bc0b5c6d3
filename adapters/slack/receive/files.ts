/** Files that people give in Slack: which one a form holds, and its bytes as they stream in. */
import type { webApi } from '@slack/bolt'
import { invalid } from '../../../src/errors.ts'
import { slackUnavailable } from '../send/failures.ts'

export type FileInfo = { name: string; size: number; url: string }

/**
 * Downloads a file; our token goes to Slack alone.
 * @throws ParleyError `invalid` when Slack answers with something else than the file, or with too much.
 */
export async function* downloadFile(
  connect: () => Promise<webApi.WebClient>,
  url: string,
  mostBytes: number,
): AsyncGenerator<Uint8Array> {
  const client = await connect()
  if (!isSlack(url, client.slackApiUrl)) throw notGiven(new Error(`It is kept at ${url}.`))
  const response = await globalThis
    .fetch(url, {
      headers: { authorization: `Bearer ${client.token ?? ''}` },
      // Without the right to read it Slack redirects to its sign-in page, which answers 200.
      redirect: 'manual',
      signal: AbortSignal.timeout(120_000),
    })
    .catch((cause: unknown) => {
      throw slackUnavailable(cause)
    })
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false
  if (response.status >= 500 || response.status === 429)
    throw slackUnavailable(new Error(String(response.status)))
  if (response.status !== 200 || isPage || !response.body)
    throw notGiven(new Error(`Slack answered ${response.status}.`))
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > mostBytes) throw invalid({ file: 'The file is larger than 10 MB. Split it.' })
    yield chunk
  }
}

/** Slack does not hand the file out. */
export function notGiven(cause: unknown) {
  return invalid(
    {
      file: 'Slack did not hand the file out. Parley needs the permission files:read; install the app again with it, or use npx parley import.',
    },
    cause,
  )
}

function isSlack(url: string, apiUrl: string): boolean {
  if (!URL.canParse(url)) return false
  const { origin, protocol, hostname } = new URL(url)
  if (origin === new URL(apiUrl).origin) return true
  return protocol === 'https:' && /(^|\.)slack\.com$/.test(hostname)
}

/** The id of the file in a file input, or null when none was chosen. */
export function fileIdOf(entered: object | undefined): string | null {
  if (!entered || !('files' in entered) || !Array.isArray(entered.files)) return null
  const [first]: unknown[] = entered.files
  if (typeof first !== 'object' || first === null || !('id' in first)) return null
  return typeof first.id === 'string' ? first.id : null
}
