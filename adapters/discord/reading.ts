/**
 * Draws what is to be read: passages, outputs, what options mean. What has no room is never cut
 * silently: it says "part 1 of 4", and a button opens all of it in a reader, page by page. Pure.
 */
import type { Content, ReaderPart, TaskCard } from '../../src/chat/port.ts'
import type { Words } from '../../src/chat/words.ts'
import { askedQuestions } from '../../src/questions/values.ts'
import { drawnSize, piecesWithin, sizeOf, startWithin } from './budget.ts'
import { type Button, bold, brief, button } from './components.ts'
import { escapeDiscord } from './escape.ts'
import { isDrawable, readId, type TextRef } from './ids.ts'
import { budgets } from './limits.ts'
import { legendOf } from './questions.ts'

/** One text of a card; `content` is told in full by the reader that `ref` opens. */
export type Text = { title: string; ref: TextRef; content: Content }

/** A text as the card shows it: whole, or its start. */
export type Reading = { text: Text; drawn: string; isWhole: boolean }

/** Everything on a card that is to be read: passages, outputs, then what options mean. */
export function textsOf(card: TaskCard, said: Words): Text[] {
  return [...passagesOf(card), ...outputsOf(card, said), ...legendsOf(card)]
}

export function passagesOf({ passages }: TaskCard): Text[] {
  return passages.map(({ name, title, content }, passage) => ({
    title,
    ref: { field: name, passage },
    content,
  }))
}

export function outputsOf({ outputs }: TaskCard, said: Words): Text[] {
  return outputs.map(({ letter, content }, output) => ({
    title: said.output(letter),
    ref: { output },
    content,
  }))
}

export function legendsOf({ questions, values }: TaskCard): Text[] {
  const asked = askedQuestions(questions, values)
  return questions.flatMap((question, legend) => {
    const content = asked.has(question.name) ? legendOf(question) : null
    return content === null ? [] : [{ title: brief(question.title, 60), ref: { legend }, content }]
  })
}

/** Deals the size out: the modest get all they need, the rest share evenly. */
export function drawReadings(texts: readonly Text[], size: number, said: Words): Reading[] {
  const needs = texts.map((text) => needOf(text, said))
  const given = share(needs, size)
  return texts.map((text, i) => drawReading(text, given[i] ?? 0, said))
}

/** The least that texts can be drawn in: their titles and a few words each. */
export function leastSize(texts: readonly Text[]): number {
  return texts.reduce((sum, { title }) => sum + drawnSize(title) + 60, 0)
}

/** Opens a text in full. */
export function readButton(
  card: Pick<TaskCard, 'assignmentId' | 'schemaVersion'>,
  text: Text,
  said: Words,
): Button {
  return button(said.readAll(text.title), readTextId(card, text))
}

/** Names of fields may be longer than Discord's ids: then their place on the card stands for them. */
export function readTextId(
  card: Pick<TaskCard, 'assignmentId' | 'schemaVersion'>,
  { ref }: Text,
): string {
  const id = readId(card, ref, 0, 'new')
  if (isDrawable(id) || !('passage' in ref)) return id
  return readId(card, { passage: ref.passage }, 0, 'new')
}

/** A text in pages; each is drawn Markdown of at most the size of a page. */
export function drawPages(content: Content, said: Words): { raw: string; drawn: string }[] {
  const pages: { raw: string; drawn: string }[] = []
  let size = 0
  for (const { role, text } of turnsOf(content, said)) {
    const head = role === null ? '' : `${bold(role)}\n`
    const pieces =
      text.trim() === '' ? [{ raw: text, drawn: said.empty }] : piecesWithin(text, budgets.page)
    for (const [i, piece] of pieces.entries()) {
      const drawn = `${i === 0 ? head : ''}${piece.drawn.trim() === '' ? '…' : piece.drawn}`
      const more = sizeOf(drawn)
      const last = pages.at(-1)
      // A turn goes on the page before where it fits as a whole.
      if (last && i === 0 && pieces.length === 1 && size + more + 2 <= budgets.page) {
        last.raw += piece.raw
        last.drawn += `\n\n${drawn}`
        size += more + 2
      } else {
        pages.push({ raw: piece.raw, drawn })
        size = more
      }
    }
  }
  return pages
}

/** A text as a file tells it: as it is stored, a chat with the names of who speaks. */
export function fileText(content: Content, said: Words): string {
  const turns = turnsOf(content, said)
  return turns
    .map(({ role, text }) => (role === null ? text : `## ${role}\n\n${text}\n`))
    .join('\n')
}

type Turn = { role: string | null; text: string }

function turnsOf(content: Content, said: Words): Turn[] {
  if (typeof content === 'string') return [{ role: null, text: content }]
  if (content.length === 0) return [{ role: null, text: '' }]
  return content.map(({ role, content: text }) => ({ role: sayRole(role, said), text }))
}

function sayRole(role: string, said: Words): string {
  if (role === 'user') return said.user
  if (role === 'assistant') return said.assistant
  return role === 'system' ? said.system : role
}

function headOf(text: Text, rest = ''): string {
  return `${bold(text.title)}${rest === '' ? '' : ` · ${escapeDiscord(rest)}`}`
}

function needOf(text: Text, said: Words): number {
  const body = turnsOf(text.content, said).reduce(
    (sum, turn) => sum + drawnSize(turn.text.slice(0, 8000)) + drawnSize(turn.role ?? '') + 8,
    0,
  )
  return drawnSize(text.title) + body
}

function share(needs: readonly number[], total: number): number[] {
  const given = needs.map(() => 0)
  let left = total
  let open = needs.map((_, i) => i)
  while (open.length > 0 && left >= open.length) {
    const each = Math.floor(left / open.length)
    for (const i of open) {
      const more = Math.min(each, (needs[i] ?? 0) - (given[i] ?? 0))
      given[i] = (given[i] ?? 0) + more
      left -= more
    }
    open = open.filter((i) => (given[i] ?? 0) < (needs[i] ?? 0))
  }
  return given
}

function drawReading(text: Text, size: number, said: Words): Reading {
  const turns = turnsOf(text.content, said)
  const lines: string[] = []
  // The title with "part 1 of 40", and what the display itself costs.
  let left = size - drawnSize(`${text.title} ${said.partOf(1, 9999)}`) - 12
  let shown = 0
  let isWhole = true
  for (const { role, text: words } of turns) {
    const head = role === null ? '' : `${bold(role)}\n`
    const room = left - sizeOf(head) - 2
    if (words.trim() === '') {
      lines.push(`${head}${said.empty}`)
      left = room - sizeOf(said.empty)
      continue
    }
    if (room < 20 && sizeOf(words.slice(0, 100)) > room) {
      isWhole = false
      break
    }
    const { raw, drawn } = startWithin(words, room)
    isWhole = raw === words
    if (drawn.trim() === '') break
    lines.push(`${head}${drawn}${isWhole || drawn.endsWith('```') ? '' : '…'}`)
    left = room - sizeOf(drawn)
    shown += raw.length
    if (!isWhole) break
  }
  if (isWhole) return { text, drawn: [headOf(text), ...lines].join('\n'), isWhole }
  const all = turns.reduce((sum, turn) => sum + turn.text.length, 0)
  const of = Math.max(2, Math.ceil(all / Math.max(1, shown)))
  return { text, drawn: [headOf(text, said.partOf(1, of)), ...lines].join('\n'), isWhole }
}

/** What the inside is asked for, where it is a text of the record's. */
export function readerPart(ref: TextRef): ReaderPart | null {
  if ('field' in ref) return { field: ref.field }
  return 'output' in ref ? { output: ref.output } : null
}
