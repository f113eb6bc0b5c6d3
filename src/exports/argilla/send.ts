/**
 * Writes a dataset into a running Argilla 2 over REST, with everything its server takes:
 *
 * 1. All records are written to a local file in Argilla's form, so that no view of the database stays
 *    open while a slow server writes.
 * 2. The dataset is created there, or found by our dataset's name in its metadata; no other dataset is
 *    ever written to. A half-created one is completed and published.
 * 3. Each labeler becomes a user under their pseudonym, unless a file says which user they are.
 * 4. Records are sent in batches and retried. External ids keep them unique, so an interrupted run can
 *    simply be repeated, and newer answers come with the next run.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ArgillaServer } from '../../argilla/ask.ts'
import type { UserMap } from '../../argilla/users.ts'
import { writeAudit } from '../../datasets/audit.ts'
import { getDataset } from '../../datasets/dataset.ts'
import { ParleyError } from '../../errors.ts'
import { splitLines } from '../../imports/readers/lines.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import { recordLines } from '../formats/records.ts'
import { openSource } from '../source.ts'
import { openLosses } from './format.ts'
import { type ArgillaPlan, planArgilla } from './plan.ts'
import { type ToldRecord, tellRecord } from './record.ts'
import type { RecordsLine } from './records-line.ts'
import { openDataset } from './send-dataset.ts'
import { putRecords } from './send-records.ts'
import { makeUsers } from './send-users.ts'
import type { SentToArgilla } from './sent.ts'

/**
 * `users` says which of Argilla's users a labeler is.
 * @throws ParleyError `conflict` if another dataset has that name; `unavailable`, with how much has arrived.
 */
export async function sendToArgilla(
  parley: Parley,
  actor: Actor,
  server: ArgillaServer | null,
  input: {
    dataset: string
    name?: string
    workspace?: string
    users?: UserMap
    signal?: AbortSignal
    onRecords?: (sent: number, of: number) => void
  },
): Promise<SentToArgilla> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset)
  const folder = await mkdtemp(join(tmpdir(), 'parley-argilla-'))
  try {
    const file = join(folder, 'records.jsonl')
    const { plan, labelers, ...told } = await spool(parley, dataset.id, file, input.signal)
    const done: SentToArgilla = {
      ...{ dataset: null, records: 0, answers: 0, people: labelers.length },
      ...{ refused: { count: 0, records: [] }, warnings: told.warnings },
    }
    if (!server) return { ...done, records: told.records, answers: told.answers }
    const detail = { as: 'argilla', to: server.address }
    await writeAudit(parley, { actor: by, act: 'export', dataset: dataset.name, detail })
    const opened = await openDataset(server, plan, {
      name: input.name ?? dataset.name,
      ...(input.workspace === undefined ? {} : { workspace: input.workspace }),
    })
    const users = await makeUsers(server, opened, dataset.name, labelers, input.users)
    for await (const batch of batchesOf(file)) {
      await putRecords(server, { plan, opened, users, batch, done }).catch((error: unknown) => {
        throw withCount(error, done, told.records)
      })
      input.onRecords?.(done.records + done.refused.count, told.records)
    }
    const { id, name, workspace } = opened
    return { ...done, dataset: { id, name, workspace: workspace.name } }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type Spooled = {
  plan: ArgillaPlan
  /** Their pseudonyms, sorted. */
  labelers: string[]
  records: number
  answers: number
  warnings: string[]
}

async function spool(
  parley: Parley,
  datasetId: string,
  file: string,
  signal: AbortSignal | undefined,
): Promise<Spooled> {
  const source = await openSource(parley, datasetId)
  const losses = openLosses()
  const labelers = new Set<string>()
  let [records, answers] = [0, 0]
  try {
    const plan = await planArgilla(source)
    const write = async function* () {
      for await (const { bytes } of recordLines(source)) {
        signal?.throwIfAborted()
        const lines = bytes.toString('utf8').split('\n').slice(0, -1)
        for (const text of lines) {
          const line: RecordsLine = JSON.parse(text)
          const told = tellRecord(line, plan, losses.lose)
          for (const { labeler } of told.responses) labelers.add(labeler)
          records++
          answers += told.responses.length
          yield `${JSON.stringify(told)}\n`
        }
      }
    }
    await pipeline(write, createWriteStream(file))
    return { plan, labelers: [...labelers].sort(), records, answers, warnings: losses.warnings() }
  } finally {
    await source.close()
  }
}

const mostRecords = 100
const mostBytes = 2_000_000

/** Records per request: the server accepts 500, but a proxy in front of it may accept less. */
async function* batchesOf(file: string): AsyncGenerator<ToldRecord[]> {
  let batch: ToldRecord[] = []
  let bytes = 0
  for await (const lines of splitLines(createReadStream(file), { longestLine: 1e9 }))
    for (const { text } of lines) {
      if (batch.length === mostRecords || (bytes > 0 && bytes + text.length > mostBytes)) {
        yield batch
        batch = []
        bytes = 0
      }
      batch.push(JSON.parse(text))
      bytes += text.length
    }
  if (batch.length > 0) yield batch
}

/** If the server stays unreachable, reports how much has arrived. */
function withCount(error: unknown, { records }: SentToArgilla, of: number): unknown {
  if (!(error instanceof ParleyError) || error.code !== 'unavailable') return error
  return new ParleyError(
    'unavailable',
    `${error.message} ${records} of ${of} records are there with their answers; run the same command again for the rest.`,
    { cause: error },
  )
}
