/**
 * A small Argilla that answers over REST as its server 2.8.0 does (shapes, statuses and sentences are
 * those of a real one), with what tests put into it: users with their keys and roles, workspaces, one or
 * more datasets; and what is written into it. What shall go wrong is put into `faults`, one for each
 * question that is asked.
 */
import { randomUUID } from 'node:crypto'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { type Item, type Part, refusalOfBulk } from './server-takes.ts'

export type Role = 'owner' | 'admin' | 'annotator'
export type StandInUser = {
  id: string
  username: string
  role: Role
  api_key: string
  first_name?: string
  last_name?: string | null
}
export type StandInDataset = {
  id: string
  name: string
  workspace_id: string
  guidelines?: string | null
  distribution?: { strategy: string; min_submitted: number }
  fields: object[]
  questions: object[]
  metadata?: object[]
  vectors?: readonly object[]
  records: object[]
  status?: 'draft' | 'ready'
  /** What whoever made it left there: "metadata" over REST. */
  mark?: object | null
}
type Env = { Bindings: HttpBindings }
export type Fault = (c: Context<Env>) => Response | null

export async function startArgilla(state: {
  users: StandInUser[]
  workspaces: readonly { id: string; name: string }[]
  datasets: StandInDataset[]
}) {
  const faults: Fault[] = []
  const asked: string[] = []
  const members = new Map<string, Set<string>>()
  const app = new Hono<Env>()

  app.use('/api/*', async (c, next) => {
    const url = new URL(c.req.url)
    asked.push(`${url.pathname}${url.search}`)
    const fault = faults.shift()?.(c)
    if (fault) return fault
    if (!userOf(c)) return c.json(unauthorized, 401)
    await next()
  })

  const userOf = (c: Context) =>
    state.users.find(({ api_key }) => api_key === c.req.header('x-argilla-api-key'))
  const isOwner = (c: Context) => userOf(c)?.role === 'owner'
  const datasetOf = (c: Context) => state.datasets.find(({ id }) => id === c.req.param('id'))
  const list = (c: Context, of: (dataset: StandInDataset) => readonly object[]) => {
    const dataset = datasetOf(c)
    return dataset ? c.json({ items: of(dataset) }) : c.json(missing(c.req.param('id')), 404)
  }

  app.get('/api/v1/me/datasets', (c) =>
    c.json({
      items: state.datasets.map(shown),
    }),
  )
  app.get('/api/v1/me/workspaces', (c) =>
    c.json({ items: state.workspaces.map((one) => ({ ...one, inserted_at: when(0) })) }),
  )
  app.get('/api/v1/users', (c) =>
    isOwner(c) ? c.json({ items: state.users }) : c.json(unallowed, 403),
  )
  app.get('/api/v1/me', (c) => c.json(userOf(c)))
  app.get('/api/v1/workspaces/:id/users', (c) => {
    if (userOf(c)?.role === 'annotator') return c.json(unallowed, 403)
    const inside = members.get(c.req.param('id'))
    return c.json({ items: state.users.filter(({ id }) => !inside || inside.has(id)) })
  })
  app.get('/api/v1/datasets/:id/fields', (c) => list(c, (one) => one.fields))
  app.get('/api/v1/datasets/:id/questions', (c) => list(c, (one) => one.questions))
  app.get('/api/v1/datasets/:id/vectors-settings', (c) => list(c, (one) => one.vectors ?? []))
  app.get('/api/v1/me/datasets/:id/metadata-properties', (c) =>
    list(c, (one) => one.metadata ?? []),
  )
  app.get('/api/v1/datasets/:id/records', (c) => {
    const dataset = datasetOf(c)
    if (!dataset) return c.json(missing(c.req.param('id')), 404)
    if (userOf(c)?.role === 'annotator') return c.json(unallowed, 403)
    const limit = Number(c.req.query('limit') ?? 50)
    const offset = Number(c.req.query('offset') ?? 0)
    if (!(limit >= 1 && limit <= 1000)) return c.json({ detail: 'limit' }, 422)
    const include = (c.req.queries('include') ?? []).flatMap((one) => one.split(','))
    const items = dataset.records.slice(offset, offset + limit).map((record) => {
      const { responses, suggestions, ...one }: { responses?: unknown; suggestions?: unknown } =
        record
      return {
        ...one,
        ...(include.includes('responses') ? { responses: responses ?? [] } : {}),
        ...(include.includes('suggestions') ? { suggestions: suggestions ?? [] } : {}),
      }
    })
    return c.json({ items, total: dataset.records.length })
  })

  app.post('/api/v1/users', async (c) => {
    if (!isOwner(c)) return c.json(unallowed, 403)
    const { password, ...user } = await c.req.json()
    if (state.users.some(({ id }) => id === user.id))
      return c.json({ detail: `User with id \`${user.id}\` is not unique` }, 409)
    if (state.users.some(({ username }) => username === user.username))
      return c.json({ detail: `User username \`${user.username}\` is not unique` }, 409)
    if (!/^.{8,100}$/.test(password)) return c.json({ detail: 'password' }, 422)
    const made = { id: randomUUID(), last_name: null, ...user, api_key: randomUUID() }
    state.users.push(made)
    return c.json(made, 201)
  })
  app.post('/api/v1/workspaces/:id/users', async (c) => {
    const { user_id } = await c.req.json()
    const inside = members.get(c.req.param('id')) ?? new Set()
    members.set(c.req.param('id'), inside)
    if (inside.has(user_id)) return c.json({ detail: 'Workspace user is not unique' }, 409)
    inside.add(user_id)
    return c.json({ id: user_id }, 201)
  })
  app.post('/api/v1/datasets', async (c) => {
    const { metadata: mark, ...body } = await c.req.json()
    const isThere = state.datasets.some(
      ({ name, workspace_id }) => name === body.name && workspace_id === body.workspace_id,
    )
    if (isThere) return c.json({ detail: `Dataset with name \`${body.name}\` already exists` }, 409)
    const made: StandInDataset = {
      ...{ ...body, id: randomUUID(), status: 'draft', mark },
      ...{ fields: [], questions: [], metadata: [], records: [] },
    }
    state.datasets.push(made)
    return c.json(shown(made), 201)
  })
  for (const [path, list] of [
    ['fields', (one: StandInDataset) => one.fields],
    ['questions', (one: StandInDataset) => one.questions],
    ['metadata-properties', (one: StandInDataset) => (one.metadata ??= [])],
  ] as const)
    app.post(`/api/v1/datasets/:id/${path}`, async (c) => {
      const dataset = datasetOf(c)
      if (!dataset) return c.json(missing(c.req.param('id')), 404)
      const part = { id: randomUUID(), ...(await c.req.json()) }
      const parts = list(dataset)
      if (parts.some((one) => Object(one).name === part.name))
        return c.json({ detail: `One with name \`${part.name}\` already exists` }, 409)
      if (dataset.status === 'ready')
        return c.json({ detail: 'It cannot be created for a published dataset' }, 422)
      parts.push(part)
      return c.json(part, 201)
    })
  app.put('/api/v1/datasets/:id/publish', (c) => {
    const dataset = datasetOf(c)
    if (!dataset) return c.json(missing(c.req.param('id')), 404)
    const refused = (detail: string) => c.json({ detail }, 422)
    if (dataset.status === 'ready') return refused('Dataset has already been published')
    if (dataset.fields.length === 0) return refused('Dataset cannot be published without fields')
    if (!dataset.questions.some((one) => Object(one).required))
      return refused('Dataset cannot be published without required questions')
    dataset.status = 'ready'
    return c.json(shown(dataset))
  })
  app.put('/api/v1/datasets/:id/records/bulk', async (c) => {
    const dataset = datasetOf(c)
    if (!dataset) return c.json(missing(c.req.param('id')), 404)
    if (dataset.status === 'draft') return c.json({ detail: 'Dataset is not published' }, 422)
    const text = await c.req.text()
    const { items }: { items: Item[] } = JSON.parse(text)
    const detail = refusalOfBulk(items, laidOut(dataset, state.users), text)
    if (detail !== null) return c.json({ detail }, 422)
    for (const item of items) put(dataset, item)
    return c.json({ items: [] })
  })

  const server = createAdaptorServer(app)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const at = server.address()
  const port = typeof at === 'object' ? at?.port : 0
  return {
    address: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    asked,
    faults,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}

function shown(dataset: StandInDataset) {
  const { fields, questions, metadata, vectors, records, mark, ...one } = dataset
  return {
    ...{ guidelines: null, allow_extra_metadata: false, status: 'ready' },
    ...{ distribution: { strategy: 'overlap', min_submitted: 1 }, metadata: mark ?? null },
    ...{ last_activity_at: when(0), inserted_at: when(0), updated_at: when(0) },
    ...one,
  }
}

function laidOut({ fields, questions, metadata = [] }: StandInDataset, users: StandInUser[]) {
  const parts = (all: object[]): Part[] => all.map((one) => Object(one))
  return {
    ...{ fields: parts(fields), questions: parts(questions), metadata: parts(metadata) },
    users: new Set(users.map(({ id }) => id)),
  }
}

/** Ranks that were not said are null there, and scores floating-point. */
function storedSuggestion({
  value,
  score,
  agent,
  ...one
}: NonNullable<Item['suggestions']>[number]) {
  const isRanking = Array.isArray(value) && value.some((item) => Object(item).value !== undefined)
  return {
    ...{ id: randomUUID(), type: null, ...one, score: score ?? null, agent: agent ?? null },
    value: isRanking ? value.map((item) => ({ rank: null, ...item })) : value,
  }
}

/**
 * By its external id it is there once; fields and metadata are replaced, of answers those of the same
 * users, and of suggestions those to the same questions.
 */
function put(dataset: StandInDataset, item: Item) {
  const found = dataset.records.find((one) => Object(one).external_id === item.external_id)
  const at = found ? dataset.records.indexOf(found) : dataset.records.length
  const before = found ? Object(found).responses : []
  const given = item.responses ?? []
  const suggested = item.suggestions ?? []
  const kept = before.filter(
    (one: { user_id: string }) => !given.some(({ user_id }) => user_id === one.user_id),
  )
  dataset.records[at] = {
    ...{ id: found ? Object(found).id : randomUUID(), status: 'pending', ...item },
    responses: [
      ...kept,
      ...given.map((one) => ({
        id: randomUUID(),
        ...one,
        inserted_at: when(at),
        updated_at: when(at),
      })),
    ],
    suggestions: [
      ...(found ? Object(found).suggestions : []).filter(
        (one: { question_id: string }) =>
          !suggested.some(({ question_id }) => question_id === one.question_id),
      ),
      ...suggested.map((one) => storedSuggestion(one)),
    ],
    ...{ vectors: {}, dataset_id: dataset.id, inserted_at: when(at), updated_at: when(at) },
  }
}

/** The beginning of a page, and then the line is dead. */
export const cutOff: Fault = (c) => {
  const { outgoing } = c.env
  outgoing.writeHead(200, { 'content-type': 'application/json' })
  outgoing.write('{"items":[{"id":', () => outgoing.destroy())
  return RESPONSE_ALREADY_SENT
}

const unauthorized = {
  detail: {
    code: 'argilla.api.errors::UnauthorizedError',
    params: { detail: 'Could not validate credentials' },
  },
}
const unallowed = {
  detail: {
    code: 'argilla.api.errors::ForbiddenOperationError',
    params: { detail: 'Operation not allowed' },
  },
}
const missing = (id: string | undefined) => ({ detail: `Dataset with id \`${id}\` not found` })

/** Argilla says its times in UTC, without a word of it. */
export function when(minutes: number): string {
  return new Date(Date.UTC(2024, 10, 5, 10, minutes)).toISOString().replace('Z', '000')
}

export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}
