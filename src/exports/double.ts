/**
 * Numbers that may have a fraction, as JSON files for training say them: `1.0`, never `1`. Arrow, and
 * with it `datasets`, takes a column for whole numbers when the first megabytes of a file hold nothing
 * else, and refuses the file, the shard or the stream at the first fraction after them.
 */
import { sql } from 'kysely'

declare global {
  interface JSON {
    /** ES2026 (https://tc39.es/proposal-json-parse-with-source/); TypeScript does not know it yet. */
    rawJSON(text: string): object
  }
}

/** The value as `JSON.stringify` should print it, with a fraction; anything but a number is unchanged. */
export function asDouble(value: unknown): unknown {
  if (typeof value !== 'number' || !Number.isFinite(value)) return value
  const text = JSON.stringify(value)
  // Readers take a number with an exponent for a double.
  return JSON.rawJSON(/[.e]/.test(text) ? text : `${text}.0`)
}

/** The same of a column of doubles in SQL: its text, or `null`. */
export function doubleText(column: string) {
  const value = sql.raw(column)
  // From 1e15 on Postgres prints an exponent by itself.
  return sql`coalesce(${value}::text || case when ${value} = trunc(${value}) and abs(${value}) < 1e15
    then '.0' else '' end, 'null')`
}

/** A record's suggestions (jsonb), their scores with a fraction. */
export function suggestionsText(column: string) {
  const value = sql.raw(column)
  // A sum of numerics has the scale of the longer one: 1 + 0.0 is 1.0, and 0.25 + 0.0 is 0.25.
  return sql`case when ${value} = '{}' then '{}' else (
    select jsonb_object_agg(key, case jsonb_typeof(value -> 'score')
      when 'number' then jsonb_set(value, '{score}', to_jsonb((value ->> 'score')::numeric + 0.0))
      when 'array' then jsonb_set(value, '{score}', (
        select coalesce(jsonb_agg((one #>> '{}')::numeric + 0.0 order by place), '[]')
        from jsonb_array_elements(value -> 'score') with ordinality scores (one, place)))
      else value end)
    from jsonb_each(${value}))::text end`
}
