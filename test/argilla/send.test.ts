/** A dataset goes into a running Argilla with its answers, and what comes back is equal in every value. */
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ArgillaServer } from '../../src/argilla/ask.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { sendToArgilla } from '../../src/exports/argilla/send.ts'
import { recordLines } from '../../src/exports/formats/records.ts'
import { openSource } from '../../src/exports/source.ts'
import { openSafeFetch, type SafeFetch } from '../../src/fetch/safe.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { documentOf } from '../../src/imports/argilla/document.ts'
import { findDataset, openServerUsers, restReader } from '../../src/imports/argilla/rest.ts'
import { addAnswer, addRecord, cleo, makeDataset, makeLabelers, ranked } from '../exports/ground.ts'
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
const users: StandInUser[] = []
const datasets: StandInDataset[] = []
let here: TestParley
let argilla: Awaited<ReturnType<typeof startArgilla>>
let fetch: SafeFetch
beforeAll(async () => {
  here = await startParley()
  const workspaces = [{ id: uuid(80), name: 'team' }]
  argilla = await startArgilla({ users, workspaces, datasets })
  fetch = openSafeFetch({ allow: [argilla.host] })
})
afterAll(async () => {
  await fetch.close()
  await argilla.close()
  await here.close()
})
beforeEach(() => {
  argilla.faults.length = 0
  argilla.asked.length = 0
  datasets.length = 0
  users.length = 0
  users.push(
    { id: uuid(1), username: 'olga', role: 'owner', api_key: key },
    { id: uuid(2), username: 'ann', role: 'admin', api_key: 'the key of an admin' },
    { id: uuid(3), username: 'ben', role: 'annotator', api_key: 'the key of an annotator' },
  )
})

const server = (apiKey = key): ArgillaServer => ({ address: argilla.address, apiKey, fetch })
const send = (dataset: Dataset, more: object = {}, apiKey = key) =>
  sendToArgilla(here.parley, cleo, server(apiKey), { dataset: dataset.name, ...more })
const sent = (name: string) => {
  const found = datasets.find((one) => one.name === name)
  if (!found) throw new Error(`There is no ${name}.`)
  return found.records.map((one) => Object(one))
}

let made = 0
async function fetchDataset(name: string): Promise<Dataset> {
  const found = await findDataset(server(), { dataset: name })
  const { document } = documentOf(found.settings, { name: `back-${++made}` })
  const dataset = await insertDataset(here.parley, { ...document, access: 'everyone' })
  const { users: known } = await openServerUsers(server(), found)
  const report = await importForeign(here.parley, cleo, {
    dataset: dataset.name,
    read: restReader(
      server(),
      found,
      { users: known, trustOrder: false },
      { warning: () => {}, progress: () => {} },
    ),
  })
  expect(report.refused.lines).toEqual([])
  return dataset
}

/** Records, and who said what, without times and ids. */
async function said(dataset: Dataset) {
  const source = await openSource(here.parley, dataset.id)
  let text = ''
  for await (const { bytes } of recordLines(source)) text += bytes.toString('utf8')
  await source.close()
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
    .map(({ external_id, fields, outputs, metadata, suggestions, responses }) => ({
      ...{ external_id, fields, outputs, metadata, suggestions },
      responses: responses.map(({ labeler, status, values }: Record<string, unknown>) => ({
        ...{ labeler, status, values },
      })),
    }))
}

const options = ['response_a', 'response_b', 'response_c']
const labels = ['x', 'y'].map((value) => ({ value, text: value, description: null }))
const asked = {
  preference: { type: 'ranking', options: options.map((value) => ({ value, text: value })) },
  clarity: { type: 'rating', options: [1, 2, 3].map((value) => ({ value })) },
  kind: { type: 'label_selection', options: labels },
  tags: { type: 'multi_label_selection', options: labels },
  why: { type: 'text', use_markdown: false },
  odd: { type: 'span', field: 'prompt', options: labels, allow_overlapping: true },
  fluent_response_a: { type: 'rating', options: [1, 2].map((value) => ({ value })) },
  fluent_response_b: { type: 'rating', options: [1, 2].map((value) => ({ value })) },
  fluent_response_c: { type: 'rating', options: [1, 2].map((value) => ({ value })) },
}
const names = Object.keys(asked)
const questionId = (name: string) => uuid(200 + names.indexOf(name))
const rank = fc.integer({ min: 1, max: 3 })
const values = fc.record(
  {
    preference: fc
      .tuple(rank, rank, rank)
      .map((ranks) => options.map((value, at) => ({ value, rank: ranks[at] }))),
    clarity: fc.constantFrom(1, 2, 3),
    kind: fc.constantFrom('x', 'y'),
    tags: fc.subarray(['x', 'y'], { minLength: 1 }),
    why: fc.constantFrom('', ' ', '=1+1', 'a\r\n"b"\u2028😀'),
    odd: fc.constant([{ label: 'x', start: 0, end: 2 }]),
    fluent_response_a: fc.constantFrom(1, 2),
    fluent_response_c: fc.constantFrom(1, 2),
  },
  { requiredKeys: ['preference'] },
)
const response = fc.record({
  values,
  status: fc.constantFrom('submitted', 'draft', 'discarded'),
  isBare: fc.boolean(),
})
const aRecord = fc.record({
  isShort: fc.boolean(),
  responses: fc.array(response, { maxLength: 2 }),
  suggestions: fc.record(
    {
      preference: fc.shuffledSubarray(options, { minLength: 3, maxLength: 3 }),
      tags: fc.constant(['x', 'y']),
      odd: fc.constant([{ label: 'y', start: 1, end: 3 }]),
      clarity: fc.constantFrom(1, 3),
    },
    { requiredKeys: [] },
  ),
  metadata: fc.constantFrom(null, {}, { source: 'web', n: 2, f: 0.5, deep: { a: [1, null] } }),
})
type Made = typeof aRecord extends fc.Arbitrary<infer T> ? T : never

function theirs(records: readonly Made[]): StandInDataset {
  const text = { type: 'text', use_markdown: false }
  return {
    ...{ id: uuid(90), name: 'theirs', workspace_id: uuid(80), status: 'ready' },
    distribution: { strategy: 'overlap', min_submitted: 1 },
    fields: ['prompt', ...options].map((name, at) => ({
      ...{ id: uuid(100 + at), name, title: name, required: at === 0, settings: text },
    })),
    questions: Object.entries(asked).map(([name, settings]) => ({
      ...{ id: questionId(name), name, title: name, required: name === 'preference', settings },
    })),
    records: records.map(({ isShort, responses, suggestions, metadata }, number) => ({
      ...{ id: uuid(1000 + number), external_id: `r${number}`, status: 'pending', metadata },
      fields: {
        prompt: `😀 Say ${number}`,
        ...Object.fromEntries(options.slice(0, isShort ? 2 : 3).map((one) => [one, `${one}.`])),
      },
      responses: responses.map(({ values: given, status, isBare }, at) => ({
        ...{ id: uuid(5000 + number * 10 + at), user_id: uuid(2 + at), status },
        values:
          isBare && status !== 'submitted'
            ? {}
            : Object.fromEntries(Object.entries(given).map(([name, value]) => [name, { value }])),
        ...{ inserted_at: when(number), updated_at: when(number) },
      })),
      suggestions: Object.entries(suggestions).flatMap(([name, value]) =>
        isShort && name === 'preference'
          ? []
          : [
              {
                ...{ id: uuid(9000), question_id: questionId(name), type: null, agent: 'org/m:7b' },
                value:
                  name === 'preference' && Array.isArray(value)
                    ? value.map((one) => ({ value: one, rank: null }))
                    : value,
                score: name === 'tags' ? [0.25, 1] : name === 'clarity' ? 0.5 : null,
              },
            ],
      ),
    })),
  }
}

describe('happy: Argilla, Parley, Argilla, Parley', () => {
  test('everything that was said there is equal in every value, and sent twice it is there once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(aRecord, { minLength: 1, maxLength: 8 }), async (records) => {
        datasets.length = 0
        datasets.push(
          theirs([...records, { isShort: false, responses: [], suggestions: {}, metadata: null }]),
        )
        const once = await fetchDataset('theirs')
        const done = await send(once)
        expect(done.refused).toEqual({ count: 0, records: [] })
        const first = JSON.stringify(
          sent(once.name).map(({ fields, metadata }) => [fields, metadata]),
        )
        await send(once)
        expect(
          JSON.stringify(sent(once.name).map(({ fields, metadata }) => [fields, metadata])),
        ).toBe(first)
        expect(await said(await fetchDataset(once.name))).toEqual(await said(once))
      }),
      { numRuns: 12 },
    )
  }, 120_000)

  test('a ranking that a model suggests is best first, without ranks', async () => {
    const suggestions = { preference: ['response_c', 'response_a', 'response_b'] }
    const record: Made = { isShort: false, responses: [], suggestions, metadata: null }
    datasets.push(theirs([record]))
    const [first] = await said(await fetchDataset('theirs'))
    expect(first?.suggestions.preference.value.ranks).toEqual({
      ...{ response_c: 1, response_a: 2, response_b: 3 },
    })
  })

  test('labelers become users under their pseudonyms, or who a file says they are', async () => {
    const { dataset, pseudonyms } = await filled(2)
    const [ours = '', known = ''] = pseudonyms
    const done = await send(dataset, { users: new Map([['ben', known]]) })
    expect(done).toMatchObject({ records: 2, answers: 4, people: 2, refused: { count: 0 } })
    expect(done.dataset).toMatchObject({ name: dataset.name, workspace: 'team' })
    const made = users.filter(({ first_name }) => first_name === 'Parley')
    expect(made.map(({ username, last_name, role }) => [username, last_name, role])).toEqual([
      [ours, ours, 'annotator'],
    ])
    const [record] = sent(dataset.name)
    expect(
      new Set(record.responses.map((one: StandInUser & { user_id: string }) => one.user_id)),
    ).toEqual(new Set([made[0]?.id, uuid(3)]))
  })

  test('nothing is written by a dry run, which needs no server', async () => {
    const { dataset } = await filled(3)
    const done = await sendToArgilla(here.parley, cleo, null, { dataset: dataset.name })
    expect(done).toMatchObject({ dataset: null, records: 3, answers: 6, people: 2 })
  })
})

describe('twice: what was cut short is run again', () => {
  test('wherever the connection is lost, the next run ends with each thing there once', async () => {
    const { dataset } = await filled(3)
    // A lost answer: what was told has arrived all the same.
    for (let lost = 0; lost < 24; lost++) {
      datasets.length = 0
      users.length = 3
      const gone = () => Response.json({}, { status: 503, headers: { 'retry-after': '0' } })
      argilla.faults.push(...Array.from({ length: lost }, () => () => null), ...Array(6).fill(gone))
      const error: unknown = await send(dataset).catch((one: unknown) => one)
      const wasLost = argilla.faults.length === 0
      argilla.faults.length = 0
      if (!wasLost) break
      expect(error).toMatchObject({ code: 'unavailable' })
      const done = await send(dataset)
      expect(done).toMatchObject({ records: 3, answers: 6, refused: { count: 0 } })
      expect(datasets.map(({ name, status }) => [name, status])).toEqual([[dataset.name, 'ready']])
      expect(sent(dataset.name)).toHaveLength(3)
      expect(users).toHaveLength(5)
    }
  }, 60_000)

  test('an answer that is lost on its way back is asked for again', async () => {
    const { dataset } = await filled(1)
    argilla.faults.push(
      cutOff,
      () => null,
      () => null,
      cutOff,
      cutOff,
    )
    expect(await send(dataset)).toMatchObject({ records: 1, refused: { count: 0 } })
  }, 60_000)

  test('a server that stays away leaves what it has, and says how much that is', async () => {
    const { dataset } = await filled(120)
    const first = await send(dataset)
    expect(first.records).toBe(120)
    const away = () => Response.json({}, { status: 503, headers: { 'retry-after': '0' } })
    const before = argilla.asked.filter((path) => path.endsWith('/bulk')).length
    expect(before).toBe(2)
    argilla.asked.length = 0
    await send(dataset)
    const questions = argilla.asked.findIndex((path) => path.endsWith('/bulk')) + 1
    argilla.faults.push(
      ...Array.from({ length: questions }, () => () => null),
      ...Array(6).fill(away),
    )
    await expect(send(dataset)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('100 of 120 records are there'),
    })
  }, 60_000)
})

describe('refused', () => {
  test('one record that its server does not take is named, the others go', async () => {
    const { dataset } = await filled(5)
    await addRecord(here.parley, dataset, { external_id: 'whole', metadata: { n: 1 } })
    await send(dataset)
    // Its metadata were whole numbers when they were declared there.
    await addRecord(here.parley, dataset, { external_id: 'odd', metadata: { n: 'x' } })
    const done = await send(dataset)
    expect(done).toMatchObject({ records: 6, answers: 10 })
    expect(done.refused).toEqual({
      count: 1,
      records: [{ externalId: 'odd', why: expect.stringContaining("'x' is not an integer") }],
    })
    expect(sent(dataset.name)).toHaveLength(6)
  })

  test('a dataset of that name that is another one, and a key that may not make users', async () => {
    const { dataset } = await filled(1)
    datasets.push({ ...theirs([]), name: dataset.name })
    await expect(send(dataset)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('--argilla-dataset'),
    })
    const named = { name: 'other' }
    await expect(send(dataset, named, 'the key of an admin')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('owner'),
    })
    await expect(send(dataset, { ...named, workspace: 'none' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('it has team'),
    })
    await expect(
      send(dataset, { ...named, users: new Map([['nobody', 'x']]) }),
    ).rejects.toMatchObject({
      problems: { '--users': expect.stringContaining('no user "nobody"') },
    })
  })
})

async function filled(records: number) {
  const dataset = await makeDataset(here.parley)
  const people = await makeLabelers(here.parley, 2)
  for (let number = 0; number < records; number++) {
    const record = await addRecord(here.parley, dataset, { external_id: `r${number}` })
    for (const labeler of people)
      await addAnswer(here.parley, dataset, record, { labeler, values: ranked('a', ['b', 'c']) })
  }
  const [first] = await said(dataset)
  return {
    dataset,
    pseudonyms: first?.responses.map(({ labeler }: { labeler: string }) => labeler),
  }
}
