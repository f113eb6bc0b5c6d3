/**
 * Intraclass correlation ICC(2,1) and ICC(2,k): agreement of ratings by labelers who stand for many,
 * of one labeler and of the mean of all k.
 * P. Shrout and J. Fleiss, "Intraclass correlations", Psychol. Bull. 86, 1979.
 */
import { type Measured, measured, unmeasured } from './measured.ts'

/** `ratings[thing][labeler]`, complete: every labeler has rated everything. */
export function intraclassCorrelation(
  ratings: readonly (readonly number[])[],
): Measured<{ single: number; average: number }> {
  const things = ratings.length
  const labelers = ratings[0]?.length ?? 0
  if (things < 2 || labelers < 2) {
    return unmeasured('Two labelers must have rated the same two things.')
  }
  if (ratings.some((row) => row.length !== labelers)) {
    return unmeasured('Every labeler must have rated everything.')
  }
  const overall = meanOf(ratings.flat())
  const ofThings = ratings.map(meanOf)
  const ofLabelers = Array.from({ length: labelers }, (_, labeler) =>
    meanOf(ratings.map((row) => row[labeler] ?? 0)),
  )
  const total = squares(ratings.flat(), overall)
  const between = labelers * squares(ofThings, overall)
  const across = things * squares(ofLabelers, overall)
  const rows = between / (things - 1)
  const columns = across / (labelers - 1)
  const rest = (total - between - across) / ((things - 1) * (labelers - 1))
  const shared = (labelers * (columns - rest)) / things
  const [single, average] = [rows + (labelers - 1) * rest + shared, rows + shared / labelers]
  // Sums of squares cancel to about 1e-16 of the ratings' own size; below that lies only rounding.
  const noise = 1e-9 * (rows + columns + rest) + 1e-12 * overall ** 2
  if (single <= noise || average <= noise) {
    return unmeasured('The things rated do not differ enough to tell agreement.')
  }
  return measured({ single: (rows - rest) / single, average: (rows - rest) / average })
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function squares(values: readonly number[], center: number): number {
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0)
}
