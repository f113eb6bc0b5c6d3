/**
 * Tenants: two companies and two servers in one Parley. Whoever is of one gets nothing of the other's,
 * not even the name: every gesture that names a dataset answers as if there were none.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPosts } from '../../src/assignments/post.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Interaction, Person, Reply } from '../../src/chat/port/port.ts'
import { mayJoin } from '../../src/datasets/access/homes.ts'
import { tenantsOf } from '../../src/datasets/access/tenants.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { pauseDataset, publishDataset } from '../../src/datasets/publish.ts'
import { startExport } from '../../src/exports/job/start.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import { isLetIn } from '../../src/labelers/memberships.ts'
import { adminActor, claimAdmin, createClaimCode, grantRole } from '../../src/labelers/roles.ts'
import { tellAdmins } from '../../src/outbound/tell-admins.ts'
import type { Actor } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const root: Actor = { type: 'admin', name: 'terminal' }
const slack = (workspace: string, userId: string): Person => ({
  ...{ platform: 'slack', workspace, userId, channelId: `C${workspace}` },
})
const discord = (guildId: string | undefined, userId: string): Person => ({
  ...{ platform: 'discord', workspace: '', userId },
  ...(guildId === undefined ? {} : { guildId, channelId: `7${guildId}` }),
})
const ada = slack('T1', 'UADA')
const bea = slack('T2', 'UBEA')
const dan = discord('1001', '41')
const eli = discord('1002', '42')
const owner = slack('T1', 'UADMIN')

let ground: TestParley
const ask = async (interaction: Interaction): Promise<Reply> =>
  handleInteraction(ground.parley, interaction)
const said = (reply: Reply) => JSON.stringify(reply)

async function dataset(name: string, access: string) {
  const text = `name: ${name}\ntemplate: comparison\ntitle: Title of ${name}\nguidelines: Rules of ${name}\naccess: ${access}`
  await createDataset(ground.parley, root, { document: parseDocument(text) })
  const lines = [1, 2, 3, 4].map((n) =>
    JSON.stringify({ id: `r${n}`, prompt: `Prompt of ${name}`, outputs: ['a', 'b'] }),
  )
  await importRecords(ground.parley, root, {
    ...{ dataset: name, name: 'lines.jsonl', source: [Buffer.from(lines.join('\n'))] },
  })
  return publishDataset(ground.parley, root, { dataset: name })
}

beforeAll(async () => {
  ground = await startParley()
  // The first gesture of each platform: there Parley is at home.
  await ask({ type: 'help', by: ada })
  await ask({ type: 'help', by: dan })
  for (const [name, access] of [
    ['secret-one', '[slack:T1, everyone of discord:1001]'],
    ['plain-two', '[slack:T2, everyone of discord:1002]'],
    ['at-home', 'everyone'],
  ] as const)
    await dataset(name, access)
  for (const person of ['slack:T1:UADA', 'slack:T2:UBEA', 'discord:1001:41', 'discord:1002:42'])
    await grantRole(ground.parley, root, { role: 'admin', person })
})
afterAll(() => ground.close())

/** Every gesture that names a dataset. */
const named = (dataset: string): { [type: string]: (by: Person) => Interaction } => ({
  next: (by) => ({ type: 'next', by, dataset }),
  guidelines: (by) => ({ type: 'dataset-guidelines', by, dataset }),
  progress: (by) => ({ type: 'admin-progress', by, dataset }),
  stats: (by) => ({ type: 'admin-stats', by, dataset }),
  publish: (by) => ({ type: 'admin-publish', by, dataset }),
  pause: (by) => ({ type: 'admin-pause', by, dataset }),
  export: (by) => ({ type: 'admin-export', by, dataset, format: 'raw', options: {} }),
  'export form': (by) => ({ type: 'admin-export-form', by, dataset }),
  'import form': (by) => ({ type: 'admin-import-form', by, dataset }),
  import: (by) => ({
    ...{ type: 'admin-import', by, dataset },
    file: { name: 'a.jsonl', size: 47, ref: 'F1' },
  }),
  preview: (by) => ({ type: 'admin-preview', by, dataset }),
  deliver: (by) => ({ type: 'admin-deliver', by, dataset, to: 'everyone' }),
  remind: (by) => ({ type: 'admin-remind', by, dataset, on: true }),
  post: (by) => ({ type: 'admin-post', by, dataset }),
  hub: (by) => ({ type: 'admin-hub', by, dataset }),
})

async function everything() {
  const { db } = ground.parley
  const { rows } = await sql`
    select (select count(*) from records) as records, (select count(*) from exports) as exports,
      (select count(*) from imports) as imports,
      (select count(*) from posts) as posts, (select count(*) from deliveries) as deliveries,
      (select count(*) from invitations) as invitations,
      (select count(*) from channel_digests) as digests,
      (select count(*) from messages) as messages,
      (select string_agg(status, ',' order by id) from datasets) as statuses`.execute(db)
  return { rows, sent: ground.sent.length }
}

describe('forbidden: a dataset of another tenant', () => {
  for (const [who, by] of [
    ['an admin of another workspace', bea],
    ['an admin of another server', eli],
    ['an admin of another server, in private', discord(undefined, '42')],
    ['a member of another workspace', slack('T2', 'UANY')],
    ['a member of another server', discord('1002', '99')],
  ] as const)
    test.each(Object.keys(named('x')))(`${who} asks for it: %s`, async (gesture) => {
      const before = await everything()
      const make = (name: string) => named(name)[gesture]?.(by)
      const [theirs, none] = [make('secret-one'), make('secret-zzz')]
      if (!theirs || !none) throw new Error('There is no such gesture.')
      const reply = said(await ask(theirs))
      expect(reply.replaceAll('secret-one', 'NAME')).toBe(
        said(await ask(none)).replaceAll('secret-zzz', 'NAME'),
      )
      expect(reply).not.toContain('Title of secret')
      expect(reply).not.toContain('Rules of secret')
      expect(await everything()).toEqual(before)
    })

  test('lists, Home and the mistyped name show what is theirs and no more', async () => {
    for (const [by, own] of [
      [bea, ['plain-two']],
      [eli, ['plain-two']],
      [ada, ['at-home', 'secret-one']],
      [dan, ['at-home', 'secret-one']],
      [owner, ['at-home', 'plain-two', 'secret-one']],
    ] as const) {
      const home = await ask({ type: 'home', by })
      if (home.type !== 'home') throw new Error(said(home))
      expect(home.home.admin?.datasets.map(({ name }) => name).sort()).toEqual(own)
      const progress = said(await ask({ type: 'admin-progress', by }))
      for (const name of ['at-home', 'plain-two', 'secret-one'])
        expect(progress.includes(name)).toBe((own as readonly string[]).includes(name))
    }
    const hint = said(await ask({ type: 'admin-stats', by: bea, dataset: 'secret-onn' }))
    expect(hint).not.toContain('secret-one')
  })

  test("somebody of T2 gets nothing by the ids of T1's task, post, preview and export", async () => {
    const { parley } = ground
    await ask({ type: 'consent', by: ada, version: consentVersion, dataset: 'secret-one' })
    await ask({ type: 'consent', by: bea, version: consentVersion })
    const task = await ask({ type: 'next', by: ada, dataset: 'secret-one' })
    if (task.type !== 'task') throw new Error(said(task))
    const { assignmentId } = task.card
    const to = { platform: 'slack', workspace: 'T1', channelId: 'CT1' } as const
    const [post] = await createPosts(parley, root, { dataset: 'secret-one', to })
    const job = await startExport(parley, root, { dataset: 'secret-one', as: 'raw' })
    const { id } = await parley.db
      .selectFrom('datasets')
      .select('id')
      .where('name', '=', 'secret-one')
      .executeTakeFirstOrThrow()
    const preview = `preview-${id}`
    const before = await everything()
    for (const by of [bea, eli, slack('T2', 'UNEW')])
      for (const gesture of [
        { type: 'open', assignmentId },
        { type: 'read', assignmentId, part: { field: 'prompt' } },
        { type: 'guidelines', assignmentId },
        { type: 'submit', assignmentId, schemaVersion: 1, values: {} },
        { type: 'press', assignmentId, schemaVersion: 1, press: 0 },
        { type: 'discard', assignmentId, reason: 'unclear' },
        { type: 'undo', assignmentId },
        { type: 'vote', postId: post?.id ?? '', on: 'm9' },
        { type: 'read', assignmentId: `post.${post?.id}`, part: { field: 'prompt' } },
        { type: 'open', assignmentId: preview },
        { type: 'read', assignmentId: preview, part: { field: 'prompt' } },
        { type: 'admin-export-cancel', exportId: job.id },
      ] as const) {
        const reply = said(await ask({ ...gesture, by }))
        expect(reply, gesture.type).not.toMatch(/secret-one|Title of|Prompt of|Rules of/)
      }
    expect(await everything()).toEqual(before)
    const { state } = await parley.db
      .selectFrom('exports')
      .select('state')
      .where('id', '=', job.id)
      .executeTakeFirstOrThrow()
    expect(state).toBe('queued')
  })

  test('a role that was taken away between the look and the write changes nothing', async () => {
    const { parley } = ground
    await grantRole(parley, root, { role: 'admin', person: 'slack:T1:UGONE' })
    const actor = await adminActor(parley, slack('T1', 'UGONE'))
    await parley.db.deleteFrom('roles').where('userId', '=', 'UGONE').execute()
    const before = await everything()
    const to = { platform: 'slack', workspace: 'T1', channelId: 'CT1' } as const
    for (const write of [
      () => pauseDataset(parley, actor, { dataset: 'secret-one' }),
      () => startExport(parley, actor, { dataset: 'secret-one', as: 'csv' }),
      () => createPosts(parley, actor, { dataset: 'secret-one', to }),
    ])
      await expect(write()).rejects.toThrow(/There is no dataset/)
    expect(await everything()).toEqual(before)
  })

  test('what Parley tells admins of a dataset goes to its own', async () => {
    await tellAdmins(ground.parley, {
      ...{ key: 'news', about: { dataset: 'secret-one' }, text: 'News of secret-one.' },
    })
    const told = await ground.parley.db
      .selectFrom('deliveries')
      .select(['workspace', 'recipient'])
      .where('key', 'like', 'news@%')
      .orderBy('recipient')
      .execute()
    expect(told.map(({ recipient }) => recipient)).toEqual(['41', 'UADA', 'UADMIN'])
  })
})

describe('happy: what is theirs', () => {
  test('admins of a workspace and of a server rule their own datasets', async () => {
    for (const [by, dataset] of [
      [ada, 'secret-one'],
      [dan, 'secret-one'],
      [discord(undefined, '41'), 'secret-one'],
      [bea, 'plain-two'],
      [eli, 'plain-two'],
      [ada, 'at-home'],
    ] as const) {
      expect(said(await ask({ type: 'admin-pause', by, dataset }))).toContain('paused')
      expect(said(await ask({ type: 'admin-publish', by, dataset }))).toContain(dataset)
    }
  })

  test('everyone of a workspace may label there, and nobody else', async () => {
    const { parley } = ground
    const lets = async (access: string, person: Person) =>
      isLetIn(
        parley,
        { document: parseDocument(`name: x\ntemplate: comparison\ntitle: X\naccess: ${access}`) },
        person,
      )
    const table: [string, Person, boolean][] = [
      ['everyone', slack('T1', 'U5'), true],
      ['everyone', slack('T2', 'U5'), false],
      ['everyone', discord('1001', '5'), true],
      ['everyone', discord('1002', '5'), false],
      ['{ slack: [U5] }', slack('T1', 'U5'), true],
      ['{ slack: [U5] }', slack('T2', 'U5'), false],
      ['{ slack: ["slack:T2:U5"] }', slack('T2', 'U5'), true],
      ['{ slack: ["slack:T2:U5"] }', slack('T1', 'U5'), false],
      ['slack:T2', slack('T2', 'U6'), true],
      ['everyone of slack:T2', slack('T1', 'U6'), false],
      ['{ slack: [everyone] }', slack('T1', 'U6'), true],
      ['{ slack: [everyone] }', discord('1001', '5'), false],
      ['everyone of discord:1002', discord('1002', '5'), true],
      ['everyone of discord:1002', discord('1001', '5'), false],
      ['discord:5', discord('1002', '5'), true],
    ]
    for (const [access, person, may] of table)
      expect([access, person, await lets(access, person)]).toEqual([access, person, may])
  })

  test('somebody in private is of the servers that Discord says they are on', async () => {
    const { parley } = ground
    const adapter = parley.platforms.get('discord')
    if (!adapter) throw new Error('Discord is off.')
    const memberOf = async ({ userId }: Person, entry: string) =>
      userId === '77' && entry === 'everyone of discord:1001'
    parley.platforms.set('discord', { ...adapter, memberOf })
    try {
      const document = { access: 'everyone' } as const
      expect(await isLetIn(parley, { document }, discord(undefined, '77'))).toBe(true)
      expect(await isLetIn(parley, { document }, discord(undefined, '78'))).toBe(false)
    } finally {
      parley.platforms.set('discord', adapter)
    }
  })

  test('the database and the program read an access list alike', async () => {
    const entries = {
      slack: [
        ...['everyone', 'U1', '<@U1|ana>', 'T1:U1', 'slack:T1:U1', 'T2', 'slack:T2', 'W1', '#ml'],
        ...['everyone of slack:T3', 'everyone of T4', '@evals', 'C0123ABCD', '<#C0123ABCD|T5>'],
        ...['T6:<#C0123ABCD|ml>', 'slack:T6:<!subteam^S0123ABCD|@x>', 'E7', 'ACME:U1', 'nonsense'],
      ],
      discord: [
        ...['everyone', '42', 'discord:42', '<@42>', '<@!42>', 'everyone of discord:9', '#arena'],
        ...['everyone of 9', '<#1:8|arena>', '<@&1:7|@x>', '<@&1>', '@a b', 'discord:6:42', 'T1'],
      ],
    }
    const lists = [
      ...Object.entries(entries).flatMap(([platform, all]) =>
        all.map((entry) => ({ [platform]: [entry] })),
      ),
      ...[undefined, 'everyone' as const, {}, { slack: [] }, entries],
    ]
    for (const access of lists) {
      const { rows } = await sql<{ tenants: string[] }>`
        select tenants_of(${JSON.stringify({ access })}::json) as tenants`.execute(ground.parley.db)
      expect([access, rows[0]?.tenants.sort()]).toEqual([access, tenantsOf(access)])
    }
  })

  test('publishing says so where access is wider than one workspace', async () => {
    const { warnings } = await dataset('wide', '[slack:T1, slack:T2]')
    expect(warnings).toEqual([expect.stringContaining('slack:T1, slack:T2')])
    const { warnings: none } = await dataset('narrow', 'slack:T2')
    expect(none).toEqual([])
  })
})

describe('forbidden: where Parley may not be installed', () => {
  test('a gesture from a workspace or server that is not allowed reads why, in plain words', async () => {
    const parley = { ...ground.parley, installAllow: ['slack:T1', 'discord:1001'] }
    expect([mayJoin(parley, 'slack', 'T1'), mayJoin(parley, 'slack', 'T2')]).toEqual([true, false])
    for (const [by, isAllowed] of [
      [ada, true],
      [dan, true],
      [bea, false],
      [eli, false],
    ] as const) {
      const reply = await handleInteraction(parley, { type: 'datasets', by })
      expect(said(reply).includes('is not open to this workspace')).toBe(!isAllowed)
    }
  })
})

describe('twice: homes', () => {
  test('whoever claims Parley first is at home where they are, whoever came before', async () => {
    const other = await startParley({ admins: [] })
    try {
      const { parley } = other
      await handleInteraction(parley, { type: 'help', by: bea })
      const code = await createClaimCode(parley, root)
      await claimAdmin(parley, ada, { code })
      await handleInteraction(parley, { type: 'help', by: bea })
      const homes = await parley.db.selectFrom('homes').selectAll().execute()
      expect(homes).toEqual([{ platform: 'slack', workspace: 'T1' }])
      const later = await createClaimCode(parley, root)
      await claimAdmin(parley, bea, { code: later })
      expect(await parley.db.selectFrom('homes').selectAll().execute()).toEqual(homes)
    } finally {
      await other.close()
    }
  })
})
