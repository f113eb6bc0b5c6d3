/** The pages of one dataset beside each other: stands on each of them. */
import { tabs } from '../page/components.ts'
import type { Html } from '../page/markup.ts'
import { datasetWords } from './words.ts'

const parts = ['here', 'records', 'people', 'import', 'exports', 'edit'] as const
export type DatasetPart = (typeof parts)[number]

export function datasetTabs(name: string, open: DatasetPart, locale: string | undefined): Html {
  const said = datasetWords(locale)
  const base = `/admin/datasets/${encodeURIComponent(name)}`
  return tabs(
    said.tabs,
    parts.map((part) => ({
      label: said[part],
      href: part === 'here' ? base : `${base}/${part}`,
      isHere: part === open,
    })),
  )
}
