/**
 * Draws the texts to read: passages, outputs, what options mean. Text that does not fit is never cut
 * silently: it says "part 1 of 4", and a button opens all of it in a reader, page by page. Pure.
 */
import { turnsOf } from '../../../../src/chat/cards/content.ts'
import type { Content, ReaderPart, TaskCard } from '../../../../src/chat/port/port.ts'
import { share } from '../../../../src/chat/text.ts'
import { sayView } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { readBlocks } from '../../../../src/markdown/read.ts'
import { type Rendering, rendererVersion } from '../../../../src/markdown/tree.ts'
import { askedQuestions } from '../../../../src/questions/values.ts'
import { budgets } from '../../limits.ts'
import { isDrawable } from '../../receive/ids.ts'
import { readId, type TextRef } from '../../receive/task-ids.ts'
import { displaySize, renderedPieces, renderedWithin, sizeOf, writtenOnce } from '../budget.ts'
import { type Button, bold, button, type Component, markdown, rows, small } from '../components.ts'
import { escapeDiscord } from '../escape.ts'
import { legendOf } from '../questions/legend.ts'

/** One text of a card; the reader that `ref` opens shows all of `content`. */
export type Text = {
  title: string
  ref: TextRef
  content: Content
  rendering?: Rendering | undefined
}

/** A text as the card shows it: whole, or its start. */
export type Reading = { text: Text; drawn: string; isWhole: boolean }

/** Everything on a card that is to be read: passages, outputs, then what options mean. */
export function textsOf(card: TaskCard, said: Words): Text[] {
  return [...passagesOf(card), ...outputsOf(card, said), ...legendsOf(card, said)]
}

export function passagesOf({
  passages,
  rendering,
}: Pick<TaskCard, 'passages' | 'rendering'>): Text[] {
  return passages.map(({ name, title, content }, passage) => ({
    title,
    ref: { field: name, passage },
    content,
    rendering,
  }))
}

export function outputsOf(
  { outputs, rendering }: Pick<TaskCard, 'outputs' | 'rendering'>,
  said: Words,
): Text[] {
  return outputs.map(({ letter, content }, output) => ({
    title: said.output(letter),
    ref: { output },
    content,
    rendering,
  }))
}

/** What the options of a question mean; the question itself is above its controls. */
export function legendsOf({ questions, values }: TaskCard, said: Words): Text[] {
  const asked = askedQuestions(questions, values)
  return questions.flatMap((question, legend) => {
    const content = asked.has(question.name) ? legendOf(question) : null
    return content === null ? [] : [{ title: said.legend, ref: { legend }, content }]
  })
}

/** Distributes the size: short texts get all they need, the others share evenly. */
export function drawReadings(texts: readonly Text[], size: number, said: Words): Reading[] {
  const needs = texts.map((text) => needOf(text, said))
  const given = share(needs, size)
  return texts.map((text, i) => drawReading(text, given[i] ?? 0, said))
}

/** Opens a text in full. */
export function readButton(
  card: Pick<TaskCard, 'assignmentId' | 'schemaVersion'>,
  text: Text,
  said: Words,
): Button {
  return button(said.readAll(text.title), readTextId(card, text))
}

/** A field's name may be too long for Discord's ids: then its place on the card is used. */
export function readTextId(
  card: Pick<TaskCard, 'assignmentId' | 'schemaVersion'>,
  { ref }: Text,
): string {
  const id = readId(card, ref, 0, 'new')
  if (isDrawable(id) || !('passage' in ref)) return id
  return readId(card, { passage: ref.passage }, 0, 'new')
}

/** A text in pages of Markdown; a page is drawn only when it is opened. */
export function drawPages(
  content: Content,
  said: Words,
  rendering: Rendering = rendererVersion,
): { raw: string; draw: () => string }[] {
  const pages: { raw: string; draw: () => string }[] = []
  let size = 0
  for (const { role, text } of turnsOf(content, said)) {
    const head = role === null ? '' : `${bold(role)}\n`
    const isEmpty = text.trim() === ''
    const pieces = isEmpty
      ? [{ raw: text, size: sizeOf(said.empty), draw: () => said.empty }]
      : renderedPieces(text, budgets.page, rendering)
    for (const [i, piece] of pieces.entries()) {
      const draw = () => {
        const drawn = piece.draw()
        return `${i === 0 ? head : ''}${drawn.trim() === '' ? '…' : drawn}`
      }
      const more = piece.size + (i === 0 ? sizeOf(head) : 0)
      const last = pages.at(-1)
      // A turn is added to the previous page if it fits there completely.
      if (last && i === 0 && pieces.length === 1 && size + more * 1.2 + 60 <= budgets.page) {
        const before = last.draw
        last.raw += piece.raw
        last.draw = () => `${before()}\n\n${draw()}`
        size += more * 1.2 + 60
      } else {
        pages.push({ raw: piece.raw, draw })
        size = more * 1.2 + 60
      }
    }
  }
  return pages
}

function headOf(text: Text, rest = ''): string {
  return `${bold(text.title, 100)}${rest === '' ? '' : ` · ${escapeDiscord(rest)}`}`
}

/** The size of a whole text; for a long one only that it exceeds the limit. */
function needOf(text: Text, said: Words): number {
  const whole = wholeOf(text, said)
  return whole === null ? budgets.size : whole.size + displaySize
}

/** A text in full, and its size; null when it cannot fit a message. */
function wholeOf(text: Text, said: Words): { lines: string[]; size: number } | null {
  const turns = turnsOf(text.content, said)
  if (turns.reduce((sum, turn) => sum + turn.text.length, 0) > budgets.size) return null
  const lines: string[] = []
  let cost = 0
  const add = ({ drawn, cost: more }: { drawn: string; cost: number }) => {
    lines.push(drawn)
    cost += more + 1
  }
  const addOwn = (drawn: string) => add({ drawn, cost: sizeOf(drawn) })
  addOwn(headOf(text))
  for (const { role, text: words } of turns) {
    if (role !== null) addOwn(bold(role))
    if (words.trim() === '') addOwn(said.empty)
    else add(writtenOnce(readBlocks(words, text.rendering)))
  }
  return { lines, size: Math.ceil(cost) }
}

function drawReading(text: Text, size: number, said: Words): Reading {
  const whole = wholeOf(text, said)
  if (whole !== null && whole.size + displaySize <= size)
    return { text, drawn: whole.lines.join('\n'), isWhole: true }
  const { rendering } = text
  const turns = turnsOf(text.content, said)
  const lines: string[] = []
  // The title with "part 1 of 40", and the display's fixed size.
  let left = size - sizeOf(headOf(text, said.partOf(1, 9999))) - displaySize - 2
  let shown = 0
  for (const { role, text: words } of turns) {
    const head = role === null ? '' : `${bold(role)}\n`
    const room = left - sizeOf(head) - 3
    if (room < 10) break
    const isEmpty = words.trim() === ''
    const {
      drawn,
      isWhole,
      shown: some,
    } = isEmpty
      ? { drawn: said.empty, isWhole: true, shown: 0 }
      : renderedWithin(words, room, rendering)
    if (drawn.trim() === '') break
    const isAll = isWhole || isEmpty
    lines.push(`${head}${drawn}${isAll || drawn.endsWith('```') ? '' : '…'}`)
    left = room - sizeOf(drawn)
    shown += some
    if (!isAll) break
  }
  const all = turns.reduce((sum, turn) => sum + turn.text.length, 0)
  const of = Math.max(2, Math.ceil(all / Math.max(1, shown)))
  return { text, drawn: [headOf(text, said.partOf(1, of)), ...lines].join('\n'), isWhole: false }
}

/** One page of a long text, with buttons to the others; `turn` is null where there are none. */
export function drawPage(
  { title, content, rendering }: Pick<Text, 'title' | 'content' | 'rendering'>,
  page: number,
  turn: { ref: TextRef; schemaVersion: number } | ((page: number) => string) | null,
  said: Words,
  assignmentId = '',
): Component[] {
  const pages = drawPages(content, said, rendering)
  const at = Math.min(page, pages.length - 1)
  const view = rendering && (rendering === 'raw' ? 'raw' : 'formatted')
  const idOf = (to: number): string | null => {
    if (turn === null) return null
    if (typeof turn === 'function') return turn(to)
    return readId({ assignmentId, schemaVersion: turn.schemaVersion }, turn.ref, to, 'turn', view)
  }
  const buttonTo = (to: number, text: string) => {
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
  const other = view === 'raw' ? 'formatted' : 'raw'
  const otherwise =
    turn !== null && typeof turn !== 'function' && readerPart(turn.ref) !== null
      ? [
          button(
            sayView(other, said),
            readId({ assignmentId, schemaVersion: turn.schemaVersion }, turn.ref, 0, 'turn', other),
          ),
        ]
      : []
  const buttons = [
    ...buttonTo(at - 1, said.previousPage),
    ...buttonTo(at + 1, said.nextPage),
    ...[...file, ...otherwise].filter((one) => isDrawable(one.custom_id)),
  ]
  return [
    markdown(bold(title, 100)),
    markdown(pages[at]?.draw() ?? said.empty),
    ...(pages.length > 1 ? [markdown(small(said.pageOf(at + 1, pages.length)))] : []),
    ...rows(buttons),
  ]
}

/** The reference the core needs, if it is a text of the record. */
export function readerPart(ref: TextRef): ReaderPart | null {
  if ('field' in ref) return { field: ref.field }
  if ('all' in ref) return ref
  return 'output' in ref ? { output: ref.output } : null
}
