/** A labeler's own page: what waits for them, the invitations they have, and what they answered lately. */
import type { Context } from 'hono'
import { handleInteraction } from '../../chat/handle.ts'
import type { HistoryEntry, Home, Waiting } from '../../chat/port/port.ts'
import { consentVersion, findLabeler } from '../../labelers/labeler.ts'
import type { Person } from '../../labelers/person.ts'
import type { Parley } from '../../parley.ts'
import { listInvitations, type OpenInvitation } from '../../reminders/invitation.ts'
import { button, card, empty, notice, table } from '../page/components.ts'
import { type Html, html } from '../page/markup.ts'
import { moment } from '../page/moments.ts'
import { csrfField, localeOf, page } from '../page/page.ts'
import type { Holder } from './holder.ts'
import type { Said } from './questions.ts'
import { saidBy, showReply, showWelcome, taskOf } from './task-page.ts'

/** Their page itself, as what forms without a task come from. */
export function holderOfWork(c: Context, person: Person): Holder {
  const locale = localeOf(c)
  const by = locale === undefined ? person : { ...person, locale }
  return { by, assignmentId: '', base: '/work', isSignedIn: true }
}

export async function showWork(parley: Parley, c: Context, person: Person): Promise<Response> {
  const holder = holderOfWork(c, person)
  const labeler = await findLabeler(parley, person)
  if (labeler?.consentVersion !== consentVersion) return showWelcome(parley, c, holder)
  const { by } = holder
  const [reply, invitations] = await Promise.all([
    handleInteraction(parley, { by, type: 'home' }),
    listInvitations(parley, person),
  ])
  if (reply.type !== 'home') return showReply(c, taskOf(holder, undefined, false), reply)
  const said = saidBy(c, holder)
  return page(c, {
    title: said.own.yourTasks,
    section: 'work',
    styles: ['card.css'],
    body: drawWork(c, reply.home, invitations, said),
  })
}

/** GET /work/next: on to a task, of one dataset or of the one they are at. */
export async function startWork(
  parley: Parley,
  c: Context,
  person: Person,
  dataset: string | undefined,
): Promise<Response> {
  const holder = holderOfWork(c, person)
  const wish = dataset === undefined ? {} : { dataset }
  const reply = await handleInteraction(parley, { by: holder.by, type: 'next', ...wish })
  if (reply.type === 'task') return c.redirect(`/work/task/${reply.card.assignmentId}`, 303)
  if (reply.type === 'welcome') return showWelcome(parley, c, holder)
  if (reply.type === 'choices') return c.redirect('/work', 303)
  return showReply(c, taskOf(holder, undefined, false), reply)
}

function drawWork(
  c: Context,
  { notice: why, resume, waiting, recent }: Home,
  invitations: readonly OpenInvitation[],
  said: Said,
): Html {
  const { own } = said
  const goes = resume
    ? card(
        {},
        html`<p>${own.resumeText(resume.title)}</p><div class="actions">${button(own.resume, { href: '/work/next', tone: 'main' })}</div>`,
      )
    : ''
  return html`${why === null ? '' : notice('info', why)}${goes}
${invitations.length > 0 ? card({ title: own.invitations }, drawInvitations(c, invitations, said)) : ''}
${waiting.length > 0 ? card({ title: own.datasets, isWide: true }, drawWaiting(waiting, said)) : ''}
${card({ title: own.recent, isWide: true }, recent.length > 0 ? drawRecent(c, recent, said) : empty(own.recent, own.nothingRecent))}`
}

function drawInvitations(c: Context, all: readonly OpenInvitation[], { own, chat }: Said): Html {
  return html`<ul class="plain">${all.map(
    ({ id, dataset, count, dueAt, isStarted }) =>
      html`<li class="invitation"><span dir="auto">${dataset.title}</span>${count === null ? '' : html` · ${chat.invitationCount(count)}`}${dueAt ? html` · ${moment(dueAt, localeOf(c))}` : ''}
<form method="post" action="/work/invitations/${id}">${csrfField(c)}${button(isStarted ? own.resume : own.accept, { tone: isStarted ? 'plain' : 'main', 'aria-label': `${isStarted ? own.resume : own.accept}: ${dataset.title}` })}</form></li>\n`,
  )}</ul>`
}

function drawWaiting(all: readonly Waiting[], { own }: Said): Html {
  return table({
    caption: own.datasets,
    columns: [
      { label: own.dataset },
      { label: own.left, isNumber: true },
      { label: own.each, isNumber: true },
      { label: own.startWork, isQuiet: true },
    ],
    rows: all.map(({ name, title, left, minutes }) => [
      html`<span dir="auto">${title}</span>`,
      left ?? '–',
      minutes === null ? '–' : own.minutes(minutes),
      button(own.startWork, {
        href: `/work/next?dataset=${encodeURIComponent(name)}`,
        'aria-label': `${own.startWork}: ${title}`,
      }),
    ]),
  })
}

function drawRecent(c: Context, all: readonly HistoryEntry[], { own }: Said): Html {
  return table({
    caption: own.recent,
    columns: [
      { label: own.what },
      { label: own.dataset },
      { label: own.when },
      { label: own.editAnswer, isQuiet: true },
    ],
    rows: all.map(({ assignmentId, summary, dataset, at, canEdit }) => [
      html`<span dir="auto">${summary}</span>`,
      html`<span dir="auto">${dataset.title}</span>`,
      moment(at, localeOf(c)),
      canEdit
        ? button(own.editAnswer, {
            href: `/work/task/${assignmentId}?edit=1`,
            'aria-label': `${own.editAnswer}: ${summary}`,
          })
        : '',
    ]),
  })
}
