/**
 * A worker of its own process that reads a file given in chat, to be killed in the middle: it says
 * `half` once half of the file is handed out, and waits for ever with the rest.
 */

import { readImport } from '../../src/chat/gestures/imports/read-import.ts'
import { openSnapshot } from '../../src/db/copy.ts'
import { openDatabase } from '../../src/db/open.ts'
import { openLog } from '../../src/log.ts'
import { createParley } from '../../src/parley.ts'

const [url = '', dataDir = '', importId = '', at = '', secret = '', lines = '0'] =
  process.argv.slice(2)
const log = openLog({ level: 'error' })
const { db, pool } = openDatabase(url, { log, max: 4 })
const parley = createParley({
  ...{ db, log, secret, dataDir, admins: [], publicUrl: 'https://parley.example' },
  queue: { ring: async () => true },
  now: () => new Date(at),
  openSnapshot: () => openSnapshot(pool),
})
parley.platforms.set('slack', {
  platform: 'slack',
  unsupported: () => null,
  send: async (to) => ({ platform: 'slack', workspace: to.workspace, channel: 'D', message: 'm' }),
  repaint: async () => {},
  openFile: async function* () {
    const half = Number(lines) / 2
    for (let n = 1; n <= half; n++)
      yield Buffer.from(`{"id":"k${n}","prompt":"p${n}","outputs":["a","b"]}\n`)
    process.stdout.write('half')
    await new Promise(() => setInterval(() => {}, 60_000))
  },
  check: async () => ({ ok: true, detail: 'a test' }),
})
await readImport(parley, importId)
