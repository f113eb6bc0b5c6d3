/** Collects metrics for Prometheus: a registry of its own, and the text that `/metrics` answers. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { openGauges, type Watched } from './gauges.ts'
import { type Gauges, type MetricName, type Metrics, metricNames } from './names.ts'

/** One process's metrics. */
export type Measured = {
  metrics: Metrics
  /** From now on gauges are read from these; before, there are none. */
  watch(watched: Watched): void
  /** The answer of `/metrics` and its content type. Gauges of the database are at most five seconds old. */
  read(): Promise<{ type: string; text: string }>
}

/** Opens the metrics of this process, those of Node (memory, event loop, collections) included. */
export function openMetrics(about: { version: string; role: string }): Measured {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const counters = new Map<MetricName, Counter>()
  const histograms = new Map<MetricName, Histogram>()
  const gauges = new Map<MetricName, Gauge>()
  for (const [name, metric] of Object.entries(metricNames)) {
    const { type, help, labels } = metric
    const made = { name, help, labelNames: [...labels], registers: [registry] }
    const key = name as MetricName
    if (type === 'counter') counters.set(key, new Counter(made))
    else if (type === 'gauge') gauges.set(key, new Gauge(made))
    else histograms.set(key, new Histogram({ ...made, buckets: [...metric.buckets] }))
  }
  const set: Gauges['set'] = (name, labels, value) => gauges.get(name)?.set({ ...labels }, value)
  let refresh = async () => {}
  return {
    metrics: {
      count: (name, labels, by = 1) => counters.get(name)?.inc({ ...labels }, by),
      time: (name, labels, seconds) => histograms.get(name)?.observe({ ...labels }, seconds),
    },
    watch: (watched) => {
      const reset = () => {
        for (const gauge of gauges.values()) gauge.reset()
        set('parley_info', about, 1)
      }
      refresh = openGauges(watched, { set, reset })
    },
    read: async () => {
      await refresh()
      return { type: registry.contentType, text: await registry.metrics() }
    },
  }
}
