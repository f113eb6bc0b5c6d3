/**
 * Rules for JSON bodies, put together like a schema, that collect what is wrong in Discord's own
 * codes and words, as the nested `errors` of a 50035.
 */
import { isObject, type Json, type JsonObject, length } from '../json.ts'
import { type LimitId, limits } from './limits.ts'

export type Check = { problems: { at: string; code: string; message: string }[] }

export type Rule = (check: Check, value: Json, at: string) => void

export function fail(check: Check, at: string, code: string, message: string): void {
  check.problems.push({ at, code, message })
}

/** The `errors` of the answer: nested by key, `_errors` at the place itself. */
export function treeOf(check: Check): JsonObject {
  const tree: JsonObject = {}
  for (const { at, code, message } of check.problems) {
    let node = tree
    for (const key of at.split('/').filter((part) => part !== '')) {
      const below = node[key]
      const next = isObject(below) ? below : {}
      node[key] = next
      node = next
    }
    const known = Array.isArray(node['_errors']) ? node['_errors'] : []
    node['_errors'] = [...known, { code, message }]
  }
  return tree
}

/** A string of at most what the limit says, in code points. */
export function string(limit: LimitId, min = 0, pattern?: RegExp): Rule {
  const { max } = limits[limit]
  return (check, value, at) => {
    if (typeof value !== 'string') {
      return fail(check, at, 'STRING_TYPE_CONVERT', `Could not interpret "${value}" as string.`)
    }
    const size = length(value)
    if (size > max || size < min) {
      if (min > 0) {
        fail(check, at, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
      } else fail(check, at, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
    } else if (pattern && !pattern.test(value)) {
      fail(check, at, 'STRING_TYPE_REGEX', 'String value did not match validation regex.')
    }
  }
}

/** A string without a limit of its own. */
export const anyString: Rule = (check, value, at) => {
  if (typeof value !== 'string') {
    fail(check, at, 'STRING_TYPE_CONVERT', `Could not interpret "${value}" as string.`)
  }
}

export const boolean: Rule = (check, value, at) => {
  if (typeof value !== 'boolean') {
    fail(check, at, 'BOOLEAN_TYPE_CONVERT', 'Must be either true or false.')
  }
}

export function integer(min: number, max: number): Rule {
  return (check, value, at) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      return fail(check, at, 'NUMBER_TYPE_COERCE', `Value "${value}" is not int.`)
    }
    bounds(check, value, at, min, max)
  }
}

export function number(min: number, max: number): Rule {
  return (check, value, at) => {
    if (typeof value !== 'number') {
      return fail(check, at, 'NUMBER_TYPE_COERCE', `Value "${value}" is not float.`)
    }
    bounds(check, value, at, min, max)
  }
}

function bounds(check: Check, value: number, at: string, min: number, max: number): void {
  if (value > max) {
    fail(check, at, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`)
  }
  if (value < min) {
    fail(check, at, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`)
  }
}

export const snowflakeRule: Rule = (check, value, at) => {
  if (typeof value !== 'string' || !/^(0|[1-9][0-9]{0,19})$/.test(value)) {
    fail(check, at, 'NUMBER_TYPE_COERCE', `Value "${value}" is not snowflake.`)
  }
}

export function url(limit: LimitId, schemes: readonly string[]): Rule {
  const fits = string(limit, 1)
  return (check, value, at) => {
    fits(check, value, at)
    if (typeof value !== 'string') return
    const scheme = value.slice(0, value.indexOf(':'))
    if (!schemes.includes(scheme) || !URL.canParse(value) || !/^[!-~]+$/.test(value)) {
      fail(check, at, 'URL_TYPE_INVALID_URL', 'Not a well formed URL.')
    }
  }
}

export function oneOf(...allowed: readonly (string | number)[]): Rule {
  return (check, value, at) => {
    if (!allowed.some((one) => one === value)) {
      fail(check, at, 'BASE_TYPE_CHOICES', `Value must be one of {${allowed.join(', ')}}.`)
    }
  }
}

/** A list within its limit; `max` may be stricter than the limit's own. */
export function listOf(limit: LimitId, rule: Rule, min = 0): Rule {
  const { max } = limits[limit]
  return (check, value, at) => {
    if (!Array.isArray(value)) {
      return fail(check, at, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType.')
    }
    if (value.length > max || value.length < min) {
      if (min > 0) {
        fail(check, at, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`)
      } else fail(check, at, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`)
    }
    for (const [i, entry] of value.entries()) rule(check, entry, `${at}/${i}`)
  }
}

/** The same, with every entry there once. */
export function setOf(limit: LimitId, rule: Rule, min = 0): Rule {
  const plain = listOf(limit, rule, min)
  return (check, value, at) => {
    plain(check, value, at)
    if (Array.isArray(value) && new Set(value).size !== value.length) {
      fail(check, at, 'SET_TYPE_ALREADY_CONTAINS_VALUE', 'The set already contains this value')
    }
  }
}

/** An object of exactly these keys. Optional ones may be absent or null. */
export function shape(fields: Record<string, Rule>, required: readonly string[] = []): Rule {
  return (check, value, at) => {
    if (!isObject(value)) {
      return fail(check, at, 'MODEL_TYPE_CONVERT', 'Only dictionaries may be used in a ModelType')
    }
    for (const key of required) {
      if (value[key] === undefined || value[key] === null) {
        fail(check, `${at}/${key}`, 'BASE_TYPE_REQUIRED', 'This field is required')
      }
    }
    for (const [key, entry] of Object.entries(value)) {
      const rule = fields[key]
      // Discord ignores what it does not know; here a misspelled key shall not pass unnoticed.
      if (!rule) fail(check, `${at}/${key}`, 'UNKNOWN_FIELD', `There is no field "${key}" here.`)
      else if (entry !== null) rule(check, entry, `${at}/${key}`)
    }
  }
}

/** One of several shapes, told by its `type`. */
export function byType(shapes: Record<number, Rule>): Rule {
  return (check, value, at) => {
    const type = isObject(value) ? value['type'] : undefined
    const rule = typeof type === 'number' ? shapes[type] : undefined
    if (rule) return rule(check, value, at)
    fail(
      check,
      `${at}/type`,
      'UNION_TYPE_CHOICES',
      `Value of field "type" must be one of (${Object.keys(shapes).join(', ')}).`,
    )
  }
}

/** Several rules on one value. */
export function both(...rules: readonly Rule[]): Rule {
  return (check, value, at) => {
    for (const rule of rules) rule(check, value, at)
  }
}
