/** A database for one demo: made on the configured or the embedded server, dropped when it ends. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { openEmbeddedPostgres } from './embedded.ts'

export type Scratch = { url: string; secret: string; drop(): Promise<void> }

export async function openScratchDatabase(server: {
  databaseUrl: string | null
  dataDir: string
}): Promise<Scratch> {
  const embedded =
    server.databaseUrl === null ? await openEmbeddedPostgres({ dataDir: server.dataDir }) : null
  const base = server.databaseUrl ?? embedded?.url ?? ''
  const name = `parley_demo_${randomBytes(6).toString('hex')}`
  const url = new URL(base)
  url.pathname = `/${name}`
  // Pools close connections that idle: one of its own says that the database is in use.
  const guest = new pg.Client({ connectionString: url.href, keepAlive: true })
  guest.on('error', () => {})
  try {
    await run(base, async (client) => {
      await client.query('select pg_advisory_lock($1)', [oneAtATime])
      await dropLeftovers(client)
      await client.query(`create database ${name}`)
      await guest.connect()
    })
  } catch (error) {
    await embedded?.close()
    throw error
  }
  return {
    url: url.href,
    secret: randomBytes(32).toString('hex'),
    drop: async () => {
      await guest.end()
      await run(base, (client) => client.query(`drop database if exists ${name} with (force)`))
      await embedded?.close()
    },
  }
}

/** The lock under which demos make their databases: what was made and is not visited yet is no leftover. */
const oneAtATime = 1_263_871_402

/** Databases of demos that were killed: nobody is connected to them any more. */
async function dropLeftovers(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database d where datname ~ '^parley_demo_[0-9a-f]{12}$'
       and not exists (select from pg_stat_activity a where a.datname = d.datname)`,
  )
  for (const { datname } of rows) await client.query(`drop database if exists ${datname}`)
}

async function run(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
