/**
 * Every published (or observed) limit of Discord's that this stand-in enforces: one row each, with
 * the page it was read from. `limit-payloads.ts` holds, for every row, a call that reaches it.
 * Lengths are code points (discord/discord-api-docs#1315), bytes where the row says so.
 */

const docs = 'docs.discord.com/developers'
const message = `${docs}/resources/message`
const components = `${docs}/components/reference`
const responding = `${docs}/interactions/receiving-and-responding`
const commands = `${docs}/interactions/application-commands`
const spec = 'discord/discord-api-spec specs/openapi.json'

export const limits = {
  'message.content': { max: 2000, source: `${message}#create-message-jsonform-params` },
  'message.embeds': { max: 10, source: `${message}#create-message-jsonform-params` },
  'message.nonce': { max: 25, source: `${message}#create-message-jsonform-params` },
  'message.attachments': { max: 10, source: spec },
  'message.stickers': { max: 3, source: `${message}#create-message-jsonform-params` },
  'message.rows': { max: 5, source: `${components} (messages without IS_COMPONENTS_V2)` },
  'message.components': { max: 40, source: `${components}: 40 in all, nested ones counted` },
  'message.text_sum': {
    max: 4000,
    source: 'discord.js guide display-components; discord/discord-api-docs#8562',
  },
  'message.bytes': {
    max: 10_170,
    source: 'discord/discord-api-docs#8554: UTF-8 bytes and 12 for each text display, else a 500',
  },
  'mentions.users': { max: 100, source: `${message}#allowed-mentions-object` },
  'mentions.roles': { max: 100, source: `${message}#allowed-mentions-object` },

  'embed.title': { max: 256, source: `${message}#embed-limits` },
  'embed.description': { max: 4096, source: `${message}#embed-limits` },
  'embed.fields': { max: 25, source: `${message}#embed-limits` },
  'embed.field_name': { max: 256, source: `${message}#embed-limits` },
  'embed.field_value': { max: 1024, source: `${message}#embed-limits` },
  'embed.footer': { max: 2048, source: `${message}#embed-limits` },
  'embed.author': { max: 256, source: `${message}#embed-limits` },
  'embed.sum': { max: 6000, source: `${message}#embed-limits: over all embeds of a message` },
  'embed.url': { max: 2048, source: spec },

  'attachment.filename': { max: 1024, source: spec },
  'attachment.description': { max: 1024, source: `${message}#attachment-object` },
  'file.bytes': { max: 10_485_760, source: `${docs}/reference#uploading-files: 10 MiB` },
  'request.bytes': { max: 26_214_400, source: `${docs}/reference#uploading-files: 25 MiB` },

  custom_id: { max: 100, source: `${components}#anatomy-of-a-component` },
  'action_row.buttons': { max: 5, source: `${components}#action-row` },
  'button.label': { max: 80, source: `${components}#button` },
  'button.url': { max: 512, source: `${components}#button` },
  'emoji.name': { max: 32, source: spec },
  'select.options': { max: 25, source: `${components}#string-select` },
  'select.placeholder': { max: 150, source: `${components}#string-select` },
  'select.min_values': { max: 25, source: `${components}#string-select` },
  'select.max_values': { max: 25, source: `${components}#string-select` },
  'select.default_values': { max: 25, source: `${components}#user-select` },
  'option.label': { max: 100, source: `${components}#string-select` },
  'option.value': { max: 100, source: `${components}#string-select` },
  'option.description': { max: 100, source: `${components}#string-select` },
  'section.components': { max: 3, source: `${components}#section` },
  'text_display.content': { max: 4000, source: spec },
  'media_gallery.items': { max: 10, source: `${components}#media-gallery` },
  'media.description': { max: 1024, source: `${components}#media-gallery` },
  'media.url': { max: 2048, source: spec },

  'modal.title': { max: 45, source: `${responding}#modal` },
  'modal.components': { max: 5, source: `${responding}#modal: 1 to 5 top-level components` },
  'label.label': { max: 45, source: `${components}#label` },
  'label.description': { max: 100, source: `${components}#label` },
  'text_input.label': { max: 45, source: `${components}#text-input` },
  'text_input.value': { max: 4000, source: `${components}#text-input` },
  'text_input.placeholder': { max: 100, source: `${components}#text-input` },
  'text_input.min_length': { max: 4000, source: `${components}#text-input` },
  'text_input.max_length': { max: 4000, source: `${components}#text-input` },
  'radio_group.options': { max: 10, source: `${components}#radio-group` },
  'checkbox_group.options': { max: 10, source: `${components}#checkbox-group` },
  'checkbox_group.min_values': { max: 10, source: `${components}#checkbox-group` },
  'checkbox_group.max_values': { max: 10, source: `${components}#checkbox-group` },
  'file_upload.min_values': { max: 10, source: `${components}#file-upload` },
  'file_upload.max_values': { max: 10, source: `${components}#file-upload` },
  'file_upload.file_type': { max: 16, source: spec },
  'file_upload.file_types': { max: 10, source: `${docs}/change-log of 5 August 2026` },

  'autocomplete.choices': { max: 25, source: `${responding}#autocomplete` },
  'choice.name': { max: 100, source: `${commands}#application-command-option-choice-structure` },
  'choice.value': { max: 100, source: `${commands}#application-command-option-choice-structure` },

  'commands.slash': { max: 100, source: `${commands}#registering-a-command` },
  'commands.user': { max: 15, source: `${docs}/change-log of 3 March 2026` },
  'commands.message': { max: 15, source: `${docs}/change-log of 3 March 2026` },
  'commands.daily': { max: 200, source: `${commands}: 200 creates a day and guild` },
  'command.name': { max: 32, source: `${commands}#application-command-object` },
  'command.description': { max: 100, source: `${commands}#application-command-object` },
  'command.options': { max: 25, source: `${commands}#application-command-object` },
  'command.choices': { max: 25, source: `${commands}#application-command-option-structure` },
  'command.min_length': { max: 6000, source: `${commands}#application-command-option-structure` },
  'command.max_length': { max: 6000, source: `${commands}#application-command-option-structure` },
  'command.characters': {
    max: 8000,
    source: `${commands}: names, descriptions and values, the longest localization of each`,
  },

  'poll.answers': { max: 10, source: `${docs}/resources/poll` },
  'poll.question': { max: 300, source: `${docs}/resources/poll` },
  'poll.answer': { max: 55, source: `${docs}/resources/poll` },
  'poll.hours': { max: 768, source: `${docs}/resources/poll: 32 days` },
  'thread.name': { max: 100, source: `${docs}/resources/channel#start-thread-from-message` },
  'thread.slowmode': { max: 21_600, source: `${docs}/resources/channel` },

  'gateway.event_bytes': { max: 4096, source: `${docs}/events/gateway#sending-events` },
  'gateway.events_per_minute': { max: 120, source: `${docs}/events/gateway#rate-limiting` },
} as const satisfies Record<string, { max: number; source: string }>

export type LimitId = keyof typeof limits

/** Observed cost of one text display in the bytes of a message (discord/discord-api-docs#8554). */
export const textDisplayBytes = 12

/** Times that are not sizes. */
export const times = {
  /** docs.discord.com interactions/receiving-and-responding: the first answer within 3 seconds. */
  ackMs: 3000,
  /** …and the token lives 15 minutes. */
  tokenMs: 15 * 60_000,
  /** docs.discord.com resources/message: a nonce is checked over "the past few minutes". */
  nonceMs: 5 * 60_000,
  /** Opcode 30046: edits of messages older than this are scarce. */
  oldMs: 60 * 60_000,
  /** What a session's HELLO asks for. */
  heartbeatMs: 41_250,
  /** docs.discord.com reference#signed-attachment-cdn-urls: links to files expire. */
  linkMs: 24 * 3_600_000,
} as const
