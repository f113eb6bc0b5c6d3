/** A process that opens a queue on an unreachable Redis, rings, stops, and has then nothing left to do. */
import { openLog } from '../../src/log.ts'
import { openQueue } from '../../src/queue/queue.ts'

const [url = ''] = process.argv.slice(2)
const queue = await openQueue({ type: 'redis', url, prefix: 'never' }, openLog({ level: 'silent' }))
queue.startWorker({
  'write-export': async () => {},
  'read-import': async () => {},
  'generate-outputs': async () => {},
  'run-battle': async () => {},
  deliver: async () => {},
  'close-post': async () => {},
  repaint: async () => {},
  feed: async () => {},
  'tend-asks': async () => {},
  'make-events': async () => {},
  'send-events': async () => {},
  'read-records': async () => {},
  'expire-leases': async () => {},
  sweep: async () => {},
})
for (let n = 0; n < 1_200; n++) void queue.ring('write-export', { exportId: String(n) })
process.stdout.write(String(await queue.ring('write-export', { exportId: 'one too many' })))
// Long enough for BullMQ to have tried, and to have set its timers.
await new Promise((resolve) => setTimeout(resolve, 3_000))
await queue.close()
