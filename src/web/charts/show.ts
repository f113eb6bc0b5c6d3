/** A chart on a page: how to read it, the picture, and beneath it the table it is drawn from. */
import { card, table } from '../page/components.ts'
import { type Html, html } from '../page/markup.ts'
import type { Chart, ChartTable } from './chart.ts'
import { sizeOf } from './draw.ts'
import { sayCell } from './number.ts'
import type { Size, Theme } from './theme.ts'
import { chartWords } from './words.ts'

/** More rows than this are in the CSV. */
const mostRows = 30

export type Place = {
  base: string
  version: string
  language: string | undefined
  /** Whether it has the whole width of the page to itself. */
  isFull?: boolean
}

/** `base` is where charts are served, such as `/admin/datasets/prefs/charts`; `version` that of the numbers. */
export function showChart(chart: Chart, place: Place): Html {
  const { base, version, language, isFull = false } = place
  const words = chartWords(language)
  const file = `${base}/${encodeURIComponent(chart.name)}`
  return card(
    { title: chart.title, level: isFull ? 2 : 3, id: `chart-${chart.name}` },
    html`<div class="chart"><p class="chart-says">${chart.summary}</p>
${
  chart.drawing === null
    ? html`<p class="chart-none">${chart.missing ?? words.noData}</p>`
    : showPicture(chart, `${file}.svg?v=${version}`, place)
}
<p class="hint">${chart.how}</p>
${
  chart.table.rows.length === 0
    ? ''
    : html`<details><summary>${words.table}</summary>
${showTable(chart, language)}
<p class="hint"><a href="${file}.csv?v=${version}" download>${words.csv}</a></p></details>`
}</div>`,
  )
}

/** Light or dark, narrow or wide: the browser loads the one that fits. */
function showPicture(
  { title, summary, drawing }: Chart,
  address: string,
  { language, isFull = false }: Place,
): Html {
  if (drawing === null) return html``
  const source = (theme: Theme, size: Size, ...media: string[]) => {
    const { width, height } = sizeOf(drawing, { theme, size, locale: language })
    return html`<source media="${media.join(' and ')}" srcset="${address}&amp;theme=${theme}&amp;size=${size}" width="${width}" height="${height}">\n`
  }
  const dark = '(prefers-color-scheme: dark)'
  const narrow = '(max-width: 600px)'
  const middle = '(max-width: 1100px)'
  const size = isFull ? 'full' : 'wide'
  const { width, height } = sizeOf(drawing, { theme: 'light', size, locale: language })
  return html`<picture>
${source('light', 'wide', 'print')}${source('dark', 'narrow', 'screen', dark, narrow)}${
  isFull ? source('dark', 'wide', 'screen', dark, middle) : ''
}${source('dark', size, 'screen', dark)}${source('light', 'narrow', narrow)}${
  isFull ? source('light', 'wide', middle) : ''
}<img src="${address}&amp;theme=light&amp;size=${size}" width="${width}" height="${height}" loading="lazy" alt="${title}. ${summary}">
</picture>`
}

function showTable({ title, table: data }: Chart, language: string | undefined): Html {
  const words = chartWords(language)
  const more = data.rows.length - mostRows
  return html`${table({
    caption: title,
    columns: data.columns.map(({ title: label, format }) => ({
      ...{ label, isNumber: format !== 'text' && format !== 'day' },
    })),
    rows: shownRows(data).map((row) =>
      row.map((cell, at) => sayCell(cell, data.columns[at]?.format ?? 'text', words.locale)),
    ),
  })}${more > 0 ? html`<p class="hint">${words.more(more)}</p>` : ''}`
}

/** Of days the newest, of anything else the first. */
function shownRows({ columns, rows }: ChartTable): ChartTable['rows'] {
  return columns[0]?.format === 'day' ? rows.slice(-mostRows) : rows.slice(0, mostRows)
}
