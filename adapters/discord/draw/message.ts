/** Draws a Reply as Discord shows it: a message of components, private or for a channel. Pure. */
import type { Receipt, Reply, Report } from '../../../src/chat/port/port.ts'
import { sayPart } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { budgets } from '../limits.ts'
import { isDrawable } from '../receive/ids.ts'
import { ofId } from '../receive/page-ids.ts'
import { drawFormats } from './admin/admin-forms.ts'
import { drawExport, drawGeneration, drawImport } from './admin/exports.ts'
import { linesWithin, sizeOf, textWithin } from './budget.ts'
import {
  bold,
  button,
  type Component,
  linkButton,
  type MessageBody,
  markdown,
  message,
  rows,
  small,
} from './components.ts'
import { escapeDiscord } from './escape.ts'
import { drawHistory, drawReceipt } from './home/answers.ts'
import { drawChoices } from './home/datasets.ts'
import { drawHome } from './home/home.ts'
import { drawMyData } from './home/my-data.ts'
import { drawInvitation, drawPreferences, drawReminder } from './home/reminders.ts'
import { drawWelcome } from './home/welcome.ts'
import { drawHub, drawPost } from './posts.ts'
import { drawCard } from './task/card.ts'
import type { Above } from './task/layouts.ts'
import { drawPage } from './task/reading.ts'

/** A Reply as a message. `wish` is the dataset a newcomer asked for, kept for their Start. */
export function drawMessage(
  reply: Exclude<Reply, { type: 'nothing' }>,
  said: Words,
  at: { ephemeral?: boolean; wish?: string } = {},
): MessageBody {
  const body = message(drawReply(reply, said, at.wish), at.ephemeral)
  return reply.type === 'file'
    ? { ...body, attachments: [{ id: '0', filename: fileName(reply.name) }] }
    : body
}

function drawReply(
  reply: Exclude<Reply, { type: 'nothing' }>,
  said: Words,
  wish: string | undefined,
): Component[] {
  switch (reply.type) {
    case 'task':
    case 'form':
      return drawCard(reply.card, aboveOf(reply), said)
    case 'receipt':
      return drawReceipt(reply, said)
    case 'problems':
      return [textWithin(Object.values(reply.problems).join('\n'))]
    case 'reader':
      return drawPage(reply.reader, 0, null, said, reply.reader.assignmentId)
    case 'welcome':
      return drawWelcome(reply.welcome, said, wish)
    case 'choices':
      return drawChoices(reply.choices, reply.notice, said)
    case 'history':
      return drawHistory(reply.entries, said)
    case 'home':
      return drawHome(reply.home, undefined, said)
    case 'invitation':
      return drawInvitation(reply.invitation, said)
    case 'reminder':
      return drawReminder(reply.reminder, said)
    case 'answered':
      return [textWithin(reply.text, budgets.notice)]
    case 'preferences':
      return drawPreferences(reply.preferences, reply.notice, said)
    case 'my-data':
      return drawMyData(reply, said)
    case 'export-progress':
      return drawExport(reply.progress, said)
    case 'import-progress':
      return drawImport(reply.progress, said)
    case 'generation-progress':
      return drawGeneration(reply.progress, said)
    case 'post':
      return drawPost(reply.post, said)
    case 'hub':
      return drawHub(reply.hub, said)
    case 'feedback-form':
      return [textWithin(reply.form.note)]
    case 'ask-form':
      return [textWithin(reply.form.consent?.text ?? reply.form.dataset.title)]
    case 'export-form':
      return drawFormats(reply.form, said)
    case 'import-form':
      return drawOpening(reply.dataset, said.importFile)
    case 'notice':
      return [
        reply.report ? drawReport(reply.report) : textWithin(reply.text),
        ...(reply.link ? rows([linkButton(reply.link.label, reply.link.url)]) : []),
      ]
    case 'file':
      return [
        textWithin(reply.text),
        { type: 13, file: { url: `attachment://${fileName(reply.name)}` } },
      ]
  }
}

/** A heading for each part, with notes below in small print. */
function drawReport({ title, lead, parts, notes }: Report): Component {
  const lines = [
    bold(title),
    escapeDiscord(lead),
    ...parts.map((part) => `\n${bold(part.heading)}\n${escapeDiscord(sayPart(part))}`),
  ]
  const below = notes.map((note) => small(note, 800))
  const room = budgets.size - 100 - sizeOf(below.join('\n'))
  return markdown([linesWithin(lines, room).content, '', ...below].join('\n'))
}

/** The lines above a card. */
export function aboveOf(reply: { notice?: string; undo?: Receipt }): Above {
  return {
    ...(reply.notice === undefined ? {} : { notice: reply.notice }),
    ...(reply.undo === undefined ? {} : { undo: reply.undo }),
  }
}

/** A button that opens the import form, if a form cannot open directly. */
function drawOpening({ name, title }: { name: string; title: string }, text: string): Component[] {
  const id = ofId('import', name)
  return [markdown(bold(title)), ...(isDrawable(id) ? rows([button(text, id, 'primary')]) : [])]
}

/** A file name that Discord keeps unchanged. */
export function fileName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '')
  return safe.slice(-80) || 'file.txt'
}
