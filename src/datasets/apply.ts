/**
 * Applies a changed document to a dataset. A draft may change in any way; once published, wording,
 * order and new optional questions may, while types and option values may not: answers given
 * before must keep their meaning.
 */
import { sql } from 'kysely'
import { invalid } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import type { Question } from '../questions/question.ts'
import { accessProblem } from './access/access.ts'
import { hasGroups, keepResolved, resolveAccess } from './access/groups.ts'
import { writeAudit } from './audit.ts'
import { outputsNeeded } from './check.ts'
import { findDataset, lockDataset } from './dataset.ts'
import type { Dataset, DatasetDocument } from './document.ts'
import { feedProblems, noteAllFeeds } from './feeds/rules.ts'
import { drawingProblems } from './publish.ts'
import { makeBlanks, targetProblem } from './writing.ts'

export type Applied = {
  dataset: Dataset
  changed: boolean
  /**
   * The new number of answers a record wants, when it changed. The caller hands it to
   * changeMinSubmitted of the assignments room, which works in batches after this has committed.
   */
  minSubmittedChanged: number | null
}

/**
 * `onlyIf` looks at the dataset as it is while no other change runs; null where it says no.
 * @throws ParleyError `invalid` naming every change that a published dataset cannot take.
 */
export async function applyDataset(
  parley: Parley,
  actor: Actor,
  input: { document: DatasetDocument },
): Promise<Applied>
export async function applyDataset(
  parley: Parley,
  actor: Actor,
  input: { document: DatasetDocument; onlyIf: (now: Dataset) => boolean },
): Promise<Applied | null>
export async function applyDataset(
  parley: Parley,
  actor: Actor,
  input: { document: DatasetDocument; onlyIf?: (now: Dataset) => boolean },
): Promise<Applied | null> {
  const by = requireAdmin(actor)
  const access = await accessOf(parley, input.document)
  return inTransaction(parley, async (inside) => {
    const dataset = await lockDataset(inside, input.document.name, actor)
    if (input.onlyIf?.(dataset) === false) return null
    const before = dataset.document
    const after = access === undefined ? input.document : { ...input.document, access }
    if (same(before, after)) return { dataset, changed: false, minSubmittedChanged: null }
    if (dataset.status !== 'draft') {
      const problems = {
        ...forbiddenChanges(before, after),
        ...(await feedProblems(inside, actor, { name: dataset.name, document: after })),
        ...drawingProblems(inside, after),
        ...accessProblems(after),
      }
      if (Object.keys(problems).length > 0) throw invalid(problems)
    }
    const applied = await writeVersions(inside, dataset, after)
    await repairNeeds(inside, dataset.id, before, after)
    if (dataset.status !== 'draft') {
      await makeBlanks(inside, applied)
      if (!same(before.feeds, after.feeds)) await noteAllFeeds(inside, applied)
    }
    await writeAudit(inside, {
      actor: by,
      act: 'apply dataset',
      dataset: dataset.name,
      detail: {
        schema_version: applied.schemaVersion,
        guidelines_version: applied.guidelinesVersion,
      },
    })
    const wanted = after.distribution.min_submitted
    const minSubmittedChanged = wanted === before.distribution.min_submitted ? null : wanted
    return { dataset: applied, changed: true, minSubmittedChanged }
  })
}

/** Groups found before keep their ids; new ones are looked up if the dataset is published. */
async function accessOf(
  parley: Parley,
  document: DatasetDocument,
): Promise<DatasetDocument['access']> {
  const current = await findDataset(parley, document.name)
  const access = keepResolved(current?.document.access, document.access)
  if (access === undefined || !current || current.status === 'draft') return access
  return hasGroups(access) && !accessProblem(access) ? resolveAccess(parley, access) : access
}

function accessProblems({ access }: DatasetDocument): Record<string, string> {
  const problem = accessProblem(access)
  return problem === null ? {} : { access: problem }
}

async function writeVersions(
  parley: Parley,
  dataset: Dataset,
  after: DatasetDocument,
): Promise<Dataset> {
  const before = dataset.document
  const at = parley.now()
  const document = JSON.stringify(after)
  const asked = (one: DatasetDocument) => [one.fields, one.questions]
  const grows = dataset.status !== 'draft' && !same(asked(before), asked(after))
  const schemaVersion = dataset.schemaVersion + (grows ? 1 : 0)
  const reworded = before.guidelines !== after.guidelines
  const guidelinesVersion = dataset.guidelinesVersion + (reworded ? 1 : 0)
  await parley.db
    .updateTable('datasets')
    .set({ document, schemaVersion, guidelinesVersion, updatedAt: at })
    .where('id', '=', dataset.id)
    .execute()
  // A version is the document that buttons were drawn from; changes outside questions need no new one.
  await parley.db
    .insertInto('datasetVersions')
    .values({ datasetId: dataset.id, schemaVersion, document, at })
    .onConflict((at) => at.columns(['datasetId', 'schemaVersion']).doUpdateSet({ document }))
    .execute()
  if (reworded)
    await parley.db
      .insertInto('guidelines')
      .values({
        datasetId: dataset.id,
        version: guidelinesVersion,
        text: after.guidelines ?? null,
        at,
      })
      .execute()
  return { ...dataset, document: after, schemaVersion, guidelinesVersion }
}

/** Records start or stop waiting for outputs when questions about outputs are added or removed. */
async function repairNeeds(
  parley: Parley,
  datasetId: string,
  before: DatasetDocument,
  after: DatasetDocument,
) {
  const needed = outputsNeeded(after)
  if (needed === outputsNeeded(before)) return
  const { rows } = await sql<{ more: number }>`
    with moved as (
      update places p set needs_outputs = not p.needs_outputs from records r
      where p.dataset_id = ${datasetId} and r.dataset_id = p.dataset_id and r.id = p.record_id
        and p.needs_outputs <> (jsonb_array_length(r.outputs) < ${needed})
      returning p.needs_outputs)
    select coalesce(sum(case when needs_outputs then 1 else -1 end), 0)::int as more from moved
  `.execute(parley.db)
  await parley.db
    .updateTable('tallies')
    .set({ needsOutputs: sql`needs_outputs + ${rows[0]?.more ?? 0}` })
    .where('datasetId', '=', datasetId)
    .where('labelerId', '=', '0')
    .execute()
}

const remedy = 'Give the question a new name, or clone the dataset and publish the copy.'

function forbiddenChanges(before: DatasetDocument, after: DatasetDocument): Record<string, string> {
  const problems: Record<string, string> = {}
  const target = targetProblem(before, after)
  if (target) problems['target'] = target
  for (const field of before.fields) {
    const now = after.fields.find((one) => one.name === field.name)
    const key = `fields.${field.name}`
    if (!now) problems[key] = 'A published dataset keeps its fields. Put this one back.'
    else if (now.type !== field.type)
      problems[key] = `A published field keeps its type (${field.type}). Clone the dataset instead.`
    else if (now.required && !field.required)
      problems[key] = 'Records without this field exist. Leave it "required: false".'
  }
  for (const field of after.fields)
    if (field.required && !before.fields.some((one) => one.name === field.name))
      problems[`fields.${field.name}`] = 'Records do not have this field. Write "required: false".'
  for (const question of before.questions) {
    const now = after.questions.find((one) => one.name === question.name)
    const said = now ? changeProblem(question, now) : 'A published question cannot be removed.'
    if (said) problems[`questions.${question.name}`] = `${said} ${now ? remedy : 'Put it back.'}`
  }
  for (const question of after.questions)
    if (question.required && !before.questions.some((one) => one.name === question.name))
      problems[`questions.${question.name}`] =
        'A question added after publishing must be optional. Write "required: false".'
  return problems
}

function changeProblem(before: Question, after: Question): string | null {
  if (before.type !== after.type)
    return `It is a ${before.type} question; its type cannot change after publishing.`
  if (before.of !== after.of) return `It is about the ${before.of}; this cannot change.`
  if ('edits' in before && before.edits && !('edits' in after && after.edits))
    return 'Answers may hold edits by now, so "edits: true" stays.'
  if (after.required && !before.required) return 'It was optional and must stay so.'
  if (!same(meaningOf(before), meaningOf(after)))
    return 'Its options and rules cannot change after publishing, only their wording and order.'
  return null
}

/** The parts of a question that determine an answer's meaning: all but wording, order and `required`. */
function meaningOf(question: Question): unknown {
  switch (question.type) {
    case 'text':
      return null
    case 'rating':
      return [...question.options].sort((a, b) => a - b)
    case 'label':
      return question.options.map((option) => option.value).sort()
    case 'multi_label':
      return [question.options.map((option) => option.value).sort(), question.none_option]
    case 'ranking':
      return [question.mode, question.ties, question.strength, question.unacceptable]
    case 'span':
      return [
        question.field,
        question.options.map((option) => option.value).sort(),
        question.overlap ?? true,
      ]
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
