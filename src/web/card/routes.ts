/** The addresses of tasks: with a link to one of them, and of those who are signed in. */
import type { Context } from 'hono'
import { getOwnAssignment } from '../../assignments/assignment.ts'
import { handleInteraction } from '../../chat/handle.ts'
import { forbidden, ifThere } from '../../errors.ts'
import type { Person } from '../../labelers/person.ts'
import type { Parley } from '../../parley.ts'
import { mediaIn, sendMedia } from '../media/routes.ts'
import { html } from '../page/markup.ts'
import { fragment, isPartial, page } from '../page/page.ts'
import { signedIn } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { actOnTask, keepTask } from './act.ts'
import { drawComparison } from './compare.ts'
import { type Holder, holderOfLink, holderOfSession } from './holder.ts'
import { openTask, saidBy, showReply, showTask, type Task, taskOf } from './task-page.ts'
import { holderOfWork, showWork, startWork } from './work.ts'

/** Tasks by their links: nobody needs to be signed in. */
export function cardRoutes(web: Web, { parley }: Pick<Site, 'parley'>): void {
  taskRoutes(web, parley, '/card/:token', (c) => holderOfLink(parley, c))
}

/** A labeler's own page, and their tasks. */
export function workRoutes(web: Web, { parley }: Pick<Site, 'parley'>): void {
  web.get('/work', (c) => showWork(parley, c, personOf(c)))
  web.get('/work/next', (c) => startWork(parley, c, personOf(c), c.req.query('dataset')))
  web.post('/work', async (c) => {
    return actOnTask(parley, c, taskOf(holderOfWork(c, personOf(c)), undefined, false))
  })
  web.post('/work/invitations/:invitation', async (c) => {
    const holder = holderOfWork(c, personOf(c))
    const invitationId = c.req.param('invitation')
    const gesture = { by: holder.by, type: 'start-invitation', invitationId } as const
    const reply = await handleInteraction(parley, gesture)
    if (reply.type === 'task') return c.redirect(`/work/task/${reply.card.assignmentId}`, 303)
    return showReply(c, taskOf(holder, undefined, false), reply)
  })
  taskRoutes(web, parley, '/work/task/:id', (c) => holderOfSession(c, personOf(c)))
}

/** @throws ParleyError `forbidden` for an API key, which labels nothing. */
function personOf(c: Context): Person {
  const { person } = signedIn(c)
  if (person) return person
  throw forbidden((said) => said.agreeFirst)
}

type Find = (c: Context) => Holder | Response | Promise<Holder | Response>

function taskRoutes(web: Web, parley: Parley, path: string, find: Find): void {
  const on = (work: (c: Context, task: Task) => Promise<Response>) => async (c: Context) => {
    const holder = await find(c)
    if (holder instanceof Response) return holder
    return work(c, taskOf(holder, c.req.param('place'), c.req.query('edit') !== undefined))
  }
  const act = on((c, task) => actOnTask(parley, c, task))
  const show = on((c, task) => showTask(parley, c, task))
  const keep = on((c, task) => keepTask(parley, c, task))
  web.get(path, show).post(path, act)
  web.get(
    `${path}/media/:field`,
    on((c, task) => media(parley, c, task)),
  )
  web.post(`${path}/draft`, keep)
  web.get(
    `${path}/compare`,
    on((c, task) => compare(parley, c, task)),
  )
  web.get(`${path}/improve/:place{\\d*}`, show).post(`${path}/improve/:place{\\d*}`, act)
  web.get(
    `${path}/improve/:place{\\d*}/compare`,
    on((c, task) => compare(parley, c, task)),
  )
  web.post(`${path}/improve/:place{\\d*}/draft`, keep)
}

/** The image or the recording of a field, to who holds the task. */
async function media(parley: Parley, c: Context, { by, assignmentId }: Task): Promise<Response> {
  const own = await ifThere(getOwnAssignment(parley, by, assignmentId))
  const found = own?.found
  const held = found && mediaIn(found.document, found.record.fields, c.req.param('field') ?? '')
  return sendMedia(parley, c, held ?? null)
}

/** Two outputs word by word: a part of the task's page, or a page of its own. */
async function compare(parley: Parley, c: Context, task: Task): Promise<Response> {
  const reply = await openTask(parley, task)
  if (reply.type !== 'form') return showReply(c, task, reply)
  const { own } = saidBy(c, task)
  const { outputs } = reply.card
  const [a, b] = [outputs[Number(c.req.query('a'))], outputs[Number(c.req.query('b'))]]
  if (!a || !b) return c.redirect(task.base, 303)
  const drawn = await drawComparison([a, b], own)
  if (isPartial(c)) return fragment(c, drawn)
  return page(c, {
    title: reply.card.dataset.title,
    body: html`${drawn}<p><a class="button button-plain" href="${task.base}">${own.back}</a></p>`,
    styles: ['card.css'],
  })
}
