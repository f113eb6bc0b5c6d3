/** What a program may do as a person of the stand-in Slack: gestures, and what is on the screen. */
import type { Env, Hono } from 'hono'
import { z } from 'zod'
import { controlRoutes } from '../control.ts'
import type { Outcome } from './acks.ts'
import { type Person, personOf, type Streets } from './people.ts'
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

/** Acting as the people of the stand-in Slack, below /people/slack; see ../control.ts. */
export function slackControl<E extends Env>(hono: Hono<E>, streets: Streets): void {
  const { workspace } = streets
  controlRoutes(hono, {
    people: '/people/slack',
    transcript: { path: '/transcript', lines: workspace.transcript },
    names: () => [...workspace.users.values()].filter((u) => !u.isBot).map((u) => u.realName),
    find: (name) => {
      const user = findPerson(workspace, name)
      return user ? personOf(streets, user) : null
    },
    add: (name) => {
      const user = findPerson(workspace, name) ?? addUser(workspace, { name })
      return { id: user.id, name: user.realName }
    },
    shown,
    args,
    gestures,
  })
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
  react: async (p, g) => {
    await p.react(need(g, 'value', 'text'), { in: need(g, 'in') })
  },
  unreact: async (p, g) => {
    await p.unreact(need(g, 'value', 'text'), { in: need(g, 'in') })
  },
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
