/** What records are looked for: words, and what they have besides. Read from texts, as addresses give them. */
import { invalid } from '../errors.ts'
import { type RecordStatus, recordStatuses } from '../records/record-status.ts'
import { daysBetween, type Key } from './keys.ts'

/** All that is given must hold. */
export type RecordFilter = {
  /** Words of prompt, outputs and answers: all of them, `"in this order"`, `this or that`, `-without`; `part*`. */
  text?: string
  status?: RecordStatus
  /** At least half of the pairs of its labelers differ. */
  disputed?: boolean
  /** It has known answers. */
  gold?: boolean
  model?: string
  /** `key=value` each. */
  metadata?: readonly string[]
  /** The pseudonym of somebody who answered or skipped it. */
  labeler?: string
  flag?: AnswerFlag
  /** `metadata.language`, else `metadata.lang`. */
  language?: string
  /** Days (UTC) on which somebody answered it, the first and the last. */
  from?: string
  to?: string
}

export const answerFlags = [
  ...['late', 'surplus', 'same_person', 'gold', 'repeat', 'fast', 'edited_after_reveal'],
  ...['not_blind', 'excluded', 'corrected', 'skipped'],
] as const
export type AnswerFlag = (typeof answerFlags)[number]

/** How records are ordered: as they came, or the most disputed first. */
export const recordSorts = ['order', 'disagreement'] as const
export type RecordSort = (typeof recordSorts)[number]

/** The names of a filter's parts in addresses and options. */
export type FilterTexts = { readonly [name: string]: string | readonly string[] | undefined }

const day = /^\d{4}-\d\d-\d\d$/
const longestWords = 500

/** Empty texts ask for nothing. @throws ParleyError `invalid`, naming what cannot be read. */
export function readFilter(texts: FilterTexts): RecordFilter {
  const problems: Record<string, string> = {}
  const given = (name: string) => {
    const [text = ''] = [texts[name] ?? []].flat()
    return text.trim() === '' ? undefined : text.trim()
  }
  const oneOf = <Known extends string>(name: string, known: readonly Known[]) => {
    const text = given(name)
    const found = known.find((one) => one === text)
    if (text !== undefined && found === undefined)
      problems[name] = `"${text.slice(0, 50)}" is not known. Choose one of ${known.join(', ')}.`
    return found
  }
  const filter = {
    text: given('q')?.slice(0, longestWords).replaceAll('\0', ''),
    status: oneOf('status', recordStatuses),
    disputed: oneOf('disputed', ['yes'] as const) && true,
    gold: oneOf('gold', ['yes'] as const) && true,
    model: given('model'),
    metadata: readPairs(texts['metadata'], problems),
    labeler: given('labeler'),
    flag: oneOf('flag', answerFlags),
    language: given('language'),
    from: readDay('from', given('from'), problems),
    to: readDay('to', given('to'), problems),
  }
  if (filter.from !== undefined && filter.to !== undefined && filter.from > filter.to)
    problems['to'] = 'The last day lies before the first. Change one of them.'
  if (Object.keys(problems).length > 0) throw invalid(problems)
  return Object.fromEntries(
    Object.entries(filter).filter(([, value]) => value !== undefined),
  ) as RecordFilter
}

/** The same filter as texts, for addresses. */
export function writeFilter(filter: RecordFilter): [string, string][] {
  return Object.entries(filter).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return []
    if (Array.isArray(value)) return value.map((one) => [name, String(one)])
    return [[name === 'text' ? 'q' : name, value === true ? 'yes' : String(value)]]
  })
}

function readPairs(
  given: FilterTexts[string],
  problems: Record<string, string>,
): string[] | undefined {
  const all = [given ?? []]
    .flat()
    .map((text) => text.trim())
    .filter((text) => text !== '')
  const wrong = all.find((text) => !/^[^=]+=./.test(text))
  if (wrong !== undefined)
    problems['metadata'] = `"${wrong.slice(0, 50)}" is not key=value. Write batch=may.`
  return all.length > 0 ? all.slice(0, 10) : undefined
}

function readDay(
  name: string,
  text: string | undefined,
  problems: Record<string, string>,
): string | undefined {
  if (text === undefined) return undefined
  const at = day.test(text) ? new Date(text) : null
  if (at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text)) return text
  problems[name] = `"${text.slice(0, 50)}" is not a day. Write it as 2026-12-24.`
  return undefined
}

/** Whether it asks for anything but words. */
export function asksKeys({ text: _, ...rest }: RecordFilter): boolean {
  return Object.values(rest).some((value) => value !== undefined)
}

/** What a search has to hold, each any of several; `labelerId` is whom the pseudonym names. */
export function keysAsked(filter: RecordFilter, labelerId: string | null, today: string): Key[][] {
  const { status, disputed, gold, model, metadata = [], flag, language, from, to } = filter
  const all: Key[][] = []
  if (status) all.push([{ type: 'status', value: status }])
  if (disputed) all.push([{ type: 'disputed' }])
  if (gold) all.push([{ type: 'gold' }])
  if (model) all.push([{ type: 'model', value: model }])
  if (language) all.push([{ type: 'language', value: language }])
  if (flag) all.push([{ type: 'flag', value: flag }])
  if (labelerId !== null) all.push([{ type: 'labeler', value: labelerId }])
  for (const pair of metadata) {
    const at = pair.indexOf('=')
    all.push([{ type: 'metadata', key: pair.slice(0, at), value: pair.slice(at + 1) }])
  }
  if (from !== undefined || to !== undefined)
    all.push(daysBetween(from ?? '2000-01-01', to ?? today))
  return all
}
