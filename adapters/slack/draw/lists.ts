/** What a person chooses from: the first card with its consent, datasets, recent answers. Pure. */
import { declineId, nextId } from '../../../src/chat/port/ids.ts'
import type { Choice, HistoryEntry, Welcome } from '../../../src/chat/port/port.ts'
import { escapedCost, shorten } from '../../../src/chat/text.ts'
import { sayWork } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { budgets } from '../limits.ts'
import { aboutId, startId } from '../receive/ids.ts'
import {
  actions,
  button,
  context,
  divider,
  header,
  heading,
  type Message,
  section,
  strongList,
} from './blocks.ts'
import { drawText } from './notice.ts'
import { brief, fallback, sections } from './text.ts'

export function drawWelcome(welcome: Welcome, said: Words, wish: string | undefined): Message {
  const { consentVersion, datasets } = welcome
  const more = datasets.length - budgets.choices
  const titles = datasets.slice(0, budgets.choices).map(({ title }) => brief(title))
  const isFirst = wish !== undefined || datasets.length === 1
  return {
    text: fallback([said.consentTitle, said.consentWhat]),
    blocks: [
      header(said.consentTitle),
      section(said.consentWhat),
      ...(titles.length > 0 ? [heading(said.consentWork), strongList(titles)] : []),
      ...(more > 0 ? [context(said.consentMore(more))] : []),
      heading(said.consentStoredTitle, `\n${said.consentStored('slack')}`),
      heading(said.consentUseTitle, `\n${said.consentUse}`),
      heading(said.consentDeleteTitle, `\n${said.consentDelete}`),
      divider(),
      section(said.consentPress(isFirst)),
      actions(
        button(said.start, startId(consentVersion, wish), 'primary'),
        button(said.decline, declineId),
      ),
    ],
  }
}

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
