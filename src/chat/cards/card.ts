/** Builds a task card: a record as one labeler sees it, outputs under blind letters in the stored order. */
import type { Assignment, TextView } from '../../assignments/assignment.ts'
import type { Dataset, DatasetDocument } from '../../datasets/document.ts'
import { isWriting } from '../../datasets/writing.ts'
import { type Rendering, rendererVersion } from '../../markdown/tree.ts'
import { prefilledValues } from '../../questions/prefill.ts'
import type { Question } from '../../questions/question.ts'
import { letterOf, type Values } from '../../questions/values.ts'
import { isMedia, mediaLink } from '../../records/media.ts'
import { wordsOf } from '../../records/message.ts'
import type { Content, RecordOutput, RecordSuggestions } from '../../records/record-line.ts'
import type { Reader, ReaderPart, Content as ShownContent, TaskCard } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import { outputContent } from './content.ts'
import { pressesFor } from './presses.ts'
import { shownContent } from './shown-chat.ts'
import { suggestedValues, suggestionLine } from './suggested.ts'
import { buildTapPanel, tapQuestion } from './taps.ts'

/** What a card is made of; an assignment brings it, and a preview without one. */
export type CardSource = {
  assignmentId: string
  schemaVersion: number
  document: DatasetDocument
  fields: Readonly<Record<string, Content>>
  outputs: readonly RecordOutput[]
  suggestions: RecordSuggestions
  suggestionsShown: boolean
  shownOrder: readonly string[]
  view: TextView
  /** The earlier answer or draft to start from. */
  values: Values
  editing: boolean
  ballot?: TaskCard['ballot']
  /** How many answers this labeler gave to the dataset so far, and how long they took in all. */
  tally: Pick<Assignment['tally'], 'submitted' | 'seconds'> & Partial<Assignment['tally']>
}

/** The card of an assignment, as today's document has it or as an older button knew it. */
export function cardOf(
  assignment: Assignment,
  dataset: Dataset,
  document = dataset.document,
): TaskCard {
  return buildTaskCard(sourceOf(assignment, dataset, document))
}

export function sourceOf(
  assignment: Assignment,
  dataset: Dataset,
  document = dataset.document,
): CardSource {
  const { record, response } = assignment
  return {
    assignmentId: assignment.assignmentId,
    schemaVersion: dataset.schemaVersion,
    document,
    fields: record.fields,
    outputs: record.outputs,
    suggestions: record.suggestions,
    suggestionsShown: assignment.suggestionsShown,
    shownOrder: assignment.shownOrder,
    view: assignment.rendering,
    values: response?.draft ?? response?.values ?? {},
    editing: response?.status === 'submitted',
    ballot: assignment.ballot ?? null,
    tally: assignment.tally,
  }
}

export function buildTaskCard(source: CardSource): TaskCard {
  const { document, tally } = source
  const questions = askedOf(document.questions, source.shownOrder.length)
  const suggestion = source.suggestionsShown && !source.editing ? suggestionLine(source) : null
  const onPage = asksPage(document)
  return {
    assignmentId: source.assignmentId,
    schemaVersion: source.schemaVersion,
    dataset: {
      name: document.name,
      title: document.title,
      guidelines: document.guidelines ?? null,
    },
    passages: passagesOf(source),
    outputs: source.shownOrder.flatMap((id, place) => {
      const output = source.outputs.find((one) => one.id === id)
      return output ? [{ letter: letterOf(place), id, content: shownOutput(output, source) }] : []
    }),
    questions,
    values: {
      ...prefilledValues(questions, source.fields),
      ...suggestedHere(source),
      ...source.values,
    },
    ...(suggestion === null ? {} : { suggestion }),
    presses: onPage ? [] : pressesFor(questions, source.shownOrder),
    taps: onPage ? null : tapsOf(questions, source),
    ...(onPage ? { onPage } : {}),
    progress: {
      submitted: doneOf(tally),
      assigned: tally.goal ?? document.per_labeler ?? null,
      minutes: tally.submitted >= 3 ? tally.seconds / tally.submitted / 60 : guessMinutes(source),
    },
    editing: source.editing,
    ...renderingOf(source.view),
    ...(isWriting(document) ? { writes: tally.submitted > 0 ? 'another' : 'first' } : {}),
    ballot: source.ballot ?? null,
  }
}

/** Marks in a text, pictures and sound: chats show and ask none of them. */
export function asksPage({ questions, fields }: Pick<DatasetDocument, 'questions' | 'fields'>) {
  const shown: readonly { type: string }[] = fields
  return questions.some(({ type }) => type === 'span') || shown.some(({ type }) => isMedia(type))
}

/** Of a batch what was answered or skipped since it began, else every answer to the dataset. */
function doneOf({ submitted, discarded = 0, goal, goalFrom = 0 }: CardSource['tally']): number {
  return goal === null || goal === undefined ? submitted : submitted + discarded - goalFrom
}

/** None while editing (a form is open then), and none where a suggested ranking stands in the form. */
function tapsOf(questions: readonly Question[], source: CardSource): TaskCard['taps'] {
  if (source.editing) return null
  const asked = tapQuestion(questions, source.shownOrder)
  if (!asked || Object.hasOwn(suggestedHere(source), asked.name)) return null
  return buildTapPanel(questions, source.shownOrder, source.values)
}

/** A card that says nothing is rendered. */
function renderingOf(view: TextView): { rendering?: Rendering } {
  return view === 'raw' ? { rendering: 'raw' } : {}
}

/** One text of the record in full, for a reader view; as the card has it, or as `view` asks. */
export function buildReader(source: CardSource, part: ReaderPart, view?: TextView): Reader | null {
  const content = readingOf(source, part)
  const rendering: Pick<Reader, 'rendering'> =
    view === 'formatted' ? { rendering: rendererVersion } : renderingOf(view ?? source.view)
  return content && { assignmentId: source.assignmentId, ...content, ...rendering }
}

function readingOf(source: CardSource, part: ReaderPart): Pick<Reader, 'title' | 'content'> | null {
  if ('all' in part) return allTexts(source)
  if ('field' in part) {
    const field = source.document.fields.find((one) => one.name === part.field)
    const content = ownField(source.fields, part.field)
    return field && content !== undefined
      ? { title: field.title, content: shownContent(content, chatsOf(source)) }
      : null
  }
  const output = outputsOf(source).find(({ place }) => place === part.output)
  return output ? { title: output.title, content: output.content } : null
}

function outputsOf(source: CardSource) {
  const { outputs, shownOrder } = source
  return shownOrder.flatMap((id, place) => {
    const output = outputs.find((one) => one.id === id)
    const title = spoken().output(letterOf(place))
    return output ? [{ place, title, content: shownOutput(output, source) }] : []
  })
}

/** An output as it reads below the record's fields, whose calls it may answer. */
function shownOutput(output: RecordOutput, source: CardSource): ShownContent {
  return outputContent(output, spoken(), chatsOf(source))
}

function chatsOf({ fields }: Pick<CardSource, 'fields'>): Content[] {
  return Object.values(fields)
}

/** One text as it is; several one after another, each under its name. */
function allTexts(source: CardSource): Pick<Reader, 'title' | 'content'> {
  const texts: Pick<Reader, 'title' | 'content'>[] = [...passagesOf(source), ...outputsOf(source)]
  const [only, more] = texts
  if (only && !more) return { title: only.title, content: only.content }
  return {
    title: source.document.title,
    content: texts.flatMap(({ title, content }) =>
      typeof content === 'string'
        ? [{ role: title, content }]
        : content.map((one) => ({ ...one, role: `${title} · ${one.role}` })),
    ),
  }
}

export function passagesOf(source: Pick<CardSource, 'document' | 'fields'>): TaskCard['passages'] {
  return source.document.fields.flatMap(({ name, title, type }) => {
    const held = ownField(source.fields, name)
    const media = isMedia(type) ? type : null
    const link = held !== undefined && media ? mediaLink(held) : null
    // Platforms draw no image of elsewhere: a link here, the image on the page of the task.
    const content = link === null ? held : `[${title.replace(/[\\[\]]/g, '')}](<${link}>)`
    return content === undefined || content === ''
      ? []
      : [
          {
            ...{ name, title },
            content: plainWhenAlone(shownContent(content, chatsOf(source))),
            ...(media && link !== null ? { media } : {}),
          },
        ]
  })
}

/** Where forms start: what a model suggests, where this card shows it. */
function suggestedHere(source: CardSource): Values {
  return source.suggestionsShown ? suggestedValues(source, 'before') : {}
}

/** The questions that this number of outputs allows: none to judge without outputs, no ranking of one. */
export function askedOf(questions: readonly Question[], outputs: number): Question[] {
  return questions.filter((question) =>
    question.type === 'ranking' ? outputs > 1 : question.of === 'record' || outputs > 0,
  )
}

/** A chat of one message by the user reads as the text it is. */
function plainWhenAlone(content: ShownContent): ShownContent {
  const [only, more] = typeof content === 'string' ? [] : content
  return only?.role === 'user' && !more ? only.content : content
}

function storedContent(output: RecordOutput): Content {
  return output.text ?? output.messages ?? ''
}

function ownField(fields: Readonly<Record<string, Content>>, name: string): Content | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

/** Reading at 230 words a minute, and a little for each question (typing takes longer). */
function guessMinutes(source: CardSource): number {
  const texts = [...Object.values(source.fields), ...source.outputs.map(storedContent)]
  const words = texts.reduce((sum, text) => sum + wordsIn(text), 0)
  const answering = source.document.questions.reduce(
    (sum, question) => sum + (question.type === 'text' && question.required ? 2 : 0.15),
    0,
  )
  return words / 230 + answering
}

function wordsIn(content: Content): number {
  const text = typeof content === 'string' ? content : content.map(wordsOf).join(' ')
  return text.length / 6
}
