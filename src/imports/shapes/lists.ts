/**
 * Outputs in lists: structs of lists (`answers: {"text": […], "score": […]}`), lists that go along
 * with them (`models`, `ratings`, `ranks`), OpenAI's `summaries` with `choice`, and several `chosen` or
 * `rejected` at once.
 */
import { isObject, type JsonObject } from '../../json.ts'
import { idText, numberOf, own, without } from './line.ts'
import { listKeys, type RawOutput, singleKeys, textKeys } from './outputs.ts'
import type { Reading } from './reading.ts'

type Verdict = Reading['verdict']
type Sides = Reading['outputs']

const listed = [...listKeys, 'generations']

/** Columns of lists become a list of objects. */
export function readStructs({ line, verdict }: Reading): Reading[] | null {
  const key = listed.find((one) => {
    const held = own(line, one)
    return isObject(held) && textKeys.some((name) => Array.isArray(held[name]))
  })
  const struct = key === undefined ? null : own(line, key)
  if (key === undefined || !isObject(struct)) return null
  const columns = Object.entries(struct)
  const [length] = columns.map(([, list]) => (Array.isArray(list) ? list.length : -1))
  if (!columns.every(([, list]) => Array.isArray(list) && list.length === length)) return null
  const outputs = Array.from({ length: length ?? 0 }, (_, at) =>
    Object.fromEntries(
      columns.map(([name, list]) => [name, Array.isArray(list) ? list[at] : null]),
    ),
  )
  return [{ line: { ...without(line, [key]), outputs: outputs.map(plainIds) }, verdict }]
}

/** ELI5 and others call the id of an answer by other names. */
function plainIds(output: JsonObject): JsonObject {
  const { a_id: id, ...rest } = output
  return id === undefined ? output : { id, ...rest }
}

/** Lists of the same length beside the outputs, and which property of each output they hold. */
const alongside = new Map([
  ...['models', 'model_names', 'generation_models', 'generation_model', 'generators'].map(
    (name) => [name, 'model'] as const,
  ),
  ...['ratings', 'rating'].map((name) => [name, 'rating'] as const),
  ...['ranks', 'rank'].map((name) => [name, 'rank'] as const),
  ['scores', 'score'],
  ['rewards', 'reward'],
  ['labels', 'label'],
])

export function readParallel({ line, verdict, outputs: sides }: Reading): Reading[] | null {
  const single = singleKeys.find((one) => isManyTexts(own(line, one)))
  const key = listed.find((one) => Array.isArray(own(line, one))) ?? single
  const texts = key === undefined ? null : own(line, key)
  if (key === undefined || !Array.isArray(texts) || texts.length === 0) return null
  // A pair that is none of these is what the line is about: they stay metadata.
  if (sides && !sides.every(({ raw }) => texts.some((one) => textIn(one) === textIn(raw))))
    return null
  const found = Object.keys(line).flatMap((name): [string, string][] => {
    const as = alongside.get(name)
    const list = as === undefined ? null : line[name]
    const isAlong = Array.isArray(list) && list.length === texts.length && !list.some(isList)
    return as !== undefined && isAlong ? [[name, as]] : []
  })
  const isNew = key === 'generations' || key === single
  if (isNew ? !texts.every(isTextual) : found.length === 0) return null
  const outputs = texts.map((one: unknown, at) => {
    const about: JsonObject = {}
    for (const [name, as] of found) {
      const list = own(line, name)
      about[as] = Array.isArray(list) ? list[at] : undefined
    }
    return isObject(one) ? { ...about, ...one } : { ...about, ...contentOf(one) }
  })
  const rest = without(line, [key, ...found.map(([name]) => name)])
  return [{ line: { ...rest, outputs }, verdict: alike(verdict, sides, texts) }]
}

/** The verdict on a pair, in the order in which the list has its two texts; on more, their scores are. */
function alike({ ranks, ...rest }: Verdict, sides: Sides, texts: readonly unknown[]): Verdict {
  if (!ranks || !sides) return ranks ? { ...rest, ranks } : rest
  const ordered = texts.map(
    (one) => ranks[sides.findIndex(({ raw }) => textIn(raw) === textIn(one))],
  )
  const known = ordered.filter((rank) => rank !== undefined)
  return known.length === texts.length && known.length === sides.length
    ? { ...rest, ranks: known }
    : rest
}

/** What is said: of a chat, its last message. */
function textIn(one: unknown): unknown {
  if (Array.isArray(one)) return textIn(one.at(-1))
  if (!isObject(one)) return one
  const key = [...textKeys, 'value', 'messages'].find((name) => isThere(one[name]))
  return key === undefined ? one : textIn(one[key])
}

function contentOf(one: unknown): JsonObject {
  return Array.isArray(one) ? { messages: one } : { text: one }
}

function isList(one: unknown): boolean {
  return typeof one === 'object' && one !== null
}

function isTextual(one: unknown): boolean {
  return typeof one === 'string' || isList(one)
}

/** OpenAI's summaries: a post, two summaries with their policies, and which a worker chose. */
export function readSummaries({ line, verdict }: Reading): Reading[] | null {
  const [info, summaries] = [own(line, 'info'), own(line, 'summaries') ?? own(line, 'summary')]
  if (!isObject(info) || typeof summaries !== 'object' || summaries === null) return null
  const text = [info['post'], info['article']].find((one) => typeof one === 'string' && one !== '')
  if (typeof text !== 'string') return null
  const list: unknown[] = Array.isArray(summaries) ? summaries : [summaries]
  const choice = numberOf(own(line, 'choice'))
  const worker = idText(own(line, 'worker'))
  const { post: _, article: __, ...about } = info
  return [
    {
      line: {
        ...without(line, ['info', 'summaries', 'summary']),
        info: about,
        prompt: text,
        outputs: list.map((one) => {
          if (!isObject(one)) return one
          const { policy, axes, ...rest } = one
          return { ...rest, ...(isObject(axes) ? axes : {}), model: policy }
        }),
      },
      verdict: {
        ...verdict,
        ...(list.length === 2 && (choice === 0 || choice === 1)
          ? { ranks: choice === 0 ? [1, 2] : [2, 1] }
          : {}),
        ...(worker === null ? {} : { labeler: worker }),
      },
    },
  ]
}

/** What preference data calls its two sides. */
const sides = [
  ['chosen', 'rejected'],
  ['chosen_response', 'rejected_response'],
  ['response_chosen', 'response_rejected'],
  ['preferred_output', 'non_preferred_output'],
  ['preferred', 'dispreferred'],
  ['preferred', 'rejected'],
  ['accepted', 'rejected'],
  ['win', 'lose'],
] as const

/** The sides of a pair under their usual names, with what goes along (`score_chosen`, `chosen_model`). */
export function readSides({ line, verdict }: Reading): Reading[] | null {
  const [usual] = sides
  const isPair = ([good, bad]: (typeof sides)[number], isSide: (side: unknown) => boolean) =>
    isSide(own(line, good)) && isSide(own(line, bad))
  const names = isPair(usual, isThere) ? usual : sides.find((pair) => isPair(pair, isTextual))
  if (!names) return null
  const about = names.map((): JsonObject => ({}))
  const gone: string[] = [...names]
  for (const key of Object.keys(line)) {
    const twin = twinOf(key)
    if (!twin || names.some((name) => name === key) || own(line, twin.key) === undefined) continue
    gone.push(key, twin.key)
    for (const [at, one] of [key, twin.key].entries())
      Object.assign(about[at] ?? {}, { [twin.name]: own(line, one) })
  }
  const models = own(line, 'models')
  const listed = names.map((name) => {
    const side = own(line, name)
    return isManyTexts(side) ? side : [side]
  })
  const all = listed.flat()
  const isAlong = Array.isArray(models) && models.length === all.length
  const outputs = listed.flatMap((texts, at) =>
    texts.map((raw, place): RawOutput => {
      const model = isAlong
        ? models[at === 0 ? place : (listed[0]?.length ?? 0) + place]
        : undefined
      const { model: told = model, ...metadata } = about[at] ?? {}
      const path = names[at] ?? ''
      return {
        raw,
        path: texts.length > 1 ? `${path}.${place}` : path,
        ...(typeof told === 'string' && told !== '' ? { model: told } : {}),
        metadata: { source: at === 0 ? 'chosen' : 'rejected', ...metadata },
      }
    }),
  )
  const ranks = listed.flatMap((texts, at) => texts.map(() => at + 1))
  const rest = without(line, [...gone, ...(isAlong ? ['models'] : [])])
  return [{ line: rest, outputs, verdict: { ...verdict, ranks } }]
}

function isThere(side: unknown): boolean {
  return side !== undefined && side !== null
}

function isManyTexts(side: unknown): side is string[] {
  return Array.isArray(side) && side.length > 0 && side.every((one) => typeof one === 'string')
}

/** `score_chosen` goes with `score_rejected`, as `chosen-model` with `rejected-model`. */
function twinOf(key: string): { key: string; name: string } | null {
  const [, before = '', after = ''] = /^(?:(.+)[_-])?chosen(?:[_-](.+))?$/.exec(key) ?? []
  const name = before || after
  if (name === '' || (before !== '' && after !== '')) return null
  return { key: key.replace('chosen', 'rejected'), name }
}
