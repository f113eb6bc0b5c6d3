/** Calls that arrive while a statement is running share the next one, so that a rush costs few statements. */

/**
 * Makes a function of one out of a function of many. A call on its own starts at once, or with `gather` once
 * what else has already reached the process is read: a rush then costs fewer runs from its first on. `most`
 * calls share one run, and `lanes` runs go on at a time. Each run begins after the calls it serves have
 * arrived, so that what it reads is not older than they are. `run` returns one result for each item, in
 * their order; what it throws, all of them get.
 */
export function together<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly Result[]>,
  {
    most = 200,
    lanes = 1,
    alone = false,
    gather = false,
  }: { most?: number; lanes?: number; alone?: boolean; gather?: boolean } = {},
): (item: Item) => Promise<Result> {
  type Waiting = {
    item: Item
    resolve: (result: Result) => void
    reject: (error: unknown) => void
  }
  const waiting: Waiting[] = []
  let running = 0
  const serve = async (batch: readonly Waiting[]) => {
    try {
      const results = await run(batch.map(({ item }) => item))
      for (const [at, { resolve }] of batch.entries()) resolve(results[at] as Result)
    } catch (error) {
      // With `alone`, what one item causes is not done to the others: each is run by itself.
      if (alone && batch.length > 1) for (const one of batch) await serve([one])
      else for (const { reject } of batch) reject(error)
    }
  }
  const runAll = async () => {
    running++
    if (gather) await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) await serve(waiting.splice(0, most))
    running--
  }
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject })
      if (running < lanes) void runAll()
    })
}
