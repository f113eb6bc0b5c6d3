/**
 * Conditions under which a question is asked: `preference.all_unacceptable`, `safe == "no"`,
 * `helpful <= 2 and not safe == "yes"`. A tiny language of its own, so that no text of a dataset
 * document is ever run as code. Exports ask more in it: `mean(clarity) >= 4 and lang in ("de", "en")`.
 */
import { invalid } from '../errors.ts'

export type Condition =
  | { type: 'or' | 'and'; left: Condition; right: Condition }
  | { type: 'not'; of: Condition }
  | Test
/** `call` is the statistic of `path`; `at` is its position in the text, from 1. */
export type Test = {
  type: 'test'
  path: string[]
  call: string | null
  at: number
  operator: Operator
  value: Literal | Literal[]
}

type Operator = 'is' | '==' | '!=' | '>=' | '<=' | '>' | '<' | 'in'
type Literal = string | number | boolean
type Token = { kind: 'word' | 'string' | 'number' | 'operator' | 'paren'; text: string; at: number }

/** Reads a condition; throws `invalid` with what was expected and where. */
export function parseWhen(text: string): Condition {
  return parseCondition(text, false)
}

/** The same with statistics in it: `mean(clarity) >= 4`. Which there are, its reader says. */
export function parseStatistics(text: string): Condition {
  return parseCondition(text, true)
}

/** A text that is read from left to right; `at` is the token that comes next. */
type Reading = { text: string; tokens: readonly Token[]; at: number; takesCalls: boolean }

function parseCondition(text: string, takesCalls: boolean): Condition {
  const reading = { text, tokens: tokenize(text), at: 0, takesCalls }
  const condition = readOr(reading)
  return peek(reading) ? fail(reading, 'the end') : condition
}

function readOr(reading: Reading): Condition {
  let left = readAnd(reading)
  while (takes(reading, 'word', 'or')) left = { type: 'or', left, right: readAnd(reading) }
  return left
}

function readAnd(reading: Reading): Condition {
  let left = readNot(reading)
  while (takes(reading, 'word', 'and')) left = { type: 'and', left, right: readNot(reading) }
  return left
}

function readNot(reading: Reading): Condition {
  return takes(reading, 'word', 'not') ? { type: 'not', of: readNot(reading) } : readTest(reading)
}

function readTest(reading: Reading): Condition {
  if (takes(reading, 'paren', '(')) {
    const inner = readOr(reading)
    return takes(reading, 'paren', ')') ? inner : fail(reading, '")"')
  }
  const token = peek(reading)
  if (token?.kind !== 'word' || words.includes(token.text))
    return fail(reading, 'the name of a question')
  reading.at++
  const about = takes(reading, 'paren', '(')
    ? readCall(reading, token)
    : { path: token.text.split('.'), call: null }
  const asked = { type: 'test', ...about, at: token.at } as const
  if (takes(reading, 'word', 'in')) return { ...asked, operator: 'in', value: readList(reading) }
  const operator = peek(reading)
  if (operator?.kind !== 'operator') return { ...asked, operator: 'is', value: true }
  reading.at++
  return { ...asked, operator: readOperator(operator.text), value: readLiteral(reading) }
}

function readCall(reading: Reading, name: Token): { path: string[]; call: string } {
  const { text, takesCalls } = reading
  if (!takesCalls)
    throw invalid({
      when: `"${text}": ${name.text}(…) at character ${name.at} asks for a statistic. Only answers can be asked about here, as in helpful <= 2.`,
    })
  const about = peek(reading)
  if (about?.kind !== 'word') return fail(reading, 'the name of a question')
  reading.at++
  if (!takes(reading, 'paren', ')')) fail(reading, '")"')
  return { path: [about.text], call: name.text }
}

function readList(reading: Reading): Literal[] {
  if (!takes(reading, 'paren', '(')) fail(reading, '"(" and values, as in ("de", "en")')
  const values = [readLiteral(reading)]
  while (takes(reading, 'paren', ',')) values.push(readLiteral(reading))
  return takes(reading, 'paren', ')') ? values : fail(reading, '"," or ")"')
}

function readLiteral(reading: Reading): Literal {
  const token = peek(reading)
  if (!token || token.kind === 'operator' || token.kind === 'paren') return fail(reading, 'a value')
  reading.at++
  if (token.kind === 'number') return Number(token.text)
  if (token.kind === 'word' && token.text === 'true') return true
  if (token.kind === 'word' && token.text === 'false') return false
  return token.text
}

function peek({ tokens, at }: Reading): Token | undefined {
  return tokens[at]
}

/** Goes past the next token if it is this one. */
function takes(reading: Reading, kind: Token['kind'], text: string): boolean {
  const token = peek(reading)
  if (token?.kind !== kind || token.text !== text) return false
  reading.at++
  return true
}

function fail(reading: Reading, expected: string): never {
  const token = peek(reading)
  const found = token ? `${token.text} at character ${token.at}` : 'the end'
  const lower = token?.kind === 'word' ? token.text.toLowerCase() : ''
  const meant = lower !== token?.text && words.find((word) => word === lower)
  throw invalid({
    when: `"${reading.text}": expected ${expected}, found ${found}.${meant ? ` Did you mean "${meant}"?` : ''}`,
  })
}

/** Whether a condition holds for these answers; an unanswered question makes its test false. */
export function holds(
  condition: Condition,
  values: Readonly<Record<string, unknown>>,
  call: (name: string, question: string) => unknown = () => undefined,
): boolean {
  switch (condition.type) {
    case 'or':
      return holds(condition.left, values, call) || holds(condition.right, values, call)
    case 'and':
      return holds(condition.left, values, call) && holds(condition.right, values, call)
    case 'not':
      return !holds(condition.of, values, call)
    case 'test': {
      const [first = ''] = condition.path
      const found = condition.call ? call(condition.call, first) : follow(values, condition.path)
      return compare(found, condition.operator, condition.value)
    }
  }
}

/** Every single test of a condition. */
export function testsOf(condition: Condition): Test[] {
  switch (condition.type) {
    case 'or':
    case 'and':
      return [...testsOf(condition.left), ...testsOf(condition.right)]
    case 'not':
      return testsOf(condition.of)
    case 'test':
      return [condition]
  }
}

/** The names of the questions a condition looks at. */
export function questionsOf(condition: Condition): string[] {
  return testsOf(condition).flatMap(({ path }) => path.slice(0, 1))
}

function tokenize(text: string): Token[] {
  const pattern =
    /\s*(?:(?<string>"[^"]*"|'[^']*'|[“”„][^“”„]*[“”„]|[‘’][^‘’]*[‘’])|(?<number>-?(?:\d+(?:\.\d+)?|\.\d+))|(?<operator>==|!=|>=|<=|>|<)|(?<paren>[(),])|(?<word>[A-Za-z_][\w-]*(?:\.[\w-]+)*))/y
  const tokens: Token[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    pattern.lastIndex = at
    const start = at + (text.slice(at).length - text.slice(at).trimStart().length)
    const groups = pattern.exec(text)?.groups
    if (!groups) {
      const rest = text.slice(start)
      const meant = Object.entries(spellings).find(([sign]) => rest.startsWith(sign))?.[1]
      throw invalid({
        when: `"${text}": cannot read it from "${rest.trim()}" at character ${start + 1}.${meant ? ` Did you mean "${meant}"?` : ''}`,
      })
    }
    at = pattern.lastIndex
    const [kind, found] = Object.entries(groups).find(([, value]) => value !== undefined) ?? []
    if (!kind || found === undefined) break
    tokens.push({
      kind: kind as Token['kind'],
      text: kind === 'string' ? found.slice(1, -1) : found,
      at: start + 1,
    })
  }
  return tokens
}

const words = ['and', 'or', 'not', 'in']

/** How other languages spell it. */
const spellings = { '=': '==', '&': 'and', '|': 'or', '!': 'not', '~': 'not' }

function readOperator(text: string): Operator {
  if (text === '==' || text === '!=' || text === '>=' || text === '<=') return text
  return text === '>' ? '>' : '<'
}

function follow(values: Readonly<Record<string, unknown>>, path: string[]): unknown {
  let here: unknown = values
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = Object.entries(here).find(([name]) => name === key)?.[1]
  }
  return here
}

function compare(found: unknown, operator: Operator, value: Literal | Literal[]): boolean {
  if (found === undefined) return false
  if (operator === 'is') return found === true
  if (Array.isArray(value)) return value.some((one) => compare(found, '==', one))
  if (operator === '==') return Array.isArray(found) ? found.includes(value) : found === value
  if (operator === '!=') return Array.isArray(found) ? !found.includes(value) : found !== value
  if (typeof found !== 'number' || typeof value !== 'number') return false
  if (operator === '>=') return found >= value
  if (operator === '<=') return found <= value
  return operator === '>' ? found > value : found < value
}
