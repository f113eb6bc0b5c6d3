/** An answer as it travels: a line of a `raw` export, or one of the `responses` of a `records` line. */
import { z } from 'zod'
import { RecordLine } from '../../records/record-line.ts'
import { recordStatuses } from '../../records/record-status.ts'

const time = z.iso.datetime({ offset: true })
const flag = z.enum([
  'late',
  'surplus',
  'same_person',
  'gold',
  'repeat',
  'fast',
  'edited_after_reveal',
  'not_blind',
  'excluded',
  'corrected',
])

/** A later version of the renderer may have written the file. */
const rendering = z.string().regex(/^(raw|markdown-[1-9]\d{0,5})$/, {
  message: 'must be "raw" or a version of the renderer such as "markdown-1"',
})

export const AnswerLine = z
  .strictObject({
    /** The pseudonym, unchanged. */
    labeler: z.string().min(1).max(200),
    platform: z.string().min(1).max(200),
    repeat: z.int().min(0).max(32_000),
    status: z.enum(['draft', 'submitted', 'discarded']),
    reason: z.string().max(1000).nullable(),
    revision: z.int().min(1).max(2_000_000_000),
    counted: z.boolean(),
    values: z.record(z.string(), z.unknown()),
    shown: z.strictObject({
      order: z.array(z.string().max(200)).max(50),
      expanded: z.array(z.string().max(200)).max(1000),
      suggestions: z.boolean(),
      /** When they were shown; missing if there were none or it is unknown. */
      suggested: z.enum(['before', 'after', 'held_out']).optional(),
      /** How the texts were shown when the answer was given; missing if unknown. */
      rendering: rendering.optional(),
      at: time.nullable(),
    }),
    seconds: z.number().nullable(),
    submitted_at: time.nullable(),
    schema_version: z.int().min(1).max(2_000_000_000),
    guidelines_version: z.int().min(1).max(2_000_000_000),
    flags: z.array(flag).max(20),
    /** A vote on a public post: it fills no place, and counts beside those that do. */
    ballot: z.literal(true).optional(),
  })
  .refine((line) => !line.counted || line.status === 'submitted', {
    path: ['counted'],
    message: 'is only true of a submitted answer',
  })
export type AnswerLine = z.infer<typeof AnswerLine>

const TravellingRecord = RecordLine.extend({ status: z.enum(recordStatuses) })

export const RawLine = z.strictObject({
  format: z.literal(1),
  dataset: z.string(),
  record: TravellingRecord.omit({ format: true, priority: true }),
  ...AnswerLine.shape,
})
export const RecordsLine = TravellingRecord.extend({ responses: z.array(AnswerLine).max(100_000) })

/** A record with answers to it, from either kind of line. */
export type AnsweredRecord = {
  record: RecordLine
  rejected: boolean
  /** Completed, by a post if it has ballots. */
  completed: boolean
  /** What the line holds of the record: everything; all but priority and known answers; or only its id. */
  told: 'all' | 'content' | 'nothing'
  /** The answers were made elsewhere: all of them count, however many the record needs. */
  elsewhere: boolean
  answers: AnswerLine[]
}
