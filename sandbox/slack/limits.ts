/**
 * Every published (or observed) limit of Slack's that this stand-in enforces: one row each, with
 * the page it was read from. `limit-payloads.ts` holds, for every row, a call that reaches it.
 */

const blocksReference = 'docs.slack.dev/reference/block-kit/blocks'
const types = '@slack/types 3.2.0'
const methods = 'docs.slack.dev/reference/methods'
const slackblocks = 'github nicklambourne/slackblocks spec/limits.json'

export const limits = {
  'message.blocks': { max: 50, source: blocksReference },
  'message.text_sum': {
    max: 12_000,
    source: 'Slack staff in slackapi/bolt-js#2867: 12,000 text characters over all blocks',
  },
  'message.text_and_containers': {
    max: 13_421,
    source: 'slackapi/bolt-js#2509: 13,297 alone refused, 13,172 beside a divider: 125 a block',
  },
  'message.update_text': { max: 4000, source: `${methods}/chat.update (msg_too_long)` },
  'message.ephemeral_text': {
    max: 3000,
    source: `${methods}/chat.postEphemeral lists msg_too_long; figure from nautobot-app-chatops#132`,
  },
  'message.markdown_text': { max: 12_000, source: `${methods}/chat.postMessage` },
  'message.attachments': { max: 100, source: `${methods}/chat.postMessage (too_many_attachments)` },
  'message.markdown_sum': { max: 12_000, source: `${blocksReference}/markdown-block` },
  'message.tables': { max: 1, source: `${blocksReference}/table-block` },

  block_id: { max: 255, source: `${types} blocks.d.ts Block` },
  action_id: { max: 255, source: `${types} extensions.d.ts Actionable` },
  'section.text': { max: 3000, source: `${types} SectionBlock` },
  'section.fields': { max: 10, source: `${types} SectionBlock` },
  'section.field': { max: 2000, source: `${types} SectionBlock` },
  'header.text': { max: 150, source: `${types} HeaderBlock` },
  'actions.elements': { max: 25, source: `${types} ActionsBlock` },
  'context.elements': { max: 10, source: `${types} ContextBlock` },
  'context.text': { max: 3000, source: `${types} TextObject` },
  'image.alt_text': { max: 2000, source: `${types} ImageBlock` },
  'image.title': { max: 2000, source: `${types} ImageBlock` },
  'image.image_url': { max: 3000, source: slackblocks },
  'input.label': { max: 2000, source: `${types} InputBlock` },
  'input.hint': { max: 2000, source: `${types} InputBlock` },
  'markdown.text': { max: 12_000, source: `${types} MarkdownBlock` },
  'alert.text': { max: 200, source: slackblocks },
  'card.title': { max: 150, source: `${types} CardBlock` },
  'card.subtitle': { max: 150, source: `${types} CardBlock` },
  'card.body': { max: 200, source: `${types} CardBlock` },
  'card.actions': { max: 3, source: slackblocks },
  'carousel.elements': { max: 10, source: `${types} CarouselBlock` },
  'container.title': { max: 150, source: `${types} ContainerBlock` },
  'container.subtitle': { max: 150, source: `${types} ContainerBlock` },
  'container.child_blocks': { max: 10, source: `${types} ContainerBlock` },
  'context_actions.elements': { max: 5, source: `${types} ContextActionsBlock` },
  'table.rows': { max: 100, source: `${types} TableBlock` },
  'table.columns': { max: 20, source: `${types} TableBlock` },
  'table.column_settings': { max: 20, source: `${blocksReference}/table-block` },
  'rich_text.indent': { max: 8, source: `${types} RichTextList: a number from 0 to 8` },
  'data_table.rows': { max: 101, source: `${blocksReference}/data-table-block` },
  'data_table.text': { max: 10_000, source: `${blocksReference}/data-table-block` },
  'data_table.page_size': { max: 100, source: `${types} DataTableBlock` },
  'video.title': { max: 200, source: slackblocks },
  'video.alt_text': { max: 200, source: slackblocks },

  'button.text': { max: 75, source: `${types} Button` },
  'button.value': { max: 2000, source: `${types} Button` },
  'button.url': { max: 3000, source: `${types} Button` },
  'button.accessibility_label': { max: 75, source: `${types} Button` },
  'confirm.title': { max: 100, source: `${types} Confirm` },
  'confirm.text': { max: 300, source: `${types} Confirm` },
  'confirm.confirm': { max: 30, source: `${types} Confirm` },
  'confirm.deny': { max: 30, source: `${types} Confirm` },
  'option.text': { max: 75, source: `${types} OptionDescriptor` },
  'option.value': { max: 75, source: `${types} OptionDescriptor (newer mirrors say 150)` },
  'option.description': { max: 75, source: `${types} OptionDescriptor` },
  'option.url': { max: 3000, source: `${types} OptionDescriptor` },
  'option_group.label': { max: 75, source: `${types} OptionGroup` },
  'option_group.options': { max: 100, source: `${types} OptionGroup` },
  placeholder: { max: 150, source: `${types} Placeholdable` },
  'static_select.options': { max: 100, source: `${types} StaticSelect` },
  'static_select.option_groups': { max: 100, source: `${types} StaticSelect` },
  'multi_static_select.options': { max: 100, source: `${types} MultiStaticSelect` },
  'radio_buttons.options': { max: 10, source: `${types} RadioButtons` },
  'checkboxes.options': { max: 10, source: `${types} Checkboxes` },
  'overflow.options': { max: 5, source: `${types} Overflow` },
  'plain_text_input.max_length': {
    max: 3000,
    source: 'docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element',
  },
  'plain_text_input.min_length': {
    max: 3000,
    source: 'docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element',
  },
  'rich_text_input.max_lines': { max: 100, source: `${types} RichTextInput` },
  'file_input.max_files': {
    max: 10,
    source: 'docs.slack.dev/reference/block-kit/block-elements/file-input-element',
  },
  'feedback_button.text': { max: 75, source: slackblocks },
  'feedback_button.value': { max: 2000, source: slackblocks },
  'feedback_button.accessibility_label': { max: 75, source: `${types} FeedbackButtons` },

  'view.blocks': { max: 100, source: 'docs.slack.dev/reference/views/modal-views' },
  'view.title': { max: 24, source: 'docs.slack.dev/reference/views/modal-views' },
  'view.submit': { max: 24, source: `${types} views.d.ts` },
  'view.close': { max: 24, source: `${types} views.d.ts` },
  'view.private_metadata': { max: 3000, source: `${types} views.d.ts` },
  'view.callback_id': { max: 255, source: `${types} views.d.ts` },
  'view.external_id': { max: 255, source: 'docs.slack.dev/reference/views/modal-views' },
  'view.bytes': { max: 250_000, source: `${methods}/views.open (view_too_large)` },
  'home.blocks': { max: 100, source: 'docs.slack.dev/reference/views/home-tab-views' },
  'view.stack': { max: 3, source: `${methods}/views.push (push_limit_reached)` },

  'response_url.uses': {
    max: 5,
    source: 'docs.slack.dev/interactivity/handling-user-interaction: 5 times within 30 minutes',
  },
  'files.alt_txt': { max: 1000, source: `${methods}/files.getUploadURLExternal` },
  'files.snippet_bytes': { max: 1_048_576, source: `${methods}/files.getUploadURLExternal` },
  'files.complete': { max: 10, source: `${methods}/files.completeUploadExternal` },
  'files.channels': { max: 100, source: `${methods}/files.completeUploadExternal` },
  'conversations.open_users': { max: 8, source: `${methods}/conversations.open (too_many_users)` },
  'validate.characters': { max: 100_000, source: `${methods}/blocks.validate` },
} as const satisfies Record<string, { max: number; source: string }>

export type LimitId = keyof typeof limits

/** Observed cost of one block in the sum of a message's text (slackapi/bolt-js#2509). */
export const containerCost = 125

/** Times that are not sizes. */
export const times = {
  /** docs.slack.dev/interactivity/handling-user-interaction: acknowledge within 3 seconds. */
  ackMs: 3000,
  /** docs.slack.dev/surfaces/modals: a trigger_id expires after 3 seconds. */
  triggerMs: 3000,
  /** docs.slack.dev/interactivity/handling-user-interaction: 30 minutes. */
  responseUrlMs: 30 * 60_000,
  /** docs.slack.dev/apis/events-api: nearly immediately, after 1 minute, after 5 minutes. */
  retryDelaysMs: [0, 60_000, 300_000],
} as const

/** Above this, `text` of chat.postMessage is cut with a warning (docs.slack.dev chat.postMessage). */
export const truncateTextAt = 40_000

/** What a person may give in a form, each: 10 MB (docs.slack.dev …/file-input-element). */
export const mostBytesOfFile = 10 * 1024 * 1024
