/**
 * Answers requests for the files of a chart. A picture is drawn once for each look and version; it is served
 * with a policy of its own, under which it can load and run nothing, whatever stands in it.
 */
import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { LRUCache } from 'lru-cache'
import { printTable } from '../../exports/encode.ts'
import type { Chart } from './chart.ts'
import { drawChart } from './draw.ts'
import type { Size, Theme } from './theme.ts'

const drawn = new LRUCache<string, string>({
  maxSize: 24_000_000,
  sizeCalculation: (svg) => svg.length + 1,
})

/** @param version Of the numbers; an address that names it may be kept by the browser. */
export async function serveSvg(
  c: Context,
  chart: Chart,
  version: string,
  language: string | undefined,
): Promise<Response> {
  if (chart.drawing === null) return c.notFound()
  const theme: Theme = c.req.query('theme') === 'dark' ? 'dark' : 'light'
  const asked = c.req.query('size')
  const size: Size = asked === 'narrow' || asked === 'full' ? asked : 'wide'
  const key = hashOf([chart.name, chart.drawing, theme, size, language ?? ''])
  const headers = { ...headersFor(c, version, key), 'content-security-policy': policy }
  if (isKnown(c, headers.etag)) return c.body(null, 304, headers)
  const svg = drawn.get(key) ?? (await drawChart(chart.drawing, { theme, size, locale: language }))
  drawn.set(key, svg)
  return c.body(svg, 200, { ...headers, 'content-type': 'image/svg+xml; charset=utf-8' })
}

/** @param name Of the file, without its end. */
export function serveCsv(c: Context, { table }: Chart, version: string, name: string): Response {
  const csv = printTable(
    table.columns.map(({ key }) => key),
    table.rows,
  )
  const headers = headersFor(c, version, hashOf(csv))
  if (isKnown(c, headers.etag)) return c.body(null, 304, headers)
  return c.body(csv, 200, {
    ...headers,
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name.replace(/[^\w.-]/g, '_')}.csv"`,
  })
}

/** A picture has its own styles and nothing else. */
const policy = "default-src 'none'; style-src 'unsafe-inline'"

function headersFor(c: Context, version: string, key: string) {
  const isNamed = c.req.query('v') === version
  return {
    etag: `"${key}"`,
    'cache-control': isNamed ? 'private, max-age=86400, immutable' : 'private, no-cache',
    'x-content-type-options': 'nosniff',
  }
}

function isKnown(c: Context, etag: string): boolean {
  return (c.req.header('if-none-match') ?? '')
    .split(',')
    .some((one) => one.trim().replace(/^W\//, '') === etag)
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24)
}
