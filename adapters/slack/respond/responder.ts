/** What every answer to a gesture needs, and the form of a task, which opens from several places. */
import { randomUUID } from 'node:crypto'
import type { Inside, Person, ReaderPart, Reply, TaskCard } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import type { View } from '../draw/blocks.ts'
import { type AboveForm, drawForm } from '../draw/task/form.ts'
import type { Meta } from '../receive/metadata.ts'
import type { Sent, SlackApi } from '../send/api.ts'

export type Responder = {
  api: SlackApi
  log: Inside['log']
  /** Whether a long answer may be given as a file here. */
  takesFiles: () => boolean
  /** Called with what a message in a DM shows now; with `isLost`, with what it should show but does not. */
  trackMessage: (at: Sent, reply: Reply, isLost?: boolean) => void
}

export type ShownReply = Exclude<Reply, { type: 'nothing' }>

/** A press on a message, with what it takes to repaint it, open a window over it or answer beside it. */
export type MessagePress = {
  by: Person
  trigger: string
  responseUrl: string | undefined
  message: Sent | undefined
  ephemeral: boolean
}

/** A press inside a window. */
export type WindowPress = {
  by: Person
  trigger: string
  viewId: string
  hash: string | undefined
  meta: Meta | null
}

/** Where a command was typed. */
export type CommandPlace = {
  by: Person
  trigger: string
  responseUrl: string
  channel: string
  wish?: string
}

/** What a gesture asked for and its reply does not say. */
export type Intent = {
  /** The dataset or post a newcomer asked for, kept for their Start. */
  wish?: string
  /** The text that is read, and its page. */
  part?: ReaderPart
  page?: number
  /** All of the text, as a file in their messages. */
  asFile?: boolean
  /** One tap of a ranking on the card. */
  isTap?: boolean
  /** The Start of a first card: that card becomes what comes next. */
  isStart?: boolean
  /** It was pressed on what a whole channel sees. */
  onPublicMessage?: boolean
  isVote?: boolean
}

export function taskForm(
  { takesFiles }: Responder,
  card: TaskCard,
  meta: Meta,
  above: AboveForm,
): View {
  return drawForm(card, meta, { ...above, takesFile: takesFiles() }, spoken())
}

type FromCard = 'assignmentId' | 'schemaVersion' | 'nonce' | 'editing'

/** Where the form came from, which it hands on to the next task in the same window. */
export type FormOrigin = Omit<Meta, FromCard>

export function openTaskForm(
  responder: Responder,
  trigger: string,
  reply: Reply & { type: 'form' },
  origin: FormOrigin,
): Promise<void> {
  const view = taskForm(responder, reply.card, metaOf(reply.card, origin), aboveForm(reply))
  return responder.api.openView(trigger, view)
}

export function metaOf(card: TaskCard, origin: FormOrigin): Meta {
  return {
    assignmentId: card.assignmentId,
    schemaVersion: card.schemaVersion,
    nonce: randomUUID(),
    ...(card.editing ? { editing: true } : {}),
    ...(origin.responseUrl ? { responseUrl: origin.responseUrl } : {}),
    ...(origin.message ? { message: origin.message } : {}),
  }
}

/** The line above a form, with the answer it may undo. */
export function aboveForm(reply: Reply & { type: 'task' | 'form' }): AboveForm {
  return {
    ...(reply.notice === undefined ? {} : { notice: reply.notice }),
    ...(reply.undo === undefined ? {} : { undo: reply.undo }),
  }
}

export function isBallot(reply: Reply): boolean {
  return (reply.type === 'task' || reply.type === 'form') && reply.card.ballot !== null
}
