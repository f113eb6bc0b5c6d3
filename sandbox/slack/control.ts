/** The HTTP surface by which a program acts as a person: gestures, screens, the transcript. */
import type { Env, Hono } from 'hono'
import { z } from 'zod'
import { type Outcome, type Person, personOf, type Streets } from './people.ts'
import type { Where } from './screen.ts'
import { addUser, findPerson } from './workspace.ts'

const args = z
  .object({
    command: z.string(),
    label: z.string(),
    text: z.string(),
    value: z.string(),
    option: z.string(),
    options: z.array(z.string()),
    in: z.string(),
    nth: z.number().int().min(0),
    at: z.object({ place: z.string(), block: z.string(), action: z.string() }).strict(),
    channel: z.string(),
    callbackId: z.string(),
    ts: z.string(),
    timeoutMs: z.number().int().min(0),
    files: z.array(z.object({ name: z.string(), content: z.string() })),
  })
  .partial()
  .strict()
type Args = z.infer<typeof args>

/**
 * POST /people/slack                     {name}                  adds a person
 * GET  /people/slack/:name                                       what they see
 * POST /people/slack/:name/:gesture      {…}                     acts as them
 * GET  /transcript                                               what people saw and did
 */
export function controlRoutes<E extends Env>(hono: Hono<E>, streets: Streets): void {
  const { workspace } = streets
  const find = (name: string): Person | null => {
    const user = findPerson(workspace, name)
    return user ? personOf(streets, user) : null
  }
  const nobody = (name: string) => {
    const names = [...workspace.users.values()].filter((u) => !u.isBot).map((u) => u.realName)
    return { error: `Nobody is called ${name}. Here are ${names.join(', ') || 'no people yet'}.` }
  }

  hono.post('/people/slack', async (c) => {
    const parsed = z
      .object({ name: z.string().min(1) })
      .safeParse(await c.req.json().catch(() => null))
    if (!parsed.success) return c.json({ error: 'Send {"name": "…"}.' }, 400)
    const { name } = parsed.data
    const user = findPerson(workspace, name) ?? addUser(workspace, { name })
    return c.json({ id: user.id, name: user.realName })
  })

  hono.get('/people/slack/:name', (c) => {
    const person = find(c.req.param('name'))
    return person ? c.json(shown(person)) : c.json(nobody(c.req.param('name')), 404)
  })

  hono.post('/people/slack/:name/:gesture', async (c) => {
    const person = find(c.req.param('name'))
    if (!person) return c.json(nobody(c.req.param('name')), 404)
    const gesture = gestures[c.req.param('gesture')]
    if (!gesture) {
      const known = Object.keys(gestures).join(', ')
      return c.json({ error: `There is no such gesture. There are ${known}.` }, 404)
    }
    const body = await c.req.text()
    const parsed = args.safeParse(body === '' ? {} : readJson(body))
    if (!parsed.success) return c.json({ error: z.prettifyError(parsed.error) }, 400)
    try {
      const outcome = await gesture(person, parsed.data)
      return c.json({ ...(outcome ?? { ok: true }), ...shown(person) })
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause)
      return c.json({ ok: false, error, ...shown(person) }, 409)
    }
  })

  hono.get('/transcript', (c) =>
    c.text(workspace.transcript.map((l) => `${l.at} ${l.who}: ${l.text}`).join('\n')),
  )
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

function shown(person: Person) {
  return {
    name: person.name,
    screen: person.screen(),
    modal: person.modal()?.text ?? null,
    errors: person.errors(),
    files: person.files().map(({ id, name, title, text }) => ({ id, name, title, text })),
  }
}

const gestures: Record<string, (person: Person, given: Args) => Promise<Outcome | undefined>> = {
  command: (p, g) =>
    p.command(need(g, 'command', 'text'), g.channel === undefined ? {} : { channel: g.channel }),
  press: (p, g) => p.press(need(g, 'label', 'text'), where(g)),
  fill: (p, g) => p.fill(need(g, 'label'), need(g, 'value', 'text'), where(g)),
  enter: (p, g) => p.enter(need(g, 'label'), where(g)),
  choose: (p, g) => p.choose(need(g, 'label'), need(g, 'option', 'value'), where(g)),
  search: async (p, g) => ({
    ok: true,
    options: await p.search(need(g, 'label'), need(g, 'value', 'text'), where(g)),
  }),
  check: (p, g) => p.check(need(g, 'label'), g.options ?? [], where(g)),
  overflow: (p, g) => p.overflow(need(g, 'option', 'label'), where(g)),
  upload: (p, g) => p.upload(need(g, 'label'), g.files ?? [], where(g)),
  submit: (p) => p.submit(),
  close: (p) => p.close(),
  closeAll: (p) => p.closeAll(),
  openHome: async (p) => {
    await p.openHome()
  },
  openMessages: async (p) => {
    await p.openMessages()
  },
  openChannel: async (p) => {
    p.openChannel()
  },
  say: async (p, g) => {
    await p.say(need(g, 'text'), g.channel === undefined ? {} : { channel: g.channel })
  },
  globalShortcut: (p, g) => p.globalShortcut(need(g, 'callbackId')),
  messageShortcut: (p, g) =>
    p.messageShortcut(need(g, 'callbackId'), g.ts ? { ts: g.ts } : { in: need(g, 'in') }),
  reload: async (p) => {
    p.reload()
  },
  receives: async (p, g) => {
    await p.receives(need(g, 'text'), g.timeoutMs)
  },
}

function where(given: Args): Where | undefined {
  if (given.in === undefined && given.nth === undefined && given.at === undefined) return undefined
  return {
    ...(given.in !== undefined && { in: given.in }),
    ...(given.nth !== undefined && { nth: given.nth }),
    ...(given.at !== undefined && { at: given.at }),
  }
}

type TextKey = 'command' | 'label' | 'text' | 'value' | 'option' | 'callbackId' | 'in'

function need(given: Args, ...keys: TextKey[]): string {
  for (const key of keys) {
    const value = given[key]
    if (value !== undefined) return value
  }
  throw new Error(`This gesture needs "${keys[0]}".`)
}
