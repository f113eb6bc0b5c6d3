/**
 * Takes traces of production: a request of OTLP is read span by span, the rules of all datasets choose,
 * and what is chosen becomes records, once, however often it is sent. All of a request is read before
 * anything of it is stored.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { invalid } from '../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { counted } from '../sentences.ts'
import { type Facts, factsOf } from './genai/facts.ts'
import type { Encoding } from './otlp/answer.ts'
import { readJson } from './otlp/json.ts'
import { readProtobuf } from './otlp/protobuf.ts'
import { type Count, rejectSpan, type Span, type Wanted } from './otlp/span.ts'
import { type Made, makeRecord, recordId } from './record.ts'
import { type Rule, rulesFor } from './rules.ts'
import { isSampled } from './sample.ts'
import { type Chosen, notYetTaken, storeChosen } from './store.ts'

/** `message` says why spans were rejected, or what is missing in those that were not. */
export type Taken = { spans: number; created: number; rejected: number; message: string }

/** A chosen span, with the datasets that choose it. */
type Hit = { span: Span; facts: Facts; day: string; rules: Rule[] }

/** As many chosen spans are looked at before others get a turn: people wait for this process, too. */
const atOnce = 50

/**
 * `body` is an ExportTraceServiceRequest as it arrived, decompressed.
 * @throws ParleyError `invalid` when it is none.
 */
export async function takeTraces(
  parley: Parley,
  actor: Actor,
  { body, encoding }: { body: Buffer; encoding: Encoding },
): Promise<Taken> {
  const by = requireAdmin(actor)
  const rules = await rulesFor(parley, actor)
  const count: Count = { spans: 0, rejected: 0, problem: null }
  const hits = await hitsIn(parley, body, encoding, rules, count)
  const missing = { prompt: 0, output: 0 }
  const chosen = await choose(parley, hits, count, missing)
  const created = await storeChosen(parley, by, chosen)
  return { spans: count.spans, created, rejected: count.rejected, message: say(count, missing) }
}

async function hitsIn(
  parley: Parley,
  body: Buffer,
  encoding: Encoding,
  rules: readonly Rule[],
  count: Count,
): Promise<Hit[]> {
  const most = Math.max(0, ...rules.map(({ share }) => share))
  const isWanted = (hash: number) => isSampled(hash, most)
  const hits: Hit[] = []
  let looked = 0
  for (const span of spansIn(body, encoding, isWanted, count)) {
    if (++looked % atOnce === 0) await nextTurn()
    const facts = factsOf(span)
    const own = rules.filter(
      (rule) => isSampled(span.hash, rule.share) && rule.matches(span, facts),
    )
    if (own.length > 0) hits.push({ span, facts, day: dayOf(parley, span), rules: own })
  }
  return hits
}

/** @throws ParleyError `invalid` for a body that is no request. */
function* spansIn(
  body: Buffer,
  encoding: Encoding,
  isWanted: Wanted,
  count: Count,
): Generator<Span> {
  try {
    if (encoding === 'protobuf') yield* readProtobuf(body, isWanted, count)
    else yield* readJson(textOf(body), isWanted, count)
  } catch (cause) {
    throw invalid({ '': unreadable(encoding, cause) }, cause)
  }
}

/** @throws TypeError for bytes that are no UTF-8. */
function textOf(body: Buffer): string {
  return body.length === 0 ? '{}' : new TextDecoder('utf-8', { fatal: true }).decode(body)
}

function unreadable(encoding: Encoding, cause: unknown): string {
  const what = encoding === 'json' ? 'JSON' : 'protobuf'
  const said = cause instanceof Error ? cause.message : String(cause)
  // The engine repeats what it could not read.
  const reason = said.replace(/,? ?\.{0,3}"[\s\S]*" is not valid JSON$/, '').slice(0, 200)
  return `The body is no ExportTraceServiceRequest in ${what} (${reason}). Nothing of it was stored.`
}

/** What is new to each dataset as a record; what a dataset refuses is counted once. */
async function choose(
  parley: Parley,
  hits: readonly Hit[],
  count: Count,
  missing: { prompt: number; output: number },
): Promise<Chosen[]> {
  const fresh = await freshOf(parley, hits)
  const chosen: Chosen[] = []
  for (const [at, { span, facts, day, rules }] of hits.entries()) {
    if (at % atOnce === atOnce - 1) await nextTurn()
    const made = rules
      .filter((rule) => fresh.get(rule)?.has(recordId(span)))
      .map((rule) => ({ rule, made: makeRecord(rule, span, facts) }))
    for (const { rule, made: one } of made)
      if ('line' in one) chosen.push({ rule, day, line: one.line })
    if (made.some(({ made: one }) => 'line' in one)) continue
    noteNone(
      made.map(({ rule, made: one }) => ({ dataset: rule.dataset.name, one })),
      count,
      missing,
    )
  }
  return chosen
}

function noteNone(
  made: readonly { dataset: string; one: Made }[],
  count: Count,
  missing: { prompt: number; output: number },
): void {
  const refused = made.find(({ one }) => 'problem' in one)
  const [first] = made
  if (refused && 'problem' in refused.one)
    rejectSpan(count, `Dataset "${refused.dataset}": ${refused.one.problem}`)
  else if (first && 'without' in first.one) missing[first.one.without]++
}

async function freshOf(parley: Parley, hits: readonly Hit[]): Promise<Map<Rule, Set<string>>> {
  const asked = new Map<Rule, { externalId: string; day: string }[]>()
  for (const { span, day, rules } of hits)
    for (const rule of rules) {
      const spans = asked.get(rule) ?? []
      spans.push({ externalId: recordId(span), day })
      asked.set(rule, spans)
    }
  const fresh = new Map<Rule, Set<string>>()
  for (const [rule, spans] of asked) fresh.set(rule, await notYetTaken(parley, rule, spans))
  return fresh
}

const dayMs = 86_400_000

/** The day on which it happened, so that a replay counts where it did before; never a future one. */
function dayOf({ now }: Parley, { end, start }: Span): string {
  const today = now().getTime()
  const happened = (end || start) / 1_000_000
  const isKnown = happened > 0 && happened < today + dayMs
  return new Date(isKnown ? happened : today).toISOString().slice(0, 10)
}

function say({ rejected, problem }: Count, missing: { prompt: number; output: number }): string {
  const lines: string[] = []
  if (rejected > 0)
    lines.push(`${counted(rejected, 'span')} could not be taken. The first: ${problem ?? ''}`)
  if (missing.prompt > 0)
    lines.push(
      `${counted(missing.prompt, 'chosen span')} without messages became no record. Have your instrumentation capture content (for many: OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true).`,
    )
  if (missing.output > 0)
    lines.push(
      `${counted(missing.output, 'chosen span')} without an answer became no record: the dataset asks about answers.`,
    )
  return lines.join(' ')
}
