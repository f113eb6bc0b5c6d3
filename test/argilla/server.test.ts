/** The stand-in says of every record what a real server of Argilla 2.8.0 said of it (recorded.json). */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StandInDataset, startArgilla, uuid } from './server.ts'

type Recorded = {
  server: string
  layout: Record<'fields' | 'questions' | 'metadata', { name: string }[]>
  cases: {
    name: string
    item: {
      external_id: string
      fields: object
      metadata: object | null
      responses: { user: number; status: string; values: object }[]
      suggestions: { question: string; value: unknown }[]
    }
    status: number
    detail?: string
    stored?: { fields: object; metadata: object | null; responses: object[]; suggestions: object[] }
  }[]
}
const text = readFileSync(new URL('./recorded.json', import.meta.url), 'utf8')
/** What is long and only one thing again and again is written as that, and how often. */
const { layout, cases }: Recorded = JSON.parse(text, (_, value) => {
  const [one, times] = Array.isArray(Object(value).$repeat) ? value.$repeat : []
  if (times === undefined) return value
  return typeof one === 'string' ? one.repeat(times) : Array(times).fill(one)
})

type Found = {
  external_id: string
  fields: object
  metadata: object | null
  responses: Record<string, unknown>[]
  suggestions: Record<string, unknown>[]
}

const headers = { 'x-argilla-api-key': 'owner', 'content-type': 'application/json' }
const questionId = (name: string) =>
  uuid(100 + layout.questions.findIndex((one) => one.name === name))
const dataset: StandInDataset = {
  ...{ id: uuid(9), name: 'recorded', workspace_id: uuid(8), records: [] },
  fields: layout.fields,
  questions: layout.questions.map((one) => ({ id: questionId(one.name), ...one })),
  metadata: layout.metadata,
}
let argilla: Awaited<ReturnType<typeof startArgilla>>
beforeAll(async () => {
  argilla = await startArgilla({
    users: [0, 1].map((n) => ({
      id: uuid(n),
      username: `u${n}`,
      role: 'owner',
      api_key: n ? 'x' : 'owner',
    })),
    workspaces: [{ id: uuid(8), name: 'argilla' }],
    datasets: [dataset],
  })
})
afterAll(() => argilla.close())

describe('happy: as the real one', () => {
  // A float is one by its text: JSON.stringify leaves ".0" away.
  const asSent = (item: object) => JSON.stringify(item).replace('"part":2}', '"part":2.0}')
  test.each(cases.map((one) => [one.name, one] as const))('%s', async (name, { item, ...said }) => {
    const { responses, suggestions, ...plain } = item
    const sent = {
      ...plain,
      responses: responses.map(({ user, ...one }) => ({ user_id: uuid(user), ...one })),
      suggestions: suggestions.map(({ question, ...one }) => ({
        question_id: questionId(question),
        ...one,
      })),
    }
    const items = `{"items":[${name === 'a whole with its fraction' ? asSent(sent) : JSON.stringify(sent)}]}`
    const at = `${argilla.address}/api/v1/datasets/${dataset.id}/records`
    const answer = await fetch(`${at}/bulk`, { method: 'PUT', headers, body: items })
    expect([name, answer.status]).toEqual([name, said.status])
    if (answer.status !== 200) return
    const page = await fetch(`${at}?include=responses&include=suggestions&limit=1000`, { headers })
    const { items: all }: { items: Found[] } = JSON.parse(await page.text())
    const found = all.find((one) => one.external_id === item.external_id)
    if (!found) throw new Error('It was not kept.')
    const sorted = (some: Record<string, unknown>[], key: string) =>
      some.sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1))
    const nameOf = (id: unknown) =>
      layout.questions.find((one) => questionId(one.name) === id)?.name
    expect({
      ...{ fields: found.fields, metadata: found.metadata },
      responses: sorted(
        found.responses.map((one) => ({
          user: one['user_id'] === uuid(0) ? 0 : 1,
          ...{ status: one['status'], values: one['values'] },
        })),
        'user',
      ),
      suggestions: sorted(
        found.suggestions.map((one) => ({
          question: nameOf(one['question_id']),
          ...{ value: one['value'], score: one['score'], agent: one['agent'] },
        })),
        'question',
      ),
    }).toEqual(said.stored)
  })
})
