/** The pages of one dataset beside each other: stands on each of them. */
import { tabs } from '../page/components.ts'
import type { Html } from '../page/markup.ts'
import type { Web } from '../site.ts'
import { datasetWords } from './words.ts'

const parts = ['here', 'records', 'people', 'import', 'exports', 'edit'] as const
export type DatasetPart = (typeof parts)[number]

/** The app the pages are mounted on; every one of this program has the same. */
let mounted: Web | null = null

/** Parts are mounted by themselves, before or after this; tabs lead to those that are there. */
export function noteParts(web: Web): void {
  mounted = web
}

export function datasetTabs(name: string, open: DatasetPart, locale: string | undefined): Html {
  const said = datasetWords(locale)
  const base = `/admin/datasets/${encodeURIComponent(name)}`
  return tabs(
    said.tabs,
    parts.filter(isThere).map((part) => ({
      label: said[part],
      href: part === 'here' ? base : `${base}/${part}`,
      isHere: part === open,
    })),
  )
}

function isThere(part: DatasetPart): boolean {
  const path = `/admin/datasets/:name${part === 'here' ? '' : `/${part}`}`
  return (
    mounted?.routes.some((route) => route.method === 'GET' && route.path === path) ??
    part === 'here'
  )
}
