/** Welcome, choices, recent answers, receipts: what is read and pressed around the work. Pure. */
import { next } from '../../../src/chat/commands/labeler/next.ts'
import { typed } from '../../../src/chat/commands/notation.ts'
import { declineId, nextId, undoId } from '../../../src/chat/port/ids.ts'
import type { Choice, HistoryEntry, Reply, Welcome } from '../../../src/chat/port/port.ts'
import { sayWork } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { budgets, limits } from '../limits.ts'
import { greetId, isDrawable, menuId, openId, showId, startId } from '../receive/ids.ts'
import { linesWithin, textWithin } from './budget.ts'
import { moreButtons } from './card.ts'
import {
  bold,
  brief,
  button,
  type Component,
  markdown,
  menu,
  option,
  plain,
  rows,
  section,
  small,
} from './components.ts'
import { escapeDiscord } from './escape.ts'
import { timeLine } from './posts.ts'
import { drawZones, type ZoneAt } from './zones.ts'

/** `wish` is the dataset a newcomer asked for, kept for their Start. */
export function drawWelcome(
  welcome: Welcome,
  said: Words,
  wish: string | undefined,
  { at, zone }: { at?: ZoneAt; zone?: string } = {},
): Component[] {
  const { consentVersion, datasets, asksZone } = welcome
  const titles = datasets.slice(0, shownTitles).map(({ title }) => `• ${bold(title, 60)}`)
  const more = datasets.length - shownTitles
  const paragraph = (title: string, text: string) =>
    markdown(`${bold(title)}\n${escapeDiscord(text)}`)
  return [
    markdown(`${bold(said.consentTitle)}\n${escapeDiscord(said.consentWhat)}`),
    ...(titles.length > 0
      ? [
          markdown(
            [
              bold(said.consentWork),
              ...titles,
              ...(more > 0 ? [escapeDiscord(said.consentMore(more))] : []),
            ].join('\n'),
          ),
        ]
      : []),
    paragraph(said.consentStoredTitle, said.consentStored('discord')),
    paragraph(said.consentUseTitle, said.consentUse),
    paragraph(said.consentDeleteTitle, said.consentDelete),
    ...(asksZone
      ? [
          plain(zone === undefined ? said.zoneQuestion : `${said.zone}: ${zone}`),
          ...drawZones(zone ?? null, at, said, {
            look: (there) => greetId({ at: there, wish }),
            choose: (chosen) => greetId({ zone: chosen, wish }),
          }),
        ]
      : []),
    plain(said.consentPress(wish !== undefined || datasets.length === 1)),
    ...rows([
      button(said.start, startId(consentVersion, wish, zone), 'primary'),
      button(said.decline, declineId),
    ]),
  ]
}

const shownTitles = 10

export function drawChoices(
  choices: readonly Choice[],
  notice: string | undefined,
  said: Words,
): Component[] {
  const lead = notice ?? (choices.length > 0 ? said.choose : said.nothingToChoose)
  const top = textWithin(lead, budgets.notice)
  if (choices.length <= mostSections)
    return [top, ...choices.map((choice) => drawChoice(choice, said))]
  const pressable = choices.filter(({ name }) => isDrawable(nextId(name)))
  const shown = pressable.slice(0, limits.selectOptions)
  const more = choices.filter((one) => !shown.includes(one)).map(({ name }) => name)
  const options = shown.map((choice) =>
    option(choice.title, nextId(choice.name), { description: sayWork(choice, said) }),
  )
  return [
    top,
    ...(options.length > 0 ? [menu(menuId('', 'next'), said.choose, options)] : []),
    ...(more.length > 0 ? [markdown(small(said.moreChoices(more)))] : []),
  ]
}

/** 8 sections of 3 components each; more of them are a menu. */
const mostSections = 8

/** A dataset with its Start. */
export function drawChoice(choice: Choice, said: Words, id = nextId(choice.name)): Component {
  const { name, title } = choice
  if (!isDrawable(id)) {
    const command = typed('discord', next, { dataset: name })
    return textWithin(said.typeNext(brief(title, 100), command), 500)
  }
  const facts = sayWork(choice, said)
  return section(
    markdown(`${bold(title, 100)}${facts === '' ? '' : ` · ${escapeDiscord(facts)}`}`),
    button(said.start, id, 'primary'),
  )
}

export function drawHistory(entries: readonly HistoryEntry[], said: Words): Component[] {
  if (entries.length === 0) return [plain(said.noHistory)]
  return [markdown(bold(said.recent)), ...drawAnswers(entries, 3000, said)]
}

/** Recent answers, and a menu to change one of them. */
export function drawAnswers(
  entries: readonly HistoryEntry[],
  size: number,
  said: Words,
): Component[] {
  const shown = entries.slice(0, 20)
  const lines = shown.map(
    ({ summary, dataset }) => `• ${escapeDiscord(brief(`${summary} · ${dataset.title}`, 140))}`,
  )
  const edits = shown.flatMap(({ assignmentId, summary, dataset, canEdit }) =>
    canEdit
      ? [option(`${summary} · ${dataset.title}`, openId(assignmentId, { editing: true }))]
      : [],
  )
  return [
    linesWithin(lines, size),
    ...(edits.length > 0 ? [menu(menuId('', 'edit'), said.editMenu, edits)] : []),
  ]
}

/** What was saved, with its way back. */
export function drawReceipt(
  { saved, notice, goesOn, elsewhere }: Extract<Reply, { type: 'receipt' }>,
  said: Words,
): Component[] {
  const { assignmentId, summary, dataset, canUndo, canEdit, until } = saved
  const other = elsewhere && isDrawable(nextId(elsewhere.name)) ? elsewhere : null
  // The button of a name too long for one leads to whatever is next.
  const next = isDrawable(nextId(dataset.name)) ? nextId(dataset.name) : nextId()
  const lines = [small(dataset.title), ...(until ? [timeLine(said.ballotUntil, until)] : [])]
  return [
    textWithin(summary, budgets.notice),
    markdown(lines.join('\n')),
    ...(notice ? [textWithin(notice, budgets.notice)] : []),
    ...rows([
      ...(goesOn ? [button(said.next, next, 'primary')] : []),
      ...(canUndo ? [button(said.undo, undoId(saved))] : []),
      ...moreButtons(saved, said),
      ...(canEdit ? [button(said.edit, openId(assignmentId, { editing: true }))] : []),
      ...(other ? [button(said.startOther(other.title), nextId(other.name))] : []),
      button(said.homeTitle, showId('home')),
    ]),
  ]
}
