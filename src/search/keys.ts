/**
 * Keys that stand among a record's words, so that one index answers for words and filters together. No word
 * of a text begins with `#`, so none is mistaken for a key. Pure.
 */

/** What a record is found by besides its words. */
export type Key =
  | { type: 'status' | 'model' | 'labeler' | 'flag' | 'language' | 'day'; value: string }
  | { type: 'metadata'; key: string; value: string }
  | { type: 'disputed' | 'gold' | 'answered' }

const signs = {
  ...{ status: 's', model: 'm', labeler: 'l', flag: 'f', language: 'y', day: 't' },
  ...{ metadata: 'k', disputed: 'x', gold: 'g', answered: 'a' },
} as const satisfies Record<Key['type'], string>

/** Longer values are found by their beginning; Postgres takes 2,046 bytes a word. */
const longest = 200

/** The word of a key. */
export function wordOf(key: Key): string {
  const sign = `#${signs[key.type]}`
  if (key.type === 'metadata') return `${sign}:${fold(key.key)}=${fold(key.value)}`
  return 'value' in key ? `${sign}:${fold(key.value)}` : sign
}

/** Upper and lower case are the same, as they are for words; what Postgres trims at the ends is gone. */
function fold(text: string): string {
  return [...text.trim().toLowerCase()].slice(0, longest).join('')
}

/** How many ids share a block, as a power of two: a search begins with the smallest (find_records). */
const blocks = [10, 13, 16, 19, 22] as const

/** The words of the blocks that a record is in, and of its dataset. */
export function blocksOf(datasetId: string, recordId: string): string[] {
  const each = blocks.map((bits) => `#${bits}.${datasetId}.${BigInt(recordId) >> BigInt(bits)}`)
  return [...each, `#d${datasetId}`]
}

/** As Postgres reads it in a `tsquery`: all of these, each any of several. */
export function toQuery(all: readonly (readonly Key[])[]): string | null {
  if (all.length === 0) return null
  return all.map((some) => `(${[...new Set(some.map(wordOf))].map(quote).join(' | ')})`).join(' & ')
}

function quote(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

const dayMs = 86_400_000

/**
 * Keys of every day from one to another (both counted, UTC, as `2026-03-02`): whole months and years as
 * one, so that years are as cheap as days.
 */
export function daysBetween(from: string, to: string): Key[] {
  const keys: Key[] = []
  const end = Date.parse(to)
  for (let at = Date.parse(from); at <= end && keys.length < 500; ) {
    const day = new Date(at).toISOString().slice(0, 10)
    const [year = '', month = '', date = ''] = day.split('-')
    const nextYear = Date.UTC(Number(year) + 1, 0, 1)
    const nextMonth = Date.UTC(Number(year), Number(month), 1)
    if (month === '01' && date === '01' && nextYear - dayMs <= end) {
      keys.push({ type: 'day', value: year })
      at = nextYear
    } else if (date === '01' && nextMonth - dayMs <= end) {
      keys.push({ type: 'day', value: `${year}-${month}` })
      at = nextMonth
    } else {
      keys.push({ type: 'day', value: day })
      at += dayMs
    }
  }
  return keys
}
