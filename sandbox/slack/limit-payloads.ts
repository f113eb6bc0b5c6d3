/**
 * For every row of `limits`, a payload that reaches exactly `n` of what the row counts, and the
 * error Slack answers when that is one too many. A limit without a payload does not compile.
 */
import type { Json, JsonObject } from '../json.ts'
import { slackJson } from './json.ts'
import { containerCost, type LimitId } from './limits.ts'

export type Payload =
  | { surface: 'message'; blocks: JsonObject[] }
  | { surface: 'modal' | 'home'; view: JsonObject }
  /** `$user`, `$dm` and `$ts` stand for a person, their direct message and a message in it. */
  | { method: string; args: JsonObject }
  /** Reached by doing something `times` times. */
  | { repeat: 'views.push' | 'response_url' | 'files' | 'channels' | 'users'; times: number }

export type Reach = { error: string; payload: (n: number) => Payload }

const x = (n: number) => 'x'.repeat(n)
const plain = (n: number): JsonObject => ({ type: 'plain_text', text: x(n) })
const mrkdwn = (n: number): JsonObject => ({ type: 'mrkdwn', text: x(n) })
const times = <T extends Json>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i))

const divider: JsonObject = { type: 'divider' }
const section = (n: number): JsonObject => ({ type: 'section', text: mrkdwn(n) })
const option = (value: string, more: JsonObject = {}): JsonObject => ({
  text: { type: 'plain_text', text: value },
  value,
  ...more,
})
const options = (n: number) => times(n, (i) => option(`option ${i}`))
const button = (more: JsonObject = {}): JsonObject => ({
  type: 'button',
  text: plain(1),
  ...more,
})
const actions = (...elements: JsonObject[]): JsonObject => ({ type: 'actions', elements })
const select = (more: JsonObject): JsonObject => actions({ type: 'static_select', ...more })
const input = (element: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'input',
  label: plain(5),
  element,
  ...more,
})
const field = (more: JsonObject = {}): JsonObject => ({ type: 'plain_text_input', ...more })
const image = (more: JsonObject = {}): JsonObject => ({
  type: 'image',
  alt_text: 'a picture',
  image_url: 'https://example.com/a.png',
  ...more,
})
const container = (more: JsonObject): JsonObject => ({
  type: 'container',
  title: plain(5),
  child_blocks: [divider],
  ...more,
})
const cells = (n: number): JsonObject[] => times(n, () => ({ type: 'raw_text', text: 'x' }))
const rows = (n: number): JsonObject[][] => Array.from({ length: n }, () => cells(1))
const video = (more: JsonObject): JsonObject => ({
  type: 'video',
  title: plain(5),
  alt_text: 'a film',
  thumbnail_url: 'https://example.com/a.png',
  video_url: 'https://example.com/a',
  ...more,
})
const feedback = (more: JsonObject): JsonObject => ({
  type: 'feedback_buttons',
  positive_button: { text: plain(4), value: 'up', ...more },
  negative_button: { text: plain(3), value: 'down' },
})
const view = (blocks: JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: 'modal',
  title: plain(5),
  submit: plain(4),
  blocks,
  ...more,
})

const message =
  (make: (n: number) => JsonObject | JsonObject[]): Reach['payload'] =>
  (n) => ({ surface: 'message', blocks: [make(n)].flat() })
const inModal =
  (make: (n: number) => JsonObject | JsonObject[]): Reach['payload'] =>
  (n) => ({ surface: 'modal', view: view([make(n)].flat()) })
const ofModal =
  (make: (n: number) => JsonObject): Reach['payload'] =>
  (n) => ({ surface: 'modal', view: view([divider], make(n)) })
const called =
  (method: string, make: (n: number) => JsonObject): Reach['payload'] =>
  (n) => ({ method, args: make(n) })

const bad = (payload: Reach['payload']): Reach => ({ error: 'invalid_blocks', payload })
const badView = (payload: Reach['payload']): Reach => ({ error: 'invalid_arguments', payload })

export const reaches: Record<LimitId, Reach> = {
  'message.blocks': bad(message((n) => times(n, () => divider))),
  'message.text_sum': {
    error: 'msg_blocks_too_long',
    payload: message((n) => [...times(4, () => section(2400)), section(n - 4 * 2400)]),
  },
  'message.text_and_containers': {
    error: 'msg_blocks_too_long',
    payload: message((n) => {
      const texts = n - 50 * containerCost
      return [...times(49, () => section(100)), section(texts - 4900)]
    }),
  },
  'message.update_text': {
    error: 'msg_too_long',
    payload: called('chat.update', (n) => ({ channel: '$dm', ts: '$ts', text: x(n) })),
  },
  'message.ephemeral_text': {
    error: 'msg_too_long',
    payload: called('chat.postEphemeral', (n) => ({ channel: '$dm', user: '$user', text: x(n) })),
  },
  'message.markdown_text': {
    error: 'msg_too_long',
    payload: called('chat.postMessage', (n) => ({ channel: '$user', markdown_text: x(n) })),
  },
  'message.attachments': {
    error: 'too_many_attachments',
    payload: called('chat.postMessage', (n) => ({
      channel: '$user',
      text: 'x',
      attachments: times(n, () => ({ text: 'x' })),
    })),
  },
  'message.markdown_sum': bad(
    message((n) => [
      { type: 'markdown', text: x(6000) },
      { type: 'markdown', text: x(n - 6000) },
    ]),
  ),
  'message.tables': bad(message((n) => times(n, () => ({ type: 'table', rows: rows(1) })))),

  block_id: bad(message((n) => ({ type: 'divider', block_id: x(n) }))),
  action_id: bad(message((n) => actions(button({ action_id: x(n) })))),
  'section.text': bad(message(section)),
  'section.fields': bad(message((n) => ({ type: 'section', fields: times(n, () => mrkdwn(1)) }))),
  'section.field': bad(message((n) => ({ type: 'section', fields: [mrkdwn(n)] }))),
  'header.text': bad(message((n) => ({ type: 'header', text: plain(n) }))),
  'actions.elements': bad(message((n) => actions(...times(n, () => button())))),
  'context.elements': bad(
    message((n) => ({ type: 'context', elements: times(n, () => mrkdwn(1)) })),
  ),
  'context.text': bad(message((n) => ({ type: 'context', elements: [mrkdwn(n)] }))),
  'image.alt_text': bad(message((n) => image({ alt_text: x(n) }))),
  'image.title': bad(message((n) => image({ title: plain(n) }))),
  'image.image_url': bad(message((n) => image({ image_url: `https://${x(n - 8)}` }))),
  'input.label': badView(inModal((n) => input(field(), { label: plain(n) }))),
  'input.hint': badView(inModal((n) => input(field(), { hint: plain(n) }))),
  'markdown.text': bad(message((n) => ({ type: 'markdown', text: x(n) }))),
  'alert.text': badView(inModal((n) => ({ type: 'alert', text: plain(n) }))),
  'card.title': bad(message((n) => ({ type: 'card', title: mrkdwn(n) }))),
  'card.subtitle': bad(message((n) => ({ type: 'card', title: mrkdwn(1), subtitle: mrkdwn(n) }))),
  'card.body': bad(message((n) => ({ type: 'card', body: mrkdwn(n) }))),
  'card.actions': bad(message((n) => ({ type: 'card', actions: times(n, () => button()) }))),
  'carousel.elements': bad(
    message((n) => ({
      type: 'carousel',
      elements: times(n, () => ({ type: 'card', title: mrkdwn(1) })),
    })),
  ),
  'container.title': bad(message((n) => container({ title: plain(n) }))),
  'container.subtitle': bad(message((n) => container({ subtitle: plain(n) }))),
  'container.child_blocks': bad(
    message((n) => container({ child_blocks: times(n, () => divider) })),
  ),
  'context_actions.elements': bad(
    message((n) => ({
      type: 'context_actions',
      elements: times(n, () => ({ type: 'icon_button', icon: 'trash', text: plain(3) })),
    })),
  ),
  'table.rows': bad(message((n) => ({ type: 'table', rows: rows(n) }))),
  'table.columns': bad(message((n) => ({ type: 'table', rows: [cells(n)] }))),
  'table.column_settings': bad(
    message((n) => ({ type: 'table', rows: rows(1), column_settings: times(n, () => ({})) })),
  ),
  'rich_text.indent': bad(
    message((n) => ({
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_list',
          style: 'bullet',
          indent: n,
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x' }] }],
        },
      ],
    })),
  ),
  'data_table.rows': bad(message((n) => ({ type: 'data_table', caption: 'x', rows: rows(n) }))),
  'data_table.text': bad(
    message((n) => ({
      type: 'data_table',
      caption: 'x',
      rows: [[{ type: 'raw_text', text: 'x' }], [{ type: 'raw_text', text: 'x'.repeat(n - 1) }]],
    })),
  ),
  'data_table.page_size': bad(
    message((n) => ({ type: 'data_table', caption: 'x', rows: rows(2), page_size: n })),
  ),
  'video.title': bad(message((n) => video({ title: plain(n) }))),
  'video.alt_text': bad(message((n) => video({ alt_text: x(n) }))),

  'button.text': bad(message((n) => actions(button({ text: plain(n) })))),
  'button.value': bad(message((n) => actions(button({ value: x(n) })))),
  'button.url': bad(message((n) => actions(button({ url: `https://${x(n - 8)}` })))),
  'button.accessibility_label': bad(message((n) => actions(button({ accessibility_label: x(n) })))),
  'confirm.title': bad(message((n) => actions(confirmed({ title: plain(n) })))),
  'confirm.text': bad(message((n) => actions(confirmed({ text: plain(n) })))),
  'confirm.confirm': bad(message((n) => actions(confirmed({ confirm: plain(n) })))),
  'confirm.deny': bad(message((n) => actions(confirmed({ deny: plain(n) })))),
  'option.text': bad(message((n) => select({ options: [option('v', { text: plain(n) })] }))),
  'option.value': bad(message((n) => select({ options: [option('v', { value: x(n) })] }))),
  'option.description': bad(
    message((n) => select({ options: [option('v', { description: plain(n) })] })),
  ),
  'option.url': bad(
    message((n) => {
      const linked = option('v', { url: `https://${x(n - 8)}` })
      return actions({ type: 'overflow', options: [linked] })
    }),
  ),
  'option_group.label': bad(
    message((n) => select({ option_groups: [{ label: plain(n), options: options(1) }] })),
  ),
  'option_group.options': bad(
    message((n) => select({ option_groups: [{ label: plain(1), options: options(n) }] })),
  ),
  placeholder: bad(message((n) => select({ options: options(1), placeholder: plain(n) }))),
  'static_select.options': bad(message((n) => select({ options: options(n) }))),
  'static_select.option_groups': bad(
    message((n) =>
      select({ option_groups: times(n, () => ({ label: plain(1), options: options(1) })) }),
    ),
  ),
  'multi_static_select.options': bad(
    message((n) => actions({ type: 'multi_static_select', options: options(n) })),
  ),
  'radio_buttons.options': bad(
    message((n) => actions({ type: 'radio_buttons', options: options(n) })),
  ),
  'checkboxes.options': bad(message((n) => actions({ type: 'checkboxes', options: options(n) }))),
  'overflow.options': bad(message((n) => actions({ type: 'overflow', options: options(n) }))),
  'plain_text_input.max_length': badView(inModal((n) => input(field({ max_length: n })))),
  'plain_text_input.min_length': badView(inModal((n) => input(field({ min_length: n })))),
  'rich_text_input.max_lines': badView(
    inModal((n) => input({ type: 'rich_text_input', max_lines: n })),
  ),
  'file_input.max_files': badView(inModal((n) => input({ type: 'file_input', max_files: n }))),
  'feedback_button.text': bad(
    message((n) => ({ type: 'context_actions', elements: [feedback({ text: plain(n) })] })),
  ),
  'feedback_button.accessibility_label': bad(
    message((n) => ({
      type: 'context_actions',
      elements: [feedback({ accessibility_label: x(n) })],
    })),
  ),
  'feedback_button.value': bad(
    message((n) => ({ type: 'context_actions', elements: [feedback({ value: x(n) })] })),
  ),

  'view.blocks': badView(inModal((n) => times(n, () => divider))),
  'view.title': badView(ofModal((n) => ({ title: plain(n) }))),
  'view.submit': badView(ofModal((n) => ({ submit: plain(n) }))),
  'view.close': badView(ofModal((n) => ({ close: plain(n) }))),
  'view.private_metadata': badView(ofModal((n) => ({ private_metadata: x(n) }))),
  'view.callback_id': badView(ofModal((n) => ({ callback_id: x(n) }))),
  'view.external_id': badView(ofModal((n) => ({ external_id: x(n) }))),
  'view.bytes': {
    error: 'view_too_large',
    payload: (n) => ({ surface: 'modal', view: viewOfBytes(n) }),
  },
  'home.blocks': badView((n) => ({
    surface: 'home',
    view: { type: 'home', blocks: times(n, () => divider) },
  })),
  'view.stack': {
    error: 'push_limit_reached',
    payload: (n) => ({ repeat: 'views.push', times: n }),
  },

  'response_url.uses': {
    error: 'used_url',
    payload: (n) => ({ repeat: 'response_url', times: n }),
  },
  'files.alt_txt': {
    error: 'alt_txt_too_large',
    payload: called('files.getUploadURLExternal', (n) => ({
      length: 1,
      filename: 'a.png',
      alt_txt: x(n),
    })),
  },
  'files.snippet_bytes': {
    error: 'snippet_too_large',
    payload: called('files.getUploadURLExternal', (n) => ({
      length: n,
      filename: 'a.md',
      snippet_type: 'markdown',
    })),
  },
  'files.complete': { error: 'invalid_arguments', payload: (n) => ({ repeat: 'files', times: n }) },
  'files.channels': {
    error: 'channels_limit_exceeded',
    payload: (n) => ({ repeat: 'channels', times: n }),
  },
  'conversations.open_users': {
    error: 'too_many_users',
    payload: (n) => ({ repeat: 'users', times: n }),
  },
  'validate.characters': {
    error: 'invalid_arguments',
    payload: called('blocks.validate', (n) => ({ blocks: blocksOfCharacters(n) })),
  },
}

function confirmed(more: JsonObject): JsonObject {
  return button({ confirm: { text: plain(5), ...more } })
}

/** A view of exactly so many bytes, written as Slack writes it: each `é` counts six. */
function viewOfBytes(n: number): JsonObject {
  const accented = { type: 'section', text: { type: 'mrkdwn', text: 'é'.repeat(2900) } }
  const wide = times(13, () => accented)
  const fill = (size: number) => view([...wide, ...times(20, () => section(1000)), section(size)])
  return fill(n - slackJson(fill(0)).length)
}

/** Blocks whose JSON is exactly so many characters. */
function blocksOfCharacters(n: number): JsonObject[] {
  const empty = JSON.stringify(times(40, () => section(0))).length
  const each = Math.floor((n - empty) / 40)
  const last = n - empty - each * 39
  return [...times(39, () => section(each)), section(last)]
}
