/**
 * Drafts: what was entered into a form and not submitted is stored as it is typed or chosen, and when
 * the window is closed. An answer that other questions depend on shows or hides them in the window.
 */
import type { Inside, Person, ShownForm, TaskCard } from '../../../src/chat/port/port.ts'
import { askedQuestions, parseDraft } from '../../../src/questions/values.ts'
import { inputId, type State } from '../draw/questions/input.ts'
import { decidingQuestions } from '../draw/questions/question.ts'
import { slackCode } from '../send/failures.ts'
import type { Handle } from './gestures.ts'
import { questionOf } from './ids.ts'
import type { Meta } from './metadata.ts'
import { parseForm, parseSubmission } from './parse-form.ts'
import type { ActionBody, SubmissionBody } from './payloads.ts'

/** A window with its inputs: `block` is the one that changed, null when the window was closed. */
export type Entered = { body: SubmissionBody; block: string | null }

export type KeepDraft = (entered: Entered) => Promise<void>
export type FindForm = (by: Person, meta: Meta) => Promise<ShownForm | null>

type Context = {
  findForm: FindForm
  handle: Handle
  /** Redraws the open window. */
  redraw: (body: SubmissionBody, meta: Meta, card: TaskCard) => Promise<void>
  log: Inside['log']
}

/** Keeps what a window holds; of many at once, as keys are typed, the first and the newest. */
export function openDrafts(context: Context): KeepDraft {
  /** Windows whose draft is being stored, and what arrived since: only the newest matters. */
  const busy = new Map<string, Entered | null>()

  return async (entered) => {
    const window = entered.body.view.id ?? ''
    if (busy.has(window)) {
      busy.set(window, entered)
      return
    }
    busy.set(window, null)
    try {
      for (let next: Entered | null = entered; next; ) {
        await keepDraft(context, next)
        next = busy.get(window) ?? null
        busy.set(window, null)
      }
    } catch (error) {
      // Nobody is interrupted because a draft was lost.
      context.log.warn(
        { event: 'slack.draft_lost', err: error, code: slackCode(error) },
        'A draft could not be kept.',
      )
    } finally {
      busy.delete(window)
    }
  }
}

async function keepDraft(
  { findForm, handle, redraw }: Context,
  { body, block }: Entered,
): Promise<void> {
  const form = parseForm(body)
  const shown = form ? await findForm(form.by, form.meta) : null
  if (!form || !shown) return
  const { by, meta } = form
  const { values, unreported } = parseSubmission(body, meta, shown)
  const { assignmentId, editing } = meta
  const drawn = drawnQuestions(body, meta)
  // Slack does not always report all that a window holds: what is stored of the rest stays.
  if (unreported.length === drawn.size) return
  for (const question of unreported) delete values[question]
  const hidden = shown.questions.flatMap(({ name }) =>
    drawn.has(name) && !unreported.includes(name) ? [] : [name],
  )
  const more = { ...(hidden.length > 0 ? { hidden } : {}), ...(editing ? { editing } : {}) }
  await handle({ by, type: 'draft', assignmentId, values, ...more })
  const isDeciding =
    block !== null && decidingQuestions(shown.questions).has(questionOf(assignmentId, block) ?? '')
  if (!isDeciding || !asksOthers(shown, values, drawn)) return
  const again = await handle({ by, type: editing ? 'edit' : 'open', assignmentId })
  if (again.type === 'form') await redraw(body, meta, again.card)
}

function drawnQuestions({ view }: SubmissionBody, { assignmentId }: Meta): Set<string> {
  return new Set(
    (view.blocks ?? []).flatMap(({ type, block_id }) => {
      const question = type === 'input' ? questionOf(assignmentId, block_id ?? '') : null
      return question === null ? [] : [question]
    }),
  )
}

/** Whether other questions are asked now than the window shows. */
function asksOthers(
  { questions, outputs }: ShownForm,
  values: Record<string, unknown>,
  drawn: ReadonlySet<string>,
): boolean {
  const asked = askedQuestions(questions, parseDraft(questions, values, { outputs }))
  return questions.some(
    ({ name, when }) => when !== undefined && asked.has(name) !== drawn.has(name),
  )
}

/** The window and the input in it that a person typed or chose in; null when a button was pressed. */
export function readEntered(action: ActionBody): Entered | null {
  const [first] = action.actions
  const block = first?.block_id
  if (!action.view || first?.action_id !== inputId || block === undefined) return null
  const { value = null, selected_option = null, selected_options = [] } = first
  const held = { value, selected_option, selected_options }
  const values: State = { [block]: { [inputId]: held }, ...action.view.state?.values }
  const state = { values }
  return { body: { ...action, view: { ...action.view, state } }, block }
}
