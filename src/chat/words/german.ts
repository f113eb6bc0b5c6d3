/** The catalogue in German. Its type asks for every key that English has. */

import { labelOf, labelsBut } from '../../platforms/registry.ts'
import { counted, sentences } from '../../sentences.ts'
import { formatDay, formatMoment } from '../text.ts'
import type { Words } from './english.ts'
import { isOnlyHere, listed } from './listed.ts'

export const german: Words = {
  language: 'de',
  answer: 'Antworten',
  writePrompt: 'Prompt schreiben',
  writeAnother: 'Noch einen schreiben',
  answerMore: 'Ausführlich antworten',
  skip: 'Überspringen',
  openOnPage: 'Auf einer Seite öffnen',
  answeredOnPage:
    'Diese Aufgabe wird auf einer Seite beantwortet: Sie zeigt oder fragt etwas, das eine Nachricht im Chat nicht kann.',
  skipBecause: 'Überspringen, weil …',
  guidelines: 'Leitfaden',
  undo: 'Rückgängig',
  edit: 'Ändern',
  improve: (letter) => `${letter} verbessern`,
  suggests: (what) => `Ein Modell schlägt vor: ${what}`,
  suggestedSame: (what) => `Ein Modell schlug dasselbe vor: ${what}`,
  suggestedOther: (what) => `Ein Modell schlug etwas anderes vor: ${what}`,
  adopt: 'So ändern',
  improveAnother: 'Einen anderen verbessern',
  improveOne: 'Einen davon verbessern',
  improveWhich: 'Welchen möchtest du verbessern?',
  improveTitle: (letter) => `${letter}, wie es sein sollte`,
  improveHint: 'Ändere, was falsch ist, und lass den Rest stehen.',
  improveTooLong:
    'Dieser Text ist zu lang, um hier zu stehen. Lies ihn oben, und gib ihn im Ganzen so zurück, wie er sein sollte.',
  improveSame: 'Es wurde nichts geändert, also gibt es nichts zu speichern.',
  saidImproved: (letters) => `${listed(letters)} verbessert`,
  next: 'Weiter',
  start: 'Los',
  submit: 'Absenden',
  save: 'Speichern',
  close: 'Schließen',
  back: 'Zurück',
  previousPage: 'Vorige Seite',
  nextPage: 'Nächste Seite',
  skipUnclear: 'Es ist unklar',
  skipUnsafe: 'Es ist bedenklich',
  skipBroken: 'Es ist fehlerhaft',
  skipNotMyField: 'Es ist nicht mein Gebiet',
  skipWrongLanguage: 'Ich lese diese Sprache nicht gut',
  skipTooLong: 'Es ist zu lang',
  skipOther: 'Ein anderer Grund …',
  skipWhyTitle: 'Überspringen',
  skipWhy: 'Warum lässt sich das nicht beantworten?',
  cancel: 'Abbrechen',

  appName: 'Parley',
  allDone: 'Alles erledigt',
  thanks: 'Danke. Du kannst dieses Fenster schließen.',
  choose: 'Woran möchtest du arbeiten?',
  nothingToChoose: 'Im Moment gibt es nichts zu tun.',
  noHistory: 'Du hast noch nichts beantwortet. Schreibe /parley, um anzufangen.',
  recent: 'Deine letzten Antworten',
  taskWaits: 'Deine Aufgabe wartet in deinen Nachrichten mit Parley.',
  fileWaits: 'Die Datei liegt in deinen Nachrichten mit Parley.',
  openMessages: 'Öffnen',
  stillWorking: 'Das dauert etwas länger als sonst. Deine Antwort erscheint gleich hier.',
  submitAgain: 'Das hat zu lange gedauert. Drücke noch einmal Absenden: dein Text ist noch da.',
  pressAgain:
    'Das hat zu lange gedauert, und Slack hat das Fenster nicht geöffnet. Drücke den Knopf noch einmal.',
  lostInput:
    'Slack hat einen Teil deiner Auswahl verloren. Prüfe bitte das Formular und sende es noch einmal ab.',
  notYourQuestion: 'Nur eine Nachricht von dir kann deine Frage sein.',
  notYourMessage: 'Nur eine Nachricht von dir selbst kann deine Antwort sein.',
  oldButton: 'Dieser Knopf gehört zu einer älteren Nachricht. Schreibe /parley, um weiterzumachen.',
  broken:
    'Bei uns ist etwas schiefgegangen. Nichts Gespeichertes ist verloren; versuche es bitte noch einmal.',
  tooManyControls:
    'Hier gibt es mehr Fragen, als in ein Formular von Slack passen. Bitte überspringe es.',
  nothingToAnswer: 'Hier gibt es nichts zu beantworten. Bitte überspringe es.',
  answerTooLong:
    'Deine frühere Antwort ist zu lang, um hier zu stehen. Sie bleibt gespeichert, bis du eine neue absendest.',
  empty: '(leer)',
  noOutputs: 'Es gibt nichts zu vergleichen.',

  homeTitle: 'Dein Parley',
  homeWaiting: 'Was auf dich wartet',
  homeHelp: 'Was du schreiben kannst',
  homeAdmin: 'Datensätze, die du verwaltest',
  homeNoDatasets:
    'Es gibt noch keinen Datensatz. Lege im Terminal einen an: npx parley dataset create FILE.',
  resume: 'Fortsetzen',
  exportFile: 'Exportieren',
  importFile: 'Importieren',
  preview: 'Vorschau',
  publish: 'Veröffentlichen',
  pause: 'Anhalten',
  status: { draft: 'Entwurf', ready: 'Offen', paused: 'Angehalten', closed: 'Geschlossen' },
  exportFormat: 'Format',
  exportOption: {
    from: 'Woraus Paare werden',
    pairs: 'Welche Paare einer Rangfolge',
    labelers: 'Wessen Rangfolge',
    average: 'Was für mehrere Bewertungen steht',
    min_gap: 'Wie viele Punkte besser, etwa 1',
    reference: 'Die Textfrage neben dem Paar',
    shape: 'Wie Prompts geschrieben werden',
    choice: 'Welche von mehreren Antworttexten',
    edits: 'Verbesserte Texte',
    ranks: 'Wie viele Ausgaben eine Zeile hat',
    margin: 'Wie ein Abstand gemessen wird',
    fast: 'Antworten, die schneller kamen, als man lesen kann',
    turns: 'Chats, die strenge Vorlagen ablehnen',
    rows: 'Wofür die Zeilen sind',
    keep: 'Nur Einträge wie mean(clarity) >= 4',
    since: 'Antworten ab diesem Tag, etwa 2026-03-01',
    until: 'Antworten bis zum Ende dieses Tages',
    labeler: 'Antworten dieser Person, unter ihrem Pseudonym',
  },
  exportUsual: (value) => `Standard: ${value}`,
  exportNothing: 'Standard: nichts davon',
  exportChoose: 'Wähle, wofür die Datei ist. Danach kommen die Optionen dieses Formats.',
  exportNoOptions: (format) => `${format} hat keine Optionen.`,
  exportMore: (names, command) => `Hier nicht gezeigt: ${listed(names)}. Dafür schreibe ${command}`,
  fileToImport: 'Eine Datei: .jsonl, .json, .csv oder .parquet, höchstens 10 MB',
  fileHint:
    'Ein Eintrag pro Zeile. Unlesbare Zeilen werden dir genannt; die anderen werden importiert.',
  fileMissing: 'Wähle eine Datei.',
  fileTooLarge:
    'Diese Datei ist größer als 10 MB. Teile sie, oder nimm npx parley import in einem Terminal.',
  fileWrongKind:
    'Dieses Dateiformat kann Parley nicht lesen. Wähle eine Datei, deren Name auf .jsonl, .json, .csv oder .parquet endet.',
  fileUnread: 'Slack hat die Datei nicht bereitgestellt. Bitte wähle sie noch einmal aus.',
  importScope: (how) =>
    `Um hier Dateien anzunehmen, braucht Parley die Berechtigung files:read. ${how} Bis dahin geht es mit npx parley import in einem Terminal.`,
  groupScope: (group, scopes, how) =>
    `Damit ${group} Zugang bekommt, braucht Parley die Berechtigung ${scopes}. ${how}`,
  groupHidden:
    'Parley kann nicht mehr sehen, wer in einer Gruppe ist, die hier Zugang hat. Bitte jemanden, der Parley verwaltet, es noch einmal zu installieren.',
  allowByLink: (url) => `Erlaube es hier und versuche es dann noch einmal: ${url}`,
  allowInSettings:
    'Füge sie in den Einstellungen der App (https://api.slack.com/apps) unter „OAuth & Permissions“ hinzu, drücke „Reinstall to Workspace“ und versuche es dann noch einmal.',

  goOn: 'Weiter',
  stepKept: 'Als Entwurf gespeichert. Geh weiter, um den Rest zu beantworten.',
  pickedKept: 'Als Entwurf gespeichert. Sende es ab, wenn alles beantwortet ist.',
  tapKept: 'Als Entwurf gespeichert. Bringe jetzt die Texte in eine Rangfolge.',
  readMenu: 'Ganz lesen…',
  moreMenu: 'Ganz lesen, oder überspringen, weil…',
  asFile: 'Als Datei',
  showRaw: 'Rohtext zeigen',
  showFormatted: 'Formatiert zeigen',
  orFile: 'Oder eine Textdatei (.md, .txt)',
  orFileHint: 'Statt zu tippen: höchstens 100.000 Zeichen.',
  fileAndText:
    'Du hast oben eine Antwort getippt und hier eine Datei gewählt. Behalte eins von beiden: Leere das Feld oder entferne die Datei.',
  fileNotText:
    'Diese Datei ist kein einfacher Text. Nimm eine, deren Name auf .md oder .txt endet.',
  fileTooLong: 'Diese Datei ist länger, als eine Antwort sein darf (100.000 Zeichen).',
  fileNotRead: 'Die Datei ließ sich nicht lesen. Bitte wähle sie noch einmal aus.',
  typedKept: 'Was du getippt hast, ist als Entwurf gespeichert.',
  tooMuchHere: 'Hier gibt es mehr Fragen, als Discord zeigen kann. Bitte überspringe es.',
  pressOnceMore:
    'Das hat zu lange gedauert, um ein Formular zu öffnen. Drücke den Knopf noch einmal.',
  editMenu: 'Eine Antwort ändern…',
  guidelinesMenu: 'Den Leitfaden lesen von…',
  manageMenu: 'Einen Datensatz verwalten…',
  statistics: 'Statistik',
  onlyIfItApplies: 'Beantworte das nur, wenn es zutrifft.',
  onlyIfBothBad: 'Beantworte das nur, wenn keiner der Texte annehmbar ist.',
  chooseOne: 'Wähle eines',
  chooseSome: 'Wähle beliebig viele',
  typeToSearch: 'Tippe, um zu suchen',
  noAnswer: 'Keine Antwort',
  noneOfThese: 'Nichts davon',
  legend: 'Was die Antworten bedeuten',
  rankPlaceholder: 'Sein Rang',
  equal: 'Gleich gut',
  bothBad: 'Beide schlecht',
  bestOne: 'Am besten',
  worstOne: 'Am schlechtesten',
  unacceptable: 'Keiner ist annehmbar',
  allUnacceptable: 'Ja, keiner davon',
  rankOrNone: 'Ordne alle, oder kreuze unten an, dass keiner annehmbar ist.',
  typeOrFile: 'Schreibe hier, oder wähle unten eine Datei.',
  tapBest: 'Tippe auf den besten Text.',
  tapNext: 'Tippe jetzt auf den besten der übrigen.',
  tapSame: (letter) => `Tippe jetzt auf den, der so gut ist wie ${letter}.`,
  tapWorst: 'Tippe jetzt auf den schlechtesten.',
  tapDone: 'Das ist deine Rangfolge. Behalte sie, oder ändere sie.',
  tapSameAs: (letter) => `= So gut wie ${letter}`,
  tapNotSame: '= Doch nicht gleich',
  tapRest: 'Die übrigen sind gleich',
  tapAllEqual: 'Alle gleich',
  tapSoFar: (order) => `Bisher: ${order}`,
  tapLetters: 'Zum Unterscheiden:',
  tapBack: 'Tipp zurücknehmen',
  tapNone: 'Keiner ist annehmbar',
  tapKeep: 'Behalten',
  howMuch: 'Wie viel besser?',
  slightly: 'Etwas',
  much: 'Viel',
  user: 'Mensch',
  assistant: 'Assistent',
  system: 'System',
  resultOf: (name) => (name === null ? 'Ergebnis eines Werkzeugs' : `Ergebnis von ${name}`),
  calls: 'Ruft auf:',
  reasoning: 'Überlegung',
  refuses: 'Lehnt ab:',
  image: 'Bild',
  attachment: (type) => `Anhang: ${type}`,

  consentTitle: 'Willkommen bei Parley',
  consentWhat:
    'Parley bittet Menschen um kurze Urteile über Texte. Damit werden Sprachmodelle trainiert und geprüft.',
  consentWork: 'Woran du arbeiten kannst',
  consentMore: (more) => `und ${more} mehr`,
  consentStoredTitle: 'Was gespeichert wird:',
  consentStored: (platform) =>
    `Deine ${labelOf(platform)}-Kennung, dein Name und Bild dort, deine Spracheinstellung, was du antwortest und wann. Deine Nachrichten liest Parley nie, außer einer, die du selbst als Antwort verwendest.`,
  consentUseTitle: 'Wofür:',
  consentUse:
    'Um Sprachmodelle zu trainieren und zu bewerten. Deinen Namen und dein Bild sehen Admins; in Exporten steht stattdessen ein Pseudonym.',
  consentDeleteTitle: 'Wie du es löschst:',
  consentDelete:
    'Schreibe /parley my-data oder frage jemanden, der Parley verwaltet. Du kannst jederzeit aufhören.',
  consentPress: (first) =>
    first
      ? 'Mit „Los“ stimmst du zu und bekommst deine erste Aufgabe. Mit „Ablehnen“ wird nichts gespeichert.'
      : 'Mit „Los“ stimmst du zu und wählst, woran du arbeiten möchtest. Mit „Ablehnen“ wird nichts gespeichert.',
  decline: 'Ablehnen',
  declined:
    'Du hast abgelehnt; über dich wurde nichts gespeichert. Wenn du es dir anders überlegst, schreibe /parley.',
  linkCode: (typed, here) =>
    `Schreibe in ${labelsBut(here, 'oder')} innerhalb von zehn Minuten ${typed.join(' oder ')}. Parley behandelt dann beide Konten als eine Person: Beide Kennungen werden zusammen gespeichert, und du bekommst keinen Eintrag zweimal.`,
  linked: (other) =>
    `Deine Konten sind verbunden. Deine Arbeit hier und in ${labelOf(other)} zählt jetzt als die einer Person; hast du einen Eintrag zweimal beantwortet, zählt die erste Antwort.`,
  signInLink: (address) =>
    `Mit diesem Link meldest du dich an, einmal und innerhalb von fünf Minuten. Gib ihn nicht weiter.${isOnlyHere(address) ? ` Er öffnet sich nur auf dem Rechner, auf dem Parley läuft, weil PUBLIC_URL ${address} ist.` : ''}`,
  openDashboard: 'Übersicht öffnen',
  openWork: 'Meine Aufgaben öffnen',
  nothingOfYou: 'Hier ist nichts über dich gespeichert.',
  yourData:
    'Alles, was Parley über dich speichert. Die erste Zeile ist dein Konto; jede weitere ist eine Antwort.',
  myDataTitle: 'Deine Daten',
  myDataAnswers: (answers) =>
    `${counted(answers, 'Antwort', 'Antworten')} (auch übersprungene), deine Kennung, deine Sprache und deine Einstellungen.`,
  myDataPolicy: {
    kept: 'Löschen entfernt dein Konto und alles, was du nicht abgesendet hast. Deine Antworten bleiben, unter einem Pseudonym, das zu niemandem führt.',
    deleted: 'Löschen entfernt dein Konto und alle deine Antworten.',
    both: 'Löschen entfernt dein Konto und alles, was du nicht abgesendet hast. Deine Antworten werden ebenfalls gelöscht, wenn der Datensatz das vorsieht; die anderen bleiben, unter einem Pseudonym, das zu niemandem führt.',
  },
  myDataSure: 'Das lässt sich nicht zurücknehmen.',
  exportMyData: 'Kopie holen',
  deleteMyData: 'Löschen…',
  deleteForGood: 'Endgültig löschen',
  youAreForgotten: (policy) =>
    policy === 'kept'
      ? 'Erledigt: Parley kennt dich nicht mehr. Deine Antworten bleiben ohne deinen Namen, auch in Dateien, die vorher exportiert wurden; wer Parley verwaltet, erfährt, in welchen. Danke dafür.'
      : 'Erledigt: Parley kennt dich nicht mehr. In Dateien, die vorher exportiert wurden, können deine Antworten noch stehen; wer Parley verwaltet, erfährt, in welchen.',
  exportsHoldDeleted: (answers, list) =>
    answers > 0
      ? `Jemand ist gegangen und hat ${counted(answers, 'Antwort', 'Antworten')} gelöscht. Diese früheren Exporte können sie noch enthalten: ${list}. Exportiere neu und lösche die alten Dateien überall, wo sie liegen.`
      : `Jemand ist gegangen; die Antworten bleiben, unter einem Pseudonym, das zu niemandem führt. Auch diese früheren Exporte enthalten sie: ${list}.`,

  later: 'Später',
  inAnHour: 'In einer Stunde',
  thisAfternoon: 'Heute Nachmittag',
  tomorrow: 'Morgen',
  notToday: 'Heute nicht',
  turnOff: 'Abschalten',
  turnOn: 'Einschalten',
  allOff: 'Alles abschalten',
  on: 'an',
  off: 'aus',
  remindersTitle: 'Deine Erinnerungen',
  remindersHow:
    'Höchstens eine Übersicht am Tag und ein Anstoß am Tag, nie in deinen Ruhezeiten, nie öffentlich. Nach drei Tagen ohne Antwort ist Parley still, bis du wiederkommst.',
  remindersResting: 'Die Erinnerungen ruhen, weil du drei Tage lang nicht reagiert hast.',
  remindersLost:
    'Beim letzten Mal konnte Parley dir nicht schreiben. Erlaube ihm Direktnachrichten, ändere dann hier irgendeine Einstellung, und es versucht es wieder.',
  reminderKind: {
    new_work: 'Neue Arbeit',
    nudge: 'Ein Anstoß, wenn etwas liegen bleibt',
    deadline: 'Eine Erinnerung vor einer Frist',
    digest: 'Die tägliche Übersicht',
    results: 'Ergebnisse, wenn ein Datensatz schließt',
  },
  zone: 'Deine Zeitzone',
  zoneUnknown: 'Deine Zeitzone ist noch nicht bekannt. Wähle sie, um Erinnerungen zu bekommen.',
  zoneQuestion:
    'Wenn du magst, wähle deine Zeitzone, damit Erinnerungen, die du einschaltest, zu deiner Ortszeit kommen. Ändern kannst du sie mit /parley reminders.',
  digestAt: 'Uhrzeit der Übersicht',
  days: 'Tage',
  quietHours: 'Ruhezeit',
  quietFrom: 'Ruhe ab',
  quietUntil: 'Ruhe bis',
  quietRange: (from, until) => `${from} bis ${until} Uhr`,
  quietNone: 'keine',
  noQuiet: 'Keine Ruhezeit',
  savedHours: (quiet, days, zone) =>
    `Gespeichert. Ruhezeit: ${quiet}. Tage: ${days}. Zeitzone: ${zone}.`,
  zoneMissing: 'noch unbekannt',
  weekdays: ['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So'],
  invitationOver: 'Diese Einladung gilt nicht mehr. Schreibe /parley, um zu sehen, was offen ist.',
  invitationNothing:
    'Dort ist nichts mehr zu tun. Danke! Schreibe /parley, um zu sehen, was es sonst gibt.',
  invitationDone: 'Du hast alles davon erledigt. Danke! Schreibe /parley, wenn du mehr möchtest.',
  reminderOfNobody:
    'Parley kennt dich nicht (mehr) und schickt dir keine Erinnerungen. Schreibe /parley, um mitzumachen.',
  reminderNotNeeded: (title) =>
    `In „${title}“ ist für dich nichts mehr offen, darum kommt keine Erinnerung. Schreibe /parley, um zu sehen, was es sonst gibt.`,
  digestText: 'Guten Morgen. Das wartet auf dich:',
  lastReminder:
    'Du scheinst beschäftigt: Nach dieser Nachricht ist Parley still, bis du zurückkommst oder eine beantwortest.',
  newWorkText: (title) => `In „${title}“ gibt es neue Arbeit.`,
  nudgeText: (title, done, goal) =>
    `Du hast ${done} von ${goal} in „${title}“ erledigt. Mach weiter, wann es dir passt.`,
  deadlineText: (title, left, due) =>
    `„${title}“: noch ${counted(left, 'Aufgabe', 'Aufgaben')}, fällig ${due}.`,
  resultsText: (title, answers, labelers) =>
    `„${title}“ ist geschlossen: ${counted(answers, 'Antwort', 'Antworten')} von ${counted(labelers, 'Person', 'Personen')}. Danke für deine!`,
  invitationTitle: (title) => `Du bist eingeladen: „${title}“`,
  invitationCount: (count) => counted(count, 'Aufgabe', 'Aufgaben'),
  invitationDue: (due) => `fällig ${due}`,
  remindedAt: (when) => `Gut: wieder ${when}.`,
  remindedTomorrow: 'Gut: heute nichts mehr.',
  turnedOff: (kind) => `Abgeschaltet: ${kind}. /parley reminders schaltet es wieder ein.`,
  moment: (at, zone) => formatMoment('de', at, zone),
  day: (day) => formatDay('de', day),
  batchDone: (goal) =>
    `Das waren deine ${goal}. Danke! Mit „Weiter“ geht es weiter, wenn du möchtest.`,
  reach: (name, people) =>
    people === null
      ? `${name}: Wie viele Personen das sind, ist nicht bekannt.`
      : `${name}: ${counted(people, 'Person', 'Personen')}.`,
  reachNobody:
    'Darin kommt keine Gruppe, kein Kanal und keine Rolle vor, deren Mitglieder sich zählen lassen.',
  reachOnly: 'Niemand wurde eingeladen: Lass die Zählung weg, um einzuladen.',
  delivered: (invited, already) =>
    `${invited} ${invited === 1 ? 'Person ist' : 'Personen sind'} eingeladen${already > 0 ? `, ${already} hatten schon eine Einladung` : ''}.`,
  deliverRefused: (names) =>
    `Nicht auf der Zugangsliste, darum nicht eingeladen: ${names}. Nimm sie in access: auf und veröffentliche den Datensatz noch einmal.`,
  deliverUnknown: (names) =>
    `Hier nicht gefunden: ${names}. Prüfe die ID, und ob Parley in demselben Workspace oder Server ist.`,
  deliverPartly: (names, hub) =>
    `Die Mitglieder von ${names} lassen sich nicht auflisten; berücksichtigt wurden alle, die schon mitmachen. Die anderen erreichst du mit ${hub}.`,
  deliverUnsure: (names, again) =>
    `Parley weiß nicht, ob es angekommen ist: ${names}. Derselbe Befehl mit ${again} schickt es noch einmal.`,
  badDue: (text) => `„${text}“ ist kein Datum. Schreibe es wie 2026-12-24 oder 2026-12-24T17:00.`,
  channelDigestOn: (title) =>
    `Dieser Kanal bekommt an jedem Arbeitstag um 09:30 einen Bericht über „${title}“.`,
  channelDigestOff: (title) => `Hier kommt kein täglicher Bericht über „${title}“ mehr.`,
  channelDigestWhere: 'Schreibe das in dem Kanal, der es bekommen soll.',
  channelDigestTitle: (title) => `„${title}“ heute`,
  channelDigestStuck: 'Was feststeckt',
  agreementOn: (title, found) => `Übereinstimmung bei „${title}“: ${found}`,
  agreementUnknown: (title, why) =>
    `Die Übereinstimmung bei „${title}“ ist noch nicht bekannt. ${why}`,
  stuckPaused: 'Der Datensatz ist angehalten.',
  stuckPeople: (wanted, labelers) =>
    `Jeder Eintrag braucht ${wanted} ${wanted === 1 ? 'Antwort' : 'Antworten'}, und bisher ${labelers === 1 ? 'antwortet 1 Person' : `antworten ${labelers} Personen`}. Lade mehr ein.`,
  stuckIdle: (pending) =>
    `${pending} Einträge warten, und seit einem Tag hat niemand geantwortet. /parley-admin deliver lädt ein.`,
  stuckOutputs: (records) =>
    `${records === 1 ? '1 Eintrag wartet' : `${records} Einträge warten`} auf einen zweiten Text: importiere ihn noch einmal, mit einem mehr.`,
  stuckRejected: (records, dataset) =>
    `${records === 1 ? '1 Eintrag wurde' : `${records} Einträge wurden`} von den Antwortenden abgelehnt. Welche, zeigt im Terminal npx parley records list ${dataset} --status rejected.`,

  brokeRef: (ref) =>
    `Bei uns ist etwas schiefgegangen (Nummer ${ref}). Was du vorher gespeichert hast, ist noch da; versuche es bitte noch einmal.`,
  savedAs: (answer) => `Gespeichert: ${answer}`,
  savedOn: (saved, about) => `${saved} · „${about}“`,
  sayWhy: 'Warum?',
  sayMore: 'Mehr dazu sagen',
  restoredAs: (answer) => `Deine frühere Antwort gilt wieder: ${answer}`,
  skippedAs: (reason) => `Übersprungen: ${reason}`,
  skippedFor: {
    unclear: 'unklar',
    unsafe: 'bedenklich',
    broken: 'fehlerhaft',
    not_my_field: 'nicht mein Gebiet',
    wrong_language: 'fremde Sprache',
    too_long: 'zu lang',
    other: 'ohne Grund',
  },
  yourMessage: 'Das ist deine Nachricht. Prüfe sie und sende sie dann als deine Antwort ab.',
  nearlyYours: (text) =>
    `Fast dasselbe wie etwas, das du schon geschrieben hast: „${text}“. Nimm es zurück oder bearbeite es, falls das keine Absicht war.`,
  takenBack: 'Zurückgenommen. Deine Antwort bleibt als Entwurf.',
  yoursToAnswer: 'Das wartet auf deine Antwort.',
  noGuidelines: 'Zu diesem Datensatz gibt es keinen Leitfaden.',
  sentBack: (title, note) =>
    `Deine Antwort in *${title}* kam zu dir zurück: Sieh sie dir bitte noch einmal an.${note === '' ? '' : `\n> ${note.replaceAll('\n', '\n> ')}`}\n/parley next öffnet sie.`,
  isPreview:
    'Das ist eine Vorschau: Sie sieht aus und funktioniert wie eine echte Karte, speichert aber nichts.',
  sampleField: (title: string) =>
    `Hier steht „${title}“ aus jedem Eintrag. Importiere Einträge, um deine eigenen zu sehen.`,
  sampleOutput: (number: number) => `Hier steht Ausgabe ${number} eines Modells.`,
  previewAbove:
    'Vorschau: So sieht es, wer antwortet. Was du hier drückst, wird nicht gespeichert.',
  notConnected: (platform) =>
    `${platform} ist hier nicht verbunden, dorthin kann nichts geschickt werden. npx parley config zeigt, was fehlt.`,
  notThere: (person) =>
    `Parley erreicht ${person} nicht. Prüfe die ID; auf Discord muss die Person auf einem Server mit Parley sein.`,
  notReached: (person, why) =>
    `Parley kann ${person} nicht schreiben (${why}). Prüfe die ID und ob die Person Nachrichten von Parley annimmt.`,
  perhapsReached: (person) =>
    `Parley weiß nicht, ob es bei ${person} angekommen ist. Sieh dort nach, bevor du es noch einmal schickst.`,
  previewSent: 'Die Vorschau liegt in deinen Nachrichten mit Parley, nur für dich.',
  nothingToPreview: (name, from) => {
    const none = `In „${name}“ gibt es noch nichts zu zeigen.`
    if (from === 'arena') return `${none} Die Einträge sind, was Leute im Kanal fragen.`
    if (from.length === 0) return `${none} Füge mit parley import etwas hinzu.`
    return `${none} Die Einträge kommen aus ${from.join(', ')}, sobald dort Antworten angenommen sind.`
  },
  recordRejected: (record, title, command) =>
    `Der Eintrag ${record} von „${title}“ wurde abgelehnt: Genug Menschen fanden ihn unklar, bedenklich oder fehlerhaft. So holst du ihn zurück: ${command}`,
  webhookGone: (id: string, host: string) =>
    `Der Webhook ${id} (${host}) ist abgeschaltet: Sein Server hat mit 410 geantwortet, er will keine Ereignisse mehr. War das ein Versehen, hilft im Terminal npx parley webhooks enable ${id}; was inzwischen geschah, wird dann gesendet.`,
  webhookFailing: (id: string, host: string) =>
    `Der Webhook ${id} (${host}) ist abgeschaltet: Einen Tag lang ist jeder Versuch gescheitert. Warum, zeigt im Terminal npx parley webhooks deliveries ${id}. Sobald sein Server wieder antwortet, hilft npx parley webhooks enable ${id}; was inzwischen geschah, wird dann gesendet.`,
  workspaceLost: (workspace, reason) =>
    `Parley erreicht ${workspace} nicht mehr (${reason}). Die Antworten von dort bleiben, was dort offen war, geht an andere. Installiere Parley dort noch einmal, um weiterzumachen.`,
  personLost: (name, reason) =>
    `Parley kann ${name} nicht mehr schreiben (${reason}). Die Antworten bleiben; was noch offen war, geht an andere.`,
  theChannel: (channel) => `dem Kanal ${channel}`,
  statusNow: (title, status) =>
    `„${title}“ ist jetzt ${{ draft: 'ein Entwurf', paused: 'angehalten', closed: 'geschlossen' }[status]}. Danke!`,
  pausedNow: (title) =>
    `„${title}“ ist gerade angehalten. Nichts ist verloren; versuche es später noch einmal.`,
  closedNow: (title) =>
    `„${title}“ ist geschlossen und nimmt keine Antworten mehr an. Danke für deine.`,
  notYourDataset: (name) =>
    `Es gibt keinen Datensatz „${name}“, zu dem du eingeladen bist. /parley datasets zeigt deine.`,
  pausedByAdmin: (title, reason) =>
    `Jemand, der Parley verwaltet, hat dich${title === null ? '' : ` in „${title}“`} pausiert: Neue Aufgaben bekommst du${title === null ? '' : ' dort'} vorerst nicht. Deine Antworten bleiben, und eine offene Aufgabe kannst du noch beenden.${reason === null ? '' : ` Die Begründung: „${reason}“`} Wenn das ein Irrtum ist, frage dort nach.`,
  resumedByAdmin: (title) =>
    title === null
      ? 'Es geht weiter: Deine Pause ist beendet. /parley bringt die nächste Aufgabe.'
      : `In „${title}“ geht es weiter: Deine Pause ist beendet. /parley bringt die nächste Aufgabe.`,
  pausedForYou: (title) =>
    `Jemand, der Parley verwaltet, hat dich in „${title}“ pausiert. Deine Antworten bleiben. Wenn das ein Irrtum ist, frage dort nach.`,
  quotaReached: (title) =>
    `In „${title}“ hast du so viele Antworten gegeben, wie von einer Person gewünscht sind. Danke!`,
  adminWrites: (text) => `Jemand, der Parley verwaltet, schreibt dir:\n${text}`,
  nothingPaused: 'Nichts wartet auf dich: die Arbeit ist gerade angehalten. Versuche es später.',
  nothingWaits:
    'Nichts wartet auf dich. Wer Parley verwaltet, veröffentlicht einen Datensatz und lädt dazu ein.',
  allDoneHome: 'Alles erledigt. Danke! Im Moment wartet sonst nichts auf dich.',
  allDoneHere: 'Hier ist alles erledigt. Danke! Im Moment wartet sonst nichts auf dich.',
  allDoneMore: (title) => `Hier ist alles erledigt. Danke! In „${title}“ gibt es mehr.`,
  skippedLast: (title) =>
    `In „${title}“ ist gerade kein anderer Prompt gesucht. Gib /parley ein, um diesen doch zu schreiben.`,
  startOther: (title) => `Beginnen: ${title}`,
  answersIn: (title, answers, skipped, records) =>
    `${title}: ${answers} ${answers === 1 ? 'Antwort' : 'Antworten'}, ${skipped} übersprungen, von ${records} ${records === 1 ? 'Aufgabe' : 'Aufgaben'}`,
  helpHabits:
    'Überspringe, was du nicht beurteilen kannst; „Rückgängig“ geht zehn Minuten lang, „Ändern“, bis der Datensatz schließt.',
  helpFormats: (formats) =>
    `Formate: ${formats.join(', ')}. Alles andere gibt es im Terminal: npx parley --help`,

  muchBetter: (letter) => `${letter} ist viel besser`,
  slightlyBetter: (letter) => `${letter} ist etwas besser`,
  saidBothBad: 'beide schlecht',
  saidUnacceptable: 'keiner annehmbar',
  saidBest: (letters) => `${letters} am besten`,
  saidWorst: (letters) => `${letters} am schlechtesten`,
  saidSpans: (count, labels) =>
    count === 0
      ? 'nichts zu markieren'
      : `${count} markierte ${count === 1 ? 'Stelle' : 'Stellen'}: ${labels.join(', ')}`,
  saidNone: 'nichts davon',

  nowAdmin: 'Du verwaltest Parley jetzt. Schreibe /parley-admin help.',
  noDatasetYet:
    'Es gibt noch keinen Datensatz. Lege im Terminal einen an: npx parley dataset create FILE',
  isReady: (name, deliver, hub) =>
    `„${name}“ ist offen. Wer Zugang hat, bekommt Aufgaben mit /parley. Einladen kannst du mit ${deliver} oder mit einer Startnachricht: ${hub}.`,
  isReadyArena: (name) => `„${name}“ ist offen.`,
  isPaused: (name) => `„${name}“ ist angehalten. Offene Karten lassen sich noch beantworten.`,
  exportStarted: (name, format) =>
    `Der Export von „${name}“ als ${format} hat begonnen. Die Datei kommt als private Nachricht.`,
  exportRuns: (name, as, rows) =>
    rows === 0
      ? `„${name}“ wird als ${as} exportiert …`
      : `„${name}“ wird als ${as} exportiert: bisher ${zeilen(rows)} …`,
  exportDone: (name, as, rows, left) =>
    `„${name}“ als ${as}: ${rows === 0 ? 'es gibt noch nichts zu exportieren' : zeilen(rows)}.${left > 0 ? ` ${left} ausgelassen; das Manifest sagt, warum.` : ''}`,
  exportFailed: (name, as) => `Der Export von „${name}“ als ${as} ist gescheitert.`,
  exportCancelled: (name, as) =>
    `Der Export von „${name}“ als ${as} wurde abgebrochen. Nichts davon bleibt.`,
  exportCancel: 'Abbrechen',
  generationStarted: (name, models) =>
    `Die Generierung für „${name}“ mit ${models} hat begonnen. Den Fortschritt zeigt eine private Nachricht.`,
  generationFollowed: (name, models) =>
    `Für „${name}“ läuft schon eine Generierung mit ${models}. Du siehst jetzt ihren Fortschritt; starte deine, wenn sie beendet ist.`,
  generationRuns: (name, models, added, wanted) =>
    wanted > 0
      ? `${models} schreibt für „${name}“: ${added.toLocaleString('de-DE')} von höchstens ${countOutputs(wanted)} …`
      : `${models} schreibt für „${name}“ …`,
  generationBy: (person) => `Begonnen von ${person}.`,
  generationDone: (name) => `Die Generierung für „${name}“ ist fertig.`,
  generationStopped: (name) => `Die Generierung für „${name}“ hat vorzeitig aufgehört.`,
  generationFailed: (name) => `Die Generierung für „${name}“ ist gescheitert.`,
  generationCancelled: (name) =>
    `Die Generierung für „${name}“ wurde abgebrochen. Was geschrieben ist, bleibt; für den Rest beginne sie noch einmal.`,
  generationAdded: (count) => `${countOutputs(count)} aufgenommen.`,
  generationCut: (count) =>
    `${countOutputs(count)} bei max_tokens abgeschnitten. Mit einem größeren Wert werden neue vollständig; mit keep_cut werden sie aufgenommen, als abgeschnitten gekennzeichnet.`,
  generationRefused: (count) => `${countOutputs(count)} vom Modell verweigert und beiseitegelegt.`,
  generationEmpty: (count) => `${countOutputs(count)} ohne Text, beiseitegelegt.`,
  generationLeftOut: {
    answered: (count) =>
      `${countOutputs(count)} nicht aufgenommen: Der Eintrag ist schon beantwortet und behält seine Ausgaben.`,
    leased: (count) =>
      `${countOutputs(count)} nicht aufgenommen: Jemand hat den Eintrag offen oder stimmt darüber ab. Beginne später noch einmal.`,
    full: (count) => `${countOutputs(count)} nicht aufgenommen: Der Eintrag hat schon 50.`,
    gone: (count) =>
      `${countOutputs(count)} nicht aufgenommen: Der Eintrag wurde inzwischen geändert oder gelöscht. Beginne für seinen neuen Text noch einmal.`,
    no_prompt: (count) =>
      `${countOutputs(count)} nicht geschrieben: Der Eintrag hat keinen Prompt.`,
    failed: (count) => `${countOutputs(count)} nicht geschrieben: Die Anfrage ist gescheitert.`,
  },
  generationBrokenOff: (count) =>
    `Bis zu ${count === 1 ? '1 Anfrage wurde' : `${count.toLocaleString('de-DE')} Anfragen wurden`} durch einen Absturz oder Abbruch unterbrochen, noch einmal gestellt und vielleicht doppelt berechnet.`,
  generationSpent: (input, output, cost) =>
    `${input.toLocaleString('de-DE')} Token gelesen, ${output.toLocaleString('de-DE')} geschrieben${cost > 0 ? `; Kosten: ${cost.toLocaleString('de-DE', { maximumFractionDigits: 4 })}` : ''}.`,
  outputCutOff: '[abgeschnitten: das Modell hat seine Höchstlänge erreicht]',
  exportLinked: (megabytes, until) =>
    `${megabytes} MB, zu groß für eine Nachricht; der Link gilt bis ${until} UTC. Wer ihn hat, kann die Datei holen.`,
  notAllowedHere:
    'Parley ist für diesen Workspace nicht freigegeben. Bitte die Leute, die es betreiben, ihn in PARLEY_INSTALL_ALLOW aufzunehmen.',

  progressOf: (name, status) =>
    `${name} (${{ draft: 'Entwurf', ready: 'offen', paused: 'angehalten', closed: 'geschlossen' }[status]})`,
  progressRecords: (completed, records, wanted) =>
    `${completed} von ${records} Einträgen fertig, je ${wanted} ${wanted === 1 ? 'Antwort' : 'Antworten'}`,
  progressAnswers: (one) =>
    [
      one.submitted === 0
        ? 'Noch keine Antwort'
        : `${counted(one.submitted, 'Antwort', 'Antworten')} von ${counted(one.labelers, 'Person', 'Personen')}`,
      ...(one.surplus > 0
        ? [`${one.counted} gezählt, ${one.surplus} überzählig, zur Probe oder ausgeschlossen`]
        : []),
      ...(one.discarded > 0 ? [`${one.discarded} übersprungen`] : []),
    ].join('; '),
  progressTable: 'Fortschritt aller Datensätze',
  progressColumns: {
    dataset: 'Datensatz',
    completed: 'Fertig',
    records: 'Einträge',
    answers: 'Antworten',
    labelers: 'Beteiligte',
  },
  progressHours: (hours) =>
    hours < 1
      ? `höchstens noch etwa ${counted(Math.max(1, Math.round(hours * 60)), 'Minute', 'Minuten')} Arbeit`
      : `höchstens noch etwa ${counted(Math.round(hours), 'Stunde', 'Stunden')} Arbeit`,
  progressRejected: (records) =>
    `${records} ${records === 1 ? 'Eintrag' : 'Einträge'} haben die Antwortenden abgelehnt`,
  progressFeeds: ({ to, pending, needsOutputs }) =>
    [
      `Speist „${to}“; dort ${pending === 1 ? 'wartet 1 Eintrag' : `warten ${pending} Einträge`} auf Antworten`,
      ...(needsOutputs > 0
        ? [needsOutputs === 1 ? '1 Eintrag auf Texte' : `${needsOutputs} Einträge auf Texte`]
        : []),
    ].join(' und '),
  progressOutputs: (records) =>
    records === 1 ? '1 Eintrag wartet auf Texte' : `${records} Einträge warten auf Texte`,

  importRuns: (file, title, _, lines) =>
    lines === 0
      ? `„${file}“ wird in „${title}“ eingelesen …`
      : `„${file}“ wird in „${title}“ eingelesen: bisher ${zeilen(lines)} …`,
  importStopped: (file, dataset) =>
    `Der Import von „${file}“ in „${dataset}“ wurde abgebrochen. Was schon importiert war, bleibt.`,
  importFailed: (file, dataset) => `„${file}“ ließ sich nicht in „${dataset}“ importieren.`,
  importUndo: (id) => `So nimmst du es zurück: npx parley import undo ${id}`,
  // A line of a text and a row of a table are the same word.
  importedLines: (file, dataset, _, lines, parts) =>
    `„${file}“ nach „${dataset}“: ${lines} ${lines === 1 ? 'Zeile' : 'Zeilen'} gelesen: ${parts}.`,
  importedParts: {
    created: (count) => `${count} neu`,
    updated: (count, what) => `${count} geändert (${what})`,
    unchanged: (count) => `${count} unverändert`,
    repeated: (count) => `${count} wiederholt`,
    refused: (count) => `${count} abgelehnt`,
  },
  importedWhat: {
    fields: 'Felder',
    outputs: 'Texte',
    metadata: 'Metadaten',
    suggestions: 'Vorschläge',
    gold: 'bekannte Antworten',
    priority: 'Vorrang',
  },
  importedLine: (_, line, path) => (path ? `Zeile ${line}, ${path}` : `Zeile ${line}`),
  importedRest: (_, rest) =>
    `${rest === 1 ? 'Noch 1 Zeile wurde' : `Noch ${rest} Zeilen wurden`} abgelehnt. Behebe erst diese und importiere die Datei dann noch einmal.`,
  importedWarnings: (count) => `${count} ${count === 1 ? 'Warnung' : 'Warnungen'}:`,
  importedWarningsRest: (rest) =>
    `Und ${rest} ${rest === 1 ? 'weitere Warnung' : 'weitere Warnungen'}.`,

  statsTitle: (dataset) => `Statistik zu „${dataset}“`,
  statsNothing: 'Noch zählt keine Antwort.',
  statsCounts: (answers, records, labelers) =>
    `${answers} ${answers === 1 ? 'Antwort' : 'Antworten'} zu ${records} ${records === 1 ? 'Eintrag' : 'Einträgen'} von ${labelers} ${labelers === 1 ? 'Person' : 'Personen'}`,
  statsAll: (dataset) => `Alles, auch nach Personen: npx parley stats ${dataset}`,
  statsHow:
    'Wie man es liest: Die Übereinstimmung ist 0, wenn man sich nur so oft einig ist wie durch Zufall, und 1, wenn man sich immer einig ist. Bei Vorlieben von Menschen ist 0,3 bis 0,5 üblich; liegt sie darunter, sieh dir den Leitfaden und die strittigen Einträge an, bevor du jemandem die Schuld gibst. Enthält ihr Bereich die 0, ist sie vom Zufall noch nicht zu unterscheiden. Stärken sind logarithmierte Chancen: Ein Punkt mehr heißt, dass ein Modell 2,7-mal so oft gewählt wird.',
  statsLeftOut: (parts) => `Nicht dabei: ${parts}`,
  statsReason: {
    draft: 'nicht abgesendet',
    discarded: 'übersprungen',
    gold: 'zu bekannten Einträgen',
    repeat: 'zu wiederholten Einträgen',
    same_person: 'zweite Antworten eines Menschen',
    not_blind: 'nachdem die Modelle genannt waren',
    excluded: 'ausgeschlossen',
    surplus: 'überzählig',
  },
  statsTexts: 'Gefragt wird nur nach Texten, die nicht verglichen werden.',
  statsNumber: (value) => value.toFixed(2).replace('.', ','),
  statsPercent: (percent) => `${percent} %`,
  statsRange: (value, low, high) => `${value} (${low} bis ${high})`,
  statsFrom: (value, low) => `${value} (mindestens ${low})`,
  statsUpTo: (value, high) => `${value} (höchstens ${high})`,
  statsTooFew: 'zu wenig, um darauf zu bauen',
  statsSpread: (low, high) => `${low} bis ${high}`,
  statsMetric: {
    'alpha (nominal)': 'Alpha (nominal)',
    'alpha (characters)': 'Alpha (je Zeichen)',
    'alpha (ordinal)': 'Alpha (ordinal)',
    'alpha (MASI)': 'Alpha (MASI)',
    'kappa over pairs of outputs': 'Kappa über Paare von Texten',
  },
  statsAgreement: (value, metric, raw) => `Übereinstimmung ${value}, ${metric}; roh ${raw}`,
  statsOverlap: (records, least) =>
    `Zu wenig gemeinsam: ${records} der ${least} Einträge, die Übereinstimmung braucht, haben zwei Antworten.`,
  statsChance: 'Vom Zufall ist das noch nicht zu unterscheiden.',
  statsBand: {
    below: 'Weniger, als bei Vorlieben üblich ist (0,3 bis 0,5).',
    within: 'So viel, wie bei Vorlieben üblich ist (0,3 bis 0,5).',
    above: 'Mehr, als bei Vorlieben üblich ist (0,3 bis 0,5).',
  },
  statsWhy: (reason) => whyNoNumber[reason] ?? reason,
  statsModels: 'Modelle nach Rang und Stärke:',
  statsFewModels: 'Modelle nach Rang und Stärke (zu wenig, um darauf zu bauen):',
  statsRatings: 'Mittlere Bewertungen:',
  statsColumns: { model: 'Modell', rank: 'Rang', strength: 'Stärke', rating: 'Mittelwert' },
  statsLikely: (labels) => `Wahrscheinlich wahr: ${labels}`,
  statsPosition: (share, even) =>
    `Der zuerst gezeigte Text wurde in ${share} der Fälle gewählt; ausgewogen wären ${even}.`,
  statsSway: (difference, shown, heldOut) =>
    `Übereinstimmung mit Vorschlägen: ${shown}, wo sie zu sehen waren, ${heldOut}, wo sie fehlten; Unterschied ${difference}.`,
  statsSwayed: 'Sie beeinflussen die Leute.',
  statsGold: (share, of) => `Bekannte Antworten: ${share} von ${of} wurden getroffen`,
  statsDisputed: (records) => `Am strittigsten: ${records}`,
  statsLabelers: 'Wer antwortet',
  statsOthers: (share) => `Jede Person ist sich mit der Mehrheit der anderen zu ${share} einig.`,
  statsSelves: (share) => `Wiederholte Einträge bekamen zu ${share} dieselbe Antwort.`,
  statsKnown: (share) => `Bekannte Antworten wurden zu ${share} getroffen.`,
  statsFast: (count, of) =>
    `${count} von ${of} Antworten kamen schneller, als sich der Text lesen lässt.`,

  done: (submitted, assigned) =>
    assigned === null ? `${submitted} erledigt` : `${submitted} von ${assigned} erledigt`,
  minutesHere: (minutes) =>
    minutes < 1 ? 'unter 1 Minute für diese' : `etwa ${Math.round(minutes)} min für diese`,
  minutes: (minutes) => (minutes < 1 ? 'unter 1 Minute' : `etwa ${Math.round(minutes)} min`),
  left: (left) => `noch ${left}`,
  output: (letter) => `Text ${letter}`,
  thumbsUp: (text) => `${text} (Daumen hoch)`,
  thumbsDown: (text) => `${text} (Daumen runter)`,
  better: (letter) => `${letter} ist besser`,
  rankOf: (letter) => `Rang von ${letter}`,
  rank: (rank, outputs) =>
    rank === 1 ? '1 (am besten)' : rank === outputs ? `${rank} (am schlechtesten)` : String(rank),
  about: (title, letter) => `${title} (${letter})`,
  partOf: (part, parts) => `Teil ${part} von ${parts}`,
  pageOf: (page, pages) => `Seite ${page} von ${pages}`,
  readAll: (title) => `${title} ganz lesen`,
  read: (title) => `${title} lesen`,
  cutInForm: 'Hier gekürzt. Schließe dieses Formular, um alles auf der Karte zu lesen.',
  continued: (title) => `${title}, Fortsetzung`,
  chosenOn: (title, chosen) => `${title}: ${chosen}`,
  typeNext: (title, command) => `${title}: schreibe ${command}`,
  moreChoices: (names) =>
    `Und ${names.length} mehr: ${listed(names)}. Schreibe /parley next NAME mit einem dieser Namen.`,
  resumeTask: (title) => `Du hast eine offene Aufgabe in „${title}“.`,
  minutesEach: (minutes) =>
    minutes < 1 ? 'je unter 1 Minute' : `je etwa ${Math.round(minutes)} min`,
  guidelinesVersion: (version) => (version > 1 ? `Leitfaden (Fassung ${version})` : 'Leitfaden'),
  moreDatasets: (more) => `Und ${more} mehr: /parley-admin progress zeigt alle.`,
  buttonFor: (button, title) => `${button}: ${title}`,
  importing: (file, title) =>
    `„${file}“ wird in „${title}“ eingelesen. Das Ergebnis bekommst du als private Nachricht.`,
  arenaAsk: 'Zwei Modelle fragen',
  arenaPrompt: 'Deine Frage',
  arenaSend: 'Fragen',
  arenaAgree: 'Einverstanden, fragen',
  arenaConsent: (models) =>
    `Deine Frage geht an zwei dieser Modelle: ${models}. Sie steht in diesem Kanal. Die Frage, beide Antworten und alle Stimmen werden für Training und Auswertung aufbewahrt. Schreib nichts Vertrauliches und nichts über andere Menschen. /parley unask löscht sie.`,
  arenaAsked: (id) =>
    `Frage ${id} ist gespeichert. Zwei Modelle antworten; beide Antworten kommen zusammen, unter der Frage. Zum Löschen tippe hier /parley unask ${id}.`,
  arenaQuestion: (id, text) => `Frage ${id} an zwei Modelle:\n${text}`,
  arenaWaiting: 'Beide Antworten kommen zusammen, unter dieser Nachricht.',
  arenaBelow: 'Die Antworten stehen darunter. Stimmen sind geheim.',
  arenaTurn: (id) => `Frage ${id}`,
  arenaVotes: (votes) =>
    votes === 0
      ? 'Noch keine Stimmen.'
      : votes === 1
        ? '1 geheime Stimme.'
        : `${votes} geheime Stimmen.`,
  arenaNames: (names) => `Jetzt darf man es wissen: ${names}.`,
  arenaWrote: (letter, model) => `${letter} ist ${model}`,
  arenaGoOn: (letter) => `Weiter mit ${letter}`,
  arenaDeletedHere: 'Wer diese Frage gestellt hat, hat sie gelöscht.',
  arenaDeleted: (count) =>
    `${count === 1 ? 'Die Frage ist' : `${count} Fragen dieses Gesprächs sind`} gelöscht, samt Antworten und Stimmen. Frühere Exporte können sie noch enthalten.`,
  arenaFailed:
    'Ein Modell hat nicht geantwortet, darum zählt dieses Duell nicht. Frag noch einmal.',
  arenaModelFailed: (dataset, battle, problem) =>
    `In der Arena „${dataset}“ hat ein Modell nicht geantwortet (Frage ${battle}). ${problem}`,
  arenaNamed: (a, b) =>
    `Eine Antwort verrät ihr Modell, darum kann niemand blind abstimmen und dieses Duell zählt nicht. A war ${a}, B war ${b}. Frag noch einmal.`,
  arenaOpened: (dataset) => `Die Arena „${dataset}“ ist hier offen: Gefragt wird mit /parley ask.`,
  arenaIsOpen: 'Sie ist dort schon offen.',
  arenaClosed: (dataset) =>
    `Die Arena „${dataset}“ ist hier geschlossen. Abgestimmt wird noch, bis jedes Duell endet.`,
  arenaIsClosed: 'Sie ist dort nicht offen.',
  feedbackSend: 'An Parley senden',
  feedbackVerdict: 'Ist die Antwort gut?',
  feedbackUp: 'Gut',
  feedbackDown: 'Schlecht',
  feedbackAsked: 'Was gefragt wurde',
  feedbackWhy: 'Warum?',
  feedbackInto: 'Datensatz',
  feedbackNote:
    'Die Nachricht, dein Urteil und was du hier schreibst werden für Training und Auswertung gespeichert. /parley my-data zeigt und löscht sie.',
  feedbackNoteNew:
    'Die Nachricht, dein Urteil und was du hier schreibst werden für Training und Auswertung gespeichert. Dein Name nicht: Bis du zustimmst mitzumachen, kennt dich Parley nur unter einem Pseudonym. /parley my-data zeigt und löscht, was gespeichert ist.',
  feedbackKept: (title: string) => `Danke. Dein Urteil ist in „${title}“ gespeichert.`,
  rankIt: 'Abstimmen',
  myProgress: 'Mein Stand',
  postClosed: 'Die Abstimmung ist beendet.',
  postWithdrawnHere: 'Dieser Aufruf wurde zurückgenommen. Abgegebene Stimmen bleiben erhalten.',
  postNoVotes: 'Niemand hat abgestimmt.',
  postPrivate: (least) =>
    `Weniger als ${least} haben eine Rangfolge abgegeben, darum bleibt das Ergebnis privat.`,
  postFewVotes: 'Es sind zu wenige Stimmen, um zu sagen, wie einig man sich ist.',
  postOutputs: (outputs) => `${outputs} Antworten zum Vergleichen, ganz für dich.`,
  postVotes: (votes) =>
    votes === 0 ? 'Noch keine Stimme.' : votes === 1 ? '1 Stimme.' : `${votes} Stimmen.`,
  postCloses: (when) => `Endet ${when}.`,
  postResult: (votes) =>
    votes === 1 ? 'Das Ergebnis einer Stimme' : `Das Ergebnis von ${votes} Stimmen`,
  postPlace: (rank, share) =>
    share === null ? `${rank}.` : `${rank}. Für ${Math.round(share * 100)} % die beste.`,
  postModel: (model) => `Geschrieben von ${model}.`,
  postAgreement: (percent, alpha) =>
    `Zwei, die dieselben Antworten verglichen, waren sich in ${percent} % der Fälle einig${alpha === null ? '' : ` (Alpha ${alpha})`}.`,
  postSure: (percent, low, high) =>
    `Auf den ersten Platz entfallen ${percent} % der ersten Wahl, einigermaßen sicher zwischen ${low} und ${high} %.`,
  ballotUntil: (when) => `Du kannst deine Stimme bis ${when} ändern.`,
  ballotPrivate: (when) =>
    `Das siehst nur du. Deine Stimme ist geheim, und du kannst sie bis ${when} ändern.`,
  posting: (posts) =>
    posts === 1
      ? 'Der Aufruf ist unterwegs. Wenn er endet, steht an seiner Stelle das Ergebnis.'
      : `${posts} Aufrufe sind unterwegs. Wenn sie enden, stehen an ihrer Stelle die Ergebnisse.`,
  postWithdrawn: (post, channel, why) =>
    `Die Nachricht von Aufruf ${post} im Kanal ${channel} ist weg (${why}); der Aufruf wurde zurückgenommen. Abgegebene Stimmen bleiben erhalten.`,
  messageGone: (channel, why) =>
    `Eine Nachricht von Parley im Kanal ${channel} ist weg (${why}) und wird nicht mehr aktualisiert.`,
  postNotSent: (post, channel, why) =>
    `Aufruf ${post} konnte nicht in den Kanal ${channel} gestellt werden (${why}) und wurde zurückgenommen. Füge Parley dem Kanal hinzu und versuche es noch einmal.`,
  postUnsure: (post, channel) =>
    `Parley weiß nicht, ob Aufruf ${post} im Kanal ${channel} angekommen ist. Sieh nach: Steht er dort, kann abgestimmt werden; wenn nicht, starte einen neuen, sobald dieser beendet ist.`,
  hubComing: 'Die Startnachricht ist unterwegs.',
  hubThere: 'In diesem Kanal steht schon eine Startnachricht dazu, oder sie ist unterwegs.',
  directIsNoChannel:
    'Dieses Gespräch sieht nur eine Person. Nimm dafür einen Kanal, den auch andere sehen.',
  noTextChannel: (name) =>
    `#${name} ist kein Textkanal, dort kann nichts veröffentlicht werden. Nenne einen Textkanal.`,
  threadIsOver: (name) =>
    `Der Thread „${name}“ ist archiviert oder gesperrt. Öffne ihn wieder oder nenne einen Kanal.`,
  channelUnseen: (name) =>
    `Parley sieht keinen Kanal ${name}. Prüfe den Namen und ob Parley den Kanal sehen darf.`,
  mayNotPost: (name) =>
    `Parley darf in #${name} nicht schreiben. Erlaube dort „Nachrichten senden“ oder nenne einen anderen Kanal.`,
  noServer: (name) =>
    name === ''
      ? 'Parley ist noch auf keinem Discord-Server. Füge es zuerst einem hinzu.'
      : `Parley ist auf keinem Server „${name}“. Prüfe den Namen.`,
  severalChannels: (name, all) =>
    `${name} kann jeder dieser Kanäle sein: ${all.join(', ')}. Schreibe die ID des richtigen.`,
  noWorkspace: (workspace) =>
    `Parley ist im Workspace ${workspace} nicht installiert. Prüfe die ID oder lass sie weg.`,
  hubProgress: (completed, records, answers) =>
    `${completed} von ${records} fertig, mit ${answers} ${answers === 1 ? 'Antwort' : 'Antworten'}.`,
  hubInvites: 'Drücke „Los“ für eine Aufgabe. Deine Antworten sind privat.',
  hubClosed: 'Hier gibt es gerade nichts zu tun.',
  refusal: (text) => sentences('de').refusal(text),
  ofLine: (text) => sentences('de').ofLine(text),
  unknownCommand: (word, near) =>
    near
      ? `„${word}“ gibt es nicht. Meintest du „${near}“?`
      : `„${word}“ gibt es nicht. Das kannst du schreiben:`,
  writeItLike: 'Schreibe es so',
  badOption: (word) => `„${word}“ ist keine Option.`,
}

function zeilen(rows: number): string {
  return rows === 1 ? '1 Zeile' : `${rows.toLocaleString('de-DE')} Zeilen`
}

/** By the sentence that the statistics themselves give as their reason. */
const whyNoNumber: Readonly<Record<string, string>> = {
  'Not enough overlap: nothing has two answers yet.':
    'Zu wenig gemeinsam: noch hat nichts zwei Antworten.',
  'Not enough overlap: no two rankings share a pair of outputs.':
    'Zu wenig gemeinsam: keine zwei Rangfolgen haben ein Paar von Texten gemeinsam.',
  'All answers are the same, so agreement by chance cannot be told apart.':
    'Alle Antworten sind gleich, darum ist Übereinstimmung vom Zufall nicht zu unterscheiden.',
  'There are more than 4096 different answers; use fewer labels or values.':
    'Es gibt mehr als 4096 verschiedene Antworten; nimm weniger Bezeichnungen oder Werte.',
  'Every pair was judged a tie.': 'Jedes Paar gilt als gleich gut.',
  'The answers are too large to compare.': 'Die Zahlen sind zu groß zum Vergleichen.',
  'Nobody has answered yet.': 'Noch hat niemand geantwortet.',
  'Every comparison is a tie.': 'Jeder Vergleich ist unentschieden.',
  'Strength needs outputs of two models that were compared.':
    'Für Stärken braucht es Texte von zwei Modellen, die verglichen wurden.',
  'Some models were never compared, not even through others: show their outputs together.':
    'Manche Modelle wurden nie verglichen, auch nicht über andere: zeige ihre Texte zusammen.',
  'There is only one possible answer.': 'Es gibt nur eine mögliche Antwort.',
  'No answer came with the time it took.': 'Zu keiner Antwort ist bekannt, wie lange sie dauerte.',
  'The strengths have no finite maximum: collect more comparisons.':
    'Die Stärken haben kein endliches Maximum: sammle mehr Vergleiche.',
}

function countOutputs(count: number): string {
  return count === 1 ? '1 Ausgabe' : `${count.toLocaleString('de-DE')} Ausgaben`
}
