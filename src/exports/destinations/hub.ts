/** Puts finished files and a dataset card into a dataset of the Hugging Face Hub, in one commit. */
import { openAsBlob } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { commit, createRepo, HubApiError } from '@huggingface/hub'
import { forbidden, invalid, ParleyError, unavailable } from '../../errors.ts'
import type { Sending } from './sending.ts'

export type HubSettings = { token: string | null; endpoint: string }

/** `repo` is OWNER/NAME; a dataset that is not there yet is made, private. */
export async function sendToHub(
  settings: HubSettings,
  repo: string,
  files: readonly { path: string; name: string }[],
  card: string,
  title: string,
  sending: Omit<Sending, 'onFile'> = {},
): Promise<void> {
  const { signal } = sending
  const { token, endpoint } = settings
  if (!token?.startsWith('hf_'))
    throw invalid({
      '--to': 'Set HF_TOKEN to a token with write access (it begins with hf_) for hf://.',
    })
  const at = {
    repo: { type: 'dataset' as const, name: repo },
    accessToken: token,
    hubUrl: endpoint,
    fetch: openFetch(sending),
  }
  try {
    signal?.throwIfAborted()
    await createRepo({ ...at, visibility: 'private' }).catch((error: unknown) => {
      if (!(error instanceof HubApiError && error.statusCode === 409)) throw error
    })
    const operations = await Promise.all(
      files.map(async ({ path, name }) => ({
        operation: 'addOrUpdate' as const,
        path: name,
        content: await openAsBlob(path),
      })),
    )
    const readme = { path: 'README.md', content: new Blob([card]) }
    await commit({
      ...at,
      title,
      useXet: false,
      ...(signal ? { abortSignal: signal } : {}),
      operations: [...operations, { operation: 'addOrUpdate', ...readme }],
    })
  } catch (error) {
    throw signal?.aborted ? signal.reason : asRefusal(error, repo)
  }
}

/**
 * Tries again what passes by itself, as long after as the Hub asks for, at most half a minute. A commit
 * that is on its way is not called back: nobody could say whether it was made.
 */
function openFetch({ signal, onBytes }: Omit<Sending, 'onFile'>): typeof fetch {
  return async (url, init = {}) => {
    signal?.throwIfAborted()
    const isCommit = /\/commit\/[^/]+$/.test(String(url))
    // fetch copies a body that a redirect might ask for again, and holds all of the copy.
    const once = { redirect: 'error', window: null } as const
    const how = {
      ...init,
      ...(isCommit ? { signal: null } : {}),
      ...(init.body instanceof Blob ? once : {}),
    }
    for (let attempt = 1; ; attempt++) {
      const response = await globalThis.fetch(url, how)
      if (response.ok && init.body instanceof Blob) onBytes?.(init.body.size)
      if (attempt === 4 || (response.status !== 429 && response.status < 500)) return response
      await response.body?.cancel()
      const asked = Number(response.headers.get('retry-after') ?? Number.NaN)
      const seconds = Number.isFinite(asked) ? asked : 2 ** (attempt - 1)
      await setTimeout(Math.min(30, seconds) * 1000, undefined, signal ? { signal } : {})
    }
  }
}

function asRefusal(error: unknown, repo: string): unknown {
  if (error instanceof ParleyError) return error
  if (error instanceof HubApiError) {
    const { statusCode } = error
    if (statusCode === 401)
      return forbidden(
        'The Hub does not know HF_TOKEN. Make one with write access in its settings.',
      )
    if (statusCode === 403 || statusCode === 404)
      return forbidden(
        `HF_TOKEN may not write to ${repo}. Check the owner, and that the token has write access.`,
      )
    if (statusCode < 500 && statusCode !== 429)
      return forbidden(`The Hub refused the files (${statusCode}).`)
    return unavailable('The Hub', new Error(String(statusCode)))
  }
  if (error instanceof TypeError) return unavailable('The Hub', new Error('The connection failed.'))
  return error
}
