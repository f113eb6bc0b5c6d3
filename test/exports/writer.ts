/** A worker in a process of its own, for a test to kill: it stands still in the middle of its file. */
import { openSnapshot } from '../../src/db/copy.ts'
import { openDatabase } from '../../src/db/open.ts'
import { writeExport } from '../../src/exports/job/write.ts'
import { openLog } from '../../src/log.ts'
import { createParley } from '../../src/parley.ts'

const [url = '', dataDir = '', exportId = '', now = '', secret = ''] = process.argv.slice(2)
const log = openLog({ level: 'error' })
const { db, pool } = openDatabase(url, { log, max: 3 })
const parley = createParley({
  db,
  queue: { ring: async () => true },
  now: () => new Date(now),
  log,
  openSnapshot: async () => {
    const snapshot = await openSnapshot(pool)
    return {
      ...snapshot,
      lines: async function* (query) {
        for await (const chunk of snapshot.lines(query)) {
          yield chunk.subarray(0, chunk.indexOf(10) + 1)
          process.stdout.write('writing\n')
          await new Promise(() => setInterval(() => undefined, 1000))
        }
      },
    }
  },
  admins: [],
  secret,
  dataDir,
  publicUrl: 'https://parley.example',
})
await writeExport(parley, exportId)
