/** Reads a submitted form back into values, and puts problems under its inputs. Pure. */
import type { Person, ShownForm } from '../../../src/chat/port/port.ts'
import { inputId, type State } from '../draw/questions/input.ts'
import { readQuestion } from '../draw/questions/question.ts'
import { blockId, questionOf } from './ids.ts'
import { type Meta, readMeta } from './metadata.ts'
import type { DrawnElement, SubmissionBody } from './payloads.ts'
import { personOf } from './person.ts'

/** Which form was submitted, or null when the view is not one of ours. */
export function parseForm(body: SubmissionBody): { by: Person; meta: Meta } | null {
  const meta = readMeta(body.view.private_metadata ?? '')
  return meta ? { by: personOf(body), meta } : null
}

/**
 * Reads what a window holds. Slack may leave out inputs that nobody touched: their value is the one
 * they were drawn with, and `unreported` names the questions Slack left out entirely. `lost` is a
 * submission without what it must have: Slack lost blocks.
 */
export function parseSubmission(
  body: SubmissionBody,
  { assignmentId }: Pick<Meta, 'assignmentId'>,
  shown: ShownForm,
): { values: Record<string, unknown>; lost: boolean; unreported: string[] } {
  const reported = body.view.state?.values ?? {}
  const state: State = { ...reported }
  const isReported = new Map<string, boolean>()
  let lost = true
  let isRequiredMissing = false
  for (const { type, block_id, optional, element } of body.view.blocks ?? []) {
    const question = questionOf(assignmentId, block_id ?? '')
    if (type !== 'input' || question === null || block_id === undefined) continue
    const isHere = reported[block_id] !== undefined
    isReported.set(question, isHere || (isReported.get(question) ?? false))
    if (isHere) lost = false
    else {
      isRequiredMissing ||= optional !== true
      state[block_id] = { [inputId]: asDrawn(element) }
    }
  }
  const form = { assignmentId, outputs: shown.outputs }
  const values: Record<string, unknown> = {}
  for (const question of shown.questions) {
    const value = readQuestion(question, state, form)
    if (value !== undefined) values[question.name] = value
  }
  const unreported = [...isReported].flatMap(([question, isHere]) => (isHere ? [] : [question]))
  return { values, lost: lost || isRequiredMissing, unreported }
}

function asDrawn({ initial_value, initial_option, initial_options }: DrawnElement = {}) {
  return {
    value: initial_value ?? null,
    selected_option: initial_option ?? null,
    selected_options: initial_options ?? [],
  }
}

/** Each problem under the input it is about; problems of hidden questions are left out (isAboutHidden). */
export function placeProblems(
  body: SubmissionBody,
  meta: Meta,
  problems: Readonly<Record<string, string>>,
): Record<string, string> {
  const state = body.view.state?.values ?? {}
  const ids = (body.view.blocks ?? []).flatMap((block) =>
    block.type === 'input' && block.block_id ? [block.block_id] : [],
  )
  const errors: Record<string, string> = {}
  for (const [question, problem] of Object.entries(problems)) {
    const whole = blockId(meta.assignmentId, question)
    const rows = ids.filter((id) => id === whole || id.startsWith(`${whole}:`))
    const choices = rows.filter((id) => !/:(strength|unacceptable|file)$/.test(id))
    const unanswered = choices.filter((id) => isEmpty(state[id]))
    // Once, under the first one missing: repeated under every input it would read as many errors.
    const id = unanswered[0] ?? choices[0] ?? rows[0]
    if (id !== undefined) errors[id] = errors[id] ? `${errors[id]} ${problem}` : problem
  }
  return errors
}

/** Whether a problem is about a question that this window does not show. */
export function isAboutHidden(
  { view }: SubmissionBody,
  { assignmentId }: Meta,
  problems: Readonly<Record<string, string>>,
): boolean {
  const drawn = (view.blocks ?? []).map(({ block_id }) => questionOf(assignmentId, block_id ?? ''))
  return Object.keys(problems).some((question) => !drawn.includes(question))
}

function isEmpty(entered: State[string] | undefined): boolean {
  return Object.values(entered ?? {}).every(
    ({ value, selected_option, selected_options }) =>
      !value?.trim() && !selected_option && !selected_options?.length,
  )
}
