/**
 * Argilla's settings of a dataset, from its files (`settings.json`) or its REST API (the lists of its
 * endpoints for fields, questions, metadata properties and vectors).
 */
import { z } from 'zod'
import { explainIssues, pathText } from '../../datasets/explain.ts'
import { invalid } from '../../errors.ts'

const described = {
  name: z.string().min(1).max(200),
  title: z.string().nullish(),
  required: z.boolean().nullish(),
  type: z.string().nullish(),
}
const ArgillaField = z.looseObject({
  ...described,
  settings: z.looseObject({ type: z.string().nullish() }).nullish(),
})
export type ArgillaField = z.infer<typeof ArgillaField>

const Option = z.looseObject({
  value: z.union([z.string(), z.number()]),
  text: z.string().nullish(),
  description: z.string().nullish(),
})
const ArgillaQuestion = z.looseObject({
  ...described,
  description: z.string().nullish(),
  settings: z.looseObject({
    type: z.string().nullish(),
    options: z.array(Option).max(1000).nullish(),
    /** Spans: the field they mark. */
    field: z.string().nullish(),
  }),
})
export type ArgillaQuestion = z.infer<typeof ArgillaQuestion>

const named = z
  .array(z.looseObject({ name: z.string() }))
  .max(10_000)
  .nullish()

export const ArgillaSettings = z.looseObject({
  guidelines: z.string().nullish(),
  fields: z.array(ArgillaField).min(1).max(1000),
  questions: z.array(ArgillaQuestion).max(1000),
  vectors: named,
  metadata: named,
  allow_extra_metadata: z.boolean().nullish(),
  distribution: z.looseObject({ min_submitted: z.int().nullish() }).nullish(),
})
export type ArgillaSettings = z.infer<typeof ArgillaSettings>

/**
 * `from` names where the settings were read, for the messages.
 * @throws ParleyError `invalid`, one problem per mistake.
 */
export function parseSettings(value: unknown, from: string): ArgillaSettings {
  const { data, error } = ArgillaSettings.safeParse(value)
  if (data) return data
  throw invalid(
    Object.fromEntries(
      explainIssues(error.issues, value, () => []).map(({ path, message, remedy }) => [
        [from, pathText(path)].filter(Boolean).join(' '),
        `${message} ${remedy}`,
      ]),
    ),
  )
}

/** `text`, `chat`, `image` or `custom`; a later Argilla may have more. */
export function fieldType({ type, settings }: ArgillaField): string {
  return settings?.type ?? type ?? 'text'
}

/** `text`, `rating`, `label_selection`, `multi_label_selection`, `ranking` or `span`. */
export function questionType({ type, settings }: ArgillaQuestion): string {
  return settings.type ?? type ?? 'text'
}

export function optionValues({ settings }: ArgillaQuestion): string[] {
  return (settings.options ?? []).map(({ value }) => String(value))
}
