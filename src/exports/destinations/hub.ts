/** Puts finished files and a dataset card into a dataset of the Hugging Face Hub, in one commit. */
import { openAsBlob } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { commit, createRepo, HubApiError } from '@huggingface/hub'
import { z } from 'zod'
import { forbidden, invalid, ParleyError, unavailable } from '../../errors.ts'
import type { Sending } from './sending.ts'

export type HubSettings = { token: string | null; endpoint: string }

/** `repo` is OWNER/NAME; a missing dataset is created as private. */
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
    fetch: openVerifying(openFetch(sending), endpoint, token),
  }
  try {
    signal?.throwIfAborted()
    await validateCard(at, card)
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
 * Retries temporary failures after the delay the Hub asks for, at most half a minute. A commit in
 * flight is not aborted, because nobody could tell whether it was made.
 */
function openFetch({ signal, onBytes }: Omit<Sending, 'onFile'>): typeof fetch {
  return async (url, init = {}) => {
    signal?.throwIfAborted()
    const isCommit = /\/commit\/[^/]+$/.test(String(url))
    // fetch keeps a copy of the whole body in case a redirect needs it again.
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

const Validated = z.object({
  errors: z.array(z.object({ message: z.string() })).optional(),
})

/**
 * Validates the card with the Hub before anything large is uploaded, as its Python client does
 * (huggingface_hub, hf_api.py, `_validate_yaml`). A Hub without this endpoint skips the check.
 */
async function validateCard(
  {
    hubUrl,
    accessToken,
    fetch,
  }: { hubUrl: string; accessToken: string; fetch: typeof globalThis.fetch },
  content: string,
): Promise<void> {
  const response = await fetch(`${hubUrl}/api/validate-yaml`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ content, repoType: 'dataset' }),
  }).catch((error: unknown) => {
    // The upload itself shows whether the Hub can be reached.
    if (error instanceof TypeError) return null
    throw error
  })
  const text = (await response?.text()) ?? ''
  if (response?.status !== 400) return
  const { data } = Validated.safeParse(jsonOf(text))
  const why = (data?.errors ?? []).map(({ message }) => message).join(' ')
  throw invalid({
    license: `The Hub does not take the dataset card: ${line(why || text)} The card is made of the dataset's document: change it there.`,
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function line(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').slice(0, 500)
}

const LfsAction = z.object({
  href: z.string(),
  header: z.record(z.string(), z.string()).optional(),
})
const LfsBatch = z.object({
  objects: z.array(
    z.object({
      ...{ oid: z.string(), size: z.number() },
      actions: z.object({ upload: LfsAction.optional(), verify: LfsAction.optional() }).optional(),
    }),
  ),
})

/**
 * If the Hub asks for it, reports that a large file has arrived, before the commit that names it
 * (github.com/git-lfs/git-lfs/blob/main/docs/api/basic-transfers.md#verification); the client we use leaves that out.
 */
function openVerifying(
  inner: typeof globalThis.fetch,
  hubUrl: string,
  token: string,
): typeof globalThis.fetch {
  const waiting: { oid: string; size: number; href: string; header: Record<string, string> }[] = []
  const verify = async ({ oid, size, href, header }: (typeof waiting)[number]) => {
    // The token is sent only to the Hub.
    const isHub = new URL(href).origin === new URL(hubUrl).origin
    const response = await inner(href, {
      method: 'POST',
      headers: {
        ...(isHub ? { authorization: `Bearer ${token}` } : {}),
        ...{ accept: lfsJson, 'content-type': lfsJson, ...header },
      },
      body: JSON.stringify({ oid, size }),
    })
    if (response.ok) return void (await response.body?.cancel())
    const why = line(await response.text())
    throw unavailable(
      'The Hub',
      new Error(`It did not find a file that was sent: ${response.status} ${why}`),
    )
  }
  return async (url, init) => {
    if (/\/commit\/[^/]+$/.test(String(url)))
      for (let one = waiting.shift(); one; one = waiting.shift()) await verify(one)
    const response = await inner(url, init)
    if (!response.ok || !/\/info\/lfs\/objects\/batch$/.test(String(url))) return response
    const { data } = LfsBatch.safeParse(jsonOf(await response.clone().text()))
    for (const { oid, size, actions } of data?.objects ?? [])
      if (actions?.upload && actions.verify)
        waiting.push({ oid, size, href: actions.verify.href, header: actions.verify.header ?? {} })
    return response
  }
}

const lfsJson = 'application/vnd.git-lfs+json'

/** The Hub's own message, without the address and the request id. */
function reasonOf({ data }: HubApiError): string {
  const { error, message } = z
    .object({ error: z.string().optional(), message: z.string().optional() })
    .catch({})
    .parse(data ?? {})
  const said = line(error ?? message ?? '')
  return said === '' || said.startsWith('<') ? '' : ` It says: ${said}`
}

function asRefusal(error: unknown, repo: string): unknown {
  if (error instanceof ParleyError) return error
  if (error instanceof HubApiError) {
    const { statusCode } = error
    const why = reasonOf(error)
    if (statusCode === 401)
      return forbidden(
        `The Hub does not know HF_TOKEN. Make one with write access in its settings.${why}`,
      )
    if (statusCode === 403 || statusCode === 404)
      return forbidden(
        `HF_TOKEN may not write to ${repo}. Check the owner, and that the token has write access.${why}`,
      )
    if (statusCode < 500 && statusCode !== 429)
      return forbidden(`The Hub refused the files (${statusCode}).${why}`)
    return unavailable('The Hub', new Error(String(statusCode)))
  }
  if (error instanceof TypeError) return unavailable('The Hub', new Error('The connection failed.'))
  return error
}
