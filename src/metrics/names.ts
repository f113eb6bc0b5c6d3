/** Every metric Parley exposes: its name, labels and meaning. docs/operate.md is made from it, and alerts are checked against it. */

type Metric = {
  type: 'counter' | 'histogram' | 'gauge'
  /** Of few values each: never a dataset, a person, a workspace or an id. */
  labels: readonly string[]
  help: string
  /** Upper bounds of a histogram, in seconds. */
  buckets?: readonly number[]
}

/** Slack waits three seconds for an answer to a gesture. */
const gestureSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 10] as const
/** From a message to an export of millions of rows. */
const workSeconds = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200] as const

export const metricNames = {
  parley_interactions_total: {
    type: 'counter',
    labels: ['platform', 'gesture', 'result'],
    help: 'Gestures in chat. result: done, problems (a form was sent back), refused, unavailable, failed (our fault) or repeated',
  },
  parley_interaction_seconds: {
    type: 'histogram',
    labels: ['platform'],
    buckets: gestureSeconds,
    help: 'From a parsed gesture to its reply, without what the platform takes',
  },
  parley_claims_total: {
    type: 'counter',
    labels: ['result'],
    help: 'Requests for a next task. result: taken, held (the one they had) or none (nothing left for them)',
  },
  parley_answers_total: {
    type: 'counter',
    labels: ['outcome'],
    help: 'Submitted answers. outcome: counted, surplus, edited or same',
  },
  parley_deliveries_total: {
    type: 'counter',
    labels: ['platform', 'state'],
    help: 'Messages sent unprompted. state: sent, unknown (nobody knows whether it arrived), failed (given up) or retried',
  },
  parley_rate_limited_total: {
    type: 'counter',
    labels: ['platform'],
    help: 'Calls that a platform answered with 429; they are made again later',
  },
  parley_exports_total: {
    type: 'counter',
    labels: ['format', 'result'],
    help: 'Exports written by a worker. result: written or failed (given up)',
  },
  parley_export_rows_total: {
    type: 'counter',
    labels: ['format'],
    help: 'Rows of exports written by a worker',
  },
  parley_export_seconds: {
    type: 'histogram',
    labels: [],
    buckets: workSeconds,
    help: 'How long a worker wrote an export',
  },
  parley_import_rows_total: {
    type: 'counter',
    labels: ['outcome'],
    help: 'Rows read by imports of this process. outcome: created, updated, unchanged or refused',
  },
  parley_jobs_total: {
    type: 'counter',
    labels: ['job', 'result'],
    help: 'Jobs of the queue. result: done, retried or failed (given up)',
  },
  parley_job_seconds: {
    type: 'histogram',
    labels: ['job'],
    buckets: workSeconds,
    help: 'How long a job ran',
  },
  parley_http_requests_total: {
    type: 'counter',
    labels: ['route', 'status'],
    help: 'HTTP requests by the pattern of their route and the status of the answer',
  },
  parley_http_request_seconds: {
    type: 'histogram',
    labels: ['route'],
    buckets: gestureSeconds,
    help: 'From a request to the beginning of its answer',
  },
  parley_info: {
    type: 'gauge',
    labels: ['version', 'role'],
    help: 'Always 1',
  },
  parley_database_up: {
    type: 'gauge',
    labels: [],
    help: '1 if the database answered when gauges were last read, else 0 and the gauges that need it are absent',
  },
  parley_queue_up: {
    type: 'gauge',
    labels: [],
    help: '1 if the queue (Redis, or its tables) answered when gauges were last read, else 0',
  },
  parley_queue_jobs: {
    type: 'gauge',
    labels: ['lane', 'state'],
    help: 'Jobs in the queue. state: waiting, active or delayed',
  },
  parley_deliveries_open: {
    type: 'gauge',
    labels: ['platform', 'state'],
    help: 'Messages that are queued or sending; counted up to 10,000',
  },
  parley_deliveries_late: {
    type: 'gauge',
    labels: [],
    help: 'Queued messages that were due more than a minute ago; counted up to 1,000',
  },
  parley_reminders_late: {
    type: 'gauge',
    labels: [],
    help: 'Reminders that were due more than two minutes ago and still wait; counted up to 1,000',
  },
  parley_reminder_lag_seconds: {
    type: 'gauge',
    labels: [],
    help: 'How long ago the oldest waiting reminder was due; 0 if none is',
  },
  parley_exports_open: {
    type: 'gauge',
    labels: ['state'],
    help: 'Exports that are queued, writing or written (not yet delivered)',
  },
  parley_imports_open: {
    type: 'gauge',
    labels: [],
    help: 'Imports given in chat that are not read to their end',
  },
  parley_db_pool_connections: {
    type: 'gauge',
    labels: ['pool', 'state'],
    help: 'Connections of a pool of this process. pool: parley or queue; state: busy or idle',
  },
  parley_db_pool_max: {
    type: 'gauge',
    labels: ['pool'],
    help: 'The most connections a pool opens',
  },
  parley_db_pool_waiting: {
    type: 'gauge',
    labels: ['pool'],
    help: 'Statements that wait for a connection of a pool',
  },
} as const satisfies Record<string, Metric>

type Table = typeof metricNames
type NamesOf<Type> = {
  [Name in keyof Table]: Table[Name] extends { type: Type } ? Name : never
}[keyof Table]
type LabelsOf<Name extends keyof Table> = Readonly<Record<Table[Name]['labels'][number], string>>

export type MetricName = keyof Table

/**
 * What rooms tell operators; `Parley.metrics`. A process that nobody scrapes has none, so call it as
 * `parley.metrics?.count(…)`. No room knows what collects it.
 */
export type Metrics = {
  /** Adds to a counter, by default 1. */
  count<Name extends NamesOf<'counter'>>(name: Name, labels: LabelsOf<Name>, by?: number): void
  /** Adds a duration, in seconds, to a histogram. */
  time<Name extends NamesOf<'histogram'>>(name: Name, labels: LabelsOf<Name>, seconds: number): void
}

/** What is read when somebody looks. */
export type Gauges = {
  set<Name extends NamesOf<'gauge'>>(name: Name, labels: LabelsOf<Name>, value: number): void
}
