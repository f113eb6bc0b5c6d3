/** All charts of a dataset, in the order in which its page shows them. */
import type { Forecast } from '../../quality/measures/forecast.ts'
import type { Measured } from '../../quality/measures/measured.ts'
import type { Chart } from '../charts/chart.ts'
import { lengthChart, positionChart, skipsChart } from './habit-charts.ts'
import { ratingsChart, strengthChart } from './model-charts.ts'
import { saidIn } from './said.ts'
import type { Statistics } from './statistics.ts'
import { agreementChart, answersChart, progressChart } from './time-charts.ts'

export function datasetCharts(
  statistics: Statistics,
  ending: Measured<Forecast>,
  language: string | undefined,
): Chart[] {
  const said = saidIn(language)
  const { questions, labelers } = statistics.stats
  return [
    progressChart(statistics, ending, said),
    answersChart(statistics, said),
    ...questions.flatMap((question) => [
      agreementChart(statistics, question, said),
      ...(question.strength ? [strengthChart(question, question.strength, said)] : []),
      ...(question.mean_ratings ? [ratingsChart(question, question.mean_ratings, said)] : []),
      ...[positionChart(question, labelers, said) ?? []].flat(),
      ...[lengthChart(question, labelers, said) ?? []].flat(),
    ]),
    skipsChart(statistics, said),
  ]
}
