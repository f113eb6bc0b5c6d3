/** A conversation as a record: the assistant's last message is judged, everything before it is the prompt. Pure. */
import { createHash } from 'node:crypto'
import type { DatasetDocument } from '../datasets/document.ts'
import { askedIn } from '../datasets/feedback/rules.ts'
import { invalid } from '../errors.ts'
import { asPlain, type ChatMessage, isEmpty, isPlain } from '../records/message.ts'
import type { Content, RecordLine } from '../records/record-line.ts'

/** The id of the one output of such a record. */
export const judgedOutput = 'o1'

/** Where a message is: who says so (`source`), and what it is called there. */
export type Place = { source: string; message: string }

/** The record of a message, by its external id; long ids end in a hash. */
export function recordIdOf({ source, message }: Place): string {
  const id = [source, message].map((part) => part.replaceAll('/', '%2F')).join('/')
  if (id.length <= 200) return id
  return `${id.slice(0, 160)}~${createHash('sha256').update(id).digest('hex').slice(0, 32)}`
}

/** @throws ParleyError `invalid` for a conversation that the dataset has no place for. */
export function recordOf(
  document: Pick<DatasetDocument, 'fields'>,
  place: Place,
  { conversation, model }: { conversation: readonly ChatMessage[]; model?: string | undefined },
): RecordLine {
  const last = conversation.at(-1)
  if (last?.role !== 'assistant' || isEmpty(last))
    throw invalid({
      conversation:
        'does not end with a message of the assistant. The last message is the one that is judged.',
    })
  const field = askedIn(document)
  const asked = fitAsked(field, conversation.slice(0, -1))
  return {
    format: 1,
    external_id: recordIdOf(place),
    fields: field && asked !== null ? { [field.name]: asked } : {},
    outputs: [
      {
        id: judgedOutput,
        ...(isPlain(last) ? { text: last.content } : { messages: [last] }),
        ...(model === undefined ? {} : { model }),
      },
    ],
    metadata: { feedback: place },
    suggestions: {},
    priority: 0,
  }
}

function fitAsked(
  field: ReturnType<typeof askedIn>,
  asked: readonly ChatMessage[],
): Content | null {
  const [only, second] = asked
  if (!only) {
    if (!field?.required) return null
    throw invalid({
      conversation: `does not say what was asked, which the field "${field.name}" of this dataset requires.`,
    })
  }
  if (field?.type === 'chat') return [...asked]
  const alone = second ? null : asPlain(only)
  if (alone) return alone.content
  throw invalid({
    conversation: `has more before its last message than one text, which is all that the field "${field?.name}" holds. Give it "type: chat" in the dataset.`,
  })
}
