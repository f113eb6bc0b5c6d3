/** GET /admin: every dataset this admin sees, and how far each is. */
import { listDatasets } from '../../datasets/dataset.ts'
import { badge, card, empty, type Tone, table } from '../page/components.ts'
import { html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { localeOf, page } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { overviewWords } from './words.ts'

const tones = {
  draft: 'plain',
  ready: 'good',
  paused: 'warn',
  closed: 'info',
} as const satisfies Record<string, Tone>

export function overviewRoutes(web: Web, { parley }: Site): void {
  web.get('/admin', async (c) => {
    const locale = localeOf(c)
    const said = inTongue(locale, overviewWords)
    const all = await listDatasets(parley, adminOf(c))
    const rows = all.map(({ dataset: { name, status, document }, counts }) => [
      html`<a href="/admin/datasets/${encodeURIComponent(name)}">${document.title ?? name}</a>`,
      badge(said.states[status], tones[status]),
      count(counts.records, locale),
      html`<meter min="0" max="${Math.max(counts.records, 1)}" value="${counts.completed}">${counts.completed}</meter> ${count(counts.completed, locale)}`,
      count(counts.submitted, locale),
    ])
    return page(c, {
      title: said.title,
      section: 'overview',
      body:
        rows.length === 0
          ? empty(said.nothing, said.nothingText)
          : card(
              { isWide: true },
              table({
                caption: said.datasets,
                columns: [
                  { label: said.name },
                  { label: said.status },
                  { label: said.records, isNumber: true },
                  { label: said.completed, isNumber: true },
                  { label: said.answers, isNumber: true },
                ],
                rows,
              }),
            ),
    })
  })
}
