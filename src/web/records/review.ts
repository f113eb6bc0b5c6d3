/** What is done with one answer or record: exclude, correct, send back, known answers. */
import type { Context } from 'hono'
import { notFound, ParleyError } from '../../errors.ts'
import { setKnownAnswers } from '../../imports/known-answers.ts'
import { sendAnswerBack } from '../../outbound/send-back.ts'
import type { Values } from '../../questions/values.ts'
import { correctAnswer } from '../../responses/correct.ts'
import { excludeAnswer } from '../../responses/exclude.ts'
import { button, card, field, textarea } from '../page/components.ts'
import { goOn } from '../page/go-on.ts'
import { type Html, html } from '../page/markup.ts'
import { csrfField, localeOf, page } from '../page/page.ts'
import { inTongue } from '../page/words.ts'
import { adminOf } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { drawForm, readForm } from './answer-form.ts'
import { type GivenAnswer, type RecordView, readRecord } from './read-record.ts'
import { aboveOf } from './record.ts'
import { type RecordWords, recordWords } from './words.ts'

type Problems = Readonly<Record<string, string>>

export function reviewRoutes(web: Web, site: Site): void {
  excludeRoutes(web, site)
  correctRoutes(web, site)
  sendBackRoutes(web, site)
  knownRoutes(web, site)
}

function excludeRoutes(web: Web, { parley }: Site): void {
  for (const act of ['exclude', 'include'] as const)
    web.post(`/admin/records/:id/answers/:answer/${act}`, async (c) => {
      const said = inTongue(localeOf(c), recordWords)
      const { view, answer } = await readAnswer(c, site(c, parley))
      const isExcluded = act === 'exclude'
      const isChanged = await excludeAnswer(parley, adminOf(c), {
        ...{ dataset: view.dataset.name, answerId: answer.id, isExcluded },
      })
      const text = isChanged ? (isExcluded ? said.excluded : said.included) : said.unchanged
      return goOn(parley, c, backTo(view, answer), { tone: isChanged ? 'good' : 'info', text })
    })
}

function correctRoutes(web: Web, { parley }: Site): void {
  const show = (
    c: Context,
    view: RecordView,
    answer: GivenAnswer,
    values: Values,
    problems: Problems,
  ) => {
    const said = inTongue(localeOf(c), recordWords)
    const { questions } = view.dataset.document
    const outputs = view.record.outputs
    return formPage(c, view, {
      ...{ title: said.correctTitle, lead: said.correctLead, problems },
      back: backTo(view, answer),
      body: html`<input type="hidden" name="revision" value="${answer.revision}">${drawForm({ questions, outputs, values, problems }, said)}`,
    })
  }
  const path = '/admin/records/:id/answers/:answer/correct'
  web.get(path, async (c) => {
    const { view, answer } = await readAnswer(c, site(c, parley))
    if (answer.status !== 'submitted') throw notFound('answer', answer.id)
    return show(c, view, answer, answer.values, {})
  })
  web.post(path, async (c) => {
    const said = inTongue(localeOf(c), recordWords)
    const { view, answer } = await readAnswer(c, site(c, parley))
    const form = await c.req.parseBody({ all: true })
    const { questions } = view.dataset.document
    const values = readForm(questions, view.record.outputs, form, answer.values)
    return orProblems(
      async () => {
        const isChanged = await correctAnswer(parley, adminOf(c), {
          ...{ dataset: view.dataset.name, answerId: answer.id, values },
          revision: Number(form['revision']) || 0,
        })
        const tone = isChanged ? 'good' : 'info'
        return goOn(parley, c, backTo(view, answer), {
          tone,
          text: isChanged ? said.corrected : said.unchanged,
        })
      },
      (problems) => show(c, view, answer, values as Values, problems),
    )
  })
}

function sendBackRoutes(web: Web, { parley }: Site): void {
  const show = (
    c: Context,
    view: RecordView,
    answer: GivenAnswer,
    note: string,
    problems: Problems,
  ) => {
    const said = inTongue(localeOf(c), recordWords)
    return formPage(c, view, {
      ...{ title: said.sendBackTitle, lead: said.sendBackLead, problems, save: said.sendBack },
      back: backTo(view, answer),
      body: field({
        ...{ name: 'note', label: said.note, hint: said.noteHint, error: problems['note'] },
        control: textarea(note, { maxlength: 1000 }),
      }),
    })
  }
  const path = '/admin/records/:id/answers/:answer/send-back'
  web.get(path, async (c) => {
    const { view, answer } = await readAnswer(c, site(c, parley))
    return show(c, view, answer, '', {})
  })
  web.post(path, async (c) => {
    const said = inTongue(localeOf(c), recordWords)
    const { view, answer } = await readAnswer(c, site(c, parley))
    const form = await c.req.parseBody()
    const note = typeof form['note'] === 'string' ? form['note'] : ''
    return orProblems(
      async () => {
        const { isTold } = await sendAnswerBack(parley, adminOf(c), {
          ...{ dataset: view.dataset.name, answerId: answer.id, note },
        })
        const text = isTold ? said.sentBack : said.sentBackUntold
        return goOn(parley, c, `/admin/records/${view.record.id}`, {
          tone: isTold ? 'good' : 'warn',
          text,
        })
      },
      (problems) => show(c, view, answer, note, problems),
    )
  })
}

function knownRoutes(web: Web, { parley }: Site): void {
  const comparable = ({ dataset }: RecordView) =>
    dataset.document.questions.filter(({ type }) => type !== 'text' && type !== 'span')
  const show = (c: Context, view: RecordView, values: Values, problems: Problems) => {
    const said = inTongue(localeOf(c), recordWords)
    const given = { questions: comparable(view), outputs: view.record.outputs, values, problems }
    return formPage(c, view, {
      ...{ title: said.known, lead: said.knownLead, problems },
      back: `/admin/records/${view.record.id}`,
      body: drawForm(given, said),
    })
  }
  web.get('/admin/records/:id/known', async (c) => {
    const view = await site(c, parley)
    return show(c, view, (view.record.gold ?? {}) as Values, {})
  })
  web.post('/admin/records/:id/known', async (c) => {
    const said = inTongue(localeOf(c), recordWords)
    const view = await site(c, parley)
    const form = await c.req.parseBody({ all: true })
    const gold = readForm(comparable(view), view.record.outputs, form, {})
    return orProblems(
      async () => {
        await setKnownAnswers(parley, adminOf(c), {
          ...{ dataset: view.dataset.name, externalId: view.record.externalId, gold },
        })
        const to = `/admin/records/${view.record.id}`
        return goOn(parley, c, to, { tone: 'good', text: said.knownSet })
      },
      (problems) => show(c, view, gold as Values, problems),
    )
  })
}

/** The record that the address names. */
function site(c: Context, parley: Site['parley']): Promise<RecordView> {
  return readRecord(parley, adminOf(c), c.req.param('id') ?? '')
}

async function readAnswer(c: Context, given: Promise<RecordView>) {
  const view = await given
  const id = c.req.param('answer') ?? ''
  const answer = view.answers.find((one) => one.id === id)
  if (!answer) throw notFound('answer', id)
  return { view, answer }
}

function backTo({ record }: RecordView, { id }: GivenAnswer): string {
  return `/admin/records/${record.id}#answer-${id}`
}

/** What is wrong is shown in the form, which keeps what was written. */
async function orProblems(
  work: () => Promise<Response>,
  show: (problems: Problems) => Promise<Response>,
): Promise<Response> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'invalid') return show(error.problems)
    throw error
  }
}

async function formPage(
  c: Context,
  view: RecordView,
  given: {
    title: string
    lead: string
    back: string
    body: Html
    problems: Problems
    save?: string
  },
): Promise<Response> {
  const said: RecordWords = inTongue(localeOf(c), recordWords)
  const { title, lead, back, body, problems, save = said.save } = given
  return page(c, {
    ...{ title, lead, isNarrow: true, section: 'datasets', styles: ['records.css'] },
    above: aboveOf(view, said, true),
    status: Object.keys(problems).length > 0 ? 422 : 200,
    body: card(
      {},
      html`<form class="stack" method="post" action="">${csrfField(c)}${body}<div class="actions">${button(save, { tone: 'main' })}${button(said.cancel, { href: back })}</div></form>`,
    ),
  })
}
