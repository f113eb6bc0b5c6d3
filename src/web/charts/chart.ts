/**
 * A chart: what is drawn, and the table it is drawn from, which readers get beneath it and programs as CSV.
 * Neither holds what the other lacks.
 */

/** `share` is shown in percent; `day` is `2026-03-02`, the first of what it stands for. */
export type Column = {
  key: string
  title: string
  format: 'text' | 'count' | 'number' | 'share' | 'day'
}
export type Cell = string | number | null
export type ChartTable = { columns: readonly Column[]; rows: readonly (readonly Cell[])[] }

export type Chart = {
  /** In the address: `answers`, `agreement`. */
  name: string
  title: string
  /** How to read it, in a sentence or two. */
  how: string
  /** What somebody who sees no picture is told of it. */
  summary: string
  /** Null where there is nothing to draw yet; `missing` says why. */
  drawing: Drawing | null
  missing: string | null
  table: ChartTable
}

/** Which colour, in light and in dark. */
export type Tone = 'accent' | 'second' | 'third' | 'muted'

export type Line = {
  name: string
  tone: Tone
  values: readonly (number | null)[]
  /** Between these, at each place, lies the interval. */
  low?: readonly (number | null)[]
  high?: readonly (number | null)[]
  /** What is expected and not known. */
  isDashed?: boolean
  /** With a point at each place: for values that are no running count. */
  hasPoints?: boolean
}

export type Interval = {
  label: string
  value: number
  /** Null where the answers set no limit; undefined where there is no interval. */
  low?: number | null | undefined
  high?: number | null | undefined
  /** At the right: "rank 1–2", "16 of 60". */
  note?: string
  tone?: Tone
}

export type Drawing =
  | {
      type: 'timeline'
      /** One for each place, as `2026-03-02`. */
      days: readonly string[]
      bars: readonly { name: string; tone: Tone; values: readonly number[] }[]
      lines: readonly Line[]
      /** A level that all is measured against. */
      level?: { name: string; value: number }
      format: 'count' | 'number'
      range?: readonly [number, number]
    }
  | {
      type: 'intervals'
      rows: readonly Interval[]
      format: 'number' | 'share'
      level?: { name: string; value: number }
      range?: readonly [number, number]
    }
  | { type: 'counts'; rows: readonly { label: string; count: number; tone?: Tone }[] }
