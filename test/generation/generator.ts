/** A worker in a process of its own, for a test to kill in the middle of a generation. */
import { readModels } from '../../src/config/models.ts'
import { openDatabase } from '../../src/db/open.ts'
import { runGeneration } from '../../src/generation/run.ts'
import { openLog } from '../../src/log.ts'
import { createParley } from '../../src/parley.ts'
import { patience } from './ground.ts'

const [url = '', generationId = '', now = '', models = '', key = ''] = process.argv.slice(2)
const log = openLog({ level: 'error' })
const { db } = openDatabase(url, { log, max: 3 })
const parley = createParley({
  db,
  queue: { ring: async () => true },
  now: () => new Date(now),
  log,
  openSnapshot: async () => {
    throw new Error('A generation reads no snapshot.')
  },
  admins: [],
  models: readModels({ PARLEY_MODELS: models, SMALL_KEY: key }, '/', {}),
  secret: 'a secret for tests only, of no use elsewhere',
  dataDir: '/nowhere',
  publicUrl: 'https://parley.example',
})
await runGeneration(parley, generationId, { patience })
process.exit(0)
