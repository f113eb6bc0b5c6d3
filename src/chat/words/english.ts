/**
 * Every string a labeler or a chat admin reads from an adapter, in English: one flat catalogue, whose
 * keys every other language has. Plain, short, never blaming; each says what to do next where there is
 * something to do.
 */

import { labelOf, labelsBut } from '../../platforms/registry.ts'
import type { Platform } from '../../platforms/traits.ts'
import { counted } from '../../sentences.ts'
import { formatDay, formatMoment } from '../text.ts'
import { isOnlyHere, listed } from './listed.ts'

type Waiting = { to: string; pending: number; needsOutputs: number }

export const english = {
  /** Which of the texts a command has in every language. */
  language: 'en' as 'en' | 'de',
  answer: 'Answer',
  writePrompt: 'Write a prompt',
  writeAnother: 'Write another',
  answerMore: 'Answer in full',
  skip: 'Skip',
  openOnPage: 'Open on a page',
  answeredOnPage:
    'This task is answered on a page: it shows or asks something that a chat message cannot.',
  skipBecause: 'Skip, because…',
  guidelines: 'Guidelines',
  undo: 'Undo',
  edit: 'Edit',
  improve: (letter: string) => `Improve ${letter}`,
  suggests: (what: string) => `A model suggests: ${what}`,
  suggestedSame: (what: string) => `A model suggested the same: ${what}`,
  suggestedOther: (what: string) => `A model suggested otherwise: ${what}`,
  adopt: 'Change to that',
  improveAnother: 'Improve another',
  improveOne: 'Improve one of them',
  improveWhich: 'Which one would you like to improve?',
  improveTitle: (letter: string) => `${letter}, as it should be`,
  improveHint: 'Change what is wrong and keep the rest.',
  improveTooLong:
    'This text is too long to be shown here. Read it above, and give it back whole, as you would have it.',
  improveSame: 'Nothing was changed, so there is nothing to save.',
  saidImproved: (letters: readonly string[]) => `${listed(letters)} improved`,
  next: 'Next',
  start: 'Start',
  submit: 'Submit',
  save: 'Save',
  close: 'Close',
  back: 'Back',
  previousPage: 'Previous',
  nextPage: 'Next page',
  skipUnclear: 'It is unclear',
  skipUnsafe: 'It is unsafe',
  skipBroken: 'It is broken',
  skipNotMyField: 'It is not my field',
  skipWrongLanguage: 'It is in a language I do not read well',
  skipTooLong: 'It is too long',
  skipOther: 'Another reason…',
  skipWhyTitle: 'Skip this task',
  skipWhy: 'Why can’t you answer it?',
  cancel: 'Cancel',

  appName: 'Parley',
  allDone: 'All done',
  thanks: 'Thank you. You can close this window.',
  choose: 'What would you like to work on?',
  nothingToChoose: 'There is nothing to work on right now.',
  noHistory: 'You have not answered anything yet. Type /parley to begin.',
  recent: 'Your recent answers',
  taskWaits: 'Your task is in your messages with Parley.',
  fileWaits: 'The file is in your messages with Parley.',
  openMessages: 'Open it',
  stillWorking: 'This takes a little longer than usual. Your answer will appear here in a moment.',
  submitAgain: 'That took too long. Press Submit again: what you typed is still here.',
  pressAgain: 'That took too long, so Slack would not open the window. Press the button again.',
  lostInput: 'Slack lost part of what you chose. Please check the form and submit it again.',
  notYourQuestion: 'Only a message of your own can be your question.',
  notYourMessage: 'Only your own message can be your answer.',
  oldButton: 'This button is from an older message. Type /parley to continue.',
  broken: 'Something broke on our side. Nothing you saved is lost; please try again.',
  tooManyControls: 'This record has more questions than one Slack form can hold. Please skip it.',
  nothingToAnswer: 'This record has no questions to answer. Please skip it.',
  answerTooLong:
    'Your earlier answer is too long to show here. It stays saved unless you submit a new one.',
  empty: '(empty)',
  noOutputs: 'There is nothing to compare.',

  homeTitle: 'Your Parley',
  homeWaiting: 'Open for you',
  homeHelp: 'What you can type',
  homeAdmin: 'Datasets you manage',
  homeNoDatasets:
    'There is no dataset yet. Create one in the terminal: npx parley dataset create FILE.',
  resume: 'Resume',
  exportFile: 'Export',
  importFile: 'Import',
  preview: 'Preview',
  publish: 'Publish',
  pause: 'Pause',
  status: { draft: 'Draft', ready: 'Open', paused: 'Paused', closed: 'Closed' },
  exportFormat: 'Format',
  exportOption: {
    from: 'What pairs are made of',
    pairs: 'Which pairs of a ranking',
    labelers: 'Whose ranking',
    average: 'What stands for several ratings',
    min_gap: 'How many points better, such as 1',
    reference: 'The text question beside the pair',
    shape: 'How prompts are written',
    choice: 'Which of several completions',
    edits: 'Outputs that labelers improved',
    ranks: 'How many outputs a row holds',
    margin: 'How a margin is measured',
    fast: 'Answers given faster than reading takes',
    turns: 'Chats that strict templates refuse',
    rows: 'What the rows are for',
    keep: 'Only records such as mean(clarity) >= 4',
    since: 'Answers from this day on, such as 2026-03-01',
    until: 'Answers until the end of this day',
    labeler: 'Answers of this labeler, by pseudonym',
  },
  exportUsual: (value: string) => `Default: ${value}`,
  exportNothing: 'Default: none of these',
  exportChoose: 'Choose what the file is for. The options of that format come next.',
  exportNoOptions: (format: string) => `${format} has no options.`,
  exportMore: (names: readonly string[], command: string) =>
    `Not shown here: ${listed(names)}. To set them, type ${command}`,
  fileToImport: 'A file: .jsonl, .json, .csv or .parquet, at most 10 MB',
  fileHint:
    'A record on each line. Lines that cannot be read are listed for you; the others are imported.',
  fileMissing: 'Choose a file.',
  fileTooLarge: 'This file is larger than 10 MB. Split it, or use npx parley import in a terminal.',
  fileWrongKind:
    'Parley cannot read this kind of file. Choose one whose name ends in .jsonl, .json, .csv or .parquet.',
  fileUnread: 'Slack did not provide the file. Please choose it again.',
  importScope: (how: string) =>
    `To accept files here, Parley needs the permission files:read. ${how} Until then, use npx parley import in a terminal.`,
  groupScope: (group: string, scopes: string, how: string) =>
    `To give ${group} access, Parley needs the permission ${scopes}. ${how}`,
  groupHidden:
    'Parley can no longer see who is in a group that has access here. Ask an admin of Parley to install it again.',
  allowByLink: (url: string) => `Allow it here, then try again: ${url}`,
  allowInSettings:
    'Add it in the settings of the app (https://api.slack.com/apps) under “OAuth & Permissions”, press “Reinstall to Workspace”, and try again.',

  goOn: 'Go on',
  stepKept: 'Saved as a draft. Go on to answer the rest.',
  pickedKept: 'Saved as a draft. Submit it when everything is answered.',
  tapKept: 'Saved as a draft. Now rank the outputs.',
  readMenu: 'Read in full…',
  moreMenu: 'Read in full, or skip because…',
  asFile: 'As a file',
  showRaw: 'Show raw text',
  showFormatted: 'Show formatted',
  orFile: 'Or a text file (.md, .txt)',
  orFileHint: 'Instead of typing: at most 100,000 characters.',
  fileAndText:
    'You typed an answer above and chose a file here. Keep one: empty the field, or remove the file.',
  fileNotText: 'This file is not plain text. Choose one whose name ends in .md or .txt.',
  fileTooLong: 'This file is longer than an answer may be (100,000 characters).',
  fileNotRead: 'The file could not be read. Please choose it again.',
  typedKept: 'What you typed is saved as a draft.',
  tooMuchHere: 'This record has more questions than Discord can show. Please skip it.',
  pressOnceMore: 'That took too long for a form to open. Press the button again.',
  editMenu: 'Change an answer…',
  guidelinesMenu: 'Read the guidelines of…',
  manageMenu: 'Manage a dataset…',
  statistics: 'Statistics',
  onlyIfItApplies: 'Answer this only if it applies.',
  onlyIfBothBad: 'Answer this only if none of them is acceptable.',
  chooseOne: 'Choose one',
  chooseSome: 'Choose any',
  typeToSearch: 'Type to search',
  noAnswer: 'No answer',
  noneOfThese: 'None of these',
  legend: 'What the options mean',
  rankPlaceholder: 'Its rank',
  equal: 'Equally good',
  bothBad: 'Both bad',
  bestOne: 'Best',
  worstOne: 'Worst',
  unacceptable: 'None of them is acceptable',
  allUnacceptable: 'Yes, none of them is',
  rankOrNone: 'Rank them all, or tick below that none is acceptable.',
  typeOrFile: 'Write it here, or choose a file below.',
  tapBest: 'Tap the best one.',
  tapNext: 'Now tap the best of those left.',
  tapSame: (letter: string) => `Now tap the one that is as good as ${letter}.`,
  tapWorst: 'Now tap the worst one.',
  tapDone: 'That is your ranking. Keep it, or change it.',
  tapSameAs: (letter: string) => `= Same as ${letter}`,
  tapNotSame: '= Not the same',
  tapRest: 'Those left are equal',
  tapAllEqual: 'All equal',
  tapSoFar: (order: string) => `So far: ${order}`,
  tapLetters: 'To tell them apart:',
  tapBack: 'Undo tap',
  tapNone: 'None is acceptable',
  tapKeep: 'Keep it',
  howMuch: 'How much better?',
  slightly: 'Slightly',
  much: 'Much',
  user: 'User',
  assistant: 'Assistant',
  system: 'System',
  /** A tool's result in a chat; null where nobody says which call it answers. */
  resultOf: (name: string | null) => (name === null ? 'Tool result' : `Result of ${name}`),
  calls: 'Calls',
  reasoning: 'Reasoning',
  refuses: 'Refuses:',
  image: 'image',
  attachment: (type: string) => `attachment: ${type}`,

  consentTitle: 'Welcome to Parley',
  consentWhat:
    'Parley asks people for short judgements on texts, which are used to train and evaluate language models.',
  consentWork: 'What you can work on',
  consentMore: (more: number) => `and ${more} more`,
  consentStoredTitle: 'What is stored:',
  consentStored: (platform: Platform) =>
    `Parley stores your ${labelOf(platform)} user id, your name and picture there, your language setting, what you answer, and when. It never reads your messages, except one that you choose to use as an answer.`,
  consentUseTitle: 'What it is for:',
  consentUse:
    'Training and evaluating language models. Admins see your name and picture; exports carry a pseudonym in their place.',
  consentDeleteTitle: 'How to delete it:',
  consentDelete: 'Type /parley my-data, or ask an admin of Parley. You may stop at any time.',
  /** `first`: Start leads to a task at once, and not to a choice of datasets. */
  consentPress: (first: boolean): string =>
    first
      ? 'Press Start to agree and get your first task. Decline stores nothing.'
      : 'Press Start to agree and choose what to work on. Decline stores nothing.',
  decline: 'Decline',
  declined:
    'You declined, and nothing about you was stored. If you change your mind, type /parley.',
  linkCode: (typed: readonly string[], here: Platform) =>
    `On ${labelsBut(here, 'or')}, type ${typed.join(' or ')} within ten minutes. Parley then treats both accounts as one person: it stores both user ids together, and you get no record twice.`,
  linked: (other: Platform) =>
    `Your accounts are linked. Your work here and in ${labelOf(other)} now counts as one person’s; if you answered a record twice, the first answer counts.`,
  signInLink: (address: string) =>
    `This link signs you in, once and within five minutes. Do not pass it on.${isOnlyHere(address) ? ` It opens only on the machine Parley runs on, because PUBLIC_URL is ${address}.` : ''}`,
  openDashboard: 'Open the dashboard',
  openWork: 'Open my tasks',
  nothingOfYou: 'Parley stores nothing about you here.',
  yourData:
    'Everything Parley stores about you. The first line is your account; each other line is an answer.',
  myDataTitle: 'Your data',
  myDataAnswers: (answers: number) =>
    `${counted(answers, 'answer')} (skips included), your user id, your language and your settings.`,
  myDataPolicy: {
    kept: 'Deleting removes your account and everything you have not submitted. Your answers stay, under a pseudonym that cannot be traced to you.',
    deleted: 'Deleting removes your account and all of your answers.',
    both: 'Deleting removes your account and everything you have not submitted. Your answers are deleted too if the dataset says so; the others stay, under a pseudonym that cannot be traced to you.',
  },
  myDataSure: 'This cannot be undone.',
  exportMyData: 'Get a copy',
  deleteMyData: 'Delete…',
  deleteForGood: 'Delete for good',
  youAreForgotten: (policy: 'kept' | 'deleted' | 'both'): string =>
    policy === 'kept'
      ? 'Done: Parley does not know you any more. Your answers stay without your name, also in files exported earlier; the admins are notified which. Thank you for them.'
      : 'Done: Parley does not know you any more. Files exported earlier may still hold your answers; the admins are notified which.',
  exportsHoldDeleted: (answers: number, list: string) =>
    answers > 0
      ? `Somebody left and deleted ${counted(answers, 'answer')}. These earlier exports may still hold them: ${list}. Export again, and delete the old files wherever they went.`
      : `Somebody left; their answers stay, under a pseudonym that leads to nobody. These earlier exports hold them too: ${list}.`,

  later: 'Later',
  inAnHour: 'In an hour',
  thisAfternoon: 'This afternoon',
  tomorrow: 'Tomorrow',
  notToday: 'Not today',
  turnOff: 'Turn off',
  turnOn: 'Turn on',
  allOff: 'Turn everything off',
  on: 'on',
  off: 'off',
  remindersTitle: 'Your reminders',
  remindersHow:
    'At most one digest and one nudge a day, never in your quiet hours, never in public. After three days without an answer, Parley keeps quiet until you come back.',
  remindersResting: 'Reminders are paused because you did not respond for three days.',
  remindersLost:
    'Parley could not message you last time. Allow direct messages from it, then change any setting here to try again.',
  reminderKind: {
    new_work: 'New work',
    nudge: 'A nudge when you leave a batch unfinished',
    deadline: 'A reminder before a due date',
    digest: 'The daily digest',
    results: 'Results, when a dataset closes',
  },
  zone: 'Your time zone',
  zoneUnknown: 'Your time zone is not known yet. Choose it to start getting reminders.',
  zoneQuestion:
    'If you like, choose your time zone, so that reminders you turn on come at your local time. /parley reminders changes it.',
  digestAt: 'Time of the digest',
  days: 'Days',
  quietHours: 'Quiet hours',
  quietFrom: 'Quiet from',
  quietUntil: 'Quiet until',
  quietRange: (from: string, until: string) => `${from} to ${until}`,
  quietNone: 'none',
  noQuiet: 'No quiet hours',
  /** Read after each change: what holds from now on. */
  savedHours: (quiet: string, days: string, zone: string) =>
    `Saved. Quiet hours: ${quiet}. Days: ${days}. Time zone: ${zone}.`,
  zoneMissing: 'not known yet',
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  invitationOver: 'This invitation has expired. Type /parley to see what is open.',
  invitationNothing:
    'Nothing is left to do there. Thank you! Type /parley to see what else is open.',
  invitationDone: 'You have finished this batch. Thank you! Type /parley if you want more.',
  reminderOfNobody:
    'Parley does not know you (any more), so it sends you no reminders. Type /parley to take part.',
  reminderNotNeeded: (title: string) =>
    `You have nothing left to do in “${title}”, so there is no reminder to send. Type /parley to see what else is open.`,
  digestText: 'Good morning. This is waiting for you:',
  lastReminder:
    'You seem busy: after this message Parley keeps quiet until you come back or answer one.',
  newWorkText: (title: string) => `New tasks in “${title}”.`,
  nudgeText: (title: string, done: number, goal: number) =>
    `You have done ${done} of ${goal} in “${title}”. Continue whenever it suits you.`,
  deadlineText: (title: string, left: number, due: string) =>
    `“${title}”: ${counted(left, 'task')} left in your batch, due ${due}.`,
  resultsText: (title: string, answers: number, labelers: number) =>
    `“${title}” is closed: ${counted(answers, 'answer')} by ${counted(labelers, 'person', 'people')}. Thank you for yours!`,
  invitationTitle: (title: string) => `You are invited: “${title}”`,
  invitationCount: (count: number) => counted(count, 'task'),
  invitationDue: (due: string) => `due ${due}`,
  remindedAt: (when: string) => `All right: again ${when}.`,
  remindedTomorrow: 'All right: nothing more today.',
  turnedOff: (kind: string) => `Turned off: ${kind}. /parley reminders turns it on again.`,
  /** A date and time on somebody's wall. */
  moment: (at: Date, zone: string) => formatMoment('en', at, zone),
  /** A day, the same on every calendar. */
  day: (day: string) => formatDay('en', day),
  batchDone: (goal: number) =>
    `That was your batch of ${goal}. Thank you! Press Next if you want more.`,
  reach: (name: string, people: number | null) =>
    people === null
      ? `${name}: the number of people is unknown.`
      : `${name}: ${counted(people, 'person', 'people')}.`,
  reachNobody: 'It names no group, channel or role whose people can be counted.',
  reachOnly: 'Nobody was invited: leave count out to invite them.',
  delivered: (invited: number, already: number) =>
    `${invited} ${invited === 1 ? 'person is' : 'people are'} invited${already > 0 ? `, ${already} had an invitation already` : ''}.`,
  deliverRefused: (names: string) =>
    `Not on the access list, so not invited: ${names}. Add them to access: and publish again.`,
  deliverUnknown: (names: string) =>
    `Not found here: ${names}. Check the id, and that Parley is in the same workspace or server.`,
  deliverPartly: (names: string, hub: string) =>
    `The members of ${names} cannot be listed, so only people who already take part were considered. To reach the others, use ${hub}.`,
  deliverUnsure: (names: string, again: string) =>
    `Parley does not know whether it arrived: ${names}. Run it again with ${again} to send it once more.`,
  badDue: (text: string) =>
    `“${text}” is not a date. Write it like 2026-12-24 or 2026-12-24T17:00.`,
  channelDigestOn: (title: string) =>
    `This channel gets a report on “${title}” every working day at 09:30.`,
  channelDigestOff: (title: string) => `No more daily reports on “${title}” here.`,
  channelDigestWhere: 'Type this in the channel that should get it.',
  channelDigestTitle: (title: string) => `“${title}” today`,
  channelDigestStuck: 'What is stuck',
  agreementOn: (title: string, found: string) => `Agreement on “${title}”: ${found}`,
  agreementUnknown: (title: string, why: string) =>
    `Agreement on “${title}” is not known yet. ${why}`,
  stuckPaused: 'The dataset is paused.',
  stuckPeople: (wanted: number, labelers: number) =>
    `Each record needs ${counted(wanted, 'answer')}, and ${labelers} ${labelers === 1 ? 'person answers' : 'people answer'} so far. Invite more people.`,
  stuckIdle: (pending: number) =>
    `${pending === 1 ? '1 record is' : `${pending} records are`} waiting, and nobody answered in the last day. /parley-admin deliver invites people.`,
  stuckOutputs: (records: number) =>
    `${records === 1 ? '1 record needs' : `${records} records need`} a second output: import it again with one more.`,
  stuckRejected: (records: number, dataset: string) =>
    `${records === 1 ? '1 record was' : `${records} records were`} rejected by labelers. In a terminal, npx parley records list ${dataset} --status rejected shows which.`,

  brokeRef: (ref: string) =>
    `Something broke on our side (ref ${ref}). What you saved before is safe; please try again.`,
  savedAs: (answer: string) => `Saved: ${answer}`,
  /** What was said, and of which record, by its first words. */
  savedOn: (saved: string, about: string) => `${saved} · “${about}”`,
  sayWhy: 'Say why',
  sayMore: 'Say more',
  restoredAs: (answer: string) => `Back to your earlier answer: ${answer}`,
  skippedAs: (reason: string) => `Skipped: ${reason}`,
  skippedFor: {
    unclear: 'unclear',
    unsafe: 'unsafe',
    broken: 'broken',
    not_my_field: 'not my field',
    wrong_language: 'wrong language',
    too_long: 'too long',
    other: 'no reason given',
  },
  yourMessage: 'This is your message. Check it, then submit it as your answer.',
  nearlyYours: (text: string) =>
    `Nearly the same as one you wrote before: “${text}”. Undo or edit it if you did not mean to.`,
  takenBack: 'Taken back. Your answer is kept as a draft.',
  yoursToAnswer: 'This is yours to answer.',
  noGuidelines: 'This dataset has no guidelines.',
  sentBack: (title: string, note: string) =>
    `Your answer in *${title}* came back to you: please look at it once more.${note === '' ? '' : `\n> ${note.replaceAll('\n', '\n> ')}`}\n/parley next opens it.`,
  isPreview: 'This is a preview: it looks and works like a labeler’s card, but stores nothing.',
  sampleField: (title: string) =>
    `“${title}” of each record will be here. Import records to see your own.`,
  sampleOutput: (number: number) => `Output ${number} of a model will be here.`,
  previewAbove: 'Preview: this is what a labeler sees. Nothing you press here is stored.',
  notConnected: (platform: string) =>
    `${platform} is not connected here, so nothing can be sent there. npx parley config shows what it needs.`,
  notThere: (person: string) =>
    `Parley cannot reach ${person}. Check the id; on Discord, they must share a server with Parley.`,
  notReached: (person: string, why: string) =>
    `Parley cannot message ${person} (${why}). Check the id, and that they accept messages from Parley.`,
  perhapsReached: (person: string) =>
    `Parley does not know whether it reached ${person}. Check there before you send it again.`,
  previewSent: 'The preview is in your messages with Parley, for you alone.',
  /** `from`: the datasets that feed it, or `arena` where people ask in a channel. */
  nothingToPreview: (name: string, from: readonly string[] | 'arena') => {
    const none = `"${name}" has no records to show yet.`
    if (from === 'arena') return `${none} They are what people ask in its channel.`
    if (from.length === 0) return `${none} Add some with parley import.`
    return `${none} They come from ${from.join(', ')}, as answers are accepted there.`
  },
  recordRejected: (record: string, title: string, command: string) =>
    `The record ${record} of “${title}” was rejected: enough people found it unclear, unsafe or broken. To bring it back, run: ${command}`,
  webhookGone: (id: string, host: string) =>
    `The webhook ${id} (${host}) is disabled: its server answered 410, it wants no events any more. If that was a mistake, run npx parley webhooks enable ${id}; what came meanwhile is sent then.`,
  webhookFailing: (id: string, host: string) =>
    `The webhook ${id} (${host}) is disabled: every attempt of a day failed. npx parley webhooks deliveries ${id} says why. Once its server works again, run npx parley webhooks enable ${id}; what came meanwhile is sent then.`,
  workspaceLost: (workspace: string, reason: string) =>
    `Parley can no longer reach the workspace ${workspace} (${reason}). Its answers are kept, its open records go to others. Install Parley there again to go on.`,
  personLost: (name: string, reason: string) =>
    `Parley can no longer write to ${name} (${reason}). What they answered is kept; what they had open goes to others.`,
  theChannel: (channel: string) => `the channel ${channel}`,
  statusNow: (title: string, status: 'draft' | 'paused' | 'closed') =>
    `“${title}” is ${status} now. Thank you!`,
  pausedNow: (title: string) => `“${title}” is paused right now. Nothing is lost; try again later.`,
  closedNow: (title: string) =>
    `“${title}” is closed and takes no more answers. Thank you for yours.`,
  notYourDataset: (name: string) =>
    `There is no dataset “${name}” that you are invited to. Type /parley datasets to see yours.`,
  /** `title` is null for every dataset. */
  pausedByAdmin: (title: string | null, reason: string | null) =>
    `An admin of Parley paused you${title === null ? '' : ` in “${title}”`}: you get no new tasks${title === null ? '' : ' there'} for now. What you answered is kept, and an open task may still be finished.${reason === null ? '' : ` They write: “${reason}”`} If you think this is a mistake, ask them.`,
  resumedByAdmin: (title: string | null) =>
    title === null
      ? 'You may go on: an admin of Parley ended your pause. Type /parley for your next task.'
      : `You may go on in “${title}”: an admin of Parley ended your pause. Type /parley for your next task.`,
  pausedForYou: (title: string) =>
    `An admin of Parley paused you in “${title}”. What you answered is kept. If you think this is a mistake, ask them.`,
  quotaReached: (title: string) =>
    `You gave as many answers in “${title}” as are wanted of one person. Thank you!`,
  adminWrites: (text: string) => `An admin of Parley writes to you:\n${text}`,
  nothingPaused: 'Nothing is waiting for you: the work is paused right now. Try again later.',
  nothingWaits:
    'Nothing is waiting for you. An admin of Parley publishes a dataset and invites people.',
  allDoneHome: 'All done. Thank you! There is nothing else waiting for you right now.',
  allDoneHere: 'All done here. Thank you! There is nothing else waiting for you right now.',
  allDoneMore: (title: string) => `All done here. Thank you! There is more in “${title}”.`,
  skippedLast: (title: string) =>
    `No other prompt is wanted in “${title}” right now. Type /parley to write this one after all.`,
  startOther: (title: string) => `Start: ${title}`,
  answersIn: (title: string, answers: number, skipped: number, records: number) =>
    `${title}: ${counted(answers, 'answer')}, ${skipped} skipped, of ${counted(records, 'task')}`,
  helpHabits:
    'Skip what you cannot judge; Undo works for ten minutes, Edit until the dataset closes.',
  helpFormats: (formats: readonly string[]) =>
    `Formats: ${formats.join(', ')}. Everything else is in the terminal: npx parley --help`,

  muchBetter: (letter: string) => `${letter} is much better`,
  slightlyBetter: (letter: string) => `${letter} is slightly better`,
  saidBothBad: 'both bad',
  saidUnacceptable: 'all unacceptable',
  saidBest: (letters: string) => `${letters} best`,
  saidWorst: (letters: string) => `${letters} worst`,
  saidSpans: (count: number, labels: readonly string[]) =>
    count === 0
      ? 'nothing to mark'
      : `${count} marked ${count === 1 ? 'text' : 'texts'}: ${labels.join(', ')}`,
  saidNone: 'none',

  nowAdmin: 'You are an admin of Parley now. Type /parley-admin help.',
  noDatasetYet:
    'There is no dataset yet. Create one in the terminal: npx parley dataset create FILE',
  isReady: (name: string, deliver: string, hub: string) =>
    `“${name}” is ready. People with access get it with /parley. To invite them: ${deliver}, or post a message to start from: ${hub}.`,
  isReadyArena: (name: string) => `“${name}” is ready.`,
  isPaused: (name: string) => `“${name}” is paused. Open cards may still be answered.`,
  exportStarted: (name: string, format: string) =>
    `Export of “${name}” as ${format} has started. The file comes as a private message.`,
  exportRuns: (name: string, as: string, rows: number) =>
    rows === 0
      ? `Exporting “${name}” as ${as} …`
      : `Exporting “${name}” as ${as}: ${countRows(rows)} so far …`,
  exportDone: (name: string, as: string, rows: number, left: number) =>
    `“${name}” as ${as}: ${rows === 0 ? 'there is nothing to export yet' : countRows(rows)}.${left > 0 ? ` ${left} left out; the manifest says why.` : ''}`,
  exportFailed: (name: string, as: string) => `The export of “${name}” as ${as} failed.`,
  exportCancelled: (name: string, as: string) =>
    `The export of “${name}” as ${as} was cancelled. Nothing was kept.`,
  exportCancel: 'Cancel',
  generationStarted: (name: string, models: string) =>
    `Generation for “${name}” with ${models} has started. A private message shows its progress.`,
  generationFollowed: (name: string, models: string) =>
    `A generation for “${name}” with ${models} is already running. You see its progress now; start yours when it has ended.`,
  generationRuns: (name: string, models: string, added: number, wanted: number) =>
    wanted > 0
      ? `${models} writing for “${name}”: ${added.toLocaleString('en-US')} of at most ${countOutputs(wanted)} so far …`
      : `${models} writing for “${name}” …`,
  generationBy: (person: string) => `Started by ${person}.`,
  generationDone: (name: string) => `The generation for “${name}” is done.`,
  generationStopped: (name: string) => `The generation for “${name}” stopped early.`,
  generationFailed: (name: string) => `The generation for “${name}” failed.`,
  generationCancelled: (name: string) =>
    `The generation for “${name}” was cancelled. What was written stays; start it again for the rest.`,
  generationAdded: (count: number) => `${countOutputs(count)} added.`,
  generationCut: (count: number) =>
    `${countOutputs(count)} cut off at the longest length. A larger max_tokens lets new ones end; keep_cut adds them marked as cut off.`,
  generationRefused: (count: number) =>
    `${countOutputs(count)} refused by the model and kept aside.`,
  generationEmpty: (count: number) => `${countOutputs(count)} without any text, kept aside.`,
  generationLeftOut: {
    answered: (count: number) =>
      `${countOutputs(count)} not added: people have answered the record, which keeps its outputs.`,
    leased: (count: number) =>
      `${countOutputs(count)} not added: somebody has the record open, or votes on it. Start again later.`,
    full: (count: number) => `${countOutputs(count)} not added: the record has 50 already.`,
    gone: (count: number) =>
      `${countOutputs(count)} not added: the record was changed or deleted meanwhile. Start again for its new text.`,
    no_prompt: (count: number) => `${countOutputs(count)} not written: the record has no prompt.`,
    failed: (count: number) => `${countOutputs(count)} not written: the request failed.`,
  },
  generationBrokenOff: (count: number) =>
    `Up to ${count === 1 ? '1 request was' : `${count.toLocaleString('en-US')} requests were`} cut off by a crash or a cancel, sent again, and may be paid twice.`,
  generationSpent: (input: number, output: number, cost: number) =>
    `${input.toLocaleString('en-US')} tokens read, ${output.toLocaleString('en-US')} written${cost > 0 ? `; cost: ${cost.toLocaleString('en-US', { maximumFractionDigits: 4 })}` : ''}.`,
  outputCutOff: '[cut off: the model reached its longest length]',
  exportLinked: (megabytes: string, until: string) =>
    `${megabytes} MB, too large for a message; the link is valid until ${until} UTC. Anyone who has it can download the file.`,
  notAllowedHere:
    'Parley is not open to this workspace. Ask the people who run it to add it to PARLEY_INSTALL_ALLOW.',

  progressOf: (name: string, status: 'draft' | 'ready' | 'paused' | 'closed') =>
    `${name} (${status})`,
  progressRecords: (completed: number, records: number, wanted: number) =>
    `${completed} of ${records} ${records === 1 ? 'record' : 'records'} completed, ${wanted} ${wanted === 1 ? 'answer' : 'answers'} each`,
  progressAnswers: (one: {
    submitted: number
    labelers: number
    counted: number
    surplus: number
    discarded: number
  }) =>
    [
      one.submitted === 0
        ? 'No answer yet'
        : `${counted(one.submitted, 'answer')} by ${counted(one.labelers, 'person', 'people')}`,
      ...(one.surplus > 0
        ? [`${one.counted} counted, ${one.surplus} surplus, to checks, or excluded`]
        : []),
      ...(one.discarded > 0 ? [counted(one.discarded, 'skip')] : []),
    ].join('; '),
  progressTable: 'Progress of all datasets',
  progressColumns: {
    dataset: 'Dataset',
    completed: 'Completed',
    records: 'Records',
    answers: 'Answers',
    labelers: 'Labelers',
  },
  progressHours: (hours: number) =>
    hours < 1
      ? `about ${counted(Math.max(1, Math.round(hours * 60)), 'minute')} of work left, at most`
      : `about ${counted(Math.round(hours), 'hour')} of work left, at most`,
  progressRejected: (records: number) => `${counted(records, 'record')} rejected by labelers`,
  progressFeeds: ({ to, pending, needsOutputs }: Waiting) =>
    [
      `Feeds “${to}”, which waits for answers to ${counted(pending, 'record')}`,
      ...(needsOutputs > 0 ? [`for outputs of ${counted(needsOutputs, 'record')}`] : []),
    ].join(' and '),
  progressOutputs: (records: number) =>
    records === 1 ? '1 record waits for outputs' : `${records} records wait for outputs`,

  importRuns: (file: string, title: string, unit: Unit, lines: number) =>
    lines === 0
      ? `“${file}” is being read into “${title}” …`
      : `“${file}” is being read into “${title}”: ${lines.toLocaleString('en-US')} ${unit}${lines === 1 ? '' : 's'} so far …`,
  importStopped: (file: string, dataset: string) =>
    `The import of “${file}” into “${dataset}” was cancelled. What was imported before stays.`,
  importFailed: (file: string, dataset: string) =>
    `“${file}” could not be imported into “${dataset}”.`,
  importUndo: (id: string) => `To undo it: npx parley import undo ${id}`,
  importedLines: (file: string, dataset: string, unit: Unit, lines: number, parts: string) =>
    `“${file}” into “${dataset}”: ${lines} ${unit}${lines === 1 ? '' : 's'} read: ${parts}.`,
  importedParts: {
    created: (count: number) => `${count} new`,
    updated: (count: number, what: string) => `${count} changed (${what})`,
    unchanged: (count: number) => `${count} unchanged`,
    repeated: (count: number) => `${count} repeated`,
    refused: (count: number) => `${count} refused`,
  },
  importedWhat: {
    fields: 'fields',
    outputs: 'outputs',
    metadata: 'metadata',
    suggestions: 'suggestions',
    gold: 'known answers',
    priority: 'priority',
  },
  importedLine: (unit: Unit, line: number, path: string | null) =>
    path ? `${unit} ${line}, ${path}` : `${unit} ${line}`,
  importedRest: (unit: Unit, rest: number) =>
    `And ${rest} more ${rest === 1 ? `${unit} was` : `${unit}s were`} refused. Fix these first, then import again.`,
  importedWarnings: (count: number) => `${counted(count, 'warning')}:`,
  importedWarningsRest: (rest: number) => `And ${counted(rest, 'more warning')}.`,

  statsTitle: (dataset: string) => `Statistics of “${dataset}”`,
  statsNothing: 'No answer counts yet.',
  statsCounts: (answers: number, records: number, labelers: number) =>
    `${answers} ${answers === 1 ? 'answer' : 'answers'} to ${records} ${records === 1 ? 'record' : 'records'} by ${labelers} ${labelers === 1 ? 'person' : 'people'}`,
  statsAll: (dataset: string) => `Everything, also by labeler: npx parley stats ${dataset}`,
  statsHow:
    'How to read it: agreement is 0 when people agree no more than by chance and 1 when they always agree. For human preferences .3 to .5 is usual; if it is lower, look at the guidelines and the disputed records before you blame anybody. Agreement whose interval includes 0 cannot be distinguished from chance yet. Strengths are log-odds: a model one point higher is chosen 2.7 times as often.',
  statsLeftOut: (parts: string) => `Left out: ${parts}`,
  statsReason: {
    draft: 'not submitted',
    discarded: 'skipped',
    gold: 'on gold records',
    repeat: 'on repeated records',
    same_person: 'second answers of one person',
    not_blind: 'after the models were named',
    excluded: 'excluded',
    surplus: 'beyond the answers wanted',
  },
  statsTexts: 'Its questions ask for texts, which are not compared.',
  statsNumber: (value: number) => value.toFixed(2).replace(/^(-?)0\./, '$1.'),
  statsPercent: (percent: number) => `${percent}%`,
  statsRange: (value: string, low: string, high: string) => `${value} (${low} to ${high})`,
  statsFrom: (value: string, low: string) => `${value} (at least ${low})`,
  statsUpTo: (value: string, high: string) => `${value} (at most ${high})`,
  statsTooFew: 'too few to rely on',
  statsSpread: (low: string, high: string) => `${low} to ${high}`,
  statsMetric: {
    'alpha (nominal)': 'alpha (nominal)',
    'alpha (characters)': 'alpha (by character)',
    'alpha (ordinal)': 'alpha (ordinal)',
    'alpha (MASI)': 'alpha (MASI)',
    'kappa over pairs of outputs': 'kappa over pairs of outputs',
  },
  statsAgreement: (value: string, metric: string, raw: string) =>
    `Agreement ${value}, ${metric}; raw ${raw}`,
  statsOverlap: (records: number, least: number) =>
    `Not enough overlap: ${records} of the ${least} records that agreement needs have two answers.`,
  statsChance: 'That cannot be distinguished from chance yet.',
  statsBand: {
    below: 'Less than is usual for preferences, which is .3 to .5.',
    within: 'As is usual for preferences, which is .3 to .5.',
    above: 'More than is usual for preferences, which is .3 to .5.',
  },
  /** Statistics give their reasons in English. */
  statsWhy: (reason: string) => reason,
  statsModels: 'Models, by rank and strength:',
  statsFewModels: 'Models, by rank and strength (too few to rely on):',
  statsRatings: 'Mean ratings:',
  statsColumns: { model: 'Model', rank: 'Rank', strength: 'Strength', rating: 'Mean rating' },
  statsLikely: (labels: string) => `Likely true: ${labels}`,
  statsPosition: (share: string, even: string) =>
    `The output shown first was chosen ${share} of the time; ${even} would be even.`,
  statsSway: (difference: string, shown: string, heldOut: string) =>
    `Agreement with suggestions: ${shown} where they were shown, ${heldOut} where they were held out; difference ${difference}.`,
  statsSwayed: 'They sway people.',
  statsGold: (share: string, of: number) => `Known answers: ${share} of ${of} were given`,
  statsDisputed: (records: string) => `Most disputed: ${records}`,
  statsLabelers: 'Labelers',
  statsOthers: (share: string) =>
    `Each agrees with the majority of the others ${share} of the time.`,
  statsSelves: (share: string) =>
    `Repeated records got the same answer again ${share} of the time.`,
  statsKnown: (share: string) => `Known answers were given ${share} of the time.`,
  statsFast: (count: number, of: number) =>
    `${count} of ${counted(of, 'answer')} came faster than the text can be read.`,

  done: (submitted: number, assigned: number | null) =>
    assigned === null ? `${submitted} done` : `${submitted} of ${assigned} done`,
  /** How long the card on the screen takes. */
  minutesHere: (minutes: number) =>
    minutes < 1
      ? 'less than a minute for this one'
      : `about ${Math.round(minutes)} min for this one`,
  minutes: (minutes: number) =>
    minutes < 1 ? 'less than a minute' : `about ${Math.round(minutes)} min`,
  left: (left: number) => `${left} left`,
  output: (letter: string) => `Output ${letter}`,
  /** Read out in place of a thumb's text, which it begins with. */
  thumbsUp: (text: string) => `${text} (thumbs up)`,
  thumbsDown: (text: string) => `${text} (thumbs down)`,
  better: (letter: string) => `${letter} is better`,
  rankOf: (letter: string) => `Rank of ${letter}`,
  rank: (rank: number, outputs: number) =>
    rank === 1 ? '1 (best)' : rank === outputs ? `${rank} (worst)` : String(rank),
  about: (title: string, letter: string) => `${title} (${letter})`,
  partOf: (part: number, parts: number) => `part ${part} of ${parts}`,
  pageOf: (page: number, pages: number) => `Page ${page} of ${pages}`,
  readAll: (title: string) => `Read all of ${title}`,
  read: (title: string) => `Read ${title}`,
  cutInForm: 'Shortened here. Close this form to read all of it on the card.',
  continued: (title: string) => `${title}, continued`,
  chosenOn: (title: string, chosen: string) => `${title}: ${chosen}`,
  typeNext: (title: string, command: string) => `${title}: type ${command}`,
  moreChoices: (names: readonly string[]) =>
    `And ${names.length} more: ${listed(names)}. Type /parley next NAME with one of these names.`,
  resumeTask: (title: string) => `You have a task open in “${title}”.`,
  minutesEach: (minutes: number) =>
    minutes < 1 ? 'less than a minute each' : `about ${Math.round(minutes)} min each`,
  guidelinesVersion: (version: number) =>
    version > 1 ? `Guidelines (version ${version})` : 'Guidelines',
  moreDatasets: (more: number) => `And ${more} more: type /parley-admin progress to see all.`,
  buttonFor: (button: string, title: string) => `${button}: ${title}`,
  importing: (file: string, title: string) =>
    `“${file}” is being read into “${title}”. You will get the result as a private message.`,
  feedbackSend: 'Send to Parley',
  feedbackVerdict: 'Is it a good answer?',
  feedbackUp: 'Good',
  feedbackDown: 'Bad',
  feedbackAsked: 'What was asked',
  feedbackWhy: 'Why?',
  feedbackInto: 'Dataset',
  feedbackNote:
    'The message, your verdict and what you write here are kept for training and evaluation. /parley my-data shows and deletes them.',
  feedbackNoteNew:
    'The message, your verdict and what you write here are kept for training and evaluation. Your name is not: until you agree to take part, Parley knows you by a pseudonym. /parley my-data shows and deletes what is kept.',
  feedbackKept: (title: string) => `Thank you. Your verdict is kept in “${title}”.`,
  rankIt: 'Rank it',
  arenaAsk: 'Ask two models',
  arenaPrompt: 'Your question',
  arenaSend: 'Ask',
  arenaAgree: 'Agree and ask',
  arenaConsent: (models: string) =>
    `Your question goes to two of these models: ${models}. It stands in this channel. The question, both answers and everybody’s votes are kept for training and evaluation. Write nothing confidential and nothing about other people. /parley unask deletes it.`,
  arenaAsked: (id: string) =>
    `Question ${id} is stored. Two models answer it; both answers come together, below the question. To delete it, type /parley unask ${id} here.`,
  arenaQuestion: (id: string, text: string) => `Question ${id} to two models:\n${text}`,
  arenaWaiting: 'Both answers come together, below this message.',
  arenaBelow: 'The answers stand below. Votes are private.',
  arenaTurn: (id: string) => `Question ${id}`,
  arenaVotes: (votes: number) =>
    votes === 0 ? 'No votes yet.' : votes === 1 ? '1 private vote.' : `${votes} private votes.`,
  arenaNames: (names: string) => `Now it can be told: ${names}.`,
  arenaWrote: (letter: string, model: string) => `${letter} is ${model}`,
  arenaGoOn: (letter: string) => `Continue with ${letter}`,
  arenaDeletedHere: 'This question was deleted by the person who asked it.',
  arenaDeleted: (count: number) =>
    `${count === 1 ? 'The question is' : `${count} questions of this conversation are`} deleted, with the answers and votes. Exports that were written before may still hold them.`,
  arenaFailed: 'A model did not answer, so this battle does not count. Ask again.',
  arenaModelFailed: (dataset: string, battle: string, problem: string) =>
    `In the arena “${dataset}” a model did not answer (question ${battle}). ${problem}`,
  arenaNamed: (a: string, b: string) =>
    `An answer said which model wrote it, so nobody can vote blind and this battle does not count. A was ${a}, B was ${b}. Ask again for another one.`,
  arenaOpened: (dataset: string) =>
    `The arena “${dataset}” is open here: people ask with /parley ask.`,
  arenaIsOpen: 'It is open there already.',
  arenaClosed: (dataset: string) =>
    `The arena “${dataset}” is closed here. Votes go on until each battle closes.`,
  arenaIsClosed: 'It is not open there.',
  myProgress: 'My progress',
  postClosed: 'Voting has closed.',
  postWithdrawnHere: 'This post was withdrawn. Its votes are kept.',
  postNoVotes: 'Nobody voted.',
  postPrivate: (least: number) =>
    `Fewer than ${least} people ranked the answers, so the result stays private.`,
  postFewVotes: 'There are too few votes to tell how far people agree.',
  postOutputs: (outputs: number) => `${outputs} answers to compare, in private.`,
  postVotes: (votes: number) =>
    votes === 0 ? 'No votes yet.' : votes === 1 ? '1 vote.' : `${votes} votes.`,
  postCloses: (when: string) => `Closes ${when}.`,
  postResult: (votes: number) =>
    votes === 1 ? 'The result of 1 vote' : `The result of ${votes} votes`,
  postPlace: (rank: number, share: number | null) =>
    share === null ? `${rank}.` : `${rank}. Put first by ${Math.round(share * 100)} %.`,
  postModel: (model: string) => `Written by ${model}.`,
  postAgreement: (percent: number, alpha: string | null) =>
    `Two people who compared the same answers agreed in ${percent} % of all cases${alpha === null ? '' : ` (alpha ${alpha})`}.`,
  postSure: (percent: number, low: number, high: number) =>
    `The first place has ${percent} % of the first choices, with some certainty between ${low} and ${high} %.`,
  ballotUntil: (when: string) => `You may change your vote until ${when}.`,
  ballotPrivate: (when: string) =>
    `Only you see this. Your vote is private, and you may change it until ${when}.`,
  posting: (posts: number) =>
    posts === 1
      ? 'The post is on its way. Its result will replace it when it closes.'
      : `${posts} posts are on their way. Their results will replace them when they close.`,
  postWithdrawn: (post: string, channel: string, why: string) =>
    `The message of post ${post} in the channel ${channel} is gone (${why}), so the post was withdrawn. Its votes are kept.`,
  messageGone: (channel: string, why: string) =>
    `A message from Parley in the channel ${channel} is gone (${why}) and is no longer updated.`,
  postNotSent: (post: string, channel: string, why: string) =>
    `Post ${post} could not be sent to the channel ${channel} (${why}), so it was withdrawn. Add Parley to the channel and post again.`,
  postUnsure: (post: string, channel: string) =>
    `Parley does not know whether post ${post} arrived in the channel ${channel}. Check there: if you see it, people can vote; if not, post again when this one has closed.`,
  hubComing: 'The hub is on its way.',
  hubThere: 'That channel already has a hub of this dataset, or one is on its way.',
  directIsNoChannel:
    'Only one person sees this conversation. Choose a channel that others see too.',
  noTextChannel: (name: string) =>
    `#${name} is not a text channel, so nothing can be posted there. Name a text channel.`,
  threadIsOver: (name: string) =>
    `The thread “${name}” is archived or locked. Open it again, or name a channel.`,
  channelUnseen: (name: string) =>
    `There is no channel ${name} that Parley can see. Check the name, and that Parley may view the channel.`,
  mayNotPost: (name: string) =>
    `Parley may not post in #${name}. Allow it “Send Messages” there, or name another channel.`,
  noServer: (name: string) =>
    name === ''
      ? 'Parley is on no Discord server yet. Add it to one first.'
      : `Parley is on no server “${name}”. Check the name.`,
  severalChannels: (name: string, all: readonly string[]) =>
    `${name} could be any of these channels: ${all.join(', ')}. Write the id of the one you mean.`,
  noWorkspace: (workspace: string) =>
    `Parley is not installed in the workspace ${workspace}. Check its id, or leave it out.`,
  hubProgress: (completed: number, records: number, answers: number) =>
    `${completed} of ${records} completed, with ${answers} ${answers === 1 ? 'answer' : 'answers'}.`,
  hubInvites: 'Press Start to get a task. Your answers are private.',
  hubClosed: 'There is nothing to do here right now.',
  /** A sentence of an inner room, which are written in English. */
  refusal: (text: string): string => text,
  ofLine: (text: string): string => text,
  unknownCommand: (word: string, near: string | null) =>
    near
      ? `There is no “${word}”. Did you mean “${near}”?`
      : `There is no “${word}”. This is what you can type:`,
  badOption: (word: string) => `“${word}” is not an option.`,
  writeItLike: 'Write it like this',
}

export type Words = typeof english

/** What a file has many of. */
type Unit = 'line' | 'row'

function countRows(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`
}

function countOutputs(count: number): string {
  return count === 1 ? '1 output' : `${count.toLocaleString('en-US')} outputs`
}
