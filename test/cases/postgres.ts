/**
 * The server the cases share: `postgres.ts FOLDER NAME…` starts an embedded Postgres in the folder, makes
 * a database for each name, writes "NAME URL" lines to FOLDER/urls and serves until it is ended.
 */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbeddedPostgres } from '../../src/db/embedded.ts'

const [folder = '', ...names] = process.argv.slice(2)
const server = await openEmbeddedPostgres({ dataDir: folder, fast: true })
const client = new pg.Client({ connectionString: server.url })
await client.connect()
for (const [index] of names.entries()) await client.query(`create database case_${index}`)
await client.end()

const lines = names.map(
  (name, index) => `${name} ${server.url.replace(/[^/]+$/, `case_${index}`)}\n`,
)
writeFileSync(join(folder, 'urls.part'), lines.join(''))
renameSync(join(folder, 'urls.part'), join(folder, 'urls'))

const idle = setInterval(() => {}, 60_000)
const stop = () => {
  clearInterval(idle)
  void server.close()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
