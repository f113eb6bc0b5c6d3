/**
 * Fleiss' kappa: agreement beyond chance where every unit has equally many answers.
 * J. Fleiss, "Measuring nominal scale agreement among many raters", Psychol. Bull. 76, 1971.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'

/**
 * `counts[unit][category]` is how many labelers put the unit into the category; `times[unit]` how
 * many units are like it, 1 if absent.
 */
export function fleissKappa(
  counts: readonly (readonly number[])[],
  times: readonly number[] = [],
): Measured {
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0))
  const votes = totals[0]
  if (votes === undefined || votes < 2) return unmeasured('Nothing has two answers yet.')
  if (totals.some((total) => total !== votes)) {
    return unmeasured('The units have unequally many answers; read Krippendorff’s alpha instead.')
  }
  const answers = votes * counts.reduce((sum, _, unit) => sum + (times[unit] ?? 1), 0)
  let agreement = 0
  const byCategory: number[] = []
  for (const [unit, row] of counts.entries()) {
    const alike = times[unit] ?? 1
    for (const [category, count] of row.entries()) {
      agreement += (alike * count * (count - 1)) / (votes - 1) / answers
      byCategory[category] = (byCategory[category] ?? 0) + alike * count
    }
  }
  // The test is on whole counts: a sum of shares may miss 1 by a rounding error.
  if (byCategory.some((count) => count === answers)) {
    return unmeasured('All answers are the same, so agreement by chance cannot be told apart.')
  }
  const chance = byCategory.reduce((sum, count) => sum + (count / answers) ** 2, 0)
  return measured((agreement - chance) / (1 - chance))
}
