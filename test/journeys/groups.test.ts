/** Work for a channel and for a user group: who gets in, who is refused when, and what an admin is told. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyDataset } from '../../src/datasets/apply.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { admin, install, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
let channel = { id: '', name: '' }
let group = { id: '' }

const document =
  'name: team\ntemplate: comparison\ntitle: For the team\naccess: { slack: ["#ml", "@evals"] }\n'
const records = Array.from({ length: 9 }, (_, i) => ({
  id: `r${i + 1}`,
  prompt: `team prompt ${i + 1}`,
  outputs: [`left ${i + 1}`, `right ${i + 1}`],
}))

beforeAll(async () => {
  journey = await openJourney()
  const { slack, cleo, parley } = journey
  channel = slack.channel('ml', { members: ['Ana'] })
  group = slack.userGroup('evals', ['Ben'])
  await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
  await journey.dataset(document, records)
})
afterAll(() => journey.close())

const calls = (method: string) =>
  journey.slack.wire.filter((line) => line.path.endsWith(method)).length

describe('happy', () => {
  test('publishing finds the channel and the group once and for all, whatever they are called later', async () => {
    const { parley } = journey
    const entries = [`<#${channel.id}|ml>`, `<!subteam^${group.id}|@evals>`]
    expect((await getDataset(parley, 'team')).document.access).toEqual({ slack: entries })
    const applied = await applyDataset(parley, admin, { document: parseDocument(document) })
    expect(applied.changed).toBe(false)
    const wider = document.replace('"@evals"', '"@evals", "C0123456789"')
    await expect(applyDataset(parley, admin, { document: parseDocument(wider) })).rejects.toThrow(
      'There is no C0123456789 that Parley can see.',
    )
  })

  test('Ana of the channel and Ben of the group get in; a session asks Slack once who is there', async () => {
    const { ana, ben, clock } = journey
    // Publishing counted the channel's people, which is known for ten minutes.
    clock.advance(10 * 60)
    const before = calls('conversations.members')
    await ana.joins('team')
    for (let i = 0; i < 3; i++) await ana.presses('A is better', { in: 'team prompt' })
    await ana.openHome()
    await journey.quiet()
    expect(ana.screen()).toContain('For the team')
    await ana.openMessages()
    expect(calls('conversations.members')).toBe(before + 1)
    await ben.joins('team')
    await ben.presses('B is better', { in: 'team prompt' })
    expect(await journey.raw('team')).toHaveLength(4)
  })
})

describe('forbidden', () => {
  test('Dee is in neither: she is told nothing of it, and nothing of hers is kept', async () => {
    const { dee, parley } = journey
    await dee.types('/parley')
    await dee.receives('Nothing is waiting for you.')
    await dee.types('/parley next team')
    expect(dee.screen()).not.toContain('For the team')
    const known = await parley.db.selectFrom('identities').select('userId').execute()
    expect(known.map(({ userId }) => userId)).not.toContain(dee.id)
  })

  test('who leaves the channel is refused within ten minutes, at the open card too, in plain words', async () => {
    const { ana, slack, clock } = journey
    const answers = (await journey.raw('team')).length
    slack.leave('ml', 'Ana')
    clock.advance(10 * 60)
    await ana.presses('A is better', { in: 'team prompt' })
    await ana.receives('You are not on the list of “For the team” any more.')
    await ana.types('/parley next team')
    expect(ana.newest()).toContain('There is no dataset “team” that you are invited to.')
    expect(await journey.raw('team')).toHaveLength(answers)
    slack.channel('ml', { members: ['Ana'] })
    clock.advance(10 * 60)
    await ana.presses('A is better', { in: 'team prompt' })
    expect(await journey.raw('team')).toHaveLength(answers + 1)
  })
})

describe('refused: Slack does not say', () => {
  test('while it is away the last word counts for ten minutes, then Ana is asked to try again', async () => {
    const { ana, slack, clock } = journey
    const answers = (await journey.raw('team')).length
    slack.faults.every(({ method }) =>
      method === 'conversations.members' ? { status: 503 } : undefined,
    )
    clock.advance(6 * 60)
    await ana.presses('A is better', { in: 'team prompt' })
    expect(await journey.raw('team')).toHaveLength(answers + 1)
    clock.advance(5 * 60)
    await ana.presses('A is better', { in: 'team prompt' })
    expect(ana.screen().toLowerCase()).toContain('try again in a moment')
    expect(await journey.raw('team')).toHaveLength(answers + 1)
    slack.faults.every(null)
    clock.advance(60)
    await ana.presses('A is better', { in: 'team prompt' })
    expect(await journey.raw('team')).toHaveLength(answers + 2)
  })

  test('a Slack that hangs costs nobody Slack’s own error: the answer comes within its three seconds', async () => {
    const { ana, slack, clock } = journey
    clock.advance(11 * 60)
    slack.faults.next('conversations.members', { hangAfterEffectMs: 4000 })
    await ana.types('/parley next team')
    expect(ana.newest()).toContain('Please try again in a moment.')
    expect(slack.faults.seen.filter(({ kind }) => kind === 'operation_timeout')).toEqual([])
  })
})

describe('refused: publishing', () => {
  async function make(name: string, access: string) {
    const text = document.replace('name: team', `name: ${name}`).replace(/slack: .*\}/, access)
    await createDataset(journey.parley, admin, { document: parseDocument(`${text.trim()} }\n`) })
  }

  test('the admin reads which permission is missing, where to add it, and that Parley has to be invited', async () => {
    const { cleo, slack } = journey
    slack.channel('secret', { kind: 'private', members: ['Ana'], bot: false })
    await make('closed', 'slack: ["#secret"]')
    await make('team2', 'slack: ["@evals"]')
    await cleo.types('/parley-admin publish closed')
    expect(cleo.newest()).toContain('There is no channel #secret that Parley can see.')
    expect(cleo.newest()).toContain('invite @Parley')
    slack.grant(['chat:write', 'commands'])
    await cleo.types('/parley-admin publish closed')
    expect(cleo.newest()).toContain('Parley needs the permission channels:read')
    expect(cleo.newest()).toContain('Reinstall to Workspace')
    await cleo.types('/parley-admin publish team2')
    expect(cleo.newest()).toContain('usergroups:read')
    const { status } = await getDataset(journey.parley, 'team2')
    expect(status).toBe('draft')
    slack.grant(['chat:write', 'commands', 'usergroups:read'])
    await publishDataset(journey.parley, admin, { dataset: 'team2' })
    expect((await getDataset(journey.parley, 'team2')).status).toBe('ready')
  })
})

describe('happy: two workspaces by OAuth', () => {
  test('the admin reads the scope and a link that asks for it beside what is there; a group is the one of its own workspace', async () => {
    const two = await openJourney({ mode: 'oauth' })
    const { slack, service, parley, cleo, ana } = two
    try {
      slack.channel('ml', { members: ['Ana'] })
      slack.userGroup('evals', ['Ben'])
      const other = slack.addWorkspace({ name: 'Other', people: ['Ana', 'Eve'], installed: false })
      await install(
        slack,
        service.address,
        other.teamId,
        'Eve',
        '?scopes=channels:read,groups:read',
      )
      other.channel('ml', { members: ['Ana', 'Eve'] })
      await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
      const draft = document.replace(', "@evals"', '')
      await createDataset(parley, admin, { document: parseDocument(draft) })
      const lines = [Buffer.from(records.map((one) => JSON.stringify(one)).join('\n'))]
      await importRecords(parley, admin, { dataset: 'team', source: lines })

      await cleo.types('/parley-admin publish team')
      expect(cleo.newest()).toContain('Parley needs the permission channels:read, groups:read.')
      const first = linkIn(cleo.newest())
      expect(first.search).toBe('?scopes=channels:read,groups:read')
      await install(slack, service.address, slack.teamId, 'Cleo', first.search)
      await cleo.types('/parley-admin publish team')
      expect(cleo.newest()).not.toContain('permission')
      expect((await getDataset(parley, 'team')).status).toBe('ready')

      const wider = document.replace('name: team', 'name: wider')
      await createDataset(parley, admin, { document: parseDocument(wider) })
      await cleo.types('/parley-admin publish wider')
      const second = linkIn(cleo.newest())
      expect(second.search).toBe('?scopes=usergroups:read,channels:read,groups:read')

      await ana.joins('team')
      await ana.presses('A is better', { in: 'team prompt' })
      const eve = other.person('Eve')
      expect(await eve.command('/parley next team')).toEqual({ ok: true })
      await two.quiet()
      expect(eve.screen()).toContain('Nothing is waiting for you.')
      expect(eve.screen()).not.toContain('For the team')
      expect(await two.raw('team')).toHaveLength(1)
    } finally {
      await two.close()
    }
  })
})

/** The address to install from that somebody reads. */
function linkIn(text: string): URL {
  const link = /https:\S+\/slack\/install\S*/.exec(text)?.[0]
  if (link === undefined) throw new Error(`There is no link in: ${text}`)
  return new URL(link)
}
