/** What kind of place `--to` names. */

/** Whether it is not a path; a mistyped address (`hf:datasets/…`) is not taken for a file either. */
export function isElsewhere(to: unknown): to is `${string}:${string}` {
  return typeof to === 'string' && /^([a-z][a-z0-9]+:\/\/|(s3|hf|gs|az|file|https?):)/i.test(to)
}

/** Whether it is a running Argilla. */
export function isArgilla(to: unknown): to is string {
  return typeof to === 'string' && /^argilla\+https?:\/\//i.test(to)
}
