/** Prints a stored document as the YAML an admin would write: without what holds anyway. */
import { Document, isMap, isSeq, visit } from 'yaml'
import { isObject } from '../../json.ts'
import type { DatasetDocument } from '../document.ts'
import { Field, DatasetDocument as Schema } from '../document.ts'
import { defaultOf, questionControls, showValue } from './control.ts'

/** YAML that reads as this very document. */
export function printDocument(document: DatasetDocument): string {
  const { format: _, fields, questions, ...rest } = document
  const entries = Object.entries(rest).filter(
    ([key, value]) => key === 'distribution' || !isDefault(Schema.shape, key, value),
  )
  const plain = {
    ...Object.fromEntries(entries),
    fields: named(fields, (field) =>
      Object.entries(field).filter(([key, value]) => !isDefault(Field.shape, key, value)),
    ),
    questions: named(questions, (question) =>
      Object.entries(question).flatMap(([key, value]) => {
        const control = questionControls(question.type).find((one) => one.key === key)
        const isUsual =
          control &&
          key !== 'type' &&
          defaultOf('question', control, question.type) === showValue(control, value)
        return isUsual ? [] : [[key, key === 'options' ? shortOptions(value) : value] as const]
      }),
    ),
  }
  const order = [...Object.keys(Schema.shape)]
  const sorted = Object.fromEntries(
    Object.entries(plain).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b)),
  )
  const yaml = new Document(sorted)
  layOut(yaml)
  return yaml.toString({ lineWidth: 0 })
}

/** By name, as the templates write them. */
function named<Part extends { name: string }>(
  parts: readonly Part[],
  entriesOf: (part: Part) => (readonly [string, unknown])[],
): { [name: string]: unknown } {
  const isOwn = (name: string) => /^\d+$/.test(name)
  // Names that are numbers would be sorted by JavaScript; a list keeps their order.
  if (parts.some(({ name }) => isOwn(name)))
    return parts.map((part) => Object.fromEntries(entriesOf(part))) as never
  return Object.fromEntries(
    parts.map((part) => [
      part.name,
      Object.fromEntries(entriesOf(part).filter(([key]) => key !== 'name')),
    ]),
  )
}

function isDefault(
  shape: { [key: string]: { safeParse(value: unknown): { data?: unknown } } },
  key: string,
  value: unknown,
): boolean {
  const usual = shape[key]?.safeParse(undefined).data
  return usual !== undefined && JSON.stringify(usual) === JSON.stringify(value)
}

function shortOptions(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  return value.map((option: unknown) =>
    isObject(option) && option['value'] === option['text'] && option['description'] === undefined
      ? option['value']
      : option,
  )
}

/** Small lists and maps on one line each. */
function layOut(yaml: Document): void {
  visit(yaml, {
    Collection(_, node) {
      const isShort = JSON.stringify(node.toJS(yaml)).length <= 70
      const isPlain = !node.items.some((item) => isMap(item) || isSeq(item))
      if (isShort && (isPlain || isMap(node))) node.flow = node !== yaml.contents
    },
  })
}
