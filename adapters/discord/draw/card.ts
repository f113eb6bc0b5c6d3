/**
 * Draws a task card: what to read, what is asked, and the controls that answer it, in the richest
 * layout that Discord's 40 components and 4,000 characters hold. Pure.
 */
import { pressId, rankId, reasonId, skipId, undoId } from '../../../src/chat/port/ids.ts'
import {
  type Receipt,
  skipReasons,
  type TaskCard,
  type TextView,
} from '../../../src/chat/port/port.ts'
import {
  sayLetters,
  sayMore,
  sayReason,
  sayTap,
  sayTaps,
  sayView,
} from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { askedQuestions } from '../../../src/questions/values.ts'
import { budgets, limits } from '../limits.ts'
import { doneId, menuId, openId, pickId, readId, type Start, textId } from '../receive/ids.ts'
import { fits, messageRoom, takenBy, textWithin } from './budget.ts'
import {
  type Button,
  bold,
  box,
  brief,
  button,
  type Component,
  markdown,
  menu,
  type Option,
  option,
  plain,
  rows,
  rule,
  type Section,
  section,
  small,
  type TextDisplay,
} from './components.ts'
import { escapeDiscord } from './escape.ts'
import { first, formButton, hasForm } from './forms.ts'
import { timeLine } from './posts.ts'
import { choicesOf, isOptional, isPicked, pagesOf, partsOf } from './questions.ts'
import {
  drawReadings,
  legendsOf,
  outputsOf,
  passagesOf,
  type Reading,
  readButton,
  readTextId,
  type Text,
} from './reading.ts'

/** A line above a card, and the answer it may take back. */
export type Above = { notice?: string; undo?: Receipt }

/** Where a card is in being answered: the form's next step, the page of its menus. */
export type At = { go?: Start; page?: number }

/** A task card with everything one needs to answer it, in the richest layout that Discord holds. */
export function drawCard(card: TaskCard, above: Above, said: Words, at: At = {}): Component[] {
  // Where the texts are long the letters to tap stand together below them.
  const isLong = sayLetters(card).length > 0
  let tight: Component[] | null = null
  for (const layout of isLong ? layouts.map((one) => ({ ...one, letters: false })) : layouts) {
    // The gap above the outputs is worth more than a button, which the menu takes in.
    const closer = { ...layout, reasons: false }
    for (const one of layout.reasons ? [layout, closer] : [layout]) {
      if (tight && layout.texts !== 'each') return tight
      const drawn = compose(card, above, said, at, one)
      if (!fits(drawn.components)) break
      if (hasGap(drawn)) return setApart(drawn)
      tight ??= drawn.components
    }
  }
  if (tight) return tight
  const skip = button(said.skip, skipId(card.assignmentId, 'other'))
  return [plain(said.tooMuchHere), ...rows([skip])]
}

/** How much comfort a card has room for, from much to none. */
type Layout = {
  /** Undo and Read stand beside the text they are about. */
  beside: boolean
  /** Reasons to skip have a menu of their own, and the other view of the texts a button. */
  reasons: boolean
  guidelines: boolean
  /** Passages share a display with the header. */
  joined: boolean
  /** The letters to tap stand beside their outputs, not in rows. */
  letters: boolean
  /** Each text in a display of its own, all in one, or none: a menu opens them. */
  texts: 'each' | 'one' | 'none'
}
const rich: Layout = {
  beside: true,
  reasons: true,
  guidelines: true,
  joined: false,
  letters: true,
  texts: 'each',
}
const barest: Layout = {
  beside: false,
  reasons: false,
  guidelines: false,
  joined: true,
  letters: false,
  texts: 'none',
}
const layouts: readonly Layout[] = [
  rich,
  { ...rich, beside: false },
  { ...rich, beside: false, reasons: false },
  { ...rich, beside: false, reasons: false, guidelines: false, joined: true },
  { ...barest, guidelines: true, joined: false, texts: 'each' },
  { ...barest, texts: 'one' },
  barest,
]

/** A card, and those of its components that show an output. */
type Composed = { components: Component[]; outputs: (TextDisplay | Section)[] }

/** Whether there is room for at least a rule above the outputs, if any stand by themselves. */
function hasGap({ components, outputs }: Composed): boolean {
  return outputs.length === 0 || takenBy(components).components < messageRoom.components
}

/** A frame around each output; where that is too much, a rule above the first. */
function setApart({ components, outputs }: Composed): Component[] {
  const room = messageRoom.components - takenBy(components).components
  const [first] = outputs
  if (!first) return components
  if (room >= outputs.length) {
    const framed = new Map<Component, Component>(outputs.map((one) => [one, box(one)]))
    return components.map((one) => framed.get(one) ?? one)
  }
  return components.flatMap((one) => (one === first ? [rule, one] : [one]))
}

function compose(card: TaskCard, above: Above, said: Words, at: At, layout: Layout): Composed {
  const head = drawHead(card, above, said, layout)
  const ask = drawAsk(card, said)
  const controls = drawControls(card, above, said, at, layout)
  const passages = passagesOf(card)
  const texts = [...passages, ...outputsOf(card, said), ...legendsOf(card, said)]
  if (layout.texts === 'none')
    return {
      components: [...head, ...drawMenus(card, said, texts, at, layout), ...ask, ...controls],
      outputs: [],
    }
  const size = messageRoom.size - takenBy([...head, ...ask, ...controls]).size
  const readings = drawReadings(texts, size, said)
  const cut = readings.filter((reading) => !reading.isWhole)
  const hasButtons = layout.beside && !(card.taps && layout.letters)
  const menued = hasButtons ? [] : cut.map(({ text }) => text)
  const placed = placeReadings(card, head, readings, passages.length, said, layout)
  const rest = [...ask, ...controls, ...drawMenus(card, said, menued, at, layout)]
  return { components: [...placed.components, ...rest], outputs: placed.outputs }
}

function placeReadings(
  card: TaskCard,
  head: Component[],
  readings: readonly Reading[],
  passages: number,
  said: Words,
  layout: Layout,
): Composed {
  if (layout.texts === 'one')
    return { components: joinTexts([...head, ...readings.map(displayOf)]), outputs: [] }
  const drawn = readings.map((reading, i): TextDisplay | Section => {
    const output = 'output' in reading.text.ref ? reading.text.ref.output : null
    const tap = output === null ? null : tapButton(card, output)
    if (tap && layout.letters) return section(displayOf(reading), tap)
    if (reading.isWhole || !layout.beside || (card.taps && i >= passages && layout.letters))
      return displayOf(reading)
    return section(displayOf(reading), readButton(card, reading.text, said))
  })
  const outputs = drawn.slice(passages, passages + card.outputs.length)
  if (!layout.joined) return { components: [...head, ...drawn], outputs }
  const above = joinTexts([...head, ...drawn.slice(0, passages)])
  return { components: [...above, ...drawn.slice(passages)], outputs }
}

function displayOf({ drawn }: Reading) {
  return markdown(drawn)
}

/** Displays that stand together, as one. */
function joinTexts(components: readonly Component[]): Component[] {
  const joined: Component[] = []
  for (const component of components) {
    const last = joined.at(-1)
    if (last?.type === 10 && component.type === 10)
      joined[joined.length - 1] = markdown(`${last.content}\n${component.content}`)
    else joined.push(component)
  }
  return joined
}

function drawHead(card: TaskCard, above: Above, said: Words, layout: Layout): Component[] {
  const { notice, undo } = above
  const line = notice ?? undo?.summary
  const { submitted, assigned, minutes } = card.progress
  const progress = card.ballot
    ? timeLine(said.ballotPrivate, card.ballot.closesAt)
    : small(`${said.done(submitted, assigned)} · ${said.minutesHere(minutes)}`)
  const header = markdown(`${bold(card.dataset.title)}\n${progress}`)
  if (line === undefined) return [header]
  const text = textWithin(line, budgets.notice)
  const more = undo ? moreButtons(undo, said) : []
  if (undo?.canUndo && layout.beside)
    return [section(text, button(said.undo, undoId(undo))), ...rows(more), header]
  return joinTexts([text, header])
}

/** The way to what an answer given by one press was not asked. */
export function moreButtons({ assignmentId, asksMore }: Receipt, said: Words): Button[] {
  return asksMore === undefined
    ? []
    : [button(sayMore(asksMore, said), openId(assignmentId, { start: first, editing: true }))]
}

/** What is asked, above the controls that answer it. */
function drawAsk(card: TaskCard, said: Words): Component[] {
  if (card.taps && !card.editing) {
    const letters = sayLetters(card)
    const told =
      letters.length > 0 ? [said.tapLetters, ...letters].map((line) => small(line, 80)) : []
    const asks = escapeDiscord(sayTaps(card.taps, said))
    return [markdown([bold(card.taps.title), ...told, asks].join('\n'))]
  }
  const asked = askedQuestions(card.questions, card.values)
  const all = card.questions.filter((question) => asked.has(question.name))
  const shown = card.presses.length > 0 && !card.editing ? all.filter((q) => q.required) : all
  const titles = shown.map((question) => question.title).join(' · ')
  const picked = menusOf(card).flatMap(({ question }) => {
    const values = [ownValue(card, question.name)].flat()
    const texts = choicesOf(question).flatMap((one) =>
      values.includes(one.value) ? [one.text] : [],
    )
    return texts.length > 0
      ? [escapeDiscord(brief(said.chosenOn(question.title, texts.join(', ')), 300))]
      : []
  })
  return [markdown([bold(titles, 600), ...picked].join('\n'))]
}

function drawControls(
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
  if (isTooMuch(card)) others.length = 0
  others.push(button(said.skip, skipId(assignmentId, 'other')))
  if (card.dataset.guidelines !== null && layout.guidelines)
    others.push(button(said.guidelines, readId(card, { guidelines: true }, 0, 'new')))
  if (layout.reasons)
    others.push(...viewOf(card, at).map(({ view, id }) => button(sayView(view, said), id)))
  if (above.undo?.canUndo && !layout.beside)
    others.push(button(said.undo, undoId(above.undo)), ...moreButtons(above.undo, said))
  return [
    ...(isTooMuch(card) ? [plain(said.tooMuchHere)] : []),
    ...rows(lead),
    ...drawTaps(card, said, layout),
    ...menusOf(card).flatMap((one) => drawPick(card, one, at.page ?? 0, said)),
    ...rows(editing ? others.filter((one) => !one.custom_id.startsWith('v1:skip')) : others),
  ]
}

/** The way into the form, and what commits an answer that is whole already. */
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
    return [...done, formButton(card, editing ? said.edit : said.answer, first, 'primary')]
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
function tapButton(card: TaskCard, output: number): Button | null {
  const { taps: panel, assignmentId, schemaVersion } = card
  const letter = card.outputs[output]?.letter
  if (!panel?.taps.includes(output) || letter === undefined || card.editing) return null
  return button(letter, rankId(assignmentId, schemaVersion, panel.step, output), 'primary')
}

/** A question that is answered by a menu on the card. */
export type Menu = { question: Parameters<typeof choicesOf>[0]; at: number; sole: boolean }

/**
 * The menus of a card: of the one question that is required, so that one choice commits it, and of
 * questions with more options than a form's menu holds.
 */
export function menusOf(card: TaskCard): Menu[] {
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
function isSole({ question, sole }: Menu): boolean {
  return sole && !(question.type === 'multi_label' && isPicked(question))
}

export function commitsAtOnce(menu: Menu): boolean {
  return isSole(menu)
}

function drawPick(card: TaskCard, { question, at }: Menu, asked: number, said: Words): Component[] {
  const { assignmentId, schemaVersion, editing } = card
  const pages = pagesOf(question, said)
  const page = Math.min(asked, pages.length - 1)
  const shown = pages[page] ?? []
  const value = ownValue(card, question.name)
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

/** Whether every question that must be answered has a value. */
function isAnswered(card: TaskCard): boolean {
  const asked = askedQuestions(card.questions, card.values)
  return card.questions.every(
    ({ name, required }) => !required || !asked.has(name) || ownValue(card, name) !== undefined,
  )
}

/** Whether something must be answered for which Discord has no room at all. */
function isTooMuch(card: TaskCard): boolean {
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

/** Reasons to skip, and what can be read in full: one menu each, or one for both. */
function drawMenus(
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
function viewOf(card: TaskCard, { go }: At): { view: TextView; id: string }[] {
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

export function ownValue(card: TaskCard, name: string) {
  return Object.hasOwn(card.values, name) ? card.values[name] : undefined
}
