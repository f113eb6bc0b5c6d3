/** Commands that write files for training. */
import { basename } from 'node:path'
import { invalid } from '../../errors.ts'
import { aboutFormats, parseFormatName } from '../../exports/formats/names.ts'
import type { Manifest } from '../../exports/manifest.ts'
import { type ExportCounts, parseFlags } from '../../exports/options.ts'
import { splitWord } from '../../exports/split-word.ts'
import type { FileExported } from '../../exports/to-file.ts'
import type { Parley } from '../../parley.ts'
import { counted } from '../../sentences.ts'
import { cliActor } from '../actor.ts'
import { type Arguments, type Doors, print, type Run, say, withParley } from '../command.ts'
import { openMeter } from '../meter.ts'
import { stoppable } from '../stop.ts'
import { openServer } from '../verbs/server.ts'
import { isArgilla, isElsewhere } from './where.ts'

/** `parley export <dataset>`; what writes the files is loaded once the command is known to be sound. */
export const run: Run = async (doors, args) => {
  const server = doors.server()
  const files: string[] = []
  if (server) {
    const where = openServer(server)
    const { exportFromServer } = await import('./from-server.ts')
    return stoppable(
      (signal) => exportFromServer(where, args, { signal, tell: tellExport }),
      () => sayStopped(args.options['to'], files),
    )
  }
  if (isArgilla(args.options['to'])) return runToArgilla(doors, args)
  const asked = readAsked(args)
  return stoppable(
    (signal) =>
      withParley(doors, (parley) => runExport(parley, doors, args, { ...asked, signal, files })),
    () => sayStopped(args.options['to'], files),
  )
}

async function runToArgilla(doors: Doors, args: Arguments): Promise<number> {
  const { exportToArgilla } = await import('./to-argilla.ts')
  let records = 0
  const meter = openMeter('export')
  const count = (sent: number) => {
    records = sent
  }
  return stoppable(
    (signal) =>
      withParley(doors, (parley) =>
        exportToArgilla(doors, parley, args, { meter, signal, count }),
      ).finally(() => meter.end()),
    () =>
      `Stopped. Argilla has ${counted(records, 'record')} with all answers. Run it again for the rest: nothing is there twice.`,
  )
}

/** The format and its flags. @throws ParleyError `invalid`, before anything is opened. */
function readAsked({ words: [dataset = ''], options }: Arguments) {
  const { as, to: _, dryRun: __, manifest: ___, minGap, ...others } = options
  const flags: Record<string, unknown> = {
    ...others,
    ...(minGap === undefined ? {} : { min_gap: minGap }),
  }
  for (const name of ['argillaDataset', 'workspace', 'users'])
    if (flags[name] !== undefined)
      throw invalid({ '--to': 'Name the server: --to argilla+https://HOST.' })
  if (typeof as !== 'string')
    throw invalid({
      '--as': `Name the format: parley export ${dataset} --as ${Object.keys(aboutFormats).join('|')}`,
    })
  parseFormatName(as)
  parseFlags(flags)
  return { as, flags }
}

async function runExport(
  parley: Parley,
  doors: Doors,
  { words: [dataset = ''], options: { to, dryRun, manifest } }: Arguments,
  {
    as,
    flags,
    signal,
    files,
  }: { as: string; flags: Record<string, unknown>; signal: AbortSignal; files: string[] },
): Promise<undefined> {
  const isDry = dryRun === true
  const meter = openMeter('export')
  const input = {
    ...{ dataset, as, flags, signal, dryRun: isDry },
    ...(typeof manifest === 'string' ? { manifest } : {}),
    onRows: (rows: number, share: number) => meter.show(share, counted(rows, 'row')),
    onSent: (sent: number, of: number) => meter.show(sent / of, `${megabytes(sent)} MB sent`),
    onFile: (name: string) => files.push(name),
  }
  const write = async () => {
    if (isElsewhere(to)) {
      const { exportElsewhere } = await import('../../exports/destinations/send.ts')
      return exportElsewhere(parley, cliActor, { ...input, to }, doors.config().destinations)
    }
    const { exportToFile } = await import('../../exports/to-file.ts')
    return exportToFile(parley, cliActor, {
      ...input,
      ...(to === '-' ? { to: process.stdout } : typeof to === 'string' ? { to } : {}),
    })
  }
  const done = await write().finally(() => meter.end())
  tellExport(done, { isDry, isPiped: to === '-' && !isDry })
}

/** What is printed about a finished export, wherever it was written. */
function tellExport(
  done: Pick<FileExported, 'manifest' | 'counts' | 'path' | 'manifestPath' | 'madeFolder'>,
  { isDry, isPiped }: { isDry: boolean; isPiped: boolean },
): void {
  const talk = isPiped ? say : print
  for (const line of sayCounts(done.counts, isDry)) talk(line)
  const { rows } = done.manifest
  for (const line of sayRows(rows)) talk(line)
  if (isDry && rows) say(sayLongest(rows))
  if (done.madeFolder && done.path?.startsWith(done.madeFolder))
    say(`Made the folder ${done.madeFolder}.`)
  if (done.path) talk(done.path)
  if (!isDry) talk(sayManifest(done.manifestPath))
  const name = basename(done.path ?? '')
  const word = done.manifest.files.some((file) => file.name === name) ? splitWord(name) : null
  if (word) say(saySplitWord(name, word))
  for (const warning of done.manifest.warnings ?? []) say(`Argilla cannot say: ${warning}`)
}

/** A loader may take a single file with such a name for one half of a split. */
function saySplitWord(name: string, word: string): string {
  return `load_dataset(FOLDER) takes “${word}” in this name for a split, and leaves files without such a word out: load it by data_files="${name}", or name it otherwise.`
}

function sayManifest(path: string | null): string {
  return path
    ? `The manifest is in ${path}`
    : 'The manifest (strategies, what was dropped, sha256) is in no file: --manifest FILE writes it.'
}

/** What is left of a stopped export; only a bucket can hold part of one. */
function sayStopped(to: unknown, files: readonly string[]): string {
  if (to === '-') return 'Stopped. What went to stdout is not the whole export.'
  if (files.length === 0) return 'Stopped. Nothing was written.'
  return `Stopped. The bucket holds ${files.join(', ')}, without the manifest, which comes last. Run it again for all of it.`
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}

function sayCounts({ candidates, emitted, dropped }: ExportCounts, isDry: boolean): string[] {
  const reasons = Object.entries(dropped).map(
    ([reason, count]) => `  ${count} dropped: ${reason}${reason === 'surplus' ? surplusMeans : ''}`,
  )
  const isAll = emitted === 0 && dropped['not_kept'] === candidates && candidates > 0
  return [
    `${emitted} of ${candidates} ${isDry ? 'would be written' : 'written'}`,
    ...reasons,
    ...(isAll ? ['--keep holds for no record: is a name of metadata in it mistyped?'] : []),
  ]
}

/** The name that imports and progress use for the same answers. */
const surplusMeans = ' (beyond the answers their record wants; --as raw has them)'

/** Warnings about rows that are in the export. */
function sayRows(rows: Manifest['rows']): string[] {
  const { strict_template_refuses: refused, same_prompt_neighbors: neighbors = 0 } = rows ?? {}
  const lines: string[] = []
  if (refused && refused.rows > 0) {
    const reasons = Object.entries(refused.reasons).map(([reason, count]) => `${count} ${reason}`)
    lines.push(
      `${counted(refused.rows, 'of them is a chat', 'of them are chats')} that strict chat templates refuse (${reasons.join(', ')}); --turns strict leaves them out`,
    )
  }
  if (neighbors > 0)
    lines.push(
      `${counted(neighbors, 'row stands', 'rows stand')} beside one of the same prompt, which KTO takes as unrelated: there are too few other prompts`,
    )
  return lines
}

/** The sequence length to train with; a dry run has no manifest to read it from. */
function sayLongest({ longest_row: longest }: NonNullable<Manifest['rows']>): string {
  return `The longest row has ${counted(longest.characters, 'character')}, about ${counted(longest.tokens_estimate, 'token')} by estimate.`
}
