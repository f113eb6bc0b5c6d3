/** Home, as people and admins use it: what waits, one press to work, edits, and the admin's panel. */
import { gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { describe, expect, vi } from 'vitest'
import { pauseDataset, publishDataset } from '../../src/datasets/publish.ts'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { admin, type Journey } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest()

const pairs = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} left ${i + 1}`, `${name} right ${i + 1}`],
  }))

async function opens(journey: Journey, who: Journey['ana']): Promise<string> {
  journey.clock.advance(1)
  await who.openHome()
  await journey.quiet()
  return who.screen()
}

/** Every table with a row that holds this text anywhere. */
async function tablesThatHold(journey: Journey, text: string): Promise<string[]> {
  const { db } = journey.parley
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'
  `.execute(db)
  const found: string[] = []
  for (const { name } of rows) {
    const { rows: hits } = await sql`
      select 1 from ${sql.raw(name)} t where t::text like ${`%${text}%`} limit 1`.execute(db)
    if (hits.length > 0) found.push(name)
  }
  return found
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let left = 200; !holds(); left--) {
    if (left === 0) throw new Error(`${what} did not happen.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('happy: a labeler’s Home', () => {
  test('Ana opens Home before there is anything: it says so, and what she may type', async ({
    journey,
  }) => {
    const { ana } = journey
    const home = await opens(journey, ana)
    expect(home).toContain('Nothing is waiting for you.')
    expect(home).toContain('/parley history')
    expect(home).not.toContain('Datasets you manage')
    expect(home).not.toContain('[Start]')
    expect(ana.messages()).toEqual([])
  })

  test('she is welcomed there, and nothing of hers is kept before she presses Start', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset(
      'name: pairs\ntemplate: comparison\ntitle: Pairs to judge\nguidelines: Read both first.',
      pairs('pairs', 4),
    )
    const home = await opens(journey, ana)
    expect(home).toContain('Welcome to Parley')
    expect(home).toContain('What is stored:')
    expect(home).toContain('Pairs to judge')
    expect(await tablesThatHold(journey, ana.id)).toEqual([])
    await ana.presses('Start')
    expect(ana.modal()?.text).toContain('pairs prompt')
    // What she is called is asked of her platform, and nobody waits for that.
    await vi.waitFor(async () =>
      expect((await tablesThatHold(journey, ana.id)).sort()).toEqual([
        'public.identities',
        'public.profiles',
      ]),
    )
    await ana.hands.closeAll()
    expect(ana.screen()).toContain('You have a task open in “Pairs to judge”.')
    expect(ana.screen()).toContain('4 left')
  })

  test('one press starts a session in a window; Home follows when it is over, not per answer', async ({
    journey,
  }) => {
    const { ana, slack } = journey
    await opens(journey, ana)
    await ana.presses('Guidelines')
    expect(ana.modal()?.text).toContain('Read both first.')
    await ana.closes()
    const published = () => slack.wire.filter((line) => line.path.endsWith('views.publish')).length
    await ana.presses('Resume')
    const before = published()
    for (let i = 0; i < 3; i++) await ana.presses('A is better')
    expect(published()).toBe(before)
    await ana.presses('Undo')
    expect(ana.modal()?.text).toContain('Taken back.')
    await ana.presses('A is better')
    await ana.presses('A is better')
    expect(ana.modal()?.text).toContain('All done here.')
    expect(published()).toBe(before + 1)
    await ana.hands.closeAll()
    expect(ana.screen()).toContain('All done. Thank you!')
    expect(ana.screen()).toContain('Your recent answers')
    expect(ana.screen()).toMatch(/A > B · “pairs prompt \d” · Pairs to judge/)
    expect(ana.messages()).toEqual([])
  })

  test('she edits a recent answer from Home, and Home shows the new one', async ({ journey }) => {
    const { ana } = journey
    const before = await journey.raw('pairs')
    await opens(journey, ana)
    await ana.presses('Edit', { nth: 0 })
    await ana.chooses('Rank the answers', 'B is better')
    await ana.submits()
    await ana.hands.closeAll()
    expect(ana.screen()).toMatch(/B > A · “pairs prompt \d” · Pairs to judge/)
    expect(await journey.raw('pairs')).toHaveLength(before.length + 1)
  })

  test('the shortcut posts the next card in her messages', async ({ journey }) => {
    const { ben, clock, quiet } = journey
    clock.advance(1)
    await ben.globalShortcut('v1:start')
    await quiet()
    await ben.receives('Welcome to Parley')
    await ben.presses('Start')
    clock.advance(1)
    await ben.globalShortcut('v1:start')
    await quiet()
    expect(ben.newest()).toContain('pairs prompt')
    await ben.presses('A is better', { in: 'pairs prompt' })
  })

  test('Ana sets her reminders from Home; each change is saved as she makes it', async ({
    journey,
  }) => {
    const { ana } = journey
    await opens(journey, ana)
    await ana.presses('Your reminders')
    expect(ana.modal()?.text).toContain('Your reminders')
    const before = ana.modal()?.text
    await ana.presses('Turn off', { nth: 0 })
    expect(ana.modal()?.text).not.toBe(before)
    await ana.closes()
  })
})

describe('refused', () => {
  test('paused work says so on Home, and a Start that stands there still is answered in words', async ({
    journey,
  }) => {
    const { ben, parley } = journey
    await opens(journey, ben)
    await pauseDataset(parley, admin, { dataset: 'pairs' })
    await ben.presses('Start')
    expect(ben.screen()).toContain('“Pairs to judge” is paused right now.')
    const home = await opens(journey, ben)
    expect(home).toContain('the work is paused right now')
    expect(home).not.toContain('[Resume]')
    await publishDataset(parley, admin, { dataset: 'pairs' })
  })

  test('somebody who is on no list sees no dataset, no welcome and no panel', async ({
    journey,
  }) => {
    const { dee, slack, clock } = journey
    await pauseDataset(journey.parley, admin, { dataset: 'pairs' })
    await journey.dataset(
      `name: private\ntemplate: comparison\ntitle: For Ana\naccess: { slack: [${journey.ana.id}] }`,
      pairs('private', 1),
    )
    clock.advance(1)
    const home = await opens(journey, dee)
    expect(home).not.toContain('For Ana')
    expect(dee.messages()).toEqual([])
    expect(await tablesThatHold(journey, dee.id)).toEqual([])
    expect(home).not.toContain('[Start]')
    expect(slack.faults.seen).toEqual([])
    await publishDataset(journey.parley, admin, { dataset: 'pairs' })
  })
})

describe('happy: the admin’s panel', () => {
  test('Cleo sees how far each dataset is, previews, pauses and publishes from Home', async ({
    journey,
  }) => {
    const { cleo, parley } = journey
    await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
    const home = await opens(journey, cleo)
    expect(home).toContain('Datasets you manage')
    expect(home).toContain('0 of 4 records completed, 3 answers each')
    await cleo.menu('Preview', { nth: 1 })
    expect(cleo.screen()).toContain('The preview is in your messages')
    expect(cleo.newest()).toContain('Nothing you press here is stored.')
    await cleo.menu('Pause', { nth: 1 })
    expect(cleo.screen()).toContain('“pairs” is paused.')
    await cleo.presses('Publish')
    expect(cleo.screen()).toContain('“pairs” is ready.')
  })

  test('she exports by a form: what does not fit is said under its field, the file comes in private', async ({
    journey,
  }) => {
    const { cleo } = journey
    await opens(journey, cleo)
    await cleo.presses('Export', { nth: 1 })
    expect(cleo.modal()?.text).not.toContain('Which pairs of a ranking')
    await cleo.chooses('Format', 'preference: a prompt with')
    await cleo.chooses('Which pairs of a ranking', 'all')
    expect(cleo.modal()?.text).not.toContain('Which of several completions')
    await cleo.writes('Answers from this day on, such as 2026-03-01', 'soon')
    await cleo.writes('Answers until the end of this day', 'later')
    await cleo.submits()
    expect(Object.keys(cleo.errors())).toHaveLength(2)
    // Another format takes other options; what it does not take leaves with its value.
    await cleo.chooses('Format', 'raw: every answer')
    expect(cleo.modal()?.text).not.toContain('Which pairs of a ranking')
    expect(cleo.modal()?.text).not.toContain('Answers from this day on')
    await cleo.submits()
    expect(cleo.modal()?.text).toContain('Export of “pairs” as raw has started.')
    await cleo.hands.closeAll()
    await until(() => cleo.files().length === 2, 'Two files')
    expect(cleo.files().map(({ name }) => name)).toContain('pairs-raw.jsonl')
  })

  test('she imports a file: good lines are there, each refused one is told to her with its remedy', async ({
    journey,
  }) => {
    const { cleo } = journey
    await opens(journey, cleo)
    await cleo.menu('Import', { nth: 1 })
    await cleo.submits().catch(() => undefined)
    const lines = [
      ...pairs('more', 2).map((one) => JSON.stringify(one)),
      '{"prompt": 3',
      '{"id":9}',
    ]
    await cleo.upload('A file: .jsonl', [{ name: 'more.jsonl', content: lines.join('\n') }])
    await cleo.submits()
    expect(cleo.modal()?.text).toContain('“more.jsonl” is being read into “Pairs to judge”.')
    await cleo.hands.closeAll()
    await until(() => cleo.newest().includes('lines read'), 'The report')
    const report = cleo.newest()
    expect(report).toContain('4 lines read: 2 new, 2 refused.')
    expect(report).toContain('line 3')
    expect(report).toContain('line 4')
    expect(await opens(journey, cleo)).toContain('0 of 6 records completed')
  })

  test('a file of another kind is refused under its field, and without files:read she reads what to do', async ({
    journey,
  }) => {
    const { cleo, slack } = journey
    await opens(journey, cleo)
    await cleo.menu('Import', { nth: 1 })
    await cleo.upload('A file: .jsonl', [{ name: 'photo.png', content: 'x' }])
    await cleo.submits()
    expect(Object.values(cleo.errors()).join()).toContain('cannot read this kind of file')
    const large = new Uint8Array(10 * 1024 * 1024 + 1)
    // Slack's own client takes no larger one.
    expect(
      await cleo.upload('A file: .jsonl', [{ name: 'large.jsonl', content: large }]),
    ).toMatchObject({ ok: false })
    await cleo.hands.closeAll()
    slack.grant(['chat:write', 'commands'])
    await cleo.menu('Import', { nth: 1 })
    expect(cleo.modal()?.text).toContain('needs the permission files:read')
    await cleo.hands.closeAll()
    slack.grant(['chat:write', 'commands', 'files:write', 'files:read'])
  })
})

describe('twice', () => {
  test('the same packed file imported again changes nothing and says so', async ({ journey }) => {
    const { cleo } = journey
    const packed = gzipSync(
      pairs('packed', 2)
        .map((one) => JSON.stringify(one))
        .join('\n'),
    )
    for (const told of ['2 lines read: 2 new, 0 refused.', '2 unchanged, 0 refused.']) {
      await opens(journey, cleo)
      await cleo.menu('Import', { nth: 1 })
      await cleo.upload('A file: .jsonl', [{ name: 'packed.jsonl.gz', content: packed }])
      await cleo.submits()
      await cleo.hands.closeAll()
      await until(() => cleo.newest().includes(told), told)
    }
  })
})

describe('happy: choosing', () => {
  test('with several datasets Start opens the choice, and the first card comes in its place', async ({
    journey,
  }) => {
    const { dee } = journey
    await journey.dataset('name: other\ntemplate: comparison\ntitle: Other', pairs('other', 2))
    expect(await opens(journey, dee)).toContain('Welcome to Parley')
    await dee.presses('Start')
    expect(dee.modal()?.text).toContain('What would you like to work on?')
    await dee.presses('Start', { nth: 0 })
    await dee.presses('A is better')
    expect(dee.modal()?.text).toContain('Saved: A > B')
    await dee.hands.closeAll()
    const home = await opens(journey, dee)
    expect(home).toContain('You have a task open in')
  })
})

describe('forbidden', () => {
  test('Ben submits the forms of an admin that were never opened for him: nothing is exported or read', async ({
    journey,
  }) => {
    const { ben, slack, clock, quiet, parley } = journey
    const exports = () => parley.db.selectFrom('exports').select('id').execute()
    const records = () => parley.db.selectFrom('records').select('id').execute()
    const before = [await exports(), await records()]
    const given = { files: [{ id: 'F0', name: 'x.jsonl' }] }
    const text = { type: 'plain_text', text: 'x' }
    const options = [{ text, value: 'raw' }]
    for (const [callback, block, drawn, entered] of [
      ['v1:export', 'as', { type: 'static_select', options }, { selected_option: options[0] }],
      ['v1:import', 'file', { type: 'file_input' }, given],
    ] as const) {
      clock.advance(1)
      const payload = {
        type: 'view_submission',
        team: { id: slack.teamId, domain: 'x' },
        user: { id: ben.id, username: 'x', name: 'x', team_id: slack.teamId },
        api_app_id: slack.appId,
        trigger_id: `1.${clock.now().getTime()}.x`,
        view: {
          id: 'V0',
          type: 'modal',
          callback_id: callback,
          private_metadata: '{"d":"pairs"}',
          title: text,
          submit: text,
          blocks: [
            {
              ...{ type: 'input', block_id: block, label: text },
              element: { action_id: 'x', ...drawn },
            },
          ],
          state: { values: { [block]: { x: { type: drawn.type, ...entered } } } },
        },
      }
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      const sent = await slack.sendRaw(body, { ...slack.sign(body), ...type })
      await quiet()
      const told = JSON.stringify(sent)
      expect(told).toContain('for admins of Parley')
    }
    expect([await exports(), await records()]).toEqual(before)
  })

  test('Ben presses buttons of the admin’s panel that he never had: each is refused and nothing happens', async ({
    journey,
  }) => {
    const { ben, slack, clock, quiet, parley } = journey
    await opens(journey, ben)
    const before = slack.wire.length
    for (const verb of ['export', 'import', 'preview', 'publish', 'pause']) {
      clock.advance(1)
      const value = `v1:home:${verb}:pairs`
      const payload = {
        type: 'block_actions',
        team: { id: slack.teamId, domain: 'x' },
        user: { id: ben.id, username: 'x', name: 'x', team_id: slack.teamId },
        api_app_id: slack.appId,
        trigger_id: `1.${clock.now().getTime()}.x`,
        container: { type: 'view', view_id: 'V0' },
        view: { id: 'V0', type: 'home', blocks: [], state: { values: {} } },
        actions: [{ type: 'button', action_id: value, block_id: 'b', value, action_ts: '1.1' }],
      }
      const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
      const type = { 'content-type': 'application/x-www-form-urlencoded' }
      await slack.sendRaw(body, { ...slack.sign(body), ...type })
      await quiet()
      expect(ben.screen(), verb).toContain('This command is for admins of Parley.')
    }
    const called = slack.wire.slice(before).map((line) => line.path)
    expect(called.filter((path) => /views\.open|postMessage/.test(path))).toEqual([])
    const { status } = await parley.db
      .selectFrom('datasets')
      .select('status')
      .where('name', '=', 'pairs')
      .executeTakeFirstOrThrow()
    expect(status).toBe('ready')
  })
})
