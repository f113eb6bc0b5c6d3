/** A dataset comes out of a running Argilla whole: ranks with their ties, drafts, discards, suggestions. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ArgillaServer } from '../../src/argilla/ask.ts'
import { openUsers, type UserMap } from '../../src/argilla/users.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import { openSafeFetch, type SafeFetch } from '../../src/fetch/safe.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { documentOf } from '../../src/imports/argilla/document.ts'
import {
  findDataset,
  openServerUsers,
  pagesOf,
  parseServer,
  restReader,
} from '../../src/imports/argilla/rest.ts'
import { getRecord, listRecords } from '../../src/records/record.ts'
import { cleo } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import {
  cutOff,
  type StandInDataset,
  type StandInUser,
  startArgilla,
  uuid,
  when,
} from './server.ts'

const key = 'the key of an owner'
const users: StandInUser[] = [
  { id: uuid(1), username: 'olga', role: 'owner' as const, api_key: key },
  { id: uuid(2), username: 'ann', role: 'admin' as const, api_key: 'the key of an admin' },
  { id: uuid(3), username: 'ben', role: 'annotator' as const, api_key: 'the key of an annotator' },
]
const questions = [
  {
    id: uuid(11),
    ...{ name: 'preference', title: 'Which is better?', description: null, required: true },
    settings: {
      type: 'ranking',
      options: ['response_a', 'response_b', 'response_c'].map((value) => ({ value, text: value })),
    },
  },
  {
    id: uuid(12),
    ...{ name: 'clarity', title: 'How clear?', description: null, required: false },
    settings: { type: 'rating', options: [1, 2, 3, 4, 5].map((value) => ({ value })) },
  },
  {
    id: uuid(13),
    ...{ name: 'comment', title: 'Why?', description: null, required: false },
    settings: { type: 'text', use_markdown: false },
  },
]
const fields = ['prompt', 'response_a', 'response_b', 'response_c'].map((name, at) => ({
  id: uuid(20 + at),
  ...{ name, title: name, required: true, settings: { type: 'text', use_markdown: false } },
}))
const prefs: StandInDataset = {
  ...{ id: uuid(90), name: 'prefs', workspace_id: uuid(80), guidelines: 'Rank the responses.' },
  distribution: { strategy: 'overlap', min_submitted: 2 },
  ...{ fields, questions, records: [] },
}
const other: StandInDataset = { ...prefs, id: uuid(91), name: 'other', records: [] }
const twin: StandInDataset = { ...prefs, id: uuid(92), workspace_id: uuid(81), records: [] }

let here: TestParley
let argilla: Awaited<ReturnType<typeof startArgilla>>
let fetch: SafeFetch
beforeAll(async () => {
  here = await startParley()
  argilla = await startArgilla({
    users,
    workspaces: [
      { id: uuid(80), name: 'team' },
      { id: uuid(81), name: 'guests' },
    ],
    datasets: [prefs, other, twin],
  })
  fetch = openSafeFetch({ allow: [argilla.host, argilla.host.replace('127.0.0.1', 'localhost')] })
})
afterAll(async () => {
  await fetch.close()
  await argilla.close()
  await here.close()
})
beforeEach(() => {
  argilla.faults.length = 0
  argilla.asked.length = 0
  prefs.records = []
})

const server = (apiKey = key, address = argilla.address): ArgillaServer => ({
  ...{ address, apiKey, fetch },
})
const find = (wanted = { dataset: 'prefs', workspace: 'team' }) => findDataset(server(), wanted)

type Ranks = readonly (number | null)[]
type Said = { user: number | null; ranks?: Ranks; status?: string; more?: object; at?: number }

function record(number: number, responses: readonly Said[], more: object = {}): object {
  return {
    id: uuid(1000 + number),
    ...{ status: 'pending', external_id: `r${number}`, metadata: { source: 'web' } },
    fields: { prompt: `Say ${number}`, response_a: 'A.', response_b: 'B.', response_c: 'C.' },
    responses: responses.map(({ user, ranks, status, more: values, at = number }, n) => ({
      id: uuid(number * 100 + n),
      values:
        ranks || values ? { ...(ranks ? { preference: rankingOf(ranks) } : {}), ...values } : null,
      ...{ status: status ?? 'submitted', record_id: uuid(1000 + number) },
      user_id: user === null ? null : uuid(user),
      ...{ inserted_at: when(at), updated_at: when(at) },
    })),
    suggestions: [],
    ...{ dataset_id: uuid(90), inserted_at: when(number), updated_at: when(number) },
    ...more,
  }
}

/** In the order of the options, whatever the ranks, as Argilla's page sends it. */
function rankingOf(ranks: Ranks) {
  return {
    value: ranks.map((rank, at) => ({ value: `response_${'abc'[at]}`, rank })),
  }
}

let made = 0
async function makeHere() {
  const found = await find()
  const { document } = documentOf(found.settings, { name: `here-${++made}` })
  const dataset = await insertDataset(here.parley, { ...document, access: 'everyone' })
  return { found, dataset }
}

type Here = Awaited<ReturnType<typeof makeHere>>

async function bring({ found, dataset }: Here, map: UserMap = new Map(), signal?: AbortSignal) {
  const warnings: string[] = []
  const shown: unknown[] = []
  const report = await importForeign(here.parley, cleo, {
    dataset: dataset.name,
    read: restReader(
      { ...server(), ...(signal ? { signal } : {}) },
      found,
      { users: openUsers(map), trustOrder: false },
      {
        warning: (sentence) => warnings.push(sentence),
        progress: (read, total) => shown.push([read, total]),
      },
    ),
    unit: 'row',
  })
  return { report, warnings, shown }
}

async function answersOf({ dataset }: Here) {
  const rows = await here.parley.db
    .selectFrom('responses')
    .innerJoin('assignments', 'assignments.id', 'responses.assignmentId')
    .innerJoin('records', 'records.id', 'assignments.recordId')
    .innerJoin('pseudonyms', (join) =>
      join
        .onRef('pseudonyms.labelerId', '=', 'assignments.labelerId')
        .on('pseudonyms.datasetId', '=', dataset.id),
    )
    .select(['records.externalId', 'pseudonym', 'responses.status', 'responses.revision'])
    .select(['responses.values', 'responses.submittedAt', 'assignments.counted'])
    .where('responses.datasetId', '=', dataset.id)
    .orderBy('records.externalId')
    .orderBy('pseudonym')
    .execute()
  return rows
}

describe('happy: what was answered there', () => {
  test('ranks come with their ties, drafts as drafts, discards as discards, suggestions with their agent', async () => {
    prefs.records = [
      record(
        1,
        [
          { user: 2, ranks: [2, 1, 2], more: { clarity: { value: 4 } } },
          { user: 3, ranks: [1, 3, 3], more: { comment: { value: 'clear' } } },
        ],
        {
          status: 'completed',
          suggestions: [
            {
              ...{ id: uuid(500), question_id: uuid(12), type: 'model', value: 3 },
              ...{ score: 0.8, agent: 'gpt-4o', inserted_at: when(1), updated_at: when(1) },
            },
          ],
        },
      ),
      record(2, [
        { user: 2, ranks: [1, null, null], status: 'draft' },
        { user: 3, status: 'discarded' },
      ]),
      record(3, [], { external_id: null, metadata: null }),
    ]
    const at = await makeHere()
    const map = new Map([
      [uuid(2), 'ann'],
      [uuid(3), 'ben'],
    ])
    const { report, warnings, shown } = await bring(at, map)
    expect(report.refused.lines).toEqual([])
    expect(warnings).toEqual([])
    expect(shown).toEqual([[3, 3]])
    expect(report).toMatchObject({ created: 3, answers: { created: 4 } })
    const said = await answersOf(at)
    const ranking = (ranks: object) => ({ mode: 'full', ranks, all_unacceptable: false })
    expect(
      said.map(({ externalId, pseudonym, status, values }) => ({
        externalId,
        pseudonym,
        status,
        values,
      })),
    ).toEqual([
      {
        ...{ externalId: 'r1', pseudonym: 'ann', status: 'submitted' },
        values: {
          preference: ranking({ response_a: 2, response_b: 1, response_c: 2 }),
          clarity: 4,
        },
      },
      {
        ...{ externalId: 'r1', pseudonym: 'ben', status: 'submitted' },
        values: {
          preference: ranking({ response_a: 1, response_b: 2, response_c: 2 }),
          comment: 'clear',
        },
      },
      {
        ...{ externalId: 'r2', pseudonym: 'ann', status: 'draft' },
        values: { preference: expect.objectContaining({ ranks: { response_a: 1 } }) },
      },
      { ...{ externalId: 'r2', pseudonym: 'ben', status: 'discarded' }, values: {} },
    ])
    expect(said[0]?.submittedAt?.toISOString()).toBe('2024-11-05T10:01:00.000Z')
    const { records } = await listRecords(here.parley, { dataset: at.dataset.name })
    expect(records.map(({ externalId, status }) => ({ externalId, status }))).toEqual([
      { externalId: uuid(1003), status: 'pending' },
      { externalId: 'r1', status: 'completed' },
      { externalId: 'r2', status: 'pending' },
    ])
    const first = await getRecord(here.parley, { dataset: at.dataset.name, externalId: 'r1' })
    expect(first).toMatchObject({
      metadata: { source: 'web' },
      suggestions: { clarity: { value: 3, score: 0.8, agent: 'gpt-4o' } },
    })
  })

  test('any ranking, whatever its ties and gaps, keeps its order, and a rerun changes nothing', async () => {
    const level = fc.integer({ min: 1, max: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.tuple(level, level, level), { minLength: 1, maxLength: 3 }), {
          minLength: 1,
          maxLength: 4,
        }),
        async (all) => {
          prefs.records = all.map((rankings, at) =>
            record(
              at + 1,
              rankings.map((ranks, n) => ({ user: n + 1, ranks })),
            ),
          )
          const at = await makeHere()
          const { report } = await bring(at)
          expect(report.refused.count).toBe(0)
          const said = await answersOf(at)
          expect(said).toHaveLength(all.flat().length)
          for (const [n, rankings] of all.entries())
            expect(
              said
                .filter(({ externalId }) => externalId === `r${n + 1}`)
                .map(({ values }) => JSON.stringify(Object(values)['preference'].ranks))
                .sort(),
            ).toEqual(rankings.map((ranks) => JSON.stringify(dense(ranks))).sort())
          const again = await bring(at)
          expect(again.report).toMatchObject({
            ...{ created: 0, updated: 0, unchanged: all.length },
            answers: { created: 0, changed: 0, unchanged: all.flat().length },
          })
          expect(await answersOf(at)).toEqual(said)
        },
      ),
      { numRuns: 10 },
    )
  })

  test('responses of deleted users are each somebody’s', async () => {
    prefs.records = [
      record(1, [
        { user: null, ranks: [1, 2, 3], at: 5 },
        { user: null, ranks: [3, 2, 1], at: 4 },
      ]),
    ]
    const at = await makeHere()
    await bring(at)
    const said = await answersOf(at)
    expect(new Set(said.map(({ pseudonym }) => pseudonym)).size).toBe(2)
    expect((await bring(at)).report.answers).toEqual({
      created: 0,
      changed: 0,
      unchanged: 2,
      surplus: 0,
      refused: 0,
    })
  })

  test('pages follow one another to the end, each record once', async () => {
    prefs.records = Array.from({ length: 600 }, (_, n) =>
      record(n + 1, [{ user: 2, ranks: [1, 2, 3] }]),
    )
    const at = await makeHere()
    const { report, shown } = await bring(at)
    expect(shown).toEqual([
      [250, 600],
      [500, 600],
      [600, 600],
    ])
    expect(report).toMatchObject({ lines: 600, created: 600, answers: { created: 600 } })
  })

  test('an older server that does not count its records is read to its end', async () => {
    prefs.records = Array.from({ length: 300 }, (_, n) => record(n + 1, []))
    const withoutTotal = async () => {
      const read: number[] = []
      for await (const { items } of pagesOf(server(), prefs.id)) read.push(items.length)
      return read
    }
    const full = await withoutTotal()
    expect(full).toEqual([250, 50])
    argilla.faults.push(
      ...[0, 250].map(
        (offset) => () => Response.json({ items: prefs.records.slice(offset, offset + 250) }),
      ),
      () => Response.json({ items: [] }),
    )
    expect(await withoutTotal()).toEqual([250, 50])
  })

  test('a page too large to hold is asked for in smaller ones', async () => {
    const long = 'x'.repeat(1_000_000)
    prefs.records = Array.from({ length: 40 }, (_, n) => record(n + 1, [], { metadata: { long } }))
    const sizes: number[] = []
    for await (const { items } of pagesOf(server(), prefs.id)) sizes.push(items.length)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(40)
    expect(Math.max(...sizes)).toBeLessThan(33)
  })
})

describe('happy: what passes by itself', () => {
  test('is asked again: too many questions, a server that restarts, a page that is cut off', async () => {
    prefs.records = [record(1, [{ user: 2, ranks: [2, 1, 1] }])]
    const at = await makeHere()
    argilla.asked.length = 0
    argilla.faults.push(
      (c) => c.json({ detail: 'slowly' }, 429, { 'retry-after': '0' }),
      (c) => c.json({ detail: 'wait' }, 503, { 'retry-after': new Date(0).toUTCString() }),
      cutOff,
    )
    const { report } = await bring(at)
    expect(report).toMatchObject({ created: 1, refused: { count: 0 } })
    expect(argilla.asked).toHaveLength(4)
  })

  test('what was cut short goes on where it was when it is run again', async () => {
    prefs.records = Array.from({ length: 520 }, (_, n) =>
      record(n + 1, [{ user: 2, ranks: [1, 1, 2] }]),
    )
    const at = await makeHere()
    // The key is taken away in the middle.
    argilla.faults.push(
      () => null,
      () => null,
      (c) => c.json({ detail: 'gone' }, 401),
    )
    await expect(bring(at)).rejects.toMatchObject({ code: 'forbidden' })
    const before = await answersOf(at)
    expect(before).toHaveLength(500)
    const { report } = await bring(at)
    expect(report).toMatchObject({
      ...{ lines: 520, created: 20, updated: 0, unchanged: 500 },
      answers: { created: 20, changed: 0, unchanged: 500 },
    })
    expect(
      (await answersOf(at)).filter(({ externalId }) =>
        before.some((one) => one.externalId === externalId),
      ),
    ).toEqual(before)
  })

  test('records added while it is read are reported', async () => {
    prefs.records = Array.from({ length: 300 }, (_, n) => record(n + 1, []))
    const at = await makeHere()
    argilla.faults.push(
      () => null,
      () => {
        prefs.records.push(record(301, []))
        return null
      },
    )
    const { report, warnings } = await bring(at)
    expect(report.created).toBe(301)
    expect(warnings).toEqual([expect.stringContaining('Run the same command again')])
  })
})

describe('happy: finding it', () => {
  test('a dataset is found by its name or its id, its settings as a document', async () => {
    for (const wanted of [{ dataset: 'other' }, { dataset: uuid(91) }])
      expect(await findDataset(server(), wanted)).toMatchObject({ id: uuid(91), name: 'other' })
    const found = await find({ dataset: 'prefs', workspace: 'guests' })
    expect(found).toMatchObject({ id: uuid(92), workspace: { id: uuid(81), name: 'guests' } })
    const { document } = documentOf(found.settings, { name: found.name })
    expect(document).toMatchObject({
      ...{ name: 'prefs', guidelines: 'Rank the responses.' },
      fields: [{ name: 'prompt' }],
      questions: [
        { type: 'ranking', name: 'preference' },
        { type: 'rating', name: 'clarity' },
        { type: 'text', name: 'comment' },
      ],
      distribution: { min_submitted: 2 },
    })
  })

  test('it may lie below a path', async () => {
    argilla.faults.push(...[{ items: [] }, { items: [] }].map((body) => () => Response.json(body)))
    await expect(
      findDataset(server(key, `${argilla.address}/api/argilla`), {}),
    ).rejects.toMatchObject({ code: 'not_found' })
    expect(argilla.asked[0]).toBe('/api/argilla/api/v1/me/datasets')
  })

  test('a file of users may name them; whose key sees no users has it read by ids', async () => {
    const found = await find()
    const map = new Map([
      ['ann', 'labeler-1'],
      [uuid(3), 'labeler-2'],
    ])
    const names = async (apiKey: string) => {
      argilla.asked.length = 0
      const { users, warning } = await openServerUsers(server(apiKey), found, map)
      return { names: [2, 3].map((id) => users.labelerOf(uuid(id))), warning }
    }
    for (const apiKey of [key, 'the key of an admin'])
      expect(await names(apiKey)).toEqual({ names: ['labeler-1', 'labeler-2'], warning: null })
    expect(await names('the key of an annotator')).toEqual({
      names: [expect.stringMatching(/^argilla-/), 'labeler-2'],
      warning: expect.stringContaining('read by their ids alone'),
    })
    // Without a file, those who came from here are known again by their last names.
    users.push({
      role: 'annotator',
      api_key: 'x',
      id: uuid(4),
      username: 'x',
      first_name: 'Parley',
      last_name: 'p-4',
    })
    const { users: known } = await openServerUsers(server(), found)
    users.pop()
    expect(known.labelerOf(uuid(4))).toBe('p-4')
    expect(known.labelerOf(uuid(3))).toMatch(/^argilla-/)
  })

  test.each([
    ['https://argilla.example', 'https://argilla.example', null],
    ['https://argilla.example/', 'https://argilla.example', null],
    ['http://host:6900/below/it/', 'http://host:6900/below/it', null],
    [`https://a.example/dataset/${uuid(1)}/annotation-mode?page=2`, 'https://a.example', uuid(1)],
    [`https://a.example/x/dataset/${uuid(1)}`, 'https://a.example/x', uuid(1)],
  ])('%s is an address of it', (text, address, dataset) => {
    expect(parseServer(text)).toEqual({ address, dataset })
  })
})

describe('refused: in words that help, without the key in them', () => {
  test.each([
    [
      'a key that Argilla does not know',
      { apiKey: 'wrong' },
      'forbidden',
      /does not know ARGILLA_API_KEY/,
    ],
    [
      'a dataset that is not there',
      { dataset: 'none' },
      'not_found',
      /no dataset "none".*prefs \(workspace team\), other/,
    ],
    [
      'a name of two datasets',
      { dataset: 'prefs' },
      'invalid',
      /--workspace: Say which one: prefs \(workspace team\), prefs \(workspace guests\)/,
    ],
    ['no name where there are several', {}, 'invalid', /--argilla-dataset: Say which one/],
    [
      'a workspace that is not there',
      { dataset: 'prefs', workspace: 'x' },
      'not_found',
      /in a workspace "x"/,
    ],
  ])(
    '%s',
    async (_, {
      apiKey,
      ...wanted
    }: { apiKey?: string; dataset?: string; workspace?: string }, code, said) => {
      const error: unknown = await findDataset(server(apiKey), wanted).catch((one: unknown) => one)
      expect(error).toMatchObject({ code, message: expect.stringMatching(said) })
      expect(String(error instanceof Error ? `${error.stack} ${error.cause}` : '')).not.toContain(
        key,
      )
    },
  )

  test('records that the key may not read', async () => {
    const reading = pagesOf(server('the key of an annotator'), prefs.id).next()
    await expect(reading).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('of an owner, or of an admin of the workspace'),
    })
  })

  test('an address where no Argilla answers, or that leads elsewhere', async () => {
    const elsewhere = argilla.address.replace('127.0.0.1', 'localhost')
    argilla.faults.push(() => new Response('<html>', { headers: { 'content-type': 'text/html' } }))
    await expect(find()).rejects.toThrow(/No Argilla answers there/)
    argilla.faults.push((c) => c.redirect(`${elsewhere}/api/v1/me/datasets`))
    await expect(find()).rejects.toThrow(`It leads on to ${elsewhere}. Name that address.`)
    await expect(
      findDataset(server(key, `${argilla.address}/elsewhere`), {}),
    ).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('a server that stays away is given up, and says so', async () => {
    argilla.faults.push(
      ...Array.from(
        { length: 6 },
        () => () =>
          Response.json({ detail: 'no' }, { status: 503, headers: { 'retry-after': '0' } }),
      ),
    )
    await expect(find()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Argilla answers 503'),
    })
    expect(argilla.asked).toHaveLength(6)
  })

  test('a server that goes away in the middle leaves what came, and the count of it', async () => {
    prefs.records = Array.from({ length: 600 }, (_, n) =>
      record(n + 1, [{ user: 2, ranks: [1, 2, 3] }]),
    )
    const at = await makeHere()
    const away = () => Response.json({}, { status: 503, headers: { 'retry-after': '0' } })
    // Two pages, no list of users here.
    argilla.faults.push(
      () => null,
      () => null,
      ...Array.from({ length: 6 }, () => away),
    )
    await expect(bring(at)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('500 records with 500 answers are here'),
    })
    expect(await answersOf(at)).toHaveLength(500)
  })

  test('one bad record is reported by its position, the others are imported', async () => {
    prefs.records = [
      record(1, [{ user: 2, ranks: [1, 2, 3] }]),
      record(2, [], { fields: null }),
      record(3, [{ user: 2, ranks: [9, 1, 2], more: { comment: { value: 'nul \u0000' } } }]),
    ]
    const at = await makeHere()
    const { report } = await bring(at)
    expect(report.created).toBe(1)
    expect(report.refused.lines.map(({ line, path }) => [line, path])).toEqual([
      [2, 'fields'],
      [3, expect.stringContaining('comment')],
    ])
  })
})

function dense(ranks: readonly number[]) {
  const levels = [...new Set(ranks)].sort()
  return Object.fromEntries(
    ranks.map((rank, at) => [`response_${'abc'[at]}`, levels.indexOf(rank) + 1]),
  )
}
