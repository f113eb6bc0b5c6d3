/** The import command where a server is named: sends files as they are; the server reads them as it reads its own. */
import { Readable } from 'node:stream'
import { invalid, ParleyError } from '../../errors.ts'
import { isAddress } from '../../fetch/safe.ts'
import { openRecordCounts } from '../../imports/answers/write-answers.ts'
import { type FileKind, fileKinds, kindOfName } from '../../imports/readers/rows.ts'
import { emptyReport, type ImportReport } from '../../imports/report.ts'
import type { Arguments } from '../command.ts'
import { type Meter, openMeter } from '../meter.ts'
import { stoppable } from '../stop.ts'
import { part, type Server } from '../verbs/server.ts'
import { openTeller } from './import-report.ts'
import { expandFiles, listFiles, openSource, sizeOf } from './source.ts'

/** `parley --server URL import <dataset> <files...>` */
export function importToServer(
  server: Server,
  { words: [dataset = '', ...named], options }: Arguments,
): Promise<number> {
  const asked = readAsked(options)
  const meter = openMeter('import')
  let kept = 0
  return stoppable(
    async (signal) => {
      const all = await expandFiles(named)
      const address = all.find(isAddress)
      if (address !== undefined)
        throw invalid({ [address]: 'Download it first: the server is sent files.' })
      const files = (await Promise.all(all.map(listFiles))).flat()
      if (files.length > 1 && asked.isWhole)
        throw invalid({
          '--all-or-nothing': 'A server takes one file at a time. Put all lines into one file.',
        })
      const teller = openTeller({
        ...{ dataset, isTried: asked.isTried, isWhole: asked.isWhole, meter },
        ...{ isOfMany: files.length > 1, records: openRecordCounts() },
      })
      for (const file of files) {
        teller.records(await sendFile(server, { ...asked, dataset, file, meter, signal }), file)
        kept++
      }
      return teller.end()
    },
    () =>
      kept === 0
        ? 'Stopped. What had arrived is kept; run it again for the rest: nothing is there twice.'
        : `Stopped after ${kept} files. Run it again for the rest: nothing is there twice.`,
  ).finally(() => meter.end())
}

type Asked = {
  kind: FileKind | null
  map: string | undefined
  isTried: boolean
  isWhole: boolean
}

function readAsked({
  from = 'auto',
  map,
  dryRun,
  allOrNothing,
  ...others
}: Arguments['options']): Asked {
  const kind = fileKinds.find((one) => one === from) ?? null
  if (kind === null && from !== 'auto' && from !== 'hf')
    throw invalid({
      '--from': `A server is sent files of records: auto, hf, ${fileKinds.join(', ')}. Import from ${String(from)} on its own machine.`,
    })
  for (const name of ['answersBy', 'users', 'outputs', 'trustRankingOrder', 'unknownAs'] as const)
    if (others[name] !== undefined)
      throw invalid({
        [`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`]:
          'Answers from elsewhere are imported on the server’s own machine.',
      })
  return {
    kind,
    map: Array.isArray(map) ? map.join(',') : undefined,
    isTried: dryRun === true,
    isWhole: allOrNothing === true,
  }
}

type Sent = Asked & { dataset: string; file: string; meter: Meter; signal: AbortSignal }

async function sendFile(server: Server, sent: Sent): Promise<ImportReport> {
  const { dataset, file, map, isTried, isWhole, meter, signal } = sent
  const whole = await sizeOf([file])
  let read = 0
  const source = await openSource(file, (bytes) => {
    read += bytes
    meter.show(whole ? Math.min(1, read / whole) : null, `${(read / 1e6).toFixed(1)} MB sent`)
  })
  const kind = sent.kind ?? (file === '-' ? null : kindOfName(file))
  try {
    const report = await server.call<SentReport>('POST', `/v1/datasets/${part(dataset)}/records`, {
      query: { map, dry_run: isTried || undefined, all_or_nothing: isWhole || undefined },
      headers: { 'content-type': contentTypes[kind ?? 'auto'] },
      body: Readable.toWeb(Readable.from(source)) as ReadableStream<Uint8Array>,
      signal,
    })
    return readReport(report)
  } catch (error) {
    // Refusals are printed line by line, as for a file that is read here.
    const report = reportOf(error)
    if (report) return readReport(report, error as ParleyError)
    throw error
  }
}

const contentTypes: Readonly<Record<FileKind | 'auto', string>> = {
  jsonl: 'application/x-ndjson',
  csv: 'text/csv',
  parquet: 'application/vnd.apache.parquet',
  json: 'application/octet-stream',
  auto: 'application/octet-stream',
}

type SentReport = Omit<ImportReport, 'warnings' | 'rolledBack' | 'stopped' | 'refusedParts'> & {
  warnings: Omit<ImportReport['warnings'], 'byKind'> & {
    by_kind: ImportReport['warnings']['byKind']
  }
  rolled_back: boolean
}

function readReport(sent: SentReport, refused?: ParleyError): ImportReport {
  const { rolled_back: rolledBack, warnings, ...report } = sent
  const { by_kind: byKind, ...told } = warnings
  const broken = refused && report.refused.count === 0 ? { broken: refused } : {}
  return {
    ...{ ...emptyReport(report.unit), ...report, ...broken, rolledBack },
    warnings: { ...told, byKind },
  }
}

function reportOf(error: unknown): SentReport | null {
  const body = error instanceof ParleyError ? error.cause : null
  const is = typeof body === 'object' && body !== null && 'report' in body
  return is ? (body.report as SentReport) : null
}
