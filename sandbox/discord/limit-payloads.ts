/**
 * For every row of `limits`, a call that reaches exactly `n` of what the row counts, and how
 * Discord answers when that is one too many. A limit without a payload does not compile.
 */
import type { Json, JsonObject } from '../json.ts'
import { kind } from './components.ts'
import { type LimitId, textDisplayBytes } from './limits.ts'
import { flag } from './world.ts'

export type Payload =
  | { message: JsonObject; files?: number[] }
  | { modal: JsonObject }
  | { choices: JsonObject[] }
  | { commands: JsonObject[] }
  | { thread: JsonObject }
  /** So many new names of commands in one guild, a hundred at a time. */
  | { created: number }
  /** One event of so many bytes, or so many events, sent on the gateway. */
  | { bytes: number }
  | { events: number }

export type Reach = {
  /** The JSON code of the refusal; the close code where the gateway refuses. */
  code: number
  payload: (n: number) => Payload
}

const x = (n: number) => 'x'.repeat(n)
const times = <T extends Json>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i))
const address = (n: number) => `https://example.com/${x(n - 'https://example.com/'.length)}`

const plain = (body: JsonObject): Payload => ({ message: { content: 'x', ...body } })
const embed = (body: JsonObject): Payload => plain({ embeds: [body] })
const v2 = (...components: JsonObject[]): Payload => ({
  message: { flags: flag.componentsV2, components },
})
const says = (content: string): JsonObject => ({ type: kind.text, content })
const row = (...components: JsonObject[]): JsonObject => ({ type: kind.row, components })
const inRow = (component: JsonObject): Payload => v2(row(component))
const button = (more: JsonObject = {}): JsonObject => ({
  type: kind.button,
  style: 1,
  label: 'x',
  custom_id: 'b',
  ...more,
})
const link = (url: string): JsonObject => ({ type: kind.button, style: 5, label: 'x', url })
const options = (n: number) => times(n, (i) => ({ label: `Option ${i}`, value: `o${i}` }))
const select = (more: JsonObject = {}): JsonObject => ({
  type: kind.stringSelect,
  custom_id: 's',
  options: options(1),
  ...more,
})
const users = (more: JsonObject): JsonObject => ({
  type: kind.userSelect,
  custom_id: 's',
  max_values: 25,
  ...more,
})
const gallery = (...items: JsonObject[]): Payload => v2({ type: kind.gallery, items })
const media = { url: 'https://example.com/a.png' }

const modal = (...components: JsonObject[]): Payload => ({
  modal: { custom_id: 'm', title: 'x', components },
})
const label = (component: JsonObject, more: JsonObject = {}): Payload =>
  modal({ type: kind.label, label: 'x', component, ...more })
const field = (more: JsonObject = {}): JsonObject => ({
  type: kind.textInput,
  custom_id: 't',
  style: 2,
  ...more,
})
const radio = (n: number): JsonObject => ({
  type: kind.radioGroup,
  custom_id: 'r',
  options: options(n),
})
const boxes = (more: JsonObject): JsonObject => ({
  type: kind.checkboxGroup,
  custom_id: 'c',
  options: options(10),
  ...more,
})
const upload = (more: JsonObject): JsonObject => ({
  type: kind.fileUpload,
  custom_id: 'f',
  max_values: 10,
  ...more,
})

const command = (more: JsonObject = {}): JsonObject => ({ name: 'c', description: 'x', ...more })
const one = (more: JsonObject): Payload => ({ commands: [command(more)] })
const option = (more: JsonObject = {}): JsonObject => ({
  type: 3,
  name: 'o',
  description: 'x',
  ...more,
})
/** Choices whose names and values have so many characters together. */
const choices = (n: number): JsonObject[] =>
  times(Math.ceil(n / 200), (i) => {
    const size = Math.min(200, n - i * 200)
    const name = Math.min(100, size - 1)
    return { name: x(name), value: x(size - name) }
  })

const poll = (more: JsonObject): Payload => ({
  message: {
    poll: {
      question: { text: 'x' },
      answers: [{ poll_media: { text: 'x' } }],
      ...more,
    },
  },
})

const invalid = (payload: Reach['payload']): Reach => ({ code: 50035, payload })

export const reaches: Record<LimitId, Reach> = {
  'message.content': invalid((n) => plain({ content: x(n) })),
  'message.embeds': invalid((n) => plain({ embeds: times(n, () => ({ title: 'x' })) })),
  'message.nonce': invalid((n) => plain({ nonce: x(n) })),
  'message.attachments': invalid((n) => ({ message: { content: 'x' }, files: times(n, () => 1) })),
  'message.stickers': invalid((n) => plain({ sticker_ids: times(n, (i) => String(1 + i)) })),
  'message.rows': invalid((n) =>
    plain({ components: times(n, (i) => row(button({ custom_id: `b${i}` }))) }),
  ),
  'message.components': invalid((n) =>
    v2({ type: kind.container, components: times(n - 1, () => says('x')) }),
  ),
  'message.text_sum': invalid((n) => v2(says(x(2000)), says(x(n - 2000)))),
  'message.bytes': {
    code: 0,
    payload: (n) => {
      const bytes = n - textDisplayBytes
      return v2(says('日'.repeat(Math.floor(bytes / 3)) + x(bytes % 3)))
    },
  },
  'mentions.users': invalid((n) =>
    plain({ allowed_mentions: { users: times(n, (i) => String(i + 1)) } }),
  ),
  'mentions.roles': invalid((n) =>
    plain({ allowed_mentions: { roles: times(n, (i) => String(i + 1)) } }),
  ),

  'embed.title': invalid((n) => embed({ title: x(n) })),
  'embed.description': invalid((n) => embed({ description: x(n) })),
  'embed.fields': invalid((n) => embed({ fields: times(n, () => ({ name: 'x', value: 'x' })) })),
  'embed.field_name': invalid((n) => embed({ fields: [{ name: x(n), value: 'x' }] })),
  'embed.field_value': invalid((n) => embed({ fields: [{ name: 'x', value: x(n) }] })),
  'embed.footer': invalid((n) => embed({ footer: { text: x(n) } })),
  'embed.author': invalid((n) => embed({ author: { name: x(n) } })),
  'embed.sum': invalid((n) =>
    plain({ embeds: [{ description: x(4000) }, { description: x(n - 4000) }] }),
  ),
  'embed.url': invalid((n) => embed({ title: 'x', url: address(n) })),

  'attachment.filename': invalid((n) => ({
    message: { content: 'x', attachments: [{ id: '0', filename: x(n) }] },
    files: [1],
  })),
  'attachment.description': invalid((n) => ({
    message: { content: 'x', attachments: [{ id: '0', description: x(n) }] },
    files: [1],
  })),
  'file.bytes': { code: 40005, payload: (n) => ({ message: { content: 'x' }, files: [n] }) },
  'request.bytes': {
    code: 40005,
    payload: (n) => {
      const most = 10_000_000
      return { message: { content: 'x' }, files: [most, most, n - 2 * most] }
    },
  },

  custom_id: invalid((n) => inRow(button({ custom_id: x(n) }))),
  'action_row.buttons': invalid((n) => v2(row(...times(n, (i) => button({ custom_id: `b${i}` }))))),
  'button.label': invalid((n) => inRow(button({ label: x(n) }))),
  'button.url': invalid((n) => inRow(link(address(n)))),
  'emoji.name': invalid((n) => inRow(button({ emoji: { name: x(n) } }))),
  'select.options': invalid((n) => inRow(select({ options: options(n) }))),
  'select.placeholder': invalid((n) => inRow(select({ placeholder: x(n) }))),
  'select.min_values': invalid((n) => inRow(users({ min_values: n }))),
  'select.max_values': invalid((n) => inRow(users({ max_values: n }))),
  'select.default_values': invalid((n) =>
    inRow(users({ default_values: times(n, (i) => ({ id: String(i + 1), type: 'user' })) })),
  ),
  'option.label': invalid((n) => inRow(select({ options: [{ label: x(n), value: 'x' }] }))),
  'option.value': invalid((n) => inRow(select({ options: [{ label: 'x', value: x(n) }] }))),
  'option.description': invalid((n) =>
    inRow(select({ options: [{ label: 'x', value: 'x', description: x(n) }] })),
  ),
  'section.components': invalid((n) =>
    v2({ type: kind.section, components: times(n, () => says('x')), accessory: button() }),
  ),
  'text_display.content': invalid((n) => v2(says(x(n)))),
  'media_gallery.items': invalid((n) => gallery(...times(n, () => ({ media })))),
  'media.description': invalid((n) => gallery({ media, description: x(n) })),
  'media.url': invalid((n) => gallery({ media: { url: address(n) } })),

  'modal.title': invalid((n) => ({
    modal: { custom_id: 'm', title: x(n), components: [says('x')] },
  })),
  'modal.components': invalid((n) => modal(...times(n, () => says('x')))),
  'label.label': invalid((n) => label(field(), { label: x(n) })),
  'label.description': invalid((n) => label(field(), { description: x(n) })),
  'text_input.label': invalid((n) => modal(row(field({ label: x(n) })))),
  'text_input.value': invalid((n) => label(field({ value: x(n) }))),
  'text_input.placeholder': invalid((n) => label(field({ placeholder: x(n) }))),
  'text_input.min_length': invalid((n) => label(field({ min_length: n }))),
  'text_input.max_length': invalid((n) => label(field({ max_length: n }))),
  'radio_group.options': invalid((n) => label(radio(n))),
  'checkbox_group.options': invalid((n) => label(boxes({ options: options(n) }))),
  'checkbox_group.min_values': invalid((n) => label(boxes({ min_values: n }))),
  'checkbox_group.max_values': invalid((n) => label(boxes({ max_values: n }))),
  'file_upload.min_values': invalid((n) => label(upload({ min_values: n }))),
  'file_upload.max_values': invalid((n) => label(upload({ max_values: n }))),
  'file_upload.file_type': invalid((n) => label(upload({ file_types: [`.${x(n - 1)}`] }))),
  'file_upload.file_types': invalid((n) =>
    label(upload({ file_types: times(n, (i) => `.t${i}`) })),
  ),

  'autocomplete.choices': invalid((n) => ({
    choices: times(n, (i) => ({ name: `Choice ${i}`, value: `c${i}` })),
  })),
  'choice.name': invalid((n) => ({ choices: [{ name: x(n), value: 'x' }] })),
  'choice.value': invalid((n) => ({ choices: [{ name: 'x', value: x(n) }] })),

  'commands.slash': invalid((n) => ({ commands: times(n, (i) => command({ name: `c${i}` })) })),
  'commands.user': invalid((n) => ({
    commands: times(n, (i): JsonObject => ({ type: 2, name: `User ${i}` })),
  })),
  'commands.message': invalid((n) => ({
    commands: times(n, (i): JsonObject => ({ type: 3, name: `Message ${i}` })),
  })),
  'commands.daily': { code: 30034, payload: (n) => ({ created: n }) },
  'command.name': invalid((n) => one({ name: x(n) })),
  'command.description': invalid((n) => one({ description: x(n) })),
  'command.options': invalid((n) => one({ options: times(n, (i) => option({ name: `o${i}` })) })),
  'command.choices': invalid((n) =>
    one({ options: [option({ choices: times(n, (i) => ({ name: `${i}`, value: `${i}` })) })] }),
  ),
  'command.min_length': invalid((n) => one({ options: [option({ min_length: n })] })),
  'command.max_length': invalid((n) => one({ options: [option({ max_length: n })] })),
  'command.characters': invalid((n) =>
    one({
      options: [
        option({ choices: choices(5000) }),
        // Two characters each for the command and its options are counted besides.
        option({ name: 'p', choices: choices(n - 5006) }),
      ],
    }),
  ),

  'poll.answers': invalid((n) =>
    poll({ answers: times(n, (i) => ({ poll_media: { text: `${i}` } })) }),
  ),
  'poll.question': invalid((n) => poll({ question: { text: x(n) } })),
  'poll.answer': invalid((n) => poll({ answers: [{ poll_media: { text: x(n) } }] })),
  'poll.hours': invalid((n) => poll({ duration: n })),
  'thread.name': invalid((n) => ({ thread: { name: x(n) } })),
  'thread.slowmode': invalid((n) => ({ thread: { name: 'x', rate_limit_per_user: n } })),

  'gateway.event_bytes': { code: 4002, payload: (n) => ({ bytes: n }) },
  'gateway.events_per_minute': { code: 4008, payload: (n) => ({ events: n }) },
}
