/** What stands in charts and beside them whatever they are of, in English and German. */
import { isGerman } from '../../sentences.ts'

const english = {
  locale: 'en-GB',
  table: 'The numbers as a table',
  csv: 'Download as CSV',
  noData: 'There is nothing to draw yet.',
  more: (rows: number) => `${rows} more rows are in the CSV.`,
  /** Of a limit that the answers do not set. */
  open: 'no limit',
}
export type ChartWords = typeof english

const german: ChartWords = {
  locale: 'de-DE',
  table: 'Die Zahlen als Tabelle',
  csv: 'Als CSV herunterladen',
  noData: 'Noch gibt es nichts zu zeichnen.',
  more: (rows) => `${rows} weitere Zeilen stehen in der CSV-Datei.`,
  open: 'keine Grenze',
}

export function chartWords(locale: string | undefined): ChartWords {
  return isGerman(locale) ? german : english
}
