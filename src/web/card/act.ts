/** What the forms of a task's page do. Each is the same gesture that chat makes of a press or a form. */
import { isDeepStrictEqual } from 'node:util'
import type { Context } from 'hono'
import type { TextView } from '../../assignments/assignment.ts'
import { seenOf } from '../../chat/cards/seen.ts'
import { handleInteraction } from '../../chat/handle.ts'
import { adoptId } from '../../chat/port/ids.ts'
import { type Reply, skipReasons, type TaskCard } from '../../chat/port/port.ts'
import { wantRepaint } from '../../outbound/messages.ts'
import type { Parley } from '../../parley.ts'
import { askedQuestions, type Problems, parseDraft } from '../../questions/values.ts'
import { notice } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { page } from '../page/page.ts'
import { type Entered, firstOf, readEntered } from './entered.ts'
import { readQuestions } from './questions.ts'
import { openTask, saidBy, showCard, showReply, type Task } from './task-page.ts'
import { formOf } from './view.ts'

/** What came with a form of a task's page. */
type Sent = { parley: Parley; c: Context; task: Task; entered: Entered }

/** POST of a task's page: `do` says which of its buttons was pressed. */
export async function actOnTask(parley: Parley, c: Context, task: Task): Promise<Response> {
  const entered = await enteredIn(c)
  const isEdit = firstOf(entered, 'editing') === 'yes'
  const sent: Sent = { parley, c, task: { ...task, isEdit: task.isEdit || isEdit }, entered }
  const [act = '', more = ''] = (firstOf(entered, 'do') ?? 'submit').split(':')
  switch (act) {
    case 'press':
    case 'adopt':
      return press(sent, act, Number(more))
    case 'render':
      return render(sent, more === 'raw' ? 'raw' : 'formatted')
    case 'draft':
      return keepPlainly(sent)
    case 'skip':
      return skip(sent)
    case 'undo':
      return undo(sent)
    case 'agree':
    case 'decline':
      return consent(sent, act)
    default:
      return submit(sent)
  }
}

async function enteredIn(c: Context): Promise<Entered> {
  const sent = [...(await c.req.formData())]
  return readEntered(
    sent.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}

/** The card as it is now, with what the form holds of it. */
type Filled = {
  card: TaskCard
  /** The same card with what stands in the form. */
  filled: TaskCard
  values: Record<string, unknown>
  problems: Problems
}

/** Reads a form by the card it was drawn from; the reply that came instead of one. */
async function readForm({ parley, c, task, entered }: Sent): Promise<Filled | Reply> {
  const reply = await openTask(parley, task)
  if (reply.type !== 'form') return reply
  const { card } = reply
  const form = formOf(card)
  const { values, problems } = readQuestions(card.questions, entered, form, saidBy(c, task).own)
  const draft = parseDraft(card.questions, values, form)
  return { card, filled: { ...card, values: draft }, values, problems }
}

/** Whether something else stands there than when the form was drawn, and than what it holds. */
function isBehind({ card, filled }: Filled, entered: Entered): boolean {
  const seen = firstOf(entered, 'seen')
  if (seen === undefined || seen === seenOf(card)) return false
  return !isDeepStrictEqual({ ...card.values }, { ...filled.values })
}

async function submit(sent: Sent): Promise<Response> {
  const { parley, c, task, entered } = sent
  const { own } = saidBy(c, task)
  const read = await readForm(sent)
  if ('type' in read)
    return read.type === 'receipt' ? afterTheAnswer(sent, read) : showReply(c, task, read)
  const { card, filled, values, problems } = read
  const seen = seenOf(card)
  if (isBehind(read, entered))
    return showCard(c, task, filled, { seen, notice: { tone: 'warn', text: own.elsewhere } })
  if (Object.keys(problems).length > 0) return showCard(c, task, filled, { seen, problems })
  const schemaVersion = Number(firstOf(entered, 'version') ?? card.schemaVersion)
  const { by, taskId } = task
  const gesture = { by, type: 'submit', assignmentId: taskId, schemaVersion, values } as const
  const reply = await handleInteraction(parley, gesture)
  if (reply.type === 'problems') {
    // What was refused is kept as a draft.
    const now = await openTask(parley, task)
    const kept = now.type === 'form' ? { seen: seenOf(now.card) } : {}
    return showCard(c, task, filled, { ...kept, problems: reply.problems })
  }
  if (reply.type === 'notice')
    return showCard(c, task, filled, { seen, notice: { tone: 'bad', text: reply.text } })
  return goAfter(sent, reply)
}

/**
 * A form whose task was answered meanwhile: the same form sent twice, or a tab that was left open. What the
 * latter holds is no edit that anybody asked for.
 */
async function afterTheAnswer(sent: Sent, receipt: Reply): Promise<Response> {
  const { parley, c, task, entered } = sent
  const answered = await openTask(parley, { ...task, isEdit: true })
  if (answered.type !== 'form') return showReply(c, task, receipt)
  const { card } = answered
  const form = formOf(card)
  const seen = seenOf(card)
  const { values } = readQuestions(card.questions, entered, form, saidBy(c, task).own)
  const given = parseDraft(card.questions, values, form)
  const kept = parseDraft(card.questions, card.values, form)
  if (isDeepStrictEqual(given, kept)) return goAfter(sent, receipt)
  const text = saidBy(c, task).own.answeredElsewhere
  const edit = { ...task, isEdit: true }
  return showCard(c, edit, { ...card, values: given }, { seen, notice: { tone: 'warn', text } })
}

/** A ready answer, or the suggestion in place of one's own. */
async function press(sent: Sent, act: 'press' | 'adopt', place: number): Promise<Response> {
  const { parley, c, task, entered } = sent
  const { by, assignmentId } = task
  const reply = await handleInteraction(parley, {
    ...{ by, type: 'press', press: place },
    assignmentId: act === 'adopt' ? adoptId(assignmentId) : assignmentId,
    schemaVersion: Number(firstOf(entered, 'version') ?? 0),
  })
  if (reply.type === 'notice') return showReply(c, task, reply)
  return goAfter(sent, reply)
}

/** Texts rendered, or as they were written; what stands in the form stays. */
async function render(sent: Sent, view: TextView): Promise<Response> {
  const { parley, c, task, entered } = sent
  const { by, taskId, isEdit } = task
  const read = await readForm(sent)
  if ('type' in read) return showReply(c, task, read)
  const editing = isEdit || read.card.editing ? { editing: true } : {}
  const gesture = { by, type: 'render', assignmentId: taskId, view, ...editing } as const
  const reply = await handleInteraction(parley, gesture)
  if (reply.type !== 'task') return showReply(c, task, reply)
  const card = { ...reply.card, values: read.filled.values, editing: read.card.editing }
  const { own } = saidBy(c, task)
  const seen = seenOf(read.card)
  return isBehind(read, entered)
    ? showCard(c, task, card, { seen, notice: { tone: 'warn', text: own.elsewhere } })
    : showCard(c, task, card, { seen })
}

/** Without scripts a draft is kept by a button. */
async function keepPlainly(sent: Sent): Promise<Response> {
  const { parley, c, task, entered } = sent
  const { own } = saidBy(c, task)
  const read = await readForm(sent)
  if ('type' in read) return showReply(c, task, read)
  const kept = await keep(sent, read)
  if (kept.type !== 'nothing') return showReply(c, task, kept)
  if (kept.draft?.isBehind && isBehind(read, entered))
    return showCard(c, task, read.filled, {
      seen: seenOf(read.card),
      notice: { tone: 'warn', text: own.elsewhere },
    })
  const to = task.isEdit ? `${task.base}?edit=1` : task.base
  return goOn(parley, c, to, { tone: 'good', text: own.draftKept })
}

function keep({ parley, task, entered }: Sent, { card, values }: Filled): Promise<Reply> {
  const { by, taskId } = task
  return handleInteraction(parley, {
    ...{ by, type: 'draft', assignmentId: taskId, values, editing: card.editing },
    seen: firstOf(entered, 'seen') ?? seenOf(card),
  })
}

/**
 * POST of a draft by the page's script: answers with what stands there now, whether it was changed elsewhere
 * (then nothing was kept), and which questions are asked by what was entered.
 */
export async function keepTask(parley: Parley, c: Context, task: Task): Promise<Response> {
  const entered = await enteredIn(c)
  const isEdit = firstOf(entered, 'editing') === 'yes'
  const sent: Sent = { parley, c, task: { ...task, isEdit: task.isEdit || isEdit }, entered }
  const read = await readForm(sent)
  const headers = { 'cache-control': 'no-store' }
  if ('type' in read) return c.json({ isBehind: true }, 409, headers)
  const { card, filled } = read
  const kept = await keep(sent, read)
  if (kept.type !== 'nothing') return c.json({ isBehind: true }, 409, headers)
  const { seen, isBehind: isLate } = kept.draft ?? { seen: seenOf(card), isBehind: false }
  const asked = askedQuestions(card.questions, filled.values)
  const hidden = card.questions.flatMap(({ name }, at) => (asked.has(name) ? [] : [at]))
  return c.json({ seen, isBehind: isLate, hidden }, isLate ? 409 : 200, headers)
}

async function skip({ parley, c, task, entered }: Sent): Promise<Response> {
  const { by, assignmentId } = task
  const why = firstOf(entered, 'why')?.trim() ?? ''
  const chosen = skipReasons.find((one) => one === firstOf(entered, 'reason')) ?? 'other'
  // A reason of one's own has a name of its own.
  const reason = why === '' ? chosen : 'other'
  const own = why === '' ? {} : { text: why }
  const gesture = { by, type: 'discard', assignmentId, reason, ...own } as const
  const reply = await handleInteraction(parley, gesture)
  if (reply.type === 'notice') return showReply(c, task, reply)
  return goAfter({ parley, c, task, entered }, reply)
}

async function undo({ parley, c, task, entered }: Sent): Promise<Response> {
  const { by, assignmentId, base } = task
  const revision = Number(firstOf(entered, 'revision') ?? Number.NaN)
  const which = Number.isSafeInteger(revision) ? { revision } : {}
  const reply = await handleInteraction(parley, { by, type: 'undo', assignmentId, ...which })
  if (reply.type === 'notice') return showReply(c, task, reply)
  followInChat(parley, task)
  const text = 'notice' in reply ? reply.notice : undefined
  return goOn(parley, c, base, text === undefined ? undefined : { tone: 'good', text })
}

async function consent({ parley, c, task, entered }: Sent, act: 'agree' | 'decline') {
  const { by } = task
  const { own } = saidBy(c, task)
  if (act === 'decline') {
    await handleInteraction(parley, { by, type: 'decline' })
    return page(c, { title: own.decline, isNarrow: true, body: notice('info', own.declined) })
  }
  const version = Number(firstOf(entered, 'consent'))
  const reply = await handleInteraction(parley, { by, type: 'consent', version })
  return reply.type === 'notice' ? showReply(c, task, reply) : goOn(parley, c, task.base)
}

/** The message of the task in chat shows what became of it here. */
function followInChat(parley: Parley, { assignmentId }: Task): void {
  parley.afterCommit(() => wantRepaint(parley, `task:${assignmentId}`, { atOnce: true }))
}

/** On from an answer: to the next task of somebody who is signed in, to the receipt with a link. */
function goAfter({ parley, c, task }: Sent, reply: Reply): Response {
  followInChat(parley, task)
  const own = task.isSignedIn ? `/work/task/${task.assignmentId}` : linkOf(task)
  if (reply.type === 'task' && task.isSignedIn)
    return goOn(parley, c, `/work/task/${reply.card.assignmentId}`)
  if (reply.type === 'receipt' && reply.notice)
    return goOn(parley, c, own, { tone: 'info', text: reply.notice })
  return goOn(parley, c, own)
}

/** The page of the task itself, from that of one of its outputs. */
function linkOf({ base }: Task): string {
  return base.replace(/\/improve\/\d*$/, '')
}
