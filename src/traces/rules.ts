/**
 * The rules of all datasets that take traces, kept in memory: every request asks for them, and almost none
 * finds them changed. A change of a document counts after five seconds at the latest.
 */
import type { Kysely } from 'kysely'
import { seenBy } from '../datasets/access/tenants.ts'
import type { Dataset } from '../datasets/document.ts'
import { type Pattern, parsePattern } from '../datasets/traces/parse-pattern.ts'
import type { Database } from '../db/schema.ts'
import type { Actor, Parley } from '../parley.ts'
import type { Facts } from './genai/facts.ts'
import { matcherOf } from './match.ts'
import type { Span } from './otlp/span.ts'

export type Rule = {
  dataset: Dataset
  share: number
  perDay: number
  matches: (span: Span, facts: Facts) => boolean
  patterns: readonly Pattern[]
}

const freshMs = 5_000

type Kept = { at: number; rules: Promise<readonly Rule[]> }
const kept = new WeakMap<Kysely<Database>, Kept>()

/** In the order of the datasets' ids. A closed dataset takes nothing. */
export async function rulesFor(parley: Parley, actor: Actor): Promise<readonly Rule[]> {
  if (actor.type !== 'admin') return allRules(parley)
  if (actor.of !== undefined) return readRules(parley, actor)
  const rules = await allRules(parley)
  return actor.only === undefined ? rules : rules.filter(({ dataset }) => dataset.id === actor.only)
}

async function allRules(parley: Parley): Promise<readonly Rule[]> {
  const at = parley.now().getTime()
  const known = kept.get(parley.db)
  if (known && Math.abs(at - known.at) < freshMs) return known.rules
  const rules = readRules(parley)
  const fresh: Kept = { at, rules }
  kept.set(parley.db, fresh)
  // What failed is asked for again by the next request.
  rules.catch(() => kept.get(parley.db) === fresh && kept.delete(parley.db))
  return rules
}

async function readRules(parley: Parley, actor?: Actor): Promise<readonly Rule[]> {
  const datasets = await parley.db
    .selectFrom('datasets')
    .select(['id', 'name', 'status', 'document', 'schemaVersion', 'guidelinesVersion'])
    .where('hasTraces', '=', true)
    .where('status', '<>', 'closed')
    .where(seenBy(actor))
    .orderBy('id')
    .execute()
  return datasets.flatMap((dataset) => {
    const { traces } = dataset.document
    if (!traces) return []
    return {
      dataset,
      share: traces.sample,
      perDay: traces.per_day,
      matches: matcherOf(traces.match),
      patterns: (traces.redact ?? []).map(parsePattern),
    }
  })
}
