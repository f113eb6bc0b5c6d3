/** What is shown of an uploaded file: what can be read of it and how, how far its import is, what came of it. */
import type { Context } from 'hono'
import type { Dataset } from '../../datasets/document.ts'
import type { Linted } from '../../imports/lint-file.ts'
import type { ImportReport } from '../../imports/report.ts'
import { button, card, field, notice, table } from '../page/components.ts'
import { type Html, html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { csrfField, localeOf } from '../page/page.ts'
import type { Running } from './run.ts'
import type { Upload } from './uploads.ts'
import type { IntakeWords } from './words.ts'

/** `map.prompt=question` of an address or a form; what is left empty is recognised. */
export function readMap(
  entries: Readonly<Record<string, readonly string[]>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries).flatMap(([key, [value = '']]) =>
      key.startsWith('map.') && value.trim() !== '' ? [[key.slice(4), value.trim()]] : [],
    ),
  )
}

export function drawChecked(
  c: Context,
  given: {
    dataset: Dataset
    linted: Linted
    map: Readonly<Record<string, string>>
    here: string
    said: IntakeWords
  },
): Html {
  const { dataset, linted, map, here, said } = given
  const { report, isWhole } = linted
  const lines = report.unit === 'row' ? said.rows : said.lines
  const tone = report.refused.count === 0 ? 'good' : report.created === 0 ? 'bad' : 'warn'
  const chosen = Object.entries(map).map(
    ([target, key]) => html`<input type="hidden" name="map.${target}" value="${key}">`,
  )
  return html`${notice(tone, html`${said.readable(said.records(report.created), lines(report.lines))}${isWhole ? '' : html` ${said.notWhole(lines(report.lines))}`}`)}
<form class="bar-top actions" method="post" action="${here}">${csrfField(c)}${chosen}
${report.created > 0 ? button(said.importGood(said.records(report.created)), { name: 'do', value: 'import', tone: 'main' }) : ''}
${button(said.discard, { name: 'do', value: 'discard', tone: 'quiet' })}</form>
<div class="import-parts">${drawProblems(report, said, localeOf(c))}
${card({ title: said.mapping }, drawMapping(dataset, linted, map, here, said))}</div>`
}

function drawMapping(
  dataset: Dataset,
  { keys }: Linted,
  map: Readonly<Record<string, string>>,
  here: string,
  said: IntakeWords,
): Html {
  const targets = [
    ...dataset.document.fields.map(({ name, title }) => ({ name, label: title })),
    { name: 'outputs', label: said.outputs },
    { name: 'external_id', label: said.externalId },
    { name: 'priority', label: said.priority },
  ]
  // Typed rather than chosen: a path into an object and a list of keys are possible, too.
  return html`<p class="hint">${said.mappingHint}</p>
<form method="get" action="${here}"><datalist id="keys">${keys.map(({ name, sample }) => html`<option value="${name}">${sample}</option>`)}</datalist>
<div class="fields map">${targets.map(({ name, label }) =>
    field({
      ...{ name: `map.${name}`, label, value: map[name] ?? '' },
      input: { list: 'keys', placeholder: said.auto, autocomplete: 'off' },
    }),
  )}</div><p class="hint keys">${keys.map(({ name, sample }) => html`<code>${name}</code> <span>${sample}</span><br>`)}</p>
${button(said.checkAgain)}</form>`
}

/** Refused lines first, then what to know of those that are kept. */
export function drawProblems(
  report: ImportReport,
  said: IntakeWords,
  locale: string | undefined,
): Html {
  const { refused, warnings, unit } = report
  const rest = refused.count - refused.lines.length
  const first = unit === 'row' ? said.row : said.line
  const kinds = Object.entries(warnings.byKind).map(
    ([kind, number = 0]) => `${said.kinds[kind] ?? kind}: ${count(number, locale)}`,
  )
  return html`${
    refused.count === 0
      ? ''
      : card(
          { title: `${said.problems} (${count(refused.count, locale)})`, isWide: true },
          html`${table({
            caption: said.problems,
            columns: [
              { label: first, isNumber: true },
              { label: said.where },
              { label: said.what },
            ],
            rows: refused.lines
              .slice(0, 100)
              .map(({ line, path, message, remedy }) => [
                count(line, locale),
                path === '' ? '' : html`<code>${path}</code>`,
                `${message} ${remedy}`,
              ]),
          })}${rest > 0 ? html`<p class="hint">${said.more(count(rest, locale))}</p>` : ''}`,
        )
  }${
    warnings.count === 0
      ? ''
      : card(
          { title: `${said.warnings} (${count(warnings.count, locale)})` },
          html`<p>${kinds.join(', ')}</p><ul class="plain">${warnings.lines
            .slice(0, 20)
            .map(
              ({ line, path, message }) =>
                html`<li>${first} ${count(line, locale)}: ${path ? html`<code>${path}</code> ` : ''}${message}</li>`,
            )}</ul>`,
        )
  }`
}

export function drawRunning(c: Context, running: Running, here: string, said: IntakeWords): Html {
  return html`<div hx-get="${here}" hx-trigger="load delay:1s" hx-swap="outerHTML" role="status">${card(
    {},
    html`<progress aria-label="${said.running('')}"></progress><p>${said.running(said.lines(running.lines))}</p>
<form method="post" action="${here}">${csrfField(c)}${button(said.cancel, { name: 'do', value: 'stop' })}</form>
<noscript><p><a href="${here}">↻</a></p></noscript>`,
  )}</div>`
}

export function drawEnded(
  c: Context,
  given: {
    upload: Upload
    dataset: Dataset
    said: IntakeWords
    show: (title: string, body: Html) => Promise<Response>
  },
): Promise<Response> {
  const { upload, dataset, said, show } = given
  const { report, problem, name } = upload
  const here = `/admin/datasets/${encodeURIComponent(dataset.name)}`
  const locale = localeOf(c)
  const figures = (report: ImportReport) =>
    html`<dl class="figures">${(
      [
        [said.created, report.created],
        [said.updated, report.updated],
        [said.unchanged, report.unchanged],
        [said.refused, report.refused.count],
      ] as const
    ).map(
      ([label, number]) => html`<div><dt>${label}</dt><dd>${count(number, locale)}</dd></div>`,
    )}</dl>`
  const title = !report
    ? said.failedTitle(name)
    : report.stopped || problem !== undefined
      ? said.stoppedTitle(name)
      : said.doneTitle(name)
  const undo =
    report && report.created > 0
      ? html`<form method="post" action="${here}/import/${upload.id}">${csrfField(c)}${button(said.undo, { name: 'do', value: 'undo', tone: 'danger' })}</form>`
      : ''
  return show(
    title,
    html`${problem === undefined ? '' : notice('bad', problem)}${report ? figures(report) : ''}
${report ? drawProblems(report, said, locale) : ''}
<div class="actions">${button(said.edit, { href: `${here}/edit`, tone: 'main' })}${button(said.another, { href: `${here}/import` })}${undo}</div>`,
  )
}
