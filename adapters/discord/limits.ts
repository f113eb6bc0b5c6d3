/** Discord's limits, each with its source, and our own budgets below them. */

export const flags = {
  /** docs.discord.com/developers/resources/message#message-object-message-flags */
  ephemeral: 1 << 6,
  componentsV2: 1 << 15,
} as const

export const limits = {
  /** docs.discord.com/developers/components/reference: nested ones count. */
  components: 40,
  /** All text displays of a message together, in code points (the API is Python). */
  textPoints: 4000,
  /** discord/discord-api-docs#8554: UTF-8 bytes, and 12 for each text display; more is a 500. */
  textBytes: 10_170,
  textDisplayBytes: 12,
  customId: 100,
  rowButtons: 5,
  buttonLabel: 80,
  sectionTexts: 3,
  selectOptions: 25,
  optionText: 100,
  placeholder: 150,
  /** docs.discord.com/developers/interactions/receiving-and-responding#modal */
  modalComponents: 5,
  modalTitle: 45,
  labelText: 45,
  labelDescription: 100,
  inputText: 4000,
  inputPlaceholder: 100,
  radioOptions: 10,
  checkboxOptions: 10,
  uploadedFiles: 10,
  choices: 25,
  choiceText: 100,
  attachments: 10,
  /** docs.discord.com/developers/reference#uploading-files: 10 MiB; a boosted server takes more. */
  fileBytes: 10 * 1024 * 1024,
  filename: 1024,
  /** docs.discord.com/developers/interactions/receiving-and-responding: for the first answer. */
  callbackMs: 3000,
  /** docs.discord.com/developers/topics/rate-limits#global-rate-limit */
  callsPerSecond: 50,
} as const

/** Our own budgets. */
export const budgets = {
  /** Within `callbackMs`: when a late answer is acknowledged, and when the person is asked to press again. */
  deferAfterMs: 1500,
  lateAfterMs: 2600,
  /**
   * Discord remembers a nonce for "the past few minutes": two are safe to rely on.
   * docs.discord.com/developers/resources/message#create-message
   */
  knownAgainMs: 2 * 60_000,
  /** Fifty calls a second, about one a second per channel: two per channel keep fifty channels busy. */
  messagesAtOnce: 100,
  /** Of `textPoints`; bytes are weighed against it, see budget.ts. */
  size: 3900,
  bytes: 9900,
  /** Page of a reader. */
  page: 3600,
  title: 200,
  line: 300,
  notice: 1200,
  /** The texts repeated above the inputs of a form, which covers the card. */
  formTexts: 3600,
  /** A button's text that a phone shows whole. */
  shortLabel: 38,
  /** A text given as a file: 100,000 characters of at most 4 bytes. */
  answerFile: 400_000,
  importFile: 10 * 1024 * 1024,
} as const
