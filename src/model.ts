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
  /** Requests under way at once. */
  inFlight: number
  timeoutMs: number
  /** The parameter that bounds the length of an output; servers differ. */
  lengthKey: 'max_tokens' | 'max_completion_tokens'
  /** Parameters sent with every request as they are, such as `{ reasoning_effort: low }`. */
  extra: Readonly<Record<string, unknown>>
}

export type Models = {
  /** Those that have a name; none where only OPENAI_API_KEY or OPENAI_BASE_URL is set. */
  names: readonly string[]
  /** Null for a name that nothing is known of. */
  find(name: string): Model | null
}
