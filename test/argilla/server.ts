/**
 * A small Argilla that answers over REST as its server 2.8 does, with what tests put into it: users
 * with their keys and roles, workspaces, one or more datasets. What shall go wrong is put into
 * `faults`, one for each question that is asked.
 */
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'

export type Role = 'owner' | 'admin' | 'annotator'
export type StandInUser = { id: string; username: string; role: Role; api_key: string }
export type StandInDataset = {
  id: string
  name: string
  workspace_id: string
  guidelines?: string | null
  distribution?: { strategy: string; min_submitted: number }
  fields: readonly object[]
  questions: readonly object[]
  metadata?: readonly object[]
  vectors?: readonly object[]
  records: object[]
}
type Env = { Bindings: HttpBindings }
export type Fault = (c: Context<Env>) => Response | null

export async function startArgilla(state: {
  users: readonly StandInUser[]
  workspaces: readonly { id: string; name: string }[]
  datasets: readonly StandInDataset[]
}) {
  const faults: Fault[] = []
  const asked: string[] = []
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
      items: state.datasets.map(({ fields, questions, metadata, vectors, records, ...one }) => ({
        ...{ guidelines: null, allow_extra_metadata: false, status: 'ready' },
        ...{ distribution: { strategy: 'overlap', min_submitted: 1 }, metadata: null },
        ...{ last_activity_at: when(0), inserted_at: when(0), updated_at: when(0) },
        ...one,
      })),
    }),
  )
  app.get('/api/v1/me/workspaces', (c) =>
    c.json({ items: state.workspaces.map((one) => ({ ...one, inserted_at: when(0) })) }),
  )
  app.get('/api/v1/users', (c) =>
    isOwner(c) ? c.json({ items: state.users }) : c.json(unallowed, 403),
  )
  app.get('/api/v1/workspaces/:id/users', (c) =>
    userOf(c)?.role === 'annotator' ? c.json(unallowed, 403) : c.json({ items: state.users }),
  )
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
