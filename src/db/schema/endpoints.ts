/** Tables of endpoints: their events, what was sent, and every attempt. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Id, Json } from './columns.ts'

/** A secret as it is stored; the newest has no end. */
export type SealedSecret = { sealed: string; until: string | null }

export type DisabledReason = 'admin' | 'gone' | 'failing'

export type EndpointsTable = {
  id: GeneratedAlways<Id>
  kind: Generated<string>
  url: string
  description: string | null
  events: string[]
  /** Null: those of every dataset. */
  datasetIds: string[] | null
  secrets: Json<SealedSecret[]>
  state: Generated<'enabled' | 'disabled'>
  /** Why it is disabled: by an admin, it answered 410, or a day of attempts failed. */
  reason: DisabledReason | null
  disabledAt: Date | null
  toldAt: Date | null
  failures: Generated<number>
  succeededAt: Date | null
  holdUntil: Date | null
  createdBy: string
  createdAt: Date
}

/** What is to be looked at, and from when on. */
export type EventTurnsTable = {
  datasetId: Id
  subject: string
  subjectId: Id
  dueAt: Date
  problem: string | null
}

/** What was last reported about something, so that only changes are reported again. */
export type EventToldTable = {
  datasetId: Id
  subject: string
  subjectId: Id
  recordId: Generated<Id>
  digest: string
  sequence: number
  toldAt: Date
}

export type EventsTable = {
  id: string
  type: string
  datasetId: Id
  recordId: Generated<Id>
  body: string
  createdAt: Date
}

export type EventDeliveryState = 'queued' | 'sending' | 'sent' | 'failed'

export type EventDeliveriesTable = {
  id: GeneratedAlways<Id>
  endpointId: Id
  eventId: string
  state: Generated<EventDeliveryState>
  attempt: Generated<number>
  tries: Generated<number>
  dueAt: Date
  claimedAt: Date | null
  startedAt: ColumnType<Date | null, Date | null | undefined, Date | null>
  status: number | null
  problem: string | null
  createdAt: Date
  finishedAt: Date | null
}

export type EventAttemptsTable = {
  deliveryId: Id
  number: number
  at: Date
  status: number | null
  milliseconds: number
  problem: string | null
}
