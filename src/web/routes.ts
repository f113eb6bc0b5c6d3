/** Every page for people, one line a part: signing in, the dashboard of admins, the work of labelers. */
import { Hono, type MiddlewareHandler } from 'hono'
import type { ChatAdapter } from '../chat/port/port.ts'
import { boundBody } from '../http/bound.ts'
import type { Parley } from '../parley.ts'
import { activityRoutes } from './activity/activity.ts'
import { cardRoutes, workRoutes } from './card/routes.ts'
import { datasetRoutes } from './dataset/dataset.ts'
import { keepStatistics } from './dataset/statistics.ts'
import { editorRoutes } from './editor/editor.ts'
import { exportPageRoutes } from './exports/exports.ts'
import { intakeRoutes } from './intake/intake.ts'
import { mediaRoutes } from './media/routes.ts'
import { overviewRoutes } from './overview/overview.ts'
import { assetRoutes } from './page/assets.ts'
import { answerFault, answerMethod, answerNothing } from './page/errors.ts'
import { takeSaid } from './page/go-on.ts'
import { methodsAt } from './page/methods.ts'
import { localeOf } from './page/page.ts'
import { frameWords } from './page/words.ts'
import { peopleRoutes } from './people/people.ts'
import { changeRoutes } from './records/change.ts'
import { listRoutes } from './records/list.ts'
import { recordRoutes } from './records/record.ts'
import { reviewRoutes } from './records/review.ts'
import { guard, recognise, requireOwnForm } from './session/guard.ts'
import { sessionRoutes } from './session/routes.ts'
import type { WebEnv } from './session/visitor.ts'
import type { Site, Web } from './site.ts'

/** Pages of admins, below /admin. */
const admins: readonly ((web: Web, site: Site) => void)[] = [
  overviewRoutes,
  activityRoutes,
  // Before the page of a dataset: /admin/datasets/new is none.
  editorRoutes,
  intakeRoutes,
  exportPageRoutes,
  // Before the page of a dataset, too.
  peopleRoutes,
  datasetRoutes,
  ...[listRoutes, changeRoutes, recordRoutes, reviewRoutes],
]

/** Pages for everybody who is signed in. */
const everyone: readonly ((web: Web, site: Site) => void)[] = [workRoutes, mediaRoutes]

/** Pages that a link of their own opens: nobody has to be signed in. */
const linked: readonly ((web: Web, site: Site) => void)[] = [cardRoutes]

/** Where pages are; everything else is for programs. */
const places = ['/admin', '/work', '/card', '/media'] as const

/** A form holds at most this; uploads (PUT, or `multipart/form-data`) bound their bodies themselves. */
const mostFormBytes = 8_000_000

/** Mounts the pages. Addresses that are none of theirs are left to others. */
export function webRoutes(
  app: Hono,
  parley: Parley,
  adapters: readonly ChatAdapter[] = [],
  options: Pick<Site, 'drawings'> = {},
): void {
  const web: Web = new Hono<WebEnv>()
  assetRoutes(web)
  // Hono's `/admin/*` is `/admin` too.
  for (const place of [...places, '/sign-in', '/sign-out'] as const) {
    web.use(`${place}/*`, recognise(parley), boundForm(), requireOwnForm(parley))
    web.use(`${place}/*`, async (c, next) => {
      if (c.req.method === 'GET' && c.req.header('hx-request') === undefined) {
        const said = takeSaid(parley, c)
        if (said) c.set('said', said)
      }
      await next()
    })
  }
  const site = { parley, adapters, ...options, statistics: keepStatistics(parley) }
  sessionRoutes(web, parley)
  for (const part of linked) part(web, site)
  for (const place of places)
    web.use(`${place}/*`, guard(place === '/admin' ? 'admins' : 'everyone'))
  for (const part of [...admins, ...everyone]) part(web, site)
  web.get('/', (c) => c.redirect('/sign-in', 303))
  for (const place of [...places, '/sign-in', '/sign-out'] as const)
    web.all(`${place}/*`, (c) => {
      const allow = methodsAt(web.routes, c.req.path).join(', ')
      return allow === '' ? answerNothing(c) : answerMethod(c, allow)
    })
  web.onError((error, c) => answerFault(parley, error, c))
  app.route('/', web)
}

function boundForm(): MiddlewareHandler<WebEnv> {
  const bound = boundBody(mostFormBytes, (c) => c.text(frameWords(localeOf(c)).tooLarge, 413))
  return (c, next) => {
    const type = c.req.header('content-type') ?? ''
    const isUpload = type.startsWith('multipart/form-data') || c.req.method === 'PUT'
    return isUpload ? next() : bound(c, next)
  }
}
