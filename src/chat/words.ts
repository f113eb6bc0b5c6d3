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
