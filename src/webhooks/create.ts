/** Creates an endpoint. Its secret is shown this once. */
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { didYouMean } from '../datasets/did-you-mean.ts'
import { conflict, forbidden, invalid } from '../errors.ts'
import { isAddress, isNamed, openSafeFetch } from '../fetch/safe.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { type Endpoint, getEndpoint, isOfAll, markDatasets } from './endpoint.ts'
import { eventTypes } from './event.ts'
import { makeSecret, sealSecret } from './secret.ts'

export const mostEndpoints = 100

/**
 * `events`: all of them if none is named; `datasets`: every one, later ones included. `otlp`: it is sent
 * verdicts on traces with these headers, nothing is signed, and the secret is empty.
 * @throws ParleyError `invalid` for an address that may not be asked, and for events nobody knows;
 * `not_found` for a dataset; `forbidden` to get events of every dataset without being an admin of all.
 */
export async function createEndpoint(
  parley: Parley,
  actor: Actor,
  input: {
    url: string
    events?: readonly string[]
    datasets?: readonly string[]
    description?: string
    otlp?: { headers: Readonly<Record<string, string>> }
  },
): Promise<{ endpoint: Endpoint; secret: string }> {
  const by = requireAdmin(actor)
  if (input.otlp && input.events)
    throw invalid({
      events: 'Verdicts on traces are sent when records are completed. Name no events.',
    })
  const events = readEvents(input.otlp ? ['record.completed'] : input.events)
  const headers = input.otlp ? readHeaders(input.otlp.headers) : null
  if (input.datasets === undefined && !isOfAll(actor))
    throw forbidden('Only an admin of all datasets may get events of every dataset. Name datasets.')
  if ((input.description ?? '').length > 500)
    throw invalid({ description: 'It may have at most 500 characters.' })
  await checkUrl(parley, input.url)
  return inTransaction(parley, async (inside) => {
    const ids: string[] = []
    for (const name of new Set(input.datasets)) ids.push((await getDataset(inside, name, actor)).id)
    const { count } = await inside.db
      .selectFrom('endpoints')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    if (Number(count) >= mostEndpoints)
      throw conflict(
        `There are ${mostEndpoints} webhooks, the most there may be. Delete one first.`,
      )
    const { id } = await inside.db
      .insertInto('endpoints')
      .values({
        ...(headers ? { kind: 'otlp' } : {}),
        ...{ url: input.url, description: input.description ?? null, events },
        ...{ datasetIds: input.datasets === undefined ? null : ids, secrets: '[]' },
        ...{ createdBy: by, createdAt: inside.now() },
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    const { secret, sealed } = headers
      ? { secret: '', sealed: sealSecret(inside, placeOf(id), JSON.stringify(headers)) }
      : makeSecret(inside, placeOf(id))
    await inside.db
      .updateTable('endpoints')
      .set({ secrets: JSON.stringify([{ sealed, until: null }]) })
      .where('id', '=', id)
      .execute()
    await markDatasets(inside)
    // An address may hold a key of its own; the audit names its host.
    const detail = { id, host: new URL(input.url).host, events, datasets: input.datasets ?? 'all' }
    await writeAudit(inside, { actor: by, act: 'create webhook', detail })
    return { endpoint: await getEndpoint(inside, actor, id), secret }
  })
}

/** What a sealed secret is bound to. */
export function placeOf(endpointId: string): string {
  return `endpoint:${endpointId}`
}

function readEvents(named: readonly string[] | undefined): string[] {
  const events = [...new Set(named ?? eventTypes)]
  for (const event of events)
    if (!eventTypes.some((type) => type === event))
      throw invalid({
        events: `"${event}" is not an event.${didYouMean(event, eventTypes)} Events are ${eventTypes.join(', ')}.`,
      })
  if (events.length === 0)
    throw invalid({ events: `Name at least one of ${eventTypes.join(', ')}.` })
  return eventTypes.filter((type) => events.includes(type))
}

const mostHeaders = 20

/** Names in lower case. */
function readHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  const all = Object.entries(given)
  const wrong = all.find(
    ([name, value]) => !/^[\w-]{1,100}$/.test(name) || !/^[\x20-\x7e]{1,4000}$/.test(value),
  )
  if (wrong)
    throw invalid({ headers: `"${wrong[0]}" is no header. Write it as "authorization: Bearer …".` })
  const taken = all.find(([name]) => /^(content-|host$|transfer-|connection$)/i.test(name))
  if (taken) throw invalid({ headers: `"${taken[0]}" is set by Parley. Leave it out.` })
  if (all.length > mostHeaders) throw invalid({ headers: `Name at most ${mostHeaders}.` })
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), value]))
}

/** Where it leads is looked up again at every attempt. */
async function checkUrl(parley: Parley, url: string): Promise<void> {
  const { allow = [], lookup } = parley.fetching ?? {}
  if (!isAddress(url) || !URL.canParse(url) || url.length > 2000)
    throw invalid({
      url: 'Write a whole address of at most 2,000 characters that begins with https://.',
    })
  const fetch = openSafeFetch({ allow, ...(lookup ? { lookup } : {}) })
  await fetch.check(url).finally(() => fetch.close())
  if (new URL(url).protocol === 'http:' && !isNamed(allow, url))
    throw invalid({
      url: 'Answers would travel in the clear. Use https, or set PARLEY_FETCH_ALLOW to this host if it is in your own network.',
    })
}
