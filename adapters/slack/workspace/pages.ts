/** Slack's lists come in pages; a cursor leads to the next. */

/** More pages than any workspace has: a cursor that leads nowhere must end too. */
const mostPages = 100

export async function* eachOfPages<Item>(
  list: (cursor: string | undefined) => Promise<{ items: readonly Item[]; next: string }>,
): AsyncGenerator<Item> {
  let cursor: string | undefined
  for (let pages = 0; pages < mostPages; pages++) {
    const { items, next } = await list(cursor)
    yield* items
    if (!next) return
    cursor = next
  }
}
