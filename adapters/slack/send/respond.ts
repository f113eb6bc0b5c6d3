/**
 * Shows a Reply where the gesture was made: after a command, on the message whose button was pressed,
 * in the open window, or as the answer to a submission. Cards always stand in the person's DM.
 */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { fileText, markdownName } from '../../../src/chat/cards/content.ts'
import type { Person, Reader, ReaderPart, Reply, TaskCard } from '../../../src/chat/port/port.ts'
import { surfaceOf } from '../../../src/chat/port/surfaces.ts'
import { escapeSlack } from '../../../src/chat/text.ts'
import { localeNow, type Words } from '../../../src/chat/words/words.ts'
import { ParleyError } from '../../../src/errors.ts'
import { alert } from '../draw/alerts.ts'
import type { Message, View } from '../draw/blocks.ts'
import {
  type AboveForm,
  drawDone,
  drawForm,
  drawMessage,
  drawReader,
  drawText,
  drawWindow,
} from '../draw/draw.ts'
import { limits } from '../limits.ts'
import type { Meta } from '../receive/ids.ts'
import { asView, type SubmissionBody } from '../receive/parse.ts'
import type { Sent, SlackApi } from './api.ts'
import { slackCode } from './failures.ts'
import { type ResponseMessage, respond } from './response-url.ts'

export type Shown = Exclude<Reply, { type: 'nothing' }>

/** A click on a message: what is needed to repaint it, to open a window, to whisper. */
export type Click = {
  by: Person
  trigger: string
  responseUrl: string | undefined
  message: Sent | undefined
  ephemeral: boolean
}

/** A press inside a window. */
export type Inner = {
  by: Person
  trigger: string
  viewId: string
  hash: string | undefined
  meta: Meta | null
}

/** What the gesture itself said and its reply does not: the wish, the text read, its page. */
export type Asked = { wish?: string; part?: ReaderPart; page?: number; tapped?: boolean } & {
  /** All of the text, as a file in their messages. */
  asFile?: boolean
  /** It was the Start of a first card: that card becomes what came of it. */
  starts?: boolean
  /** It was pressed on what a whole channel sees; `ballot`: to vote. */
  inPublic?: boolean
  ballot?: boolean
}

/** Where a command was typed. */
export type Typed = {
  by: Person
  trigger: string
  responseUrl: string
  channel: string
  wish?: string
}

export type Stage = ReturnType<typeof openStage>

/** `note` is told what a message in somebody's DM shows now, or should (port.ts). */
export function openStage(
  outbox: SlackApi,
  said: () => Words,
  takesFiles: () => boolean,
  note: (at: Sent, reply: Reply, isLost?: boolean) => void,
) {
  const form = (card: TaskCard, meta: Meta, above: AboveForm): View =>
    drawForm(card, meta, { ...above, takesFile: takesFiles() }, said())

  const sendHome = async (by: Person, reply: Shown, wish?: string): Promise<Sent> => {
    const sent = await outbox.post(by.userId, drawMessage(reply, said(), wish))
    if (reply.type === 'task') note(sent, reply)
    if (reply.type === 'file')
      await outbox
        .upload(sent.channel, reply)
        .finally(() => reply.once && rm(reply.path, { force: true }))
    return sent
  }

  /** A text too long for windows: all of it, for this person alone. */
  const sendText = async (by: Person, { title, content }: Reader): Promise<void> => {
    const { channel } = await outbox.post(by.userId, drawText(title))
    await outbox.uploadText(channel, {
      name: markdownName(title),
      text: fileText(content, said()),
    })
  }

  /** Into the person's DM, and a pointer there for whoever is elsewhere. */
  const sendHomeFrom = async (typed: Typed, reply: Shown) => {
    const sent = await sendHome(typed.by, reply, typed.wish)
    if (sent.channel !== typed.channel)
      await respond(typed.responseUrl, whisper(pointer(typed.by, sent, reply, said())))
  }

  const openForm = (trigger: string, card: TaskCard, above: Shown, meta: Omit<Meta, FromCard>) =>
    outbox.openView(trigger, form(card, metaOf(card, meta), aboveIn(above)))

  /** In place of a message; `stays` is that message, where it is one that is told of. */
  const put = async (
    at: Parameters<typeof repaint>[1],
    stays: Sent | undefined,
    reply: Shown,
    wish?: string,
  ): Promise<void> => {
    try {
      const anew = await repaint(outbox, at, drawMessage(reply, said(), wish))
      if (stays) note(anew ?? stays, reply)
    } catch (error) {
      if (stays) note(stays, reply, true)
      throw error
    }
  }

  /** In place of the message that was pressed. */
  const repaintClicked = (click: Click, reply: Shown, wish?: string): Promise<void> =>
    put(click, click.ephemeral ? undefined : click.message, reply, wish)

  /** Turns the card in the DM into the receipt of its answer, or back into a card after Undo. */
  const repaintHome = async (meta: Meta | null, reply: Reply): Promise<void> => {
    const message = meta?.message
    if (!meta || !message) return
    const shown = homeOf(reply, message.assignmentId)
    if (shown === null) return
    const { channel, ts } = message
    const at = ts === '' ? undefined : { channel, ts }
    // A whisper that was dismissed, or older than its response_url, is nothing to be sorry for.
    await put({ responseUrl: meta.responseUrl, message: at }, at, shown).catch((error: unknown) => {
      if (at) throw error
    })
  }

  /** Opens the form of a card over the message whose button was pressed. */
  const openFormOver = async (
    click: Click,
    reply: Reply & { type: 'form' },
    asked: Asked,
  ): Promise<void> => {
    const isHere = !click.ephemeral || isBallot(reply)
    // What only one person sees is changed through its response_url alone: it has no ts.
    const message =
      click.message && (click.ephemeral ? { ...click.message, ts: '' } : click.message)
    await openForm(click.trigger, reply.card, reply, {
      ...(click.responseUrl && isHere ? { responseUrl: click.responseUrl } : {}),
      ...(message && isHere
        ? { message: { ...message, assignmentId: reply.card.assignmentId } }
        : {}),
    })
    // The ranking is whole and more is asked, or the first card is answered: the task shows.
    if ((asked.tapped || asked.starts) && isHere)
      await repaintClicked(click, { type: 'task', card: reply.card })
    else if (click.message && !click.ephemeral) note(click.message, reply)
  }

  /** A press on what a whole channel sees: its answer is for one person, and stands beside it. */
  const onPublic = async (click: Click, reply: Reply, asked: Asked): Promise<void> => {
    switch (reply.type) {
      case 'form':
        return openForm(click.trigger, reply.card, reply, {})
      case 'task':
        if (!isBallot(reply)) return sendHomeFrom(typedAt(click), reply)
        return whisperBeside(click, drawMessage(reply, said()))
      case 'welcome':
        if (!asked.ballot) return sendHomeFrom(typedAt(click, asked.wish), reply)
        return whisperBeside(click, drawMessage(reply, said(), asked.wish))
      case 'file':
        await sendHome(click.by, reply)
        return
      case 'reader':
        return outbox.openView(
          click.trigger,
          drawReader(reply.reader, asked.part ?? null, 0, said()),
        )
      case 'nothing':
        return
      default:
        return whisperBeside(click, drawMessage(reply, said()))
    }
  }

  return {
    sendHome,

    /** Answers a command at once where words are enough; `later` is what comes after the answer. */
    onCommand(typed: Typed, reply: Reply): { ack?: ResponseMessage; later?: () => Promise<void> } {
      if (reply.type === 'form')
        return { later: () => openForm(typed.trigger, reply.card, reply, {}) }
      if (reply.type === 'reader')
        return {
          later: () => outbox.openView(typed.trigger, drawReader(reply.reader, null, 0, said())),
        }
      if (reply.type === 'nothing') return {}
      switch (surfaceOf(reply)) {
        case 'card':
        case 'file':
          return { later: () => sendHomeFrom(typed, reply) }
        case 'message':
        case 'overview':
        case 'admin-form':
        case 'public':
        case 'notice':
          return { ack: { ...drawMessage(reply, said()), response_type: 'ephemeral' } }
      }
    },

    /** Repaints the pressed message, opens a window over it, or whispers beside it. */
    async onClick(click: Click, reply: Reply, asked: Asked): Promise<void> {
      if (asked.inPublic) return onPublic(click, reply, asked)
      if (reply.type === 'nothing') return
      if (reply.type === 'form') return openFormOver(click, reply, asked)
      if (reply.type === 'reader')
        return outbox.openView(
          click.trigger,
          drawReader(reply.reader, asked.part ?? null, 0, said()),
        )
      if (reply.type === 'choices' && asked.starts) return repaintClicked(click, reply)
      const surface = surfaceOf(reply)
      switch (surface) {
        case 'card':
          if (!click.ephemeral || isBallot(reply)) return repaintClicked(click, reply, asked.wish)
          return sendHomeFrom(typedAt(click), reply)
        case 'message':
          return repaintClicked(click, reply)
        case 'file':
          await sendHome(click.by, reply)
          return
        case 'overview':
        case 'admin-form':
        case 'public':
        case 'notice':
          return whisperBeside(click, drawMessage(reply, said()))
      }
      surface satisfies never
    },

    /** Changes the window a button was pressed in; `page` turns a reader's page. */
    async onInner(inner: Inner, reply: Reply, asked: Asked): Promise<void> {
      const { viewId, hash, meta, trigger } = inner
      const { part = null, page } = asked
      switch (reply.type) {
        case 'nothing':
          return
        case 'task':
        case 'form': {
          const view = form(reply.card, metaOf(reply.card, meta ?? {}), aboveIn(reply))
          const isThere = await changeView(outbox, viewId, hash, view)
          // The window was closed meanwhile: the task waits in the conversation instead.
          if (!isThere) await sendHome(inner.by, reply)
          return repaintHome(meta, reply)
        }
        case 'receipt': {
          const view = drawDone(reply.saved, reply.notice, meta, said())
          await changeView(outbox, viewId, hash, view)
          return repaintHome(meta, reply)
        }
        case 'reader': {
          if (asked.asFile) await sendText(inner.by, reply.reader)
          const view = drawReader(reply.reader, part, page ?? 0, said(), asked.asFile)
          return page === undefined
            ? outbox.pushView(trigger, view)
            : outbox.updateView(viewId, hash, view)
        }
        case 'file':
          await sendHome(inner.by, reply)
          return
      }
      const window = drawWindow(drawMessage(reply, said()), said().appName, said())
      const surface = surfaceOf(reply)
      switch (surface) {
        case 'message':
          await changeView(outbox, viewId, hash, window)
          return
        case 'card':
        case 'overview':
        case 'admin-form':
        case 'public':
        case 'notice':
          return outbox.pushView(trigger, window)
      }
      surface satisfies never
    },

    /** What a submission is answered with; the window becomes the next task. */
    onSubmission(meta: Meta, reply: Reply, errors: Record<string, string>): SubmissionAnswer {
      switch (reply.type) {
        case 'task':
        case 'form':
          return {
            response_action: 'update',
            view: form(reply.card, metaOf(reply.card, meta), aboveIn(reply)),
          }
        case 'receipt':
          return {
            response_action: 'update',
            view: drawDone(reply.saved, reply.notice, meta, said()),
          }
        case 'problems':
          return Object.keys(errors).length > 0
            ? { response_action: 'errors', errors }
            : push({ text: '', blocks: alert(Object.values(reply.problems).join(' ')) }, said())
        case 'reader':
          return { response_action: 'push', view: drawReader(reply.reader, null, 0, said()) }
        case 'nothing':
          return null
        default:
          // Pushed above the form: what was typed is still there below.
          return push(drawMessage(reply, said()), said())
      }
    },

    /** The form again, because Slack lost blocks on the way; what was typed stays in the window. */
    onLost(meta: Meta, card: TaskCard): SubmissionAnswer {
      const view = form(card, { ...meta, nonce: randomUUID() }, { alert: said().lostInput })
      return { response_action: 'update', view }
    },

    /** The open window with other questions than before; what was typed into the others stays. */
    async redraw({ view }: SubmissionBody, meta: Meta, card: TaskCard): Promise<void> {
      const drawn = form(card, metaOf(card, meta), {})
      const isUndo = view.blocks?.[0]?.accessory?.value?.startsWith('v1:undo:')
      const [above] = asView(view).blocks
      // The line of the answer before, with its way back, stays where it was.
      if (above && isUndo && drawn.blocks.length < limits.viewBlocks) drawn.blocks.unshift(above)
      if (view.id) await changeView(outbox, view.id, view.hash, drawn)
    },

    /** The form again with what was entered: a question has to be answered that it did not show. */
    onMissing(meta: Meta, card: TaskCard, alert: string): SubmissionAnswer {
      const view = form(card, { ...meta, nonce: randomUUID() }, { alert })
      return { response_action: 'update', view }
    },

    /** The message the form was opened from tells what became of it. */
    repaintHome,

    /** Says to the person, wherever they are, that something did not work. */
    async apologize(
      to: { by: Person; responseUrl?: string | undefined },
      error: unknown,
    ): Promise<void> {
      const message = whisper(drawText(sorryFor(error, said())))
      if (to.responseUrl) await respond(to.responseUrl, message)
      else await outbox.post(to.by.userId, drawText(sorryFor(error, said())))
    },
  }
}

export type SubmissionAnswer =
  | { response_action: 'update' | 'push'; view: View }
  | { response_action: 'errors'; errors: Record<string, string> }
  | null

function isBallot(reply: Reply): boolean {
  return (reply.type === 'task' || reply.type === 'form') && reply.card.ballot !== null
}

/** A press in a channel leads to the same as a command typed there. */
function typedAt(click: Click, wish?: string): Typed {
  return {
    by: click.by,
    trigger: click.trigger,
    responseUrl: click.responseUrl ?? '',
    channel: click.message?.channel ?? '',
    ...(wish === undefined ? {} : { wish }),
  }
}

type FromCard = 'assignmentId' | 'schemaVersion' | 'nonce' | 'editing'

function metaOf(card: TaskCard, from: Omit<Meta, FromCard>): Meta {
  return {
    assignmentId: card.assignmentId,
    schemaVersion: card.schemaVersion,
    nonce: randomUUID(),
    ...(card.editing ? { editing: true } : {}),
    ...(from.responseUrl ? { responseUrl: from.responseUrl } : {}),
    ...(from.message ? { message: from.message } : {}),
  }
}

function aboveIn(reply: Shown) {
  if (reply.type !== 'task' && reply.type !== 'form') return {}
  return {
    ...(reply.notice === undefined ? {} : { notice: reply.notice }),
    ...(reply.undo === undefined ? {} : { undo: reply.undo }),
  }
}

function push(message: Message, said: Words): SubmissionAnswer {
  return { response_action: 'push', view: drawWindow(message, said.appName, said) }
}

function whisper(message: Message): ResponseMessage {
  return { ...message, response_type: 'ephemeral', replace_original: false }
}

async function whisperBeside(click: Click, message: Message): Promise<void> {
  if (!click.responseUrl) throw new Error('A press on a message came without a response_url.')
  return respond(click.responseUrl, whisper(message))
}

function pointer(by: Person, sent: Sent, reply: Shown, said: Words): Message {
  const text = reply.type === 'file' ? said.fileWaits : said.taskWaits
  const team = encodeURIComponent(by.workspace)
  const url = `https://slack.com/app_redirect?team=${team}&channel=${encodeURIComponent(sent.channel)}`
  return {
    text: escapeSlack(text),
    blocks: [
      {
        type: 'section',
        text: {
          type: 'mrkdwn',
          text: `${escapeSlack(text)} <${escapeSlack(url)}|${escapeSlack(said.openMessages)}>`,
          verbatim: true,
        },
      },
    ],
  }
}

/** Changes a window; false when it is no longer open. A second press of one button changes nothing. */
async function changeView(
  outbox: SlackApi,
  viewId: string,
  hash: string | undefined,
  view: View,
): Promise<boolean> {
  try {
    await outbox.updateView(viewId, hash, view)
    return true
  } catch (error) {
    const code = slackCode(error)
    if (code === 'hash_conflict') return true
    if (code === 'not_found' || code === 'view_not_found') return false
    throw error
  }
}

/**
 * Through the response_url while it lives (no rate limit), else chat.update, else a new message: then
 * where that stands.
 */
async function repaint(
  outbox: SlackApi,
  at: { by?: Person; responseUrl?: string | undefined; message?: Sent | undefined },
  message: Message,
): Promise<Sent | undefined> {
  if (at.responseUrl) {
    try {
      await respond(at.responseUrl, { ...message, replace_original: true })
      return undefined
    } catch (error) {
      if (!at.message) throw error
    }
  }
  if (!at.message) return undefined
  try {
    await outbox.update(at.message, message)
    return undefined
  } catch (error) {
    // Deleted, archived or too old to change: the person still gets what they are owed.
    if (slackCode(error) === null || !at.by) throw error
    return outbox.post(at.by.userId, message)
  }
}

/** What the message a form was opened from shows after it; null where that is about another task. */
function homeOf(reply: Reply, assignmentId: string): Shown | null {
  if (reply.type === 'receipt') return reply.saved.assignmentId === assignmentId ? reply : null
  if (reply.type !== 'task' && reply.type !== 'form') return null
  if (reply.undo?.assignmentId === assignmentId)
    return { type: 'receipt', saved: reply.undo, goesOn: true }
  return reply.card.assignmentId === assignmentId ? { type: 'task', card: reply.card } : null
}

function sorryFor(error: unknown, said: Words): string {
  const code = slackCode(error)
  if (code !== null && /trigger/.test(code)) return said.pressAgain
  return error instanceof ParleyError ? error.messageIn(localeNow()) : said.broken
}
