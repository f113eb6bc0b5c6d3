/**
 * The service is killed by its pid at random moments and started again, while people work. What they
 * saw confirmed is checked against the raw export: nothing confirmed is lost, nothing is doubled.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../sandbox/slack/people.ts'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import { exportLines, journeySecret, makeDataset, type RawLine } from '../support/journey.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { randomOf } from '../support/random.ts'
import { freePort } from '../support/redis.ts'
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts'

const seed = Number(process.env['KILL_SEED'] ?? Math.floor(Math.random() * 1e9))
const kills = 5
const pairs = 6
const essays = 24

let inside: TestParley
let slack: SlackStandIn
let service: ServiceProcess

beforeAll(async () => {
  inside = await startParley()
  slack = await openSlackStandIn({ people: [{ name: 'Ana' }, { name: 'Ben' }] })
  const port = await freePort()
  slack.deliverTo(`http://127.0.0.1:${port}`)
  await makeDataset(
    inside.parley,
    'name: pairs\ntemplate: comparison\ntitle: Pairs',
    Array.from({ length: pairs }, (_, i) => ({
      id: `${i}`,
      prompt: `Pair <${i}>`,
      outputs: [`left ${i}`, `right ${i}`],
    })),
  )
  await makeDataset(
    inside.parley,
    'name: essays\ntemplate: completion\ntitle: Essays',
    Array.from({ length: essays }, (_, i) => ({ id: `${i}`, prompt: `Essay <${i}>` })),
  )
  service = await startServiceProcess({
    ...slack.env,
    DATABASE_URL: inside.database.url,
    PARLEY_SECRET: journeySecret,
    PARLEY_DATA_DIR: inside.dataDir,
    PORT: String(port),
    LOG_LEVEL: 'fatal',
  })
})
afterAll(async () => {
  await service?.stop()
  await slack?.close()
  await inside?.close()
})

/** What somebody saw confirmed: the record, and the words of the confirmation. */
type Confirmed = { record: string; said: string }

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Looks until it holds, for at most this long; says whether it did. */
async function comes(holds: () => boolean, ms = 2500): Promise<boolean> {
  for (const until = Date.now() + ms; Date.now() < until; await wait(15)) if (holds()) return true
  return holds()
}

/** Types the command until the service answers with something new. */
async function ask(person: Person, command: string): Promise<string> {
  for (;;) {
    await service.up()
    const before = person.messages().length
    const { ok } = await person.command(command)
    if (ok && (await comes(() => person.messages().length > before)))
      return person.messages().at(-1) ?? ''
  }
}

const choiceOf = (record: string) => (Number(record) % 2 === 0 ? 'A' : 'B')
const essayOf = (record: string) => `This is what Ben wrote about ${record}.`

/** One press per pair; a press that seems lost is made again on whatever card is there. */
async function pressPairs(ana: Person): Promise<Confirmed[]> {
  const confirmed: Confirmed[] = []
  let card = await ask(ana, '/parley next pairs')
  for (;;) {
    if (/All done/.test(card)) return confirmed
    const record = /^Pair <(\d+)>/m.exec(card)?.[1]
    if (record === undefined || !card.includes('[A is better]')) {
      card = await ask(ana, '/parley next pairs')
      continue
    }
    // The guard against double taps runs by the service's own clock.
    await wait(720)
    const best = choiceOf(record)
    const said = best === 'A' ? 'Saved: A > B' : 'Saved: B > A'
    const { ok } = await ana.press(`${best} is better`)
    const newest = () => ana.messages().at(-1) ?? ''
    if (ok && (await comes(() => newest() !== card))) {
      card = newest()
      if (card.includes(said) && !card.includes(`Pair <${record}>`))
        confirmed.push({ record, said })
    } else card = await ask(ana, '/parley next pairs')
  }
}

/** Form after form in one window; a form that got no answer is submitted again as it stands. */
async function writeEssays(ben: Person): Promise<Confirmed[]> {
  const confirmed: Confirmed[] = []
  for (;;) {
    const open = ben.modal()?.text
    if (open?.includes('All done')) {
      await ben.close()
      return confirmed
    }
    const record = /^Essay <(\d+)>/m.exec(open ?? '')?.[1]
    if (record === undefined || !open?.includes('[Submit]')) {
      if (open !== undefined) await ben.closeAll()
      if (/All done/.test(await ask(ben, '/parley next essays'))) return confirmed
      await ben.press('Answer')
      await comes(() => ben.modal() !== null)
      continue
    }
    await ben.fill('Your answer', essayOf(record))
    const { ok } = await ben.submit()
    if (!ok) await service.up()
    else if (ben.modal()?.text.includes(`Saved: “${essayOf(record)}”`))
      confirmed.push({ record, said: essayOf(record) })
    await wait(60)
  }
}

async function begin(person: Person, dataset: string): Promise<void> {
  await person.command(`/parley next ${dataset}`)
  await person.receives('Welcome to Parley', 20_000)
  await person.press('Start')
  await comes(() => !person.screen().includes('Welcome to Parley'))
}

function submittedOnce(raw: readonly RawLine[], records: number) {
  expect(raw).toHaveLength(records)
  expect(new Set(raw.map(({ record }) => record.external_id)).size).toBe(records)
  for (const { status, revision } of raw) expect([status, revision]).toEqual(['submitted', 1])
}

describe(`twice: killed and started again (KILL_SEED=${seed})`, () => {
  test('Ana and Ben lose no answer they saw confirmed, and none is doubled', async () => {
    const [ana, ben] = [slack.person('Ana'), slack.person('Ben')]
    const random = randomOf(seed)
    await begin(ana, 'pairs')
    await begin(ben, 'essays')
    let isOver = false
    const killing = (async () => {
      const since = Date.now()
      // A slow machine starts it slowly: then two kills have to do.
      for (let i = 0; i < kills && !isOver && (i < 2 || Date.now() - since < 12_000); i++) {
        await wait(100 + random() * 900)
        await service.killAndStart()
      }
    })()
    const [presses, forms] = await Promise.all([pressPairs(ana), writeEssays(ben)])
    isOver = true
    await killing

    const rawPairs = await exportLines(inside.parley, 'pairs', 'raw')
    submittedOnce(rawPairs, pairs)
    for (const { record, values, shown } of rawPairs) {
      const [first, second] = shown.order
      const [best, rest] = choiceOf(record.external_id) === 'A' ? [first, second] : [second, first]
      expect(values).toMatchObject({ preference: { ranks: { [`${best}`]: 1, [`${rest}`]: 2 } } })
    }
    const rawEssays = await exportLines(inside.parley, 'essays', 'raw')
    submittedOnce(rawEssays, essays)
    for (const { record, values } of rawEssays)
      expect(values).toEqual({ completion: essayOf(record.external_id) })

    const kept = new Set([
      ...rawPairs.map(({ record }) => `pair ${record.external_id}`),
      ...rawEssays.map(({ record }) => `essay ${record.external_id}`),
    ])
    const seen = [
      ...presses.map(({ record }) => `pair ${record}`),
      ...forms.map(({ record }) => `essay ${record}`),
    ]
    expect(seen.filter((one) => !kept.has(one))).toEqual([])
    // Most gestures were confirmed at once: the proof is about something.
    expect(seen.length).toBeGreaterThan((pairs + essays) / 2)
    console.log('faults', slack.faults.seen.map((f) => f.kind).join(), presses.length, forms.length)
    const illegal = slack.faults.seen.filter(
      ({ kind }) => !['dispatch_failed', 'operation_timeout'].includes(kind),
    )
    expect(illegal).toEqual([])
  }, 120_000)
})
