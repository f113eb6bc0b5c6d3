/**
 * Reads rankings and other answers that were given elsewhere, one a line:
 * `{"external_id":"r1","labeler":"ann","question":"preference","ranks":{"o1":2,"o2":1}}`, a list of
 * outputs best first (`["o2","o1"]`, ties as a list in it), or `values` for several questions at once.
 * `"repeat":1` stores a labeler's second ballot on a record separately.
 */
import { z } from 'zod'
import type { Dataset } from '../../datasets/document.ts'
import { isObject, type LineProblem } from '../../json.ts'
import type { RowsInput } from '../readers/rows.ts'
import type { ForeignReader, ForeignRow } from './foreign.ts'
import { foreignRows } from './foreign-rows.ts'

const id = z
  .union([z.string().trim().min(1).max(200), z.int().transform(String)])
  .describe('a text of 1 to 200 characters')
const rank = z.union([
  z.int().min(1),
  z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number),
])
const BallotLine = z.strictObject({
  external_id: id,
  labeler: id.nullish(),
  question: z.string().nullish(),
  ranks: z
    .union([z.record(z.string(), rank), z.array(z.union([id, z.array(id).min(1)])).min(1)])
    .nullish(),
  values: z.record(z.string(), z.unknown()).nullish(),
  /** Which of the labeler's ballots on the record: 0 is the first. */
  repeat: z.coerce.number().int().min(0).max(32_000).nullish(),
  shown: z.array(id).max(50).nullish(),
  seconds: z.coerce.number().min(0).nullish(),
  submitted_at: z.iso.datetime({ offset: true }).nullish(),
})
type BallotLine = z.infer<typeof BallotLine>

/** Ballots that name nobody are `labeler`'s. */
export function ballotReader(input: RowsInput & { labeler?: string }): ForeignReader {
  return (dataset) =>
    foreignRows(input, (value, number) => readBallot(dataset, value, number, input.labeler), {
      anyKey: true,
    })
}

function readBallot(
  dataset: Dataset,
  value: unknown,
  number: number,
  anybody: string | undefined,
): ForeignRow {
  const { data, error } = BallotLine.safeParse(value)
  if (!data) return { number, problem: shapeProblem(error.issues, value), answers: 1 }
  const labeler = data.labeler ?? anybody
  if (labeler === undefined)
    return {
      number,
      answers: 1,
      problem: {
        path: 'labeler',
        message: 'is missing.',
        remedy: 'Write whose ballot it is, or --answers-by NAME for all that do not say.',
      },
    }
  const values = valuesOf(dataset, data)
  if ('problem' in values) return { number, problem: values.problem, answers: 1 }
  return {
    number,
    externalId: data.external_id,
    record: null,
    answers: [
      {
        labeler,
        status: 'submitted',
        repeat: data.repeat ?? 0,
        values: values.values,
        adds: true,
        at: data.submitted_at ?? null,
        seconds: data.seconds ?? null,
        shown: data.shown ?? null,
      },
    ],
  }
}

function valuesOf(
  dataset: Dataset,
  { question, ranks, values }: BallotLine,
): { values: { [question: string]: unknown } } | { problem: LineProblem } {
  if (!ranks) return { values: values ?? {} }
  const rankings = dataset.document.questions.filter(({ type }) => type === 'ranking')
  const [only, second] = rankings
  const asked = question ? rankings.find(({ name }) => name === question) : second ? null : only
  if (!asked)
    return {
      problem: {
        path: 'question',
        message: question ? `"${question}" is no ranking of this dataset.` : 'is missing.',
        remedy: rankings.length
          ? `Its rankings are ${rankings.map(({ name }) => name).join(', ')}.`
          : 'The dataset asks for no ranking; write the answers as "values".',
      },
    }
  const level = Array.isArray(ranks)
    ? Object.fromEntries(ranks.flatMap((ids, at) => [ids].flat().map((one) => [one, at + 1])))
    : ranks
  return { values: { ...values, [asked.name]: { ranks: level } } }
}

function shapeProblem(issues: readonly z.core.$ZodIssue[], value: unknown): LineProblem {
  if (!isObject(value))
    return { path: '', message: 'is not an object.', remedy: 'Write one ballot a line.' }
  const [issue] = issues
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  return {
    path: extra ?? issue?.path.map(String).join('.') ?? '',
    message: extra ? 'is no key of a ballot.' : 'is missing or not as a ballot has it.',
    remedy:
      'Write {"external_id": "r1", "labeler": "ann", "question": "preference", "ranks": {"o1": 2, "o2": 1}}.',
  }
}
