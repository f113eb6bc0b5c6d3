/**
 * The whole service before a stand-in Discord, over either transport; the journeys are the same.
 * Service and Discord share one clock, which stands still until a journey moves it on.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '../../sandbox/discord/people.ts'
import { type DiscordStandIn, openDiscordStandIn } from '../../sandbox/discord/server.ts'
import { loadConfig } from '../../src/config.ts'
import { openParley } from '../../src/open.ts'
import { openTestDatabase } from './database.ts'
import {
  exportLines,
  journeySecret,
  makeDataset,
  publicUrl,
  recording,
  type Service,
} from './journey.ts'

export type DiscordJourney = Awaited<ReturnType<typeof openDiscordJourney>>
export type Actor = ReturnType<typeof actorOf>
export type Transport = 'gateway' | 'http'
export const transports: readonly Transport[] = ['gateway', 'http']

type Outcome = { ok: true } | { ok: false; problem: string }

export async function openDiscordJourney(
  options: {
    transport?: Transport
    worker?: boolean
    rateLimits?: boolean
    databaseUrl?: (url: string) => string
    env?: Record<string, string>
  } = {},
) {
  const transport = options.transport ?? 'gateway'
  const database = await openTestDatabase({ max: 4 })
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-journey-'))
  // For root, config.ts would take a folder elsewhere if others may not pass through this one.
  chmodSync(dataDir, 0o755)
  let at = Date.now()
  const ms = () => at
  const discord = await openDiscordStandIn({
    now: ms,
    rateLimits: options.rateLimits ?? false,
    ...recording(),
  })
  for (const name of ['Ana', 'Ben', 'Dee']) discord.person(name)
  discord.person('Cleo', { owner: true })
  const services: Service[] = []
  const clock = {
    now: () => new Date(ms()),
    /** Moves everybody's clock on. */
    advance: (seconds: number) => {
      at += seconds * 1000
    },
  }

  /** Another process of the same Parley. */
  async function startService(): Promise<Service> {
    const config = loadConfig({
      ...(transport === 'http' ? discord.httpEnv : discord.env),
      PUBLIC_URL: publicUrl,
      DATABASE_URL: options.databaseUrl?.(database.url) ?? database.url,
      PARLEY_SECRET: journeySecret,
      PARLEY_DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: 'fatal',
      ...options.env,
    })
    const open = await openParley(config, { now: clock.now })
    if (options.worker ?? true) await open.startWorker()
    await open.startAdapters()
    const service = { ...open, address: await open.listen() }
    services.push(service)
    return service
  }

  /** Ends a process, as a redeploy does. */
  async function stopService(service: Service): Promise<void> {
    services.splice(services.indexOf(service), 1)
    await service.close()
  }

  /** The process ends and another one takes its place. */
  async function restart(): Promise<Service> {
    for (const one of [...services]) await stopService(one)
    const service = await startService()
    if (transport === 'http') discord.deliverTo(service.address)
    return service
  }

  /** Resolves when nothing runs any more that a gesture led to. */
  async function quiet(): Promise<void> {
    for (const { parley } of services) await parley.platforms.get('discord')?.settled?.()
  }

  const service = await startService()
  if (transport === 'http') discord.deliverTo(service.address)
  const stage: Stage = { discord, clock, quiet }
  const newest = () => services.at(-1) ?? service
  return {
    transport,
    discord,
    clock,
    quiet,
    database,
    dataDir,
    service,
    /** The newest process. */
    parley: () => newest().parley,
    startService,
    stopService,
    restart,
    person: (name: string) => actorOf(stage, name),
    ana: actorOf(stage, 'Ana'),
    ben: actorOf(stage, 'Ben'),
    dee: actorOf(stage, 'Dee'),
    cleo: actorOf(stage, 'Cleo'),
    dataset: (document: string, records: readonly object[]) =>
      makeDataset(newest().parley, document, records),
    raw: (dataset: string) => exportLines(newest().parley, dataset, 'raw'),
    lines: (dataset: string, as: string) => exportLines(newest().parley, dataset, as),
    close: async () => {
      for (const one of [...services].reverse()) await one.close()
      await discord.close()
      await database.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

type Stage = {
  discord: DiscordStandIn
  clock: { advance(seconds: number): void }
  quiet(): Promise<void>
}

/** A person who takes a second to read, acts, and sees what became of it. */
function actorOf({ discord, clock, quiet }: Stage, name: string) {
  const person: Person = discord.person(name)
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
    types: (command: string, where?: Parameters<Person['command']>[1]) =>
      act(() => person.command(command, where)),
    presses: (label: string, where?: Parameters<Person['press']>[1]) =>
      act(() => person.press(label, where)),
    chooses: (menu: string, ...options: string[]) => act(() => person.choose(menu, ...options)),
    writes: (label: string, text: string) => act(() => person.fill(label, text)),
    attaches: (label: string, file: string, content: string | Uint8Array) =>
      act(() => person.attach(label, file, content)),
    uses: (command: string, message: string) => act(() => person.useMessage(command, message)),
    submits: () => act(() => person.submit()),
    /** Types /label dataset:NAME, and agrees where that is asked. */
    async joins(dataset: string): Promise<void> {
      await act(() => person.command(`/label dataset:${dataset}`))
      if (/\[Start\]/.test(person.screen())) await act(() => person.press('Start'))
    },
  }
}
