/** The grid, axes and letters that all charts share. */
import type { EChartsCoreOption } from 'echarts/core'
import { labelOf, widthOf } from './label.ts'
import { font, type Palette } from './theme.ts'

export type Page = { palette: Palette; width: number; locale: string }

/** What is drawn, and how high that is. */
export type Plan = { option: EChartsCoreOption; height: number }

export const letters = 12
const rowHeight = 28

export function textStyle({ palette }: Page) {
  return { fontFamily: font, fontSize: letters, color: palette.soft }
}

export function axisLook(page: Page) {
  const { palette } = page
  return {
    axisLabel: { ...textStyle(page), hideOverlap: true },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: palette.line } },
  }
}

/** A row for each label, the first on top, notes at the right. */
export function sideways(labels: readonly string[], notes: readonly string[], page: Page, top = 8) {
  const { palette, width } = page
  const shown = labels.map((label) => labelOf(label, width < 500 ? 16 : 28))
  const left = Math.min(
    width * 0.42,
    22 + Math.max(0, ...shown.map((one) => widthOf(one, letters))),
  )
  const right =
    notes.length === 0 ? 16 : 20 + Math.max(0, ...notes.map((one) => widthOf(one, letters)))
  const bottom = 30
  const axis = { type: 'value' as const, ...axisLook(page) }
  return {
    height: top + bottom + Math.max(1, labels.length) * rowHeight,
    axis,
    right,
    option: {
      textStyle: textStyle(page),
      grid: { left, right, top, bottom, outerBoundsMode: 'none' },
      yAxis: {
        type: 'category' as const,
        inverse: true,
        data: shown,
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { ...textStyle(page), color: palette.text, interval: 0 },
      },
    },
  }
}

/** A dashed line with its name, across the plot. */
export function levelLine(
  level: { name: string; value: number } | undefined,
  along: 'xAxis' | 'yAxis',
  page: Page,
) {
  if (level === undefined) return {}
  const { soft } = page.palette
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      lineStyle: { color: soft, type: 'dashed' as const, width: 1 },
      label: {
        ...textStyle(page),
        formatter: () => labelOf(level.name, 40),
        // The rows begin at the top, and so does the line.
        position: along === 'xAxis' ? ('start' as const) : ('insideEndTop' as const),
      },
      data: [{ [along]: level.value }],
    },
  }
}

/** A step that reads well, so that about so many fit. */
export function stepOf(span: number, steps: number): number {
  const rough = span / steps
  const power = 10 ** Math.floor(Math.log10(rough))
  const nice = [1, 2, 5, 10].find((one) => one * power >= rough * 0.999) ?? 10
  return Number((nice * power).toPrecision(12))
}

/** The limits of an axis around what it shows, on whole steps. */
export function axisAround(
  low: number,
  high: number,
  steps: number,
): { min: number; max: number; interval: number } {
  const interval = stepOf(high - low || 1, steps)
  const at = (value: number) => Number((value * interval).toPrecision(12))
  return {
    min: at(Math.floor(low / interval + 1e-9)),
    max: at(Math.ceil(high / interval - 1e-9)),
    interval,
  }
}
