/** A process that opens the embedded Postgres, says its address, and closes it when its input ends. */
import { openEmbeddedPostgres } from '../../src/db/embedded.ts'

const [dataDir = ''] = process.argv.slice(2)
try {
  const server = await openEmbeddedPostgres({ dataDir, fast: process.argv[3] === 'fast' })
  process.stdout.write(`${server.url}\n`)
  process.stdin.resume()
  await new Promise((resolve) => process.stdin.once('end', resolve))
  await server.close()
} catch (error) {
  process.stderr.write(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
