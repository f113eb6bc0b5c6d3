/** The parts of the overview: figures, what needs attention, and the table of datasets. */

import type { Dataset } from '../../datasets/document.ts'
import { sayDay } from '../charts/number.ts'
import { datasetTones } from '../dataset/tones.ts'
import { badge, card, table } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { inTongue } from '../page/words.ts'
import type { Line } from './lines.ts'
import type { Recent } from './recent.ts'
import { sayEnding } from './say-ending.ts'
import { spark } from './spark.ts'
import { standingWords } from './standing-words.ts'
import { isStuck, type Standing } from './stuck.ts'
import { overviewWords } from './words.ts'

export function figuresOf(
  datasets: readonly Dataset[],
  recents: ReadonlyMap<string, Recent>,
  lines: readonly Line[],
  locale: string | undefined,
): Html {
  const said = inTongue(locale, overviewWords)
  const own = datasets.flatMap(({ id }) => recents.get(id) ?? [])
  const sum = (of: (one: Recent) => number) =>
    count(
      own.reduce((all, one) => all + of(one), 0),
      locale,
    )
  const stuck = lines.filter(({ standing }) => isStuck(standing)).length
  const figure = (label: string, value: Content, note: Content) =>
    html`<div><dt>${label}</dt><dd>${value}<small>${note}</small></dd></div>`
  const open = datasets.filter(({ status }) => status === 'ready').length
  return html`<dl class="figures">${figure(said.open, count(open, locale), said.of(count(open, locale), count(datasets.length, locale)))}
${figure(
  said.answersToday,
  sum(({ answers }) => answers[0] ?? 0),
  said.answersBefore(sum(({ answers }) => answers[1] ?? 0)),
)}
${figure(
  said.peopleToday,
  sum(({ today }) => today),
  said.peopleWeek(sum(({ week }) => week)),
)}
${figure(said.stuckCount, count(stuck, locale), stuck === 0 ? said.stuckNone : said.stuckSome)}</dl>`
}

/** What an admin has to do something about, and what. */
export function attentionOf(lines: readonly Line[], locale: string | undefined): Html {
  const said = inTongue(locale, overviewWords)
  const stuck = lines.filter(({ standing }) => isStuck(standing))
  if (stuck.length === 0) return html``
  return card(
    { title: said.attention },
    html`<ul class="attention">${stuck.map(
      ({ dataset, standing }) =>
        html`<li><a href="${addressOf(dataset)}">${titleOf(dataset)}</a> ${badge(said.stuck, 'bad')}<span class="cell-note">${sayStanding(standing, locale)}</span></li>`,
    )}</ul>`,
  )
}

export function sayStanding(standing: Standing, locale: string | undefined): string {
  const words = inTongue(locale, standingWords)
  const day = 'since' in standing ? standing.since.toISOString().slice(0, 10) : null
  return words.why(standing, day === null ? '' : sayDay(day, words.locale, true))
}

export function linesTable(lines: readonly Line[], now: Date, locale: string | undefined): Html {
  const said = inTongue(locale, overviewWords)
  return table({
    caption: said.datasets,
    columns: [said.name, said.progress, said.throughput, said.active, said.ending].map((label) => ({
      label,
    })),
    rows: lines.map((line) => [
      nameCell(line, locale),
      progressCell(line, locale),
      throughputCell(line, locale),
      activeCell(line, locale),
      endingCell(line, now, locale),
    ]),
  })
}

function nameCell({ dataset, standing }: Line, locale: string | undefined): Html {
  const said = inTongue(locale, overviewWords)
  const state = isStuck(standing)
    ? badge(said.stuck, 'bad')
    : standing.type === 'done'
      ? badge(said.done, 'good')
      : badge(said.states[dataset.status], datasetTones[dataset.status])
  return html`<a href="${addressOf(dataset)}">${titleOf(dataset)}</a><span class="dataset-name">${dataset.name} ${state}</span>`
}

/** How far it is: a bar, the numbers, and what stands aside. */
export function progressCell(
  { progress }: Pick<Line, 'progress'>,
  locale: string | undefined,
): Html {
  const said = inTongue(locale, overviewWords)
  const whole = progress.records - progress.rejected
  const text = said.of(count(progress.completed, locale), count(whole, locale))
  const aside = [
    ...(progress.needsOutputs ? [said.waiting(count(progress.needsOutputs, locale))] : []),
    ...(progress.rejected ? [said.rejected(count(progress.rejected, locale))] : []),
  ]
  return html`<div class="share"><meter min="0" max="${Math.max(1, whole)}" value="${progress.completed}" aria-label="${said.progress}">${text}</meter><small>${[text, ...aside].join(', ')}</small></div>`
}

function throughputCell({ recent }: Line, locale: string | undefined): Html {
  const said = inTongue(locale, overviewWords)
  const week = recent.answers.slice(0, 7).reduce((sum, one) => sum + one, 0)
  return html`${spark(recent.answers, said.sparkOf(recent.answers.toReversed().join(', ')))}<span class="cell-note">${said.week(count(week, locale))}</span>`
}

function activeCell({ dataset, recent, people }: Line, locale: string | undefined): Html {
  const said = inTongue(locale, overviewWords)
  if (recent.week === 0) return html`<span class="soft">${said.nobodyWeek}</span>`
  const week = said.ofWeek(count(recent.week, locale))
  const link = (text: string) => html`<a class="nowrap" href="${addressOf(dataset)}">${text}</a>`
  if (recent.today === 0) return link(week)
  const more = recent.today - people.length
  const names = [...people, ...(more > 0 && people.length > 0 ? [said.more(more)] : [])].join(', ')
  return html`${link(said.today(count(recent.today, locale)))}<span class="cell-note">${names || week}</span>`
}

function endingCell(
  { dataset, standing, ending }: Line,
  now: Date,
  locale: string | undefined,
): Html {
  const isOver = dataset.status !== 'ready' || standing.type === 'done' || standing.type === 'empty'
  if (isOver) return html`<span class="soft">–</span>`
  const { text, note } = sayEnding(ending, now, locale)
  return html`<span class="nowrap">${text}</span><span class="cell-note">${note}</span>`
}

/** A title is the question people are asked; a dataset without one goes by its name. */
export function titleOf({ name, document }: Dataset): string {
  return document.title ?? name
}

export function addressOf({ name }: { name: string }): string {
  return `/admin/datasets/${encodeURIComponent(name)}`
}
