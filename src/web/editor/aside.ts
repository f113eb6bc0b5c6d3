/** What stands beside the form: what is wrong at which line, what publishing asks for, how the card looks. */
import { drawPreviews, type PlatformPreview } from '../../chat/gestures/preview.ts'
import type { Dataset, DatasetDocument } from '../../datasets/document.ts'
import type { LineMistake } from '../../datasets/parse.ts'
import { checkPublishing } from '../../datasets/publish.ts'
import type { Actor, Parley } from '../../parley.ts'
import { isPlatform, labelOf } from '../../platforms/registry.ts'
import { badge, card } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { renderText } from '../render/text.ts'
import type { EditorWords } from './words.ts'

export type Checked = { document: DatasetDocument } | { mistakes: LineMistake[] }

/** Characters of the cards that a page carries when it is first sent. */
const mostAtFirst = 12_000

/** Reads what it needs, then draws; `drawings` is where the scripts that draw a platform's JSON are served. */
export async function drawAside(
  parley: Parley,
  actor: Actor,
  input: {
    checked: Checked
    dataset: Dataset | null
    drawings: string | null
    locale: string | undefined
    /** A page is sent without the cards where they are long; its script asks for them. */
    isFirst?: boolean
  },
  said: EditorWords,
): Promise<Html> {
  const { checked, dataset, drawings, locale, isFirst = false } = input
  const previews =
    'document' in checked
      ? await drawPreviews(parley, actor, { document: checked.document, dataset, locale })
      : null
  const checks =
    'document' in checked
      ? await checksOf(parley, actor, checked.document, dataset, said)
      : [{ label: said.checkDocument, problem: said.mistakes }]
  return html`${drawMistakes(checked, said)}
${card({ title: said.checks }, html`<ul class="checks">${checks.map((one) => drawCheck(one, said))}</ul>`)}
${card({ title: said.preview }, drawCards(previews, drawings, isFirst, said))}
${await drawGuidelines(checked, said)}`
}

async function drawGuidelines(checked: Checked, said: EditorWords): Promise<Content> {
  const text = 'document' in checked ? (checked.document.guidelines ?? '') : ''
  return text === '' ? '' : card({ title: said.guidelinesShown }, await renderText(text))
}

type Check = { label: string; problem?: string | null; isNote?: boolean }

async function checksOf(
  parley: Parley,
  actor: Actor,
  document: DatasetDocument,
  dataset: Dataset | null,
  said: EditorWords,
): Promise<Check[]> {
  const { name } = document
  const { problems, warnings } = await checkPublishing(parley, actor, {
    ...{ name, document, id: dataset?.id ?? null },
  })
  const { access = null, ...rest } = problems
  const drawn = [...parley.platforms.keys()].map((platform) => ({
    label: said.checkDraws(labelOf(platform)),
    problem: rest[platform] ?? null,
  }))
  const others = Object.entries(rest).filter(([key]) => !isPlatform(key))
  return [
    { label: said.checkDocument },
    { label: said.checkAccess, problem: access },
    // Without access nobody asked what is drawn for whom.
    ...(access === null ? drawn : []),
    ...others.map(([label, problem]) => ({ label, problem })),
    ...warnings.map((label) => ({ label, isNote: true })),
  ]
}

function drawCheck({ label, problem, isNote }: Check, said: EditorWords): Html {
  const state = isNote
    ? badge(said.checkKnow, 'info')
    : problem
      ? badge(said.checkOpen, 'warn')
      : badge(said.checkOk, 'good')
  return html`<li>${state} <span>${label}${problem ? html`<br><span class="hint">${problem}</span>` : ''}</span></li>`
}

function drawMistakes(checked: Checked, said: EditorWords): Html {
  if ('document' in checked) return html`<p class="fine">${said.noMistakes}</p>`
  return card(
    { title: said.mistakes },
    html`<ul class="mistakes">${checked.mistakes.map(
      ({ line, path, message, remedy }) =>
        html`<li data-line="${line}"><a href="#yaml" data-line="${line}">${said.line(line)}</a> ${path ? html`<code>${path}</code> ` : ''}${message} ${remedy}</li>`,
    )}</ul>`,
  )
}

function drawCards(
  previews: readonly PlatformPreview[] | null,
  drawings: string | null,
  isFirst: boolean,
  said: EditorWords,
): Html {
  if (!previews) return html`<p class="soft">${said.previewAfter}</p>`
  if (previews.length === 0 || drawings === null)
    return html`<p class="soft">${said.previewNone}</p>`
  const isLate = isFirst && JSON.stringify(previews).length > mostAtFirst
  return html`<div class="previews"${isLate ? html` data-late` : ''}>${previews.map(
    ({ platform, label, drawn, problem }) =>
      html`<section class="preview" aria-label="${said.previewOn(label)}"><h3>${said.previewOn(label)}</h3>${
        drawn
          ? html`<div class="drawn" data-from="${drawings}/${platform}-preview.js" data-drawn="${isLate ? '' : JSON.stringify(drawn)}"><p class="soft">${said.previewScript}</p></div>`
          : html`<p class="soft">${problem}</p>`
      }</section>`,
  )}</div>`
}
