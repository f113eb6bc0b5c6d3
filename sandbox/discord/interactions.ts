/**
 * The life of one interaction: made by a gesture, delivered, answered within three seconds by a
 * callback or in the endpoint's own response, and then edited and followed up for fifteen minutes.
 */
import type { Json, JsonObject } from '../json.ts'
import { isObject, objects, text } from '../json.ts'
import type { Wire } from '../wire.ts'
import { judgeCallback } from './bodies.ts'
import { flat } from './components.ts'
import type { Courier } from './deliver.ts'
import { isRefusal, type Refusal, refuse } from './errors.ts'
import type { Faults } from './faults.ts'
import type { Gateway } from './gateway.ts'
import { limits, times } from './limits.ts'
import { createMessage, editMessage, type MessageEvents, type Upload } from './messages.ts'
import { interactionJson, newToken } from './payloads.ts'
import {
  type Channel,
  changed,
  type Form,
  flag,
  type Interaction,
  type Message,
  type Settled,
  type User,
  type World,
} from './world.ts'

/** Everything the doors of the stand-in share. */
export type Town = {
  world: World
  faults: Faults
  wire: Wire
  gateway: Gateway
  courier: Courier
  tell: MessageEvents
  ackMs: number
  /** How long somebody looks at "is thinking…" before doing something else. */
  patienceMs: number
}

export type Made = {
  type: 2 | 3 | 4 | 5
  user: User
  channel: Channel
  name?: string
  source?: Message | null
  more: JsonObject
}

/** Makes an interaction, delivers it, and waits for what the person's client is told. */
export async function interact(town: Town, made: Made): Promise<Settled> {
  const { world, courier } = town
  const token = newToken()
  const payload = interactionJson(world, { ...made, token }, made.more)
  const interaction: Interaction = {
    id: text(payload['id']),
    token,
    type: made.type,
    name: made.name ?? null,
    userId: made.user.id,
    channelId: made.channel.id,
    at: world.now(),
    state: 'new',
    sourceId: made.source?.id ?? null,
    originalId: null,
    payload,
    settled: () => {},
  }
  world.interactions.set(token, interaction)
  forgetOldest(world)
  const settled = new Promise<Settled>((resolve) => {
    interaction.settled = resolve
  })
  const timer = setTimeout(() => {
    if (interaction.state !== 'new') return
    fail(town, interaction, 'no answer within 3 seconds')
  }, town.ackMs)
  try {
    const delivered = await courier.deliver(payload)
    if (delivered.outcome === 'failed') fail(town, interaction, delivered.detail)
    if (delivered.outcome === 'answered') {
      const answer = answerInteraction(town, interaction, delivered.body, delivered.uploads)
      if (isRefusal(answer)) {
        const told = JSON.stringify(answer.body)
        town.faults.record('illegal_answer', told)
        fail(town, interaction, `the answer is not one Discord takes: ${told}`)
      }
    }
    return await settled
  } finally {
    clearTimeout(timer)
  }
}

function fail({ faults }: Town, interaction: Interaction, detail: string): void {
  if (interaction.state !== 'new') return
  interaction.state = 'expired'
  faults.record('no_answer', `${interaction.name ?? interaction.type}: ${detail}`)
  interaction.settled({ how: 'failed', detail })
}

/** The interaction of a callback's address, if it still waits for its first answer. */
export function openInteraction(world: World, id: string, token: string): Interaction | Refusal {
  const interaction = world.interactions.get(token)
  if (!interaction || interaction.id !== id) return refuse('unknown interaction')
  const isLate = world.now() - interaction.at > times.ackMs && interaction.state === 'new'
  if (interaction.state === 'expired' || isLate) return refuse('unknown interaction')
  if (interaction.state !== 'new') return refuse('already acknowledged')
  return interaction
}

/** What each kind of interaction may be answered with; a modal's depends on where it stood. */
const allowed: Record<Interaction['type'], readonly number[]> = {
  2: [4, 5, 9],
  3: [4, 5, 6, 7, 9],
  4: [8],
  5: [4, 5, 6, 7],
}

/** Takes the first answer; answers the message it made or changed. */
export function answerInteraction(
  town: Town,
  interaction: Interaction,
  body: Json,
  uploads: readonly Upload[],
): { status: 200; body: JsonObject; message: Message | null } | Refusal {
  const { world, tell } = town
  const type = isObject(body) ? Number(body['type']) : 0
  const data = isObject(body) && isObject(body['data']) ? body['data'] : {}
  const source = world.messages.get(interaction.sourceId ?? '') ?? null
  const tooLarge = judgeUploads(world, uploads)
  if (tooLarge) return tooLarge
  const wrong = judgeCallback(body, {
    flags: type === 7 ? (source?.flags ?? 0) : 0,
    legacy: type === 7 ? legacyOf(source) : [],
    files: [...uploads.map(({ name }) => name), ...(type === 7 ? namesOf(source) : [])],
    uploads: uploads.length,
  })
  if (wrong) return wrong
  const isUpdate = type === 6 || type === 7
  if (!allowed[interaction.type].includes(type) || (isUpdate && interaction.sourceId === null)) {
    return refuse('invalid form body', {
      type: {
        _errors: [
          {
            code: 'INTERACTION_CALLBACK_TYPE_INVALID',
            message: `An interaction of type ${interaction.type} cannot be answered with type ${type}.`,
          },
        ],
      },
    })
  }
  const channel = world.channels.get(interaction.channelId)
  if (!channel) return refuse('unknown channel')
  const done = (message: Message | null) => ({ status: 200 as const, body: {}, message })
  const create = (draft: JsonObject, files: readonly Upload[] = []) =>
    createMessage(world, tell, {
      channel,
      authorId: world.app.id,
      body: draft,
      uploads: files,
      interaction,
      type: interaction.type === 2 ? 20 : source ? 19 : 0,
    })
  switch (type) {
    case 4: {
      const message = create(data, uploads)
      interaction.state = 'answered'
      interaction.originalId = message.id
      interaction.settled({ how: 'answered' })
      return done(message)
    }
    case 5: {
      const flags = (typeof data['flags'] === 'number' ? data['flags'] : 0) | flag.loading
      const message = create({ flags })
      interaction.state = 'deferred'
      interaction.originalId = message.id
      const settle = () => interaction.settled({ how: 'answered' })
      setTimeout(settle, town.patienceMs).unref()
      return done(message)
    }
    case 6:
      interaction.state = 'deferred update'
      interaction.originalId = interaction.sourceId
      interaction.settled({ how: 'answered' })
      return done(null)
    case 7: {
      interaction.state = 'answered'
      interaction.originalId = interaction.sourceId
      if (source) editMessage(world, tell, source, data, uploads)
      interaction.settled({ how: 'answered' })
      return done(source)
    }
    case 8:
      interaction.state = 'choices'
      interaction.settled({ how: 'choices', choices: objects(data['choices']) })
      return done(null)
    default: {
      interaction.state = 'modal'
      world.forms.set(interaction.userId, formOf(world, interaction, data))
      changed(world)
      interaction.settled({ how: 'answered' })
      return done(null)
    }
  }
}

export function judgeUploads(world: World, uploads: readonly Upload[]): Refusal | null {
  const sizes = uploads.map(({ bytes }) => bytes.byteLength)
  const sum = sizes.reduce((total, size) => total + size, 0)
  if (uploads.length > limits['message.attachments'].max) {
    return refuse('invalid form body', {
      files: {
        _errors: [{ code: 'BASE_TYPE_MAX_LENGTH', message: 'Must be 10 or fewer in length.' }],
      },
    })
  }
  const isTooLarge = sizes.some((size) => size > world.app.attachmentLimit)
  return isTooLarge || sum > limits['request.bytes'].max ? refuse('too large') : null
}

/** What a message must lose before it may show components V2. */
export function legacyOf(message: Message | null | undefined): ('content' | 'embeds')[] {
  return [
    ...(message && message.content !== '' ? (['content'] as const) : []),
    ...(message && message.embeds.length > 0 ? (['embeds'] as const) : []),
  ]
}

export function namesOf(message: Message | null | undefined): string[] {
  return (message?.files ?? []).map(({ name }) => name)
}

function formOf(world: World, interaction: Interaction, data: JsonObject): Form {
  const customId = text(data['custom_id'])
  return {
    customId,
    title: text(data['title']),
    components: asShown(world, interaction.userId, customId, objects(data['components'])),
    entered: new Map(),
    files: new Map(),
    errors: new Map(),
    channelId: interaction.channelId,
    sourceId: interaction.sourceId,
  }
}

/**
 * A phone shows the prefill it saw first under a form's custom_id, whatever comes later
 * (discord/discord-api-docs#7554).
 */
function asShown(
  world: World,
  userId: string,
  customId: string,
  components: JsonObject[],
): JsonObject[] {
  if (!world.users.get(userId)?.isPhone) return components
  const key = `${userId} ${customId}`
  const kept = world.keptForms.get(key)
  if (!kept) {
    world.keptForms.set(key, components)
    return components
  }
  const before = new Map(flat(kept).map((one) => [text(one['custom_id']), one]))
  const shown = structuredClone(components)
  for (const one of flat(shown)) {
    const first = before.get(text(one['custom_id']))
    for (const key of ['value', 'options', 'default', 'default_values']) {
      if (first?.[key] !== undefined) one[key] = first[key]
      else if (first) delete one[key]
    }
  }
  return shown
}

/** Old tokens answer as unknown ones do; this keeps a long test's memory bounded. */
function forgetOldest(world: World): void {
  const [oldest] = world.interactions.keys()
  if (world.interactions.size > 50_000 && oldest !== undefined) world.interactions.delete(oldest)
}
