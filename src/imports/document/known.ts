/**
 * The questions of a file's suggestions and known answers (`gold`): a dataset without them would refuse
 * its own file. Their types follow from the values.
 */
import { isObject } from '../../json.ts'
import type { RecordLine } from '../../records/record-line.ts'

type Kind = 'ranking' | 'rating' | 'label' | 'multi_label' | 'text'
export type Known = {
  kind: Kind
  of: 'record' | 'outputs'
  /** Of a ranking, as its values say. */
  mode: string | null
  strength: boolean
  least: number
  most: number
  values: Set<string>
}

const mostValues = 500
const longestLabel = 60

export function noteKnown(known: Map<string, Known>, record: RecordLine) {
  for (const [name, { value }] of Object.entries(record.suggestions)) note(known, name, value)
  for (const [name, value] of Object.entries(record.gold ?? {})) note(known, name, value)
}

function note(known: Map<string, Known>, name: string, value: unknown) {
  const isRanking = isObject(value) && ('ranks' in value || 'all_unacceptable' in value)
  const isEach = isObject(value) && !isRanking
  const values: unknown[] = isEach ? Object.values(value) : [value]
  const found = known.get(name) ?? {
    ...{ kind: kindOf(isRanking, values), of: isEach ? ('outputs' as const) : ('record' as const) },
    ...{ mode: null, strength: false, least: Infinity, most: -Infinity, values: new Set<string>() },
  }
  known.set(name, found)
  if (isRanking) {
    if (typeof value['mode'] === 'string') found.mode = value['mode']
    found.strength ||= value['strength'] !== undefined
  }
  for (const one of values.flat()) {
    if (typeof one === 'number') {
      found.least = Math.min(found.least, one)
      found.most = Math.max(found.most, one)
    }
    if (typeof one !== 'string' || found.kind === 'text') continue
    found.values.add(one)
    const isFree = one.length > longestLabel || found.values.size > mostValues
    if (found.kind === 'label' && isFree) found.kind = 'text'
  }
}

function kindOf(isRanking: boolean, values: readonly unknown[]): Kind {
  if (isRanking) return 'ranking'
  if (values.some((one) => typeof one === 'number')) return 'rating'
  return values.some((one) => Array.isArray(one)) ? 'multi_label' : 'label'
}

/** Lines of a document that ask these questions. */
export function drawKnown(known: ReadonlyMap<string, Known>): string[] {
  return [...known].map(([name, one]) => {
    const optional = one.kind === 'ranking' ? '' : ', required: false'
    return `  ${JSON.stringify(name)}: { type: ${one.kind}${detailsOf(one)}${optional} }`
  })
}

function detailsOf({ kind, of, mode, strength, least, most, values }: Known): string {
  const about = of === 'outputs' ? ', of: outputs' : ''
  switch (kind) {
    case 'ranking':
      return `${mode === null ? '' : `, mode: ${mode}`}${strength ? ', strength: true' : ''}`
    case 'rating':
      return `${about}, options: ${scaleOf(least, most)}`
    case 'text':
      return about
    case 'label':
    case 'multi_label': {
      // One value alone leaves nothing to choose.
      const options = values.size === 1 ? [...values, 'other'] : [...values].sort()
      return `${about}, options: [${options.map((value) => JSON.stringify(value)).join(', ')}]`
    }
  }
}

/** The usual scale that holds all the ratings seen. */
export function scaleOf(least: number, most: number): string {
  if (least >= 1 && most <= 5) return '1-5'
  if (most <= 4) return '0-4'
  return least >= 1 ? '1-10' : '0-10'
}
