/** The menus of a card: questions answered by one, reasons to skip, texts to read in full. Pure. */
import { reasonId } from '../../../../src/chat/port/ids.ts'
import { skipReasons, type TaskCard, type TextView } from '../../../../src/chat/port/port.ts'
import { sayReason, sayView } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { type choicesOf, isOptional } from '../../../../src/questions/options.ts'
import { askedQuestions, ownValue } from '../../../../src/questions/values.ts'
import { limits } from '../../limits.ts'
import { menuId } from '../../receive/page-ids.ts'
import { pickId, textId } from '../../receive/task-ids.ts'
import { brief, button, type Component, menu, type Option, option, rows } from '../components.ts'
import { isPicked, pagesOf } from '../questions/choices.ts'
import type { At, Layout } from './layouts.ts'
import { readTextId, type Text } from './reading.ts'

/** A question that is answered by a menu on the card. */
export type Menu = { question: Parameters<typeof choicesOf>[0]; at: number; sole: boolean }

/**
 * The menus of a card: of the one question that is required, so that one choice commits it, and of
 * questions with more options than a form's menu holds.
 */
export function menusOf(card: TaskCard): Menu[] {
  if (card.onPage) return []
  const asked = askedQuestions(card.questions, card.values)
  const required = card.questions.filter(
    (question) => question.required && asked.has(question.name),
  )
  const [only] = required
  const isAlone = required.length === 1 && only?.when === undefined && !card.editing
  return card.questions.flatMap((question, at): Menu[] => {
    if (question.type !== 'rating' && question.type !== 'label' && question.type !== 'multi_label')
      return []
    if (!asked.has(question.name) || question.of !== 'record') return []
    const sole = isAlone && question === only && card.presses.length === 0 && !card.taps
    return sole || isPicked(question) ? [{ question, at, sole }] : []
  })
}

/** Whether one choice commits: of several pages of several choices it does not. */
export function isSole({ question, sole }: Menu): boolean {
  return sole && !(question.type === 'multi_label' && isPicked(question))
}

export function commitsAtOnce(menu: Menu): boolean {
  return isSole(menu)
}

export function drawPick(
  card: TaskCard,
  { question, at }: Menu,
  asked: number,
  said: Words,
): Component[] {
  const { assignmentId, schemaVersion, editing } = card
  const pages = pagesOf(question, said)
  const page = Math.min(asked, pages.length - 1)
  const shown = pages[page] ?? []
  const value = ownValue(card.values, question.name)
  const isMany = question.type === 'multi_label'
  const chosen = (one: (typeof shown)[number]) =>
    Array.isArray(value) ? value.some((own) => own === one.value) : value === one.value
  const pick = { assignmentId, schemaVersion, question: at, page, editing }
  const place = pages.length > 1 ? ` (${said.pageOf(page + 1, pages.length)})` : ''
  const row = menu(
    pickId('pick', pick),
    `${brief(question.title, 100)}${place}`,
    shown.map((one) =>
      option(one.text, one.key, { description: one.description, chosen: chosen(one) }),
    ),
  )
  const [select] = row.components
  if (isMany && select?.type === 3) {
    select.min_values = pages.length > 1 || isOptional(question) ? 0 : 1
    select.max_values = shown.length
  }
  const turn = (to: number, text: string) =>
    to >= 0 && to < pages.length ? [button(text, pickId('page', { ...pick, page: to }))] : []
  return [row, ...rows([...turn(page - 1, said.previousPage), ...turn(page + 1, said.nextPage)])]
}

/** Reasons to skip, and what can be read in full: one menu each, or one for both. */
export function drawMenus(
  card: TaskCard,
  said: Words,
  texts: readonly Text[],
  at: At,
  layout: Layout,
): Component[] {
  const { assignmentId } = card
  const reasons = card.editing
    ? []
    : skipReasons.map((reason) =>
        option(said.buttonFor(said.skip, sayReason(said, reason)), reasonId(assignmentId, reason)),
      )
  const guidelines: Text[] =
    layout.guidelines || card.dataset.guidelines === null
      ? []
      : [{ title: said.guidelines, ref: { guidelines: true }, content: '' }]
  const reads = [...texts, ...guidelines].map((text) =>
    option(said.read(text.title), readTextId(card, text)),
  )
  if (!layout.reasons)
    reads.push(...viewOf(card, at).map(({ view, id }) => option(sayView(view, said), id)))
  if (layout.reasons)
    return [
      ...pagedMenu(assignmentId, 'read', said.readMenu, reads),
      ...pagedMenu(assignmentId, 'skip', said.skipBecause, reasons),
    ]
  const placeholder = reads.length > 0 ? said.moreMenu : said.skipBecause
  return pagedMenu(assignmentId, 'more', placeholder, [...reads, ...reasons])
}

/** The other way to show the texts of a card, and what asks for it; none where there is no text. */
export function viewOf(card: TaskCard, { go }: At): { view: TextView; id: string }[] {
  if (card.passages.length + card.outputs.length === 0) return []
  const view = card.rendering === 'raw' ? 'formatted' : 'raw'
  return [{ view, id: textId(card.assignmentId, view, { start: go, editing: card.editing }) }]
}

function pagedMenu(
  assignmentId: string,
  which: string,
  placeholder: string,
  options: readonly Option[],
): Component[] {
  const made: Component[] = []
  for (let i = 0; i < options.length; i += limits.selectOptions) {
    const some = options.slice(i, i + limits.selectOptions)
    made.push(menu(menuId(assignmentId, `${which}${i > 0 ? i : ''}`), placeholder, some))
  }
  return made
}
