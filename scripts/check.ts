/** Everything but the tests, all at once: types, lint, dead code, docs. Prints what each says when it has ended. */
import { spawn } from 'node:child_process'

const checks = [
  'tsc --noEmit --checkers 1',
  'tsc -p sandbox/page/client',
  'tsc -p src/web/client',
  'biome check .',
  'knip',
  'node scripts/docs/run.ts --check',
]

async function passes(command: string): Promise<boolean> {
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const parts: Buffer[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => void parts.push(bytes))
  const code = await new Promise<number | null>((ended) => child.once('close', ended))
  process.stdout.write(Buffer.concat(parts))
  if (code !== 0) console.error(`${command}: failed`)
  return code === 0
}

// Types take the longest: they begin first.
const passed = await Promise.all(checks.map(passes))
process.exitCode = passed.every(Boolean) ? 0 : 1
