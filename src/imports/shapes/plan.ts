/** Which keys of a foreign line feed what of a dataset: by their usual names, or by hand (`--map`). */
import { didYouMean } from '../../datasets/did-you-mean.ts'
import type { DatasetDocument, Field } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'

export type PlannedField = { field: Field; keys: readonly string[]; mapped: boolean }
/** Worked out once for a whole file. */
export type Plan = {
  fields: readonly PlannedField[]
  /** The field a conversation feeds: the one named prompt, or like one. */
  prompt: PlannedField | undefined
  outputs: readonly string[] | null
  id: readonly string[]
  priority: string | null
  /** Keys claimed by the dataset or by `--map`: shapes leave them alone. */
  claimed: ReadonlySet<string>
}

export const promptKeys = ['prompt', 'question', 'instruction', 'query', 'input', 'inputs'].concat([
  'user',
  'text',
])
export const systemKeys = ['system', 'system_prompt', 'system_message', 'system_instruction']
export const contextKeys = ['context', ...systemKeys, 'passage', 'document', 'background', 'input']

export function planFor(
  document: Pick<DatasetDocument, 'fields'>,
  map: Readonly<Record<string, string>>,
): Plan {
  const given = targetsOf(document, map)
  const names = document.fields.map(({ name }) => name)
  const promptField =
    document.fields.find((field) => field.name === 'prompt') ??
    document.fields.find((field) => promptKeys.includes(field.name)) ??
    (document.fields.length === 1 ? document.fields[0] : undefined)
  const systemField = names.find((name) => systemKeys.includes(name))
  const fields = document.fields.map((field): PlannedField => {
    const key = given.get(field.name)
    if (key !== undefined) return { field, keys: [key], mapped: true }
    const aliases = field === promptField ? promptKeys : aliasesOf(field.name, systemField)
    return { field, keys: [...new Set([field.name, ...aliases])], mapped: false }
  })
  const outputs = given.get('outputs')
  const id = given.get('external_id')
  const mapped = [...given.values()].flatMap((keys) => keys.split(','))
  return {
    fields,
    prompt: fields.find(({ field }) => field === promptField) ?? fields[0],
    outputs: outputs === undefined ? null : outputs.split(',').map((key) => key.trim()),
    id: id === undefined ? ['external_id', 'id'] : [id],
    priority: given.get('priority') ?? null,
    claimed: new Set([
      ...names.filter((name) => name !== 'prompt'),
      ...mapped.flatMap((key) => [key.trim(), key.trim().split('.')[0] ?? '']),
    ]),
  }
}

/** A field named system takes nothing else; one named context takes the system's message if none does. */
function aliasesOf(name: string, systemField: string | undefined): readonly string[] {
  if (systemKeys.includes(name)) return systemKeys
  if (!contextKeys.includes(name)) return []
  return systemField === undefined
    ? contextKeys
    : contextKeys.filter((key) => !systemKeys.includes(key))
}

/** Reads `--map`: the side that names something of the dataset is the target, whichever it is. */
function targetsOf(
  document: Pick<DatasetDocument, 'fields'>,
  map: Readonly<Record<string, string>>,
): Map<string, string> {
  const targets = [
    ...document.fields.map((field) => field.name),
    'outputs',
    'external_id',
    'priority',
  ]
  const canonical = (name: string) => (name === 'id' ? 'external_id' : name)
  const found = new Map<string, string>()
  for (const [left, right] of Object.entries(map)) {
    if (targets.includes(canonical(left))) found.set(canonical(left), right)
    else if (targets.includes(canonical(right))) found.set(canonical(right), left)
    else
      throw invalid({
        map: `"${left}=${right}" names nothing of this dataset. Write e.g. ${targets[0]}=KEY; it has ${targets.join(', ')}.${didYouMean(left, targets)}`,
      })
  }
  return found
}
