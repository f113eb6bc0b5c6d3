/** What is asked on a card, and the buttons that answer it. Pure. */
import { pressId, rankId, skipId, undoId } from '../../../../src/chat/port/ids.ts'
import type { Receipt, TaskCard } from '../../../../src/chat/port/port.ts'
import {
  sayImprove,
  sayLetters,
  sayMore,
  sayOpen,
  sayTap,
  sayTaps,
  sayView,
} from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { choicesOf } from '../../../../src/questions/options.ts'
import { askedQuestions, ownValue } from '../../../../src/questions/values.ts'
import { limits } from '../../limits.ts'
import { doneId, openId, readId } from '../../receive/task-ids.ts'
import {
  type Button,
  bold,
  brief,
  button,
  type Component,
  type LinkButton,
  linkButton,
  markdown,
  plain,
  rows,
  small,
} from '../components.ts'
import { escapeDiscord } from '../escape.ts'
import { partsOf } from '../questions/questions.ts'
import { first, hasForm } from './form-steps.ts'
import { formButton } from './forms.ts'
import type { Above, At, Layout } from './layouts.ts'
import { drawPick, isSole, menusOf, viewOf } from './menus.ts'

/** Buttons for the optional questions after a one-press answer, and for outputs that may be improved. */
export function moreButtons(
  { assignmentId, asksMore, improve = [], adopt }: Receipt,
  said: Words,
): Button[] {
  const form = { start: first, editing: true }
  return [
    ...(adopt
      ? [button(said.adopt, pressId(adopt.assignmentId, adopt.schemaVersion, adopt.revision))]
      : []),
    ...(asksMore === undefined
      ? []
      : [button(sayMore(asksMore, said), openId(assignmentId, form))]),
    ...improve.map((one) => button(sayImprove(one, said), openId(one.id, form))),
  ]
}

/** The questions, above the controls that answer them. */
export function drawAsk(card: TaskCard, said: Words): Component[] {
  const suggested = card.suggestion === undefined ? [] : [small(card.suggestion, 300)]
  if (card.taps && !card.editing) {
    const letters = sayLetters(card)
    const told =
      letters.length > 0 ? [said.tapLetters, ...letters].map((line) => small(line, 80)) : []
    const asks = escapeDiscord(sayTaps(card.taps, said))
    return [markdown([bold(card.taps.title), ...told, asks, ...suggested].join('\n'))]
  }
  const asked = askedQuestions(card.questions, card.values)
  const all = card.questions.filter((question) => asked.has(question.name))
  const shown = card.presses.length > 0 && !card.editing ? all.filter((q) => q.required) : all
  const titles = shown.map((question) => question.title).join(' · ')
  const picked = menusOf(card).flatMap(({ question }) => {
    const values = [ownValue(card.values, question.name)].flat()
    const texts = choicesOf(question).flatMap((one) =>
      values.includes(one.value) ? [one.text] : [],
    )
    return texts.length > 0
      ? [escapeDiscord(brief(said.chosenOn(question.title, texts.join(', ')), 300))]
      : []
  })
  const where = card.onPage ? [small(said.answeredOnPage)] : []
  return [markdown([bold(titles, 600), ...where, ...suggested, ...picked].join('\n'))]
}

export function drawControls(
  card: TaskCard,
  above: Above,
  said: Words,
  at: At,
  layout: Layout,
): Component[] {
  const { assignmentId, schemaVersion, editing } = card
  const presses = editing
    ? []
    : card.presses.map(({ text, style }, i) =>
        button(text, pressId(assignmentId, schemaVersion, i), style),
      )
  const [lead, extra] = [presses.slice(0, limits.rowButtons), presses.slice(limits.rowButtons)]
  const others: Button[] = [...extra, ...formButtons(card, said, at)]
  const isFull = isTooMuch(card)
  if (isFull || card.onPage) others.length = 0
  others.push(button(said.skip, skipId(assignmentId, 'other')))
  if (card.dataset.guidelines !== null && layout.guidelines)
    others.push(button(said.guidelines, readId(card, { guidelines: true }, 0, 'new')))
  if (layout.reasons)
    others.push(...viewOf(card, at).map(({ view, id }) => button(sayView(view, said), id)))
  if (above.undo?.canUndo && !layout.beside)
    others.push(button(said.undo, undoId(above.undo)), ...moreButtons(above.undo, said))
  return [
    ...(isFull ? [plain(said.tooMuchHere)] : []),
    ...(card.onPage ? rows(pageLink(card, said)) : []),
    ...rows(lead),
    ...drawTaps(card, said, layout),
    ...menusOf(card).flatMap((one) => drawPick(card, one, at.page ?? 0, said)),
    ...rows([
      ...(editing ? others.filter((one) => !one.custom_id.startsWith('v1:skip')) : others),
      ...(card.onPage ? [] : pageLink(card, said)),
    ]),
  ]
}

/** The link to the page of the task. */
function pageLink({ page }: TaskCard, said: Words): LinkButton[] {
  return page === undefined ? [] : [linkButton(said.openOnPage, page)]
}

/** Buttons to open the form and to commit a complete answer. */
function formButtons(card: TaskCard, said: Words, at: At): Button[] {
  const { assignmentId, schemaVersion, editing } = card
  const menus = menusOf(card)
  const isDone = menus.length > 0 && isAnswered(card)
  const done = isDone
    ? [button(said.submit, doneId(assignmentId, schemaVersion, editing), 'primary')]
    : []
  if (!hasForm(card)) return done
  if (at.go) return [...done, formButton(card, said.goOn, at.go, 'primary')]
  const isForm = editing || (card.presses.length === 0 && !card.taps && !menus.some(isSole))
  if (isForm)
    return [...done, formButton(card, editing ? said.edit : sayOpen(card, said), first, 'primary')]
  const hasMore = card.questions.some((question) => !question.required)
  return [...done, ...(hasMore ? [formButton(card, said.answerMore, first)] : [])]
}

function drawTaps(card: TaskCard, said: Words, layout: Layout): Component[] {
  const { taps: panel, assignmentId, schemaVersion } = card
  if (!panel || card.editing) return []
  const letters = layout.letters
    ? []
    : panel.taps.flatMap((tap) => (typeof tap === 'number' ? (tapButton(card, tap) ?? []) : []))
  const others = panel.taps.flatMap((tap) => {
    if (typeof tap === 'number') return []
    const id = rankId(assignmentId, schemaVersion, panel.step, tap)
    return [button(sayTap(tap, panel, said), id, tap === 'done' ? 'primary' : undefined)]
  })
  return [...rows(letters), ...rows(others)]
}

/** The letter of an output that may be tapped now. */
export function tapButton(card: TaskCard, output: number): Button | null {
  const { taps: panel, assignmentId, schemaVersion } = card
  const letter = card.outputs[output]?.letter
  if (!panel?.taps.includes(output) || letter === undefined || card.editing) return null
  return button(letter, rankId(assignmentId, schemaVersion, panel.step, output), 'primary')
}

/** Whether every question that must be answered has a value. */
function isAnswered(card: TaskCard): boolean {
  const asked = askedQuestions(card.questions, card.values)
  return card.questions.every(
    ({ name, required }) =>
      !required || !asked.has(name) || ownValue(card.values, name) !== undefined,
  )
}

/** Whether a required question does not fit Discord at all. */
function isTooMuch(card: TaskCard): boolean {
  if (card.onPage) return false
  const outputs = card.outputs.map(({ id }) => id)
  const menus = menusOf(card)
  const asked = askedQuestions(card.questions, card.values)
  const canForm = (at: number) => {
    const question = card.questions[at]
    return question !== undefined && partsOf(question, at, outputs).length > 0
  }
  const isQuick = !card.editing && (card.presses.length > 0 || card.taps !== null)
  return card.questions.some(
    ({ name, required }, at) =>
      required &&
      asked.has(name) &&
      !isQuick &&
      !canForm(at) &&
      !menus.some((one) => one.at === at),
  )
}
