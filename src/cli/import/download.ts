/** A URL instead of a file: it is downloaded to a temporary file, deleted when the command ends. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { invalid } from '../../errors.ts'
import { type Fetched, isAddress, openSafeFetch } from '../../fetch/safe.ts'
import type { Doors } from '../command.ts'
import type { Meter } from '../meter.ts'

const mostBytes = 20e9
const mostSeconds = 6 * 3600

/**
 * Runs `work` with the path of a file: the named one, or the download.
 * @throws ParleyError as SafeFetch does, and `invalid` if the URL does not lead to a file.
 */
export async function withFile<Result>(
  doors: Doors,
  named: string,
  work: (file: string) => Promise<Result>,
  running: { meter?: Meter; signal?: AbortSignal } = {},
): Promise<Result> {
  if (!isAddress(named)) return work(named)
  const { signal, meter } = running
  const folder = await mkdtemp(join(tmpdir(), 'parley-download-'))
  const fetch = openSafeFetch({ allow: doors.config().sources.fetchAllow })
  try {
    const request = { mostBytes, seconds: mostSeconds, ...(signal ? { signal } : {}) }
    const answer = await fetch.get(named, request)
    checkIsFile(answer)
    const file = join(folder, nameOf(named))
    await pipeline(shown(answer, meter), createWriteStream(file))
    return await work(file)
  } finally {
    await fetch.close()
    await rm(folder, { recursive: true, force: true })
  }
}

function checkIsFile({ url, status, header }: Fetched) {
  const where = `${url.origin}${url.pathname}`
  if (status !== 200)
    throw invalid({ [where]: `It answers ${status}. Check that anybody can open the address.` })
  if (header('content-type')?.startsWith('text/html'))
    throw invalid({
      [where]:
        'It is a web page, not a file. Name the file itself: on GitHub the address of "Raw", on the Hugging Face Hub the one with /resolve/ in the place of /blob/.',
    })
}

/** The extension tells the kind of file. */
function nameOf(address: string): string {
  const name = basename(new URL(address).pathname).replace(/[^\w.-]/g, '_')
  return name.slice(-100) || 'file'
}

async function* shown({ body, header }: Fetched, meter: Meter | undefined) {
  const size = header('content-encoding') === null ? Number(header('content-length')) : 0
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    meter?.show(size > 0 ? bytes / size : null, `${Math.floor(bytes / 1e6)} MB fetched`)
    yield chunk
  }
}
