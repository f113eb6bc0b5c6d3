/** Shows a task, its receipt, or why neither is open: what every GET and every form that is shown again ends in. */
import type { Context } from 'hono'
import { getOwnAssignment } from '../../assignments/assignment.ts'
import { lastReceipt } from '../../chat/cards/receipt.ts'
import { handleInteraction } from '../../chat/handle.ts'
import { improveId } from '../../chat/port/ids.ts'
import type { Reply, TaskCard, Welcome } from '../../chat/port/port.ts'
import { inLocale, wordsOn } from '../../chat/words/words.ts'
import { ifThere } from '../../errors.ts'
import { consentVersion, findLabeler } from '../../labelers/labeler.ts'
import type { Parley } from '../../parley.ts'
import { notice } from '../page/components.ts'
import { html } from '../page/markup.ts'
import { csrfField, localeOf, page } from '../page/page.ts'
import type { Holder } from './holder.ts'
import type { Said } from './questions.ts'
import { drawReceipt } from './receipt.ts'
import { drawTask, type View } from './view.ts'
import { drawWelcome } from './welcome.ts'
import { cardWords } from './words.ts'

/** What of a task a page is about: the task, its answer to change, or an output's text to improve. */
export type Task = Holder & {
  /** The id that gestures take: the assignment's, or that of an output of it. */
  taskId: string
  isEdit: boolean
}

/** `place` is the output whose text is improved, '' to choose one. */
export function taskOf(holder: Holder, place: string | undefined, isEdit: boolean): Task {
  if (place === undefined) return { ...holder, taskId: holder.assignmentId, isEdit }
  const number = /^\d{1,3}$/.test(place) ? Number(place) : undefined
  const taskId = improveId(holder.assignmentId, number)
  return { ...holder, base: `${holder.base}/improve/${place}`, taskId, isEdit }
}

export function saidBy(c: Context, { by }: Pick<Holder, 'by'>): Said {
  const locale = localeOf(c)
  return { own: cardWords(locale), chat: wordsOn(by.platform, locale) }
}

/** The task's card, its receipt, or what was refused, as chat has it. */
export function openTask(parley: Parley, { by, taskId, isEdit }: Task): Promise<Reply> {
  return handleInteraction(parley, { by, type: isEdit ? 'edit' : 'open', assignmentId: taskId })
}

/** The page of a task as it is now. */
export async function showTask(parley: Parley, c: Context, task: Task): Promise<Response> {
  const labeler = await findLabeler(parley, task.by)
  if (labeler?.consentVersion !== consentVersion) return showWelcome(parley, c, task)
  const reply = await openTask(parley, task)
  if (reply.type !== 'form') return showReply(c, task, reply)
  const undo = task.isSignedIn && !reply.card.editing ? await undoOf(parley, task) : null
  return showCard(c, task, reply.card, undo ? { undo } : {})
}

/** The form of a card; `more` says why it is shown again. */
export async function showCard(
  c: Context,
  task: Task,
  card: TaskCard,
  more: Pick<View, 'seen' | 'problems' | 'notice' | 'undo'> = {},
): Promise<Response> {
  const said = saidBy(c, task)
  const view = { base: task.base, csrf: csrfField(c), said, ...more }
  const body = await inLocale(localeOf(c), () => drawTask(card, view), task.by.platform)
  return page(c, {
    title: card.dataset.title,
    body,
    ...(task.isSignedIn ? { section: 'work' as const } : {}),
    scripts: ['card.js', 'card-rank.js', 'card-span.js'],
    styles: ['card.css'],
    status: more.problems ? 422 : more.notice?.tone === 'warn' ? 409 : 200,
  })
}

/** A receipt, or a sentence that says why there is no task. */
export async function showReply(
  c: Context,
  task: Task,
  reply: Reply,
  above?: { tone: 'bad' | 'warn' | 'info'; text: string },
): Promise<Response> {
  const said = saidBy(c, task)
  const shared = { isNarrow: true, styles: ['card.css'] } as const
  const top = above ? notice(above.tone, above.text) : ''
  if (reply.type === 'receipt') {
    const csrf = csrfField(c)
    const drawn = () => drawReceipt(reply, task, { csrf, said })
    const body = html`${top}${inLocale(localeOf(c), drawn, task.by.platform)}`
    return page(c, { ...shared, title: reply.saved.dataset.title, body })
  }
  const text = 'text' in reply ? reply.text : said.own.gone
  return page(c, {
    ...shared,
    title: said.own.gone,
    body: html`${top}${notice('bad', text)}`,
    status: 409,
  })
}

/** The first card somebody sees, before anything of theirs is stored. */
export async function showWelcome(
  parley: Parley,
  c: Context,
  task: Pick<Holder, 'by' | 'base'>,
): Promise<Response> {
  const reply = await handleInteraction(parley, { by: task.by, type: 'next' })
  const said = saidBy(c, task)
  if (reply.type !== 'welcome') {
    const text = 'text' in reply ? reply.text : said.own.gone
    return page(c, { title: said.own.gone, isNarrow: true, body: notice('info', text) })
  }
  const welcome: Welcome = reply.welcome
  const body = drawWelcome(welcome, task, { csrf: csrfField(c), said })
  return page(c, { title: said.own.welcomeTitle, isNarrow: true, body, styles: ['card.css'] })
}

async function undoOf(parley: Parley, task: Task): Promise<View['undo']> {
  const { by, assignmentId } = task
  const own = await ifThere(getOwnAssignment(parley, by, assignmentId))
  if (!own || own.found.postId !== null) return null
  const last = () => lastReceipt(parley, own.labeler, own.found)
  const saved = await inLocale(by.locale, last, by.platform)
  return saved && { saved, base: `/work/task/${saved.assignmentId}` }
}
