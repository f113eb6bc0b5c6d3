/** Who holds a task on a page: a person with a link to this one task, or somebody who is signed in. */
import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { cardLinkHours, readCardLink } from '../../assignments/card-link.ts'
import { findLocale } from '../../labelers/locale.ts'
import type { Person } from '../../labelers/person.ts'
import type { Parley } from '../../parley.ts'
import { notice } from '../page/components.ts'
import { html } from '../page/markup.ts'
import { localeOf, page } from '../page/page.ts'
import type { Visitor } from '../session/visitor.ts'
import { cardWords } from './words.ts'

export type Holder = {
  by: Person
  assignmentId: string
  /** The address of the task's page. */
  base: string
  /** Goes on to other tasks: not with a link, which opens this one. */
  isSignedIn: boolean
}

/** The holder of a link; a page that says why it opens nothing. */
export async function holderOfLink(parley: Parley, c: Context): Promise<Holder | Response> {
  const token = c.req.param('token') ?? ''
  const read = readCardLink(parley, token)
  if (read.type === 'refused') return refuse(parley, c, 'refused', token)
  const { by, assignmentId } = read.link
  const visitor = c.get('visitor') as Visitor | undefined
  const isOwn = visitor?.person ? isSame(visitor.person, by) : null
  if (isOwn === false) return refuse(parley, c, 'foreign', token)
  if (read.type === 'expired' && !isOwn) return refuse(parley, c, 'expired', token)
  const locale = visitor?.locale ?? (await findLocale(parley, by)) ?? localeOf(c)
  if (locale !== undefined) c.set('locale', locale)
  const person = locale === undefined ? by : { ...by, locale }
  return { by: person, assignmentId, base: `/card/${token}`, isSignedIn: isOwn === true }
}

/** A task of somebody who is signed in. @throws `forbidden` for nobody, and for an API key. */
export function holderOfSession(c: Context, person: Person): Holder {
  const assignmentId = c.req.param('id') ?? ''
  const locale = localeOf(c)
  const by = locale === undefined ? person : { ...person, locale }
  return { by, assignmentId, base: `/work/task/${assignmentId}`, isSignedIn: true }
}

function isSame(a: Person, b: Person): boolean {
  return a.platform === b.platform && a.workspace === b.workspace && a.userId === b.userId
}

/** Links that were refused already: a page that is loaded again is one line of the log. */
const told = new Set<string>()
const mostTold = 1000

function refuse(
  parley: Parley,
  c: Context,
  why: 'refused' | 'expired' | 'foreign',
  token: string,
): Promise<Response> {
  const said = cardWords(localeOf(c))
  // The token itself may still open something.
  const link = createHash('sha256').update(token).digest('base64url').slice(0, 12)
  if (why !== 'expired' && !told.has(`${why} ${link}`)) {
    if (told.size >= mostTold) told.clear()
    told.add(`${why} ${link}`)
    parley.log.warn({ event: 'web.card_refused', why, link }, 'A link to a task was refused.')
  }
  const texts = {
    refused: { title: said.linkRefusedTitle, text: said.linkRefused },
    expired: { title: said.linkExpiredTitle, text: said.linkExpired(cardLinkHours) },
    foreign: { title: said.foreignTitle, text: said.foreign },
  }
  const { title, text } = texts[why]
  const status = why === 'expired' ? 410 : 403
  return page(c, { title, status, isNarrow: true, body: html`${notice('bad', text)}` })
}
