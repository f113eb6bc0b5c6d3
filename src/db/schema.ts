/** One type per table, as kysely sees them (camelCase; int8 columns are strings). */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { DatasetDocument, DatasetStatus, PostGates } from '../datasets/document.ts'
import type { ImportSummary } from '../imports/report.ts'
import type { Platform } from '../labelers/person.ts'
import type { StoredResult } from '../posts/poll.ts'
import type {
  RecordFields,
  RecordGold,
  RecordOutput,
  RecordSuggestions,
} from '../records/record-line.ts'

type Id = string
/** jsonb: read as a value, written as JSON text so that lists are not taken for Postgres arrays. */
type Json<T> = ColumnType<T, string, string>
type JsonDefault<T> = ColumnType<T, string | undefined, string>

export type DatasetsTable = {
  id: GeneratedAlways<Id>
  name: string
  status: Generated<DatasetStatus>
  document: Json<DatasetDocument>
  schemaVersion: Generated<number>
  guidelinesVersion: Generated<number>
  createdAt: Date
  updatedAt: Date
}
export type DatasetVersionsTable = {
  datasetId: Id
  schemaVersion: number
  document: Json<DatasetDocument>
  at: Date
}
export type GuidelinesTable = { datasetId: Id; version: number; text: string | null; at: Date }

export type RecordsTable = {
  datasetId: Id
  id: GeneratedAlways<Id>
  externalId: string
  fields: Json<RecordFields>
  outputs: JsonDefault<RecordOutput[]>
  metadata: JsonDefault<{ [key: string]: unknown }>
  suggestions: JsonDefault<RecordSuggestions>
  shuffled: Generated<string[]>
  createdAt: Date
  updatedAt: Date
}
export type OutlinesTable = {
  datasetId: Id
  recordId: Id
  outline: string
  lengths: number[]
  gold: ColumnType<RecordGold | null, string | null | undefined, string | null>
  importId: Generated<Id | null>
}
export type ImportState = 'queued' | 'running' | 'done' | 'stopped' | 'failed' | 'undone'
export type ImportsTable = {
  id: GeneratedAlways<Id>
  datasetId: Id
  importedBy: string
  source: string
  kind: string
  state: Generated<ImportState>
  afterRecord: string
  report: JsonDefault<ImportSummary>
  startedAt: Date
  seenAt: Date
  finishedAt: Date | null
  undoneAt: Date | null
  undone: ColumnType<unknown, string | null, string | null>
  requestedBy: ColumnType<unknown, string | null | undefined, string | null>
  file: ColumnType<unknown, string | null | undefined, string | null>
  attempt: Generated<number>
  lines: Generated<string>
  step: ColumnType<unknown, string | null | undefined, string | null>
  problem: string | null
  message: ColumnType<unknown, string | null | undefined, string | null>
  toldAt: Date | null
}
export type ImportedAnswersTable = { importId: Id; assignmentId: Id }
export type PlacesTable = {
  datasetId: Id
  recordId: Id
  lane: Generated<string>
  priority: Generated<number>
  position: string
  wanted: number
  counted: Generated<number>
  leased: Generated<number>
  taken: Generated<string>
  discards: Generated<number>
  rejected: Generated<boolean>
  posted: Generated<boolean>
  polled: Generated<boolean>
  needsOutputs: Generated<boolean>
  open: GeneratedAlways<boolean>
}

export type LabelersTable = {
  id: GeneratedAlways<Id>
  consentVersion: number | null
  consentedAt: Date | null
  locale: string | null
  zone: string | null
  forgottenAt: Date | null
  createdAt: Date
}
export type IdentitiesTable = { platform: string; workspace: string; userId: string; labelerId: Id }
export type RolesTable = {
  platform: string
  workspace: string
  userId: string
  role: 'admin' | 'reviewer'
  grantedBy: string
  at: Date
}
export type HomesTable = { platform: Platform; workspace: string }
export type ClaimCodesTable = { hash: string; expiresAt: Date; usedAt: Date | null }
export type LinkCodesTable = {
  hash: string
  platform: Platform
  workspace: string
  userId: string
  expiresAt: Date
}
export type PseudonymsTable = { datasetId: Id; labelerId: Id; pseudonym: string }

export type AssignmentStatus = 'leased' | 'submitted' | 'discarded' | 'expired' | 'excluded'
export type AssignmentsTable = {
  datasetId: Id
  id: GeneratedAlways<Id>
  recordId: Id
  labelerId: Id
  repeat: Generated<number>
  postId: Id | null
  slot: number | null
  shownOrder: Generated<string[]>
  expanded: Generated<string[]>
  suggestionsShown: Generated<boolean>
  /** How this labeler has its texts shown now. */
  rendering: Generated<'formatted' | 'raw'>
  shownAt: Date | null
  status: AssignmentStatus
  counted: Generated<boolean>
  leaseUntil: Date | null
  createdAt: Date
}
export type CursorsTable = {
  datasetId: Id
  labelerId: Id
  lane: Generated<string>
  priority: number
  position: Generated<string>
  recordId: Generated<Id>
  lookback: Generated<string>
  lookbackRecord: Generated<Id>
}
export type CheckTurnsTable = {
  datasetId: Id
  labelerId: Id
  goldAt: string | null
  repeatAt: string | null
  repeatedUntil: Date | null
}
export type TalliesTable = {
  datasetId: Id
  labelerId: Id
  records: Generated<string>
  submitted: Generated<string>
  counted: Generated<string>
  discarded: Generated<string>
  completed: Generated<string>
  rejected: Generated<string>
  needsOutputs: Generated<string>
  seconds: Generated<number>
  goal: number | null
  goalFrom: string | null
  goalInvitation: Id | null
}

export type ResponseStatus = 'draft' | 'submitted' | 'discarded'
export type RevisionsTable = {
  datasetId: Id
  assignmentId: Id
  recordId: Id
  labelerId: Id
  revision: Generated<number>
  status: ResponseStatus
  reason: string | null
  values: JsonDefault<{ [question: string]: unknown }>
  platform: string
  seconds: number | null
  submittedAt: Date | null
  schemaVersion: number
  guidelinesVersion: number
  flags: Generated<string[]>
  /** The revision that undo brings back, of an answer that was changed. */
  undoTo: number | null
  /** How the texts were shown when it was given (src/markdown/tree.ts); null where nobody knows. */
  rendering: string | null
}
export type ResponsesTable = RevisionsTable & {
  /** Written by Postgres when the answer is submitted. */
  shownFirst: GeneratedAlways<string | null>
  shown: GeneratedAlways<number | null>
  draft: ColumnType<{ [question: string]: unknown } | null, string | null, string | null>
}

export type ExportState = 'queued' | 'writing' | 'written' | 'done' | 'failed' | 'cancelled'
export type ExportsTable = {
  id: GeneratedAlways<Id>
  datasetId: Id
  options: Json<{ [key: string]: unknown }>
  requestedBy: ColumnType<unknown, string | null, string | null>
  state: Generated<ExportState>
  attempt: Generated<number>
  rows: Generated<string>
  candidates: string | null
  directory: string | null
  files: ColumnType<unknown, string | null, string | null>
  problem: string | null
  message: ColumnType<unknown, string | null, string | null>
  deliveredAt: Date | null
  heartbeatAt: Date | null
  createdAt: Date
  finishedAt: Date | null
  /** When its files were deleted. */
  expiredAt: Date | null
}
export type DeliveryState = 'queued' | 'sending' | 'sent' | 'unknown' | 'failed'
export type DeliveryKind = 'card' | 'notice' | 'invitation' | 'reminder' | 'digest' | 'post' | 'hub'
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
export type HandledTable = { id: string; at: Date }
export type AuditTable = {
  id: GeneratedAlways<Id>
  at: Date
  actor: string
  act: string
  dataset: string | null
  detail: JsonDefault<{ [key: string]: unknown }>
  announced: Generated<boolean>
}

export type Database = {
  datasets: DatasetsTable
  datasetVersions: DatasetVersionsTable
  guidelines: GuidelinesTable
  records: RecordsTable
  outlines: OutlinesTable
  imports: ImportsTable
  importedAnswers: ImportedAnswersTable
  places: PlacesTable
  labelers: LabelersTable
  identities: IdentitiesTable
  roles: RolesTable
  homes: HomesTable
  claimCodes: ClaimCodesTable
  linkCodes: LinkCodesTable
  pseudonyms: PseudonymsTable
  assignments: AssignmentsTable
  cursors: CursorsTable
  checkTurns: CheckTurnsTable
  tallies: TalliesTable
  responses: ResponsesTable
  revisions: RevisionsTable
  exports: ExportsTable
  deliveries: DeliveriesTable
  invitations: InvitationsTable
  preferences: PreferencesTable
  reminders: RemindersTable
  channelDigests: ChannelDigestsTable
  workspaces: WorkspacesTable
  posts: PostsTable
  messages: MessagesTable
  handled: HandledTable
  audit: AuditTable
}
