/**
 * Meets what our files are for: writes hard data (data.ts) in every format, has programs nobody here wrote
 * read them (read.py) and render chats of agents (templates.py), then sends records through DuckDB and
 * pyarrow and back (rewrite.py). Formats come from the code's own table, so that one which no reader reads is a failure. Run by light.sh.
 *
 *     node scripts/real/run.ts --python VENV/bin/python [--records 30000] [--keep FOLDER]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openBench } from '../../bench/answered.ts'
import { openRows } from '../../src/cli/import/source.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import { DatasetDocument } from '../../src/datasets/document.ts'
import { openEmbeddedPostgres } from '../../src/db/embedded.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { asParleyError } from '../../src/errors.ts'
import { formats } from '../../src/exports/formats/formats.ts'
import type { FormatName } from '../../src/exports/formats/names.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { isFolder } from '../../src/exports/write-files.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { type Line, randomDocument, randomLines, samples } from './data.ts'

const { values: flags } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    records: { type: 'string', default: '30000' },
    keep: { type: 'string' },
  },
})
const here = dirname(fileURLToPath(import.meta.url))
const admin: Actor = { type: 'admin', name: 'real' }

/** One export, as read.py gets it: `path` is the file or folder, alone in its own folder. */
type Export = { format: string; sample: string; kind: string; path: string; manifest: string }

const data = mkdtempSync(join(tmpdir(), 'parley-real-'))
// Run by root, the server has an account of its own, which must be able to enter.
chmodSync(data, 0o755)
const out = flags.keep === undefined ? join(data, 'files') : resolve(flags.keep)
const server = await openEmbeddedPostgres({ dataDir: data })
try {
  const { parley, close } = await openBench(server.url)
  try {
    await migrateDatabase(parley.db, parley.log)
    const exports = await writeAll(parley)
    writeFileSync(
      join(out, 'index.json'),
      JSON.stringify({ formats: Object.keys(formats), exports }),
    )
    const isRead = await python('read.py', join(out, 'index.json'))
    const isRendered = await python('templates.py', join(out, 'index.json'))
    const isSame = await rewriteRecords(parley, Number(flags.records))
    process.exitCode = isRead && isRendered && isSame ? 0 : 1
  } finally {
    await close()
  }
} finally {
  await server.close()
  rmSync(data, { recursive: true, force: true })
}

/** Every sample in every format it fits, and every kind of file that format has. */
async function writeAll(parley: Parley): Promise<Export[]> {
  const exports: Export[] = []
  for (const { document, lines, formats: only, kinds } of samples) {
    await load(parley, document, lines)
    for (const format of Object.keys(formats) as FormatName[]) {
      if (only && !only.includes(format)) continue
      for (const [kind, more] of kindsOf(format))
        if (kinds?.includes(kind) ?? true)
          exports.push(...(await write(parley, document.name, format, kind, more)))
    }
  }
  return exports
}

/** Plain, packed, Parquet and split in two: what the format takes. */
function kindsOf(format: FormatName): [kind: string, flags: Record<string, unknown>][] {
  const takes = formats[format].takes.map(String)
  const kinds: Record<string, Record<string, unknown>> = {
    shape: { shape: 'text' },
    gz: { gz: true },
    parquet: { parquet: true },
    split: { split: 0.5 },
  }
  return [['plain', {}], ...Object.entries(kinds).filter(([flag]) => takes.includes(flag))]
}

async function write(
  parley: Parley,
  sample: string,
  format: FormatName,
  kind: string,
  more: Record<string, unknown>,
): Promise<Export[]> {
  const folder = join(out, `${sample}-${format}-${kind}`)
  const { file } = formats[format] as { file?: string }
  const ending = `${more['parquet'] ? 'parquet' : (file ?? 'jsonl')}${more['gz'] ? '.gz' : ''}`
  const name = isFolder({ as: format, flags: more }) ? 'data-of-it' : `rows.${ending}`
  mkdirSync(folder, { recursive: true })
  try {
    const { path, manifestPath } = await exportToFile(parley, admin, {
      dataset: sample,
      as: format,
      flags: more,
      to: join(folder, name),
    })
    return [{ format, sample, kind, path: path ?? '', manifest: manifestPath ?? '' }]
  } catch (error) {
    // A dataset that has nothing for this format says so; any other failure is one.
    if (asParleyError(error)?.code !== 'invalid') throw error
    rmSync(folder, { recursive: true })
    return []
  }
}

async function load(parley: Parley, document: object, lines: Iterable<Line>): Promise<void> {
  const { name } = await insertDataset(parley, DatasetDocument.parse(document))
  const report = await importAnswers(parley, admin, { dataset: name, source: bytesOf(lines) })
  if (report.refused.count > 0) throw new Error(`${name}: ${JSON.stringify(report.refused)}`)
}

async function* bytesOf(lines: Iterable<Line>) {
  for (const line of lines) yield Buffer.from(`${JSON.stringify(line)}\n`)
}

/** Records leave, are rewritten by other programs, come back into another dataset and leave again. */
async function rewriteRecords(parley: Parley, count: number): Promise<boolean> {
  const folder = join(out, 'rewritten')
  mkdirSync(folder, { recursive: true })
  const original = join(folder, 'records.jsonl')
  await load(parley, randomDocument('original'), randomLines(count, 14))
  await exportToFile(parley, admin, { dataset: 'original', as: 'records', to: original })
  if (!(await python('rewrite.py', original))) return false
  const names: string[] = JSON.parse(readFileSync(join(folder, 'rewritten.json'), 'utf8'))
  let isSame = names.length > 0
  for (const [at, file] of names.entries()) {
    const name = `again-${at}`
    await insertDataset(parley, DatasetDocument.parse(randomDocument(name)))
    const back = join(folder, `${name}.jsonl`)
    const said = await importFile(parley, name, join(folder, file))
    await exportToFile(parley, admin, { dataset: name, as: 'records', to: back })
    const isEqual = readFileSync(back).equals(readFileSync(original))
    isSame &&= isEqual
    console.log(
      `${isEqual ? 'ok  ' : 'FAIL'}  ${count} records by ${file}: byte-equal${isEqual ? '' : ` (no: ${said})`}`,
    )
  }
  return isSame
}

async function importFile(parley: Parley, dataset: string, path: string): Promise<string> {
  const rows = await openRows(path)
  const { refused } = await importAnswers(parley, admin, { dataset, ...rows })
  return JSON.stringify(refused).slice(0, 500)
}

async function python(script: string, ...args: string[]): Promise<boolean> {
  const child = spawn(flags.python, [join(here, script), ...args], { stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  return code === 0
}
