/** What a preview shows: a record of the dataset, or a sample where there is none yet. */
import type { Dataset, DatasetDocument } from '../../datasets/document.ts'
import { blankOf, isWriting } from '../../datasets/writing.ts'
import type { Content, RecordOutput, RecordSuggestions } from '../../records/record-line.ts'
import { spoken } from '../words/words.ts'
import type { CardSource } from './card.ts'

export type PreviewRecord = {
  fields: Readonly<Record<string, Content>>
  outputs: readonly RecordOutput[]
  suggestions: RecordSuggestions
  shuffled: readonly string[]
}

export function previewOf(
  { id, document, schemaVersion }: Pick<Dataset, 'id' | 'document' | 'schemaVersion'>,
  record: PreviewRecord,
): CardSource {
  return {
    assignmentId: `preview-${id}`,
    schemaVersion,
    document,
    fields: record.fields,
    outputs: record.outputs,
    suggestions: record.suggestions,
    suggestionsShown: document.suggestions !== 'never',
    shownOrder: record.shuffled.slice(0, document.max_shown),
    view: 'formatted',
    values: {},
    editing: false,
    tally: { submitted: 0, seconds: 0 },
  }
}

/** What publishing makes where labelers write prompts; else texts that name what stands in their place. */
export function sampleRecord(document: DatasetDocument): PreviewRecord {
  if (isWriting(document))
    return { fields: blankOf(document), outputs: [], suggestions: {}, shuffled: [] }
  const said = spoken()
  const needsOutputs = document.questions.some(
    ({ type, of }) => type === 'ranking' || of === 'outputs',
  )
  const outputs = ['a', 'b'].map((id, at) => ({ id, text: said.sampleOutput(at + 1) }))
  return {
    fields: Object.fromEntries(
      document.fields.map(({ name, title }) => [name, said.sampleField(title)]),
    ),
    outputs: needsOutputs ? outputs : [],
    suggestions: {},
    shuffled: needsOutputs ? ['a', 'b'] : [],
  }
}
