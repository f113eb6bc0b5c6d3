/** GET /admin/records/:id: what labelers read, every answer with how it came about, and what admins did. */
import type { Context } from 'hono'
import type { Parley } from '../../parley.ts'
import { letterOf } from '../../questions/values.ts'
import { isMedia, mediaLink } from '../../records/media.ts'
import type { Content as RecordText } from '../../records/record-line.ts'
import { mediaAddress } from '../media/address.ts'
import { mediaFigure } from '../media/figure.ts'
import { mediaWords } from '../media/words.ts'
import { badge, button, card, table } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { moment } from '../page/moments.ts'
import { csrfField, localeOf, page } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { renderContent } from '../render/content.ts'
import { renderStart } from '../render/text.ts'
import { adminOf, signedIn } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { disagreementOf, pathOf, statusTones } from './list.ts'
import { type GivenAnswer, mostAnswers, type RecordView, readRecord } from './read-record.ts'
import { drawValues, letterIn } from './values.ts'
import { type RecordWords, recordWords } from './words.ts'

export function recordRoutes(web: Web, { parley }: Site): void {
  web.get('/admin/records/:id', async (c) => {
    const said = inTongue(localeOf(c), recordWords)
    const view = await readRecord(parley, adminOf(c), c.req.param('id'))
    const { dataset, record, next } = view
    const isWhole = c.req.query('whole') === 'yes'
    return page(c, {
      title: record.externalId,
      section: 'datasets',
      above: aboveOf(view, said),
      styles: ['rendered.css', 'records.css'],
      actions: next === null ? '' : button(said.next, { href: `/admin/records/${next}` }),
      body: html`${summary(c, view, said)}
${card({ title: said.fields }, await fieldsOf(parley, c, view, isWhole, said))}
${record.outputs.length === 0 ? '' : card({ title: said.outputs }, await outputsOf(view, isWhole, said))}
${card({ title: said.answers, id: 'answers' }, answersOf(c, view, said))}
${card({ title: said.known, actions: button(record.gold === null ? said.setKnown : said.changeKnown, { href: `/admin/records/${record.id}/known` }) }, record.gold === null ? html`<p class="soft">${said.knownNone}</p>` : drawValues(dataset.document, record.gold as GivenAnswer['values'], record, said))}
${metadataOf(view, said)}${historyOf(c, view, said)}`,
    })
  })
}

export function aboveOf({ dataset, record }: RecordView, said: RecordWords, isBelow = false) {
  return [
    { label: dataset.name, href: `/admin/datasets/${encodeURIComponent(dataset.name)}` },
    { label: said.title, href: pathOf(dataset.name) },
    ...(isBelow ? [{ label: record.externalId, href: `/admin/records/${record.id}` }] : []),
  ]
}

function summary(c: Context, view: RecordView, said: RecordWords): Html {
  const { record, open, disagreement, createdAt } = view
  const lines: (readonly [string, Content])[] = [
    [said.status, badge(said.statuses[record.status], statusTones[record.status])],
    [said.wanted, said.answersOf(record.counted, record.wanted)],
    [said.disagreement, disagreementOf(disagreement, said)],
    [said.priority, String(record.priority)],
    ...(open > 0 ? [[said.open, String(open)] as const] : []),
    ...(record.discards > 0 ? [[said.skips, String(record.discards)] as const] : []),
    [said.added, moment(createdAt, localeOf(c))],
  ]
  return card(
    {},
    html`<dl class="details records-summary">${lines.map(
      ([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
    )}</dl>`,
  )
}

async function fieldsOf(
  parley: Parley,
  c: Context,
  { dataset, record }: RecordView,
  isWhole: boolean,
  said: RecordWords,
): Promise<Html> {
  const fields = new Map(dataset.document.fields.map((field) => [field.name, field]))
  const parts: Html[] = []
  for (const [name, content] of Object.entries(record.fields)) {
    const { title = name, type = 'text' } = fields.get(name) ?? {}
    const place = { datasetId: dataset.id, recordId: record.id, field: name }
    const shown =
      isMedia(type) && mediaLink(content) !== null
        ? mediaFigure({
            ...{ type, title, alone: mediaWords(localeOf(c)).alone },
            address: mediaAddress(parley, signedIn(c), place),
          })
        : await textOf(content, { isWhole, said, before: [] })
    parts.push(html`<div class="records-content"><h3 dir="auto">${title}</h3>${shown}</div>`)
  }
  return html`${parts}`
}

async function outputsOf(
  { record }: RecordView,
  isWhole: boolean,
  said: RecordWords,
): Promise<Html> {
  const before = Object.values(record.fields)
  const parts: Html[] = []
  for (const [at, output] of record.outputs.entries()) {
    const generated = output.metadata?.['generated'] !== undefined
    parts.push(
      html`<article class="records-output"><h3>${said.output(letterOf(at))} <span class="soft" dir="auto">${output.model ?? output.id}</span>${generated ? html` ${badge(said.generated)}` : ''}</h3>${await textOf(output.text ?? output.messages ?? '', { isWhole, said, before })}</article>`,
    )
  }
  return html`<div class="records-outputs">${parts}</div>`
}

/** Characters of one text that the page shows at first, so that it stays quick. */
const mostShown = 3_000

async function textOf(
  content: RecordText,
  { isWhole, said, before }: { isWhole: boolean; said: RecordWords; before: RecordText[] },
): Promise<Html> {
  if (isWhole || typeof content !== 'string' || content.length <= mostShown)
    return renderContent(content, { before })
  const start = await renderStart(content, mostShown)
  return html`${start.html}${start.isWhole ? '' : html`<p><a href="?whole=yes">${said.whole}</a></p>`}`
}

function answersOf(c: Context, view: RecordView, said: RecordWords): Html {
  const { answers } = view
  if (answers.length === 0) return html`<p class="soft">${said.noAnswers}</p>`
  return html`${answers.length >= mostAnswers ? html`<p class="soft">${said.moreAnswers(mostAnswers)}</p>` : ''}<div class="records-answers">${answers.map(
    (answer) => answerOf(c, view, answer, said),
  )}</div>`
}

function answerOf(c: Context, view: RecordView, answer: GivenAnswer, said: RecordWords): Html {
  const { record, dataset } = view
  const isSkip = answer.status === 'discarded'
  const isExcluded = answer.flags.includes('excluded')
  const at = `/admin/records/${record.id}/answers/${answer.id}`
  const flags = answer.flags.map((flag) =>
    badge(said.flags[flag] ?? flag, flag === 'excluded' ? 'bad' : 'warn'),
  )
  const facts: Content[] = [
    moment(answer.at, localeOf(c)),
    ...(answer.seconds === null ? [] : [said.took(duration(answer.seconds))]),
    ...(answer.platform === '' ? [] : [answer.platform]),
    ...(answer.rendering === 'raw' ? [said.shownRaw] : []),
    ...(answer.suggested === 'before' || answer.suggested === 'after' ? [said.suggested] : []),
  ]
  return html`<article class="records-answer${isExcluded ? ' is-excluded' : ''}" id="answer-${answer.id}">
<h3>${answer.name === null ? '' : html`<span dir="auto">${answer.name}</span> `}<a class="records-pseudonym" href="${pathOf(dataset.name)}?labeler=${encodeURIComponent(answer.pseudonym)}">${answer.pseudonym}</a></h3>
<p class="records-badges">${isSkip ? badge(`${said.skipped}: ${answer.reason ?? ''}`, 'warn') : badge(answer.counted ? said.counts : said.countsNot, answer.counted ? 'good' : 'plain')} ${flags.map((flag) => html`${flag} `)}</p>
<p class="soft">${facts.map((fact, index) => html`${index > 0 ? ' · ' : ''}${fact}`)}</p>
${orderOf(answer, view, said)}
${isSkip ? '' : drawValues(dataset.document, answer.values, record, said)}
${earlierOf(c, answer, view, said)}
<div class="actions">${isSkip ? '' : button(said.correct, { href: `${at}/correct` })}<form method="post" action="${at}/${isExcluded ? 'include' : 'exclude'}">${csrfField(c)}${button(isExcluded ? said.include : said.exclude, { 'aria-label': `${isExcluded ? said.include : said.exclude}: ${answer.pseudonym}` })}</form>${button(said.sendBack, { href: `${at}/send-back` })}</div></article>`
}

function orderOf(
  { order, status }: GivenAnswer,
  { record }: RecordView,
  said: RecordWords,
): Content {
  if (record.outputs.length < 2 || status === 'draft') return ''
  if (order === null || order.length === 0) return html`<p class="soft">${said.orderUnknown}</p>`
  return html`<p class="soft">${said.orderSeen}: ${order.map((id) => html`${badge(letterIn(record, id))} `)}</p>`
}

function earlierOf(c: Context, answer: GivenAnswer, view: RecordView, said: RecordWords): Content {
  const { earlier } = answer
  if (earlier.length === 0) return ''
  return html`<details><summary>${said.earlier(earlier.length)}</summary>${earlier.map(
    (one) =>
      html`<div class="records-earlier"><p class="soft">${said.version(one.revision)} · ${moment(one.at, localeOf(c))}${one.reason ? ` · ${said.skipped}: ${one.reason}` : ''}</p>${drawValues(view.dataset.document, one.values, view.record, said)}</div>`,
  )}</details>`
}

function metadataOf({ record }: RecordView, said: RecordWords): Content {
  const all = Object.entries(record.metadata)
  const suggestions = Object.entries(record.suggestions)
  if (all.length === 0 && suggestions.length === 0) return ''
  const list = (entries: [string, unknown][]) =>
    html`<dl class="details">${entries.map(
      ([name, value]) =>
        html`<div><dt dir="auto">${name}</dt><dd dir="auto">${cut(typeof value === 'string' ? value : JSON.stringify(value))}</dd></div>`,
    )}</dl>`
  return html`${all.length > 0 ? card({ title: said.metadataTitle }, list(all)) : ''}${
    suggestions.length > 0 ? card({ title: said.suggestions }, list(suggestions)) : ''
  }`
}

function historyOf(c: Context, { acts }: RecordView, said: RecordWords): Content {
  return card(
    { title: said.history },
    acts.length === 0
      ? html`<p class="soft">${said.noHistory}</p>`
      : table({
          caption: said.history,
          columns: [{ label: said.when }, { label: said.what }, { label: said.note }],
          rows: acts.map(({ at, actor, act, note }) => [
            moment(at, localeOf(c)),
            html`${act} <span class="soft">${said.by(actor)}</span>`,
            note,
          ]),
        }),
  )
}

function cut(text: string): string {
  return text.length > 2000 ? `${text.slice(0, 2000).toWellFormed()}…` : text
}

/** `45 s`, `3:20 min`. */
function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 90) return `${whole} s`
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')} min`
}
