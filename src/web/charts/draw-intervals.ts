/** A point and the interval around it on each row; an end without a limit is an arrow. */
import type { Drawing, Interval } from './chart.ts'
import {
  axisAround,
  letters,
  levelLine,
  type Page,
  type Plan,
  sideways,
  textStyle,
} from './frame.ts'
import { sayCell, sayNumber } from './number.ts'

type Intervals = Extract<Drawing, { type: 'intervals' }>

export function intervalsOption(drawing: Intervals, page: Page): Plan {
  const { rows, format, level, range } = drawing
  const { locale } = page
  const frame = sideways(
    rows.map(({ label }) => label),
    rows.flatMap(({ note }) => note ?? []),
    page,
    level ? 26 : 8,
  )
  const [low, high] = range ?? limitsOf(drawing)
  const axis = axisAround(low, high, page.width < 500 ? 3 : 6)
  const say = (value: number) =>
    format === 'share' ? sayCell(value, 'share', locale) : shortly(value, locale)
  return {
    height: frame.height,
    option: {
      ...frame.option,
      xAxis: {
        ...frame.axis,
        ...axis,
        axisLabel: { ...frame.axis.axisLabel, formatter: say },
      },
      series: [
        {
          type: 'custom',
          silent: true,
          clip: false,
          data: rows.map(({ value }, row) => [value, row]),
          renderItem: renderWith(rows, [axis.min, axis.max], page, frame.right),
          ...levelLine(level, 'xAxis', page),
        },
      ],
    },
  }
}

/** A number on an axis, without decimals that say nothing. */
function shortly(value: number, locale: string): string {
  return Number.isInteger(value) ? sayCell(value, 'count', locale) : sayNumber(value, locale)
}

/** Wide enough for everything that has a limit, with some room. */
function limitsOf({ rows, level }: Intervals): [number, number] {
  const all = rows.flatMap(({ value, low, high }) =>
    [value, low, high].filter((one) => typeof one === 'number'),
  )
  if (level) all.push(level.value)
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const room = (high - low || 1) * 0.06
  return [low - room, high + room]
}

/** What ECharts gives to draw with, as far as it is used. */
type Api = { coord(place: [number, number]): number[] }

function renderWith(
  rows: readonly Interval[],
  [min, max]: readonly [number, number],
  page: Page,
  right: number,
) {
  const { palette, width } = page
  return ({ dataIndex }: { dataIndex: number }, api: Api) => {
    const row = rows[dataIndex]
    if (row === undefined) return null
    const color = palette.tones[row.tone ?? 'accent']
    const at = (value: number) => api.coord([Math.min(max, Math.max(min, value)), dataIndex])
    const [x = 0, y = 0] = at(row.value)
    const line = (x1: number, x2: number, y1 = y, y2 = y) => ({
      type: 'line' as const,
      shape: { x1, x2, y1, y2 },
      style: { stroke: color, lineWidth: 2 },
    })
    const children: object[] = []
    if (row.low !== undefined && row.high !== undefined) {
      const [from = x] = at(row.low ?? min)
      const [to = x] = at(row.high ?? max)
      children.push(line(from, to))
      children.push(...endOf(line, row.low, from, y, 1), ...endOf(line, row.high, to, y, -1))
    }
    children.push({ type: 'circle', shape: { cx: x, cy: y, r: 5 }, style: { fill: color } })
    if (row.note)
      children.push({
        type: 'text',
        style: {
          ...{ text: row.note, x: width - right + 12, y, fill: palette.soft },
          ...{ verticalAlign: 'middle', font: `${letters}px ${textStyle(page).fontFamily}` },
        },
      })
    return { type: 'group' as const, children }
  }
}

/** A cap where the interval ends, an arrow where nothing ends it. */
function endOf(
  line: (x1: number, x2: number, y1: number, y2: number) => object,
  limit: number | null,
  x: number,
  y: number,
  inwards: 1 | -1,
): object[] {
  if (limit !== null) return [line(x, x, y - 4, y + 4)]
  return [line(x, x + inwards * 6, y, y - 5), line(x, x + inwards * 6, y, y + 5)]
}
