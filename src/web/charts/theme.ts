/** Colours and sizes of charts, in light and in dark; each tone has a contrast of 3:1 at least. */
import type { Tone } from './chart.ts'

export type Theme = 'light' | 'dark'
/**
 * `narrow` is for telephones, where a wide picture scaled down has letters nobody can read; `full` for a chart
 * with the whole width to itself.
 */
export type Size = 'full' | 'wide' | 'narrow'

export type Palette = { text: string; soft: string; line: string; tones: Record<Tone, string> }

/** The same colours as src/web/client/tokens.css. */
export const palettes: Record<Theme, Palette> = {
  light: {
    text: '#1d1c1d',
    soft: '#5d5860',
    line: '#e2dce4',
    tones: { accent: '#5b2a86', second: '#b4641a', third: '#1f7a8c', muted: '#8d8491' },
  },
  dark: {
    text: '#ece8ee',
    soft: '#b3abb8',
    line: '#3a3440',
    tones: { accent: '#c4a1e6', second: '#e5a561', third: '#63b9c9', muted: '#857c8d' },
  },
}

export const font = 'system-ui, -apple-system, Roboto, Cantarell, Arial, sans-serif'
export const widths: Record<Size, number> = { full: 1180, wide: 580, narrow: 350 }
