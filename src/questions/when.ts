/**
 * Conditions under which a question is asked: `preference.all_unacceptable`, `safe == "no"`,
 * `helpful <= 2 and not safe == "yes"`. A tiny language of its own, so that no text of a dataset
 * document is ever run as code.
 */
import { invalid } from '../errors.ts'

export type Condition =
  | { type: 'or' | 'and'; left: Condition; right: Condition }
  | { type: 'not'; of: Condition }
  | { type: 'test'; path: string[]; operator: Operator; value: Literal }

type Operator = 'is' | '==' | '!=' | '>=' | '<=' | '>' | '<'
type Literal = string | number | boolean
type Token = { kind: 'word' | 'string' | 'number' | 'operator' | 'paren'; text: string }

/** Reads a condition; throws `invalid` with what was expected and where. */
export function parseWhen(text: string): Condition {
  const tokens = tokenize(text)
  let at = 0
  const peek = () => tokens[at]
  const fail = (expected: string): never => {
    const found = peek()?.text ?? 'the end'
    throw invalid({ when: `"${text}": expected ${expected}, found ${found}` })
  }
  const takeWord = (word: string) => {
    if (peek()?.kind !== 'word' || peek()?.text !== word) return false
    at++
    return true
  }
  const or = (): Condition => {
    let left = and()
    while (takeWord('or')) left = { type: 'or', left, right: and() }
    return left
  }
  const and = (): Condition => {
    let left = not()
    while (takeWord('and')) left = { type: 'and', left, right: not() }
    return left
  }
  const not = (): Condition => (takeWord('not') ? { type: 'not', of: not() } : test())
  const test = (): Condition => {
    if (peek()?.text === '(') {
      at++
      const inner = or()
      if (peek()?.text !== ')') fail('")"')
      at++
      return inner
    }
    const token = peek()
    if (token?.kind !== 'word') return fail('the name of a question')
    at++
    const operator = peek()
    const path = token.text.split('.')
    if (operator?.kind !== 'operator') return { type: 'test', path, operator: 'is', value: true }
    at++
    return { type: 'test', path, operator: readOperator(operator.text), value: literal() }
  }
  const literal = (): Literal => {
    const token = peek()
    if (!token || token.kind === 'operator' || token.kind === 'paren') return fail('a value')
    at++
    if (token.kind === 'number') return Number(token.text)
    if (token.kind === 'word' && token.text === 'true') return true
    if (token.kind === 'word' && token.text === 'false') return false
    return token.text
  }
  const condition = or()
  if (peek()) fail('the end')
  return condition
}

/** Whether a condition holds for these answers; an unanswered question makes its test false. */
export function holds(condition: Condition, values: Readonly<Record<string, unknown>>): boolean {
  switch (condition.type) {
    case 'or':
      return holds(condition.left, values) || holds(condition.right, values)
    case 'and':
      return holds(condition.left, values) && holds(condition.right, values)
    case 'not':
      return !holds(condition.of, values)
    case 'test':
      return compare(follow(values, condition.path), condition.operator, condition.value)
  }
}

/** The names of the questions a condition looks at. */
export function questionsOf(condition: Condition): string[] {
  switch (condition.type) {
    case 'or':
    case 'and':
      return [...questionsOf(condition.left), ...questionsOf(condition.right)]
    case 'not':
      return questionsOf(condition.of)
    case 'test':
      return condition.path.slice(0, 1)
  }
}

function tokenize(text: string): Token[] {
  const pattern =
    /\s*(?:(?<string>"[^"]*"|'[^']*')|(?<number>-?\d+(?:\.\d+)?)|(?<operator>==|!=|>=|<=|>|<)|(?<paren>[()])|(?<word>[A-Za-z_][\w-]*(?:\.[\w-]+)*))/y
  const tokens: Token[] = []
  let at = 0
  while (text.slice(at).trim() !== '') {
    pattern.lastIndex = at
    const groups = pattern.exec(text)?.groups
    if (!groups)
      throw invalid({ when: `"${text}": cannot read it from "${text.slice(at).trim()}"` })
    at = pattern.lastIndex
    const [kind, found] = Object.entries(groups).find(([, value]) => value !== undefined) ?? []
    if (!kind || found === undefined) break
    tokens.push({
      kind: kind as Token['kind'],
      text: kind === 'string' ? found.slice(1, -1) : found,
    })
  }
  return tokens
}

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

function compare(found: unknown, operator: Operator, value: Literal): boolean {
  if (found === undefined) return false
  if (operator === 'is') return found === true
  if (operator === '==') return Array.isArray(found) ? found.includes(value) : found === value
  if (operator === '!=') return Array.isArray(found) ? !found.includes(value) : found !== value
  if (typeof found !== 'number' || typeof value !== 'number') return false
  if (operator === '>=') return found >= value
  if (operator === '<=') return found <= value
  return operator === '>' ? found > value : found < value
}
