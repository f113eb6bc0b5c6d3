/** What stands in and beside the charts of a dataset, in English and German. */
import type { Period } from '../../quality/dataset/stats-queries.ts'
import { isGerman } from '../../sentences.ts'

const english = {
  progress: 'Progress',
  progressHow:
    'The line counts records that have all the answers they need, on the day of the last one. The dashed line goes on at the pace of the last 14 days; in four of five cases the shade holds the day on which the last record is completed.',
  progressEnd: 'There is no dashed line while the pace predicts nothing.',
  progressSummary: (completed: string, records: string) =>
    `${completed} of ${records} records are completed.`,
  completed: 'completed',
  expected: 'expected, with 80% interval',
  records: (count: string) => `${count} records`,

  answers: (period: Period) =>
    ({ day: 'Answers a day', week: 'Answers a week', month: 'Answers a month' })[period],
  answersHow:
    'Answers that count complete records. Surplus answers, answers to checks and excluded ones do not. Days are those of UTC.',
  answersSummary: (counted: string, surplus: string, skipped: string) =>
    `${counted} answers count, ${surplus} do not; ${skipped} tasks were skipped.`,
  counted: 'counted',
  surplus: 'surplus, checks, excluded',
  skipped: 'skipped',

  agreement: (title: string) => `Agreement: ${title}`,
  agreementHow: (period: Period) =>
    `Of the records last answered in each ${period}: 0 is what chance gives, 1 is perfect agreement. The shade is the 95% interval; where it includes 0, agreement cannot be distinguished from chance. For human preferences .3 to .5 is usual. A falling line is a reason to read the guidelines again.`,
  agreementAll: (value: string, metric: string) => `All records: ${value}, ${metric}.`,
  agreementGap: 'A gap is a period in which no record has answers of two people.',
  all: 'all records',

  strength: (title: string) => `Strength of the models: ${title}`,
  strengthHow: (method: string) =>
    `Strengths are logarithms of odds (${method}): a model one point higher is chosen 2.7 times as often; the mean model is at 0. Where intervals overlap, the order is not settled: the ranks at the right hold 95% of resamples. An arrow has no limit yet.`,
  strengthBest: (model: string, rank: string) => `First is ${model}, ${rank}.`,
  mean: 'mean model',
  rank: (low: number, high: number) => (low === high ? `rank ${low}` : `rank ${low}–${high}`),

  ratings: (title: string) => `Mean ratings: ${title}`,
  ratingsHow:
    'The mean of the ratings of each model with its 95% interval. Where intervals overlap, the order is not settled.',
  ratingsSummary: (model: string, mean: string) => `The highest is ${model} with ${mean}.`,

  position: (title: string) => `Position bias: ${title}`,
  positionHow:
    'How often the output shown first was chosen as the best, by labeler, with 95% intervals. Outputs are shuffled, so without bias all points lie on the line. Who lies far from it may not read to the end.',
  length: (title: string) => `Length bias: ${title}`,
  lengthHow:
    'How often the longer of two outputs was preferred, by labeler, with 95% intervals. Longer may well be better: compare labelers with each other rather than with the line.',
  biasSummary: (share: string, even: string) => `All together: ${share}; ${even} would be even.`,
  everybody: 'everybody',
  even: 'even',
  of: (count: string, of: string) => `${count} of ${of}`,

  skips: 'Reasons of skips',
  skipsHow:
    '“Unclear”, “unsafe” and “broken” are faults of the record, and enough of them reject it. The others only pass it on to somebody else.',
  skipsSummary: (count: string, reason: string) => `${count} skips; most often: ${reason}.`,
  noSkips: 'Nobody has skipped a task yet.',
  noReason: 'no reason given',

  noAnswers: 'Nobody has answered yet.',
  noOverlap: 'Not enough overlap: no record has answers of two people yet.',
  noModels: 'No two models have been compared yet.',
  noRatings: 'No output of a known model has been rated yet.',
  noBias: 'Not enough answers with outputs to choose from yet.',

  columns: {
    day: 'from',
    completed: 'records completed',
    completedAll: 'completed in all',
    counted: 'counted',
    surplus: 'not counted',
    skipped: 'skipped',
    overlap: 'records with two answers',
    agreement: 'agreement',
    low: 'low (95%)',
    high: 'high (95%)',
    raw: 'raw agreement',
    note: 'note',
    model: 'model',
    rank: 'rank',
    rankLow: 'rank, low',
    rankHigh: 'rank, high',
    strength: 'strength',
    judgements: 'judgements',
    mean: 'mean rating',
    ratings: 'ratings',
    labeler: 'labeler',
    share: 'share',
    expected: 'even',
    count: 'count',
    of: 'of',
    p: 'p',
    reason: 'reason',
  },
}
export type DatasetChartWords = typeof english

const german: DatasetChartWords = {
  progress: 'Fortschritt',
  progressHow:
    'Die Linie zählt Einträge, die alle nötigen Antworten haben, am Tag der letzten. Die gestrichelte Linie geht im Tempo der letzten 14 Tage weiter; in vier von fünf Fällen liegt der Tag, an dem der letzte Eintrag fertig wird, in der Fläche.',
  progressEnd: 'Ohne gestrichelte Linie lässt das Tempo noch keine Vorhersage zu.',
  progressSummary: (completed, records) => `${completed} von ${records} Einträgen sind fertig.`,
  completed: 'fertig',
  expected: 'erwartet, mit 80-%-Intervall',
  records: (count) => `${count} Einträge`,

  answers: (period) =>
    ({ day: 'Antworten am Tag', week: 'Antworten pro Woche', month: 'Antworten im Monat' })[period],
  answersHow:
    'Antworten, die zählen, machen Einträge fertig. Überzählige, solche auf Proben und ausgeschlossene tun das nicht. Die Tage sind die der UTC.',
  answersSummary: (counted, surplus, skipped) =>
    `${counted} Antworten zählen, ${surplus} nicht; ${skipped} Aufgaben wurden übersprungen.`,
  counted: 'gezählt',
  surplus: 'überzählig, Proben, ausgeschlossen',
  skipped: 'übersprungen',

  agreement: (title) => `Übereinstimmung: ${title}`,
  agreementHow: (period) =>
    `Über die Einträge, deren letzte Antwort ${{ day: 'an diesem Tag', week: 'in dieser Woche', month: 'in diesem Monat' }[period]} kam: 0 ist Zufall, 1 völlige Einigkeit. Die Fläche ist das 95-%-Intervall; enthält es die 0, ist das Ergebnis vom Zufall nicht zu unterscheiden. Bei Vorlieben sind 0,3 bis 0,5 üblich. Fällt die Linie, lohnt ein neuer Blick in die Richtlinien.`,
  agreementAll: (value, metric) => `Alle Einträge: ${value}, ${metric}.`,
  agreementGap: 'In einer Lücke hat kein Eintrag Antworten von zwei Personen.',
  all: 'alle Einträge',

  strength: (title) => `Stärke der Modelle: ${title}`,
  strengthHow: (method) =>
    `Stärken sind logarithmierte Chancen (${method}): Ein Modell, das einen Punkt höher liegt, wird 2,7-mal so oft gewählt; das mittlere Modell liegt bei 0. Wo Intervalle einander überlappen, steht die Reihenfolge nicht fest: Die Ränge rechts enthalten 95 % der Stichproben. Ein Pfeil hat noch keine Grenze.`,
  strengthBest: (model, rank) => `Vorn liegt ${model}, ${rank}.`,
  mean: 'mittleres Modell',
  rank: (low, high) => (low === high ? `Rang ${low}` : `Rang ${low}–${high}`),

  ratings: (title) => `Mittlere Bewertungen: ${title}`,
  ratingsHow:
    'Das Mittel der Bewertungen jedes Modells mit seinem 95-%-Intervall. Wo Intervalle einander überlappen, steht die Reihenfolge nicht fest.',
  ratingsSummary: (model, mean) => `Am höchsten liegt ${model} mit ${mean}.`,

  position: (title) => `Vorliebe für den ersten Platz: ${title}`,
  positionHow:
    'Wie oft die zuerst gezeigte Ausgabe als beste gewählt wurde, nach Person, mit 95-%-Intervallen. Ausgaben werden gemischt; ohne Vorliebe liegen alle Punkte auf der Linie. Wer weit davon liegt, liest vielleicht nicht bis zum Ende.',
  length: (title) => `Vorliebe für Länge: ${title}`,
  lengthHow:
    'Wie oft die längere von zwei Ausgaben vorgezogen wurde, nach Person, mit 95-%-Intervallen. Länger kann wirklich besser sein: Vergleiche die Personen miteinander statt mit der Linie.',
  biasSummary: (share, even) => `Alle zusammen: ${share}; ausgeglichen wären ${even}.`,
  everybody: 'alle',
  even: 'ausgeglichen',
  of: (count, of) => `${count} von ${of}`,

  skips: 'Gründe fürs Überspringen',
  skipsHow:
    '„Unklar“, „bedenklich“ und „kaputt“ sind Fehler des Eintrags; genug davon weisen ihn zurück. Die anderen geben ihn nur an jemand anderen weiter.',
  skipsSummary: (count, reason) => `${count}-mal übersprungen; am häufigsten: ${reason}.`,
  noSkips: 'Noch hat niemand eine Aufgabe übersprungen.',
  noReason: 'kein Grund genannt',

  noAnswers: 'Noch hat niemand geantwortet.',
  noOverlap: 'Zu wenig Überschneidung: Noch hat kein Eintrag Antworten von zwei Personen.',
  noModels: 'Noch wurden keine zwei Modelle verglichen.',
  noRatings: 'Noch wurde keine Ausgabe eines bekannten Modells bewertet.',
  noBias: 'Noch zu wenige Antworten, bei denen Ausgaben zur Wahl standen.',

  columns: {
    day: 'ab',
    completed: 'fertige Einträge',
    completedAll: 'fertig insgesamt',
    counted: 'gezählt',
    surplus: 'nicht gezählt',
    skipped: 'übersprungen',
    overlap: 'Einträge mit zwei Antworten',
    agreement: 'Übereinstimmung',
    low: 'unten (95 %)',
    high: 'oben (95 %)',
    raw: 'rohe Übereinstimmung',
    note: 'Hinweis',
    model: 'Modell',
    rank: 'Rang',
    rankLow: 'Rang, bester',
    rankHigh: 'Rang, schlechtester',
    strength: 'Stärke',
    judgements: 'Urteile',
    mean: 'Mittelwert',
    ratings: 'Bewertungen',
    labeler: 'Person',
    share: 'Anteil',
    expected: 'ausgeglichen',
    count: 'Anzahl',
    of: 'von',
    p: 'p',
    reason: 'Grund',
  },
}

export function datasetChartWords(locale: string | undefined): DatasetChartWords {
  return isGerman(locale) ? german : english
}
