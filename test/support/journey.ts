/**
 * The whole service before a stand-in Slack, for journeys told as dialogue: the real composition root,
 * HTTP, Bolt, worker and Postgres. Service and Slack share one clock, which stands still until a
 * journey moves it on, so that no test depends on how fast the machine is.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { slackManifest } from '../../adapters/slack/install/manifest.ts'
import type { Outcome } from '../../sandbox/slack/acks.ts'
import type { Person } from '../../sandbox/slack/people.ts'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import { loadConfig } from '../../src/config.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { openMetrics } from '../../src/metrics/prometheus.ts'
import { type Open, openParley } from '../../src/open.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { openTestDatabase } from './database.ts'

export type Journey = Awaited<ReturnType<typeof openJourney>>
/** A service process, or what stands for one: its own pools, queue, adapter and port. */
export type Service = Open & { address: string }
export type Actress = ReturnType<typeof actressOf>

export const admin: Actor = { type: 'admin', name: 'the journey' }
/** How the service is connected to Slack. */
export type Mode = 'http' | 'socket' | 'oauth'
/** Where browsers are told to come back to; a journey puts the real address in its place. */
export const publicUrl = 'https://parley.example'
export const journeySecret = 'a secret for journeys only, of no use elsewhere'

/** TEST_WIRE_LOG names a file for everything that is said to the stand-ins: scripts/real/payloads.sh. */
export function recording(): { wireLog?: string } {
  const file = process.env['TEST_WIRE_LOG']
  return file ? { wireLog: file } : {}
}

export async function openJourney(
  options: {
    redisUrl?: string
    databaseUrl?: (url: string) => string
    /** DATABASE_DIRECT_URL, where the other goes through a pooler. */
    directUrl?: (url: string) => string
    worker?: boolean
    mode?: Mode
    rotateTokens?: boolean
    env?: { [name: string]: string }
    /** Collects metrics, as a service does that its operator starts. */
    isMeasured?: boolean
  } = {},
) {
  const database = await openTestDatabase({ max: 4 })
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-journey-'))
  // For root, config.ts would take a folder elsewhere if others may not pass through this one.
  chmodSync(dataDir, 0o755)
  let at = Date.now()
  const ms = () => at
  const people = ['Ana', 'Ben', 'Dee', 'Cleo'].map((name) => ({ name }))
  const mode = options.mode ?? 'http'
  const slack = await openSlackStandIn({
    people,
    manifest: slackManifest({
      ...{ publicUrl, mode },
      reactions: options.env?.['SLACK_REACTIONS'] === 'true',
    }),
    now: ms,
    installed: mode !== 'oauth',
    rotateTokens: options.rotateTokens ?? false,
    ...recording(),
  })
  const services: Service[] = []
  const clock = {
    now: () => new Date(ms()),
    /** Moves everybody's clock on. */
    advance: (seconds: number) => {
      at += seconds * 1000
    },
  }

  /** Another process of the same Parley; Slack goes on delivering to the first. */
  async function startService(): Promise<Service> {
    const config = loadConfig({
      ...{ http: slack.env, socket: slack.socketEnv, oauth: slack.oauthEnv }[mode],
      PUBLIC_URL: publicUrl,
      DATABASE_URL: options.databaseUrl?.(database.url) ?? database.url,
      ...(options.directUrl ? { DATABASE_DIRECT_URL: options.directUrl(database.url) } : {}),
      PARLEY_SECRET: journeySecret,
      PARLEY_DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'fatal',
      ...options.env,
      ...(options.redisUrl === undefined ? {} : { REDIS_URL: options.redisUrl }),
    })
    const measured = options.isMeasured ? openMetrics({ version: 'test', role: 'all' }) : undefined
    const open = await openParley(config, { now: clock.now, measured })
    if (options.worker ?? true) await open.startWorker()
    await open.startAdapters()
    const service = { ...open, address: await open.listen() }
    services.push(service)
    return service
  }

  /** The processes end, as a redeploy ends them, and another one takes their place. */
  async function restart(): Promise<Service> {
    for (const one of services.splice(0).reverse()) await one.close()
    const service = await startService()
    slack.deliverTo(mode === 'socket' ? slack.socket.handler : service.address)
    return service
  }

  /** Resolves when no listener runs any more: everything a gesture leads to has been drawn. */
  async function quiet(): Promise<void> {
    for (const { parley } of services) await parley.platforms.get('slack')?.settled?.()
  }

  const service = await startService()
  slack.deliverTo(mode === 'socket' ? slack.socket.handler : service.address)
  if (mode !== 'socket') await slack.verifyUrl()
  if (mode === 'oauth') await install(slack, service.address, slack.teamId, 'Cleo')
  const stage: Stage = { slack, clock, quiet }
  const { parley } = service
  return {
    slack,
    clock,
    quiet,
    database,
    dataDir,
    service,
    parley,
    startService,
    restart,
    person: (name: string) => actressOf(stage, name),
    ana: actressOf(stage, 'Ana'),
    ben: actressOf(stage, 'Ben'),
    dee: actressOf(stage, 'Dee'),
    cleo: actressOf(stage, 'Cleo'),
    dataset: (document: string, records: readonly object[]) =>
      makeDataset(parley, document, records),
    raw: (dataset: string) => exportLines((services.at(-1) ?? service).parley, dataset, 'raw'),
    lines: (dataset: string, as: string) => exportLines(parley, dataset, as),
    close: async () => {
      for (const one of services.reverse()) await one.close()
      await slack.close()
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Somebody installs Parley in their workspace with a browser; returns the page they end on. */
export async function install(
  slack: SlackStandIn,
  address: string,
  teamId: string,
  name: string,
  search = '',
): Promise<string> {
  const begin = await fetch(`${address}/slack/install${search}`, { redirect: 'manual' })
  const cookie = begin.headers.get('set-cookie')?.split(';')[0] ?? ''
  const back = slack.oauth.allow(begin.headers.get('location') ?? '', teamId, name)
  const page = await fetch(back.replace(publicUrl, address), { headers: { cookie } })
  return page.text()
}

/** Creates, fills and publishes a dataset of everyone, unless the document says otherwise. */
export async function makeDataset(parley: Parley, document: string, records: readonly object[]) {
  const parsed = parseDocument(
    /^access:/m.test(document) ? document : `${document.trimEnd()}\naccess: everyone\n`,
  )
  await createDataset(parley, admin, { document: parsed })
  if (records.length > 0) {
    const source = [Buffer.from(records.map((one) => JSON.stringify(one)).join('\n'))]
    const report = await importRecords(parley, admin, { dataset: parsed.name, source })
    if (report.refused.count > 0) throw new Error(JSON.stringify(report.refused))
  }
  return (await publishDataset(parley, admin, { dataset: parsed.name })).dataset
}

export type RawLine = {
  record: { external_id: string; outputs?: { id: string }[] }
  labeler: string
  status: string
  reason?: string | null
  counted: boolean
  revision: number
  values: Record<string, unknown>
  shown: { order: string[] }
}

/** The lines of an export, as the CLI would write them. */
export async function exportLines(parley: Parley, dataset: string, as: string): Promise<RawLine[]> {
  const parts: Buffer[] = []
  const to = new Writable({
    write: (part: Buffer, _, done) => {
      parts.push(part)
      done()
    },
  })
  await exportToFile(parley, admin, { dataset, as, to })
  const text = Buffer.concat(parts).toString('utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line): RawLine => JSON.parse(line))
}

/** What everybody's answers are now: the newest revision of each. */
export function newestOf(lines: readonly RawLine[]): RawLine[] {
  const newest = new Map<string, RawLine>()
  for (const line of lines) {
    const key = `${line.record.external_id} ${line.labeler}`
    if (line.revision > (newest.get(key)?.revision ?? 0)) newest.set(key, line)
  }
  return [...newest.values()]
}

type Stage = {
  slack: SlackStandIn
  clock: { advance(seconds: number): void }
  quiet(): Promise<void>
}

/** A person who takes a second to read, acts, and sees what became of it. */
function actressOf({ slack, clock, quiet }: Stage, name: string) {
  const person = slack.person(name)
  async function act(gesture: () => Promise<Outcome>): Promise<void> {
    clock.advance(1)
    const outcome = await gesture()
    if (!outcome.ok) throw new Error(`${name} was shown an error: ${outcome.problem}`)
    await quiet()
  }
  return {
    ...person,
    /** The person themselves, without the second and without waiting. */
    hands: person,
    types: (command: string, where?: { channel?: string }) =>
      act(() => person.command(command, where)),
    presses: (label: string, where?: Parameters<Person['press']>[1]) =>
      act(() => person.press(label, where)),
    /** Chooses from a "…" menu. */
    menu: (option: string, where?: Parameters<Person['overflow']>[1]) =>
      act(() => person.overflow(option, where)),
    writes: (label: string, text: string) => act(() => person.fill(label, text)),
    chooses: (label: string, option: string, where?: Parameters<Person['choose']>[2]) =>
      act(() => person.choose(label, option, where)),
    ticks: (label: string, chosen: string[]) => act(() => person.check(label, chosen)),
    submits: () => act(() => person.submit()),
    closes: () => act(() => person.close()),
    /** Types /parley next NAME, and agrees where that is asked. */
    async joins(dataset: string): Promise<void> {
      await act(() => person.command(`/parley next ${dataset}`))
      if (/\[Start\]/.test(person.messages().at(-1) ?? '')) await act(() => person.press('Start'))
    },
    /** The newest message, as it reads now. */
    newest: () => person.messages().at(-1) ?? '',
  }
}
