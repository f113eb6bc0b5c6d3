/**
 * Every string a labeler or a chat admin reads from an adapter, in one flat catalogue per language.
 * Plain, short, never blaming; each says what to do next where there is something to do.
 */
import { german } from './german.ts'
import type { SkipReason } from './port.ts'

const english = {
  answer: 'Answer',
  answerMore: 'Answer in full',
  skip: 'Skip',
  skipBecause: 'Skip, because…',
  guidelines: 'Guidelines',
  undo: 'Undo',
  edit: 'Edit',
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
  skipOther: 'Another reason',

  appName: 'Parley',
  allDone: 'All done',
  thanks: 'Thank you. You can close this window.',
  choose: 'What would you like to work on?',
  nothingToChoose: 'There is nothing to work on right now.',
  noHistory: 'You have not answered anything yet. Type /parley to begin.',
  recent: 'Your recent answers',
  taskWaits: 'Your task waits in your messages with Parley.',
  fileWaits: 'The file is in your messages with Parley.',
  openMessages: 'Open it',
  stillWorking: 'This takes a little longer than usual. Your answer will appear here in a moment.',
  submitAgain: 'That took too long. Press Submit again: what you typed is still here.',
  pressAgain: 'That took too long, so Slack would not open the window. Press the button again.',
  lostInput: 'Slack lost part of what you chose. Please look the form over and submit it again.',
  notYourMessage: 'Only a message of your own can be your answer.',
  oldButton: 'This button is from an older message. Type /parley to go on.',
  broken: 'Something broke on our side. Nothing you saved is lost; please try again.',
  tooManyControls: 'This record has more to answer than one Slack window can hold. Please skip it.',
  nothingToAnswer: 'There is nothing to answer about this record. Please skip it.',
  answerTooLong:
    'Your earlier answer is too long to be shown here. It stays saved unless you submit a new one.',
  empty: '(empty)',
  noOutputs: 'There is nothing to compare.',

  homeTitle: 'Your Parley',
  homeWaiting: 'What waits for you',
  homeHelp: 'What you can type',
  homeAdmin: 'Datasets you look after',
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
    pairs: 'Which pairs of a ranking',
    labelers: 'Whose ranking',
    shape: 'How prompts are written',
  },
  exportUsual: 'The usual choice',
  fileToImport: 'A file of JSON lines (.jsonl), at most 10 MB',
  fileHint:
    'A record on each line. Lines that cannot be read are refused one by one and told to you; the others are kept.',
  fileMissing: 'Choose a file.',
  fileTooLarge: 'This file is larger than 10 MB. Split it, or use npx parley import in a terminal.',
  fileWrongKind: 'This is not a file of JSON lines. Choose one whose name ends in .jsonl.',
  fileUnread: 'Slack did not hand the file out. Please choose it again.',
  importScope:
    'To take files here, Parley needs the permission files:read. Add it in the settings of the app under “OAuth & Permissions”, install the app to your workspace again, and come back. Until then: npx parley import in a terminal.',

  goOn: 'Go on',
  stepKept: 'That is kept as a draft. Go on to answer the rest.',
  pickedKept: 'That is kept as a draft. Submit it when all is answered.',
  tapKept: 'That is kept as a draft. Now rank the outputs.',
  readMenu: 'Read in full…',
  moreMenu: 'Read in full, or skip because…',
  asFile: 'As a file',
  orFile: 'Or a text file (.md, .txt)',
  orFileHint: 'A file takes the place of what is typed above.',
  fileNotText: 'This file is no plain text. Give one whose name ends in .md or .txt.',
  fileTooLong: 'This file is longer than an answer may be (100,000 characters).',
  fileNotRead: 'The file could not be read. Please give it once more.',
  typedKept: 'What you typed is kept as a draft.',
  tooMuchHere: 'This record has more to answer than Discord can show. Please skip it.',
  pressOnceMore: 'That took too long for a form to open. Press the button again.',
  editMenu: 'Change an answer…',
  guidelinesMenu: 'Read the guidelines of…',
  manageMenu: 'Look after a dataset…',
  statistics: 'Statistics',
  consentStoredDiscord:
    'What is stored: your Discord user id, your language setting, what you answer, and when. Your messages are never read, but for one you use as an answer yourself.',

  onlyIfItApplies: 'Answer this only if it applies.',
  onlyIfBothBad: 'Answer this only if none of them is acceptable.',
  chooseOne: 'Choose one',
  chooseSome: 'Choose any',
  noAnswer: 'No answer',
  noneOfThese: 'None of these',
  rankPlaceholder: 'Its rank',
  equal: 'Equally good',
  bothBad: 'Both bad',
  bestOne: 'Best',
  worstOne: 'Worst',
  unacceptable: 'None of them is acceptable',
  allUnacceptable: 'All of them',
  tapBest: 'Tap the best one.',
  tapNext: 'Now tap the best of those left.',
  tapSame: (letter: string) => `Now tap the one that is as good as ${letter}.`,
  tapWorst: 'Now tap the worst one.',
  tapDone: 'That is your ranking. Keep it, or change it.',
  tapSameAs: (letter: string) => `= Same as ${letter}`,
  tapNotSame: '= Not the same',
  tapRest: 'Those left are equal',
  tapBack: 'Undo tap',
  tapNone: 'None is acceptable',
  tapKeep: 'Keep it',
  howMuch: 'How much better?',
  slightly: 'Slightly',
  much: 'Much',
  user: 'User',
  assistant: 'Assistant',
  system: 'System',

  consentTitle: 'Welcome to Parley',
  consentWhat:
    'Parley asks you for short judgements on texts, and people train and check language models with them.',
  consentStored:
    'What is stored: your Slack user id, your language setting, what you answer, and when. Your messages are never read, but for one you use as an answer yourself.',
  consentUse:
    'What it is for: training and evaluating language models. Exports carry a pseudonym in place of your name.',
  consentDelete:
    'How to delete it: type /parley my-data, or ask an admin of Parley. You may stop at any time.',
  consentPress: 'Press Start to agree and to get your first task.',
  myData:
    'An admin of Parley can give you a copy of your answers or delete your identity: ask one to run “parley labelers forget”. /parley history shows your recent answers.',
  badExport:
    'Write it like this: /parley-admin export DATASET FORMAT, for example /parley-admin export prefs preference.',
  needsDataset: 'Name the dataset, for example /parley-admin publish prefs.',
  needsCode:
    'Write the code that Parley printed when it started: /parley-admin claim ABCD-1234-EFGH.',

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
    'One digest a day at most, one nudge a day at most, never in your quiet hours, never in public. After three that led to nothing Parley keeps quiet until you come back.',
  remindersResting: 'Parley keeps quiet now, because its last three messages led to nothing.',
  reminderKind: {
    new_work: 'New work',
    nudge: 'A nudge when a batch lies still',
    deadline: 'A word before a deadline',
    digest: 'The daily digest',
    results: 'Results, when a dataset closes',
  },
  zone: 'Your time zone',
  zoneUnknown: 'Nobody knows yet where you are. Choose your time zone, and reminders can begin.',
  digestAt: 'Time of the digest',
  days: 'Days',
  weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  saved: 'Saved.',
  invitationOver: 'This invitation is over. Type /parley to see what there is.',
  invitationNothing: 'Nothing is left to do there. Thank you!',
  digestText: 'Good morning. This waits for you:',
  newWorkText: (title: string) => `There is new work in “${title}”.`,
  nudgeText: (title: string, done: number, goal: number) =>
    `You did ${done} of ${goal} in “${title}”. Go on when it suits you.`,
  deadlineText: (title: string, left: number, due: string) =>
    `“${title}”: ${left} left of what you began, due ${due}.`,
  resultsText: (title: string, answers: number, labelers: number) =>
    `“${title}” is closed: ${answers} answers by ${labelers} ${labelers === 1 ? 'person' : 'people'}. Thank you for yours!`,
  invitationTitle: (title: string) => `You are invited: “${title}”`,
  invitationCount: (count: number) => (count === 1 ? '1 record' : `${count} records`),
  invitationDue: (due: string) => `due ${due}`,
  remindedAt: (when: string) => `All right: again ${when}.`,
  remindedTomorrow: 'All right: nothing more today.',
  turnedOff: (kind: string) => `Turned off: ${kind}. /parley reminders turns it on again.`,
  /** A date and time on somebody's wall. */
  moment: (at: Date, zone: string) =>
    new Intl.DateTimeFormat('en', { ...moment, timeZone: zone }).format(at),
  batchDone: (goal: number) =>
    `That was your batch of ${goal}. Thank you! Type /parley if you want more.`,
  delivered: (invited: number, already: number) =>
    `${invited} ${invited === 1 ? 'person is' : 'people are'} invited${already > 0 ? `, ${already} had an invitation already` : ''}.`,
  deliverRefused: (names: string) => `Not on the access list, so not invited: ${names}.`,
  badDue: (text: string) =>
    `“${text}” is not a date. Write it like 2026-12-24 or 2026-12-24T17:00.`,
  channelDigestOn: (title: string) =>
    `This channel gets a word about “${title}” every working day at half past nine.`,
  channelDigestOff: (title: string) => `No more daily words about “${title}” here.`,
  channelDigestWhere: 'Type this in the channel that should get it.',
  channelDigestTitle: (title: string) => `“${title}” today`,
  channelDigestStuck: 'What is stuck',
  agreement: 'agreement',
  stuckPaused: 'The dataset is paused.',
  stuckPeople: (wanted: number, labelers: number) =>
    `Each record wants ${wanted} answers, and ${labelers} ${labelers === 1 ? 'person answers' : 'people answer'} so far. Invite more people.`,
  stuckIdle: (pending: number) =>
    `${pending} records wait, and nobody answered in the last day. /parley-admin deliver invites people.`,
  stuckOutputs: (records: number) => `${records} records wait for a second output.`,
  stuckRejected: (records: number, dataset: string) =>
    `${records} records were taken out by their labelers: parley records list ${dataset} --status rejected shows them.`,
  needsDeliver:
    'Write it like this: /parley-admin deliver DATASET everyone each=20 due=2026-12-24, or name people (slack:T1:U1) or a role (role:reviewer) in place of everyone.',

  done: (submitted: number, assigned: number | null) =>
    assigned === null ? `${submitted} done` : `${submitted} of ${assigned} done`,
  minutes: (minutes: number) =>
    minutes < 1 ? 'less than a minute' : `about ${Math.round(minutes)} min`,
  left: (left: number) => `${left} left`,
  output: (letter: string) => `Output ${letter}`,
  better: (letter: string) => `${letter} is better`,
  rankOf: (letter: string) => `Rank of ${letter}`,
  rank: (rank: number, outputs: number) =>
    rank === 1 ? '1 (best)' : rank === outputs ? `${rank} (worst)` : String(rank),
  about: (title: string, letter: string) => `${title} (${letter})`,
  partOf: (part: number, parts: number) => `part ${part} of ${parts}`,
  pageOf: (page: number, pages: number) => `Page ${page} of ${pages}`,
  readAll: (title: string) => `Read all of ${title}`,
  read: (title: string) => `Read ${title}`,
  continued: (title: string) => `${title}, continued`,
  chosenOn: (title: string, chosen: string) => `${title}: ${chosen}`,
  typeNext: (title: string, name: string) => `${title}: type /parley next ${name}`,
  moreChoices: (more: number) =>
    `And ${more} more: type /parley next NAME to choose one of them by its name.`,
  resumeTask: (title: string) => `You have a task open in “${title}”.`,
  minutesEach: (minutes: number) =>
    minutes < 1 ? 'less than a minute each' : `about ${Math.round(minutes)} min each`,
  guidelinesVersion: (version: number) =>
    version > 1 ? `Guidelines (version ${version})` : 'Guidelines',
  moreDatasets: (more: number) => `And ${more} more: type /parley-admin progress to see all.`,
  buttonFor: (button: string, title: string) => `${button}: ${title}`,
  importing: (file: string, title: string) =>
    `“${file}” is being read into “${title}”. What became of it comes as a private message.`,
  unknownCommand: (word: string, near: string | null) =>
    near
      ? `There is no “${word}”. Did you mean “${near}”?`
      : `There is no “${word}”. This is what you can type:`,
  badOption: (word: string) => `“${word}” is not an option. Write options as key=value.`,
}

const moment = {
  ...({ weekday: 'short', month: 'short', day: 'numeric' } as const),
  ...({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const),
}

export type Words = typeof english

/** The catalogue in a person's language (`de`, `de-AT`, `de_DE`); English where there is no other. */
export function words(locale: string | undefined): Words {
  return /^de(?![a-z])/i.test(locale ?? '') ? german : english
}

/** A skip reason as a person reads it. */
export function sayReason(said: Words, reason: SkipReason): string {
  switch (reason) {
    case 'unclear':
      return said.skipUnclear
    case 'unsafe':
      return said.skipUnsafe
    case 'broken':
      return said.skipBroken
    case 'not_my_field':
      return said.skipNotMyField
    case 'wrong_language':
      return said.skipWrongLanguage
    case 'too_long':
      return said.skipTooLong
    case 'other':
      return said.skipOther
  }
}
