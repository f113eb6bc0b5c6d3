/** Every limit of Slack's that Parley keeps to, each with its source, and our own budgets below them. */
export const limits = {
  /** docs.slack.dev/reference/block-kit/blocks */
  messageBlocks: 50,
  /** Undocumented; Slack staff in slackapi/bolt-js#2867: 12,000 text characters over all blocks. */
  messageTextSum: 12_000,
  /** slackapi/bolt-js#2509: text and about 125 for each block, together. */
  messageTextAndBlocks: 13_421,
  blockCost: 125,
  /** docs.slack.dev/reference/methods/chat.update: msg_too_long. */
  updateText: 4000,
  /** docs.slack.dev/interactivity/handling-user-interaction: five answers within 30 minutes. */
  responsesPerUrl: 5,
  /** docs.slack.dev/reference/methods/files.getUploadURLExternal: snippet_too_large. */
  snippetBytes: 1_000_000,
  /** docs.slack.dev/reference/block-kit/block-elements/file-input-element: 10 MB a file. */
  fileInputBytes: 10 * 1024 * 1024,
  /** docs.slack.dev/reference/methods/conversations.list and conversations.members: below 1,000. */
  pageSize: 999,
  /** docs.slack.dev/reference/surfaces/views: blocks, title, bytes (view_too_large), metadata. */
  viewBlocks: 100,
  viewTitle: 24,
  viewBytes: 250_000,
  privateMetadata: 3000,
  /** @slack/types 3.2.0, doc comments of each block and element. */
  blockId: 255,
  actionId: 255,
  sectionText: 3000,
  headerText: 150,
  containerTitle: 150,
  containerBlocks: 10,
  actionsElements: 25,
  contextElements: 10,
  contextText: 3000,
  inputLabel: 2000,
  inputHint: 2000,
  buttonText: 75,
  buttonValue: 2000,
  optionText: 75,
  optionValue: 75,
  placeholder: 150,
  /** docs.slack.dev/reference/block-kit/blocks/data-table-block: header and rows; all cells of a message. */
  dataTableRows: 101,
  tableText: 10_000,
  /** nicklambourne/slackblocks spec/limits.json. */
  alertText: 200,
  radioOptions: 10,
  checkboxOptions: 10,
  selectOptions: 100,
  /** docs.slack.dev/reference/block-kit/blocks/table-block: one in a message, in messages alone. */
  tableRows: 100,
  tableColumns: 20,
  /** …/blocks/rich-text-block names no limit of a text: ours is that of a text object. */
  richText: 3000,
  listIndent: 8,
} as const

/** Calls a workspace may make in a minute, by method: docs.slack.dev/apis/web-api/rate-limits. */
export const callsPerMinute: Readonly<Record<string, number>> = {
  // "Several hundred" over all channels.
  'chat.postMessage': 300,
  'chat.update': 50,
  'chat.delete': 50,
  'files.completeUploadExternal': 100,
  'views.open': 100,
  'views.push': 100,
  'views.update': 100,
  'views.publish': 100,
  'users.info': 100,
  'usergroups.list': 20,
}

/** One message a second into each channel: docs.slack.dev/apis/web-api/rate-limits. */
export const postsPerChannelMinute = 60

/** What we allow ourselves: below Slack's sums, because they are not documented. */
export const budgets = {
  /** 9,000 characters and 32 blocks cost 13,000 of the 13,421 that were seen to pass. */
  messageChars: 9000,
  messageBlocks: 32,
  viewBytes: 180_000,
  /** An alert takes two more. */
  viewBlocks: 98,
  fallbackText: 1000,
  /** From this size a text may also be had as a file. */
  fileFrom: 12_000,
  /** A page of a reader, and how many parts it is read in. */
  pageChars: 24_000,
  pagePieces: 40,
  /** So much of all texts of a form is read as Markdown; more would keep the window waiting. */
  readChars: 40_000,
  noticeChars: 6000,
  receiptChars: 2500,
  /** Blocks of a form that must stay free for reading. */
  readingBlocks: 10,
  /** The controls of a form may take this much of a view; with more the record is not drawn. */
  controlBytes: 200_000,
  choices: 20,
  /** Slack takes 1 GB, but its SDK holds the whole file in memory and sends it in one request. */
  fileBytes: 100 * 1024 * 1024,
  /** An answer given as a file: 100,000 characters of four bytes each. */
  answerFileBytes: 400_000,
  /** A request to us; a full window with its texts is below 1 MB. */
  requestBytes: 4 * 1024 * 1024,
  /** Slack shows the person an error after three seconds: docs.slack.dev/interactivity. */
  ackMs: 2900,
  /** The escaped size up to which an earlier text is put back into its input. */
  initialBytes: 120_000,
} as const
