/** What a program asks, as the record that people will see. Pure. */
import { createHash } from 'node:crypto'
import { questionField } from '../datasets/ask.ts'
import { outputsNeeded } from '../datasets/check.ts'
import type { DatasetDocument } from '../datasets/document.ts'
import { invalid } from '../errors.ts'
import { fitRecord } from '../imports/check-record.ts'
import { parseJson } from '../imports/readers/json.ts'
import type { LineProblem } from '../json.ts'
import { RecordLine, type RecordOutput } from '../records/record-line.ts'

export type Asking = {
  /** The text that people read; it becomes the dataset's first field. */
  question: string
  /** Texts to choose among; or `outputs`, candidates with ids and models. Never both. */
  options?: readonly string[] | undefined
  outputs?:
    | readonly { id?: string | undefined; text: string; model?: string | undefined }[]
    | undefined
  /** The dataset's other fields, by name. */
  fields?: Readonly<Record<string, string>> | undefined
}

/** Questions of programs come before other records of the same dataset. */
const priority = 9

/**
 * The record of a question.
 * @throws ParleyError `invalid` where it does not fit the dataset, saying what would.
 */
export function recordOf(document: DatasetDocument, asking: Asking, key: string): RecordLine {
  const outputs = outputsOf(asking)
  checkOutputs(document, outputs.length, asking.options ? 'options' : 'outputs')
  const line = {
    format: 1,
    external_id: key,
    fields: { ...asking.fields, [questionField(document)]: asking.question },
    outputs,
    priority,
  }
  // What no line of a file may hold: a NUL, half of a character.
  const parsed = parseJson(JSON.stringify(line))
  if ('problem' in parsed) throw problemOf(parsed.problem)
  const read = RecordLine.safeParse(line)
  if (!read.success) {
    const [issue] = read.error.issues
    throw invalid({ [issue?.path.join('.') || 'question']: `${issue?.message ?? 'does not fit'}.` })
  }
  const fitted = fitRecord(document, read.data)
  if ('record' in fitted) return fitted.record
  throw problemOf(fitted.problem)
}

function problemOf({ path, message, remedy }: LineProblem) {
  return invalid({ [path === 'external_id' ? 'key' : path]: `${message} ${remedy}` })
}

/** The same for the same question, however its keys are ordered. */
export function contentOf({ fields, outputs }: RecordLine, people: number): string {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([sorted, outputs, people]))
    .digest('hex')
}

/** An option is called by its own text where that can be an id, so that votes read as they were asked. */
function outputsOf({ options, outputs }: Asking): RecordOutput[] {
  if (options && outputs)
    throw invalid({ options: 'There are options and outputs. Give one of the two.' })
  if (options) {
    const texts = options.map((text) => text.trim())
    const twice = texts.find((text, at) => texts.indexOf(text) !== at)
    if (twice !== undefined)
      throw invalid({ options: `"${twice}" is there twice. Give each option once.` })
    if (texts.includes('')) throw invalid({ options: 'One of them is empty. Give each a text.' })
    const areIds = texts.every((text) => text.length <= 200)
    return texts.map((text, at) => ({ id: areIds ? text : `o${at + 1}`, text }))
  }
  return (outputs ?? []).map(({ id, text, model }, at) => ({
    id: id ?? `o${at + 1}`,
    text,
    ...(model === undefined ? {} : { model }),
  }))
}

function checkOutputs(document: DatasetDocument, count: number, said: string): void {
  const { name, questions } = document
  const needed = outputsNeeded(document)
  if (count < needed)
    throw invalid({
      options: `"${name}" asks about ${needed === 2 ? 'two options or more' : 'an output'}, and ${count === 0 ? 'there are none' : 'there is one'}. Give options or outputs, or ask in a dataset with a text or a label question.`,
    })
  const isAbout = questions.some(({ type, of }) => type === 'ranking' || of === 'outputs')
  if (count > 0 && !isAbout)
    throw invalid({
      [said]: `"${name}" asks nothing about ${said}: ${questions.map((one) => `${one.name} (${one.type})`).join(', ')}. Leave them out, or ask in a dataset with a ranking.`,
    })
}
