/**
 * A strict reader of PromQL, after prometheus.io/docs/prometheus/latest/querying/basics: it refuses what
 * Prometheus would, and returns the metrics an expression reads, with the labels it names of each.
 */

export type Read = { metric: string; labels: string[] }

type Tokens = {
  take(pattern: RegExp, what: string): string
  peek(pattern: RegExp): boolean
  at(): string
}

const aggregations = ['sum', 'min', 'max', 'avg', 'count', 'topk', 'quantile']
const functions = [
  'rate',
  'increase',
  'histogram_quantile',
  'clamp_min',
  'absent',
  'time',
  'changes',
  'delta',
]
const binary = /^(==|!=|>=|<=|>|<|\+|-|\*|\/|%|\^|and\b|or\b|unless\b)/
const name = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const duration = /^(\d+(ms|[smhdwy])|\$__rate_interval)/

/** @throws if the expression is not PromQL as far as this reader knows it. */
export function readPromql(text: string): Read[] {
  const found: Read[] = []
  const tokens = tokensOf(text)
  readExpression(tokens, found)
  tokens.take(/^$/, 'the end')
  return found
}

/** Operands between operators; precedence does not matter to what is read. */
function readExpression(tokens: Tokens, found: Read[]): void {
  readOperand(tokens, found)
  while (tokens.peek(binary)) {
    tokens.take(binary, 'an operator')
    if (tokens.peek(/^bool\b/)) tokens.take(/^bool\b/, 'bool')
    if (tokens.peek(/^(on|ignoring)\b/)) {
      tokens.take(/^(on|ignoring)\b/, 'on')
      readLabelList(tokens)
    }
    readOperand(tokens, found)
  }
}

function readOperand(tokens: Tokens, found: Read[]): void {
  if (tokens.peek(/^-?\d/)) tokens.take(/^-?\d+(\.\d+)?(e-?\d+)?/, 'a number')
  else if (tokens.peek(/^\(/)) readInside(tokens, found)
  else readNamed(tokens, found)
}

function readNamed(tokens: Tokens, found: Read[]): void {
  const word = tokens.take(name, 'a name')
  if (aggregations.includes(word)) readAggregation(tokens, found)
  else if (tokens.peek(/^\(/)) readCall(word, tokens, found)
  else found.push(readSelector(word, tokens))
}

function readCall(word: string, tokens: Tokens, found: Read[]): void {
  if (!functions.includes(word)) throw new Error(`${word} is no function`)
  const isOverTime = ['rate', 'increase', 'changes', 'delta'].includes(word)
  const before = tokens.at()
  readInside(tokens, found)
  const inside = before.slice(0, before.length - tokens.at().length)
  if (isOverTime !== /\]\s*\)\s*$/.test(inside) && word !== 'histogram_quantile')
    throw new Error(`${word} ${isOverTime ? 'wants a' : 'takes no'} range`)
}

function readSelector(metric: string, tokens: Tokens): Read {
  const labels = tokens.peek(/^\{/) ? readMatchers(tokens) : []
  if (tokens.peek(/^\[/)) {
    tokens.take(/^\[/, '[')
    tokens.take(duration, 'a duration')
    tokens.take(/^\]/, ']')
  }
  return { metric, labels }
}

function readAggregation(tokens: Tokens, found: Read[]): void {
  let grouped: string[] = []
  const group = () => {
    if (!tokens.peek(/^(by|without)\b/)) return
    tokens.take(/^(by|without)\b/, 'by')
    grouped = readLabelList(tokens)
  }
  group()
  const inner: Read[] = []
  readInside(tokens, inner)
  group()
  found.push(...inner.map(({ metric, labels }) => ({ metric, labels: [...labels, ...grouped] })))
}

function readInside(tokens: Tokens, found: Read[]): void {
  tokens.take(/^\(/, '(')
  readExpression(tokens, found)
  while (tokens.peek(/^,/)) {
    tokens.take(/^,/, ',')
    readExpression(tokens, found)
  }
  tokens.take(/^\)/, ')')
}

function readLabelList(tokens: Tokens): string[] {
  tokens.take(/^\(/, '(')
  const labels: string[] = []
  while (!tokens.peek(/^\)/)) {
    labels.push(tokens.take(/^[a-zA-Z_]\w*/, 'a label'))
    if (!tokens.peek(/^\)/)) tokens.take(/^,/, ',')
  }
  tokens.take(/^\)/, ')')
  return labels
}

function readMatchers(tokens: Tokens): string[] {
  tokens.take(/^\{/, '{')
  const labels: string[] = []
  while (!tokens.peek(/^\}/)) {
    labels.push(tokens.take(/^[a-zA-Z_]\w*/, 'a label'))
    tokens.take(/^(=~|!~|!=|=)/, 'a matcher')
    tokens.take(/^"([^"\\]|\\.)*"/, 'a text')
    if (!tokens.peek(/^\}/)) tokens.take(/^,/, ',')
  }
  tokens.take(/^\}/, '}')
  return labels
}

function tokensOf(text: string): Tokens {
  let rest = text.trim()
  return {
    at: () => rest,
    peek: (pattern) => pattern.test(rest),
    take: (pattern, what) => {
      const [found] = pattern.exec(rest) ?? []
      if (found === undefined) throw new Error(`Wants ${what} at: ${rest}`)
      rest = rest.slice(found.length).trimStart()
      return found
    },
  }
}

export type Sample = { name: string; labels: Record<string, string>; value: number }

/**
 * A strict reader of Prometheus' text format (0.0.4): every sample belongs to a family that was announced
 * with its help and type, and no series comes twice. @throws at the first line that is not so.
 */
export function readExposition(text: string): Sample[] {
  const types = new Map<string, string>()
  const helped = new Set<string>()
  const seen = new Set<string>()
  const samples: Sample[] = []
  if (!text.endsWith('\n')) throw new Error('The last line has no end.')
  for (const line of text.split('\n').filter(Boolean)) {
    const [, kind, family, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'HELP' && family) helped.add(family)
    else if (kind === 'TYPE' && family && rest) types.set(family, rest)
    else samples.push(readSample(line))
  }
  for (const { name: full, labels } of samples) {
    const family = full.replace(/_(bucket|sum|count)$/, '')
    const type = types.get(full) ?? types.get(family)
    if (!type || !(helped.has(full) || helped.has(family)))
      throw new Error(`${full} has no type or help`)
    const key = `${full} ${JSON.stringify(Object.entries(labels).sort())}`
    if (seen.has(key)) throw new Error(`${key} comes twice`)
    seen.add(key)
  }
  return samples
}

function readSample(line: string): Sample {
  const [, full = '', inner = '', number = ''] =
    /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)$/.exec(line) ?? []
  const value = Number(number.replace('+Inf', 'Infinity'))
  // prom-client writes Nan; Prometheus takes any case.
  if (!full || number === '' || (Number.isNaN(value) && !/^nan$/i.test(number)))
    throw new Error(`Not a sample: ${line}`)
  const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [
    key,
    text,
  ])
  return { name: full, labels: Object.fromEntries(labels), value }
}
