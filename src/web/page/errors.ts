/** What a page shows that cannot be shown: in whole sentences, in the reader's language, with a way back. */
import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { routePath } from 'hono/route'
import { asParleyError, type ErrorCode } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import type { Visitor } from '../session/visitor.ts'
import { button, notice } from './components.ts'
import { html } from './markup.ts'
import { fragment, isPartial, localeOf, page } from './page.ts'
import { frameWords } from './words.ts'

const statuses = {
  invalid: 422,
  not_found: 404,
  forbidden: 403,
  conflict: 409,
  unavailable: 503,
} as const satisfies Record<ErrorCode, number>

/** Answers for whatever was thrown. Only bugs are logged, without the address: it may hold a link's token. */
export function answerFault(parley: Parley, error: unknown, c: Context): Promise<Response> {
  const locale = localeOf(c)
  const said = frameWords(locale)
  const known = asParleyError(error)
  if (known) {
    const titles = { ...said, not_found: said.notFound }
    const text = known.messageIn(locale)
    if (known.code === 'unavailable') c.header('retry-after', '5')
    return answerWith(c, { title: titles[known.code], text, status: statuses[known.code] })
  }
  if (error instanceof Error && error.name === 'BodyLimitError')
    return answerWith(c, { title: said.invalid, text: said.tooLarge, status: 413 })
  const ref = randomUUID().slice(0, 8)
  parley.log.error(
    { event: 'web.failed', err: error, ref, path: routePath(c, -1) },
    'A request for a page failed.',
  )
  return answerWith(c, { title: said.failed, text: said.failedText(ref), status: 500 })
}

/** Answers that there is nothing at an address, or nothing that this visitor may see. */
export function answerNothing(c: Context): Promise<Response> {
  const said = frameWords(localeOf(c))
  return answerWith(c, { title: said.notFound, text: said.notFoundText, status: 404 })
}

/** Answers that an address takes another method. */
export function answerMethod(c: Context, allow: string): Promise<Response> {
  const said = frameWords(localeOf(c))
  c.header('allow', allow)
  return answerWith(c, { title: said.method, text: said.methodText, status: 405 })
}

type Fault = {
  title: string
  text: string
  status: 403 | 404 | 405 | 409 | 413 | 422 | 429 | 500 | 503
}

/** A page of its own, or a notice where htmx asked for a part. */
export function answerWith(c: Context, { title, text, status }: Fault): Promise<Response> {
  const said = frameWords(localeOf(c))
  const visitor = c.get('visitor') as Visitor | undefined
  if (isPartial(c)) return fragment(c, notice('bad', text, `${title}.`), status)
  const home = visitor?.admin ? '/admin' : visitor ? '/work' : '/sign-in'
  return page(c, {
    title,
    status,
    isNarrow: true,
    body: html`${notice('bad', text)}<p>${button(said.back, { href: home })}</p>`,
  })
}
