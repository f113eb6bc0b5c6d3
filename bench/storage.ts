/** What presses leave behind in Postgres: updates in place (HOT), pages that tables grew by, WAL. */
import pg from 'pg'

export type Storage = { wal: number; pages: number; updates: Map<string, Updates> }
type Updates = { all: number; hot: number; dead: number }

/** Of all tables but Postgres's own and the queue's. */
export async function readStorage(url: string): Promise<Storage> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: sizes } = await client.query(`
      select (pg_current_wal_lsn() - '0/0')::float8 as wal,
        (select sum(pg_total_relation_size(relid)) / 8192 from pg_stat_user_tables
          where schemaname = 'public')::float8 as pages`)
    const { rows } = await client.query(`
      select relname as name, n_tup_upd::float8 as all, n_tup_hot_upd::float8 as hot,
        n_dead_tup::float8 as dead
      from pg_stat_user_tables where schemaname = 'public' and n_tup_upd > 0 order by relname`)
    return { ...sizes[0], updates: new Map(rows.map(({ name, ...updates }) => [name, updates])) }
  } finally {
    await client.end()
  }
}

/** What so many presses between two readings left, in one line; tables by how often they are updated. */
export function sayStorage(before: Storage, after: Storage, presses: number): string {
  const tables = [...after.updates].flatMap(([name, { all, hot, dead }]) => {
    const was = before.updates.get(name) ?? { all: 0, hot: 0, dead: 0 }
    const updates = all - was.all
    if (updates < presses / 10) return []
    const share = Math.round((100 * (hot - was.hot)) / updates)
    return [`${name} ${(updates / presses).toFixed(1)} (${share} % HOT, ${dead} dead)`]
  })
  const wal = Math.round((after.wal - before.wal) / presses)
  const pages = ((after.pages - before.pages) / presses).toFixed(2)
  return `each press: ${wal} bytes of WAL, ${pages} pages, updates: ${tables.join(', ') || 'none'}`
}
