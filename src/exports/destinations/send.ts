/** `--to s3://…` and `--to hf://…`: writes the whole export locally first, then uploads its files. */
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { invalid } from '../../errors.ts'
import type { Actor, Parley } from '../../parley.ts'
import { datasetStats } from '../../quality/dataset/stats.ts'
import { parseFormatName } from '../formats/names.ts'
import { manifestName } from '../manifest.ts'
import { parseFlags } from '../options.ts'
import { exportToFile, type FileExport } from '../to-file.ts'
import { exportName } from '../write-files.ts'
import { type HubSettings, sendToHub } from './hub.ts'
import { drawDatasetCard } from './hub-card.ts'
import { type S3Settings, sendToS3 } from './s3.ts'
import type { Sending } from './sending.ts'

export type Destinations = { s3: S3Settings; hub: HubSettings }

/** @throws ParleyError `invalid` for a bad address; whatever exportToFile and the destinations throw. */
export async function exportElsewhere(
  parley: Parley,
  actor: Actor,
  input: FileExport & {
    to: string
    /** How many bytes have arrived, of how many. */
    onSent?: (sent: number, of: number) => void
    /** This file is in the bucket, under its name. */
    onFile?: (name: string) => void
  },
  destinations: Destinations,
) {
  const target = parseTarget(input.to)
  const options = { as: parseFormatName(input.as), flags: parseFlags(input.flags ?? {}) }
  const name = target.name ?? exportName(input.dataset, options)
  const folder = await mkdtemp(join(tmpdir(), 'parley-export-'))
  try {
    const done = await exportToFile(parley, actor, {
      ...input,
      to: join(folder, name),
      place: input.to,
    })
    if (input.dryRun) return done
    const manifest = manifestName(name)
    const names = [...done.manifest.files.map((file) => file.name), manifest]
    const sizes = await Promise.all(names.map(async (one) => (await stat(join(folder, one))).size))
    const all = sizes.reduce((sum, size) => sum + size, 0)
    let sent = 0
    const sending: Sending = {
      signal: input.signal,
      onFile: input.onFile,
      onBytes: (bytes) => {
        sent += bytes
        input.onSent?.(sent, all)
      },
    }
    if (target.type === 's3') {
      const files = names.map((one) => ({ path: join(folder, one), key: `${target.prefix}${one}` }))
      await sendToS3(destinations.s3, target.bucket, files, sending)
    } else {
      const stats = await datasetStats(parley, actor, { dataset: input.dataset })
      const card = drawDatasetCard(target.repo, done.manifest, stats)
      const files = names.map((one) => ({ path: join(folder, one), name: one }))
      const title = `Export ${name} from Parley`
      await sendToHub(destinations.hub, target.repo, files, card, title, sending)
    }
    const at =
      target.type === 's3'
        ? `s3://${target.bucket}/${target.prefix}`
        : `hf://datasets/${target.repo}/`
    return { ...done, path: input.to, manifestPath: `${at}${manifest}` }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Target =
  | { type: 's3'; bucket: string; prefix: string; name: string | null }
  | { type: 'hub'; repo: string; name: null }

/** A last segment with a file extension is the file's name; otherwise it is a folder. */
function parseTarget(to: string): Target {
  const s3 = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(to)
  if (s3) {
    const [, bucket = '', path = ''] = s3
    const isFile = /\.(jsonl|json|csv|parquet)(\.gz)?$/.test(path)
    const folder = isFile ? dirname(path).replace(/^\.$/, '') : path.replace(/\/+$/, '')
    const prefix = folder === '' ? '' : `${folder}/`
    return { type: 's3', bucket, prefix, name: isFile ? path.slice(prefix.length) : null }
  }
  const hub = /^hf:\/\/datasets\/([A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*)\/?$/.exec(to)
  if (hub) return { type: 'hub', repo: hub[1] ?? '', name: null }
  throw invalid({
    '--to': `"${to}" leads nowhere. Write a path, s3://BUCKET/PREFIX or hf://datasets/OWNER/NAME.`,
  })
}
