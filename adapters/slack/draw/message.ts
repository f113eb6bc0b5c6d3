/** Draws a Reply as a message in Slack. Pure. */
import type { Reply } from '../../../src/chat/port/port.ts'
import { sayImport } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import type { Message } from './blocks.ts'
import { drawExport, drawGeneration, withCancel } from './exports.ts'
import { drawChoices, drawHistory } from './lists.ts'
import { drawMyData } from './my-data.ts'
import { drawNotice, drawText } from './notice.ts'
import { drawHub, drawPost } from './posts.ts'
import { drawInvitation, drawPreferences, drawReminder } from './reminders.ts'
import { drawCard } from './task/card.ts'
import { aboveOf, drawReceipt } from './task/receipt.ts'
import { drawWelcome } from './welcome.ts'

/** `wish` is the dataset a newcomer asked for, kept for their Start. */
export function drawMessage(
  reply: Exclude<Reply, { type: 'nothing' }>,
  said: Words,
  wish?: string,
): Message {
  switch (reply.type) {
    case 'task':
    case 'form':
      return drawCard(reply.card, aboveOf(reply), said)
    case 'receipt':
      return drawReceipt(reply, said)
    case 'problems':
      return drawText(Object.values(reply.problems).join('\n'))
    case 'reader':
      return drawText(reply.reader.title)
    case 'welcome':
      return drawWelcome(reply.welcome, said, wish)
    case 'choices':
      return drawChoices(reply.choices, reply.notice, said)
    case 'history':
      return drawHistory(reply.entries, said)
    case 'invitation':
      return drawInvitation(reply.invitation, said)
    case 'reminder':
      return drawReminder(reply.reminder, said)
    case 'answered':
      return drawText(reply.text)
    case 'preferences':
      return drawPreferences(reply.preferences, reply.notice, said)
    case 'my-data':
      return drawMyData(reply, said)
    case 'export-progress':
      return drawExport(reply.progress, said)
    case 'import-progress':
      return withCancel(drawText(sayImport(said, reply.progress)), reply.progress, said)
    case 'generation-progress':
      return drawGeneration(reply.progress, said)
    case 'post':
      return drawPost(reply.post, said)
    case 'hub':
      return drawHub(reply.hub, said)
    case 'notice':
      return drawNotice(reply)
    case 'file':
      return drawText(reply.text)
    case 'feedback-form':
      return drawText(reply.form.note)
    case 'ask-form':
      return drawText(reply.form.consent?.text ?? reply.form.dataset.title)
    // These three are drawn on the Home tab and in windows (home/).
    case 'home':
      return drawText(reply.home.notice ?? reply.home.help)
    case 'export-form':
      return drawText(reply.form.dataset.title)
    case 'import-form':
      return drawText(reply.dataset.title)
  }
}
