/** People over HTTP: labelers, roles, invitations, posts, as an admin has them in chat and in the terminal. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publishDataset } from '../../../src/datasets/publish.ts'
import { addAnswer, addRecord, makeDataset, makeLabelers, ranked } from '../../exports/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { boss, type Call, calling, keyFor } from './client.ts'

let at: TestParley
let admin: Call
let name: string
let labeler: string

beforeAll(async () => {
  at = await startParley()
  const slack = at.parley.platforms.get('slack')
  if (slack)
    at.parley.platforms.set('slack', {
      ...slack,
      findChannel: async (text) => ({
        platform: 'slack',
        workspace: 'T1',
        channelId: text.replace('#', 'C-'),
      }),
    })
  const dataset = await makeDataset(at.parley)
  name = dataset.name
  ;[labeler = ''] = await makeLabelers(at.parley, 1)
  for (let n = 0; n < 3; n++) {
    const record = await addRecord(at.parley, dataset, { external_id: `r${n}` })
    if (n === 0)
      await addAnswer(at.parley, dataset, record, { labeler, values: ranked('a', 'b', 'c') })
  }
  await publishDataset(at.parley, boss, { dataset: name })
  admin = calling(at.parley, await keyFor(at.parley, ['admin']))
})
afterAll(() => at.close())

describe('happy', () => {
  test('labelers are listed, excluded from a dataset, and forgotten', async () => {
    const list = await admin('GET', '/v1/labelers')
    expect(list.json.data).toMatchObject([{ id: labeler, people: [], pseudonym: null }])
    const purged = await admin('POST', `/v1/datasets/${name}/purge`, { labeler })
    expect([purged.status, purged.json]).toEqual([200, { counted: 1 }])
    const gone = await admin('DELETE', `/v1/labelers/${labeler}`)
    expect([gone.status, gone.json]).toMatchObject([200, { deleted: expect.any(Number) }])
  })

  test('a role is granted and revoked, and a code is given once', async () => {
    const role = { role: 'admin', person: 'slack:T1:UNEW' }
    expect((await admin('POST', '/v1/roles', role)).json).toEqual(role)
    const revoked = await admin('DELETE', '/v1/roles/admin/slack:T1:UNEW')
    expect(revoked.json).toEqual({ revoked: true })
    expect((await admin('POST', '/v1/roles/claim-code')).json.code).toMatch(/^\w{4}-\w{4}-\w{4}$/)
  })

  test('people are invited, channels get a post, a hub and a daily report', async () => {
    const invited = await admin('POST', `/v1/datasets/${name}/deliver`, {
      ...{ to: ['slack:T1:UANA'], each: 2, due: '2026-12-24' },
    })
    expect([invited.status, invited.json]).toMatchObject([200, { invited: 1, already: 0 }])
    const posts = await admin('POST', `/v1/datasets/${name}/posts`, {
      to: 'slack:#evals',
      records: 1,
    })
    expect([posts.status, posts.json.data]).toMatchObject([201, [{ state: 'open' }]])
    const [{ id }] = posts.json.data
    const listed = await admin('GET', `/v1/datasets/${name}/posts`)
    expect(listed.json.data).toMatchObject([{ id, channel: 'C-evals', votes: 0 }])
    expect((await admin('POST', `/v1/posts/${id}/close`)).json).toEqual({ closed: true })
    expect((await admin('POST', `/v1/posts/${id}/close`)).json).toEqual({ closed: false })
    const hub = () => admin('POST', `/v1/datasets/${name}/hub`, { to: 'slack:#evals' })
    expect((await hub()).json).toEqual({ created: true })
    const digest = await admin('PUT', `/v1/datasets/${name}/digest`, {
      ...{ to: 'slack:#admins', on: true, zone: 'Europe/Vienna' },
    })
    expect(digest.json).toEqual({ on: true })
    expect((await admin('GET', '/v1/feeds')).json).toEqual({ data: [] })
  })
})

describe('refused', () => {
  test('what names nobody, no channel and no time', async () => {
    for (const [path, body, where] of [
      ['deliver', { to: ['slack:T1:UANA'], due: 'soon' }, 'due'],
      ['deliver', { to: [] }, 'to'],
      ['posts', { to: 'evals' }, 'to'],
      ['generations', { with: ['no-such-model'] }, 'with'],
      ['purge', { labeler: 7 }, 'labeler'],
    ] as const) {
      const refused = await admin('POST', `/v1/datasets/${name}/${path}`, body)
      expect([refused.status, Object.keys(refused.json.error.problems)], path).toEqual([
        422,
        [where],
      ])
    }
    expect((await admin('GET', '/v1/generations/12')).status).toBe(404)
    expect((await admin('POST', '/v1/posts/99/close')).status).toBe(404)
  })

  test('people of all datasets, to a key to one', async () => {
    const call = calling(at.parley, await keyFor(at.parley, ['admin'], name))
    expect((await call('GET', '/v1/labelers')).status).toBe(403)
    expect((await call('GET', `/v1/labelers?dataset=${name}`)).status).toBe(200)
    expect((await call('POST', '/v1/roles', { role: 'admin', person: 'slack:T1:U1' })).status).toBe(
      403,
    )
    expect((await call('DELETE', `/v1/labelers/${labeler}`)).status).toBe(403)
  })
})
