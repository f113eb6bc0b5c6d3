/** One type per table, as kysely sees them (camelCase; int8 columns are strings). */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { DatasetDocument, DatasetStatus } from '../datasets/document.ts'
import type { ImportSummary } from '../imports/report.ts'
import type { Platform } from '../labelers/person.ts'
import type {
  RecordFields,
  RecordGold,
  RecordOutput,
  RecordSuggestions,
} from '../records/record-line.ts'
import type {
  ArenaConsentsTable,
  ArenaPairsTable,
  ArenaSumsTable,
  ArenasTable,
  BattlesTable,
} from './schema/arena.ts'
import type { AsksTable } from './schema/asks.ts'
import type { Id, Json, JsonDefault } from './schema/columns.ts'
import type {
  EndpointsTable,
  EventAttemptsTable,
  EventDeliveriesTable,
  EventsTable,
  EventToldTable,
  EventTurnsTable,
} from './schema/endpoints.ts'
import type { FeedbackFormsTable, OutsidersTable, VerdictsTable } from './schema/feedback.ts'
import type {
  GeneratedOutputsTable,
  GenerationFollowersTable,
  GenerationsTable,
} from './schema/generation.ts'
import type { ApiAnswersTable, ApiKeysTable, ApiUsesTable } from './schema/keys.ts'
import type {
  ChannelDigestsTable,
  DeliveriesTable,
  InvitationsTable,
  InvitedRecordsTable,
  MessagesTable,
  PostsTable,
  PreferencesTable,
  RemindersTable,
  WorkspacesTable,
} from './schema/outgoing.ts'
import type { LabelerLimitsTable, ProfilesTable } from './schema/people.ts'
import type { RecordSearchTable, SearchProgressTable } from './schema/search.ts'
import type { SignInLinksTable, WebSessionsTable } from './schema/sign-in.ts'
import type { TakenSpansTable, TraceDaysTable } from './schema/traces.ts'

export type DatasetsTable = {
  id: GeneratedAlways<Id>
  name: string
  status: Generated<DatasetStatus>
  document: Json<DatasetDocument>
  schemaVersion: Generated<number>
  guidelinesVersion: Generated<number>
  createdAt: Date
  updatedAt: Date
  /** Whether its document has feeds. */
  hasFeeds: GeneratedAlways<boolean>
  /** Whether some endpoint hears of it (src/webhooks/endpoint.ts keeps it so). */
  hasEndpoints: Generated<boolean>
  /** Whether its document takes traces. */
  hasTraces: GeneratedAlways<boolean>
}

/** Records of datasets with feeds that are to be looked at; `problem` is why that has to wait. */
export type FeedTurnsTable = {
  datasetId: Id
  recordId: Id
  dueAt: Date
  problem: string | null
}

/**
 * An accepted record (one answer to it, else 0) and the record made of it in another dataset; `changed` and
 * `withdrawn` where people had answered that before its source was.
 */
export type FedTable = {
  datasetId: Id
  recordId: Id
  assignmentId: Id
  targetId: Id
  targetRecord: Id
  state: 'current' | 'changed' | 'withdrawn'
  at: Date
}

export type DatasetVersionsTable = {
  datasetId: Id
  schemaVersion: number
  document: Json<DatasetDocument>
  at: Date
}

/** The YAML a document was last written in on a page. */
export type DocumentTextsTable = { datasetId: Id; text: string }

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
  /** Bits of `holding` in records/holds.ts. */
  holds: Generated<number | null>
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
  /** From then on nobody is dealt it, and no answer counts. */
  until: Generated<Date | null>
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

export type Suggested = 'before' | 'after' | 'held_out'

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
  /** How the record's suggestions came; null where there were none, or nobody knows. */
  suggested: Suggested | null
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
  suggested: GeneratedAlways<Suggested | null>
  /** A key of the prompt that it is, where labelers write prompts; kept by src/db/functions. */
  written: GeneratedAlways<string | null>
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
  documentTexts: DocumentTextsTable
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
  generations: GenerationsTable
  generationFollowers: GenerationFollowersTable
  generatedOutputs: GeneratedOutputsTable
  deliveries: DeliveriesTable
  invitations: InvitationsTable
  invitedRecords: InvitedRecordsTable
  preferences: PreferencesTable
  reminders: RemindersTable
  channelDigests: ChannelDigestsTable
  workspaces: WorkspacesTable
  arenas: ArenasTable
  arenaConsents: ArenaConsentsTable
  arenaSums: ArenaSumsTable
  arenaPairs: ArenaPairsTable
  battles: BattlesTable
  outsiders: OutsidersTable
  verdicts: VerdictsTable
  feedbackForms: FeedbackFormsTable
  posts: PostsTable
  messages: MessagesTable
  feedTurns: FeedTurnsTable
  asks: AsksTable
  fed: FedTable
  endpoints: EndpointsTable
  eventTurns: EventTurnsTable
  eventTold: EventToldTable
  events: EventsTable
  eventDeliveries: EventDeliveriesTable
  eventAttempts: EventAttemptsTable
  recordSearch: RecordSearchTable
  searchProgress: SearchProgressTable
  profiles: ProfilesTable
  labelerLimits: LabelerLimitsTable
  takenSpans: TakenSpansTable
  traceDays: TraceDaysTable
  handled: HandledTable
  audit: AuditTable
  apiKeys: ApiKeysTable
  apiUses: ApiUsesTable
  apiAnswers: ApiAnswersTable
  signInLinks: SignInLinksTable
  webSessions: WebSessionsTable
}
