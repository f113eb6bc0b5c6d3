/**
 * Intraclass correlation ICC(2,1) and ICC(2,k): agreement of ratings by labelers who stand for many,
 * of one labeler and of the mean of all k.
 * P. Shrout and J. Fleiss, "Intraclass correlations", Psychol. Bull. 86, 1979.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'

/**
 * `ratings[thing][labeler]`, complete: every labeler has rated everything; `times[thing]` is how many
 * things are rated like it, 1 if absent.
 */
export function intraclassCorrelation(
  ratings: readonly (readonly number[])[],
  times: readonly number[] = [],
): Measured<{ single: number; average: number }> {
  const alike = ratings.map((_, thing) => times[thing] ?? 1)
  const things = alike.reduce((sum, count) => sum + count, 0)
  const labelers = ratings[0]?.length ?? 0
  if (things < 2 || labelers < 2) {
    return unmeasured('Two labelers must have rated the same two things.')
  }
  if (ratings.some((row) => row.length !== labelers)) {
    return unmeasured('Every labeler must have rated everything.')
  }
  const ofThings = ratings.map((row) => meanOf(row))
  const overall = meanOf(ofThings, alike)
  const ofLabelers = Array.from({ length: labelers }, (_, labeler) =>
    meanOf(
      ratings.map((row) => row[labeler] ?? 0),
      alike,
    ),
  )
  const total = ratings.reduce(
    (sum, row, thing) => sum + (alike[thing] ?? 1) * squares(row, overall),
    0,
  )
  const between = labelers * squares(ofThings, overall, alike)
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

function meanOf(values: readonly number[], times: readonly number[] = []): number {
  const count = values.reduce((sum, _, at) => sum + (times[at] ?? 1), 0)
  return values.reduce((sum, value, at) => sum + (times[at] ?? 1) * value, 0) / count
}

function squares(values: readonly number[], center: number, times: readonly number[] = []): number {
  return values.reduce((sum, value, at) => sum + (times[at] ?? 1) * (value - center) ** 2, 0)
}
