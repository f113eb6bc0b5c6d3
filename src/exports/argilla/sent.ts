/** What was written into a running Argilla, and what its server refused. */

export type SentToArgilla = {
  /** The dataset there, and its workspace; null where nothing was to be written. */
  dataset: { id: string; name: string; workspace: string } | null
  records: number
  answers: number
  people: number
  /** The first hundred that its server refused; `count` is all of them. */
  refused: { count: number; records: RefusedRecord[] }
  /** What Argilla cannot hold, in whole sentences. */
  warnings: string[]
}

export type RefusedRecord = { externalId: string; why: string }
