/** What a dataset's page begins with: its numbers at a glance, and why it is stuck. */
import type { Parley } from '../../parley.ts'
import type { Line } from '../overview/lines.ts'
import { sayEnding } from '../overview/say-ending.ts'
import { isStuck } from '../overview/stuck.ts'
import { progressCell, sayStanding } from '../overview/tables.ts'
import { notice } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { datasetWords } from './words.ts'

export function datasetFigures(parley: Parley, line: Line, locale: string | undefined): Html {
  const said = datasetWords(locale)
  const { progress, recent, ending, dataset, people } = line
  const number = (value: number) => count(value, locale)
  const figure = (label: string, value: Content, note: Content) =>
    html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`
  const end = sayEnding(ending, parley.now(), locale)
  const isOpen = dataset.status === 'ready' && progress.pending + progress.needsOutputs > 0
  const active = people.length > 0 ? people.join(', ') : said.ofLabelers(number(progress.labelers))
  return html`<dl class="figures">${figure(said.completed, number(progress.completed), progressCell(line, locale))}
${figure(said.answers, number(progress.submitted), said.uncounted(number(progress.counted), number(progress.surplus)))}
${figure(said.active, number(recent.today), active)}
${figure(said.ending, isOpen ? end.text : '–', isOpen ? `${end.note}${end.pace ? `; ${said.pace(end.pace)}` : ''}` : '')}</dl>`
}

/** Why nothing moves and what to do, where that is so; of a draft and a pause too. */
export function standingNotice({ standing }: Line, locale: string | undefined): Html {
  const isQuiet = ['moving', 'done', 'closed'].includes(standing.type)
  if (isQuiet) return html``
  return notice(isStuck(standing) ? 'warn' : 'info', sayStanding(standing, locale))
}
