/** A key to one dataset, at every route of the document: others do not exist for it, and stay as they are. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../../src/assignments/next.ts'
import { createDataset } from '../../../src/datasets/create.ts'
import { getDataset } from '../../../src/datasets/dataset.ts'
import { parseDocument } from '../../../src/datasets/parse.ts'
import { httpApp } from '../../../src/http/app.ts'
import { scopes } from '../../../src/keys/scopes.ts'
import { submitResponse } from '../../../src/responses/submit.ts'
import { makeLabeler } from '../../assignments/ground.ts'
import { modelsAt } from '../../generation/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { type Answer, boss, type Call, calling, keyFor } from './client.ts'

let at: TestParley
let call: Call
let theirs: Readonly<Record<string, string>>

/** What there never was, under the same names. */
const nowhere: Readonly<Record<string, string>> = {
  ...{ dataset: 'nowhere', external_id: 'r1', record: '999', import: '999', export: '999' },
  ...{ generation: '999', post: '999', id: '999', key: 'q1' },
}

const document = (name: string) => ({ name, template: 'comparison', access: 'everyone' })

const record = { external_id: 'r1', prompt: 'Why?', outputs: ['One.', 'Two.'] }
const C1 = { platform: 'slack' as const, workspace: 'T1', channelId: 'C1' }

beforeAll(async () => {
  at = await startParley()
  const entry = { prices: { input: 1, output: 1 } }
  const fetching = { allow: ['127.0.0.1:9'] }
  Object.assign(at.parley, {
    models: modelsAt('http://127.0.0.1:9/v1', { alpha: entry }),
    fetching,
  })
  const slack = at.parley.platforms.get('slack')
  if (slack) at.parley.platforms.set('slack', { ...slack, findChannel: async () => C1 })
  for (const one of [
    ...[document('mine'), document('theirs')],
    { name: 'thumbs', template: 'thumbs', access: 'everyone', feedback: { from: ['app'] } },
    { name: 'questions', template: 'ask', access: 'everyone', ask: {} },
  ])
    await createDataset(at.parley, boss, { document: parseDocument(JSON.stringify(one)) })
  const all = calling(at.parley, await keyFor(at.parley, [...scopes]))
  theirs = await fill(all)
  call = calling(at.parley, await keyFor(at.parley, [...scopes], 'mine'))
})
afterAll(() => at.close())

/** A dataset that is worked on: records, an import, answers, an export, a post, a webhook; their ids. */
async function fill(all: Call): Promise<Record<string, string>> {
  const one = '/v1/datasets/theirs'
  const lines = [2, 3].map((n) => JSON.stringify({ ...record, external_id: `r${n}` })).join('\n')
  const ndjson = { 'content-type': 'application/x-ndjson' }
  await all('POST', `${one}/records`, record)
  const imported = await all('POST', `${one}/records`, lines, ndjson)
  await all('POST', `${one}/publish`)
  const generation = await all('POST', `${one}/generations`, { with: ['alpha'] })
  const post = await all('POST', `${one}/posts`, { to: 'slack:#evals', records: 1 })
  const labeler = await makeLabeler(at.parley, 'ana')
  const dataset = await getDataset(at.parley, 'theirs')
  const next = await nextAssignment(at.parley, labeler, { dataset })
  const [first = '', second = ''] = next?.shownOrder ?? []
  await submitResponse(at.parley, labeler, {
    ...{ assignmentId: next?.assignmentId ?? '', schemaVersion: 1, platform: 'slack' },
    values: { preference: { mode: 'full', ranks: { [first]: 1, [second]: 2 } } },
  })
  const exported = await all('POST', `${one}/exports`, { as: 'raw' })
  const url = 'http://127.0.0.1:9/hook'
  const webhook = await all('POST', '/v1/webhooks', { url, datasets: ['theirs'] })
  await all('POST', '/v1/datasets/questions/publish')
  const asked = { question: 'Which?', options: ['a', 'b'], people: 1, key: 'q1' }
  const ask = await all('POST', '/v1/datasets/questions/asks', asked)
  const made = [imported, generation, post, exported, webhook, ask]
  expect(made.map(({ status }) => status)).toEqual([200, 202, 201, 202, 201, 201])
  return {
    ...{
      dataset: 'theirs',
      external_id: 'r1',
      record: (await all('GET', `${one}/records/r1`)).json.id,
    },
    ...{ import: imported.json.import, export: exported.json.id, generation: generation.json.id },
    ...{ post: post.json.data[0].id, id: webhook.json.id, key: 'q1' },
  }
}

type Case = {
  /** absent: as if it had never been there. whole: for keys to all datasets. bounded: only what is its own. */
  is: 'absent' | 'whole' | 'bounded'
  body?: (dataset: string) => unknown
  query?: (dataset: string) => string
  /** In the address, where it is not what there is of every thing above. */
  params?: Readonly<Record<string, string>>
  /** What stands under `dataset`. */
  dataset?: string
}

const absent: Case = { is: 'absent' }
const bounded: Case = { is: 'bounded' }
const whole: Case = { is: 'whole' }
const to = { to: 'slack:#evals' }
const sends = (body: unknown): Case => ({ is: 'absent', body: () => body })

/** Every operation of the document. A new one is named here before this test passes. */
const operations: Readonly<Record<string, Case>> = {
  giveFeedback: {
    is: 'absent',
    body: (dataset) => ({
      ...{ source: 'app', dataset: dataset === 'theirs' ? 'thumbs' : dataset },
      ...{ message: 'm1', person: 'p1', verdict: 'up' },
      conversation: [{ role: 'assistant', content: 'Hello.' }],
    }),
  },
  listDatasets: bounded,
  createDataset: { is: 'whole', body: () => ({ name: 'new', template: 'comparison' }) },
  getDataset: absent,
  applyDataset: { is: 'absent', body: document },
  changeDataset: sends({ title: 'Another title' }),
  deleteDataset: { is: 'absent', query: () => '?force=true' },
  cloneDataset: { is: 'whole', body: () => ({ name: 'copy' }) },
  ...{ publishDataset: absent, reopenDataset: absent, pauseDataset: absent, closeDataset: absent },
  addRecords: sends({ ...record, external_id: 'new' }),
  ...{ listRecords: absent, getRecord: absent, deleteRecord: absent, requeueRecord: absent },
  deleteRecords: sends({ ids: ['r1'], force: true }),
  requeueRecords: sends({ ids: ['r1'] }),
  prioritizeRecords: sends({ ids: ['r1'], priority: 3 }),
  findRecords: absent,
  ...{ listImports: absent, undoImport: absent, getProgress: absent, readResponses: absent },
  getStats: absent,
  startExport: sends({ as: 'raw' }),
  ...{ getExport: absent, cancelExport: absent, downloadExport: absent },
  startGeneration: sends({ with: ['alpha'] }),
  ...{ cancelGenerationOf: absent, getGeneration: absent, cancelGeneration: absent },
  listFeeds: bounded,
  inviteLabelers: sends({ to: ['slack:T1:U1'] }),
  sendPreview: sends({ to: 'slack:T1:U1' }),
  setDigest: sends({ ...to, on: true }),
  createPosts: sends(to),
  ...{ listPosts: absent, closePost: absent },
  putHub: sends(to),
  ...{ listArenas: bounded, getArena: absent, openArena: sends(to), closeArena: sends(to) },
  listLabelers: { is: 'absent', query: (dataset) => `?dataset=${dataset}` },
  linkLabelers: { is: 'whole', body: () => ({ people: ['slack:T1:ana', 'slack:T1:ben'] }) },
  purgeLabeler: sends({ labeler: '1' }),
  forgetLabeler: { is: 'whole', params: { labeler: '1' } },
  pauseLabeler: { is: 'whole', params: { labeler: '1' }, body: () => ({}) },
  resumeLabeler: { is: 'whole', params: { labeler: '1' }, body: () => ({}) },
  messageLabeler: { is: 'whole', params: { labeler: '1' }, body: () => ({ text: 'Hello' }) },
  setLabelerQuota: { is: 'absent', params: { labeler: '1' }, body: () => ({ quota: 5 }) },
  grantRole: { is: 'whole', body: () => ({ role: 'admin', person: 'slack:T1:U1' }) },
  revokeRole: { is: 'whole', params: { role: 'admin', person: 'slack:T1:U1' } },
  createClaimCode: whole,
  listWebhooks: bounded,
  createWebhook: {
    is: 'absent',
    body: (dataset) => ({ url: 'http://127.0.0.1:9/hook', datasets: ['mine', dataset] }),
  },
  ...{ getWebhook: absent, deleteWebhook: absent, listWebhookDeliveries: absent },
  changeWebhook: sends({ state: 'disabled' }),
  ...{ rotateWebhookSecret: absent, testWebhook: absent },
  replayWebhook: sends({ since: '2026-01-01' }),
  listKeys: whole,
  createKey: { is: 'whole', body: (dataset) => ({ name: 'more', scopes: ['admin'], dataset }) },
  revokeKey: { is: 'whole', params: { key: '1' } },
  readAudit: { is: 'absent', query: (dataset) => `?dataset=${dataset}` },
  // Rules of other datasets are not asked; what it answers is that there are none.
  takeTraces: { is: 'bounded', body: () => ({ resourceSpans: [] }) },
  getResult: absent,
  getResultById: absent,
  ask: {
    is: 'absent',
    dataset: 'questions',
    body: () => ({ question: 'Which?', options: ['a', 'b'] }),
  },
  readAsk: { is: 'absent', dataset: 'questions' },
}

type Operation = { method: string; path: string; id: string }

async function listOperations(): Promise<Operation[]> {
  const answer = await httpApp(at.parley, []).request('/openapi.json')
  const { paths } = (await answer.json()) as {
    paths: Record<string, Record<string, { operationId: string }>>
  }
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId: id }]) => ({ method, path, id })),
  )
}

function send(
  { method, path, id }: Operation,
  { body, query, params = {}, dataset }: Case,
  names: Readonly<Record<string, string>>,
): Promise<Answer> {
  const isTheirs = names === theirs
  const given = { ...names, ...(isTheirs && dataset ? { dataset } : {}), ...params }
  const address = path.replace(/\{(\w+)\}/g, (_, name: keyof typeof given) => {
    const value = given[name]
    if (value === undefined) throw new Error(`${id}: nothing is known for {${name}}.`)
    return encodeURIComponent(value)
  })
  const asked = names['dataset'] ?? ''
  return call(method.toUpperCase(), `${address}${query?.(asked) ?? ''}`, body?.(asked))
}

/** Everything that is stored, but for keys' times and what the door itself notes. */
async function everything(): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE'
      and table_name not in ('api_keys', 'api_uses', 'api_answers') order by 1`.execute(
    at.parley.db,
  )
  const found: string[] = []
  for (const { name } of rows) {
    const all = await sql<{ row: string }>`
      select t::text as row from ${sql.table(name)} t order by 1`.execute(at.parley.db)
    found.push(`${name}: ${all.rows.map(({ row }) => row).join('\n')}`)
  }
  return found.join('\n')
}

describe('refused: a key to one dataset', () => {
  test('each route answers as if the others were not there, and changes nothing', async () => {
    const routes = await listOperations()
    expect(Object.keys(operations).sort()).toEqual(routes.map(({ id }) => id).sort())
    const before = await everything()
    for (const operation of routes) {
      const { id } = operation
      const spec = operations[id]
      if (!spec) throw new Error(id)
      const answered = await send(operation, spec, theirs)
      const expected = { absent: 404, whole: 403, bounded: 200 }[spec.is]
      expect([id, answered.status, answered.text]).toEqual([id, expected, answered.text])
      if (spec.is === 'bounded') expect(answered.text, id).not.toMatch(/theirs|thumbs|questions/)
      if (spec.is !== 'absent') continue
      const never = await send(operation, spec, nowhere)
      expect([id, plain(never)]).toEqual([id, plain(answered)])
    }
    await at.parley.settled()
    expect(await everything()).toBe(before)
  })
})

/** What a refusal says, whatever it is about. */
function plain({ status, json }: Answer) {
  const names = [...Object.values(theirs), ...Object.values(nowhere), 'thumbs', 'questions']
  const text = names.reduce(
    (said, name) => said.replaceAll(`"${name}"`, '"X"'),
    String(json?.error.message),
  )
  return { status, text }
}
