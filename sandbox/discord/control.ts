/** What a program may do as a person of the stand-in Discord: gestures, and what is on the screen. */
import type { Env, Hono } from 'hono'
import { z } from 'zod'
import { controlRoutes } from '../control.ts'
import type { Town } from './interactions.ts'
import { type Outcome, type Person, personOf } from './people.ts'
import type { Where } from './screen.ts'
import { seenBy } from './seen.ts'
import { addUser, findPerson, peopleOf } from './world.ts'

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
    message: z.string(),
    channel: z.string(),
    on: z.boolean(),
    name: z.string(),
    content: z.string(),
    base64: z.string(),
    timeoutMs: z.number().int().min(0),
    files: z.record(z.string(), z.object({ name: z.string(), content: z.string() })),
  })
  .partial()
  .strict()
type Args = z.infer<typeof args>

/**
 * Acting as the people of the stand-in Discord, below /people/discord (see ../control.ts), and
 * GET /people/discord/:name/seen, what they see as data.
 */
export function discordControl<E extends Env>(hono: Hono<E>, town: Town, guildId: string): void {
  const { world } = town
  hono.get('/people/discord/:name/seen', (c) => {
    const user = findPerson(world, c.req.param('name'))
    return user ? c.json(seenBy(town, user, guildId)) : c.notFound()
  })
  controlRoutes(hono, {
    people: '/people/discord',
    transcript: { path: '/transcript/discord', lines: world.transcript },
    names: () => peopleOf(world).map((user) => user.name),
    find: (name) => {
      const user = findPerson(world, name)
      return user ? personOf(town, user, guildId) : null
    },
    add: (name) => {
      const user = findPerson(world, name) ?? addUser(world, { name })
      const guild = world.guilds.get(guildId)
      if (guild && !guild.members.has(user.id))
        guild.members.set(user.id, { userId: user.id, roles: [], joinedAt: world.now() })
      return { id: user.id, name: user.name }
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
    notices: person.notices(),
    files: person.files().map(({ id, name, text }) => ({ id, name, text })),
  }
}

type Done = Outcome | { ok: true; choices: unknown } | undefined

const gestures: Record<string, (person: Person, given: Args) => Promise<Done>> = {
  command: (p, g) =>
    p.command(need(g, 'command', 'text'), {
      ...(g.channel !== undefined && { channel: g.channel }),
      ...(g.files !== undefined && { files: g.files }),
    }),
  autocomplete: async (p, g) => ({
    ok: true,
    choices: await p.autocomplete(need(g, 'command', 'text'), at(g)),
  }),
  press: (p, g) => p.press(need(g, 'label', 'text'), where(g)),
  choose: (p, g) => {
    const options = g.options ?? (g.option === undefined ? [] : [g.option])
    const spot = where(g)
    return p.choose(need(g, 'label'), ...options, ...(spot ? [spot] : []))
  },
  fill: (p, g) => p.fill(need(g, 'label'), need(g, 'value', 'text')),
  tick: (p, g) => p.tick(need(g, 'label'), g.on),
  attach: (p, g) => {
    const content =
      g.base64 === undefined ? need(g, 'content', 'text') : Buffer.from(g.base64, 'base64')
    return p.attach(need(g, 'label'), need(g, 'name'), content)
  },
  submit: (p) => p.submit(),
  dismiss: (p, g) => p.dismiss(g.message),
  useMessage: (p, g) => p.useMessage(need(g, 'command'), need(g, 'message', 'in', 'text')),
  useUser: (p, g) => p.useUser(need(g, 'command'), need(g, 'name')),
  post: async (p, g) => {
    await p.post(need(g, 'channel'), need(g, 'text'))
    return undefined
  },
  openChannel: async (p, g) => {
    p.openChannel(need(g, 'channel'))
    return undefined
  },
  reload: async (p) => {
    p.reload()
    return undefined
  },
  receives: async (p, g) => {
    await p.receives(need(g, 'text'), g.timeoutMs)
    return undefined
  },
}

function at(given: Args): { channel?: string } {
  return given.channel === undefined ? {} : { channel: given.channel }
}

function where(given: Args): Where | undefined {
  const { in: inside, nth, message } = given
  if (inside === undefined && nth === undefined && message === undefined) return undefined
  return {
    ...(inside !== undefined && { in: inside }),
    ...(nth !== undefined && { nth }),
    ...(message !== undefined && { message }),
  }
}

type TextKey =
  | 'command'
  | 'label'
  | 'text'
  | 'value'
  | 'name'
  | 'content'
  | 'message'
  | 'in'
  | 'channel'

function need(given: Args, ...keys: TextKey[]): string {
  for (const key of keys) {
    const value = given[key]
    if (value !== undefined) return value
  }
  throw new Error(`This gesture needs "${keys[0]}".`)
}
