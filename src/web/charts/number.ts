/** Numbers and days as the reader's language writes them. */
import { LRUCache } from 'lru-cache'
import type { Cell, Column } from './chart.ts'

const formats = new LRUCache<string, Intl.NumberFormat>({ max: 32 })

function numbers(locale: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale + JSON.stringify(options)
  const format = formats.get(key) ?? new Intl.NumberFormat(locale, options)
  formats.set(key, format)
  return format
}

/** A cell as people read it; an empty one is a dash. */
export function sayCell(cell: Cell, format: Column['format'], locale: string): string {
  if (cell === null) return '–'
  if (typeof cell === 'string') return format === 'day' ? sayDay(cell, locale, true) : cell
  switch (format) {
    case 'share':
      return numbers(locale, { style: 'percent', maximumFractionDigits: 1 }).format(cell + 0)
    case 'number':
      return sayNumber(cell, locale)
    case 'count':
    case 'text':
    case 'day':
      return numbers(locale, { maximumFractionDigits: 1 }).format(cell + 0)
  }
}

/** Two decimals, and never "-0.00". */
export function sayNumber(value: number, locale: string): string {
  const options = { minimumFractionDigits: 2, maximumFractionDigits: 2 }
  return numbers(locale, options).format(Math.abs(value) < 0.005 ? 0 : value)
}

const days = new LRUCache<string, Intl.DateTimeFormat>({ max: 8 })

/** `2026-03-02` as "2 Mar", with the year if asked for. */
export function sayDay(day: string, locale: string, hasYear = false): string {
  const key = `${locale} ${hasYear}`
  const format =
    days.get(key) ??
    new Intl.DateTimeFormat(locale, {
      ...{ day: 'numeric', month: 'short', timeZone: 'UTC' },
      ...(hasYear ? { year: 'numeric' } : {}),
    })
  days.set(key, format)
  return format.format(new Date(`${day}T00:00:00Z`))
}
