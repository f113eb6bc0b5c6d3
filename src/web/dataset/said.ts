/** How the charts of a dataset say things: their words, those of chat, and how numbers are written. */
import { type Words, words } from '../../chat/words/words.ts'
import type { Column } from '../charts/chart.ts'
import { sayCell } from '../charts/number.ts'
import { chartWords } from '../charts/words.ts'
import { type DatasetChartWords, datasetChartWords } from './chart-words.ts'

export type Said = {
  words: DatasetChartWords
  /** Those of chat: metrics, reasons, skips. */
  told: Words
  locale: string
  count(value: number): string
  share(value: number): string
  column(key: string, title: keyof DatasetChartWords['columns'], format: Column['format']): Column
}

export function saidIn(language: string | undefined): Said {
  const said = datasetChartWords(language)
  const { locale } = chartWords(language)
  return {
    ...{ words: said, told: words(language), locale },
    count: (value) => sayCell(value, 'count', locale),
    share: (value) => sayCell(value, 'share', locale),
    column: (key, title, format) => ({ key, title: said.columns[title], format }),
  }
}
