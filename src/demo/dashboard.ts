/** The dashboard in the demo: Cleo, who looks after it, is signed in by a link as the bot would send it. */
import type { SlackStandIn } from '../../sandbox/slack/server.ts'
import { grantRole } from '../labelers/roles.ts'
import { createSignInLink } from '../labelers/sign-in.ts'
import type { Parley } from '../parley.ts'
import type { Proof } from './proof.ts'

/** A link that opens the dashboard once. Cleo is an admin from then on, as if she had claimed it. */
export async function dashboardLink(parley: Parley, slack: SlackStandIn): Promise<string> {
  const cleo = {
    platform: 'slack',
    workspace: slack.teamId,
    userId: slack.person('Cleo').id,
  } as const
  const person = `slack:${cleo.workspace}:${cleo.userId}`
  await grantRole(parley, { type: 'system', job: 'demo' }, { role: 'admin', person })
  const { url } = await createSignInLink(parley, cleo, { goesTo: '/admin' })
  return url
}

/** Opens it as a browser does: a page with a button, a press, the overview; and the link is used up. */
export async function proveDashboard(
  { step }: Pick<Proof, 'step'>,
  { desk, datasets }: { desk: string; datasets: readonly string[] },
): Promise<void> {
  const forward = await fetch(`${desk}/dashboard`, { redirect: 'manual' })
  const link = forward.headers.get('location') ?? ''
  const shown = await fetch(link)
  const press = () => {
    const headers = { origin: new URL(link).origin }
    return fetch(link, { method: 'POST', redirect: 'manual', headers })
  }
  const answer = await press()
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  const page = await fetch(new URL(answer.headers.get('location') ?? '/', link), {
    headers: { cookie },
  })
  const text = await page.text()
  const missing = datasets.filter((name) => !text.includes(`/admin/datasets/${name}`))
  step(
    'the dashboard opens by a link, once, and shows every dataset',
    shown.status === 200 && page.status === 200 && missing.length === 0,
    missing.length === 0 ? `${datasets.length} datasets` : `without ${missing.join(', ')}`,
  )
  step('the link opens nothing a second time', (await press()).status === 410)
}
