/**
 * What was entered into a form and not submitted: kept as it is typed or chosen, and when the window
 * is closed. An answer that other questions depend on brings them into the window, or takes them away.
 */
import type { Interaction, Person, Reply, ShownForm, TaskCard } from '../../src/chat/port.ts'
import { askedQuestions, parseDraft } from '../../src/questions/values.ts'
import { type Meta, questionOf } from './ids.ts'
import { parseForm, parseSubmission, type SubmissionBody } from './parse.ts'
import { decidingQuestions, inputId } from './questions.ts'

export type Drafts = ReturnType<typeof openDrafts>

/** An input that Slack told of: `block` is the one that changed, null when the window was closed. */
type Entered = { body: SubmissionBody; block: string | null }

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
    const { values, lost } = parseSubmission(body, meta, shown)
    // Slack does not always tell what a window held: better the draft there is than an empty one.
    if (lost) return
    const { assignmentId, editing } = meta
    const drawn = drawnQuestions(body, meta)
    const hidden = shown.questions.flatMap(({ name }) => (drawn.has(name) ? [] : [name]))
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

/** The input a person typed or chose in, or null when a button was pressed. */
export function enteredBlock(action: {
  actions: { action_id?: string; block_id?: string }[]
}): string | null {
  const [first] = action.actions
  return first?.action_id === inputId ? (first.block_id ?? null) : null
}
