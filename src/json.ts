/** Values of JSON that come from outside, and what is said of one that cannot be used. */

export type JsonObject = { [key: string]: unknown }

/** `path` names the value within its record, `''` the record itself. */
export type LineProblem = { path: string; message: string; remedy: string }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
