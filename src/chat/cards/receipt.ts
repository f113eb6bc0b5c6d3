/** What labelers read once an answer is saved, with Undo and Edit. */
import type { Assignment, FoundAssignment } from '../../assignments/assignment.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import type { Labeler } from '../../labelers/labeler.ts'
import { firstWordsOf } from '../../markdown/read.ts'
import type { Parley } from '../../parley.ts'
import { askedQuestions, type Values } from '../../questions/values.ts'
import { wordsOf } from '../../records/message.ts'
import type { Content } from '../../records/record-line.ts'
import { listHistory } from '../../responses/history.ts'
import { readOwnWords, skipReasons } from '../../responses/reason.ts'
import type { HeldAssignment } from '../../responses/submit.ts'
import type { Receipt } from '../port/port.ts'
import { firstWords } from '../text.ts'
import { spoken } from '../words/words.ts'
import { improvableOf } from './improve.ts'
import { revealOf } from './suggested.ts'
import { summarize } from './summary.ts'

/** The receipt of an answer as it is now; a ballot's receipt shows until when it can be changed. */
export function receiptFor(
  found: HeldAssignment,
  summary: string,
  canEdit: boolean,
  { revision, values }: { revision?: number | undefined; values?: Values } = {
    revision: found.response?.revision,
  },
): Receipt {
  const given = values ?? found.response?.values ?? {}
  const improve = canEdit ? improvableOf(found, given) : []
  const reveal = canEdit ? revealOf(found, given, revision) : null
  return {
    assignmentId: found.assignmentId,
    ...(revision === undefined ? {} : { revision }),
    dataset: { name: found.dataset.name, title: found.dataset.document.title },
    summary: [onRecord(summary, found), ...(reveal ? [reveal.line] : [])].join('\n'),
    ...(reveal?.adopt ? { adopt: reveal.adopt } : {}),
    canUndo: true,
    canEdit,
    ...moreOf(found, given, canEdit),
    ...(improve.length > 0 ? { improve } : {}),
    ...(found.ballot ? { until: found.ballot.closesAt } : {}),
  }
}

/** A summary with the record it is about, so that it is not taken for the next one. */
export function onRecord(summary: string, found: HeldAssignment) {
  const about = found.about ?? (found.record ? aboutRecord(found.document, found.record) : '')
  return about === '' ? summary : spoken().savedOn(summary, about)
}

/** What a record is known by: the first words of its first text. */
export function aboutRecord(
  { fields }: DatasetDocument,
  record: Pick<Assignment['record'], 'fields'>,
): string {
  for (const { name } of fields) {
    const content = Object.hasOwn(record.fields, name) ? record.fields[name] : undefined
    const words = content === undefined ? '' : firstWordsOf(lastWords(content), 40)
    if (words !== '') return words
  }
  return ''
}

function lastWords(content: Content): string {
  if (typeof content === 'string') return content
  const last = content.at(-1)
  return last ? wordsOf(last) : ''
}

/** Whether optional questions that apply to an answer have none yet. */
function moreOf({ document }: HeldAssignment, values: Values, isAnswer: boolean) {
  if (!isAnswer) return {}
  const asked = askedQuestions(document.questions, values)
  const open = document.questions.filter(
    ({ name, required, type }) =>
      !required && type !== 'span' && asked.has(name) && values[name] === undefined,
  )
  if (open.length === 0) return {}
  return { asksMore: open.every(({ type }) => type === 'text') ? 'why' : 'more' } as const
}

export function isDone(found: Pick<FoundAssignment, 'status'>): boolean {
  return found.status === 'submitted' || found.status === 'discarded'
}

/** The receipt of what is done. */
export function receiptOf(found: HeldAssignment): Receipt {
  return receiptFor(found, savedText(found), found.status === 'submitted')
}

/** The answer before this card, while it can be taken back: its line stays above the card. */
export async function lastReceipt(
  parley: Parley,
  labeler: Pick<Labeler, 'id'>,
  found: FoundAssignment,
): Promise<Receipt | null> {
  const [last] = await listHistory(parley, labeler, { limit: 1 })
  if (!last?.canUndo || last.datasetId !== found.datasetId) return null
  const past = { ...last, dataset: found.dataset, document: found.dataset.document }
  return receiptFor(past, savedText(past), past.response?.status === 'submitted')
}

/** In the letters the labeler saw. */
export function savedText(found: HeldAssignment): string {
  return found.response?.status === 'discarded'
    ? sayDiscarded(found.response.reason)
    : spoken().savedAs(answerText(found))
}

export function answerText(found: HeldAssignment): string {
  return summarize(found.document.questions, found.response?.values ?? {}, found.shownOrder)
}

/** "Skipped: unclear", or what they wrote themselves. */
export function sayDiscarded(reason: string | null): string {
  const said = spoken()
  const own = readOwnWords(reason)
  if (own !== null) return said.skippedAs(`“${firstWords(own, 60)}”`)
  const known = skipReasons.find((one) => one === reason)
  return said.skippedAs(known ? said.skippedFor[known] : said.skippedFor.other)
}
