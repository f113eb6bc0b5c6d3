/**
 * Requests with an `Idempotency-Key` are done once: the same request again gets the stored answer, another
 * one under the same key is refused. A row holds the key while the request runs, for every process.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { sql } from 'kysely'
import { invalid } from '../../errors.ts'
import { answersKeptMs } from '../../keys/sweep.ts'
import type { Parley } from '../../parley.ts'
import { readBody } from './body.ts'
import type { AnswerOnce, DoorEnv } from './env.ts'
import { refuse } from './errors.ts'

type Stored = {
  requestHash: Buffer | null
  status: number | null
  headers: { [name: string]: string } | null
  body: string | null
}

/** A process that dies leaves its rows behind; after this they are free. */
const heldMs = 60_000
/** Of an answer that is stored, these travel with it. */
const keptHeaders = ['content-type', 'location', 'etag']

export function openAnswers(parley: Parley): AnswerOnce {
  return async (c, next, isStream) => {
    const key = c.req.header('idempotency-key')
    if (key === undefined) {
      await next()
      return undefined
    }
    if (!/^[\x21-\x7e][\x20-\x7e]{0,254}$/.test(key))
      throw invalid({ 'Idempotency-Key': 'Write 1 to 255 visible ASCII characters.' })
    const { keyId } = c.var.caller
    const hash = createHash('sha256').update(
      `${c.req.method} ${new URL(c.req.url).pathname}${new URL(c.req.url).search}\n`,
    )
    if (isStream) c.set('bodyHash', hash)
    else hash.update(new Uint8Array(await c.req.arrayBuffer()))
    const held = await hold(parley, keyId, key, c.req.path)
    if (held !== 'held') {
      if (isStream) for await (const _ of readBody(c));
      return answerStored(c, held, hash.digest())
    }
    const beat = setInterval(() => void extend(parley, keyId, key).catch(() => {}), heldMs / 3)
    try {
      await next()
    } finally {
      clearInterval(beat)
    }
    await keep(parley, keyId, key, c.res, isStream ? await digestAfter(c, hash) : hash.digest())
    return undefined
  }
}

/** A route that refused early has not read all of its body. */
async function digestAfter(c: Context<DoorEnv>, hash: ReturnType<typeof createHash>) {
  for await (const _ of readBody(c));
  return hash.digest()
}

async function hold(
  parley: Parley,
  keyId: string,
  idempotencyKey: string,
  route: string,
): Promise<'held' | Stored> {
  const now = parley.now()
  const heldUntil = new Date(now.getTime() + heldMs)
  const free = { route, requestHash: null, status: null, headers: null, body: null }
  const row = { ...free, createdAt: now, heldUntil }
  const made = await parley.db
    .insertInto('apiAnswers')
    .values({ keyId, idempotencyKey, ...row })
    .onConflict((at) =>
      at
        .columns(['keyId', 'idempotencyKey'])
        .doUpdateSet(row)
        .where((is) =>
          is.or([
            is('apiAnswers.createdAt', '<', new Date(now.getTime() - answersKeptMs)),
            is.and([is('apiAnswers.status', 'is', null), is('apiAnswers.heldUntil', '<', now)]),
          ]),
        ),
    )
    .returning(sql<boolean>`true`.as('held'))
    .executeTakeFirst()
  if (made) return 'held'
  const found = await parley.db
    .selectFrom('apiAnswers')
    .select(['requestHash', 'status', 'headers', 'body'])
    .where('keyId', '=', keyId)
    .where('idempotencyKey', '=', idempotencyKey)
    .executeTakeFirst()
  return found ?? { requestHash: null, status: null, headers: null, body: null }
}

function extend(parley: Parley, keyId: string, idempotencyKey: string) {
  return parley.db
    .updateTable('apiAnswers')
    .set({ heldUntil: new Date(parley.now().getTime() + heldMs) })
    .where('keyId', '=', keyId)
    .where('idempotencyKey', '=', idempotencyKey)
    .execute()
}

/** What did not come to pass, for reasons that go away, may be tried again under the same key. */
async function keep(
  parley: Parley,
  keyId: string,
  idempotencyKey: string,
  answer: Response,
  requestHash: Buffer,
): Promise<void> {
  const { status } = answer
  if (status >= 500 || status === 408 || status === 429) {
    await parley.db
      .deleteFrom('apiAnswers')
      .where('keyId', '=', keyId)
      .where('idempotencyKey', '=', idempotencyKey)
      .execute()
    return
  }
  const headers = Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = answer.headers.get(name)
      return value === null ? [] : [[name, value]]
    }),
  )
  const body = await answer.clone().text()
  await parley.db
    .updateTable('apiAnswers')
    .set({ status, headers: JSON.stringify(headers), body, requestHash, heldUntil: null })
    .where('keyId', '=', keyId)
    .where('idempotencyKey', '=', idempotencyKey)
    .execute()
}

function answerStored(c: Context, stored: Stored, hash: Buffer): Response {
  const { requestHash, status, headers, body } = stored
  if (status === null || requestHash === null)
    return refuse(
      c,
      'conflict',
      'A request with this Idempotency-Key is still running. Send it again in a moment.',
      { 'retry-after': '1' },
    )
  if (requestHash.length !== hash.length || !timingSafeEqual(requestHash, hash))
    return refuse(
      c,
      'invalid',
      'This Idempotency-Key was used for another request. Send a new key with each new request.',
    )
  return new Response(body, { status, headers: { ...headers, 'idempotent-replayed': 'true' } })
}
