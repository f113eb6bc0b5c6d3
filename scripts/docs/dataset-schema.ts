/**
 * The dataset document as an admin writes it, as JSON Schema: what editors complete and check by.
 * Narrower than the parser nowhere: what a template brings may be left out, and fields and questions
 * may be lists or maps by name.
 */
import { z } from 'zod'
import { DatasetDocument, Field } from '../../src/datasets/document.ts'
import {
  LabelQuestion,
  MultiLabelQuestion,
  RankingQuestion,
  RatingQuestion,
  SpanQuestion,
  TextQuestion,
} from '../../src/questions/question.ts'

export const questionShapes = {
  text: TextQuestion,
  rating: RatingQuestion,
  label: LabelQuestion,
  multi_label: MultiLabelQuestion,
  ranking: RankingQuestion,
  span: SpanQuestion,
} as const

const { shape } = DatasetDocument

const named = { name: Field.shape.name }
const field = Field.partial().extend(named)
const fieldByName = Field.omit({ name: true }).partial()

/** A question of a template keeps its type, so that none has to be named. */
const byName = z.union([
  TextQuestion.omit({ name: true }).partial(),
  RatingQuestion.omit({ name: true }).partial(),
  LabelQuestion.omit({ name: true }).partial(),
  MultiLabelQuestion.omit({ name: true }).partial(),
  RankingQuestion.omit({ name: true }).partial(),
  SpanQuestion.omit({ name: true }).partial(),
])
const inList = z.union([
  TextQuestion.partial().extend(named),
  RatingQuestion.partial().extend(named),
  LabelQuestion.partial().extend(named),
  MultiLabelQuestion.partial().extend(named),
  RankingQuestion.partial().extend(named),
  SpanQuestion.partial().extend(named),
])
const removed = z.literal(false).describe('remove it from the template')

export const WrittenDocument = DatasetDocument.partial().extend({
  name: shape.name,
  template: shape.template.nullable(),
  fields: z
    .union([
      z.array(z.union([z.string(), field])),
      z.record(z.string(), z.union([fieldByName, z.string(), removed, z.null()])),
    ])
    .nullable()
    .optional()
    .describe(`${shape.fields.description}: a map by name, or a list; a text is the title`),
  questions: z
    .union([z.array(inList), z.record(z.string(), z.union([byName, removed, z.null()]))])
    .nullable()
    .optional()
    .describe(`${shape.questions.description}: a map by name, or a list`),
  distribution: shape.distribution
    .unwrap()
    .partial()
    .optional()
    .describe(shape.distribution.description ?? ''),
})

/** The text of schema/dataset.schema.json. Draft 7 is what yaml-language-server reads best. */
export function datasetSchema(): string {
  const schema = z.toJSONSchema(WrittenDocument, { io: 'input', target: 'draft-7' })
  const { $schema, ...rest } = schema
  const head = { $schema, title: 'Parley dataset document' }
  return `${JSON.stringify({ ...head, ...rest }, null, 2)}\n`
}
