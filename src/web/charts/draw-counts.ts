/** Bars beside each other, longest first as given: how often something happened. */
import type { Drawing } from './chart.ts'
import { type Page, type Plan, sideways } from './frame.ts'
import { sayCell } from './number.ts'

export function countsOption({ rows }: Extract<Drawing, { type: 'counts' }>, page: Page): Plan {
  const { palette, locale } = page
  const most = Math.max(1, ...rows.map(({ count }) => count))
  const frame = sideways(
    rows.map(({ label }) => label),
    [],
    page,
  )
  return {
    height: frame.height,
    option: {
      ...frame.option,
      xAxis: { ...frame.axis, max: most * 1.15, minInterval: 1, show: false },
      series: [
        {
          type: 'bar',
          silent: true,
          emphasis: { disabled: true },
          barWidth: 14,
          data: rows.map(({ count, tone }) => ({
            value: count,
            itemStyle: { color: palette.tones[tone ?? 'accent'], borderRadius: 2 },
          })),
          label: {
            show: true,
            position: 'right',
            color: palette.text,
            formatter: ({ value }: { value: unknown }) => sayCell(Number(value), 'count', locale),
          },
        },
      ],
    },
  }
}
