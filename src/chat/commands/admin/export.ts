/**
 * `/parley-admin export`: the answers as a file for training. Which formats a dataset has, and what an option
 * may be, is for the export to say; here they are offered.
 */
import { type Argument, dataset, text } from '../arguments.ts'
import { defineCommand } from '../command.ts'

/** Suggested by the form of an export, as far as it knows the option. */
function suggested(german: string, en: string, de: string, more: Partial<Argument> = {}) {
  return text({ german, about: { en, de }, suggests: 'export options', ...more })
}

function typed(german: string, en: string, de: string) {
  return text({ german, about: { en, de } }).optional()
}

export const exportAnswers = defineCommand({
  rank: 'admin',
  name: 'export',
  german: 'exportieren',
  about: {
    en: 'writes the answers to a file for training, sent to you alone',
    de: 'schreibt die Antworten in eine Datei zum Trainieren, nur für dich',
  },
  isOpen: true,
  isHinted: true,
  arguments: {
    dataset,
    format: suggested('format', 'What the file is for', 'Wofür die Datei ist', {
      isNeededInPlace: true,
      suggests: 'export formats',
    }).optional(),
    pairs: suggested('paare', 'Which pairs of a ranking', 'Welche Paare einer Rangfolge', {
      example: 'all',
    }).optional(),
    labelers: suggested('personen', 'Whose answers count', 'Wessen Antworten zählen', {
      example: 'each',
    }).optional(),
    from: suggested(
      'aus',
      'Pairs of rankings or ratings',
      'Paare aus Rangfolgen oder Bewertungen',
      {
        example: 'ratings',
      },
    ).optional(),
    average: suggested(
      'mittel',
      'The mean or the median of ratings',
      'Mittelwert oder Median der Bewertungen',
    ).optional(),
    min_gap: typed(
      'mindestabstand',
      'How many points higher the better output was rated, such as 1',
      'Um wie viele Punkte der bessere Text höher bewertet wurde, etwa 1',
    ),
    reference: typed(
      'referenz',
      'For tpo: the text question beside the pair',
      'Für tpo: die Textfrage neben dem Paar',
    ),
    shape: suggested('form', 'Messages or text', 'Nachrichten oder Text', {
      example: 'text',
    }).optional(),
    margin: suggested(
      'abstand',
      'How a margin is measured',
      'Wie ein Abstand gemessen wird',
    ).optional(),
    choice: suggested(
      'auswahl',
      'Which of several completions',
      'Welche von mehreren Antworttexten',
    ).optional(),
    edits: suggested(
      'verbesserte',
      'Outputs that labelers improved: with, without or only',
      'Verbesserte Texte: mit, ohne oder nur sie',
      { example: 'only' },
    ).optional(),
    fast: suggested(
      'schnelle',
      'Answers given faster than reading takes',
      'Antworten, die schneller kamen, als man lesen kann',
    ).optional(),
    turns: suggested(
      'wechsel',
      'Chats that strict templates refuse',
      'Chats, die strenge Vorlagen ablehnen',
    ).optional(),
    rows: suggested('zeilen', 'What the rows are for', 'Wofür die Zeilen sind').optional(),
    ranks: suggested(
      'ränge',
      'Two outputs a row, or all',
      'Zwei Ausgaben je Zeile oder alle',
    ).optional(),
    since: typed(
      'ab',
      'Answers from this day on, such as 2026-03-01',
      'Antworten ab diesem Tag, etwa 2026-03-01',
    ),
    until: typed('bis', 'Answers until the end of this day', 'Antworten bis zum Ende dieses Tages'),
    labeler: typed(
      'person',
      'Answers of this labeler, by pseudonym',
      'Antworten dieser Person, unter ihrem Pseudonym',
    ),
    question: typed('frage', 'Which question', 'Welche Frage'),
    keep: typed(
      'behalten',
      'Only records such as mean(clarity) >= 4',
      'Nur Einträge wie mean(clarity) >= 4',
    ),
  },
  gesture: ({ dataset, format, ...options }, others) =>
    format === undefined
      ? { type: 'admin-export-form', dataset }
      : { type: 'admin-export', dataset, format, options: { ...options, ...others } },
})
