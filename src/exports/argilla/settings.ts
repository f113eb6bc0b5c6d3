/** How a dataset is described to Argilla 2: `.argilla/dataset.json` and `.argilla/settings.json`. */
import type { DatasetDocument } from '../../datasets/document.ts'
import { editsQuestion } from '../../questions/edits.ts'
import type { Question } from '../../questions/question.ts'
import { noneOption } from './none.ts'
import { type ArgillaPlan, editsName, type PlannedQuestion, typeInArgilla } from './plan.ts'

/** Fields are fixed there, so there is one for each output of the record with the most outputs. */
export function argillaSettings(plan: ArgillaPlan) {
  const { document, fields, outputs, questions, metadata } = plan
  const common = {
    guidelines: document.guidelines || null,
    allow_extra_metadata: true,
    distribution: { strategy: 'overlap', min_submitted: document.distribution.min_submitted },
  }
  const titles = new Map(document.fields.map(({ name, title }) => [name, title]))
  return {
    dataset: { id: null, name: document.name, status: 'ready', ...common },
    settings: {
      guidelines: common.guidelines,
      questions: questions.map((planned) => describe(planned, plan)),
      fields: [
        ...fields.map(({ name, to, required, type }) => ({
          name: to,
          title: titles.get(name) ?? to,
          required,
          type,
          settings: { type, use_markdown: type === 'chat' },
        })),
        ...outputs.names.map((name, at) => ({
          name,
          title: outputTitle(at),
          required: false,
          type: 'text',
          settings: { type: 'text', use_markdown: true },
        })),
      ],
      vectors: [],
      metadata: metadata.map(({ name, type }) => ({
        name,
        title: name,
        type,
        // Labelers see no metadata here, so they see none there.
        settings: { type, visible_for_annotators: false },
        visible_for_annotators: false,
      })),
      allow_extra_metadata: true,
      distribution: common.distribution,
      mapping: null,
    },
  }
}

/** The plan of a dataset whose records come from elsewhere, in columns of these names. */
export function planColumns(document: DatasetDocument, outputs: readonly string[]): ArgillaPlan {
  return {
    document,
    fields: document.fields.map(({ name, type, required }) => ({
      ...{ name, to: name, required },
      type: typeInArgilla(type),
    })),
    outputs: { names: [...outputs], ids: [...outputs], prefix: '' },
    questions: document.questions.flatMap((question): PlannedQuestion[] => {
      const required = question.required && question.when === undefined
      const own: PlannedQuestion[] =
        question.of === 'outputs'
          ? outputs.map((field, output) => ({
              ...{ question, output, required: required && output === 0 },
              to: `${question.name}_${field}`,
            }))
          : [{ question, to: question.name, output: null, required }]
      const edits = editsQuestion(question)
      if (!edits) return own
      return [
        ...own,
        ...outputs.map((field, output) => ({
          ...{ question: edits, output, required: false },
          to: `${editsName(question.name)}_${field}`,
        })),
      ]
    }),
    metadata: [],
  }
}

function outputTitle(place: number): string {
  return `Response ${place + 1}`
}

function describe({ question, to, output, required }: PlannedQuestion, plan: ArgillaPlan) {
  const { title, description } = question
  const settings = settingsOf(question, plan)
  return {
    name: to,
    title: output === null ? title : `${title} (${output + 1})`.slice(-500),
    required,
    description: description || null,
    type: settings.type,
    settings,
  }
}

function settingsOf(question: Question, { fields, outputs }: ArgillaPlan) {
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
        options: outputs.names.map((value, at) => ({
          value,
          text: outputTitle(at),
          description: null,
        })),
      }
    case 'span':
      return {
        type: 'span',
        field: fields.find(({ name }) => name === question.field)?.to ?? question.field,
        options: optionsOf(question),
        visible_options: null,
        allow_overlapping: question.overlap ?? true,
      }
  }
}

function optionsOf(question: Extract<Question, { type: 'label' | 'multi_label' | 'span' }>) {
  const none = noneOption(question)
  return [
    ...question.options.map(({ value, text, description }) => ({
      value,
      text,
      description: description || null,
    })),
    ...(none === null ? [] : [{ value: none, text: 'None of these', description: null }]),
  ]
}
