/** The alert rules and the dashboard in ops/ read metrics there are, by labels they have. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { logEvents } from '../../src/log/events.ts'
import { metricNames } from '../../src/metrics/names.ts'
import { openMetrics } from '../../src/metrics/prometheus.ts'
import { root } from '../docs/page.ts'
import { type Read, readExposition, readPromql } from '../support/promql.ts'

type Rule = {
  alert: string
  expr: string
  for?: string
  labels: { severity: string }
  annotations: { summary: string; description: string }
}
type Panel = {
  id: number
  type: string
  title: string
  gridPos: { h: number; w: number; x: number; y: number }
  targets?: { refId: string; expr: string; legendFormat: string }[]
}

const read = (name: string) => readFileSync(join(root, 'ops', name), 'utf8')
const rules: Rule[] = parse(read('prometheus/alerts.yml'), { strict: true }).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
)
const { panels, templating }: { panels: Panel[]; templating: { list: { name: string }[] } } =
  JSON.parse(read('grafana/parley.json'))
const targets = panels.flatMap(({ title, targets = [] }) =>
  targets.map((one) => ({ title, ...one })),
)

/** What Prometheus adds to each series it scrapes. */
const added = ['job', 'instance']
const own: Record<string, { type: string; labels: readonly string[] }> = metricNames

/** What the expression reads and no process would expose. */
async function unknownIn(expr: string): Promise<Read[]> {
  const { text } = await openMetrics({ version: '0', role: 'all' }).read()
  const exposed = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name))
  return readPromql(expr).filter(({ metric, labels }) => {
    if (metric === 'up') return labels.some((label) => !added.includes(label))
    const family = metric.replace(/_(bucket|sum|count)$/, '')
    const isHistogram = own[family]?.type === 'histogram'
    const name = isHistogram ? family : metric
    const has = [...added, ...(own[name]?.labels ?? []), ...(isHistogram ? ['le'] : [])]
    return !exposed.has(name) || labels.some((label) => !has.includes(label))
  })
}

describe('happy: alert rules', () => {
  test.each(rules)('$alert reads metrics there are', async ({ expr }) => {
    expect(await unknownIn(expr)).toEqual([])
  })

  test.each(rules)('$alert says what is wrong and what to do', (rule) => {
    expect(rule.alert).toMatch(/^Parley[A-Z]\w+$/)
    expect(rule.for ?? '1m').toMatch(/^\d+[smh]$/)
    expect(['page', 'warn']).toContain(rule.labels.severity)
    const { summary, description } = rule.annotations
    expect(summary).toMatch(/\.$/)
    expect(description).toMatch(/\.$/)
    // What it fills in is a label that its result has.
    const filled = [...`${summary}${description}`.matchAll(/\$labels\.(\w+)/g)].map(
      ([, one]) => one,
    )
    const named = [...rule.expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, one = '']) =>
      one.split(/, ?/),
    )
    const has = rule.expr.includes(' by (') ? named : added
    expect(filled.filter((label) => !has.includes(label ?? ''))).toEqual([])
  })

  test('no name comes twice, and events they name are in the log', () => {
    const names = rules.map(({ alert }) => alert)
    expect(new Set(names).size).toBe(names.length)
    const events = rules.flatMap(({ annotations }) => [
      ...annotations.description.matchAll(/\b(?:job|deliver|interaction)\.\w+/g),
    ])
    expect(events.length).toBeGreaterThan(2)
    expect(events.filter(([event]) => !(event in logEvents))).toEqual([])
  })
})

describe('happy: the dashboard', () => {
  test.each(targets)('$title reads metrics there are: $expr', async ({ expr, legendFormat }) => {
    expect(await unknownIn(expr)).toEqual([])
    const filled = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label)
    const grouped = /by \(([^)]*)\)/.exec(expr)?.[1]?.split(/, ?/) ?? []
    expect(filled.filter((label) => !grouped.includes(label ?? ''))).toEqual([])
  })

  test('shows every metric of ours, and every variable it uses is defined', () => {
    const shown = new Set(
      targets.flatMap(({ expr }) => readPromql(expr).map(({ metric }) => metric)),
    )
    const missing = Object.keys(metricNames).filter(
      (name) => !shown.has(name) && !shown.has(`${name}_bucket`),
    )
    expect(missing).toEqual(['parley_export_seconds', 'parley_db_pool_max'])
    const used = [...read('grafana/parley.json').matchAll(/\$\{?([a-z]\w*)/g)].map(
      ([, name]) => name,
    )
    const known = templating.list.map(({ name }) => name)
    expect(used.filter((name) => !known.includes(name ?? ''))).toEqual([])
  })

  test('panels have an id each and lie beside each other', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})

describe('refused: what Prometheus would refuse', () => {
  test.each([
    'rate(parley_jobs_total)',
    'sum by (job (rate(parley_jobs_total[5m]))',
    'parley_jobs_total{job=long}',
    'parley_jobs_total >',
    'rato(parley_jobs_total[5m])',
    'sum(parley_jobs_total) 5',
  ])('%s', (expr) => {
    expect(() => readPromql(expr)).toThrow()
  })

  test('a metric or a label there is not', async () => {
    expect(await unknownIn('sum(rate(parley_claim_total[5m]))')).toHaveLength(1)
    expect(await unknownIn('parley_claims_total{dataset="x"}')).toHaveLength(1)
  })
})

describe('happy: the names', () => {
  test('follow what Prometheus asks of names, and no label can grow with use', () => {
    for (const [name, { type, labels }] of Object.entries(metricNames)) {
      expect(name).toMatch(/^parley_[a-z_]+$/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      if (type === 'histogram') expect(name).toMatch(/_seconds$/)
      const bounded = ['platform', 'gesture', 'result', 'outcome', 'state', 'format', 'job', 'lane']
      const others = ['route', 'status', 'pool', 'version', 'role']
      expect(labels.filter((label) => ![...bounded, ...others].includes(label))).toEqual([])
    }
  })

  test('are told with their help and type before anything happened', async () => {
    const { type, text } = await openMetrics({ version: '0', role: 'all' }).read()
    expect(type).toContain('text/plain; version=0.0.4')
    expect(readExposition(text).length).toBeGreaterThan(0)
    expect(Object.keys(metricNames).filter((name) => !text.includes(`# TYPE ${name} `))).toEqual([])
  })
})
