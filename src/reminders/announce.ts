/**
 * Schedules the reminders that an admin's action causes: new work when a dataset opens or grows,
 * results when it closes. The audit lists the actions; each entry is handled once, and everyone it
 * concerns gets a reminder in the same transaction.
 */
import { sql } from 'kysely'
import type { DatasetDocument } from '../datasets/document.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { isOn } from './reminder.ts'
import { type Reminded, scheduleReminders } from './schedule.ts'

export async function announceChanges(parley: Parley): Promise<void> {
  while (await announceOne(parley)) {
    // The next entry, until none is left.
  }
}

type Entry = {
  id: string
  kind: 'new_work' | 'results'
  datasetId: string | null
  status: string | null
  document: DatasetDocument | null
}

async function announceOne(parley: Parley): Promise<boolean> {
  return inTransaction(parley, async (inside) => {
    const { rows } = await sql<Entry>`
      select a.id, case a.act when 'close dataset' then 'results' else 'new_work' end as kind,
        d.id as dataset_id, d.status, d.document
      from audit a left join datasets d on d.name = a.dataset
      where not a.announced
        and a.act in ('publish dataset', 'reopen dataset', 'close dataset', 'import records',
          'generated outputs')
      order by a.id limit 1 for update of a skip locked`.execute(inside.db)
    const [entry] = rows
    if (!entry) return false
    await sql`update audit set announced = true where id = ${entry.id}`.execute(inside.db)
    const { kind, datasetId, status, document } = entry
    const isStill = kind === 'results' ? status === 'closed' : status === 'ready'
    if (datasetId !== null && document !== null && isStill)
      await announce(inside, { kind, datasetId, document, about: `d${datasetId}` })
    return true
  })
}

async function announce(
  parley: Parley,
  what: {
    kind: 'new_work' | 'results'
    datasetId: string
    document: DatasetDocument
    about: string
  },
): Promise<void> {
  const { kind, datasetId, document, about } = what
  const soon = new Date(parley.now().getTime() + gatherMs)
  for (let after = '0'; ; ) {
    const people = await listPeople(parley, kind, datasetId, after)
    const concerned = people.filter(
      ({ platform, kinds }) =>
        isOn(kind, kinds, platform, document) &&
        // People with a digest read about new work there.
        !(kind === 'new_work' && isOn('digest', kinds, platform)),
    )
    await scheduleReminders(parley, concerned, { kind, about, at: soon, datasetId })
    const last = people.at(-1)
    if (!last) return
    after = last.labelerId
  }
}

/** Several imports and a publish within minutes are one piece of news. */
const gatherMs = 10 * 60_000

/** Results go to people who answered, new work to everyone who may be reminded; a thousand at a time. */
async function listPeople(
  parley: Parley,
  kind: 'new_work' | 'results',
  datasetId: string,
  after: string,
): Promise<Reminded[]> {
  const { rows } = await sql<Reminded>`
    select p.labeler_id, p.platform, p.kinds, p.digest_at, p.days, p.quiet_from,
      p.quiet_until, coalesce(p.zone, l.zone) as zone
    from preferences p join labelers l on l.id = p.labeler_id
    where p.labeler_id > ${after} and l.forgotten_at is null
      and (${kind === 'new_work'} or exists (
        select from tallies t where t.dataset_id = ${datasetId} and t.labeler_id = p.labeler_id
          and t.submitted > 0))
    order by p.labeler_id limit 1000`.execute(parley.db)
  return rows
}
