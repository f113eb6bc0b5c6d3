/**
 * The stand-in's judgement beside Discord's own specification: what the specification refuses, the
 * stand-in refuses. The specification (discord/discord-api-spec, MIT) is data beside the clone.
 */
import { existsSync, readFileSync } from 'node:fs'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judgeCallback, judgeMessage, type Surface } from '../../../sandbox/discord/bodies.ts'
import { judgeCommands } from '../../../sandbox/discord/command-bodies.ts'
import { reaches } from '../../../sandbox/discord/limit-payloads.ts'
import { type LimitId, limits } from '../../../sandbox/discord/limits.ts'
import { isObject, type Json, type JsonObject, object, parseJson } from '../../../sandbox/json.ts'

const file = new URL('../../../../shared/data/discord-openapi-subset.json', import.meta.url)
const absent = !existsSync(file)
const why = absent ? ' (the specification is not beside this clone)' : ''

const around = { flags: 0, files: ['a.md'], uploads: 1 }
const message =
  (surface: Surface) =>
  (body: Json): boolean =>
    judgeMessage(body, surface, around) === null

type Operation = { path: string; method: string; takes: (body: Json) => boolean }

const create: Operation = {
  path: '/channels/{channel_id}/messages',
  method: 'post',
  takes: message('create'),
}
const edits: Operation[] = [
  {
    path: '/channels/{channel_id}/messages/{message_id}',
    method: 'patch',
    takes: message('edit'),
  },
  {
    path: '/webhooks/{webhook_id}/{webhook_token}/messages/@original',
    method: 'patch',
    takes: message('webhook edit'),
  },
  {
    path: '/webhooks/{webhook_id}/{webhook_token}',
    method: 'post',
    takes: message('follow up'),
  },
]
const callback: Operation = {
  path: '/interactions/{interaction_id}/{interaction_token}/callback',
  method: 'post',
  takes: (body) => judgeCallback(body, around) === null,
}
const commands: Operation = {
  path: '/applications/{application_id}/commands',
  method: 'put',
  takes: (body) => judgeCommands(body) === null,
}

/** Bodies the stand-in takes, of every kind it knows: each limit's, and others. */
function corpus(): { operation: Operation; body: Json }[] {
  const ids = Object.keys(limits).filter((id): id is LimitId => id in limits)
  const reached = ids.flatMap((id): { operation: Operation; body: Json }[] => {
    const payload = reaches[id].payload(limits[id].max)
    if ('message' in payload) {
      const { message: body } = payload
      const both = [create, ...edits].map((operation) => ({ operation, body }))
      return [...both, { operation: callback, body: { type: 4, data: body } }]
    }
    if ('modal' in payload) {
      return [{ operation: callback, body: { type: 9, data: payload.modal } }]
    }
    if ('choices' in payload) {
      return [{ operation: callback, body: { type: 8, data: { choices: payload.choices } } }]
    }
    if ('commands' in payload) return [{ operation: commands, body: payload.commands }]
    return []
  })
  // Documented since 5 August 2026, and younger than that snapshot of the specification.
  const isNewer = (body: Json) => JSON.stringify(body).includes('"file_types"')
  return [...reached, ...own].filter(
    ({ operation, body }) => operation.takes(body) && !isNewer(body),
  )
}

const card: JsonObject = {
  flags: 1 << 15,
  components: [
    {
      type: 17,
      accent_color: 0x58_65_f2,
      spoiler: false,
      components: [
        { type: 10, content: '# Task', id: 7 },
        { type: 14, divider: true, spacing: 2 },
        {
          type: 9,
          components: [{ type: 10, content: 'A' }],
          accessory: { type: 2, style: 3, label: 'Pick', custom_id: 'a', disabled: false },
        },
        {
          type: 9,
          components: [{ type: 10, content: 'B' }],
          accessory: { type: 11, media: { url: 'https://example.com/b.png' }, description: 'B' },
        },
        { type: 13, file: { url: 'attachment://a.md' }, spoiler: true },
        { type: 1, components: [{ type: 8, custom_id: 'c', channel_types: [0, 5] }] },
        { type: 1, components: [{ type: 6, custom_id: 'r', placeholder: 'Role' }] },
      ],
    },
  ],
  allowed_mentions: { parse: ['users'], roles: ['1'], replied_user: false },
  attachments: [{ id: '0', filename: 'a.md', description: 'A' }],
}

const own: { operation: Operation; body: Json }[] = [
  { operation: create, body: { ...card, nonce: 7, enforce_nonce: true } },
  { operation: create, body: { content: 'x', message_reference: { message_id: '1' } } },
  {
    operation: create,
    body: {
      embeds: [
        {
          title: 'x',
          timestamp: '2026-11-22T10:00:00Z',
          color: 1,
          image: { url: 'https://example.com/a.png' },
          fields: [{ name: 'a', value: 'b', inline: true }],
        },
      ],
    },
  },
  ...edits.map((operation) => ({ operation, body: card })),
  { operation: callback, body: { type: 7, data: card } },
  { operation: callback, body: { type: 5, data: { flags: 64 } } },
  { operation: callback, body: { type: 6 } },
  {
    operation: commands,
    body: [
      {
        name: 'parley',
        description: 'x',
        name_localizations: { de: 'parley' },
        default_member_permissions: null,
        contexts: [0, 1],
        integration_types: [0],
        options: [
          {
            type: 1,
            name: 'next',
            description: 'x',
            options: [
              { type: 3, name: 'dataset', description: 'x', autocomplete: true, required: true },
              { type: 4, name: 'n', description: 'x', min_value: 1, max_value: 5 },
              { type: 11, name: 'file', description: 'x' },
              { type: 7, name: 'channel', description: 'x', channel_types: [0] },
            ],
          },
        ],
      },
      { type: 3, name: 'Use as my answer' },
    ],
  },
]

describe.skipIf(absent)(`happy: beside the official specification${why}`, () => {
  const validators = absent ? null : openSpecification()

  test('what the stand-in takes of its own examples, the specification takes', () => {
    const wrong = corpus().flatMap(({ operation, body }) => {
      const validate = validators?.(operation)
      return validate && !validate(body) ? [{ body, errors: validate.errors }] : []
    })
    expect(wrong).toEqual([])
  })

  test('what the specification refuses, the stand-in refuses', () => {
    const all = corpus()
    const mutated = fc
      .record({ pick: fc.nat(), where: fc.array(fc.nat(), { maxLength: 12 }), how: change })
      .map(({ pick, where, how }) => {
        const one = all[pick % all.length]
        if (!one) throw new Error('The corpus is empty.')
        return { operation: one.operation, body: mutate(one.body, where, how) }
      })
    fc.assert(
      fc.property(mutated, ({ operation, body }) => {
        const validate = validators?.(operation)
        if (!validate || validate(asText(body))) return
        expect(operation.takes(body), JSON.stringify({ body, errors: validate.errors })).toBe(false)
      }),
      { numRuns: 5000, seed: 20_261_122 },
    )
  })
})

type Change = { how: 'set'; value: Json } | { how: 'drop' } | { how: 'add'; key: string }

const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .oneof(
      fc.constantFrom<Json[]>(null, true, '', [], {}, -1, 0, 1, 26, 4.5, 2 ** 40, 'x', [null]),
      fc.constantFrom<Json[]>('x'.repeat(33), 'x'.repeat(101), 'x'.repeat(4100), 'http://a b', 99),
    )
    .map((value): Change => ({ how: 'set', value })),
  fc.constant<Change>({ how: 'drop' }),
  fc.constantFrom('colour', 'componets', 'lable').map((key): Change => ({ how: 'add', key })),
)

/** Goes down by the numbers given and changes what is there. */
function mutate(body: Json, where: readonly number[], how: Change): Json {
  const [next, ...rest] = where
  const keys = Array.isArray(body) ? [...body.keys()] : isObject(body) ? Object.keys(body) : []
  if (next === undefined || keys.length === 0) {
    if (how.how === 'add' && isObject(body)) return { ...body, [how.key]: 1 }
    return how.how === 'set' ? how.value : body
  }
  const key = keys[next % keys.length] ?? 0
  if (Array.isArray(body)) {
    return body.map((one, i) => (i === key ? mutate(one, rest, how) : one))
  }
  const copy = { ...object(body) }
  if (rest.length === 0 && how.how === 'drop') delete copy[String(key)]
  else copy[String(key)] = mutate(copy[String(key)] ?? null, rest, how)
  return copy
}

/** The numbers of attachments as text: Discord's examples have them so, its specification not. */
function asText(body: Json): Json {
  return (
    parseJson(
      JSON.stringify(body, (key, value: unknown) =>
        key !== 'attachments' || !Array.isArray(value)
          ? value
          : value.map((one: Json) =>
              isObject(one) && Number.isInteger(one['id'])
                ? { ...one, id: String(one['id']) }
                : one,
            ),
      ),
    ) ?? null
  )
}

/** The specification's own validators, every object closed so that a misspelled key is refused. */
function openSpecification(): (operation: Operation) => ValidateFunction {
  const specification = object(parseJson(readFileSync(file, 'utf8')))
  closeObjects(specification)
  const ajv = new Ajv2020({ strict: false, logger: false })
  addFormats.default(ajv)
  ajv.addFormat('snowflake', /^(0|[1-9][0-9]{0,19})$/)
  ajv.addFormat('nonce', true)
  ajv.addSchema(specification, 'discord')
  const known = new Map<string, ValidateFunction>()
  return ({ path, method }) => {
    const escaped = encodeURIComponent(path.replaceAll('~', '~0').replaceAll('/', '~1'))
    const ref = `discord#/paths/${escaped}/${method}/requestBody/content/application~1json/schema`
    const validate = known.get(ref) ?? ajv.compile({ $ref: ref })
    known.set(ref, validate)
    return validate
  }
}

function closeObjects(schema: Json): void {
  if (Array.isArray(schema)) for (const one of schema) closeObjects(one)
  if (!isObject(schema)) return
  const isPlain = schema['type'] === 'object' && isObject(schema['properties'])
  if (isPlain) schema['additionalProperties'] ??= false
  for (const one of Object.values(schema)) closeObjects(one)
}
