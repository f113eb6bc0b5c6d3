/**
 * Generation: outputs a second with --flight requests under way, beside a bare `openai` client that keeps
 * as many under way and stores nothing, against the same stand-in (a process of its own, whose answers
 * take --latency ms). They take turns; the median of the ratios of neighbours counts. Both send the same
 * messages. Ours plans from the records, notes each request before it is sent, and stores each output
 * on its record. Beside it the CPU each takes for one output, Postgres and the stand-in left out.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import OpenAI from 'openai'
import { openModelsStandIn } from '../sandbox/models/server.ts'
import { readModels } from '../src/config/models.ts'
import { createDataset } from '../src/datasets/create.ts'
import { parseDocument } from '../src/datasets/parse.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { openDatabase } from '../src/db/open.ts'
import { getGeneration } from '../src/generation/generation.ts'
import { runGeneration } from '../src/generation/run.ts'
import { startGeneration } from '../src/generation/start.ts'
import { importRecords } from '../src/imports/import-records.ts'
import { openLog } from '../src/log.ts'
import { type Actor, createParley, type Parley } from '../src/parley.ts'

const { values: flags } = parseArgs({
  options: {
    outputs: { type: 'string', default: '1500' },
    flight: { type: 'string', default: '32' },
    latency: { type: 'string', default: '300' },
    repeats: { type: 'string', default: '5' },
    /** Asks for the process that answers. */
    answer: { type: 'boolean', default: false },
  },
})
const admin: Actor = { type: 'admin', name: 'bench' }
const outputs = Number(flags.outputs)
const flight = Number(flags.flight)

type Done = { rate: number; cpu: number }

if (flags.answer) await answer()
else await main()

async function answer() {
  const models = { small: { latencyMs: Number(flags.latency) } }
  const { url, requests } = await openModelsStandIn({ models })
  // What was asked is of no interest here, and would fill the heap.
  setInterval(() => requests.splice(0), 1000).unref()
  process.send?.(url)
}

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  const child = fork(import.meta.filename, ['--answer', '--latency', flags.latency])
  try {
    const [url] = await once(child, 'message')
    const { parley, close } = await openBench(server.url, String(url), dir)
    const ours: Done[] = []
    const bare: Done[] = []
    await runBare(String(url), 200)
    for (let repeat = 0; repeat < Number(flags.repeats); repeat++) {
      ours.push(await runOurs(parley, repeat))
      bare.push(await runBare(String(url), outputs))
    }
    await close()
    report(ours, bare)
  } finally {
    child.kill()
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function openBench(databaseUrl: string, url: string, dataDir: string) {
  const log = openLog({ level: 'error' })
  const { db, close } = openDatabase(databaseUrl, { log })
  await migrateDatabase(db, log)
  const models = { small: { base_url: url, in_flight: flight } }
  const parley = createParley({
    ...{ db, log, dataDir, admins: [], secret: 'a secret for a bench', publicUrl: 'http://x' },
    queue: { ring: async () => true },
    now: () => new Date(),
    openSnapshot: async () => {
      throw new Error('A generation reads no snapshot.')
    },
    models: readModels({ PARLEY_MODELS: JSON.stringify(models) }, '/', {}),
  })
  return { parley, close }
}

function promptOf(n: number): string {
  return `Prompt ${n}: ${'why is the sky blue? '.repeat(20)}`
}

async function runOurs(parley: Parley, nth: number): Promise<Done> {
  const dataset = `bench-${nth}`
  const document = parseDocument(`name: ${dataset}\ntemplate: comparison\naccess: everyone\n`)
  await createDataset(parley, admin, { document })
  const source = (async function* () {
    for (let n = 0; n < outputs; n++)
      yield Buffer.from(`${JSON.stringify({ id: `r${n}`, prompt: promptOf(n) })}\n`)
  })()
  await importRecords(parley, admin, { dataset, source, name: 'records.jsonl' })
  const { generation } = await startGeneration(parley, admin, {
    ...{ dataset, flags: { with: 'small' }, here: true },
  })
  const done = await timed(outputs, () => runGeneration(parley, generation.id))
  const { state, counts } = await getGeneration(parley, generation.id)
  if (state !== 'done' || counts.added !== outputs) throw new Error(`${state}: ${counts.added}`)
  return done
}

function runBare(baseURL: string, count: number): Promise<Done> {
  const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 })
  let next = 0
  const texts: (string | null | undefined)[] = []
  const work = async () => {
    for (let n = next++; n < count; n = next++) {
      const { choices } = await client.chat.completions.create({
        model: 'small',
        messages: [{ role: 'user', content: promptOf(n) }],
      })
      texts[n] = choices[0]?.message.content
    }
  }
  return timed(count, async () => {
    await Promise.all(Array.from({ length: flight }, work))
    if (texts.filter(Boolean).length !== count) throw new Error('An answer is missing.')
  })
}

async function timed(count: number, work: () => Promise<unknown>): Promise<Done> {
  const before = process.cpuUsage()
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(before)
  return { rate: count / seconds, cpu: (user + system) / 1000 / count }
}

function report(ours: readonly Done[], bare: readonly Done[]) {
  const ratios = ours.map(({ rate }, n) => rate / (bare[n]?.rate ?? Number.NaN))
  const listed = (all: readonly number[], digits: number) =>
    all.map((one) => one.toFixed(digits)).join(' ')
  const of = (all: readonly Done[], key: keyof Done) => all.map((one) => one[key])
  const most = (flight * 1000) / Number(flags.latency)
  print(
    'requests under way; answers take, ms; at most, outputs/s',
    `${flight}; ${flags.latency}; ${most.toFixed(0)}`,
  )
  print('parley, outputs/s', listed(of(ours, 'rate'), 0))
  print('bare openai client, answers/s', listed(of(bare, 'rate'), 0))
  print('parley, CPU ms an output', listed(of(ours, 'cpu'), 2))
  print('bare openai client, CPU ms an answer', listed(of(bare, 'cpu'), 2))
  print('load', loadavg()[0]?.toFixed(1) ?? '')
  print('ratio, median (reach 0.95)', `${median(ratios).toFixed(3)} of ${listed(ratios, 3)}`)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

function print(what: string, value: string) {
  console.log(`${what}: ${value}`)
}
