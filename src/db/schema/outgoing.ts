/** Tables of what Parley sends: deliveries, invitations, reminders, posts, and messages it keeps true. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { PostGates } from '../../datasets/document.ts'
import type { Platform } from '../../labelers/person.ts'
import type { StoredResult } from '../../posts/poll.ts'
import type { Id, Json, JsonDefault } from './columns.ts'

export type DeliveryState = 'queued' | 'sending' | 'sent' | 'unknown' | 'failed'

export type DeliveryKind =
  | 'card'
  | 'notice'
  | 'invitation'
  | 'reminder'
  | 'digest'
  | 'post'
  | 'hub'
  | 'question'
  | 'void'

export type DeliveriesTable = {
  id: GeneratedAlways<Id>
  key: string
  kind: DeliveryKind
  platform: Platform
  workspace: string
  recipient: string
  isChannel: Generated<boolean>
  content: Json<unknown>
  state: Generated<DeliveryState>
  attempt: Generated<number>
  dueAt: Date
  claimedAt: Date | null
  delivered: ColumnType<unknown, string | null, string | null>
  problem: string | null
  createdAt: Date
  finishedAt: Date | null
  priority: Generated<number>
  datasetId: Generated<Id>
  callingAt: Date | null
}

export type InvitationsTable = {
  id: GeneratedAlways<Id>
  datasetId: Id
  platform: Platform
  workspace: string
  userId: string
  count: number | null
  dueAt: Date | null
  dueDay: string | null
  state: Generated<'offered' | 'started' | 'done' | 'ended'>
  invitedBy: string
  createdAt: Date
  startedAt: Date | null
  endedAt: Date | null
}

export type InvitedRecordsTable = {
  invitationId: Id
  ordinal: number
  recordId: Id
  dealt: Generated<boolean>
}

export type PreferencesTable = {
  labelerId: Id
  platform: Platform
  workspace: string
  kinds: JsonDefault<{ [kind: string]: boolean }>
  digestAt: Generated<string>
  days: Generated<number[]>
  quietFrom: string | null
  quietUntil: string | null
  zone: string | null
  zoneCheckedAt: Date | null
  silentUntil: Date | null
  ignored: Generated<number>
  lostAt: Date | null
  lostReason: string | null
}

export type RemindersTable = {
  id: GeneratedAlways<Id>
  key: string
  kind: 'new_work' | 'nudge' | 'deadline' | 'digest' | 'results'
  labelerId: Id
  datasetId: Id | null
  invitationId: Id | null
  wall: string
  zone: string
  dueAt: Date
  state: Generated<'waiting' | 'queued' | 'sending' | 'sent' | 'skipped' | 'failed'>
  reason: string | null
  answer: string | null
  sentAt: Date | null
  createdAt: Date
}

export type ChannelDigestsTable = {
  datasetId: Id
  platform: Platform
  workspace: string
  channelId: string
  zone: string
  dueAt: Date
}

export type WorkspacesTable = {
  platform: Platform
  workspace: string
  name: string | null
  token: string | null
  refreshToken: string | null
  expiresAt: Date | null
  scopes: Generated<string[]>
  botUserId: string | null
  installedBy: string | null
  installedAt: Date | null
  deadAt: Date | null
  deadReason: string | null
}

export type PostState = 'open' | 'closed' | 'withdrawn'

export type PostsTable = {
  id: GeneratedAlways<Id>
  datasetId: Id
  recordId: Id
  platform: Platform
  workspace: string
  channelId: string
  postedBy: string
  gates: Json<PostGates>
  models: Generated<boolean>
  state: Generated<PostState>
  reason: string | null
  closesAt: Date
  closedAt: Date | null
  /** The order in which everybody sees the outputs; null where each voter has their own. */
  shownOrder: string[] | null
  result: ColumnType<StoredResult | null, string | null, string | null>
  createdAt: Date
}

export type MessagesTable = {
  id: GeneratedAlways<Id>
  subject: string
  platform: Platform
  workspace: string
  channel: string
  message: string
  wanted: Generated<number>
  claimed: Generated<number>
  painted: Generated<number>
  dueAt: Date
  claimedAt: Date | null
  paintedAt: Date | null
  attempt: Generated<number>
  digest: string | null
  final: Generated<boolean>
  goneAt: Date | null
  goneReason: string | null
  createdAt: Date
  datasetId: Id | null
  assignmentId: Id | null
  locale: string | null
}
