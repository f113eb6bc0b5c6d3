/** Somebody on Slack and Discord is one person, takes a copy of what is stored, and leaves. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import { startExport } from '../../src/exports/job/start.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { findLabeler } from '../../src/labelers/labeler.ts'
import { parsePerson } from '../../src/labelers/person.ts'
import { grantRole } from '../../src/labelers/roles.ts'
import { writeMyData } from '../../src/responses/my-data.ts'
import { type DiscordJourney, openDiscordJourney } from '../support/discord.ts'
import { admin } from '../support/journey.ts'

let slack: SlackStandIn
let journey: DiscordJourney

beforeAll(async () => {
  slack = await openSlackStandIn({ people: [{ name: 'Ana' }, { name: 'Cleo' }] })
  journey = await openDiscordJourney({ transport: 'http', env: slack.env })
  slack.deliverTo(journey.service.address)
  const records = [1, 2].map((n) => ({ id: `p${n}`, prompt: `Question ${n}`, outputs: ['a', 'b'] }))
  await journey.dataset('name: stays\ntitle: Stays\ntemplate: comparison\norder: fixed', records)
  await journey.dataset('name: goes\ntitle: Goes\ntemplate: comparison\nforget: delete', records)
})
afterAll(async () => {
  await journey.close()
  await slack.close()
})

/** Every file of anybody's copies. */
const copies = (): string[] =>
  readdirSync(join(journey.dataDir, 'my-data'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.jsonl'),
  )

const settled = async () => {
  await journey.service.parley.platforms.get('slack')?.settled?.()
  journey.clock.advance(1)
}

const waiting = { timeout: 60_000, interval: 200 }

const devNull = () => new Writable({ write: (_bytes, _encoding, done) => done() })

const statesOfExports = async () =>
  (await journey.parley().db.selectFrom('exports').select('state').execute()).map(
    ({ state }) => state,
  )

/** Every table with a row that holds this text anywhere. */
async function tablesThatHold(text: string): Promise<string[]> {
  const { db } = journey.parley()
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema', 'pgboss')
      and table_schema not like '%bull%' and table_type = 'BASE TABLE'`.execute(db)
  const found: string[] = []
  for (const { name } of rows) {
    const { rows: hits } = await sql`
      select 1 from ${sql.raw(name)} t where t::text like ${`%${text}%`} limit 1`.execute(db)
    if (hits.length > 0) found.push(name)
  }
  return found
}

describe('happy: one person', () => {
  test('a code typed in Slack joins both accounts, and no record comes twice', async () => {
    const ana = slack.person('Ana')
    await journey.ana.joins('stays')
    await journey.ana.presses('A is better')
    await journey.ana.types('/parley link')
    const [code = ''] = /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(journey.ana.screen()) ?? []
    await ana.command(`/parley link ${code}`)
    await settled()
    expect(ana.screen()).toContain('Your accounts are linked.')
    await ana.command('/parley next stays')
    await settled()
    expect(ana.screen()).toContain('Question 2')
    await ana.press('B is better')
    await settled()
    const lines = await journey.raw('stays')
    expect(new Set(lines.map((line) => line.labeler)).size).toBe(1)
    await ana.command(`/parley link ${code}`)
    await settled()
    expect(ana.screen()).toContain('This code does not work')
  })

  test('a copy of everything comes as a file, in private', async () => {
    await journey.ana.types('/parley my-data')
    expect(journey.ana.screen()).toContain('2 answers')
    await journey.ana.presses('Get a copy')
    const file = journey.ana.files().at(-1)
    const [person, ...answers] = (file?.text ?? '')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(person).toMatchObject({ type: 'person', consent_version: 2 })
    expect(person.identities.map((one: { platform: string }) => one.platform)).toEqual([
      'discord',
      'slack',
    ])
    expect(answers).toHaveLength(2)
    // What was handed over does not stay on the server.
    expect(copies()).toEqual([])
    expect(answers[0]).toMatchObject({
      type: 'answer',
      dataset: 'stays',
      record: 'p1',
      status: 'submitted',
    })
    expect(journey.ben.files()).toEqual([])
  })

  test('leaving is asked about once; then nobody knows them, and what may stay stays', async () => {
    const ana = slack.person('Ana')
    const id = journey.ana.id
    await journey.ana.joins('goes')
    await journey.ana.presses('A is better')
    expect(await journey.raw('goes')).toHaveLength(1)
    expect(await tablesThatHold(id)).toContain('public.identities')
    const parley = journey.parley()
    await grantRole(parley, admin, { role: 'admin', person: `discord:${journey.cleo.id}` })
    const file = join(journey.dataDir, 'before.jsonl')
    await exportToFile(parley, admin, { dataset: 'stays', as: 'raw', to: file })
    await exportToFile(parley, admin, { dataset: 'stays', as: 'raw', to: file, dryRun: true })
    await exportToFile(parley, admin, { dataset: 'goes', as: 'raw', to: devNull() })
    const bucket = { dataset: 'goes', as: 'raw', place: 's3://bucket/prefix' }
    await exportToFile(parley, admin, { ...bucket, to: join(journey.dataDir, 'sent.jsonl') })
    await startExport(parley, admin, { dataset: 'stays', as: 'preference' })
    await vi.waitFor(async () => expect(await statesOfExports()).toEqual(['done']), waiting)
    // A crash between writing a copy and handing it over leaves it behind.
    const labeler = await findLabeler(parley, parsePerson(`discord:${id}`))
    if (!labeler) throw new Error('Ana is nobody.')
    await writeMyData(parley, labeler)
    expect(copies()).toHaveLength(1)
    await ana.command('/parley my-data delete')
    await settled()
    expect(ana.screen()).toContain('cannot be undone')
    expect(await journey.raw('goes')).toHaveLength(1)
    await ana.press('Delete for good')
    await settled()
    expect(ana.screen()).toContain('does not know you any more')
    expect(await journey.raw('goes')).toEqual([])
    expect(await journey.raw('stays')).toHaveLength(2)
    for (const text of [id, ana.id]) expect(await tablesThatHold(text)).toEqual([])
    await vi.waitFor(() => expect(copies()).toEqual([]), waiting)
    await vi.waitFor(() => {
      const told = journey.cleo
        .messages()
        .filter((one) => one.includes('Somebody left'))
        .join('\n')
      expect(told).toContain(`stays (${file})`)
      expect(told).toMatch(/stays #\d+/)
      expect(told).toContain('goes (stdout)')
      expect(told).toContain('goes (s3://bucket/prefix)')
    }, waiting)
    await journey.ana.types('/parley my-data')
    expect(journey.ana.screen()).toContain('Parley stores nothing about you')
  })
})

describe('twice', () => {
  test('the button of a deletion that was done says that nothing is left', async () => {
    const ana = slack.person('Ana')
    await ana.command('/parley my-data delete')
    await settled()
    expect(ana.screen()).toContain('Parley stores nothing about you')
  })
})
