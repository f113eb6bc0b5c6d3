/** Publish, pause, close, reopen: the buttons of a dataset's page, and what they do. */
import type { Context } from 'hono'
import { sayReach } from '../../chat/words/say.ts'
import { words } from '../../chat/words/words.ts'
import type { Dataset, DatasetStatus } from '../../datasets/document.ts'
import {
  closeDataset,
  pauseDataset,
  publishDataset,
  reopenDataset,
} from '../../datasets/publish.ts'
import type { Actor, Parley } from '../../parley.ts'
import { button } from '../page/components.ts'
import { type Html, html } from '../page/markup.ts'
import { csrfField, localeOf } from '../page/page.ts'
import { datasetWords } from './words.ts'

export const acts = ['publish', 'pause', 'close', 'reopen'] as const
export type Act = (typeof acts)[number]

const offered: Record<DatasetStatus, readonly Act[]> = {
  draft: ['publish'],
  ready: ['pause', 'close'],
  paused: ['publish', 'close'],
  closed: ['reopen'],
}

/** A button for each thing that can be done with it as it stands. */
export function actButtons(c: Context, { name, status }: Dataset): Html {
  const said = datasetWords(localeOf(c))
  const base = `/admin/datasets/${encodeURIComponent(name)}`
  return html`${offered[status].map((act, at) => {
    const label = act === 'publish' && status === 'paused' ? said.resume : said[act]
    const tone = at === 0 && act !== 'pause' ? 'main' : 'plain'
    return html`<form method="post" action="${base}/${act}">${csrfField(c)}${button(label, { tone })}</form>`
  })}`
}

/** Does it, and returns what to say of it: warnings and who is reached, too. @throws as the verbs do */
export async function act(
  parley: Parley,
  actor: Actor,
  { act: what, dataset, locale }: { act: Act; dataset: string; locale: string | undefined },
): Promise<{ tone: 'good' | 'warn'; text: string }> {
  const said = datasetWords(locale)
  if (what === 'pause' || what === 'close') {
    await (what === 'pause' ? pauseDataset : closeDataset)(parley, actor, { dataset })
    return { tone: 'good', text: said.acts[what] }
  }
  const verb = what === 'publish' ? publishDataset : reopenDataset
  const { warnings, reach } = await verb(parley, actor, { dataset })
  const told = words(locale)
  return {
    tone: warnings.length > 0 ? 'warn' : 'good',
    text: [
      said.acts[what],
      ...sayReach(reach, told),
      ...warnings.map((one) => told.refusal(one)),
    ].join('\n'),
  }
}
