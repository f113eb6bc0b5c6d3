/**
 * What happened lately, by dataset: answers and skips of the last fourteen times 24 hours, and who gave them.
 * It reads the answers of these days and no others, by labeler, along the index of their history.
 */
import { sql } from 'kysely'
import type { Parley } from '../../parley.ts'

export const recentDays = 14

export type Recent = {
  /** Answers in each 24 hours, the newest first: 0 is the last 24 hours. */
  answers: readonly number[]
  skips: readonly number[]
  lastAt: Date | null
  /** How many people answered or skipped in the last 24 hours and in the last 7 times 24. */
  today: number
  week: number
  /** The most diligent of the last 24 hours. */
  people: readonly { labelerId: string; answers: number }[]
}

export const nothingRecent: Recent = {
  answers: new Array<number>(recentDays).fill(0),
  skips: new Array<number>(recentDays).fill(0),
  ...{ lastAt: null, today: 0, week: 0, people: [] },
}

type Row = {
  datasetId: string
  labelerId: string
  age: number
  answers: number
  skips: number
  lastAt: Date
}

/** By dataset id, of one or of all; datasets where nothing happened are not there. */
export async function recentWork(
  parley: Parley,
  datasetId?: string,
): Promise<ReadonlyMap<string, Recent>> {
  const now = parley.now()
  const since = new Date(now.getTime() - recentDays * 86_400_000)
  const only = datasetId === undefined ? sql`` : sql`and s.dataset_id = ${datasetId}`
  // Bins are counted from now: extracting the seconds of each answer took most of the time.
  const { rows } = await sql<Row>`
    select g.dataset_id, g.labeler_id, g.answers, g.skips, g.last_at,
      greatest(0, extract(epoch from ${now}::timestamptz - g.bin) / 86400 - 1)::int as age
    from (
      select s.dataset_id, s.labeler_id, date_bin('1 day', s.submitted_at, ${now}) as bin,
        count(*) filter (where s.status = 'submitted')::float8 as answers,
        count(*) filter (where s.status = 'discarded')::float8 as skips,
        max(s.submitted_at) as last_at
      from (select distinct labeler_id from tallies ${
        datasetId === undefined ? sql`` : sql`where dataset_id = ${datasetId}`
      }) p
      join responses s on s.labeler_id = p.labeler_id
        and s.submitted_at > ${since} and s.submitted_at <= ${now} ${only}
      where s.status <> 'draft'
      group by 1, 2, 3
    ) g`.execute(parley.db)
  const all = new Map<string, Row[]>()
  for (const row of rows) {
    const own = all.get(row.datasetId) ?? []
    own.push({ ...row, age: Math.min(row.age, recentDays - 1) })
    all.set(row.datasetId, own)
  }
  return new Map([...all].map(([id, own]) => [id, sumUp(own)]))
}

function sumUp(rows: readonly Row[]): Recent {
  const answers = new Array<number>(recentDays).fill(0)
  const skips = new Array<number>(recentDays).fill(0)
  for (const row of rows) {
    answers[row.age] = (answers[row.age] ?? 0) + row.answers
    skips[row.age] = (skips[row.age] ?? 0) + row.skips
  }
  const today = rows.filter(({ age }) => age === 0)
  return {
    ...{ answers, skips },
    lastAt: rows.reduce<Date | null>(
      (last, { lastAt }) => (last === null || lastAt > last ? lastAt : last),
      null,
    ),
    today: new Set(today.map(({ labelerId }) => labelerId)).size,
    week: new Set(rows.filter(({ age }) => age < 7).map(({ labelerId }) => labelerId)).size,
    people: today
      .toSorted((a, b) => b.answers - a.answers || Number(a.labelerId) - Number(b.labelerId))
      .slice(0, 5)
      .map(({ labelerId, answers: own }) => ({ labelerId, answers: own })),
  }
}
