/**
 * What a labeler reads when a verb says no, in each language there is. A refusal is thrown as a
 * function of this catalogue, so that the door that answers the person chooses their language.
 */
import { germanLines } from './german-lines.ts'
import { inGerman } from './german-refusals.ts'
import { labelOf } from './platforms/registry.ts'
import type { Platform } from './platforms/traits.ts'

/** A number with its noun: `1 line`, `2 lines`, `1 person`, `3 people`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`
}

/** A sentence, once it is known who reads it. */
export type Say = (said: Sentences) => string
export type Sentences = typeof english

/** The sentences in a person's language; English where there is no other. */
export function sentences(locale: string | undefined): Sentences {
  return isGerman(locale) ? german : english
}

/** `de`, `de-AT`, `de_DE`. */
export function isGerman(locale: string | undefined): boolean {
  return /^de(?![a-z])/i.test(locale ?? '')
}

const english = {
  /** A sentence of an inner room, which are written in English. */
  refusal: (text: string): string => text,
  /** A problem or warning of a line that is imported, or its remedy. */
  ofLine: (text: string): string => text,

  away: (what: 'database' | Platform) =>
    `${what === 'database' ? 'The database' : labelOf(what)} cannot be reached right now. Try again in a moment.`,

  slackNoToken: 'Slack no longer accepts our token. An admin has to install Parley again.',
  slackNoWriting: 'Slack does not let Parley write to this person or channel.',
  slackChanged: 'The window or message has changed meanwhile. Look at it again.',
  slackTooOld: 'This message can no longer be changed.',

  unreadable: 'The answer is not readable.',
  notAsked: 'This dataset does not ask that.',
  spanOnPage: 'Text is marked on a page. Choose “Open on a page”.',
  spanUnreadable: 'Each marked text has a start, an end and a label.',
  spanOutside: (length: number) =>
    `A marked text lies outside of the text, which has ${length.toLocaleString('en-US')} characters.`,
  spanEmpty: 'A marked text has at least one character.',
  spanLabel: 'Choose one of the labels for each marked text.',
  spanTwice: 'The same text has the same label twice. Remove one.',
  spanOverlaps: 'Two marked texts overlap, which this question does not allow. Shorten one.',
  spansTooMany: (most: number) => `Mark at most ${most.toLocaleString('en-US')} texts.`,
  answerEach: 'Answer this for each output.',
  answerEvery: 'Answer this for every output.',
  noSuchOutput: 'One of the answers is about an output that is not shown.',
  writeText: 'Write some text.',
  holdsNul: 'The text holds a character that cannot be stored (NUL).',
  halfCharacter: 'The text holds half of a character; type it again.',
  tooLong: (most: number, length: number) =>
    `Write at most ${most.toLocaleString('en-US')} characters; this is ${length.toLocaleString('en-US')}.`,
  tooShort: (least: number) => `Write at least ${least} characters.`,
  oneOf: (options: readonly number[]) => `Choose one of ${options.join(', ')}.`,
  oneLabel: 'Choose one of the labels.',
  fromLabels: 'Choose from the labels.',
  noneBesides: (labels: readonly string[]) =>
    `You ticked ${labels.map((one) => `“${one}”`).join(', ')} and “None of these”. Untick one or the other.`,
  rankOutputs: 'Rank the outputs.',
  otherRanking: 'This ranking question has changed.',
  rankOfNothing: 'One of the ranks is about an output that is not shown.',
  wholeRank: 'A rank is a whole number from 1.',
  howMuchBetter: 'How much better is 1 (slightly) or 2 (much).',
  unranked: (letters: readonly string[]) =>
    `Rank every output: ${letters.join(', ')} ${letters.length > 1 ? 'have' : 'has'} no rank.`,
  oneBest: 'Choose the one best output.',
  oneBestOneWorst: 'Choose the one best and the one worst output.',
  noTies: 'Give every output a rank of its own.',
  writtenByYou: 'You have written exactly this before. Write another one.',
  writtenBefore: 'Somebody has written exactly this before. Write another one.',
  missing: {
    text: 'Write an answer.',
    rating: 'Choose a rating.',
    label: 'Choose a label.',
    multi_label: 'Choose at least one label.',
    ranking: 'Rank every output.',
    span: 'Mark the text, or say that there is nothing to mark.',
  },

  postOver: 'Voting on this has closed. Votes stay as they were at the close.',
  postGone: 'This post is gone. Its votes are kept.',
  postElsewhere: 'This post is in another channel. Answer it there.',
  postInChannel: 'Answer this in the channel where it was posted.',
  postRole: 'Votes here are for people with a certain role. Ask an admin if you should have it.',
  postTooYoung: (least: number, wait: number) =>
    `Votes here are for accounts that are at least ${least} ${least === 1 ? 'day' : 'days'} old. Yours will be, in ${wait} ${wait === 1 ? 'day' : 'days'}.`,
  postCapped: (cap: number) =>
    `You have opened ${cap} ${cap === 1 ? 'ballot' : 'ballots'} of this kind within a day, which is as many as count. Come back tomorrow.`,
  taskGone: 'This task is gone. Ask for the next one.',
  notYours: 'This task is somebody else’s. Ask for one of your own.',
  ownText: 'You may not judge this one: the text is your own.',
  closedDraft:
    'This dataset is closed and takes no more answers. What you wrote is kept as a draft.',
  closedStays: 'This dataset is closed; its answers stay as they are.',
  closedSkip: 'This dataset is closed; there is nothing left to skip.',
  answeredSkip: 'You have answered this one. Undo the answer first, then skip it.',
  undoOver: (minutes: number) =>
    `Undo works for ${minutes} minutes. Use Edit to change the answer.`,
  datasetGone: 'This dataset is gone.',
  answerFirst: 'Answer this first; then you can improve one of its texts.',
  notImprovable:
    'This output is not a text, such as a call of a tool, so it cannot be improved here. Improve another one.',
  outOfDate: 'This card is out of date. Type /parley for the current one.',
  noTextTask:
    'You have no open task that asks for a text. Type /parley for one, then use your message again.',
  messageEmpty: 'That message has no text to answer with.',
  textGone: 'This text is not part of the task any more.',
  notOnList: (title: string) =>
    `You are not on the list of “${title}” any more. Ask an admin if that is a mistake.`,
  notInvited: (name: string) => `There is no dataset “${name}” that you are invited to.`,

  feedbackNowhere:
    'No dataset takes messages from you. Ask an admin of Parley to open one to you (docs/feedback.md).',
  feedbackNoText: 'That message has no text to keep. Choose another one.',
  feedbackFormOld: 'This form is too old. Use Send to Parley on the message once more.',

  consentChanged: 'What Parley asks you to agree to has changed. Type /parley to read it again.',
  startAgain: 'Please press Start once more.',
  agreeFirst: 'Please agree first to how Parley stores answers: type /parley.',
  pausedForYou:
    'An admin of Parley paused you here. What you answered is kept. If you think this is a mistake, ask them.',
  membershipUnknown:
    'Parley could not check in time whether you are on the list. Please try again in a moment.',
  adminsOnly: (person: string) =>
    `This command is for admins of Parley. Ask one of them to run it, or to make you an admin with: parley roles grant admin ${person}`,
  exportOver: 'This export has already finished; there is nothing left to cancel.',
  exportManifest: 'How it was made, and what was left out and why.',
  exportFile: (rows: number, sha256: string) =>
    `${rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`}, sha256 ${sha256}`,
  noExportRuns: 'You have no export running.',
  generationOver: 'This generation has already ended; there is nothing left to cancel.',
  noGenerationRuns: 'No generation that you could cancel is under way.',
  importOver: 'This import has already ended; there is nothing left to cancel.',
  noImportRuns: 'You have no import running.',
  importLost: 'Another worker reads this file now, or the import has ended.',
  importBroke: 'Something broke on our side; the log says what.',
  fileForgotten: 'Parley no longer knows where this file is. Upload it again.',
  fileGone: (platform: Platform) =>
    `${labelOf(platform)} no longer provides this file. Upload it again.`,
  adminOnly: 'Only an admin of Parley may do this. Ask one of them.',
  textNeeded: 'Write what the message should say.',
  textTooLong: (most: number) =>
    `This is too long. Write at most ${most.toLocaleString('en-US')} characters.`,
  messagesOff: 'They turned off all messages from Parley, so none is sent to them.',
  nobodyToWrite:
    'Parley has no account for this number: the person was forgotten, or was imported.',
  backClosed: 'The dataset is closed, so nobody could answer again. Reopen it first.',
  backVoteClosed: 'The vote is closed and keeps its result. Exclude the answer instead.',
  backGone: 'This answer was undone or sent back already.',
  foreignForm:
    'This form did not come from a page of Parley that you have open now. Reload the page and send it again.',
  badClaim:
    'This code is not valid: it may be used up, older than an hour, or mistyped. Print a new one with: npx parley roles claim-code',
  tooManyClaims:
    'Five codes were tried within this hour; try again in the next one. npx parley roles claim-code prints the code that is valid now.',

  invitationOver: 'This invitation has expired. Type /parley to go on.',
  arenaNotDealt: (name: string) =>
    `“${name}” is an arena: people ask and vote in a channel, and there is nothing to give out. Open it in a channel: /parley-admin arena ${name}`,
  inviteNotOpen: (name: string, status: 'draft' | 'ready' | 'paused' | 'closed') =>
    `“${name}” is ${status}. Publish it before you invite people.`,
  inviteCount: 'How many each must be a whole number from 1 on, such as 20.',
  inviteDue: 'The due date has passed. Name a later one, such as 2026-12-24.',
  inviteNobody:
    'That names nobody. Name people (slack:T1:U1, discord:123), a group, channel or role (@evals, #ml), or everyone.',
  inviteWhom: (text: string) =>
    `“${text}” is nobody. Write a person (slack:T1:U1, discord:123), a group, channel or role (slack:@evals, discord:@labelers), or everyone.`,
  inviteWhere: (text: string) =>
    `“${text}” could be in any workspace. Write it with its workspace, like slack:T1:U1.`,
  reminderOver: 'This reminder has expired. /parley reminders shows your settings.',
  badZone: (zone: string) =>
    `“${zone}” is not a time zone. Write it like Europe/Berlin or America/New_York.`,
  badTime: (time: string) => `“${time}” is not a time. Write it like 09:30.`,
  noDays: 'Choose at least one day, or turn the digest off.',

  typeInChannel: 'Type this in the channel where it should appear, or name the channel.',

  linkWrong:
    'This code does not work: it may be used up, older than ten minutes, or mistyped. Type /parley link on your other platform for a new one.',
  linkSelf: 'This is the account that asked for the code. Type it on your other account.',
  linkTogether: 'These two accounts are linked already; there is nothing left to do.',
  linkTaken: (platform: Platform) =>
    `One of these two is linked to another account in ${labelOf(platform)} already. Ask an admin of Parley if that is a mistake.`,
  linkTwoWorkspaces:
    'Both accounts are on the same platform and in the same place. A link joins two accounts of one person in different places.',
}

const german: Sentences = {
  refusal: inGerman,
  ofLine: (text) => ofLine(text),

  away: (what) =>
    `${what === 'database' ? 'Die Datenbank' : labelOf(what)} ist gerade nicht zu erreichen. Versuche es gleich noch einmal.`,

  slackNoToken:
    'Slack nimmt unseren Schlüssel nicht mehr an. Wer Parley verwaltet, muss es neu installieren.',
  slackNoWriting: 'Slack lässt Parley dieser Person oder in diesem Kanal nicht schreiben.',
  slackChanged:
    'Das Fenster oder die Nachricht hat sich inzwischen geändert. Sieh noch einmal nach.',
  slackTooOld: 'Diese Nachricht lässt sich nicht mehr ändern.',

  unreadable: 'Diese Antwort ist nicht zu lesen.',
  notAsked: 'Danach fragt dieser Datensatz nicht.',
  spanOnPage: 'Text wird auf einer Seite markiert. Wähle „Auf einer Seite öffnen“.',
  spanUnreadable: 'Jede markierte Stelle hat einen Anfang, ein Ende und eine Bezeichnung.',
  spanOutside: (length) =>
    `Eine markierte Stelle liegt außerhalb des Textes, der ${length.toLocaleString('de-DE')} Zeichen hat.`,
  spanEmpty: 'Eine markierte Stelle hat mindestens ein Zeichen.',
  spanLabel: 'Wähle für jede markierte Stelle eine der Bezeichnungen.',
  spanTwice: 'Dieselbe Stelle hat dieselbe Bezeichnung zweimal. Entferne eine.',
  spanOverlaps:
    'Zwei markierte Stellen überschneiden sich, was diese Frage nicht erlaubt. Kürze eine.',
  spansTooMany: (most) => `Markiere höchstens ${most.toLocaleString('de-DE')} Stellen.`,
  answerEach: 'Beantworte das für jeden Text.',
  answerEvery: 'Beantworte das für alle Texte.',
  noSuchOutput: 'Eine der Antworten betrifft keinen gezeigten Text.',
  writeText: 'Schreibe etwas.',
  holdsNul: 'Der Text enthält ein Zeichen, das sich nicht speichern lässt (NUL).',
  halfCharacter: 'Der Text enthält ein halbes Zeichen; tippe es noch einmal.',
  tooLong: (most, length) =>
    `Schreibe höchstens ${most.toLocaleString('de-DE')} Zeichen; das sind ${length.toLocaleString('de-DE')}.`,
  tooShort: (least) => `Schreibe mindestens ${least} Zeichen.`,
  oneOf: (options) => `Wähle aus ${options.join(', ')}.`,
  oneLabel: 'Wähle eine der Bezeichnungen.',
  fromLabels: 'Wähle aus den Bezeichnungen.',
  noneBesides: (labels) =>
    `Angekreuzt sind ${labels.map((one) => `„${one}“`).join(', ')} und „Nichts davon“. Nimm eines von beidem weg.`,
  rankOutputs: 'Bringe die Texte in eine Rangfolge.',
  otherRanking: 'Diese Frage nach einer Rangfolge hat sich geändert.',
  rankOfNothing: 'Einer der Ränge betrifft keinen gezeigten Text.',
  wholeRank: 'Ein Rang ist eine ganze Zahl ab 1.',
  howMuchBetter: 'Wie viel besser ist 1 (etwas) oder 2 (viel).',
  unranked: (letters) =>
    `Gib jedem Text einen Rang: ${letters.join(', ')} ${letters.length > 1 ? 'haben' : 'hat'} noch keinen.`,
  oneBest: 'Wähle genau einen besten Text.',
  oneBestOneWorst: 'Wähle genau einen besten und einen schlechtesten Text.',
  noTies: 'Gib jedem Text einen eigenen Rang.',
  writtenByYou: 'Genau das hast du schon geschrieben. Schreibe etwas anderes.',
  writtenBefore: 'Genau das hat schon jemand geschrieben. Schreibe etwas anderes.',
  missing: {
    text: 'Schreibe eine Antwort.',
    rating: 'Wähle eine Bewertung.',
    label: 'Wähle eine Bezeichnung.',
    multi_label: 'Wähle mindestens eine Bezeichnung.',
    ranking: 'Gib jedem Text einen Rang.',
    span: 'Markiere den Text, oder sage, dass es nichts zu markieren gibt.',
  },

  postOver: 'Die Abstimmung ist beendet. Die Stimmen bleiben, wie sie waren.',
  postGone: 'Diesen Aufruf gibt es nicht mehr. Die Stimmen bleiben erhalten.',
  postElsewhere: 'Dieser Aufruf steht anderswo. Antworte in dem Kanal, in dem er steht.',
  postInChannel: 'Antworte in dem Kanal, in dem der Aufruf steht.',
  postRole:
    'Hier stimmen nur Leute mit einer bestimmten Rolle ab. Frage einen Admin, wenn sie dir zusteht.',
  postTooYoung: (least, wait) =>
    `Hier zählen Konten, die mindestens ${least} ${least === 1 ? 'Tag' : 'Tage'} alt sind. Deines ist es in ${wait} ${wait === 1 ? 'Tag' : 'Tagen'}.`,
  postCapped: (cap) =>
    `Du hast an einem Tag ${cap} Stimmzettel dieser Art geöffnet, mehr zählen nicht. Komm morgen wieder.`,
  taskGone: 'Diese Aufgabe gibt es nicht mehr. Hole dir die nächste.',
  notYours: 'Diese Aufgabe gehört jemand anderem. Hole dir eine eigene.',
  ownText: 'Über diesen Text darfst du nicht urteilen: er ist von dir.',
  closedDraft:
    'Dieser Datensatz ist geschlossen und nimmt keine Antworten mehr an. Dein Text bleibt als Entwurf.',
  closedStays: 'Dieser Datensatz ist geschlossen; seine Antworten bleiben, wie sie sind.',
  closedSkip: 'Dieser Datensatz ist geschlossen; es gibt nichts mehr zu überspringen.',
  answeredSkip:
    'Das hast du schon beantwortet. Nimm die Antwort zurück, dann kannst du es überspringen.',
  undoOver: (minutes) =>
    `Zurücknehmen geht ${minutes} Minuten lang. Mit „Ändern“ kannst du die Antwort noch ändern.`,
  datasetGone: 'Diesen Datensatz gibt es nicht mehr.',
  answerFirst: 'Beantworte das zuerst; danach kannst du einen der Texte verbessern.',
  notImprovable:
    'Diese Ausgabe ist kein Text, sondern etwa ein Werkzeugaufruf, und lässt sich hier nicht verbessern. Verbessere eine andere.',
  outOfDate: 'Diese Karte ist veraltet. Schreibe /parley für die jetzige.',
  noTextTask:
    'Du hast keine offene Aufgabe, die nach einem Text fragt. Schreibe /parley, um eine zu bekommen, und verwende deine Nachricht dann noch einmal.',
  messageEmpty: 'In dieser Nachricht steht kein Text für eine Antwort.',
  textGone: 'Dieser Text gehört nicht mehr zur Aufgabe.',
  notOnList: (title) =>
    `Du stehst nicht mehr auf der Liste von „${title}“. Frage jemanden, der Parley verwaltet, wenn das ein Irrtum ist.`,
  notInvited: (name) => `Es gibt keinen Datensatz „${name}“, zu dem du eingeladen bist.`,

  feedbackNowhere:
    'Kein Datensatz nimmt Nachrichten von dir an. Bitte jemanden, der Parley verwaltet, einen für dich zu öffnen (docs/feedback.md).',
  feedbackNoText:
    'Diese Nachricht hat keinen Text, der gespeichert werden kann. Wähle eine andere.',
  feedbackFormOld:
    'Dieses Formular ist zu alt. Sende die Nachricht noch einmal über ihr Menü an Parley.',

  consentChanged:
    'Worum Parley dich um Zustimmung bittet, hat sich geändert. Schreibe /parley, um es noch einmal zu lesen.',
  startAgain: 'Drücke bitte noch einmal „Los“.',
  agreeFirst:
    'Stimme bitte zuerst zu, wie Parley mit Antworten umgeht: schreibe dafür nur /parley.',
  pausedForYou:
    'Jemand, der Parley verwaltet, hat dich hier pausiert. Deine Antworten bleiben. Wenn das ein Irrtum ist, frage dort nach.',
  membershipUnknown:
    'Parley konnte nicht rechtzeitig prüfen, ob du auf der Liste stehst. Versuche es bitte gleich noch einmal.',
  adminsOnly: (person) =>
    `Diesen Befehl gibt es nur für die, die Parley verwalten. Bitte jemanden von ihnen darum, oder um diese Rolle: parley roles grant admin ${person}`,
  exportOver: 'Dieser Export ist schon vorbei; es gibt nichts mehr abzubrechen.',
  exportManifest: 'Wie die Datei entstanden ist, und was warum fehlt.',
  exportFile: (rows, sha256) =>
    `${rows === 1 ? '1 Zeile' : `${rows.toLocaleString('de-DE')} Zeilen`}, sha256 ${sha256}`,
  noExportRuns: 'Von dir läuft gerade kein Export.',
  generationOver: 'Diese Generierung ist schon vorbei; es gibt nichts mehr abzubrechen.',
  noGenerationRuns: 'Es läuft keine Generierung, die du abbrechen könntest.',
  importOver: 'Dieser Import ist schon vorbei; es gibt nichts mehr abzubrechen.',
  noImportRuns: 'Von dir läuft gerade kein Import.',
  importLost: 'Ein anderer Prozess liest diese Datei jetzt, oder der Import wurde beendet.',
  importBroke: 'Bei uns ist etwas schiefgegangen; im Protokoll steht, was.',
  fileForgotten: 'Wo diese Datei liegt, ist nicht mehr bekannt. Lade sie noch einmal hoch.',
  fileGone: (platform) =>
    `${labelOf(platform)} stellt diese Datei nicht mehr bereit. Lade sie noch einmal hoch.`,
  adminOnly: 'Das darf nur, wer Parley verwaltet. Bitte jemanden darum.',
  textNeeded: 'Schreibe, was in der Nachricht stehen soll.',
  textTooLong: (most) =>
    `Das ist zu lang. Schreibe höchstens ${most.toLocaleString('de-DE')} Zeichen.`,
  messagesOff: 'Diese Person hat alle Nachrichten von Parley abgestellt und bekommt keine.',
  nobodyToWrite:
    'Zu dieser Nummer kennt Parley kein Konto: Die Person wurde vergessen oder kam mit einem Import.',
  backClosed:
    'Der Datensatz ist geschlossen, niemand könnte neu antworten. Öffne ihn zuerst wieder.',
  backVoteClosed: 'Die Abstimmung ist beendet und behält ihr Ergebnis. Schließe die Antwort aus.',
  backGone: 'Diese Antwort wurde schon zurückgenommen oder zurückgegeben.',
  foreignForm:
    'Dieses Formular kam nicht von einer Seite von Parley, die du gerade offen hast. Lade die Seite neu und schicke es noch einmal ab.',
  badClaim:
    'Dieser Code gilt nicht: er ist verbraucht, älter als eine Stunde oder vertippt. Einen neuen druckt: npx parley roles claim-code',
  tooManyClaims:
    'In dieser Stunde wurden fünf Codes versucht; versuche es in der nächsten wieder. Den gültigen druckt: npx parley roles claim-code',

  invitationOver: 'Diese Einladung gilt nicht mehr. Schreibe /parley, um weiterzumachen.',
  arenaNotDealt: (name) =>
    `„${name}“ ist eine Arena: Gefragt und abgestimmt wird in einem Kanal, auszugeben gibt es nichts. Öffne sie in einem Kanal: /parley-admin arena ${name}`,
  inviteNotOpen: (name, status) =>
    `„${name}“ ist ${{ draft: 'ein Entwurf', ready: 'offen', paused: 'angehalten', closed: 'geschlossen' }[status]}. Veröffentliche ihn, bevor du Leute einlädst.`,
  inviteCount: 'Wie viele je Person muss eine ganze Zahl ab 1 sein, etwa 20.',
  inviteDue: 'Dieses Datum ist schon vorbei. Nenne ein späteres, etwa 2026-12-24.',
  inviteNobody:
    'Damit ist niemand gemeint. Nenne Leute (slack:T1:U1, discord:123), eine Gruppe, einen Kanal oder eine Rolle (@evals, #ml), oder everyone.',
  inviteWhom: (text) =>
    `„${text}“ ist niemand. Schreibe eine Person (slack:T1:U1, discord:123), eine Gruppe, einen Kanal oder eine Rolle (slack:@evals, discord:@labelers), oder everyone.`,
  inviteWhere: (text) =>
    `„${text}“ könnte in jedem Workspace sein. Schreibe ihn dazu, wie slack:T1:U1.`,
  reminderOver: 'Diese Erinnerung gilt nicht mehr. /parley reminders zeigt deine Einstellungen.',
  badZone: (zone) =>
    `„${zone}“ ist keine Zeitzone. Schreibe sie wie Europe/Berlin oder America/New_York.`,
  badTime: (time) => `„${time}“ ist keine Uhrzeit. Schreibe sie wie 09:30.`,
  noDays: 'Wähle mindestens einen Tag, oder schalte die Übersicht ab.',

  typeInChannel: 'Schreibe das in dem Kanal, in dem es stehen soll, oder nenne den Kanal.',

  linkWrong:
    'Dieser Code gilt nicht: er ist verbraucht, älter als zehn Minuten oder vertippt. Schreibe /parley link auf deiner anderen Plattform, um einen neuen zu bekommen.',
  linkSelf: 'Von diesem Konto kam der Code. Schreibe ihn auf deinem anderen Konto.',
  linkTogether: 'Diese beiden Konten gehören dir schon zusammen; es ist nichts mehr zu tun.',
  linkTaken: (platform) =>
    `Eines der beiden ist schon mit einem anderen Konto in ${labelOf(platform)} verbunden. Frage jemanden, der Parley verwaltet, wenn das ein Irrtum ist.`,
  linkTwoWorkspaces:
    'Beide Konten sind auf derselben Plattform am selben Ort. Verbunden werden zwei Konten eines Menschen an verschiedenen Orten.',
}

/** What is wrong with an answer, also as it is said of a known answer or a suggestion in a file. */
const ofLine = germanLines(
  [
    ...([
      'unreadable',
      'notAsked',
      'spanOnPage',
      'answerEach',
      'answerEvery',
      'noSuchOutput',
    ] as const),
    ...(['spanUnreadable', 'spanEmpty', 'spanLabel', 'spanTwice', 'spanOverlaps'] as const),
    ...([
      'writeText',
      'holdsNul',
      'halfCharacter',
      'oneLabel',
      'fromLabels',
      'rankOutputs',
    ] as const),
    ...(['otherRanking', 'rankOfNothing', 'wholeRank', 'howMuchBetter'] as const),
    ...(['oneBest', 'oneBestOneWorst', 'noTies'] as const),
  ].map((name) => [english[name], german[name]] as const),
)
