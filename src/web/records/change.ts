/**
 * What is done with many records: the form below the list, a page that counts first and asks, and the change
 * itself, which is made only if they are still as many.
 */
import type { Context } from 'hono'
import { getDataset } from '../../datasets/dataset.ts'
import { invalid } from '../../errors.ts'
import type { Actor, Parley } from '../../parley.ts'
import { type RecordFilter, readFilter } from '../../search/filter.ts'
import { assignRecords } from '../../selections/assign.ts'
import { deleteRecords } from '../../selections/delete.ts'
import { prioritizeRecords } from '../../selections/prioritize.ts'
import { requeueRecords } from '../../selections/requeue.ts'
import { button, card, field, notice, select } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { type Html, html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { csrfField, localeOf, page } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { type RecordWords, recordWords } from './words.ts'

const acts = ['priority', 'requeue', 'assign', 'delete', 'delete-answered'] as const
type Act = (typeof acts)[number]

/** The form below the list; the list's check boxes are in the same form. */
export function changeCard(said: RecordWords): Html {
  return card(
    { title: said.change },
    html`<div class="filters records-change">${field({
      ...{ name: 'act', label: said.act },
      control: select(
        acts.map((value) => ({ value, label: said.acts[value] })),
        undefined,
      ),
    })}${field({
      ...{ name: 'scope', label: said.scope },
      control: select(
        [
          { value: 'chosen', label: said.chosen },
          { value: 'found', label: said.found },
        ],
        undefined,
      ),
    })}${field({ name: 'priority', label: said.priority, hint: said.priorityHint, value: 5, input: { type: 'number', min: 0, max: 9 } })}${field({ name: 'people', label: said.people, hint: said.peopleHint })}${field({ name: 'each', label: said.each, hint: said.eachHint, input: { type: 'number', min: 1 } })}<div class="actions">${button(said.count, { tone: 'main' })}</div></div>`,
  )
}

type Asked = {
  act: Act
  ids: string[] | null
  filter: string
  found: RecordFilter
  priority: number
  to: string
  each: number | undefined
  expect: number | null
}

export function changeRoutes(web: Web, { parley }: Site): void {
  web.post('/admin/datasets/:name/records/change', async (c) => {
    const said = inTongue(localeOf(c), recordWords)
    const actor = adminOf(c)
    const dataset = await getDataset(parley, c.req.param('name'), actor)
    const path = `/admin/datasets/${encodeURIComponent(dataset.name)}/records`
    const asked = await readAsked(c, said)
    const back = asked.filter === '' ? path : `${path}?${asked.filter}`
    const plan = await run(parley, actor, dataset.name, asked)
    if (asked.expect === null) {
      const { body, changes } = planOf(c, said, asked, plan)
      return page(c, {
        title: said.confirmTitle,
        section: 'datasets',
        isNarrow: true,
        above: [
          { label: dataset.name, href: `/admin/datasets/${encodeURIComponent(dataset.name)}` },
          { label: said.title, href: back },
        ],
        body: card({}, html`${body}${confirmForm(c, said, { path, back, asked, changes })}`),
      })
    }
    return goOn(parley, c, back, {
      tone: plan.stopped ? 'warn' : 'good',
      text: doneOf(c, said, asked, plan),
    })
  })
}

async function readAsked(c: Context, said: RecordWords): Promise<Asked> {
  const form = await c.req.parseBody({ all: true })
  const text = (name: string) => {
    const [value] = [form[name]].flat()
    return typeof value === 'string' ? value.trim() : ''
  }
  const act = acts.find((one) => one === text('act'))
  if (!act) throw invalid({ act: said.chooseSome })
  const ids = [form['id'] ?? []].flat().filter((one) => typeof one === 'string')
  const isFound = text('scope') === 'found'
  if (!isFound && ids.length === 0) throw invalid({ id: said.chooseSome })
  const filter = text('filter')
  const number = (name: string) => (text(name) === '' ? undefined : Number(text(name)))
  return {
    ...{ act, filter, to: text('people') },
    ids: isFound ? null : ids,
    found: readFilter(Object.fromEntries(new URLSearchParams(filter))),
    priority: number('priority') ?? Number.NaN,
    each: number('each'),
    expect: number('expect') ?? null,
  }
}

/** What would be changed, or was. */
type Outcome = {
  matched: number
  changes: number
  stopped: boolean
  answers: number
  kept: { count: number; ids: string[] }
  invited: number
}

const mostMs = 25_000

async function run(
  parley: Parley,
  actor: Actor,
  dataset: string,
  { act, ids, found, priority, to, each, expect }: Asked,
): Promise<Outcome> {
  const isAll = Object.keys(found).length === 0
  const input = {
    ...{ dataset, signal: AbortSignal.timeout(mostMs) },
    // Without a filter all are meant, and each has a priority.
    ...(ids ? { ids } : isAll ? { where: 'priority >= 0' } : { found }),
    ...(expect === null ? { dryRun: true } : { expect }),
  }
  const none = { answers: 0, kept: { count: 0, ids: [] }, invited: 0, stopped: false }
  if (act === 'priority') {
    const { matched, prioritized, stopped } = await prioritizeRecords(parley, actor, {
      ...input,
      priority,
    })
    return { ...none, matched, changes: prioritized, stopped }
  }
  if (act === 'requeue') {
    const { matched, requeued, stopped } = await requeueRecords(parley, actor, input)
    return { ...none, matched, changes: requeued, stopped }
  }
  if (act === 'assign') {
    const people = to
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '')
    if (people.length === 0) throw invalid({ people: 'Name at least one person.' })
    const asked = { ...input, to: people, ...(each === undefined ? {} : { each }) }
    const { matched, assigned, invited } = await assignRecords(parley, actor, asked)
    return { ...none, matched, changes: assigned, invited: invited?.invited ?? 0 }
  }
  const force = act === 'delete-answered'
  const done = await deleteRecords(parley, actor, { ...input, force })
  const { posted, answered, held, ids: names } = done.kept
  return {
    ...{ ...none, matched: done.matched, changes: done.deleted, stopped: done.stopped },
    ...{ answers: done.answers, kept: { count: posted + answered + held, ids: names } },
  }
}

function texts(c: Context, said: RecordWords) {
  const write = (number: number) => count(number, localeOf(c))
  return {
    records: (number: number) => said.records(number, write(number)),
    answers: (number: number) => said.answersCount(number, write(number)),
    people: (number: number) => said.peopleCount(number, write(number)),
  }
}

function planOf(c: Context, said: RecordWords, asked: Asked, plan: Outcome) {
  const { records, answers } = texts(c, said)
  const { act, priority, to } = asked
  const many = records(plan.changes)
  const line =
    act === 'priority'
      ? said.would.priority(many, String(priority))
      : act === 'requeue'
        ? said.would.requeue(many)
        : act === 'assign'
          ? said.would.assign(many, to)
          : said.would.delete(many)
  const isLoss = act === 'delete-answered' && plan.answers > 0
  return {
    changes: plan.changes,
    body: html`<p>${said.matched(records(plan.matched))}</p>
${plan.changes === 0 ? notice('info', said.nothingToDo) : html`<p><strong>${line}</strong></p>`}
${isLoss ? notice('warn', said.would.answers(answers(plan.answers))) : ''}
${plan.kept.count > 0 ? html`<p>${said.stay(records(plan.kept.count), plan.kept.ids.slice(0, 5).join(', '))}</p>` : ''}`,
  }
}

function confirmForm(
  c: Context,
  said: RecordWords,
  { path, back, asked, changes }: { path: string; back: string; asked: Asked; changes: number },
): Html {
  const { act, ids, filter, priority, to, each } = asked
  const hidden = (name: string, value: string | number) =>
    html`<input type="hidden" name="${name}" value="${value}">`
  const cancel = button(said.cancel, { href: back })
  if (changes === 0) return html`<div class="actions">${cancel}</div>`
  return html`<form method="post" action="${path}/change">${csrfField(c)}${hidden('act', act)}${hidden('scope', ids ? 'chosen' : 'found')}${(ids ?? []).map((id) => hidden('id', id))}${hidden('filter', filter)}${Number.isNaN(priority) ? '' : hidden('priority', priority)}${hidden('people', to)}${each === undefined ? '' : hidden('each', each)}${hidden('expect', changes)}
<div class="actions">${button(said.doIt[act], { tone: act.startsWith('delete') ? 'danger' : 'main' })}${cancel}</div></form>`
}

function doneOf(c: Context, said: RecordWords, { act }: Asked, plan: Outcome): string {
  const { records, people } = texts(c, said)
  const many = records(plan.changes)
  const line =
    act === 'priority'
      ? said.did.priority(many)
      : act === 'requeue'
        ? said.did.requeue(many)
        : act === 'assign'
          ? said.did.assign(many, people(plan.invited))
          : said.did.delete(many)
  return plan.stopped ? `${line} ${said.stopped}` : line
}
