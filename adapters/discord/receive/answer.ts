/**
 * Answers a payload: what it means, what the inside says to it, how Discord shows that. All I/O goes
 * through what is handed in; both transports carry the same answers.
 *
 * 1. `parseInteraction` says what was done.
 * 2. Forms, menus and readers look at the inside for what they were drawn from; nothing is remembered.
 * 3. The Reply takes the place of the private message the gesture was made on, opens a form, or stands
 *    beside it. A message that others see is never changed by one person's press.
 */
import { rm } from 'node:fs/promises'
import { fileText } from '../../../src/chat/cards/content.ts'
import type {
  Interaction,
  Person,
  Reader,
  Reply,
  ShownForm,
  TaskCard,
} from '../../../src/chat/port/port.ts'
import { repeated } from '../../../src/chat/port/sight.ts'
import { surfaceOf } from '../../../src/chat/port/surfaces.ts'
import { sayOn, type Words, wordsOn } from '../../../src/chat/words/words.ts'
import { asParleyError } from '../../../src/errors.ts'
import type { Values } from '../../../src/questions/values.ts'
import {
  drawExportForm,
  drawExportProblems,
  drawImportForm,
  readExportForm,
} from '../draw/admin-forms.ts'
import { textWithin } from '../draw/budget.ts'
import { type Above, type At, commitsAtOnce, drawCard, menusOf } from '../draw/card.ts'
import { type Component, type MessageBody, type ModalBody, message } from '../draw/components.ts'
import { aboveOf, drawMessage, fileName } from '../draw/draw.ts'
import { drawForm, first, isTapped, planStep, showsAll } from '../draw/forms.ts'
import { drawHome, drawPanel } from '../draw/home.ts'
import { drawWelcome } from '../draw/lists.ts'
import { type Filled, legendOf, pagesOf, pickOn, readQuestion } from '../draw/questions.ts'
import { drawPage } from '../draw/reading.ts'
import { drawPreferences } from '../draw/reminders.ts'
import { drawSkipForm } from '../draw/skip-form.ts'
import { budgets, limits } from '../limits.ts'
import { ofId, type Pick, type Start } from './ids.ts'
import {
  type Asked,
  type Attachment,
  asRaw,
  isBeside,
  isDm,
  isPrivate,
  type Parsed,
  parseInteraction,
  type Raw,
} from './parse.ts'

/** A file that goes with a message, in the order of its attachments. */
export type FileToSend = { name: string; bytes: Uint8Array }

export type Answer =
  /** A new message for this person alone. */
  | { type: 'message'; body: MessageBody; files: FileToSend[] }
  /** In place of the message the gesture was made on. */
  | { type: 'update'; body: MessageBody; files: FileToSend[] }
  /** A form; `instead` is what to show where none can open any more. */
  | { type: 'modal'; modal: ModalBody; instead: () => Answer }
  | { type: 'choices'; choices: { name: string; value: string }[] }
  /** Nothing changes on the screen. */
  | { type: 'nothing' }
  | { type: 'pong' }

/** The response, what follows it, and what is told once it is done. */
export type Answers = {
  first: Answer
  more: Answer[]
  later?: () => Promise<Answer[]>
  /** What the message it was made on shows with it, where that says something of a task. */
  shows?: Reply
}

export type Around = {
  handle: (interaction: Interaction) => Promise<Reply>
  shown: (by: Person, assignmentId: string, schemaVersion: number) => Promise<ShownForm | null>
  /** At most `most` bytes of what a file's address holds. @throws ParleyError */
  download: (url: string, most: number) => AsyncIterable<Uint8Array>
  readFile: (path: string) => Promise<Uint8Array>
  log: {
    warn(o: object, m?: string): void
    error(o: object, m?: string): void
  }
}

/** Never throws but for a gesture that came before: what fails is logged and said. @throws `repeated` */
export async function answerInteraction(payload: object, around: Around): Promise<Answers> {
  const raw = asRaw(payload)
  const parsed = parseInteraction(raw)
  const at = placeOf(raw, parsed)
  try {
    return await answer(parsed, around, at)
  } catch (error) {
    if (error === repeated) throw error
    const known = asParleyError(error)
    if (!known) around.log.error({ err: error, what: parsed.type }, 'An answer could not be made.')
    if (parsed.type === 'autocomplete') return only({ type: 'choices', choices: [] })
    return only(
      beside([textWithin(sayOn('discord', known?.messageIn(raw.locale) ?? at.said.broken))], at),
    )
  }
}

/** Where an answer is shown, and in which words. */
type Place = {
  said: Words
  /** The private message it was made on takes the answer. */
  updates: boolean
  ephemeral: boolean
  nonce: string
  /** A form may open. */
  opens: boolean
}

function placeOf(raw: Raw, parsed: Parsed): Place {
  return {
    said: wordsOn('discord', raw.locale),
    updates: raw.message !== undefined && isPrivate(raw) && !isBeside(parsed),
    ephemeral: !isDm(raw),
    nonce: raw.id,
    opens: raw.type !== 5,
  }
}

async function answer(parsed: Parsed, around: Around, at: Place): Promise<Answers> {
  const { handle } = around
  switch (parsed.type) {
    case 'ping':
      return only({ type: 'pong' })
    case 'say':
      return only(beside([textWithin(parsed.text(at.said))], at))
    case 'autocomplete':
      return only({ type: 'choices', choices: await suggest(parsed, handle) })
    case 'gesture':
      return show(await handle(parsed.gesture), around, at, parsed.asked)
    case 'open':
      return show(await handle(parsed.gesture), around, at, {}, parsed.start)
    case 'why': {
      const modal = drawSkipForm(parsed.assignmentId, at.nonce, at.said)
      const instead = () => beside([textWithin(at.said.pressOnceMore)], at)
      return only({ type: 'modal', modal, instead })
    }
    case 'read':
      return only(await read(parsed, around, at))
    case 'render': {
      const { gesture, start } = parsed
      const reply = await handle(gesture)
      if (reply.type !== 'task') return show(reply, around, at)
      const go = start && hasStep(reply.card, start) ? { go: start } : {}
      return onCard(reply.card, aboveOf(reply), at, go)
    }
    case 'page': {
      const card = await cardOf(handle, parsed.by, parsed.pick)
      return 'type' in card
        ? show(card, around, at)
        : onCard(card, {}, at, { page: parsed.pick.page })
    }
    case 'pick':
      return pickFrom(parsed, around, at)
    case 'done': {
      const card = await cardOf(handle, parsed.by, parsed)
      if ('type' in card) return show(card, around, at)
      return submit(parsed.by, parsed, card.values, around, at)
    }
    case 'manage':
      return only(place(await panel(handle, parsed.by, parsed.dataset, undefined, at.said), at))
    case 'of':
      return ofDataset(parsed, around, at)
    case 'zones': {
      const reply = await handle({ by: parsed.by, type: 'reminders' })
      if (reply.type !== 'preferences') return show(reply, around, at)
      return only(place(drawPreferences(reply.preferences, reply.notice, at.said, parsed.at), at))
    }
    case 'greet': {
      const { by, greet } = parsed
      const { wish } = greet
      const reply = await handle({ by, type: 'next', ...(wish ? { dataset: wish } : {}) })
      if (reply.type !== 'welcome') return show(reply, around, at)
      return only(place(drawWelcome(reply.welcome, at.said, wish, greet), at))
    }
    case 'form':
      return onForm(parsed, around, at)
    case 'export': {
      const { by, dataset } = parsed
      const chosen = readExportForm(parsed.values, parsed.format)
      const reply = await handle({ by, type: 'admin-export', dataset, ...chosen, inForm: true })
      if (reply.type === 'problems')
        return only(beside(drawExportProblems(reply.problems, { dataset, ...chosen }, at.said), at))
      return show(reply, around, { ...at, updates: false })
    }
    case 'import':
      return importFile(parsed, around, at)
  }
}

/** Shows a Reply where its gesture was made. */
async function show(
  reply: Reply,
  around: Around,
  at: Place,
  asked: Asked = {},
  start: Start | null = null,
): Promise<Answers> {
  if (reply.type === 'form')
    return { ...only(openForm(reply.card, aboveOf(reply), start, at)), shows: reply }
  if (reply.type === 'file') return only(await fileOf(reply, around, at))
  if (reply.type === 'reader') {
    const { assignmentId } = reply.reader
    return only(beside(drawPage(reply.reader, 0, null, at.said, assignmentId), at))
  }
  if (reply.type === 'export-form' || reply.type === 'import-form')
    return only(openAdminForm(reply, at))
  if (reply.type === 'nothing') return only({ type: 'nothing' })
  const drawn = drawMessage(reply, at.said, asked).components
  switch (surfaceOf(reply)) {
    case 'notice':
      return only(beside(drawn, at))
    case 'card':
    case 'message':
    case 'overview':
    case 'public':
      return { ...only(place(drawn, at)), shows: reply }
  }
}

/** An admin's form; the same as a message with a button where no form can open. */
function openAdminForm(reply: Reply & { type: 'export-form' | 'import-form' }, at: Place): Answer {
  const instead = () => beside(drawMessage(reply, at.said).components, at)
  if (!at.opens) return instead()
  const modal =
    reply.type === 'export-form'
      ? drawExportForm(reply.form, at.nonce, at.said)
      : drawImportForm(reply.dataset, at.nonce, at.said)
  return modal ? { type: 'modal', modal, instead } : instead()
}

/** A message with its file; a copy made for this one handing over is deleted afterwards. */
async function fileOf(reply: Reply & { type: 'file' }, around: Around, at: Place): Promise<Answer> {
  const body = drawMessage(reply, at.said, { ephemeral: at.ephemeral })
  const bytes = await around.readFile(reply.path)
  if (reply.once) await rm(reply.path, { force: true })
  return { type: 'message', body, files: [{ name: fileName(reply.name), bytes }] }
}

/**
 * The form of a card from a question on. The card with a button that opens it where none can open, and
 * where somebody who changes an answer could not read everything in it: no card is on their screen.
 */
function openForm(card: TaskCard, above: Above, asked: Start | null, at: Place): Answer {
  const start = asked ?? first
  const isBlind = card.editing && asked === null && !showsAll(card, start, at.said)
  const modal = at.opens && !isBlind ? drawForm(card, start, at.nonce, at.said) : null
  const hasStep = planStep(card, start).parts.length > 0
  const instead = () => place(drawCard(card, above, at.said, hasStep ? { go: start } : {}), at)
  return modal ? { type: 'modal', modal, instead } : instead()
}

/** The card as it is now, or what the inside says in place of it. */
async function cardOf(
  handle: Around['handle'],
  by: Person,
  { assignmentId, editing }: { assignmentId: string; editing: boolean },
): Promise<TaskCard | Reply> {
  const reply = await handle({ by, type: editing ? 'edit' : 'open', assignmentId })
  return reply.type === 'form' ? reply.card : reply
}

function onCard(card: TaskCard, above: Above, at: Place, state: At): Answers {
  return {
    ...only(place(drawCard(card, above, at.said, state), at)),
    shows: { type: 'task', card },
  }
}

/** One choice of a menu on the card: it commits, or waits with the others as a draft. */
async function pickFrom(
  { by, pick, chosen }: { by: Person; pick: Pick; chosen: readonly string[] },
  around: Around,
  at: Place,
): Promise<Answers> {
  const card = await cardOf(around.handle, by, pick)
  if ('type' in card) return show(card, around, at)
  const menu = menusOf(card).find((one) => one.at === pick.question)
  if (!menu || card.schemaVersion !== pick.schemaVersion) return onCard(card, {}, at, {})
  const { question } = menu
  const page = pagesOf(question, at.said)[pick.page] ?? []
  const { [question.name]: before, ...others } = card.values
  const value = pickOn(question, page, chosen, before)
  const values = { ...others, ...(value === undefined ? {} : { [question.name]: value }) }
  if (commitsAtOnce(menu)) return submit(by, pick, values, around, at)
  const { assignmentId, editing } = pick
  await around.handle({ by, type: 'draft', assignmentId, values, ...(editing ? { editing } : {}) })
  return onCard({ ...card, values }, {}, at, { page: pick.page })
}

/** Commits an answer; what is wrong with it stands above the card, with the way to mend it. */
async function submit(
  by: Person,
  on: { assignmentId: string; schemaVersion: number; editing: boolean },
  values: Record<string, unknown>,
  around: Around,
  at: Place,
): Promise<Answers> {
  const { assignmentId, schemaVersion, editing } = on
  const reply = await around.handle({ by, type: 'submit', assignmentId, schemaVersion, values })
  if (reply.type !== 'problems') return show(reply, around, at)
  const card = await cardOf(around.handle, by, { assignmentId, editing })
  if ('type' in card) return show(reply, around, at)
  const notice = Object.entries(reply.problems)
    .map(([name, problem]) => {
      const title = card.questions.find((one) => one.name === name)?.title
      return title === undefined ? problem : `${title}: ${problem}`
    })
    .join('\n')
  const start = startOf(card, Object.keys(reply.problems))
  return onCard(card, { notice }, at, start ? { go: start } : {})
}

/** The first of these questions that a form asks. */
function startOf(card: TaskCard, names: readonly string[]): Start | null {
  for (const [question, { name }] of card.questions.entries()) {
    if (!names.includes(name)) continue
    const { parts } = planStep(card, { question, part: 0 })
    if (parts[0]?.question === question) return { question, part: 0 }
  }
  return null
}

/** A form that was sent: its last step commits, the steps before are a draft. */
async function onForm(
  parsed: Extract<Parsed, { type: 'form' }>,
  around: Around,
  at: Place,
): Promise<Answers> {
  const { by, meta } = parsed
  const { assignmentId, schemaVersion, editing, next } = meta
  const shown = await around.shown(by, assignmentId, schemaVersion)
  if (!shown) return only(beside([textWithin(at.said.oldButton)], at))
  const { entered, problem } = await withFiles(parsed, around, at.said)
  const card = meta.isPart || problem ? await cardOf(around.handle, by, meta) : null
  if (card && 'type' in card) return show(card, around, at)
  const values = valuesOf(shown, entered, card?.values)
  if (!card) return submit(by, meta, values, around, at)
  const isUntapped = isTapped(card) && card.taps?.asks !== 'nothing'
  const hasMore = next !== null && planStep(card, next).parts.length > 0
  if (!problem && !hasMore && !isUntapped) return submit(by, meta, values, around, at)
  await around.handle({ by, type: 'draft', assignmentId, values, ...(editing ? { editing } : {}) })
  const notice = problem
    ? `${problem} ${at.said.typedKept}`
    : hasMore
      ? at.said.stepKept
      : at.said.tapKept
  // Read back, because an answer may bring other questions with it.
  const again = await cardOf(around.handle, by, meta)
  if ('type' in again) return show(again, around, at)
  const go = problem ? first : next
  return onCard(again, { notice }, at, go && hasStep(again, go) ? { go } : {})
}

function hasStep(card: TaskCard, start: Start): boolean {
  return planStep(card, start).parts.length > 0
}

function valuesOf(
  { questions, outputs }: ShownForm,
  entered: ReadonlyMap<string, Filled>,
  before: Values | undefined,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [at, question] of questions.entries()) {
    const was = before && Object.hasOwn(before, question.name) ? before[question.name] : undefined
    const value = readQuestion(question, at, entered, { outputs }, was)
    if (value !== undefined) values[question.name] = value
  }
  return values
}

/** The texts of the files that came with a form; a file that is none is a problem, not a loss. */
async function withFiles(
  { entered, files }: Extract<Parsed, { type: 'form' }>,
  around: Around,
  said: Words,
): Promise<{ entered: Map<string, Filled>; problem: string | null }> {
  const all = new Map(entered)
  let problem: string | null = null
  for (const [key, file] of files) {
    const text = await readText(file, around, said)
    if ('text' in text) all.set(key, { file: text.text })
    else problem = text.problem
  }
  return { entered: all, problem }
}

async function readText(
  { name, size, url }: Attachment,
  around: Around,
  said: Words,
): Promise<{ text: string } | { problem: string }> {
  if (!/\.(md|markdown|txt|text)$/i.test(name)) return { problem: said.fileNotText }
  if (size > budgets.answerFile) return { problem: said.fileTooLong }
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of around.download(url, budgets.answerFile)) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\u0000') ? { problem: said.fileNotText } : { text }
  } catch (error) {
    if (error instanceof TypeError) return { problem: said.fileNotText }
    around.log.warn({ err: error }, 'A file given as an answer could not be read.')
    return { problem: said.fileNotRead }
  }
}

/** One page of a text, in a reader of its own or in place of the page before; or all of it as a file. */
async function read(
  parsed: Extract<Parsed, { type: 'read' }>,
  around: Around,
  at: Place,
): Promise<Answer> {
  const { page, as, ref } = parsed
  const found = await findText(parsed, around)
  if ('type' in found) return beside(drawMessage(found, at.said).components, at)
  const { assignmentId, schemaVersion } = parsed.on
  if (as === 'file') {
    const name = fileName(`${found.title}.md`)
    const bytes = new TextEncoder().encode(fileText(found.content, at.said))
    const body: MessageBody = {
      ...message([{ type: 13, file: { url: `attachment://${name}` } }], at.ephemeral),
      attachments: [{ id: '0', filename: name }],
    }
    return { type: 'message', body, files: [{ name, bytes }] }
  }
  const drawn = drawPage(found, page, { ref, schemaVersion }, at.said, assignmentId)
  return as === 'turn' ? place(drawn, at) : beside(drawn, at)
}

type Told = Exclude<Reply, { type: 'nothing' | 'reader' }>

async function findText(
  { by, on, ref, part, view }: Extract<Parsed, { type: 'read' }>,
  { handle, shown }: Around,
): Promise<Omit<Reader, 'assignmentId'> | Told> {
  const { assignmentId, schemaVersion } = on
  if ('legend' in ref) {
    const form = await shown(by, assignmentId, schemaVersion)
    const question = form?.questions[ref.legend]
    if (question) return { title: question.title, content: legendOf(question) ?? question.title }
  }
  let asked = part
  if ('passage' in ref && !asked) {
    const card = await cardOf(handle, by, { assignmentId, editing: false })
    const name = 'type' in card ? undefined : card.passages[ref.passage]?.name
    asked = name === undefined ? null : { field: name }
  }
  const reply =
    'guidelines' in ref
      ? await handle({ by, type: 'guidelines', assignmentId })
      : await handle({
          ...{ by, type: 'read', assignmentId, part: asked ?? { field: '' } },
          ...(view ? { view } : {}),
        })
  if (reply.type === 'reader') {
    const { title, content, rendering } = reply.reader
    return { title, content, ...(rendering ? { rendering } : {}) }
  }
  return reply.type === 'nothing' ? { type: 'notice', text: '…' } : reply
}

/** What an admin does with a dataset from its panel; a labeler reads its guidelines from home. */
async function ofDataset(
  { gesture, act, dataset, page, turn }: Extract<Parsed, { type: 'of' }>,
  around: Around,
  at: Place,
): Promise<Answers> {
  const reply = await around.handle(gesture)
  if (reply.type === 'reader') {
    const turnTo = (to: number) => ofId('guidelines', dataset, to)
    const drawn = drawPage(reply.reader, page, turnTo, at.said)
    return only(turn ? place(drawn, at) : beside(drawn, at))
  }
  if (reply.type === 'notice' && (act === 'publish' || act === 'pause'))
    return only(place(await panel(around.handle, gesture.by, dataset, reply.text, at.said), at))
  return show(reply, around, at)
}

async function panel(
  handle: Around['handle'],
  by: Person,
  name: string,
  notice: string | undefined,
  said: Words,
): Promise<Component[]> {
  const reply = await handle({ by, type: 'home' })
  if (reply.type !== 'home')
    return [textWithin(reply.type === 'notice' ? reply.text : (notice ?? said.broken))]
  const dataset = reply.home.admin?.datasets.find((one) => one.name === name)
  return dataset ? drawPanel(dataset, notice, said) : drawHome(reply.home, notice, said)
}

/** A file of records: the worker fetches it, and tells in private what became of it. */
async function importFile(
  { by, dataset, file, most }: Extract<Parsed, { type: 'import' }>,
  around: Around,
  at: Place,
): Promise<Answers> {
  const say = (text: string) => only(beside([textWithin(text)], at))
  // Whoever may not import is told so before anything is asked about a file.
  const may = await around.handle({ by, type: 'admin-import-form', dataset })
  if (may.type !== 'import-form') return show(may, around, at)
  if (!file) return say(at.said.fileMissing)
  if (!/\.((jsonl|ndjson|json|csv|tsv)(\.gz)?|parquet)$/i.test(file.name))
    return say(at.said.fileWrongKind)
  if (file.size > Math.max(most, budgets.importFile)) return say(at.said.fileTooLarge)
  const { name, size, url: ref } = file
  const reply = await around.handle({
    ...{ by, type: 'admin-import', dataset: may.dataset.name },
    file: { name, size, ref },
  })
  return show(reply, around, { ...at, updates: false, opens: false })
}

/** What may stand in the option that is being typed. */
async function suggest(
  { by, ask }: Extract<Parsed, { type: 'autocomplete' }>,
  handle: Around['handle'],
): Promise<{ name: string; value: string }[]> {
  const known =
    ask.option === 'dataset'
      ? await datasetsFor(by, ask.admin, handle)
      : await exportWords(by, ask, handle)
  const typed = ask.text.toLowerCase()
  const rank = ({ name, value }: { name: string; value: string }) => {
    const all = [value.toLowerCase(), name.toLowerCase()]
    if (all.some((one) => one.startsWith(typed))) return 0
    return all.some((one) => one.includes(typed)) ? 1 : 2
  }
  return known
    .filter((one) => rank(one) < 2 && one.value.length <= limits.choiceText)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, limits.choices)
    .map(({ name, value }) => ({ name: [...name].slice(0, limits.choiceText).join(''), value }))
}

async function datasetsFor(
  by: Person,
  admin: boolean,
  handle: Around['handle'],
): Promise<{ name: string; value: string }[]> {
  const reply = await handle(admin ? { by, type: 'home' } : { by, type: 'datasets' })
  const found =
    reply.type === 'choices'
      ? reply.choices
      : reply.type === 'welcome'
        ? reply.welcome.datasets
        : reply.type === 'home'
          ? (reply.home.admin?.datasets ?? [])
          : []
  return found.map(({ name, title }) => ({
    name: title === name ? name : `${name}: ${title}`,
    value: name,
  }))
}

async function exportWords(
  by: Person,
  { option, dataset }: { option: string; dataset: string | null },
  handle: Around['handle'],
): Promise<{ name: string; value: string }[]> {
  if (dataset === null) return []
  const reply = await handle({ by, type: 'admin-export-form', dataset })
  if (reply.type !== 'export-form') return []
  if (option === 'format')
    return reply.form.formats.map(({ name, about }) => ({ name: `${name}: ${about}`, value: name }))
  const known = reply.form.formats
    .flatMap(({ options }) => options)
    .find(({ name }) => name === option)
  return (known?.values ?? []).map((value) => ({ name: value, value }))
}

/** In place of the private message it was made on; else a new one. */
function place(components: Component[], at: Place): Answer {
  return at.updates
    ? { type: 'update', body: message(components), files: [] }
    : beside(components, at)
}

function beside(components: Component[], at: Place): Answer {
  return { type: 'message', body: message(components, at.ephemeral), files: [] }
}

function only(answer: Answer): Answers {
  return { first: answer, more: [] }
}
