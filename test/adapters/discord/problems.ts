/** Checks whole bodies of messages and modals against every limit of Discord's. */

import type { MessageBody, ModalBody } from '../../../adapters/discord/draw/components.ts'
import { flags, limits } from '../../../adapters/discord/limits.ts'

type Node = { type: number } & Record<string, unknown>

/** What Discord would refuse of a message; empty when it takes it. */
export function problemsOfMessage(body: MessageBody): string[] {
  const all = nodesIn(body.components)
  const texts = all.filter((node) => node.type === 10).map((node) => String(node['content']))
  const points = texts.reduce((sum, text) => sum + pointsIn(text), 0)
  const bytes = texts.reduce(
    (sum, text) => sum + Buffer.byteLength(text) + limits.textDisplayBytes,
    0,
  )
  return [
    ...over('components', all.length, limits.components),
    ...over('characters of text', points, limits.textPoints),
    ...over('bytes of text', bytes, limits.textBytes),
    ...(body.components.length === 0 ? ['a message shows nothing'] : []),
    ...((body.flags & flags.componentsV2) === 0 ? ['the flag of Components V2 is missing'] : []),
    ...(body.allowed_mentions.parse.length > 0 ? ['mentions are allowed'] : []),
    ...body.components.flatMap(({ type }) =>
      [1, 9, 10, 13, 14, 17].includes(type) ? [] : [`type ${type} stands in a message`],
    ),
    ...all.flatMap(problemsOfNode),
    ...all.flatMap((node) => {
      if (node.type === 1) return problemsOfRow(node)
      if (node.type !== 3) return []
      return node['required'] === undefined ? [] : ['a select of a message has "required"']
    }),
    ...repeated(all),
  ]
}

/** What Discord would refuse of a modal; empty when it takes it. */
export function problemsOfModal(modal: ModalBody): string[] {
  const all = nodesIn(modal.components)
  return [
    ...over('inputs', modal.components.length, limits.modalComponents),
    ...(modal.components.length === 0 ? ['a modal asks nothing'] : []),
    ...over('title', pointsIn(modal.title), limits.modalTitle),
    ...(modal.title === '' ? ['a modal has no title'] : []),
    ...over('custom_id', pointsIn(modal.custom_id), limits.customId),
    ...modal.components.flatMap(({ type }) =>
      type === 18 || type === 10 ? [] : [`type ${type} stands in a modal`],
    ),
    ...all.flatMap(problemsOfNode),
    ...repeated(all),
  ]
}

function problemsOfNode(node: Node): string[] {
  const text = (key: string) => (typeof node[key] === 'string' ? pointsIn(String(node[key])) : 0)
  const id = [
    ...over('custom_id', text('custom_id'), limits.customId),
    ...(node['custom_id'] === '' ? ['an empty custom_id'] : []),
  ]
  switch (node.type) {
    case 2:
      return [
        ...id,
        ...over('label of a button', text('label'), limits.buttonLabel),
        ...(text('label') === 0 ? ['a button without a label'] : []),
      ]
    case 3:
      return [
        ...id,
        ...over('placeholder', text('placeholder'), limits.placeholder),
        ...problemsOfOptions(node, 1, limits.selectOptions),
      ]
    case 4:
      return [
        ...id,
        ...over('placeholder of an input', text('placeholder'), limits.inputPlaceholder),
        ...over('text of an input', text('value'), Number(node['max_length'])),
        ...over('max_length', Number(node['max_length']), limits.inputText),
      ]
    case 9:
      return over('texts of a section', listIn(node['components']).length, limits.sectionTexts)
    case 10:
      return String(node['content']).trim() === '' ? ['a text of nothing'] : []
    case 18:
      return [
        ...over('label', text('label'), limits.labelText),
        ...(text('label') === 0 ? ['a label of nothing'] : []),
        ...over('description of a label', text('description'), limits.labelDescription),
      ]
    case 19:
      return [...id, ...problemsOfCount(node, limits.uploadedFiles)]
    case 21:
      return [...id, ...problemsOfOptions(node, 2, limits.radioOptions)]
    case 22:
      return [...id, ...problemsOfOptions(node, 1, limits.checkboxOptions)]
  }
  return []
}

function problemsOfRow(row: Node): string[] {
  const inside = listIn(row['components'])
  const selects = inside.filter((node) => node.type !== 2)
  return [
    ...(inside.length === 0 ? ['an empty row'] : []),
    ...over('buttons of a row', inside.length, limits.rowButtons),
    ...(selects.length > 0 && inside.length > 1 ? ['a select is not alone in its row'] : []),
  ]
}

function problemsOfOptions(node: Node, least: number, most: number): string[] {
  const options = Array.isArray(node['options']) ? node['options'].map(recordOf) : []
  const chosen = options.filter((one) => one['default'] === true).length
  const mostChosen =
    node.type === 21 ? 1 : Number(node['max_values'] ?? (node.type === 22 ? options.length : 1))
  const values = new Set(options.map((one) => one['value']))
  return [
    ...(options.length < least ? [`${options.length} options, fewer than ${least}`] : []),
    ...over('options', options.length, most),
    ...over('chosen options', chosen, mostChosen),
    ...(values.size < options.length ? ['options repeat a value'] : []),
    ...options.flatMap((one) =>
      ['label', 'value', 'description'].flatMap((key) => {
        if (one[key] === undefined) return []
        const length = pointsIn(String(one[key]))
        return [
          ...over(`${key} of an option`, length, limits.optionText),
          ...(length === 0 ? [`an option with an empty ${key}`] : []),
        ]
      }),
    ),
    ...(node.type === 21 ? [] : problemsOfCount(node, options.length)),
  ]
}

function problemsOfCount(node: Node, most: number): string[] {
  const [low, high] = [Number(node['min_values'] ?? 1), Number(node['max_values'] ?? 1)]
  return [
    ...over('max_values', high, most),
    ...(low > high ? ['min_values above max_values'] : []),
    // Else a phone cannot clear what was chosen: discord/discord-api-docs#8272.
    ...(node['required'] === false && low !== 0 ? ['optional, but min_values is not 0'] : []),
    ...(node['required'] === true && low === 0 ? ['required, but min_values is 0'] : []),
  ]
}

function repeated(all: readonly Node[]): string[] {
  const ids = all.flatMap((node) =>
    typeof node['custom_id'] === 'string' ? [node['custom_id']] : [],
  )
  return ids.flatMap((id, at) => (ids.indexOf(id) < at ? [`custom_id ${id} stands twice`] : []))
}

function over(what: string, found: number, most: number): string[] {
  return found > most ? [`${what}: ${found} is more than ${most}`] : []
}

/** All components, nested ones too, as Discord counts them. */
function nodesIn(value: unknown): Node[] {
  return listIn(value).flatMap((node) => [
    node,
    ...nodesIn(node['components']),
    ...nodesIn([node['accessory']]),
    ...nodesIn([node['component']]),
  ])
}

function listIn(value: unknown): Node[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one) => {
    const { type, ...rest } = recordOf(one)
    return typeof type === 'number' ? [{ type, ...rest }] : []
  })
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function pointsIn(text: string): number {
  return [...text].length
}
