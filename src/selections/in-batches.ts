/**
 * Changes many records: counts them first, asks for a confirmation where they are many, and changes them
 * in batches of their own transactions. People go on labeling; a run that was cut is continued by running
 * it again, because what was changed does not match any more.
 */
import { sql } from 'kysely'
import { holdDataset } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { conflict } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { counted } from '../sentences.ts'
import { openSelection, type Selected, type Selection } from './select.ts'

/** What every verb over a selection also takes. */
export type BulkInput = Selection & {
  dataset: string
  /** Only count. */
  dryRun?: boolean
  /** Change them however many they are. */
  yes?: boolean
  /** Change them only if they are exactly as many. */
  expect?: number
  onProgress?: (done: number, of: number) => void
  /** Ends it between two batches. */
  signal?: AbortSignal
}

/** What is done with one batch; the dry run and the change say the same. */
export type Step<Outcome> = {
  /** For the audit and the sentence, such as `delete records`. */
  act: string
  /** How many of an outcome are changed. */
  changes(outcome: Outcome): number
  none: Outcome
  add(sum: Outcome, one: Outcome): Outcome
  run(
    inside: Parley,
    dataset: Dataset,
    records: readonly string[],
    isDry: boolean,
  ): Promise<Outcome>
}

/** More than this are not changed unless somebody has seen how many they are. */
export const mostUnasked = 100

export type Bulk<Outcome> = Outcome & { matched: number; dryRun: boolean; stopped: boolean }

/**
 * @throws ParleyError `invalid` for the selection; `not_found`; `conflict` unless many are confirmed, or
 * when they are not as many as expected.
 */
export async function changeSelected<Outcome extends object>(
  parley: Parley,
  actor: Actor,
  input: BulkInput,
  step: Step<Outcome>,
): Promise<Bulk<Outcome>> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const selected = await openSelection(parley, dataset, input)
  const planned = await walk(
    parley,
    selected,
    input.signal,
    (records) => step.run(parley, dataset, records, true),
    step,
  )
  if (input.dryRun) return { ...planned, dryRun: true }
  const changes = step.changes(planned)
  requireConfirmed(input, step.act, changes)
  if (changes === 0 || planned.stopped) return { ...planned, dryRun: false }
  const { ids, importId, where, found } = input
  const which = { ...(ids ? { ids: ids.length } : {}), import: importId, where, found }
  const detail = { ...which, planned: changes }
  await writeAudit(parley, { actor: by, act: step.act, dataset: dataset.name, detail })
  const done = await walk(
    parley,
    { ...selected, matching: async (_, records) => [...records] },
    input.signal,
    (records) =>
      inTransaction(parley, async (inside) => {
        await holdDataset(inside, actor, dataset)
        const before = await selected.matching(inside, records)
        if (before.length === 0) return step.none
        await sql`select lock_places(${dataset.id}, ${before}::bigint[])`.execute(inside.db)
        // Somebody may have answered them while this waited for the locks.
        const now = await selected.matching(inside, before)
        return now.length === 0 ? step.none : step.run(inside, dataset, now, false)
      }),
    step,
    (sum) => input.onProgress?.(step.changes(sum), changes),
  )
  await writeAudit(parley, {
    actor: by,
    act: `${step.act}: done`,
    dataset: dataset.name,
    detail: { ...detail, changed: step.changes(done), stopped: done.stopped },
  })
  return { ...done, matched: planned.matched, dryRun: false }
}

async function walk<Outcome extends object>(
  parley: Parley,
  selected: Selected,
  signal: AbortSignal | undefined,
  run: (records: readonly string[]) => Promise<Outcome>,
  { none, add }: Step<Outcome>,
  onSum: (sum: Outcome) => void = () => {},
): Promise<Outcome & { matched: number; stopped: boolean }> {
  let sum = none
  let matched = 0
  for (let after = '0'; ; ) {
    if (signal?.aborted) return { ...sum, matched, stopped: true }
    const rows = await selected.next(after)
    if (rows.length === 0) return { ...sum, matched, stopped: false }
    after = rows.at(-1) ?? after
    const records = await selected.matching(parley, rows)
    matched += records.length
    if (records.length > 0) sum = add(sum, await run(records))
    onSum(sum)
  }
}

function requireConfirmed(
  { yes = false, expect }: Pick<BulkInput, 'yes' | 'expect'>,
  act: string,
  changes: number,
): void {
  const many = counted(changes, 'record')
  if (expect !== undefined && expect !== changes)
    throw conflict(
      `It would ${act.replace('records', many)}, not ${expect}. Count again, and say how many you expect.`,
    )
  if (!yes && expect === undefined && changes > mostUnasked)
    throw conflict(
      `It would ${act.replace('records', many)}. Say yes (--yes), or that you expect ${changes} (--expect ${changes}).`,
    )
}
