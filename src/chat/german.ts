/** The catalogue in German. Its type asks for every key that English has. */
import type { Words } from './words.ts'

export const german: Words = {
  answer: 'Antworten',
  answerMore: 'Ausführlich antworten',
  skip: 'Überspringen',
  skipBecause: 'Überspringen, weil …',
  guidelines: 'Leitfaden',
  undo: 'Rückgängig',
  edit: 'Ändern',
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
  skipOther: 'Ein anderer Grund',

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
    'Slack hat einen Teil deiner Auswahl verloren. Sieh das Formular bitte durch und sende es noch einmal.',
  notYourMessage: 'Nur eine Nachricht von dir selbst kann deine Antwort sein.',
  oldButton: 'Dieser Knopf gehört zu einer älteren Nachricht. Schreibe /parley, um weiterzumachen.',
  broken:
    'Bei uns ist etwas schiefgegangen. Nichts Gespeichertes ist verloren; versuche es bitte noch einmal.',
  tooManyControls:
    'Hier ist mehr zu beantworten, als in ein Fenster von Slack passt. Bitte überspringe es.',
  nothingToAnswer: 'Hier gibt es nichts zu beantworten. Bitte überspringe es.',
  answerTooLong:
    'Deine frühere Antwort ist zu lang, um hier zu stehen. Sie bleibt gespeichert, bis du eine neue absendest.',
  empty: '(leer)',
  noOutputs: 'Es gibt nichts zu vergleichen.',

  homeTitle: 'Dein Parley',
  homeWaiting: 'Was auf dich wartet',
  homeHelp: 'Was du schreiben kannst',
  homeAdmin: 'Datensätze, um die du dich kümmerst',
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
    pairs: 'Welche Paare einer Rangfolge',
    labelers: 'Wessen Rangfolge',
    shape: 'Wie Prompts geschrieben werden',
  },
  exportUsual: 'Das Übliche',
  fileToImport: 'Eine Datei mit JSON-Zeilen (.jsonl), höchstens 10 MB',
  fileHint:
    'Ein Eintrag in jeder Zeile. Unlesbare Zeilen werden einzeln abgelehnt und dir genannt; die anderen bleiben.',
  fileMissing: 'Wähle eine Datei.',
  fileTooLarge:
    'Diese Datei ist größer als 10 MB. Teile sie, oder nimm npx parley import in einem Terminal.',
  fileWrongKind: 'Das ist keine Datei mit JSON-Zeilen. Wähle eine, deren Name auf .jsonl endet.',
  fileUnread: 'Slack hat die Datei nicht herausgegeben. Bitte wähle sie noch einmal.',
  importScope:
    'Um hier Dateien anzunehmen, braucht Parley die Berechtigung files:read. Füge sie in den Einstellungen der App unter „OAuth & Permissions“ hinzu, installiere die App noch einmal und komm zurück. Bis dahin: npx parley import in einem Terminal.',

  goOn: 'Weiter',
  stepKept: 'Das ist als Entwurf gesichert. Geh weiter, um den Rest zu beantworten.',
  pickedKept: 'Das ist als Entwurf gesichert. Sende es ab, wenn alles beantwortet ist.',
  tapKept: 'Das ist als Entwurf gesichert. Bringe jetzt die Texte in eine Rangfolge.',
  readMenu: 'Ganz lesen…',
  moreMenu: 'Ganz lesen, oder überspringen, weil…',
  asFile: 'Als Datei',
  orFile: 'Oder eine Textdatei (.md, .txt)',
  orFileHint: 'Eine Datei ersetzt, was oben getippt ist.',
  fileNotText:
    'Diese Datei ist kein einfacher Text. Nimm eine, deren Name auf .md oder .txt endet.',
  fileTooLong: 'Diese Datei ist länger, als eine Antwort sein darf (100.000 Zeichen).',
  fileNotRead: 'Die Datei ließ sich nicht lesen. Bitte gib sie noch einmal.',
  typedKept: 'Was du getippt hast, ist als Entwurf gesichert.',
  tooMuchHere: 'Hier ist mehr zu beantworten, als Discord zeigen kann. Bitte überspringe es.',
  pressOnceMore:
    'Das hat zu lange gedauert, um ein Formular zu öffnen. Drücke den Knopf noch einmal.',
  editMenu: 'Eine Antwort ändern…',
  guidelinesMenu: 'Den Leitfaden lesen von…',
  manageMenu: 'Um einen Datensatz kümmern…',
  statistics: 'Statistik',
  consentStoredDiscord:
    'Was gespeichert wird: deine Discord-Kennung, deine Spracheinstellung, was du antwortest und wann. Deine Nachrichten werden nie gelesen, außer einer, die du selbst als Antwort verwendest.',

  onlyIfItApplies: 'Beantworte das nur, wenn es zutrifft.',
  onlyIfBothBad: 'Beantworte das nur, wenn nichts davon annehmbar ist.',
  chooseOne: 'Wähle eines',
  chooseSome: 'Wähle beliebig viele',
  noAnswer: 'Keine Antwort',
  noneOfThese: 'Nichts davon',
  rankPlaceholder: 'Sein Rang',
  equal: 'Gleich gut',
  bothBad: 'Beide schlecht',
  bestOne: 'Am besten',
  worstOne: 'Am schlechtesten',
  unacceptable: 'Nichts davon ist annehmbar',
  allUnacceptable: 'Alle',
  tapBest: 'Tippe auf den besten Text.',
  tapNext: 'Tippe jetzt auf den besten der übrigen.',
  tapSame: (letter) => `Tippe jetzt auf den, der so gut ist wie ${letter}.`,
  tapWorst: 'Tippe jetzt auf den schlechtesten.',
  tapDone: 'Das ist deine Rangfolge. Behalte sie, oder ändere sie.',
  tapSameAs: (letter) => `= So gut wie ${letter}`,
  tapNotSame: '= Doch nicht gleich',
  tapRest: 'Die übrigen sind gleich',
  tapBack: 'Tipp zurücknehmen',
  tapNone: 'Keiner ist annehmbar',
  tapKeep: 'Behalten',
  howMuch: 'Wie viel besser?',
  slightly: 'Etwas',
  much: 'Viel',
  user: 'Mensch',
  assistant: 'Assistent',
  system: 'System',

  consentTitle: 'Willkommen bei Parley',
  consentWhat:
    'Parley bittet dich um kurze Urteile über Texte; damit werden Sprachmodelle trainiert und geprüft.',
  consentStored:
    'Was gespeichert wird: deine Slack-Kennung, deine Spracheinstellung, was du antwortest und wann. Deine Nachrichten werden nie gelesen, außer einer, die du selbst als Antwort verwendest.',
  consentUse:
    'Wofür: um Sprachmodelle zu trainieren und zu bewerten. In Exporten steht statt deines Namens ein Pseudonym.',
  consentDelete:
    'Wie du es löschst: schreibe /parley my-data, oder frage jemanden, der Parley verwaltet. Du kannst jederzeit aufhören.',
  consentPress: 'Drücke Los, um zuzustimmen und deine erste Aufgabe zu bekommen.',
  myData:
    'Wer Parley verwaltet, kann dir eine Kopie deiner Antworten geben oder deine Identität löschen: bitte um „parley labelers forget“. /parley history zeigt deine letzten Antworten.',
  badExport:
    'Schreibe es so: /parley-admin export DATASET FORMAT, zum Beispiel /parley-admin export prefs preference.',
  needsDataset: 'Nenne den Datensatz, zum Beispiel /parley-admin publish prefs.',
  needsCode:
    'Schreibe den Code, den Parley beim Start ausgegeben hat: /parley-admin claim ABCD-1234-EFGH.',

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
    'Höchstens eine Übersicht am Tag und ein Anstoß am Tag, nie in deinen Ruhezeiten, nie öffentlich. Nach dreien, die zu nichts führten, ist Parley still, bis du wiederkommst.',
  remindersResting: 'Parley ist gerade still, weil die letzten drei Nachrichten zu nichts führten.',
  reminderKind: {
    new_work: 'Neue Arbeit',
    nudge: 'Ein Anstoß, wenn etwas liegen bleibt',
    deadline: 'Ein Wort vor einer Frist',
    digest: 'Die tägliche Übersicht',
    results: 'Ergebnisse, wenn ein Datensatz schließt',
  },
  zone: 'Deine Zeitzone',
  zoneUnknown:
    'Noch weiß niemand, wo du bist. Wähle deine Zeitzone, dann können Erinnerungen beginnen.',
  digestAt: 'Uhrzeit der Übersicht',
  days: 'Tage',
  weekdays: ['Mo', 'Di', 'Mi', 'Do', 'Fr', 'Sa', 'So'],
  saved: 'Gespeichert.',
  invitationOver: 'Diese Einladung ist vorbei. Schreibe /parley, um zu sehen, was es gibt.',
  invitationNothing: 'Dort ist nichts mehr zu tun. Danke!',
  digestText: 'Guten Morgen. Das wartet auf dich:',
  newWorkText: (title) => `In „${title}“ gibt es neue Arbeit.`,
  nudgeText: (title, done, goal) =>
    `Du hast ${done} von ${goal} in „${title}“ erledigt. Mach weiter, wann es dir passt.`,
  deadlineText: (title, left, due) =>
    `„${title}“: noch ${left} von dem, was du begonnen hast, fällig ${due}.`,
  resultsText: (title, answers, labelers) =>
    `„${title}“ ist geschlossen: ${answers} Antworten von ${labelers} ${labelers === 1 ? 'Person' : 'Personen'}. Danke für deine!`,
  invitationTitle: (title) => `Du bist eingeladen: „${title}“`,
  invitationCount: (count) => (count === 1 ? '1 Eintrag' : `${count} Einträge`),
  invitationDue: (due) => `fällig ${due}`,
  remindedAt: (when) => `Gut: wieder ${when}.`,
  remindedTomorrow: 'Gut: heute nichts mehr.',
  turnedOff: (kind) => `Abgeschaltet: ${kind}. /parley reminders schaltet es wieder ein.`,
  moment: (at, zone) =>
    new Intl.DateTimeFormat('de', {
      ...({ weekday: 'short', month: 'short', day: 'numeric' } as const),
      ...({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const),
      timeZone: zone,
    }).format(at),
  batchDone: (goal) => `Das waren deine ${goal}. Danke! Schreibe /parley, wenn du mehr möchtest.`,
  delivered: (invited, already) =>
    `${invited} ${invited === 1 ? 'Person ist' : 'Personen sind'} eingeladen${already > 0 ? `, ${already} hatten schon eine Einladung` : ''}.`,
  deliverRefused: (names) => `Nicht auf der Liste, darum nicht eingeladen: ${names}.`,
  badDue: (text) => `„${text}“ ist kein Datum. Schreibe es wie 2026-12-24 oder 2026-12-24T17:00.`,
  channelDigestOn: (title) =>
    `Dieser Kanal bekommt an jedem Arbeitstag um halb zehn ein Wort über „${title}“.`,
  channelDigestOff: (title) => `Hier gibt es kein tägliches Wort über „${title}“ mehr.`,
  channelDigestWhere: 'Schreibe das in dem Kanal, der es bekommen soll.',
  channelDigestTitle: (title) => `„${title}“ heute`,
  channelDigestStuck: 'Was feststeckt',
  agreement: 'Übereinstimmung',
  stuckPaused: 'Der Datensatz ist angehalten.',
  stuckPeople: (wanted, labelers) =>
    `Jeder Eintrag will ${wanted} Antworten, und bisher ${labelers === 1 ? 'antwortet 1 Person' : `antworten ${labelers} Personen`}. Lade mehr ein.`,
  stuckIdle: (pending) =>
    `${pending} Einträge warten, und seit einem Tag hat niemand geantwortet. /parley-admin deliver lädt ein.`,
  stuckOutputs: (records) => `${records} Einträge warten auf einen zweiten Text.`,
  stuckRejected: (records, dataset) =>
    `${records} Einträge haben die Antwortenden herausgenommen: parley records list ${dataset} --status rejected zeigt sie.`,
  needsDeliver:
    'Schreibe es so: /parley-admin deliver DATASET everyone each=20 due=2026-12-24, oder nenne Menschen (slack:T1:U1) oder eine Rolle (role:reviewer) statt everyone.',

  done: (submitted, assigned) =>
    assigned === null ? `${submitted} erledigt` : `${submitted} von ${assigned} erledigt`,
  minutes: (minutes) => (minutes < 1 ? 'keine Minute' : `etwa ${Math.round(minutes)} min`),
  left: (left) => `noch ${left}`,
  output: (letter) => `Text ${letter}`,
  better: (letter) => `${letter} ist besser`,
  rankOf: (letter) => `Rang von ${letter}`,
  rank: (rank, outputs) =>
    rank === 1 ? '1 (am besten)' : rank === outputs ? `${rank} (am schlechtesten)` : String(rank),
  about: (title, letter) => `${title} (${letter})`,
  partOf: (part, parts) => `Teil ${part} von ${parts}`,
  pageOf: (page, pages) => `Seite ${page} von ${pages}`,
  readAll: (title) => `${title} ganz lesen`,
  read: (title) => `${title} lesen`,
  continued: (title) => `${title}, Fortsetzung`,
  chosenOn: (title, chosen) => `${title}: ${chosen}`,
  typeNext: (title, name) => `${title}: schreibe /parley next ${name}`,
  moreChoices: (more) =>
    `Und ${more} mehr: schreibe /parley next NAME, um einen davon beim Namen zu wählen.`,
  resumeTask: (title) => `Du hast eine offene Aufgabe in „${title}“.`,
  minutesEach: (minutes) =>
    minutes < 1 ? 'je keine Minute' : `je etwa ${Math.round(minutes)} min`,
  guidelinesVersion: (version) => (version > 1 ? `Leitfaden (Fassung ${version})` : 'Leitfaden'),
  moreDatasets: (more) => `Und ${more} mehr: /parley-admin progress zeigt alle.`,
  buttonFor: (button, title) => `${button}: ${title}`,
  importing: (file, title) =>
    `„${file}“ wird in „${title}“ eingelesen. Was daraus wurde, kommt als private Nachricht.`,
  unknownCommand: (word, near) =>
    near
      ? `„${word}“ gibt es nicht. Meintest du „${near}“?`
      : `„${word}“ gibt es nicht. Das kannst du schreiben:`,
  badOption: (word) => `„${word}“ ist keine Option. Schreibe Optionen als Name=Wert.`,
}
