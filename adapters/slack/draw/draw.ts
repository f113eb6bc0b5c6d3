/** Draws a Reply as Slack shows it: a message in the person's DM, or a view. Pure. */
import { declineId, nextId, rankId, reasonId, skipId, undoId } from '../../../src/chat/port/ids.ts'
import type {
  Choice,
  HistoryEntry,
  Reader,
  ReaderPart,
  Receipt,
  Reply,
  Report,
  Tap,
  TapPanel,
  TaskCard,
  TextView,
  Welcome,
} from '../../../src/chat/port/port.ts'
import { skipReasons } from '../../../src/chat/port/port.ts'
import { escapedCost, escapeSlack, firstWords, shorten, splitText } from '../../../src/chat/text.ts'
import {
  sayImport,
  sayLetters,
  sayMore,
  sayPart,
  sayReason,
  sayTap,
  sayTaps,
  sayView,
  sayWork,
} from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { firstWordsOf } from '../../../src/markdown/read.ts'
import { askedQuestions } from '../../../src/questions/values.ts'
import { budgets, limits } from '../limits.ts'
import { drawFileInput, fileQuestion } from '../receive/answer-file.ts'
import {
  aboutId,
  formId,
  type Meta,
  noticeId,
  readerId,
  readId,
  startId,
  textId,
  writeMeta,
} from '../receive/ids.ts'
import { alert } from './alerts.ts'
import {
  actions,
  type Block,
  button,
  context,
  divider,
  header,
  heading,
  jsonSize,
  label,
  type Message,
  plain,
  section,
  strongList,
  textSum,
  type View,
  withoutTables,
} from './blocks.ts'
import { drawExport, withCancel } from './exports.ts'
import { drawMyData } from './my-data.ts'
import { drawHub, drawPost, timeLine } from './posts.ts'
import { drawLegend, drawQuestion, inputIds, listening } from './questions.ts'
import { drawPages, drawReading } from './reading.ts'
import { drawInvitation, drawPreferences, drawReminder } from './reminders.ts'
import { drawTable, linesOf } from './tables.ts'
import { asActions, drawPresses } from './thumbs.ts'

/** A line above a card or form, and the answer it may take back. */
export type Above = { notice?: string; undo?: Receipt }
/**
 * `takesFile`: a long text may come as a file, which needs a permission. `alert`: why the form is there
 * again, where that is about none of its inputs.
 */
export type AboveForm = Above & { takesFile?: boolean; alert?: string }

/** A Reply as a message. `wish` is the dataset a newcomer asked for, kept for their Start. */
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
    case 'post':
      return drawPost(reply.post, said)
    case 'hub':
      return drawHub(reply.hub, said)
    case 'notice':
      return drawNotice(reply)
    case 'file':
      return drawText(reply.text)
    // These three have places of their own: the Home tab and windows. See home.ts.
    case 'home':
      return drawText(reply.home.notice ?? reply.home.help)
    case 'export-form':
      return drawText(reply.form.dataset.title)
    case 'import-form':
      return drawText(reply.dataset.title)
  }
}

/** A task card with everything one needs to answer it. */
export function drawCard(given: TaskCard, above: Above, said: Words): Message {
  const card = withFewTaps(given)
  const top = [...drawAbove(above, said), header(card.dataset.title), drawProgress(card, said)]
  const bottom = [...drawAsk(card, said), ...drawControls(card, said)]
  const fixed = top.length + bottom.length
  const room = {
    blocks: budgets.messageBlocks - fixed,
    size: budgets.messageChars - textSum(top) - textSum(bottom),
    on: 'message' as const,
    tables: true,
  }
  return {
    text: fallback([above.notice, card.dataset.title, prompted(card)]),
    blocks: [...top, ...drawReading(card, room, said), ...bottom],
  }
}

/** More than five in order are quicker in the form: its ranks take a choice each, and no repaint. */
export function withFewTaps(card: TaskCard): TaskCard {
  const asked = card.questions.find((one) => one.type === 'ranking' && one.required && !one.when)
  const isInOrder = asked?.type === 'ranking' && (asked.mode === 'full' || asked.mode === 'tiers')
  return isInOrder && card.outputs.length > mostInOrder ? { ...card, taps: null } : card
}

const mostInOrder = 5

/** The form of a card: what to read, then an input for each question. */
export function drawForm(card: TaskCard, meta: Meta, above: AboveForm, said: Words): View {
  const outputs = card.outputs.map((output) => output.id)
  const texts = card.questions
    .filter((question) => question.type === 'text')
    .reduce((sum, question) => sum + (question.of === 'record' ? 1 : outputs.length), 0)
  const initialBytes = Math.floor(budgets.initialBytes / Math.max(1, texts))
  const form = { assignmentId: card.assignmentId, outputs, initialBytes }
  const asked = askedQuestions(card.questions, card.values)
  const byFile = above.takesFile ? fileQuestion(card.questions) : null
  const inputs = card.questions.flatMap((question) => {
    if (!asked.has(question.name)) return []
    const drawn = drawQuestion(question, ownValue(card, question.name), form, said)
    const all = listening(drawn)
    if (question.name !== byFile) return all
    // Which of the two is filled in is the person's; that one is, the inside sees to.
    const hint = label(said.typeOrFile, limits.inputHint)
    const free = all.map((block) =>
      block.type === 'input' ? { hint, ...block, optional: true } : block,
    )
    return [...free, drawFileInput(card.assignmentId, question.name, said)]
  })
  const top = [
    ...alert(above.alert ?? ''),
    ...drawAbove(above, said),
    header(card.dataset.title),
    drawProgress(card, said),
  ]
  const bottom = [divider(), ...inputs, ...shown(drawSkip(card, said))]
  const room = {
    blocks: budgets.viewBlocks - top.length - bottom.length,
    size: budgets.viewBytes - jsonSize(top) - jsonSize(bottom),
    on: 'view' as const,
  }
  const view = { type: 'modal' as const, private_metadata: writeMeta(meta) }
  const isEmpty = inputIds(inputs).length === 0
  const isTooMuch = room.blocks < budgets.readingBlocks || jsonSize(bottom) > budgets.controlBytes
  if (isTooMuch || isEmpty)
    return {
      ...view,
      callback_id: noticeId,
      title: title(card.dataset.title, said),
      close: plain(said.close),
      blocks: [
        ...top,
        ...alert(isEmpty ? said.nothingToAnswer : said.tooManyControls, 'warning'),
        ...shown(drawSkip(card, said)),
      ],
    }
  return {
    ...view,
    callback_id: formId,
    notify_on_close: true,
    title: title(card.dataset.title, said),
    submit: plain(card.editing ? said.save : said.submit),
    close: plain(said.close),
    blocks: [...top, ...drawReading(card, room, said), ...bottom],
  }
}

/** A long text in a window of its own, one page at a time; `isSent` once its file was. */
export function drawReader(
  reader: Reader,
  part: ReaderPart | null,
  page: number,
  said: Words,
  isSent = false,
): View {
  const pages = drawPages(reader.content, said, reader.rendering)
  const at = Math.min(page, pages.length - 1)
  const view = viewOf(reader)
  const turn = (to: number, text: string, as: 'turn' | 'file' = 'turn') =>
    part ? [button(text, readId(reader.assignmentId, part, to, as, view))] : []
  const other = view === 'raw' ? 'formatted' : 'raw'
  const isLong = lengthOf(reader.content) > budgets.fileFrom
  const buttons = [
    ...(at > 0 ? turn(at - 1, said.previousPage) : []),
    ...(at < pages.length - 1 ? turn(at + 1, said.nextPage) : []),
    ...(isLong && !isSent ? turn(at, said.asFile, 'file') : []),
    ...(part
      ? [button(sayView(other, said), readId(reader.assignmentId, part, 0, 'turn', other))]
      : []),
  ]
  return {
    type: 'modal',
    callback_id: readerId,
    title: title(reader.title, said),
    close: plain(said.back),
    blocks: [
      heading(reader.title),
      ...(isSent ? [context(said.fileWaits)] : []),
      ...(pages[at]?.() ?? []),
      ...(pages.length > 1 ? [context(said.pageOf(at + 1, pages.length))] : []),
      ...(buttons.length > 0 ? [actions(...buttons)] : []),
    ],
  }
}

/** A message in a window, where there is no message to write to. */
export function drawWindow(message: Message, name: string, said: Words): View {
  return {
    type: 'modal',
    callback_id: noticeId,
    title: title(name, said),
    close: plain(said.close),
    blocks: withoutTables(message.blocks).flatMap((block) => {
      if (block.type === 'data_table') return linesOf(block)
      return block.type === 'context_actions' ? asActions(block) : [block]
    }),
  }
}

/** The last view of a session. */
export function drawDone(
  saved: Receipt,
  notice: string | undefined,
  meta: Meta | null,
  said: Words,
): View {
  const message = drawReceipt({ type: 'receipt', saved, notice: notice ?? said.thanks }, said)
  return {
    ...drawWindow(message, said.allDone, said),
    ...(meta ? { private_metadata: writeMeta(meta) } : {}),
  }
}

/** What was saved, with its way back. */
function drawReceipt(
  { saved, notice, goesOn, elsewhere }: Extract<Reply, { type: 'receipt' }>,
  said: Words,
): Message {
  const buttons = [
    ...(goesOn ? [button(said.next, nextId(saved.dataset.name), 'primary')] : []),
    ...(saved.canUndo ? [button(said.undo, undoId(saved))] : []),
    ...(saved.canEdit ? [button(said.edit, aboutId('edit', saved.assignmentId))] : []),
    ...(elsewhere ? [button(said.startOther(elsewhere.title), nextId(elsewhere.name))] : []),
  ]
  return {
    text: fallback([saved.summary, saved.dataset.title, notice]),
    blocks: [
      ...sections(saved.summary, budgets.receiptChars),
      context(brief(saved.dataset.title)),
      ...(saved.until ? [timeLine(said.ballotUntil, saved.until, said)] : []),
      ...(notice ? sections(notice, budgets.receiptChars) : []),
      ...drawMore(saved, said),
      ...(buttons.length > 0 ? [actions(...buttons)] : []),
    ],
  }
}

/** Plain words as a message. */
export function drawText(text: string): Message {
  return { text: fallback([text]), blocks: sections(text) }
}

/** Words, with a layout where the reply has one. */
function drawNotice({ text, report, table }: Extract<Reply, { type: 'notice' }>): Message {
  if (report) return drawReport(report)
  const drawn = table ? drawTable(table, budgets.messageChars) : null
  const isWhole = drawn && drawn.rows.length > (table?.rows.length ?? 0)
  return isWhole ? { text: fallback([text]), blocks: [drawn] } : drawText(text)
}

/** A heading a part, and what helps to read it in small letters below; together within a message. */
function drawReport({ title, lead, parts, notes }: Report): Message {
  // Three blocks a part, and three around them.
  const shown = parts.slice(0, Math.floor((budgets.messageBlocks - 3) / 3))
  const most = Math.floor(4500 / Math.max(shown.length, 1))
  const within = (text: string, size: number) => shorten(text.trim() || '…', size, escapedCost)
  return {
    text: fallback([title, lead]),
    blocks: [
      header(title),
      section(within(lead, 800)),
      ...shown.flatMap((part) => {
        const table = part.table ? drawTable(part.table, Math.floor(most / 2)) : null
        const text = table ? part.text : sayPart(part)
        const room = Math.min(table ? Math.floor(most / 2) : most, limits.sectionText)
        return [
          heading(within(part.heading, 100)),
          ...(table && text === '' ? [] : [section(within(text, room))]),
          ...(table ? [table] : []),
        ]
      }),
      context(...notes.map((note) => within(note, 900))),
    ],
  }
}

/** As it was asked for; undefined where it is as the card has it. */
function viewOf({ rendering }: Reader): TextView | undefined {
  if (rendering === undefined) return undefined
  return rendering === 'raw' ? 'raw' : 'formatted'
}

function lengthOf(content: Reader['content']): number {
  if (typeof content === 'string') return content.length
  return content.reduce((sum, { content: text }) => sum + text.length, 0)
}

function aboveOf(reply: { notice?: string; undo?: Receipt }): Above {
  return {
    ...(reply.notice === undefined ? {} : { notice: reply.notice }),
    ...(reply.undo === undefined ? {} : { undo: reply.undo }),
  }
}

function drawAbove({ notice, undo }: Above, said: Words): Block[] {
  const line = notice ?? undo?.summary
  if (line === undefined) return []
  const back = undo?.canUndo ? button(said.undo, undoId(undo)) : undefined
  return [section(shorten(line, 1000, escapedCost), back), ...(undo ? drawMore(undo, said) : [])]
}

/** The way to what an answer given by one press was not asked. */
function drawMore({ assignmentId, asksMore }: Receipt, said: Words): Block[] {
  if (asksMore === undefined) return []
  return [actions(button(sayMore(asksMore, said), aboutId('edit', assignmentId)))]
}

/** A ballot says that it is private and until when it may be changed. */
function drawProgress(card: TaskCard, said: Words): Block {
  return card.ballot
    ? timeLine(said.ballotPrivate, card.ballot.closesAt, said)
    : context(progressOf(card, said))
}

function progressOf(card: TaskCard, said: Words): string {
  const { submitted, assigned, minutes } = card.progress
  return `${said.done(submitted, assigned)} · ${said.minutesHere(minutes)}`
}

/** What is asked, above the buttons that answer it. */
function drawAsk(card: TaskCard, said: Words): Block[] {
  if (card.taps) {
    const letters = sayLetters(card)
    const told = letters.length > 0 ? [context([said.tapLetters, ...letters].join('\n'))] : []
    return [divider(), heading(card.taps.title), ...told, section(sayTaps(card.taps, said))]
  }
  const asked = card.presses.length > 0 ? card.questions.filter((q) => q.required) : card.questions
  const line = asked.map((question) => question.title).join(' · ')
  // What options mean stands in a form; a card of ready answers has it here.
  const quick = card.presses.length > 0 ? asked : []
  return [
    divider(),
    heading(line),
    ...quick.flatMap((question) => drawLegend(question, quick.length > 1)),
  ]
}

function drawTaps(card: TaskCard, panel: TapPanel, said: Words): Block[] {
  const { assignmentId, schemaVersion } = card
  const tapButton = (text: string, tap: Tap, style?: 'primary') =>
    button(text, rankId(assignmentId, schemaVersion, panel.step, tap), style)
  const letters = panel.taps.flatMap((tap) => {
    const output = typeof tap === 'number' ? card.outputs[tap] : undefined
    return output ? [tapButton(output.letter, tap)] : []
  })
  const others = panel.taps.flatMap((tap) => {
    if (typeof tap === 'number') return []
    return [tapButton(sayTap(tap, panel, said), tap, tap === 'done' ? 'primary' : undefined)]
  })
  return [letters, others].flatMap((row) => (row.length > 0 ? [actions(...row)] : []))
}

function drawControls(card: TaskCard, said: Words): Block[] {
  const hasMore = card.questions.some((question) => !question.required)
  const isForm = card.presses.length === 0 && !card.taps
  const open = button(
    isForm ? said.answer : said.answerMore,
    aboutId('open', card.assignmentId),
    isForm ? 'primary' : undefined,
  )
  const rows: Block[] = card.presses.length > 0 ? [drawPresses(card, said)] : []
  if (card.taps) rows.push(...drawTaps(card, card.taps, said))
  const skip = drawSkip(card, said)
  if (card.presses.length === 0 || hasMore) skip.elements.unshift(open)
  return [...rows, ...shown(skip)]
}

/** Slack takes no row without a button in it. */
function shown(row: ReturnType<typeof actions>): Block[] {
  return row.elements.length > 0 ? [row] : []
}

/**
 * Skip at once, or with a reason; the guidelines; and the texts as they were written. A ballot is left
 * alone instead of skipped.
 */
function drawSkip(card: TaskCard, said: Words) {
  const because = {
    type: 'static_select' as const,
    action_id: `v1:because:${card.assignmentId}`,
    placeholder: label(said.skipBecause, limits.placeholder),
    options: skipReasons.map((reason) => ({
      text: label(sayReason(said, reason), limits.optionText),
      value: reasonId(card.assignmentId, reason),
    })),
  }
  return actions(
    ...(card.ballot ? [] : [button(said.skip, skipId(card.assignmentId, 'other')), because]),
    ...(card.dataset.guidelines === null
      ? []
      : [button(said.guidelines, aboutId('guidelines', card.assignmentId))]),
    ...drawView(card, said),
  )
}

function drawView(card: TaskCard, said: Words) {
  if (card.passages.length + card.outputs.length === 0) return []
  const other = card.rendering === 'raw' ? 'formatted' : 'raw'
  return [button(sayView(other, said), textId(card.assignmentId, other))]
}

function drawWelcome(welcome: Welcome, said: Words, wish: string | undefined): Message {
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

function drawChoices(choices: Choice[], notice: string | undefined, said: Words): Message {
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

function drawHistory(entries: HistoryEntry[], said: Words): Message {
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

/** A title among others, where twenty must fit one message. */
function brief(text: string): string {
  return shorten(text, 200, escapedCost)
}

function sections(text: string, most: number = budgets.noticeChars): Block[] {
  const shown = text.trim() === '' ? '…' : shorten(text, most, escapedCost)
  return splitText(shown, limits.sectionText, { cost: escapedCost }).map(({ raw }) => section(raw))
}

function title(text: string, said: Words) {
  return label(text.trim() === '' ? said.appName : text, limits.viewTitle)
}

/** What notifications and screen readers say in place of blocks. */
function fallback(parts: (string | undefined)[]): string {
  const line = parts.filter((part) => part !== undefined && part.trim() !== '').join(' · ')
  return escapeSlack(shorten(line || '…', budgets.fallbackText, escapedCost))
}

function prompted(card: TaskCard): string {
  const [first] = card.passages
  const content = first?.content ?? ''
  const text = typeof content === 'string' ? content : (content.at(-1)?.content ?? '')
  return card.rendering === 'raw'
    ? firstWords(text, budgets.fallbackText)
    : firstWordsOf(text, budgets.fallbackText)
}

function ownValue(card: TaskCard, name: string) {
  return Object.hasOwn(card.values, name) ? card.values[name] : undefined
}
