/**
 * A strict stand-in Slack on one HTTP server: the Web API a bot calls, and people who act on what
 * is on their screens. It imports nothing of ours, so that it can contradict us.
 *
 *     const slack = await openSlackStandIn({ people: [{ name: 'Ana' }] })
 *     // configure the bot with slack.env (SLACK_API_URL, SLACK_SIGNING_SECRET, SLACK_BOT_TOKEN)
 *     slack.deliverTo(app.fetch)            // or 'http://127.0.0.1:3000': /slack/events is appended
 *     const ana = slack.person('Ana')       // somebody new when there is no Ana yet
 *     await ana.command('/parley next')
 *     await ana.receives('Which answer is better?')
 *     await ana.press('A is better')        // or press('Answer', { in: 'part of the message' })
 *     await ana.fill('Why', 'shorter'); await ana.choose('Rank of A', '1st'); await ana.submit()
 *     ana.screen(); ana.messages(); ana.modal(); ana.errors(); ana.files()
 *     slack.faults.seen                     // timeouts, illegal acks, refused calls
 *     slack.faults.next('chat.postMessage', { dropAfterEffect: true })
 *     slack.faults.every(({ count }) => (count % 2 ? { status: 429, retryAfter: 3 } : undefined))
 *     const other = slack.addWorkspace({ name: 'Other', people: ['Eve'], installed: false })
 *     slack.oauth.allow(address, other.teamId, 'Eve')   // where Eve's browser is sent
 *     slack.deliverTo(slack.socket.handler)             // Socket Mode instead of HTTP
 *     await other.uninstall({ order: 'revoked first' })
 *     await slack.faults.redeliver()        // { exact: true } replays the very same bytes
 *     await slack.close()
 *
 * Gestures resolve when the bot has answered: `{ok: true}`, or `{ok: false, problem}` when the
 * person's client showed an error (no answer in 3 s, a 500, nobody there, a required field empty).
 * They throw when the control is not on the screen, or when the answer is one Slack would not take.
 */
import { Hono } from 'hono'
import { isObject, type JsonObject, parseJson } from '../json.ts'
import { listen } from '../listen.ts'
import { pageRoutes } from '../page/routes.ts'
import { openWire, type WireLine } from '../wire.ts'
import { openBuckets } from './buckets.ts'
import { answerCall } from './calls.ts'
import { slackControl } from './control.ts'
import { type Courier, openCourier, type Target } from './deliver.ts'
import { type Faults, openFaults } from './faults.ts'
import { type Lifecycle, openLifecycle } from './lifecycle.ts'
import { times } from './limits.ts'
import { type Enabled, enabledBy, everything } from './manifest.ts'
import { addMessage } from './messages.ts'
import { openOAuth, openTokens, type Tokens } from './oauth.ts'
import { type Person, personOf, type Streets } from './people.ts'
import { respond } from './respond.ts'
import { openSocketMode, type SocketMode } from './socket.ts'
import {
  addChannel,
  addUser,
  changed,
  findPerson,
  newId,
  secret,
  type TranscriptLine,
  type Workspace,
} from './workspace.ts'

export type SlackOptions = {
  port?: number
  /** The origin whose page may show this one's in a frame; none unless told. */
  framedBy?: string
  /** The stand-in's clock in milliseconds; timestamps, triggers and response_urls live by it. */
  now?: () => number
  /** Appends the wire log to this file. */
  wireLog?: string
  people?: { name: string; realName?: string; tz?: string; locale?: string; picture?: string }[]
  /** Granted bot scopes. The default is what a labeling bot needs, and no im:write. */
  scopes?: string[]
  /** What the app was made from: only what it enables is delivered. Everything is without one. */
  manifest?: object
  /** Registered slash commands of an app without a manifest. */
  commands?: string[]
  /** Words Slack shows of commands while one types, beside the manifest's. */
  hints?: Record<string, string[]>
  signingSecret?: string
  botToken?: string
  botName?: string
  deliverTo?: Target
  /** Shortened by tests that wait for the real three seconds. */
  ackMs?: number
  triggerMs?: number
  retryDelaysMs?: number[]
  /** Slack's rate limits, by the stand-in's clock; off unless asked for. */
  rateLimits?: boolean
  /** Whether the app is in the first workspace already; otherwise it comes by OAuth. */
  installed?: boolean
  /** Bot tokens live twelve hours and are refreshed. */
  rotateTokens?: boolean
}

/** One workspace as tests see it. */
export type SlackHouse = Lifecycle & {
  teamId: string
  botUserId: string
  /**
   * The person of this name; somebody new when there is none. `of` makes them somebody of another
   * workspace, who is here in shared channels (Slack Connect).
   */
  person(
    name: string,
    details?: { tz?: string; locale?: string; picture?: string; of?: string },
  ): Person
  /** The channel of this name; a new one when there is none. The bot is in it unless told not. */
  channel(name: string, options?: ChannelOptions): { id: string; name: string }
  userGroup(handle: string, people: string[]): { id: string }
  /** Another app's bot; it writes mrkdwn into a channel of this name, and is in it from then on. */
  otherApp(name: string): {
    id: string
    say(message: string, where: { channel: string; blocks?: JsonObject[] }): { ts: string }
  }
  /** Deactivates a person's account. */
  deactivate(name: string): void
  archive(channel: string): void
  /** Takes a person out of a channel. */
  leave(channel: string, person: string): void
  /** Grants exactly these scopes from now on. */
  grant(scopes: string[]): void
  /** Delivers an event of the Events API, with retries. */
  event(event: JsonObject, options?: { id?: string }): Promise<void>
}

type SlackVariable =
  | 'SLACK_API_URL'
  | 'SLACK_SIGNING_SECRET'
  | 'SLACK_BOT_TOKEN'
  | 'SLACK_APP_TOKEN'
  | 'SLACK_CLIENT_ID'
  | 'SLACK_CLIENT_SECRET'

export type SlackStandIn = SlackHouse & {
  url: string
  /** Ends in /api/. */
  apiUrl: string
  signingSecret: string
  botToken: string
  appId: string
  /** What a service is started with to talk to this stand-in. */
  env: Record<'SLACK_API_URL' | 'SLACK_SIGNING_SECRET' | 'SLACK_BOT_TOKEN', string>
  /** The same for Socket Mode, and for many workspaces by OAuth. */
  socketEnv: Partial<Record<SlackVariable, string>>
  oauthEnv: Partial<Record<SlackVariable, string>>
  now(): number
  deliverTo(target: Target): void
  addWorkspace(options: { name: string; people?: string[]; installed?: boolean }): SlackHouse
  oauth: {
    /** A person of this workspace allows what the address asks; returns where they are sent. */
    allow(address: string, teamId: string, person: string): string
    deny(address: string): string
  }
  socket: Pick<SocketMode, 'handler' | 'connections' | 'opened' | 'recycle'>
  wire: readonly WireLine[]
  transcript: readonly TranscriptLine[]
  faults: Faults & { redeliver: Courier['redeliver'] }
  /** Event retries that wait; `flush` runs them now. */
  retries: Courier['retries']
  /** Headers that sign a body; for tests of forged, old and future requests. */
  sign: Courier['sign']
  sendRaw: Courier['sendRaw']
  /**
   * Sends url_verification, as Slack does when somebody presses Verify under Event Subscriptions;
   * true when echoed. No event of an app with a manifest comes by HTTP before it.
   */
  verifyUrl(): Promise<boolean>
  close(): Promise<void>
}

export type ChannelOptions = {
  kind?: 'public' | 'private'
  members?: string[]
  bot?: boolean
}

const defaultScopes = [
  ...['chat:write', 'commands', 'users:read', 'files:write', 'files:read'],
  ...['channels:read', 'groups:read', 'usergroups:read'],
]

export async function openSlackStandIn(options: SlackOptions = {}): Promise<SlackStandIn> {
  const enabled = options.manifest
    ? enabledBy(JSON.parse(JSON.stringify(options.manifest)))
    : everything(options.commands ?? ['/parley', '/parley-admin'])
  const workspace = makeWorkspace(options, enabled)
  const { app } = workspace
  let isVerified = !enabled.needsVerifying
  const client = { clientId: `${secret(5)}.${secret(5)}`, clientSecret: secret() }
  const appToken = `xapp-1-${secret(12)}`
  const secrets = [app.signingSecret, client.clientSecret, appToken]
  const faults = openFaults(workspace.now)
  const wire = openWire({
    platform: 'slack',
    secrets,
    ...(options.wireLog !== undefined && { path: options.wireLog }),
  })
  const tokens = openTokens(workspace.now, secrets)
  const workspaces: Workspace[] = []
  const houses: { workspace: Workspace; streets: Streets }[] = []
  const ackMs = options.ackMs ?? times.ackMs
  const retryDelaysMs = options.retryDelaysMs ?? times.retryDelaysMs
  const rotate = options.rotateTokens ?? false
  const oauth = openOAuth({ ...client, rotate }, tokens, workspaces, workspace.now)
  const socket = openSocketMode(appToken, { url: () => workspace.url, appId: app.id })
  let target = options.deliverTo

  /** Opens the doors of a workspace; deliveries of all go to the same place. */
  function house(one: Workspace): SlackHouse & { streets: Streets } {
    const takesEvent = (type: string) => isVerified && enabled.event(type)
    const courier = openCourier({ workspace: one, wire, faults, ackMs, retryDelaysMs, takesEvent })
    if (target !== undefined) courier.deliverTo(target)
    const streets: Streets = {
      workspace: one,
      courier,
      faults,
      enabled,
      hints: options.hints ?? {},
    }
    workspaces.push(one)
    houses.push({ workspace: one, streets })
    if (one.app.installed) tokens.add(one.app.botToken, one)
    return { ...faceOf(streets, tokens), streets }
  }
  const first = house(workspace)
  const { courier } = first.streets

  const hono = new Hono<{ Bindings: Bindings }>()
  const api = {
    workspace,
    tokens,
    wire,
    faults,
    triggerMs: options.triggerMs ?? times.triggerMs,
    more: { ...oauth.methods, ...socket.methods },
    ...(options.rateLimits ? { buckets: openBuckets(workspace.now) } : {}),
  }
  hono.all('/api/*', async (c) => {
    const answer = await answerCall(api, c)
    if (answer.hangMs) await new Promise((resolve) => setTimeout(resolve, answer.hangMs))
    if (answer.drop) c.env.outgoing?.socket?.destroy()
    return new Response(JSON.stringify(answer.body), {
      status: answer.status,
      headers: { 'content-type': 'application/json; charset=utf-8', ...answer.headers },
    })
  })
  for (const kind of ['actions', 'commands', 'app']) {
    hono.post(`/${kind}/:team/*`, async (c) => {
      const body = parseJson(await c.req.text())
      const one = workspaces.find(({ team }) => team.id === c.req.param('team')) ?? workspace
      const answer = respond(one, faults, c.req.path, body)
      wire.write({
        at: new Date(workspace.now()).toISOString(),
        direction: 'call',
        method: 'POST',
        path: `/${kind}`,
        status: answer.status,
        request: body ?? null,
        response: answer.body,
      })
      if (answer.status !== 200) faults.record('refused_call', `response_url: ${answer.status}`)
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body)
      return new Response(text, { status: answer.status })
    })
  }
  fileRoutes(hono, workspaces, tokens, faults)
  oauth.routes(hono)
  pageRoutes(hono, first.streets, options.framedBy)
  slackControl(hono, first.streets)

  const server = await listen(hono, options.port ?? 0, socket)
  workspace.url = server.url
  for (const person of options.people ?? []) addUser(workspace, person)
  const apiUrl = `${server.url}/api/`
  const { streets: _, ...face } = first

  return {
    ...face,
    url: server.url,
    apiUrl,
    signingSecret: app.signingSecret,
    botToken: app.botToken,
    appId: app.id,
    env: {
      SLACK_API_URL: apiUrl,
      SLACK_SIGNING_SECRET: app.signingSecret,
      SLACK_BOT_TOKEN: app.botToken,
    },
    socketEnv: {
      SLACK_API_URL: apiUrl,
      SLACK_APP_TOKEN: appToken,
      SLACK_BOT_TOKEN: app.botToken,
    },
    oauthEnv: {
      SLACK_API_URL: apiUrl,
      SLACK_SIGNING_SECRET: app.signingSecret,
      SLACK_CLIENT_ID: client.clientId,
      SLACK_CLIENT_SECRET: client.clientSecret,
    },
    now: workspace.now,
    deliverTo(next) {
      target = next
      for (const { streets } of houses) streets.courier.deliverTo(next)
    },
    addWorkspace({ name, people = [], installed = true }) {
      const added = makeWorkspace({ now: workspace.now, installed }, enabled, name)
      // It is the same app in another workspace: its own bot and token, the same secrets.
      const { id, signingSecret, verificationToken } = app
      Object.assign(added.app, { id, signingSecret, verificationToken })
      added.url = workspace.url
      for (const person of people) addUser(added, { name: person })
      const { streets: _streets, ...more } = house(added)
      return more
    },
    oauth: {
      allow(address, teamId, name) {
        const one = workspaces.find(({ team }) => team.id === teamId)
        const user = one ? findPerson(one, name) : undefined
        if (!one || !user) throw new Error(`Nobody in ${teamId} is called ${name}.`)
        return oauth.allow(address, one, user)
      },
      deny: oauth.deny,
    },
    socket,
    wire: wire.lines,
    transcript: workspace.transcript,
    faults: Object.assign(faults, { redeliver: courier.redeliver }),
    retries: courier.retries,
    sign: courier.sign,
    sendRaw: courier.sendRaw,
    async verifyUrl() {
      const challenge = secret()
      const body = { token: app.verificationToken, challenge, type: 'url_verification' }
      const answer = await courier.send('event', JSON.stringify(body))
      if (answer.outcome !== 'answered' || answer.status !== 200) return false
      const echoed = parseJson(answer.body)
      const isEchoed =
        answer.body === challenge || (isObject(echoed) && echoed['challenge'] === challenge)
      isVerified ||= isEchoed
      return isEchoed
    },
    async close() {
      for (const { streets } of houses) streets.courier.close()
      socket.close()
      await server.close()
    },
  }
}

/** What a test may do in one workspace. */
function faceOf(streets: Streets, tokens: Tokens): SlackHouse {
  const { workspace, courier } = streets
  const { app } = workspace
  function idOf(name: string): string {
    const user = findPerson(workspace, name)
    if (!user) throw new Error(`Nobody here is called ${name}.`)
    return user.id
  }
  function channelNamed(name: string) {
    const wanted = name.replace(/^#/, '')
    return [...workspace.channels.values()].find((c) => c.name === wanted && c.kind !== 'im')
  }
  return {
    ...openLifecycle(workspace, courier, tokens),
    teamId: workspace.team.id,
    botUserId: app.botUserId,
    person(name, details = {}) {
      const user = findPerson(workspace, name) ?? addUser(workspace, { name, ...details })
      return personOf(streets, user)
    },
    channel(name, { kind, members = [], bot = true } = {}) {
      const known = channelNamed(name)
      const channel =
        known ?? addChannel(workspace, { name: name.replace(/^#/, ''), ...(kind && { kind }) })
      for (const member of members) channel.members.add(idOf(member))
      if (bot && !known) channel.members.add(app.botUserId)
      return { id: channel.id, name: channel.name }
    },
    userGroup(handle, people) {
      const id = newId('S')
      const name = handle.replace(/^@/, '')
      workspace.userGroups.push({ id, handle: name, name, users: people.map(idOf) })
      return { id }
    },
    otherApp(name) {
      const known = [...workspace.users.values()].find((u) => u.isBot && u.realName === name)
      const bot = known ?? addUser(workspace, { name, isBot: true })
      return {
        id: bot.id,
        say(message, { channel: where, blocks = [] }) {
          const channel = channelNamed(where)
          if (!channel) throw new Error(`There is no channel ${where}.`)
          channel.members.add(bot.id)
          const sent = { channelId: channel.id, author: bot.id, text: message, blocks }
          return { ts: addMessage(workspace, sent).ts }
        },
      }
    },
    deactivate(name) {
      const user = workspace.users.get(idOf(name))
      if (user) user.deleted = true
    },
    leave(name, person) {
      channelNamed(name)?.members.delete(idOf(person))
      changed(workspace)
    },
    archive(name) {
      const channel = channelNamed(name)
      if (!channel) throw new Error(`There is no channel ${name}.`)
      channel.archived = true
      changed(workspace)
    },
    grant(scopes) {
      app.scopes = new Set(scopes)
    },
    event: courier.event,
  }
}

type Bindings = { outgoing?: { socket?: { destroy(): void } | null } }

function makeWorkspace(
  options: SlackOptions,
  enabled: Enabled,
  name = 'Parley Sandbox',
): Workspace {
  const workspace: Workspace = {
    now: options.now ?? Date.now,
    url: '',
    team: { id: newId('T'), domain: name.toLowerCase().replaceAll(' ', '-'), name },
    app: {
      id: newId('A'),
      botId: newId('B'),
      botUserId: '',
      botName: options.botName ?? 'Parley',
      botToken: options.botToken ?? `xoxb-${secret(12)}`,
      installed: options.installed ?? true,
      signingSecret: options.signingSecret ?? secret(),
      verificationToken: secret(12),
      scopes: new Set(options.scopes ?? enabled.scopes ?? defaultScopes),
      homeTab: enabled.homeTab,
      messagesTab: enabled.messagesTab,
    },
    users: new Map(),
    channels: new Map(),
    messages: [],
    stacks: new Map(),
    homes: new Map(),
    tabs: new Map(),
    notices: new Map(),
    files: new Map(),
    uploads: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    userGroups: [],
    transcript: [],
    watchers: new Set(),
  }
  workspace.app.botUserId = addUser(workspace, { name: workspace.app.botName, isBot: true }).id
  return workspace
}

function fileRoutes(
  hono: Hono<{ Bindings: Bindings }>,
  workspaces: readonly Workspace[],
  tokens: Tokens,
  faults: Faults,
) {
  hono.post('/upload/v1/:ticket', async (c) => {
    const ticket = c.req.param('ticket')
    const owner = workspaces.find(({ uploads }) => uploads.has(ticket))
    const file = owner?.files.get(owner.uploads.get(ticket) ?? '')
    if (!file || file.complete) return c.text('Not found', 404)
    const multipart = (c.req.header('content-type') ?? '').startsWith('multipart/form-data')
    let bytes = new Uint8Array(0)
    if (multipart) {
      const part = Object.values(await c.req.parseBody()).find((value) => value instanceof File)
      if (part instanceof File) bytes = new Uint8Array(await part.arrayBuffer())
    } else bytes = new Uint8Array(await c.req.arrayBuffer())
    if (bytes.byteLength !== file.length) {
      const told = `${file.name}: ${bytes.byteLength} bytes came, ${file.length} were announced`
      faults.record('refused_call', `upload of ${told}`)
      return c.text(told, 400)
    }
    file.bytes = bytes
    return c.text(`OK - ${bytes.byteLength}`)
  })
  const download = async (id: string, authorization: string | undefined) => {
    const known = tokens.find((authorization ?? '').replace(/^Bearer /, ''))
    const file = known?.workspace.files.get(id.split('-').at(-1) ?? '')
    const allowed = known?.dead === null && known.workspace.app.scopes.has('files:read')
    // Without a right token Slack redirects to its sign-in page, which answers 200 with HTML.
    if (!allowed) return new Response(null, { status: 302, headers: { location: '/signin' } })
    if (!file?.bytes) return new Response('Not found', { status: 404 })
    return new Response(new Blob([new Uint8Array(file.bytes)]), {
      headers: { 'content-type': 'text/plain' },
    })
  }
  for (const path of ['/files-pri/:id/:name', '/files-pri/:id/download/:name'] as const) {
    hono.get(path, (c) => download(c.req.param('id'), c.req.header('authorization')))
  }
  hono.get('/signin', (c) => c.html('<!doctype html><title>Sign in to Slack</title>'))
}
