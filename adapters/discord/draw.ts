/** Draws a Reply as Discord shows it: a private message of components, or what is said in public. Pure. */
import type {
  Choice,
  HistoryEntry,
  Receipt,
  Reply,
  Tap,
  TapPanel,
  TaskCard,
  Welcome,
} from '../../src/chat/port.ts'
import { skipReasons } from '../../src/chat/port.ts'
import { sayReason, type Words } from '../../src/chat/words.ts'
import { askedQuestions } from '../../src/questions/values.ts'
import { fits, messageRoom, startWithin, takenBy } from './budget.ts'
import {
  type Button,
  bold,
  brief,
  button,
  type Component,
  type MessageBody,
  markdown,
  menu,
  message,
  type Option,
  option,
  plain,
  rows,
  section,
  small,
} from './components.ts'
import { escapeDiscord } from './escape.ts'
import { first, formButton, hasForm } from './forms.ts'
import { drawHome } from './home.ts'
import {
  doneId,
  isDrawable,
  menuId,
  nextId,
  ofId,
  openId,
  pickId,
  pressId,
  rankId,
  readId,
  type Start,
  showId,
  skipId,
  startId,
  type TextRef,
  undoId,
} from './ids.ts'
import { budgets, limits } from './limits.ts'
import { choicesOf, isOptional, isPicked, pagesOf, partsOf } from './questions.ts'
import {
  drawPages,
  drawReadings,
  legendsOf,
  outputsOf,
  passagesOf,
  type Reading,
  readButton,
  readTextId,
  type Text,
} from './reading.ts'
import { drawInvitation, drawPreferences, drawReminder } from './reminders.ts'

/** A line above a card, and the answer it may take back. */
export type Above = { notice?: string; undo?: Receipt }

/** Where a card is in being answered: the form's next step, the page of its menus. */
export type At = { go?: Start; page?: number }

/** A Reply as a message. `wish` is the dataset a newcomer asked for, kept for their Start. */
export function drawMessage(
  reply: Exclude<Reply, { type: 'nothing' }>,
  said: Words,
  at: { ephemeral?: boolean; wish?: string } = {},
): MessageBody {
  const body = message(drawReply(reply, said, at.wish), at.ephemeral)
  return reply.type === 'file'
    ? { ...body, attachments: [{ id: 0, filename: fileName(reply.name) }] }
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
      return drawReceipt(reply.saved, reply.notice, said)
    case 'problems':
      return drawText(Object.values(reply.problems).join('\n'))
    case 'reader': {
      const { assignmentId, title, content } = reply.reader
      return drawPage({ title, content }, 0, null, said, assignmentId)
    }
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
    case 'preferences':
      return drawPreferences(reply.preferences, reply.notice, said)
    case 'export-form':
      return drawOpening(reply.form.dataset, said.exportFile, 'export')
    case 'import-form':
      return drawOpening(reply.dataset, said.importFile, 'import')
    case 'notice':
      return drawText(reply.text)
    case 'file':
      return [
        ...drawText(reply.text),
        { type: 13, file: { url: `attachment://${fileName(reply.name)}` } },
      ]
  }
}

/** A task card with everything one needs to answer it, in the richest layout that Discord holds. */
export function drawCard(card: TaskCard, above: Above, said: Words, at: At = {}): Component[] {
  for (const layout of layouts) {
    const drawn = compose(card, above, said, at, layout)
    if (drawn && fits(drawn)) return drawn
  }
  return compose(card, above, said, at, barest) ?? drawText(said.tooMuchHere)
}

/** How much comfort a card has room for, from much to none. */
type Layout = {
  /** Undo and Read stand beside the text they are about. */
  beside: boolean
  /** Reasons to skip have a menu of their own. */
  reasons: boolean
  guidelines: boolean
  /** Passages share a display with the header. */
  joined: boolean
  /** The letters to tap stand beside their outputs, not in rows. */
  letters: boolean
  /** All texts share one display. */
  oneText: boolean
}
const rich: Layout = {
  beside: true,
  reasons: true,
  guidelines: true,
  joined: false,
  letters: true,
  oneText: false,
}
const barest: Layout = {
  beside: false,
  reasons: false,
  guidelines: false,
  joined: true,
  letters: false,
  oneText: true,
}
const layouts: readonly Layout[] = [
  rich,
  { ...rich, beside: false },
  { ...rich, beside: false, reasons: false },
  { ...rich, beside: false, reasons: false, guidelines: false, joined: true },
  { ...barest, guidelines: true, joined: false, oneText: false },
  barest,
]

function compose(
  card: TaskCard,
  above: Above,
  said: Words,
  at: At,
  layout: Layout,
): Component[] | null {
  const head = drawHead(card, above, said, layout)
  const ask = drawAsk(card, said)
  const controls = drawControls(card, above, said, at, layout)
  const size = messageRoom.size - takenBy([...head, ...ask, ...controls]).size
  const passages = passagesOf(card)
  const texts = [...passages, ...outputsOf(card, said), ...legendsOf(card)]
  if (size < texts.length * leastPerText) {
    if (!layout.oneText) return null
    return [...head, ...drawMenus(card, said, texts, layout), ...ask, ...controls]
  }
  const readings = drawReadings(texts, size, said)
  const cut = readings.filter((reading) => !reading.isWhole)
  const hasButtons = layout.beside && !(card.taps && layout.letters)
  const menued = hasButtons ? [] : cut.map(({ text }) => text)
  return [
    ...placeReadings(card, head, readings, passages.length, said, layout),
    ...ask,
    ...controls,
    ...drawMenus(card, said, menued, layout),
  ]
}

/** Below this a text on a card is only its title. */
const leastPerText = 60

function placeReadings(
  card: TaskCard,
  head: Component[],
  readings: readonly Reading[],
  passages: number,
  said: Words,
  layout: Layout,
): Component[] {
  if (layout.oneText) return [joinTexts([...head, ...readings.map(displayOf)])].flat()
  const drawn = readings.map((reading, i): Component => {
    const output = 'output' in reading.text.ref ? reading.text.ref.output : null
    const tap = output === null ? null : tapButton(card, output)
    if (tap && layout.letters) return section(displayOf(reading), tap)
    if (reading.isWhole || !layout.beside || (card.taps && i >= passages && layout.letters))
      return displayOf(reading)
    return section(displayOf(reading), readButton(card, reading.text, said))
  })
  if (!layout.joined) return [...head, ...drawn]
  return [...joinTexts([...head, ...drawn.slice(0, passages)]), ...drawn.slice(passages)]
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
  const progress = `${said.done(submitted, assigned)} · ${said.minutes(minutes)}`
  const header = markdown(`${bold(card.dataset.title)}\n${small(progress)}`)
  if (line === undefined) return [header]
  const text = plain(startWithin(line, budgets.notice).raw)
  if (undo?.canUndo && layout.beside)
    return [section(text, button(said.undo, undoId(undo.assignmentId))), header]
  return joinTexts([text, header])
}

/** What is asked, above the controls that answer it. */
function drawAsk(card: TaskCard, said: Words): Component[] {
  if (card.taps && !card.editing)
    return [markdown(`${bold(card.taps.title)}\n${escapeDiscord(sayTaps(card.taps, said))}`)]
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

/** What was tapped so far, and what the next tap says. */
function sayTaps({ asks, said: so, last, same }: TapPanel, said: Words): string {
  const line = so === '' ? '' : `${so}\n`
  switch (asks) {
    case 'best':
      return said.tapBest
    case 'worst':
      return `${line}${said.tapWorst}`
    case 'nothing':
      return `${line}${said.tapDone}`
    case 'next':
      return `${line}${same && last !== null ? said.tapSame(last) : said.tapNext}`
  }
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
  if (above.undo?.canUndo && !layout.beside)
    others.push(button(said.undo, undoId(above.undo.assignmentId)))
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
    return [button(tapText(tap, panel, said), id, tap === 'done' ? 'primary' : undefined)]
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

function tapText(tap: Exclude<Tap, number>, { last, same }: TapPanel, said: Words): string {
  switch (tap) {
    case 'same':
      return same ? said.tapNotSame : said.tapSameAs(last ?? '')
    case 'rest':
      return said.tapRest
    case 'back':
      return said.tapBack
    case 'none':
      return said.tapNone
    case 'done':
      return said.tapKeep
  }
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
  layout: Layout,
): Component[] {
  const { assignmentId } = card
  const reasons = card.editing
    ? []
    : skipReasons.map((reason) =>
        option(said.buttonFor(said.skip, sayReason(said, reason)), skipId(assignmentId, reason)),
      )
  const guidelines: Text[] =
    layout.guidelines || card.dataset.guidelines === null
      ? []
      : [{ title: said.guidelines, ref: { guidelines: true }, content: '' }]
  const reads = [...texts, ...guidelines].map((text) =>
    option(said.read(text.title), readTextId(card, text)),
  )
  if (layout.reasons)
    return [
      ...pagedMenu(assignmentId, 'read', said.readMenu, reads),
      ...pagedMenu(assignmentId, 'skip', said.skipBecause, reasons),
    ]
  const placeholder = reads.length > 0 ? said.moreMenu : said.skipBecause
  return pagedMenu(assignmentId, 'more', placeholder, [...reads, ...reasons])
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

/** One page of a long text, with the way to the others; `ref` is null where no page can be turned. */
export function drawPage(
  { title, content }: Pick<Text, 'title' | 'content'>,
  page: number,
  turn: { ref: TextRef; schemaVersion: number } | ((page: number) => string) | null,
  said: Words,
  assignmentId = '',
): Component[] {
  const pages = drawPages(content, said)
  const at = Math.min(page, pages.length - 1)
  const idOf = (to: number): string | null => {
    if (turn === null) return null
    if (typeof turn === 'function') return turn(to)
    return readId({ assignmentId, schemaVersion: turn.schemaVersion }, turn.ref, to, 'turn')
  }
  const button_ = (to: number, text: string) => {
    const id = to >= 0 && to < pages.length ? idOf(to) : null
    return id !== null && isDrawable(id) ? [button(text, id)] : []
  }
  const file =
    turn !== null && typeof turn !== 'function' && pages.length > 1
      ? [
          button(
            said.asFile,
            readId({ assignmentId, schemaVersion: turn.schemaVersion }, turn.ref, 0, 'file'),
          ),
        ]
      : []
  const buttons = [
    ...button_(at - 1, said.previousPage),
    ...button_(at + 1, said.nextPage),
    ...file.filter((one) => isDrawable(one.custom_id)),
  ]
  return [
    markdown(bold(title)),
    markdown(pages[at]?.drawn ?? said.empty),
    ...(pages.length > 1 ? [markdown(small(said.pageOf(at + 1, pages.length)))] : []),
    ...rows(buttons),
  ]
}

/** What was saved, with its way back. */
export function drawReceipt(saved: Receipt, notice: string | undefined, said: Words): Component[] {
  return [
    markdown(
      `${escapeDiscord(startWithin(saved.summary, budgets.notice).raw)}\n${small(saved.dataset.title)}`,
    ),
    ...(notice ? drawText(notice, budgets.notice) : []),
    ...rows([
      ...(saved.canUndo ? [button(said.undo, undoId(saved.assignmentId))] : []),
      ...(saved.canEdit ? [button(said.edit, openId(saved.assignmentId, { editing: true }))] : []),
      button(said.homeTitle, showId('home')),
    ]),
  ]
}

/** Plain words as a message. */
export function drawText(text: string, most: number = budgets.size - 100): Component[] {
  if (text.trim() === '') return [plain('…')]
  const { raw, drawn } = startWithin(text, most)
  return [markdown(drawn.trim() === '' ? '…' : raw === text ? drawn : `${drawn}…`)]
}

function aboveOf(reply: Above): Above {
  return {
    ...(reply.notice === undefined ? {} : { notice: reply.notice }),
    ...(reply.undo === undefined ? {} : { undo: reply.undo }),
  }
}

function drawWelcome(welcome: Welcome, said: Words, wish: string | undefined): Component[] {
  const titles = welcome.datasets.slice(0, 10).map(({ title }) => small(title, 100))
  return [
    markdown(`${bold(said.consentTitle)}\n${escapeDiscord(said.consentWhat)}`),
    ...(titles.length > 0 ? [markdown(titles.join('\n'))] : []),
    plain(said.consentStoredDiscord),
    plain(said.consentUse),
    plain(said.consentDelete),
    plain(said.consentPress),
    ...rows([button(said.start, startId(welcome.consentVersion, wish), 'primary')]),
  ]
}

function drawChoices(choices: Choice[], notice: string | undefined, said: Words): Component[] {
  const lead = notice ?? (choices.length > 0 ? said.choose : said.nothingToChoose)
  const lines = choices.map((choice) => ({ choice, line: choiceLine(choice, said) }))
  const top = drawText(lead, budgets.notice)
  if (choices.length <= mostSections)
    return [
      ...top,
      ...lines.map(({ choice: { name, title }, line }) =>
        isDrawable(nextId(name))
          ? section(markdown(line), button(said.start, nextId(name), 'primary'))
          : plain(brief(said.typeNext(title, name), budgets.line)),
      ),
    ]
  const shown = lines.slice(0, limits.selectOptions)
  const more = choices.length - shown.length
  return [
    ...top,
    markdown(shown.map(({ line }) => line).join('\n')),
    menu(
      menuId('', 'next'),
      said.choose,
      shown.flatMap(({ choice: { name, title } }) =>
        isDrawable(nextId(name)) ? [option(title, nextId(name))] : [],
      ),
    ),
    ...(more > 0 ? [markdown(small(said.moreChoices(more)))] : []),
  ]
}

const mostSections = 8

export function choiceLine({ title, left, minutes }: Omit<Choice, 'name'>, said: Words): string {
  const facts = [
    ...(left === null ? [] : [said.left(left)]),
    ...(minutes === null ? [] : [said.minutesEach(minutes)]),
  ]
  const rest = facts.length > 0 ? ` · ${escapeDiscord(facts.join(' · '))}` : ''
  return `${bold(title, 100)}${rest}`
}

function drawHistory(entries: readonly HistoryEntry[], said: Words): Component[] {
  if (entries.length === 0) return drawText(said.noHistory)
  return [markdown(bold(said.recent)), ...drawAnswers(entries, said)]
}

/** Recent answers, and a menu to change one of them. */
export function drawAnswers(entries: readonly HistoryEntry[], said: Words): Component[] {
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
    markdown(lines.join('\n')),
    ...(edits.length > 0 ? [menu(menuId('', 'edit'), said.editMenu, edits)] : []),
  ]
}

/** A button that opens an admin's form, where a form cannot open by itself. */
function drawOpening(
  { name, title }: { name: string; title: string },
  text: string,
  act: 'export' | 'import',
): Component[] {
  const id = ofId(act, name)
  return [markdown(bold(title)), ...(isDrawable(id) ? rows([button(text, id, 'primary')]) : [])]
}

/** A name Discord keeps as it is. */
export function fileName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '')
  return safe.slice(-80) || 'file.txt'
}

export function ownValue(card: TaskCard, name: string) {
  return Object.hasOwn(card.values, name) ? card.values[name] : undefined
}
