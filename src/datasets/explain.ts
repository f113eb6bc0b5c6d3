/** Turns what zod found into sentences for a person: where it is, what is wrong, what to write. */
import type { z } from 'zod'
import { didYouMean } from './did-you-mean.ts'

export type Path = readonly (string | number)[]
export type Explained = { path: Path; message: string; remedy: string }

/** `knownKeys` lists the keys allowed in the object at a path, for "did you mean". */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  knownKeys: (path: Path) => readonly string[],
): Explained[] {
  return issues.flatMap((issue) => explain(issue, pathOf(issue.path), input, knownKeys))
}

/** `questions.2.options`: a key path as people write it. */
export function pathText(path: Path): string {
  return path.join('.')
}

function pathOf(path: readonly PropertyKey[]): Path {
  return path.map((key) => (typeof key === 'symbol' ? key.toString() : key))
}

function explain(
  issue: z.core.$ZodIssue,
  path: Path,
  input: unknown,
  knownKeys: (path: Path) => readonly string[],
): Explained[] {
  const found = valueAt(input, path)
  const say = (message: string, remedy: string) => [{ path, message, remedy }]
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = knownKeys(path)
        const offer = didYouMean(key, known).trim()
        const list = known.length > 0 ? `Known keys: ${known.join(', ')}.` : 'Remove it.'
        return {
          path: [...path, key],
          message: `"${shorten(key)}" is not a known key.`,
          remedy: offer || list,
        }
      })
    case 'invalid_type':
      if (found === undefined) return say('is missing.', `Write ${expectedOf(issue.expected)}.`)
      return say(`is ${kindOf(found)}.`, `Write ${expectedOf(issue.expected)}.`)
    case 'too_small':
      return say(`is too ${issue.origin === 'number' ? 'small' : 'short'}.`, bound(issue, 'least'))
    case 'too_big':
      return say(
        `is too ${issue.origin === 'number' || issue.origin === 'int' ? 'large' : 'long'}.`,
        bound(issue, 'most'),
      )
    case 'invalid_value': {
      const values = issue.values.map(String)
      const offer = typeof found === 'string' ? didYouMean(found, values) : ''
      const said = found === undefined ? 'is missing.' : `is ${show(found)}.`
      return say(said, `Write ${list(values)}.${offer}`)
    }
    case 'invalid_union':
      return explainUnion(issue, path, input, knownKeys)
    case 'invalid_format':
    case 'custom':
      if (found === undefined) return say('is missing.', `${capital(issue.message)}.`)
      return say(`${show(found)} does not fit.`, `${capital(issue.message)}.`)
    case 'invalid_key':
    case 'invalid_element':
    case 'not_multiple_of':
      return say('is not right.', `${capital(issue.message)}.`)
  }
}

/** Explains the closest branch: the one that matched the deepest part of the input. */
function explainUnion(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  input: unknown,
  knownKeys: (path: Path) => readonly string[],
): Explained[] {
  const found = valueAt(input, path)
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : []
  if (issue.errors.length === 0) {
    const names = options.map(String)
    const said = found === undefined ? 'is missing.' : `is ${show(found)}.`
    const offer = typeof found === 'string' ? didYouMean(found, names) : ''
    return [{ path, message: said, remedy: `Write one of ${names.join(', ')}.${offer}` }]
  }
  const depth = (branch: readonly z.core.$ZodIssue[]) =>
    Math.max(...branch.map((one) => one.path.length * 4 + nearness(one)))
  const nearest = [...issue.errors].sort((a, b) => depth(b) - depth(a))[0] ?? []
  const alike = issue.errors.filter((branch) => depth(branch) === depth(nearest))
  const explained = (branch: readonly z.core.$ZodIssue[]) =>
    branch.flatMap((one) => explain(one, [...path, ...pathOf(one.path)], input, knownKeys))
  if (alike.length === 1) return explained(nearest)
  if (issue.message !== 'Invalid input')
    return [{ path, message: `is ${kindOf(found)}.`, remedy: `${capital(issue.message)}.` }]
  const remedies = alike.flatMap((branch) => explained(branch).map((one) => one.remedy))
  const said = found === undefined ? 'is missing.' : `is ${kindOf(found)}.`
  return [{ path, message: said, remedy: [...new Set(remedies)].join(' Or: ') }]
}

function nearness(issue: z.core.$ZodIssue): number {
  if (issue.code === 'invalid_type' || issue.code === 'invalid_value') return 0
  return 2
}

function bound(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
  word: 'most' | 'least',
): string {
  const limit = issue.code === 'too_big' ? issue.maximum : issue.minimum
  const one = Number(limit) === 1
  switch (issue.origin) {
    case 'string':
      if (word === 'least' && one) return 'Write some text.'
      return `Write at ${word} ${limit} character${one ? '' : 's'}.`
    case 'array':
    case 'set':
    case 'map':
      return `List at ${word} ${limit}.`
    default:
      return `Write ${word === 'most' ? `${limit} or less` : `${limit} or more`}.`
  }
}

function expectedOf(expected: string): string {
  switch (expected) {
    case 'string':
      return 'a text (in quotes where it could be taken for a number)'
    case 'number':
      return 'a number'
    case 'int':
      return 'a whole number'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'a list'
    case 'object':
    case 'record':
      return 'keys with values'
    default:
      return expected
  }
}

export function kindOf(value: unknown): string {
  if (value === null) return 'empty (null)'
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'boolean':
      return `the boolean ${value}`
    case 'number':
      return `the number ${value}`
    case 'string':
      return `the text ${show(value)}`
    default:
      return 'an object'
  }
}

function list(values: readonly string[]): string {
  return values.length === 1 ? `"${values[0]}"` : `one of ${values.join(', ')}`
}

function show(value: unknown): string {
  return typeof value === 'string' ? `"${shorten(value)}"` : kindOf(value)
}

export function shorten(text: string): string {
  const one = text.replace(/\s+/g, ' ')
  return one.length > 60 ? `${one.slice(0, 59)}…` : one
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function valueAt(input: unknown, path: Path): unknown {
  let here = input
  for (const key of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, key)) return undefined
    here = Reflect.get(here, key)
  }
  return here
}
