/**
 * What was entered into a form and not submitted: kept as it is typed or chosen, and when the window
 * is closed. An answer that other questions depend on brings them into the window, or takes them away.
 */
import type {
  Interaction,
  Person,
  Reply,
  ShownForm,
  TaskCard,
} from '../../../src/chat/port/port.ts'
import { askedQuestions, parseDraft } from '../../../src/questions/values.ts'
import { decidingQuestions, inputId, type State } from '../draw/questions.ts'
import { type Meta, questionOf } from './ids.ts'
import { type ActionBody, parseForm, parseSubmission, type SubmissionBody } from './parse.ts'

/** An input that Slack told of: `block` is the one that changed, null when the window was closed. */
export type Entered = { body: SubmissionBody; block: string | null }

type Way = {
  find: (by: Person, meta: Meta) => Promise<ShownForm | null>
  handle: (interaction: Interaction) => Promise<Reply>
  /** Draws the open window anew. */
  redraw: (body: SubmissionBody, by: Person, meta: Meta, card: TaskCard) => Promise<void>
}

export function openDrafts({ find, handle, redraw }: Way) {
  /** Windows whose draft is being kept, and what came meanwhile: only the newest matters. */
  const busy = new Map<string, Entered | null>()

  async function keep({ body, block }: Entered): Promise<void> {
    const form = parseForm(body)
    const shown = form ? await find(form.by, form.meta) : null
    if (!form || !shown) return
    const { by, meta } = form
    const { values, untold } = parseSubmission(body, meta, shown)
    const { assignmentId, editing } = meta
    const drawn = drawnQuestions(body, meta)
    // Slack does not always tell all that a window held: what is kept of the rest stays.
    if (untold.length === drawn.size) return
    for (const question of untold) delete values[question]
    const hidden = shown.questions.flatMap(({ name }) =>
      drawn.has(name) && !untold.includes(name) ? [] : [name],
    )
    const more = { ...(hidden.length > 0 ? { hidden } : {}), ...(editing ? { editing } : {}) }
    await handle({ by, type: 'draft', assignmentId, values, ...more })
    const isDeciding =
      block !== null &&
      decidingQuestions(shown.questions).has(questionOf(assignmentId, block) ?? '')
    if (!isDeciding || !asksOthers(shown, values, drawn)) return
    const again = await handle({ by, type: editing ? 'edit' : 'open', assignmentId })
    if (again.type === 'form') await redraw(body, by, meta, again.card)
  }

  return {
    /** Keeps what a window holds; of many at once, as keys are typed, the first and the newest. */
    async keep(entered: Entered): Promise<void> {
      const window = entered.body.view.id ?? ''
      if (busy.has(window)) {
        busy.set(window, entered)
        return
      }
      busy.set(window, null)
      try {
        for (let next: Entered | null = entered; next; ) {
          await keep(next)
          next = busy.get(window) ?? null
          busy.set(window, null)
        }
      } finally {
        busy.delete(window)
      }
    },
  }
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
