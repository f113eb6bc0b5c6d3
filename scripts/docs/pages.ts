/** Every file that is made from the code, with the text it should have. */
import { readFileSync } from 'node:fs'
import { commandsPage } from './commands.ts'
import { datasetSchema } from './dataset-schema.ts'
import {
  commonQuestionKeys,
  documentKeys,
  eventTable,
  fieldKeys,
  metricTable,
  questionKeys,
  variableTable,
} from './tables.ts'

export type Page = { path: string; text: string; wanted: string }

const root = new URL('../../', import.meta.url)

export function pages(): Page[] {
  return [
    page('docs/commands.md', commandsPage),
    page('schema/dataset.schema.json', datasetSchema),
    page('docs/datasets.md', (text) =>
      filled(text, {
        'document keys': documentKeys(),
        'field keys': fieldKeys(),
        'common question keys': commonQuestionKeys(),
        'question keys': questionKeys(),
      }),
    ),
    page('docs/operate.md', (text) =>
      filled(text, { variables: variableTable(), events: eventTable(), metrics: metricTable() }),
    ),
  ]
}

function page(path: string, make: (text: string) => string): Page {
  const text = readIfThere(path)
  return { path, text, wanted: make(text) }
}

function readIfThere(path: string): string {
  try {
    return readFileSync(new URL(path, root), 'utf8')
  } catch {
    return ''
  }
}

/** Replaces what lies between `<!-- generated: NAME -->` and `<!-- end -->`. @throws where a mark is missing. */
function filled(text: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((so, [name, part]) => {
    const start = `<!-- generated: ${name} -->`
    const from = so.indexOf(start)
    const to = so.indexOf('<!-- end -->', from)
    if (from < 0 || to < 0) throw new Error(`There is no place marked ${start}.`)
    return `${so.slice(0, from + start.length)}\n\n${part}\n\n${so.slice(to)}`
  }, text)
}
