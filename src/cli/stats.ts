/** Commands that report the quality of a dataset's answers. */
import {
  howToRead,
  nothingToCompare,
  sayEstimate,
  sayLeftOut,
  short,
  tooFew,
} from '../chat/words/stats-lines.ts'
import { invalid } from '../errors.ts'
import {
  type BiasOf,
  type Estimate,
  type GroupQuestion,
  type LabelerQuestionStats,
  type LabelerStats,
  type Measures,
  type QuestionStats,
  type ShareOf,
  type ShownFirst,
  type Stats,
  type StatsBy,
  type StrengthMethod,
  strengthMethods,
} from '../quality/dataset/stats-result.ts'
import { counted } from '../sentences.ts'
import { print, type Run, withVerbs } from './command.ts'
import { openMeter } from './meter.ts'

/** `parley stats <dataset>` */
export const stats: Run = (doors, { words: [dataset = ''], options }) => {
  const by = readBy(options['by'])
  const resamples =
    options['intervals'] === false ? 0 : readResamples(options['resamples'] ?? '200')
  const strength = readMethod(options['strength'] ?? 'davidson')
  return withVerbs(doors, async (verbs) => {
    const meter = openMeter('stats')
    const tell = (share: number) => meter.show(share, `fitting strengths (${strength})`)
    const measures = Boolean(options['json'] ?? options['all'])
    const input = { dataset, resamples, strength, by, measures, tell }
    const stats = await verbs.datasetStats(input).finally(meter.end)
    print(options['json'] ? JSON.stringify(stats) : drawStats(stats))
  })
}

/** Draws all statistics as short tables. */
export function drawStats(stats: Stats): string {
  const { records, answers, labelers } = stats.counts
  const parts = [
    [
      `${stats.dataset}: ${counted(answers, 'answer')} to ${counted(records, 'record')} by ${counted(labelers, 'labeler')}`,
      sayLeftOut(stats),
    ],
    ...(stats.questions.length === 0 ? [[nothingToCompare()]] : stats.questions.map(drawQuestion)),
    ...(stats.by ? [drawGroups(stats.by)] : []),
    ...(stats.labelers.length > 0 ? [['Labelers', ...drawLabelers(stats)]] : []),
    [
      howToRead(),
      stats.resamples > 0
        ? `Intervals hold 95% of ${stats.resamples} resamples of the records; shares by labeler have Wilson intervals in --json.`
        : 'No intervals were asked for.',
    ],
  ]
  return parts.map((lines) => lines.filter((line) => line !== '').join('\n')).join('\n\n')
}

function drawQuestion(question: QuestionStats): string[] {
  const { strength, mean_ratings: means, position, overlap } = question
  const lines = [
    `${question.name} (${question.type}): ${question.title}`,
    `  ${counted(question.answers, 'answer')}; ${counted(overlap.records, 'record')} with two or more`,
    `  agreement      ${sayEstimate(question.agreement)}${question.agreement.value === null ? '' : `  ${question.agreement.metric}${sayTooFew(question.agreement)}`}`,
  ]
  if (question.gwet && question.gwet.value !== null)
    lines.push(`  beside it      ${sayEstimate(question.gwet)}  Gwet's ${question.gwet.metric}`)
  if (question.interval_alpha && question.agreement.value !== null)
    lines.push(`  alpha (interval) ${sayEstimate(question.interval_alpha)}`)
  lines.push(`  raw agreement  ${sayEstimate(question.raw_agreement)}`)
  if (question.span_f1)
    lines.push(
      `  marks (F1)     ${sayEstimate(question.span_f1.exact)} exact`,
      `                 ${sayEstimate(question.span_f1.overlap)} overlapping`,
    )
  if (question.measures) lines.push(...drawMeasures(question.measures))
  if (question.gold) lines.push(`  known answers  ${sayInterval(question.gold)}`)
  if (question.suggestions) lines.push(`  suggestions    ${saySuggestions(question.suggestions)}`)
  if (position) lines.push(`  shown first    ${sayBias(position)}`)
  if (question.likely_labels?.value)
    lines.push(
      `  likely true    ${question.likely_labels.value.map(({ label, share }) => `${label} ${short(share)}`).join(', ')}  (Dawid-Skene${question.likely_labels.converged ? '' : ', not settled: read them with care'})`,
    )
  if (strength) lines.push(...drawStrength(strength))
  if (means)
    lines.push(
      ...table(
        ['model', 'mean', 'ratings', 'shown first'],
        means.map(({ model, mean, ratings, shown_first: shown }) => [
          model,
          sayEstimate(mean),
          String(ratings),
          shown ? sayShown(shown) : '',
        ]),
      ),
    )
  if (question.disputed.length > 0)
    lines.push(
      ...table(
        ['most disputed', 'disagreement', 'answers'],
        question.disputed.map((one) => [
          one.external_id,
          short(one.disagreement),
          String(one.answers),
        ]),
      ),
    )
  return lines
}

/** "sway by .11 (.05 to .17): agreed with in .72 of 1900 with them, .61 of 210 held out". */
function saySuggestions(effect: NonNullable<QuestionStats['suggestions']>): string {
  if (effect.value === null) return effect.reason
  const { shown, held_out: heldOut } = effect
  return `sway by ${sayEstimate(effect)}: agreed with in ${short(shown.value)} of ${shown.of} with them, ${short(heldOut.value)} of ${heldOut.of} held out`
}

function drawStrength(strength: NonNullable<QuestionStats['strength']>): string[] {
  if (!strength.value) return [`  strength       ${strength.reason}`]
  const rows = strength.value.map((one) => [
    one.rank_low === undefined || one.rank_low === one.rank_high
      ? String(one.rank)
      : `${one.rank_low}-${one.rank_high}`,
    one.model,
    sayEstimate(one.strength),
    String(one.judgements),
    sayShown(one.shown_first),
  ])
  const judged = strength.method === 'Plackett-Luce' ? 'rankings' : 'pairs'
  const lines = [
    ...table(['rank', 'model', 'strength', judged, 'shown first'], rows),
    `  ${strength.method}: logarithms of odds, the mean model at 0${sayTooFew(strength)}.`,
  ]
  if (strength.left_out)
    lines.push(
      `  ${counted(strength.left_out, 'ranking')} left out, which Plackett-Luce cannot take; bradley-terry takes their pairs.`,
    )
  if (strength.penalized)
    lines.push(
      '  Some model never lost or never won: a penalty holds its strength finite, and the answers limit it on one side only.',
    )
  return lines
}

/** The classical measures; for Cohen's kappa, the pairs of labelers with the most shared records. */
function drawMeasures({
  cohen,
  fleiss,
  icc,
  tau_b: tau,
  w,
  consistency,
  cohen_complete: complete,
}: Measures) {
  const shown = cohen.slice(0, 20)
  const more = cohen.length - shown.length
  const of = (found: Estimate, count: number | undefined, noun: string) =>
    found.value === null
      ? sayEstimate(found)
      : `${sayEstimate(found)} over ${counted(count ?? 0, noun)}`
  return [
    `  Fleiss' kappa  ${of(fleiss, fleiss.things, 'thing')}`,
    'single' in icc
      ? `  ICC            (2,1) ${short(icc.single)}, (2,k) ${short(icc.average)} of ${counted(icc.things, 'thing')} by ${icc.labelers}`
      : `  ICC            ${icc.reason}`,
    `  tau-b          ${of(tau, tau.pairs, 'comparison')}`,
    `  Kendall's W    ${of(w, w.records, 'record')}`,
    `  consistency    ${consistency.value === null ? consistency.reason : sayInterval(consistency)}`,
    ...(shown.length === 0
      ? []
      : table(
          ["Cohen's kappa", '', 'in common', 'kappa'],
          shown.map(({ labelers: [one = '', other = ''], common, kappa }) => [
            one,
            other,
            String(common),
            sayEstimate(kappa),
          ]),
        )),
    ...(more > 0 ? [`  ${counted(more, 'more pair')} in --json.`] : []),
    ...(complete ? [] : ['  Of so many pairs only a part was kept.']),
  ]
}

/** One line for each group and question: agreement, and the strongest models. */
function drawGroups({ key, groups, more }: StatsBy): string[] {
  const rows = groups.flatMap(({ value, records, questions }) =>
    questions
      .filter(({ answers }) => answers > 0)
      .map((question) => [
        value ?? '(none)',
        question.name,
        String(records),
        String(question.answers),
        sayCell(question.agreement),
        sayCell(question.raw_agreement),
        sayBest(question),
      ]),
  )
  const heads = [key, 'question', 'records', 'answers', 'agreement', 'raw', 'best first']
  return [
    `By ${key}`,
    ...table(heads, rows),
    ...(more > 0 ? [`  ${counted(more, 'smaller group')} not told apart.`] : []),
  ]
}

/** A row has no room for the reason; it is given above, for the whole dataset. */
function sayCell(found: Estimate & { too_few?: string }): string {
  return found.value === null ? '-' : `${sayEstimate(found)}${sayTooFew(found)}`
}

/** "harbor .40 (.11 to .72), pebble -.40 (-.72 to -.11)": the first three. */
function sayBest({ strength, mean_ratings: means }: GroupQuestion): string {
  const models = strength?.value
    ? strength.value.map(({ model, strength: own }) => `${model} ${sayEstimate(own)}`)
    : (means ?? [])
        .toSorted((a, b) => (b.mean.value ?? 0) - (a.mean.value ?? 0))
        .map(({ model, mean }) => `${model} ${sayEstimate(mean)}`)
  const few = strength?.value ? sayTooFew(strength) : ''
  return `${models.slice(0, 3).join('; ')}${models.length > 3 ? '; …' : ''}${few}`
}

/** ", too few to rely on", if they are. */
function sayTooFew({ too_few: why }: { too_few?: string }): string {
  return why === undefined ? '' : `, ${tooFew()}`
}

function drawLabelers({ labelers }: Stats): string[] {
  const hasRankings = labelers.some(({ questions }) => questions.some(({ ties }) => ties))
  const hasGold = labelers.some(({ questions }) =>
    questions.some(({ gold }) => gold.value !== null),
  )
  const heads = ['labeler', 'question', 'answers', 'seconds', 'fast', 'with others', 'with self']
  if (hasGold) heads.push('known answers')
  const rows = labelers.flatMap((one) => {
    // For text questions there is only a count and a pace.
    if (one.questions.length === 0) return [[one.labeler, '', String(one.answers), ...sayPace(one)]]
    return one.questions.map((question, index) => [
      ...(index === 0 ? [one.labeler] : ['']),
      question.name,
      String(question.answers),
      ...(index === 0 ? sayPace(one) : ['', '']),
      sayShare(question.leave_one_out),
      sayConsistency(question),
      ...(hasGold ? [sayInterval(question.gold)] : []),
      ...(hasRankings
        ? [
            question.position ? sayBias(question.position) : '',
            question.longer_preferred ? sayBias(question.longer_preferred) : '',
            question.ties ? sayShare(question.ties) : '',
          ]
        : []),
    ])
  })
  return table(hasRankings ? [...heads, 'first shown', 'longer', 'ties'] : heads, rows)
}

function sayPace({ median_seconds: median, too_fast: fast }: LabelerStats): string[] {
  return [
    median.value === null ? '-' : median.value.toFixed(median.value < 10 ? 1 : 0),
    fast.of === 0 ? '-' : `${fast.count} of ${fast.of}`,
  ]
}

function sayShare(share: ShareOf): string {
  return share.value === null ? '-' : `${short(share.value)} of ${share.of}`
}

/** For rankings, kappa stands beside it, which corrects for chance. */
function sayConsistency({ consistency, self_kappa: kappa }: LabelerQuestionStats): string {
  const said = sayShare(consistency)
  return kappa?.value == null ? said : `${said} (kappa ${short(kappa.value)})`
}

/** "16 of 60 (even 20)": balanced if the two are close. */
function sayShown({ count, of, expected }: ShownFirst): string {
  return of === 0 ? '' : `${count} of ${of} (even ${Math.round(expected)})`
}

/** With its Wilson interval, because few known answers say little. */
function sayInterval(share: ShareOf): string {
  return share.value === null ? '-' : `${sayEstimate(share)} of ${share.of}`
}

/** A star if chance alone would do this less than once in a hundred times. */
function sayBias(bias: BiasOf): string {
  if (bias.value === null) return '-'
  return `${short(bias.value)}${bias.p < 0.01 ? '*' : ''} (even ${short(bias.expected)})`
}

/** Columns as wide as their widest cell. */
function table(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  return [heads, ...rows].map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
}

/** "metadata.lang", or "lang", as a path of names. */
function readBy(given: unknown): string[] | undefined {
  if (given === undefined) return undefined
  const names = String(given).split('.')
  const path = names[0] === 'metadata' ? names.slice(1) : names
  if (path.length > 0 && path.every((name) => name !== '')) return path
  throw invalid({ '--by': 'Write a key of the records’ metadata, such as metadata.lang.' })
}

function readResamples(given: unknown): number {
  const resamples = Number(given)
  if (Number.isInteger(resamples) && resamples >= 0 && resamples <= 10_000) return resamples
  throw invalid({ '--resamples': 'Write a whole number from 0 to 10000, such as 200.' })
}

function readMethod(given: unknown): StrengthMethod {
  const found = strengthMethods.find((method) => method.toLowerCase() === String(given))
  if (found !== undefined) return found
  throw invalid({ '--strength': 'Write davidson, bradley-terry or plackett-luce.' })
}
