/** GET /admin/datasets/:name/people: how each labeler of a dataset answers, with ranges. */
import { getDataset } from '../../datasets/dataset.ts'
import type { LabelerStats } from '../../quality/dataset/stats-result.ts'
import { badge, card, empty, notice, table } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import { count } from '../page/moments.ts'
import { localeOf, page } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { namesOf } from './find-people.ts'
import { nameCell, rangeOf, sayDuration, sayShare } from './parts.ts'
import { type PeopleWords, peopleWords } from './words.ts'

/** How long the page waits for statistics that are still being computed. */
const patienceMs = 5_000

export function measuresRoutes(web: Web, { parley, statistics }: Site): void {
  web.get('/admin/datasets/:name/people', async (c) => {
    const locale = localeOf(c)
    const said = inTongue(locale, peopleWords)
    const actor = adminOf(c)
    const dataset = await getDataset(parley, c.req.param('name'), actor)
    const found = await statistics.find(dataset, patienceMs)
    const labelers = found?.stats.labelers ?? []
    const rows = await parley.db
      .selectFrom('pseudonyms')
      .select(['pseudonym', 'labelerId'])
      .where('datasetId', '=', dataset.id)
      .execute()
    const ids = new Map(rows.map(({ pseudonym, labelerId }) => [pseudonym, labelerId]))
    const names = await namesOf(parley, [...ids.values()])
    const whoIs = (pseudonym: string): Content => {
      const id = ids.get(pseudonym)
      const known = (id && names.get(id)) || { name: null, hasPicture: false }
      return html`${id ? nameCell({ id, ...known }, said) : ''} <code>${pseudonym}</code>`
    }
    const { title } = dataset.document
    const home = `/admin/datasets/${encodeURIComponent(dataset.name)}`
    return page(c, {
      title: said.measuresOf(title),
      section: 'people',
      above: [{ label: title, href: home }],
      lead: said.measuresLead,
      styles: ['people.css'],
      body: !found
        ? notice('info', said.stillComputing)
        : labelers.length === 0
          ? empty(said.noMeasures, said.nothingText)
          : html`${card({ isWide: true }, paceTable(labelers, whoIs, said, locale))}${questionCards(labelers, whoIs, said)}`,
    })
  })
}

function paceTable(
  labelers: readonly LabelerStats[],
  whoIs: (pseudonym: string) => Content,
  said: PeopleWords,
  locale: string | undefined,
): Html {
  return table({
    caption: said.title,
    columns: [
      { label: said.person },
      { label: said.answers, isNumber: true },
      { label: said.medianTime, isNumber: true },
      { label: said.tooFast, isNumber: true },
    ],
    rows: labelers.map(({ labeler, answers, median_seconds: median, too_fast: fast }) => [
      whoIs(labeler),
      count(answers, locale),
      sayDuration(median.value, locale),
      fast.of === 0 ? '–' : `${count(fast.count, locale)} / ${count(fast.of, locale)}`,
    ]),
  })
}

/** One table a question: what is measured differs by its type. */
function questionCards(
  labelers: readonly LabelerStats[],
  whoIs: (pseudonym: string) => Content,
  said: PeopleWords,
): Html[] {
  const names = [...new Set(labelers.flatMap(({ questions }) => questions.map(({ name }) => name)))]
  return names.map((name) => {
    const given = labelers.flatMap(({ labeler, questions }) => {
      const found = questions.find((one) => one.name === name)
      return found ? [{ labeler, found }] : []
    })
    const isRanking = given.some(({ found }) => found.position || found.longer_preferred)
    return card(
      { title: html`<code>${name}</code>`, isWide: true },
      table({
        caption: name,
        columns: [
          { label: said.person },
          { label: said.agreement, isNumber: true },
          { label: said.gold, isNumber: true },
          ...(isRanking
            ? [
                { label: said.position, isNumber: true },
                { label: said.length, isNumber: true },
              ]
            : []),
        ],
        rows: given.map(({ labeler, found }) => [
          whoIs(labeler),
          rangeOf(found.leave_one_out),
          rangeOf(found.gold),
          ...(isRanking
            ? [biasCell(found.position, said), biasCell(found.longer_preferred, said)]
            : []),
        ]),
      }),
    )
  })
}

/** Marked where chance alone would hardly give it. */
function biasCell(bias: LabelerStats['questions'][number]['position'], said: PeopleWords): Content {
  if (!bias || bias.value === null) return '–'
  const isBias = bias.p < 0.01 && bias.of >= 20
  return html`${isBias ? badge(rangeOf(bias), 'warn') : rangeOf(bias)} <small>${said.expected(sayShare(bias.expected))}</small>`
}
