/** An assignment: this record is this labeler's to do. Its public id, and how one is read. */
import { sql } from 'kysely'
import type { Dataset, DatasetDocument, DatasetStatus } from '../datasets/document.ts'
import type { AssignmentStatus, ResponseStatus, Suggested } from '../db/schema.ts'
import { forbidden, ParleyError } from '../errors.ts'
import { type Labeler, requireConsent } from '../labelers/labeler.ts'
import type { Person } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import type { Shown, Values } from '../questions/values.ts'
import type { RecordFields, RecordOutput, RecordSuggestions } from '../records/record-line.ts'

/** Texts as they read, or as they were written. */
export const textViews = ['formatted', 'raw'] as const
export type TextView = (typeof textViews)[number]

export type Assignment = {
  /** The public id, as buttons carry it; opaque. */
  assignmentId: string
  datasetId: string
  recordId: string
  labelerId: string
  repeat: number
  /** The post it is a ballot of and, if that was looked up, until when it may be changed. */
  postId: string | null
  ballot?: { postId: string; closesAt: Date }
  /** Which of the record's places it holds; null for posts, gold and repeats. */
  slot: number | null
  /** Output ids in the order this labeler sees them. */
  shownOrder: string[]
  suggestionsShown: boolean
  /** When this card showed the record's suggestions; null if there are none or it is unknown. */
  suggested: Suggested | null
  /** How this labeler has its texts shown. */
  rendering: TextView
  shownAt: Date | null
  status: AssignmentStatus
  counted: boolean
  leaseUntil: Date | null
  record: {
    externalId: string
    fields: RecordFields
    outputs: RecordOutput[]
    suggestions: RecordSuggestions
    metadata: { [key: string]: unknown }
  }
  /** This labeler's answer so far. */
  response: {
    status: ResponseStatus
    values: Values
    /** An unfinished edit of an answer that was submitted before. */
    draft: Values | null
    reason: string | null
    revision: number
    submittedAt: Date | null
    seconds: number | null
    schemaVersion: number
    flags: string[]
  } | null
  /** This labeler's own work in this dataset. */
  tally: {
    submitted: number
    discarded: number
    seconds: number
    /** How many records an invitation asks for, and how many were done when it began. */
    goal: number | null
    goalFrom: number
  }
}

/** An assignment with its dataset, and the document of the schema version that was asked for. */
export type FoundAssignment = Assignment & {
  dataset: Dataset
  document: DatasetDocument
  /** The version of the dataset's row; changes with every update. */
  rowVersion?: string
}

/**
 * The assignment with its record and what was answered so far; null when there is none.
 * `schemaVersion` is the one a button was drawn from; without it the document is today's.
 * @throws ParleyError `forbidden` when it is somebody else's.
 */
export async function findAssignment(
  parley: Parley,
  labeler: Pick<Labeler, 'id'>,
  assignmentId: string,
  asked: { schemaVersion?: number } = {},
): Promise<FoundAssignment | null> {
  const key = parseAssignmentId(assignmentId)
  if (!key) return null
  const { rows } = await sql<FoundRow>`
    select view_assignment(d.id, ${key.id}) as assignment, d.id, d.name, d.status, d.document,
      d.schema_version, d.guidelines_version, v.document as drawn
    from datasets d
    left join dataset_versions v on v.dataset_id = d.id and v.schema_version <> d.schema_version
      and v.schema_version = ${asked.schemaVersion ?? null}::int
    where d.id = ${key.datasetId}`.execute(parley.db)
  const row = rows[0]
  if (!row?.assignment) return null
  if (row.assignment.labelerId !== labeler.id) throw notYours()
  const { assignment, drawn, ...dataset } = row
  return { ...readAssignment(assignment), dataset, document: drawn ?? dataset.document }
}

/** @throws ParleyError `not_found`; `forbidden` when it is somebody else's. */
export async function getAssignment(
  parley: Parley,
  labeler: Labeler,
  assignmentId: string,
  asked: { schemaVersion?: number } = {},
): Promise<FoundAssignment> {
  const found = await findAssignment(parley, labeler, assignmentId, asked)
  if (!found) throw taskGone()
  return found
}

/** What the labeler sees, for what checks their answer; texts only where the record is at hand. */
export function shownOf({
  shownOrder,
  record,
}: Pick<Assignment, 'shownOrder'> & Partial<Pick<Assignment, 'record'>>): Shown {
  return { outputs: shownOrder, ...(record ? { texts: record.fields } : {}) }
}

/** An assignment with the labeler who made a gesture on it. */
export type OwnAssignment = { labeler: Labeler; found: FoundAssignment }

/**
 * The assignment of a gesture and the labeler who made it, in one look-up; the same statement checks
 * that the assignment is theirs.
 * @throws ParleyError `forbidden` before consent and when it is somebody else's; `not_found`.
 */
export async function getOwnAssignment(
  parley: Parley,
  person: Person,
  assignmentId: string,
  asked: { schemaVersion?: number; consent?: 'given' } = {},
): Promise<OwnAssignment> {
  const key = readAssignmentId(assignmentId)
  const { rows } = await sql<FoundRow & OwnerRow>`/* find_own_assignment */
    select * from own_assignment(${key.datasetId}, ${key.id}, ${person.platform},
      ${person.workspace}, ${person.userId}, ${asked.schemaVersion ?? null}::int)`.execute(
    parley.db,
  )
  const row = rows[0]
  if (!row) throw taskGone()
  const { assignment, drawn, rowVersion, labelerId, consentVersion, ...dataset } = row
  const labeler = requireConsent(
    labelerId === null ? null : { id: labelerId, consentVersion, person },
    asked.consent,
  )
  if (!assignment) throw taskGone()
  if (assignment.labelerId !== labeler.id) throw notYours()
  const document = drawn ?? dataset.document
  return { labeler, found: { ...readAssignment(assignment), dataset, document, rowVersion } }
}

/** Locks an assignment until the transaction ends, as everything that answers it does. */
export async function lockAssignment(inside: Parley, assignmentId: string): Promise<void> {
  const { datasetId, id } = readAssignmentId(assignmentId)
  await sql`select 1 from assignments where dataset_id = ${datasetId} and id = ${id}
    for update`.execute(inside.db)
}

type OwnerRow = { rowVersion: string; labelerId: string | null; consentVersion: number | null }

type FoundRow = {
  assignment: AssignmentRow | null
  id: string
  name: string
  status: DatasetStatus
  document: DatasetDocument
  schemaVersion: number
  guidelinesVersion: number
  drawn: DatasetDocument | null
}

/** An assignment as `view_assignment` builds it. */
export type AssignmentRow = Omit<
  Assignment,
  'assignmentId' | 'shownAt' | 'leaseUntil' | 'response'
> & {
  id: string
  shownAt: string | null
  leaseUntil: string | null
  response:
    | (Omit<NonNullable<Assignment['response']>, 'submittedAt'> & { submittedAt: string | null })
    | null
}

export function readAssignment({ id, ...row }: AssignmentRow): Assignment {
  return {
    ...row,
    assignmentId: assignmentIdOf({ datasetId: row.datasetId, id }),
    shownAt: readTime(row.shownAt),
    leaseUntil: readTime(row.leaseUntil),
    response: row.response && {
      ...row.response,
      submittedAt: readTime(row.response.submittedAt),
    },
  }
}

function readTime(text: string | null): Date | null {
  return text === null ? null : new Date(text)
}

export type AssignmentKey = { datasetId: string; id: string }

export function assignmentIdOf(key: AssignmentKey): string {
  return `${key.datasetId}-${key.id}`
}

/** The key in a public id, or null for any other text. */
export function parseAssignmentId(assignmentId: string): AssignmentKey | null {
  const [, datasetId, id] = /^([1-9]\d{0,17})-([1-9]\d{0,17})$/.exec(assignmentId) ?? []
  return datasetId === undefined || id === undefined ? null : { datasetId, id }
}

/** @throws ParleyError `not_found` for text that is not an assignment's id. */
export function readAssignmentId(assignmentId: string): AssignmentKey {
  const key = parseAssignmentId(assignmentId)
  if (!key) throw taskGone()
  return key
}

export function taskGone(): ParleyError {
  return new ParleyError('not_found', (said) => said.taskGone)
}

export function notYours(): ParleyError {
  return forbidden((said) => said.notYours)
}
