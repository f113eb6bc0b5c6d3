/**
 * Outputs in columns of their own: `answer_a, answer_b`, `response_1 …`, arena battles
 * (`conversation_a, conversation_b`), SHP (`human_ref_A`), WebGPT (`answer_0`), PKU-SafeRLHF
 * (`response_0`), stack-exchange-paired (`response_j`). What else goes by their letters or numbers goes
 * with the output; who won is the line's verdict.
 */
import type { JsonObject } from '../../json.ts'
import { idText, numberOf, own, without } from './line.ts'
import type { RawOutput } from './outputs.ts'
import type { Reading } from './reading.ts'
import { ranksByScore, type Verdict } from './said.ts'

/** Words in a column's name that mean model output, and words that may accompany them. */
const textWords = [
  'answer',
  'response',
  'output',
  'completion',
  'conversation',
  'generation',
].concat(['candidate', 'reply', 'summary', 'ref', 'continuation', 'translation'])
const besideWords = ['model', 'text', 'body', 'human', 'assistant', 'llm', 'generated', 'chat']
const modelWords = ['model', 'generator', 'policy', 'source', 'llm']
const verdictWords = ['winner', 'preference', 'preferred', 'better', 'safer', 'chosen', 'best']

type Column = { key: string; suffix: string; words: string[] }
type Member = { key: string; suffix: string }

/** The line with its columns gathered as outputs, or null when it has none. */
export function readColumns(reading: Reading): Reading[] | null {
  if (reading.outputs || 'outputs' in reading.line) return null
  const line = withTurns(reading.line)
  const members = outputColumns(line)
  if (members.length < 2) return null
  const groupWords = columnsOf(members[0]?.key ?? '')[0]?.words ?? []
  const besides = siblings(line, members, groupWords)
  const outputs = members.map(({ key, suffix }): RawOutput => {
    const { model, ...metadata } = besides.about.get(suffix) ?? {}
    return {
      raw: own(line, key),
      path: key,
      ...(typeof model === 'string' && model !== '' ? { model } : {}),
      metadata: { source: key, ...metadata },
    }
  })
  const rest = without(line, [...members.map(({ key }) => key), ...besides.keys])
  const questionId = own(rest, 'question_id')
  // A battle's own id; MT-bench numbers its questions, which many battles share.
  const isId = typeof questionId === 'string' && !('id' in rest) && !('external_id' in rest)
  if (isId && idText(questionId) !== null) {
    rest['id'] = questionId
    delete rest['question_id']
  }
  const models = outputs.map(({ model }) => model)
  const scores = outputs.map(({ metadata }) => numberOf(own(metadata ?? {}, 'score')))
  return [{ line: rest, outputs, verdict: verdictOf(line, members, models, scores) }]
}

/** Every way to read a key as words and a letter or number: `human_ref_A`, `response1`, `answer1_body`. */
function columnsOf(key: string): readonly Column[] {
  const known = columnsByKey.get(key)
  if (known) return known
  const columns = splitKey(key)
  // The rows of a file share their keys; a file whose rows do not cannot fill the memory.
  if (columnsByKey.size < 10_000) columnsByKey.set(key, columns)
  return columns
}

const columnsByKey = new Map<string, readonly Column[]>()

function splitKey(key: string): readonly Column[] {
  const tokens = key
    .split(/[_\-\s.]+/)
    .flatMap((token) => /^([A-Za-z]+?)(\d{1,2}|(?<=[a-z])[A-Z])$/.exec(token)?.slice(1) ?? [token])
  return tokens.flatMap((suffix, at) =>
    /^(\d{1,2}|[A-Za-z])$/.test(suffix)
      ? [{ key, suffix, words: tokens.toSpliced(at, 1).map((word) => word.toLowerCase()) }]
      : [],
  )
}

/** The first group of columns that hold outputs, in the order of their letters or numbers. */
function outputColumns(line: JsonObject): Member[] {
  if (!Object.keys(line).some(isOutputKey)) return []
  const groups = new Map<string, Member[]>()
  for (const key of Object.keys(line)) {
    if (key.length > 60) continue
    for (const { suffix, words } of columnsOf(key)) {
      if (!isOutputName(words) || !isOutput(line[key])) continue
      const name = words.join(' ')
      groups.set(name, [...(groups.get(name) ?? []), { key, suffix }])
    }
  }
  if (groups.size === 0) return []
  const found = [...groups.values()].find((members) => members.length > 1) ?? []
  const sorted = found.toSorted((a, b) => inOrder.compare(a.suffix, b.suffix))
  // In a table of up to five answers, a row with three leaves two cells empty.
  return sorted.filter(({ key }, at) => at < 2 || own(line, key) !== '')
}

const inOrder = new Intl.Collator('en', { numeric: true })

function isOutputKey(key: string): boolean {
  return key.length <= 60 && columnsOf(key).some(({ words }) => isOutputName(words))
}

function isOutputName(words: readonly string[]): boolean {
  return (
    words.some((word) => textWords.includes(word) || word === 'assistant') &&
    words.every((word) => textWords.includes(word) || besideWords.includes(word))
  )
}

function isOutput(value: unknown): boolean {
  return typeof value === 'string' || isMessages(value)
}

function isMessages(value: unknown): boolean {
  return Array.isArray(value) && value.some((one) => typeof one === 'object' && one !== null)
}

/** What every output has in a column of its own, by its letter or number, and the keys of those columns. */
function siblings(
  line: JsonObject,
  members: readonly Member[],
  groupWords: readonly string[],
): { about: Map<string, JsonObject>; keys: string[] } {
  const suffixes = members.map(({ suffix }) => suffix)
  const taken = new Set(members.map(({ key }) => key))
  const byName = new Map<string, Map<string, string>>()
  for (const key of Object.keys(line)) {
    const column = taken.has(key)
      ? undefined
      : columnsOf(key).find(
          ({ suffix, words }) =>
            suffixes.includes(suffix) && !words.some((word) => verdictWords.includes(word)),
        )
    if (!column) continue
    const name = siblingName(column.words.filter((word) => !groupWords.includes(word)))
    const columns = byName.get(name) ?? new Map<string, string>()
    byName.set(name, columns.set(column.suffix, key))
  }
  const about = new Map<string, JsonObject>(suffixes.map((suffix) => [suffix, {}]))
  const keys: string[] = []
  for (const [name, columns] of byName) {
    if (name === '' || !suffixes.every((suffix) => columns.has(suffix))) continue
    for (const [suffix, key] of columns) {
      keys.push(key)
      Object.assign(about.get(suffix) ?? {}, { [name]: own(line, key) })
    }
  }
  return { about, keys }
}

function siblingName(words: readonly string[]): string {
  const plain = words.filter((word) => word !== 'name' && word !== 'id')
  const isModel = plain.length > 0 && plain.every((word) => modelWords.includes(word))
  return isModel ? 'model' : words.join('_')
}

const winnerKeys = [
  'winner',
  'preference',
  'preferred',
  'better_response_id',
  'better',
  'best',
].concat(['chosen', 'choice', 'verdict', 'judgement', 'judgment', 'label'])
const judgeKeys = [
  'judge',
  'annotator',
  'annotator_id',
  'worker',
  'worker_id',
  'rater',
  'judge_hash',
]

function verdictOf(
  line: JsonObject,
  members: readonly Member[],
  models: readonly (string | undefined)[],
  scores: readonly (number | null)[],
): Verdict {
  const judge = judgeKeys.map((key) => idText(own(line, key))).find((one) => one !== null)
  return {
    ...(flagged(line, members) ??
      named(line, members, models) ??
      signed(line, members) ??
      paired(line, members) ??
      scored(scores)),
    ...(judge === undefined || judge === null ? {} : { labeler: judge.trim() }),
  }
}

/** `winner_model_a: 1`, as in the arena's tables. */
function flagged(line: JsonObject, members: readonly Member[]): Verdict | null {
  const isSet = (key: string) => [1, '1', true, '1.0'].includes(own(line, key) as number)
  const at = members.findIndex(({ suffix }) => isSet(`winner_model_${suffix}`))
  if (at >= 0) return { ranks: members.map((_, place) => (place === at ? 1 : 2)) }
  return isSet('winner_tie') ? { ranks: members.map(() => 1) } : null
}

function named(
  line: JsonObject,
  members: readonly Member[],
  models: readonly (string | undefined)[],
): Verdict | null {
  for (const key of winnerKeys) {
    const value = own(line, key)
    const verdict = winnerOf(value, members, models)
    if (verdict) return verdict
  }
  return null
}

/** A winner by letter, number, column or model; a tie; or that none is good. */
export function winnerOf(
  value: unknown,
  members: readonly Member[],
  models: readonly (string | undefined)[],
): Verdict | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const said = String(value)
    .trim()
    .toLowerCase()
    .replace(/^\[\[|\]\]$/g, '')
  if (/^(tie )?\(?(both[\s_-]?bad|neither|none)\)?$/.test(said)) return { bothBad: true }
  if (/^(tie|tied|draw|equal|same|both|both_good)$/.test(said))
    return { ranks: members.map(() => 1) }
  const isIt = (name: string | undefined) => name !== undefined && name.toLowerCase() === said
  const at = members.findIndex(
    ({ key, suffix }, place) =>
      isIt(key) ||
      isIt(models[place]) ||
      ['', 'model_', 'model ', 'assistant_', 'answer ', 'response '].some((word) =>
        isIt(`${word}${suffix}`),
      ),
  )
  if (at >= 0) return { ranks: members.map((_, place) => (place === at ? 1 : 2)) }
  return between(numberOf(value), members)
}

/** AlpacaEval writes 1.0 to 2.0: how sure it is that the second is better. */
function between(value: number | null, members: readonly Member[]): Verdict | null {
  const ends = members.map(({ suffix }) => suffix).join() === '1,2'
  if (value === null || !ends || value < 1 || value > 2) return null
  return { ranks: ranksByScore([2 - value, value - 1]) }
}

/** HelpSteer: from -3 (the first much better) to 3 (the second). */
function signed(line: JsonObject, members: readonly Member[]): Verdict | null {
  const value = numberOf(own(line, 'preference_strength') ?? own(line, 'overall_preference'))
  if (value === null || members.length !== 2 || Math.abs(value) > 3) return null
  if (value === 0) return { ranks: [1, 1] }
  return { ranks: value < 0 ? [1, 2] : [2, 1], strength: Math.abs(value) >= 2 ? 2 : 1 }
}

/** SHP's `labels` is 1 where A is preferred; of stack-exchange-paired, j is. */
function paired(line: JsonObject, members: readonly Member[]): Verdict | null {
  const keys = members.map(({ key }) => key).join()
  if (keys === 'response_j,response_k') return { ranks: [1, 2] }
  const labels = numberOf(own(line, 'labels'))
  if (keys !== 'human_ref_A,human_ref_B' || (labels !== 0 && labels !== 1)) return null
  return { ranks: labels === 1 ? [1, 2] : [2, 1] }
}

function scored(scores: readonly (number | null)[]): Verdict {
  const all = scores.flatMap((score) => score ?? [])
  return all.length === scores.length ? { ranks: ranksByScore(all) } : {}
}

/** The arena's tables write the turns of prompt and responses as JSON lists, in one cell each. */
function withTurns(line: JsonObject): JsonObject {
  if (!('winner_model_a' in line)) return line
  const [prompt, a, b] = ['prompt', 'response_a', 'response_b'].map((key) =>
    turnsOf(own(line, key)),
  )
  if (!prompt || !a || !b || prompt.length !== a.length || prompt.length !== b.length) return line
  const talk = (answers: readonly string[]) =>
    prompt.flatMap((asked, at) => [
      { role: 'user', content: asked },
      { role: 'assistant', content: answers[at] ?? '' },
    ])
  const { prompt: _, ...rest } = line
  return { ...rest, response_a: talk(a), response_b: talk(b) }
}

function turnsOf(value: unknown): string[] | null {
  let turns = value
  try {
    if (typeof value === 'string' && value.startsWith('[')) turns = JSON.parse(value)
  } catch {
    return null
  }
  if (!Array.isArray(turns)) return null
  const texts = turns.map((turn: unknown) => turn ?? '')
  return texts.every((turn) => typeof turn === 'string') ? texts : null
}
