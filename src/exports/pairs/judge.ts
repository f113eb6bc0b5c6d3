/** How a record's outputs are compared: by the rankings or the ratings that labelers gave. */
import type { LabelerStrategy, MarginStrategy, PairStrategy } from '../options.ts'
import type { ExportRecord } from '../source.ts'
import type { Output } from './outputs.ts'
import type { Decided } from './pairs.ts'

/** A format's defaults; without `margin` its rows have none. */
export type OwnStrategies = {
  pairs: PairStrategy
  labelers: LabelerStrategy
  margin?: MarginStrategy
}

export type PairJudge = {
  /** Every choice that was made, by name, for the manifest. */
  strategies: Record<string, unknown>
  /** Groups of pairs, one for each that speaks: everybody together, or each labeler. */
  judge(record: ExportRecord, outputs: readonly Output[]): JudgedGroup[]
}

/** Why there is no group, or its pairs and why the others are none. */
export type JudgedGroup =
  | string
  | {
      /** Distinguishes pairs of one record: empty, or the labeler who answered. */
      by: string
      pairs: readonly Decided[]
      dropped: readonly string[]
      /** How much better, in 0..1, or why that is unknown. */
      marginOf(pair: Decided): number | string
    }
