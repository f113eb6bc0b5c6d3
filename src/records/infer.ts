/** Looks at the first records of a file and prints a dataset document that fits them, to be edited. */
import { parseDocument } from '../datasets/parse.ts'
import type { TemplateName } from '../datasets/shape.ts'
import { templates } from '../datasets/templates.ts'
import { invalid } from '../errors.ts'
import { isObject, type JsonObject, parseJson } from './json.ts'
import { type RowsInput, readRows } from './rows.ts'
import type { RecordLine } from './shape.ts'
import { shapeReader } from './shapes.ts'

const mostLooked = 200

/** @throws ParleyError `invalid` when no line of the file can be a record. */
export async function inferDocument(
  input: { name: string; file?: string } & Omit<RowsInput, 'name'>,
): Promise<string> {
  const { name: _, file, ...rows } = input
  const seen = await firstLines(file === undefined ? rows : { ...rows, name: file })
  const first = seen[0]
  if (!first)
    throw invalid({
      file: 'The file holds no records. Give one JSON object a line, e.g. {"prompt": "…"}.',
    })
  const fields = fieldsOf(first, seen)
  const read = shapeReader({ fields: fields.list })
  const records = seen.flatMap((value): RecordLine[] => {
    const shaped = read(value)
    return 'record' in shaped ? [shaped.record] : []
  })
  const most = Math.max(0, ...records.map((record) => record.outputs.length))
  const text = draw(input.name, fields, most, metadataOf(records))
  // What is printed must be taken as it is.
  parseDocument(text)
  return text
}

async function firstLines(rows: RowsInput): Promise<JsonObject[]> {
  const seen: JsonObject[] = []
  for await (const lines of readRows(rows)) {
    for (const line of lines) {
      const parsed = line.problem ? null : parseJson(line.text)
      if (parsed && 'value' in parsed && isObject(parsed.value)) seen.push(parsed.value)
      if (seen.length === mostLooked) return seen
    }
  }
  return seen
}

type Fields = {
  list: { name: string; title: string; type: 'text' | 'chat'; required: boolean }[]
  /** The key to be mapped by hand, when no usual name was found. */
  guessed: string | null
}

const promptNames = ['prompt', 'question', 'instruction', 'query', 'input', 'text']
const chatNames = ['messages', 'conversations', 'conversation']

function fieldsOf(first: JsonObject, seen: readonly JsonObject[]): Fields {
  const native = isObject(first['fields']) ? first['fields'] : null
  if (native)
    return {
      list: Object.keys(native).map((name) =>
        fieldOf(
          name,
          seen.map((one) => (isObject(one['fields']) ? one['fields'][name] : undefined)),
        ),
      ),
      guessed: null,
    }
  const usual = [...promptNames, ...chatNames].find((key) => first[key] !== undefined)
  const isPair = first['chosen'] !== undefined && first['rejected'] !== undefined
  const texts = Object.entries(first).filter(
    ([key, value]) => typeof value === 'string' && !/(^|_)id$|model|^source$/.test(key),
  )
  const longest = texts.sort(([, a], [, b]) => String(b).length - String(a).length)[0]?.[0]
  const key = usual ?? (isPair ? 'chosen' : longest)
  if (key === undefined)
    throw invalid({ file: 'No line holds a text to show. Give each record a "prompt".' })
  const values = seen.map((one) => one[key])
  const prompt = fieldOf('prompt', usual === undefined && !isPair ? ['text'] : values)
  const context =
    first['context'] === undefined
      ? []
      : [
          fieldOf(
            'context',
            seen.map((one) => one['context']),
          ),
        ]
  return { list: [prompt, ...context], guessed: usual === undefined && !isPair ? key : null }
}

function fieldOf(name: string, values: readonly unknown[]): Fields['list'][number] {
  // A chat of one message fits a text field; anything longer needs a chat.
  const isChat = values.some((value) => Array.isArray(value) && value.length > 1)
  return {
    name,
    title: name.slice(0, 1).toUpperCase() + name.slice(1).replace(/[_-]+/g, ' '),
    type: isChat ? 'chat' : 'text',
    required: values.every((value) => value !== undefined && value !== null && value !== ''),
  }
}

function metadataOf(records: readonly RecordLine[]): string[] {
  return [...new Set(records.flatMap((record) => Object.keys(record.metadata)))].slice(0, 20)
}

function draw(name: string, fields: Fields, most: number, metadata: readonly string[]): string {
  const template: TemplateName =
    most === 0 ? 'completion' : most === 1 ? 'evaluation' : 'comparison'
  const why = {
    completion: 'the records have prompts and no outputs: people write the answers',
    evaluation: 'the records have one output each: people rate it (thumbs is the quicker way)',
    comparison: `the records have up to ${most} outputs: people rank them`,
    thumbs: '',
    labels: '',
  }[template]
  const quoted = (text: string) => JSON.stringify(text)
  const lines = [
    '# Edit this, then: parley dataset create FILE',
    `name: ${quoted(name)}`,
    `template: ${template}   # ${why}`,
    `title: ${quoted(templates[template].title)}`,
    'access: everyone        # or people: { slack: [U0123ABCD] }',
    'fields:',
    ...fields.list.map(
      (field) =>
        `  ${quoted(field.name)}: { title: ${quoted(field.title)}, type: ${field.type}, required: ${field.required} }`,
    ),
    'distribution:',
    `  min_submitted: ${templates[template].minSubmitted}      # answers that complete a record`,
    ...(most > 10 ? ['max_shown: 4            # of each record, in balanced blocks'] : []),
    ...(metadata.length > 0 ? [`# Kept as metadata: ${metadata.map(oneLine).join(', ')}`] : []),
    ...(fields.guessed === null
      ? []
      : [`# No usual key was found. Import with: --map prompt=${oneLine(fields.guessed)}`]),
  ]
  return `${lines.join('\n')}\n`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 60)
}
