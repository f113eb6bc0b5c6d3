/**
 * Does what Docker would do with Dockerfile and compose.yaml, in a folder and in processes: copies the files,
 * installs the packages, starts each service's command on a Postgres, asks the health check, and stops it.
 * It proves that files, packages, commands and the health check fit each other; no image is built.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parse } from 'yaml'
import { projectRoot } from '../../src/config.ts'
import { openEmbeddedPostgres } from '../../src/db/embedded.ts'
import { freePort } from '../../test/support/redis.ts'

type Service = { command?: string[]; build?: string; healthcheck?: { disable?: boolean } }

const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8').replaceAll(/\\\n/g, ' ')
const { services }: { services: Record<string, Service> } = parse(
  readFileSync(join(projectRoot, 'compose.yaml'), 'utf8'),
  { merge: true },
)

const folder = mkdtempSync(join(tmpdir(), 'parley-image-'))
// As root, Postgres runs as an account of its own, which passes through.
chmodSync(folder, 0o755)
const postgres = await openEmbeddedPostgres({ dataDir: join(folder, 'postgres') })
try {
  const image = join(folder, 'image')
  for (const [, sources = '', to = ''] of dockerfile.matchAll(/^COPY (?!--from)(.*) (\S+)$/gm))
    for (const source of sources.split(' '))
      cpSync(join(projectRoot, source), join(image, to === './' ? source : to), { recursive: true })
  run(image, lineOf('RUN npm').split(' '))
  for (const [name, service] of Object.entries(services))
    if (service.build) await serve(image, name, service)
} finally {
  await postgres.close()
  rmSync(folder, { recursive: true, force: true })
}

/** Starts a service as compose would, waits until it is well, and stops it. */
async function serve(image: string, name: string, { command = [], healthcheck }: Service) {
  const port = await freePort()
  const env = {
    ...{ PATH: process.env['PATH'] ?? '', HOME: folder, HOST: '127.0.0.1', PORT: String(port) },
    ...{ PARLEY_DATA_DIR: join(folder, 'data'), DATABASE_URL: postgres.url },
    PARLEY_SECRET: 'only-for-this-check-0123456789',
  }
  const [program = '', ...args] = [...listOf('ENTRYPOINT'), ...command]
  const child = spawn(program, args, { cwd: image, env, stdio: ['ignore', 'inherit', 'pipe'] })
  let said = ''
  child.stderr.on('data', (bytes) => {
    said += bytes
  })
  const isWell = () => (healthcheck?.disable ? /No platform is on/.test(said) : asks(image, env))
  for (let tries = 0; !isWell(); tries++) {
    if (tries > 120 || child.exitCode !== null) throw new Error(`${name} is not well: ${said}`)
    await setTimeout(500)
  }
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`${name} stopped with ${code}: ${said}`)
  console.log(`${name}: starts, is well, stops`)
}

/** Whether the image's health check is content. */
function asks(cwd: string, env: Record<string, string>): boolean {
  const [program = '', ...args] = JSON.parse(
    /^HEALTHCHECK .*? CMD (\[.*\])$/m.exec(dockerfile)?.[1] ?? '[]',
  )
  return spawnSync(program, args, { cwd, env, stdio: 'ignore' }).status === 0
}

function run(cwd: string, [program = '', ...args]: string[]) {
  const { status } = spawnSync(program, args, { cwd, stdio: 'inherit' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}.`)
}

function lineOf(start: string): string {
  const line = dockerfile.split('\n').find((one) => one.startsWith(start))
  if (line === undefined) throw new Error(`The Dockerfile has no line ${start}.`)
  return line.replace(/^[A-Z]+ /, '')
}

function listOf(instruction: string): string[] {
  return JSON.parse(lineOf(instruction))
}
