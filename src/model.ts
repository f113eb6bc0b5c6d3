/** A model that answers: where it is reached and what it costs, as the operator configured it. */

export type Model = {
  /** What commands and datasets call it, and what its outputs carry. */
  name: string
  /** The server's base address, such as https://api.openai.com/v1. */
  baseUrl: string
  /** What its server calls it. */
  model: string
  /** The environment variable with the key and its value; null for a server that asks for none. */
  key: { variable: string; value: string | null } | null
  /** Per million tokens, in whatever currency the operator pays; null where nobody said. */
  prices: { input: number; output: number } | null
  /** The most requests in flight. */
  inFlight: number
  timeoutMs: number
  /** The parameter that bounds the length of an output; servers differ. */
  lengthKey: 'max_tokens' | 'max_completion_tokens'
  /** Parameters sent with every request as they are, such as `{ reasoning_effort: low }`. */
  extra: Readonly<Record<string, unknown>>
}

export type Models = {
  /** By name, in the order in which they are written. */
  named: ReadonlyMap<string, Model>
  /** With only OPENAI_API_KEY or OPENAI_BASE_URL set: every other name is a model of that server. */
  others: Model | null
}

/** Names become ids of outputs and stand in commands: no spaces, no commas. */
export const modelName = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$/

/** Null for a name that nothing is known of. */
export function findModel({ named, others }: Models, name: string): Model | null {
  const known = named.get(name)
  if (known) return known
  return others && modelName.test(name) ? { ...others, name, model: name } : null
}
