/** How a dataset is described to Argilla 2: `.argilla/dataset.json` and `.argilla/settings.json`. */
import type { DatasetDocument } from '../datasets/shape.ts'
import type { Question } from '../questions/question.ts'

/** Fields are fixed there, so there is one for each output of the record that has most. */
export function argillaSettings(document: DatasetDocument, names: readonly string[]) {
  const common = {
    guidelines: document.guidelines ?? null,
    allow_extra_metadata: true,
    distribution: { strategy: 'overlap', min_submitted: document.distribution.min_submitted },
  }
  return {
    dataset: { id: null, name: document.name, status: 'ready', ...common },
    settings: {
      guidelines: common.guidelines,
      questions: document.questions.flatMap((question) => describe(question, document, names)),
      fields: [
        ...document.fields.map(({ name, title, required, type }) => ({
          name,
          title,
          required,
          type,
          settings: { type, use_markdown: type === 'chat' },
        })),
        ...names.map((name, at) => ({
          name,
          title: `Response ${at + 1}`,
          required: false,
          type: 'text',
          settings: { type: 'text', use_markdown: true },
        })),
      ],
      vectors: [],
      metadata: [],
      allow_extra_metadata: true,
      distribution: common.distribution,
      mapping: null,
    },
  }
}

/** What outputs are called as fields: no field, question or metadata may have that name, too. */
export function outputFieldPrefix({ fields, questions }: DatasetDocument): string {
  const taken = [...fields, ...questions].map(({ name }) => name)
  let prefix = 'response'
  while (taken.some((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))))
    prefix = `parley_${prefix}`
  return prefix
}

/** The fields of as many outputs as the longest list of them has. */
export function outputNames(prefix: string, outputs: number): string[] {
  return Array.from({ length: outputs }, (_, at) => `${prefix}${at + 1}`)
}

/** Argilla's questions, those about outputs once for each. */
export function questionNames({ questions }: DatasetDocument, fields: readonly string[]): string[] {
  return questions.flatMap(({ name, of }) =>
    of === 'outputs' ? fields.map((field) => `${name}_${field}`) : [name],
  )
}

function describe(question: Question, document: DatasetDocument, outputs: readonly string[]) {
  const { title, description = null, required } = question
  const settings = settingsOf(question, document, outputs)
  if (settings === null) return []
  const common = { description, type: settings.type, settings }
  if (question.of === 'record')
    return [{ name: question.name, title, required: required && !question.when, ...common }]
  // A record may have fewer outputs than there are fields.
  return outputs.map((field, at) => ({
    name: `${question.name}_${field}`,
    title: `${title} (${at + 1})`.slice(-500),
    required: required && !question.when && at === 0,
    ...common,
  }))
}

function settingsOf(question: Question, document: DatasetDocument, outputs: readonly string[]) {
  switch (question.type) {
    case 'text':
      return { type: 'text', use_markdown: false }
    case 'rating':
      return { type: 'rating', options: question.options.map((value) => ({ value })) }
    case 'label':
      return { type: 'label_selection', options: optionsOf(question), visible_options: null }
    case 'multi_label':
      return {
        type: 'multi_label_selection',
        options: optionsOf(question),
        visible_options: null,
        options_order: 'natural',
      }
    case 'ranking':
      return {
        type: 'ranking',
        options: outputs.map((value) => ({ value, text: value, description: null })),
      }
    case 'span': {
      // Argilla knows one span question a field.
      const first = document.questions.find(
        (one) => one.type === 'span' && one.field === question.field,
      )
      if (first?.name !== question.name) return null
      return {
        type: 'span',
        field: question.field,
        options: optionsOf(question),
        visible_options: null,
        allow_overlapping: true,
      }
    }
  }
}

function optionsOf({ options }: Extract<Question, { type: 'label' | 'multi_label' | 'span' }>) {
  return options.map(({ value, text, description = null }) => ({ value, text, description }))
}
