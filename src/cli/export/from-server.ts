/** The export command where a server is named: its worker writes the files, which are downloaded to where they go. */
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { conflict, invalid } from '../../errors.ts'
import { aboutFormats, parseFormatName } from '../../exports/formats/names.ts'
import { type Manifest, printManifest } from '../../exports/manifest.ts'
import { parseFlags } from '../../exports/options.ts'
import { type FileExported, findTarget, firstMissing, withEnding } from '../../exports/to-file.ts'
import { isFolder, manifestPath, refuseForeign, type Target } from '../../exports/write-files.ts'
import { counted } from '../../sentences.ts'
import type { Arguments } from '../command.ts'
import { openMeter } from '../meter.ts'
import { part, type Server } from '../verbs/server.ts'

type Running = {
  signal: AbortSignal
  tell(done: FileExported, how: { isDry: boolean; isPiped: boolean }): void
}

type Sent = {
  id: string
  state: 'queued' | 'writing' | 'done' | 'failed' | 'cancelled'
  rows: number
  problem: string | null
  /** The data and, last, its manifest. */
  files: { name: string; sha256: string; href: string }[]
}

const askAgainMs = 500

/** `parley --server URL export <dataset>` */
export async function exportFromServer(
  server: Server,
  { words: [dataset = ''], options }: Arguments,
  { signal, tell }: Running,
): Promise<undefined> {
  const { as: format, to, dryRun, manifest, minGap, ...typed } = options
  if (typeof format !== 'string')
    throw invalid({
      '--as': `Name the format: parley export ${dataset} --as ${Object.keys(aboutFormats).join('|')}`,
    })
  if (typeof to === 'string' && /^[a-z0-9+]+:\/\//i.test(to))
    throw invalid({ '--to': 'Name a file or a folder: a server is asked for files.' })
  const as = parseFormatName(format)
  const place = to === '-' ? process.stdout : typeof to === 'string' ? to : undefined
  const asked = parseFlags({ ...typed, ...(minGap === undefined ? {} : { min_gap: minGap }) })
  const flags = withEnding({ as, flags: asked }, place)
  const isDry = dryRun === true
  const start = { path: `/v1/datasets/${part(dataset)}/exports`, json: { as, ...flags } }
  if (isDry) {
    const rehearsed = await server.call<Manifest>('POST', start.path, {
      ...{ json: start.json, query: { dry_run: true }, signal },
    })
    const nowhere = { path: null, manifestPath: null, madeFolder: null }
    tell({ manifest: rehearsed, counts: rehearsed.counts, ...nowhere }, { isDry, isPiped: false })
    return
  }
  const target = await findTarget(
    { ...(place ? { to: place } : {}), ...(typeof manifest === 'string' ? { manifest } : {}) },
    ...([dataset, { as, flags }] as const),
  )
  const isOnDisk = 'directory' in target
  if (isOnDisk && isFolder({ as, flags })) await refuseForeign(join(target.directory, target.name))
  const madeFolder = isOnDisk ? await firstMissing(target.directory) : null
  const done = await written(server, start, signal)
  const made = await download(server, done, target, signal)
  const path = isOnDisk ? join(target.directory, target.name) : null
  tell(
    { manifest: made, counts: made.counts, path, manifestPath: manifestPath(target), madeFolder },
    { isDry, isPiped: place === process.stdout },
  )
}

/** Has it written there, and waits until it is. Who stops waiting cancels it. */
async function written(
  server: Server,
  { path, json }: { path: string; json: object },
  signal: AbortSignal,
): Promise<Sent> {
  const meter = openMeter('export')
  let found = await server.call<Sent>('POST', path, { json, signal })
  const at = `/v1/exports/${part(found.id)}`
  try {
    while (found.state === 'queued' || found.state === 'writing') {
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
      if (signal.aborted) await server.call('DELETE', at).catch(() => undefined)
      signal.throwIfAborted()
      found = await server.call<Sent>('GET', at)
      meter.show(null, counted(found.rows, 'row'))
    }
  } finally {
    meter.end()
  }
  if (found.state === 'done') return found
  throw conflict(found.problem ?? `The export was ${found.state} there.`)
}

/** Nothing has its name before everything is there. */
async function download(
  server: Server,
  { files }: Sent,
  target: Target,
  signal: AbortSignal,
): Promise<Manifest> {
  const [beside] = files.slice(-1)
  if (!beside) throw conflict('The server wrote no file.')
  const manifest = await server.call<Manifest>('GET', beside.href, { signal })
  const [first, ...others] = files.slice(0, -1)
  if ('stream' in target) {
    if (!first || others.length > 0) throw conflict('Several files do not go through a pipe.')
    const { body } = await server.open('GET', first.href, { signal })
    if (body) await pipeline(Readable.fromWeb(body), target.stream, { end: false, signal })
    if (target.manifest) await writeFile(target.manifest, printManifest(manifest))
    return manifest
  }
  const { directory, name } = target
  const parts = join(directory, `.${name}.${process.pid}.part`)
  try {
    for (const file of files.slice(0, -1)) {
      // In a folder the file keeps its name; the folder, or a file alone, has the name it was given.
      const [, inFolder] = /^[^/]+\/(.+)$/.exec(file.name) ?? []
      const path = inFolder === undefined ? join(parts, name) : join(parts, name, inFolder)
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const { body } = await server.open('GET', file.href, { signal })
      if (body)
        await pipeline(Readable.fromWeb(body), createWriteStream(path, { mode: 0o600 }), { signal })
    }
    await rm(join(directory, name), { recursive: true, force: true })
    await rename(join(parts, name), join(directory, name))
    const named = {
      ...manifest,
      files: manifest.files.map((file) => ({ ...file, name: file.name.replace(/^[^/]+/, name) })),
    }
    await writeFile(manifestPath(target) ?? '', printManifest(named), { mode: 0o600 })
    return named
  } finally {
    await rm(parts, { recursive: true, force: true })
  }
}
