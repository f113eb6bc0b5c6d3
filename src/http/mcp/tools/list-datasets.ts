/** The tool `list_datasets`: which datasets this key opens, what they ask, and whether they can be asked. */
import { z } from '@hono/zod-openapi'
import { listDatasets } from '../../../datasets/dataset.ts'
import type { Dataset } from '../../../datasets/document.ts'
import type { Question } from '../../../questions/question.ts'
import { reads, tool } from '../tool.ts'

const Listed = z.object({
  name: z.string(),
  title: z.string(),
  status: z.string(),
  records: z.int(),
  completed: z.int(),
  answers: z.int(),
  fields: z.array(z.object({ name: z.string(), type: z.string(), required: z.boolean() })),
  questions: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      of: z.string(),
      required: z.boolean(),
      options: z.array(z.union([z.string(), z.number()])).optional(),
    }),
  ),
  ask: z
    .object({ people: z.int(), most_people: z.int(), per_day: z.int(), hours: z.int() })
    .nullable()
    .describe('How it can be asked; null where it cannot.'),
})

export const listTool = tool({
  name: 'list_datasets',
  title: 'List datasets',
  description:
    'Lists the datasets that this key opens, what they ask people, and which of them can be asked with ask.',
  scopes: [],
  hints: reads,
  input: z.object({}),
  output: z.object({ datasets: z.array(Listed) }),
  run: async ({ parley, caller }) => {
    const all = await listDatasets(parley, caller.actor)
    return {
      datasets: all.map(({ dataset, counts }) => ({
        ...describe(dataset),
        ...{ records: counts.records, completed: counts.completed, answers: counts.counted },
      })),
    }
  },
})

function describe({ name, status, document }: Dataset) {
  const { ask, title, fields, questions, distribution } = document
  return {
    ...{ name, title, status },
    fields: fields.map((field) => ({
      ...{ name: field.name, type: field.type, required: field.required },
    })),
    questions: questions.map((question) => ({
      ...{ name: question.name, type: question.type, of: question.of, required: question.required },
      ...optionsOf(question),
    })),
    ask:
      ask && status === 'ready'
        ? {
            people: distribution.min_submitted,
            ...{ most_people: ask.most_people, per_day: ask.per_day, hours: ask.hours },
          }
        : null,
  }
}

function optionsOf(question: Question): { options?: (string | number)[] } {
  if (question.type === 'rating') return { options: question.options }
  return 'options' in question ? { options: question.options.map(({ value }) => value) } : {}
}
