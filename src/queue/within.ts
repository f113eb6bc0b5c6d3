/** A promise with a time limit. */

/** The promise's value, or `otherwise` if it takes longer; the promise itself continues. */
export function within<Value>(
  ms: number,
  promise: Promise<Value>,
  otherwise: Value,
): Promise<Value> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => done(otherwise), ms)
    promise.then(done, fail).finally(() => clearTimeout(timer))
  })
}
