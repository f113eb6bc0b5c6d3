/** Lists a person chooses from: datasets, and their recent answers. Pure. */
import { nextId } from '../../../src/chat/port/ids.ts'
import type { Choice, HistoryEntry } from '../../../src/chat/port/port.ts'
import { escapedCost, shorten } from '../../../src/chat/text.ts'
import { sayWork } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { budgets } from '../limits.ts'
import { aboutId } from '../receive/ids.ts'
import { button, context, header, heading, type Message, section } from './blocks.ts'
import { drawText } from './notice.ts'
import { brief, fallback, sections } from './text.ts'

export function drawChoices(choices: Choice[], notice: string | undefined, said: Words): Message {
  const lead = notice ?? (choices.length > 0 ? said.choose : said.nothingToChoose)
  const more = choices.slice(budgets.choices).map(({ name }) => name)
  return {
    text: fallback([lead]),
    blocks: [
      ...sections(lead, budgets.receiptChars),
      ...choices.slice(0, budgets.choices).map(({ name, title, left, minutes }) => {
        const facts = sayWork({ left, minutes }, said)
        return heading(brief(title), facts && ` · ${facts}`, button(said.start, nextId(name)))
      }),
      ...(more.length > 0 ? [context(said.moreChoices(more))] : []),
    ],
  }
}

export function drawHistory(entries: HistoryEntry[], said: Words): Message {
  if (entries.length === 0) return drawText(said.noHistory)
  return {
    text: fallback([said.recent]),
    blocks: [
      header(said.recent),
      ...entries.slice(0, 20).map(({ assignmentId, dataset, summary, canEdit }) => {
        const line = shorten(`${summary} · ${dataset.title}`, 300, escapedCost)
        const edit = canEdit ? button(said.edit, aboutId('edit', assignmentId)) : undefined
        return section(line, edit)
      }),
    ],
  }
}
