/** Bars and lines over days, weeks or months; intervals are a shade around their line. */
import type { Drawing, Line } from './chart.ts'
import { axisAround, axisLook, levelLine, type Page, type Plan, textStyle } from './frame.ts'
import { labelOf, widthOf } from './label.ts'
import { sayCell, sayDay, sayNumber } from './number.ts'

type Timeline = Extract<Drawing, { type: 'timeline' }>

export function timelineOption(drawing: Timeline, page: Page): Plan {
  const { days, bars, lines, level, format, range } = drawing
  const { palette, locale, width } = page
  const say = (value: number) =>
    format === 'count' ? sayCell(value, 'count', locale) : sayNumber(value, locale)
  const shown = days.map((day) => sayDay(day, locale))
  const named = [...bars, ...lines].map(({ name }) => labelOf(name, 36))
  const hasLegend = named.length > 1
  const rowsOfLegend = Math.ceil(
    named.reduce((sum, name) => sum + widthOf(name, 12) + 44, 0) / (width - 24),
  )
  const height = width < 500 ? 230 : 280
  const top = hasLegend ? 16 + 22 * rowsOfLegend : 24
  return {
    height,
    option: {
      textStyle: textStyle(page),
      ...(hasLegend ? { legend: legendOf(named, page) } : {}),
      grid: { left: leftOf(drawing, say), right: 20, top, bottom: 32, outerBoundsMode: 'none' },
      xAxis: {
        type: 'category',
        data: shown,
        boundaryGap: bars.length > 0 || days.length === 1,
        ...axisLook(page),
        axisLine: { show: true, lineStyle: { color: palette.line } },
      },
      yAxis: {
        type: 'value',
        ...(range ? axisAround(range[0], range[1], 6) : { min: 0 }),
        ...(format === 'count' ? { minInterval: 1 } : {}),
        splitNumber: 4,
        ...axisLook(page),
        axisLabel: { ...textStyle(page), formatter: say },
      },
      series: [
        ...bars.map(({ name, tone, values }) => ({
          type: 'bar',
          name: labelOf(name, 36),
          stack: 'all',
          silent: true,
          emphasis: { disabled: true },
          barMaxWidth: 28,
          barCategoryGap: '30%',
          itemStyle: { color: palette.tones[tone] },
          data: [...values],
        })),
        ...lines.flatMap((line, at) => [
          ...bandOf(line, at, page),
          { ...lineOf(line, page), ...(at === 0 ? levelLine(level, 'yAxis', page) : {}) },
        ]),
      ],
    },
  }
}

function legendOf(names: readonly string[], page: Page) {
  return {
    ...{ left: 8, top: 4, itemWidth: 14, itemHeight: 10, itemGap: 16, selectedMode: false },
    textStyle: textStyle(page),
    data: [...names],
  }
}

/** As wide as the numbers beside the axis. */
function leftOf({ bars, lines, range }: Timeline, say: (value: number) => string): number {
  const stacked = (bars[0]?.values ?? []).map((_, at) =>
    bars.reduce((sum, { values }) => sum + (values[at] ?? 0), 0),
  )
  const all = [
    ...stacked,
    ...lines.flatMap(({ values, high = [] }) => [...values, ...high].flatMap((one) => one ?? [])),
    ...(range ?? []),
  ]
  return (
    18 +
    Math.max(
      20,
      ...[Math.min(0, ...all), Math.max(1, ...all) * 1.2].map((one) =>
        widthOf(say(Math.round(one)), 12),
      ),
    )
  )
}

function lineOf({ name, tone, values, isDashed, hasPoints }: Line, { palette }: Page) {
  const color = palette.tones[tone]
  return {
    type: 'line',
    name: labelOf(name, 36),
    silent: true,
    emphasis: { disabled: true },
    symbol: 'circle',
    symbolSize: 6,
    showSymbol: hasPoints === true || values.filter((one) => one !== null).length === 1,
    connectNulls: false,
    lineStyle: { color, width: 2, type: isDashed ? 'dashed' : 'solid' },
    itemStyle: { color },
    data: [...values],
  }
}

/** Two lines that are not seen, the space between them filled. */
function bandOf({ low, high, tone, values }: Line, at: number, { palette }: Page): object[] {
  if (!low || !high) return []
  const shade = {
    type: 'line',
    silent: true,
    emphasis: { disabled: true },
    stack: `interval ${at}`,
    stackStrategy: 'all',
    symbol: 'none',
    lineStyle: { opacity: 0 },
  }
  const known = values.map((value, place) => ({
    from: value === null ? null : (low[place] ?? null),
    to: value === null ? null : (high[place] ?? null),
  }))
  return [
    { ...shade, data: known.map(({ from, to }) => (to === null ? null : from)) },
    {
      ...shade,
      areaStyle: { color: palette.tones[tone], opacity: 0.18 },
      data: known.map(({ from, to }) => (from === null || to === null ? null : to - from)),
    },
  ]
}
