/**
 * What an import says of a line, in German. A sentence about a line begins with what the line is or has
 * (`Zeile 3, prompt: fehlt.`). `X` stands for what it is about; kinds of values in its place are said in
 * German too. `test/chat/german-refusals.test.ts` finds what is missing.
 */
import { inGerman, literalsOf, thingsOf } from './german-refusals.ts'

type Pair = readonly [string, string]

/**
 * Says a problem, a warning or a remedy in German; `more` are sentences of the questions. What is not
 * known here is looked for among the refusals.
 */
export function germanLines(more: readonly Pair[]): (text: string) => string {
  const others = compiled(more)
  return (text) => inParts(text, others)
}

function inParts(text: string, others: readonly Pattern[]): string {
  const [, before = '', offer = ''] = /^([\s\S]*?)( ?Did you mean "[\s\S]*"\?)$/.exec(text) ?? []
  if (offer) return `${before && inParts(before, others)}${inGerman(offer)}`
  const parts = text.split(' Or: ')
  if (parts.length > 1) return parts.map((part) => inParts(part, others)).join(' Oder: ')
  return said(text, others) ?? said(text, patterns) ?? inGerman(text)
}

const pairs: readonly Pair[] = [
  // What is not JSON, or not text.
  ['is not JSON: X.', 'ist kein JSON: X.'],
  [
    'Fix the line; a record is one JSON object per line.',
    'Berichtige die Zeile; ein Eintrag ist ein JSON-Objekt je Zeile.',
  ],
  ['begins a JSON list.', 'beginnt eine JSON-Liste.'],
  ['is only the start of a record.', 'ist nur der Anfang eines Eintrags.'],
  [
    "Write one record a line, e.g. with jq -c '.[]'.",
    "Schreibe einen Eintrag je Zeile, etwa mit jq -c '.[]'.",
  ],
  [
    'Write one record a line, e.g. with jq -c .',
    'Schreibe einen Eintrag je Zeile, etwa mit jq -c .',
  ],
  [
    'Write one record a line, e.g. {"prompt": "…"}.',
    'Schreibe einen Eintrag je Zeile, etwa {"prompt": "…"}.',
  ],
  [
    'is X, which Python writes but JSON does not have.',
    'ist X; das schreibt Python, aber JSON kennt es nicht.',
  ],
  [
    'Write null or leave it out: to_json of pandas does, json.dumps does not.',
    'Schreibe null oder lass es weg: to_json von pandas tut das, json.dumps nicht.',
  ],
  [
    'is a dict as Python prints it, not JSON.',
    'ist ein dict, wie Python es ausgibt, und kein JSON.',
  ],
  ['Write each line with json.dumps.', 'Schreibe jede Zeile mit json.dumps.'],
  [
    'is a list as Python prints it, not JSON.',
    'ist eine Liste, wie Python sie ausgibt, und kein JSON.',
  ],
  [
    'Write the column with json.dumps, or save the table as Parquet.',
    'Schreibe die Spalte mit json.dumps, oder speichere die Tabelle als Parquet.',
  ],
  ['holds more than X values.', 'enthält mehr als X Werte.'],
  [
    'Split the record, or leave out what nobody reads.',
    'Teile den Eintrag, oder lass weg, was niemand liest.',
  ],
  ['Split the record or shorten the text.', 'Teile den Eintrag, oder kürze den Text.'],
  ['is a key that is not allowed.', 'ist kein erlaubter Schlüssel.'],
  ['is a key with a broken character in it.', 'ist ein Schlüssel mit einem kaputten Zeichen.'],
  ['Rename the key.', 'Benenne den Schlüssel um.'],
  ['is nested more than X levels deep.', 'ist mehr als X Ebenen tief verschachtelt.'],
  ['Flatten it, or write it as a text.', 'Mache es flacher, oder schreibe es als Text.'],
  ['is too large a number.', 'ist eine zu große Zahl.'],
  ['Write it as a text, in quotes.', 'Schreibe sie als Text, in Anführungszeichen.'],
  ['holds a NUL character (\\u0000).', 'enthält ein NUL-Zeichen (\\u0000).'],
  ['Remove the character.', 'Entferne das Zeichen.'],
  [
    'holds half of a character (a lone surrogate).',
    'enthält ein halbes Zeichen (ein einzelnes Surrogat).',
  ],
  ['Fix the text.', 'Berichtige den Text.'],
  ['is longer than X MB.', 'ist länger als X MB.'],
  ['is longer than X characters.', 'ist länger als X Zeichen.'],
  ['is not UTF-8 text.', 'ist kein Text in UTF-8.'],
  ['Save the file as UTF-8.', 'Speichere die Datei als UTF-8.'],
  ['holds bytes that are not text.', 'enthält Bytes, die kein Text sind.'],
  [
    'Write the column as text (UTF-8), or leave it out of the file.',
    'Schreibe die Spalte als Text (UTF-8), oder lass sie weg.',
  ],
  ['has X cell, but the header has X.', 'hat X Zelle, aber die Kopfzeile X.'],
  ['has X cells, but the header has X.', 'hat X Zellen, aber die Kopfzeile X.'],
  [
    'Put a cell that holds the separator or a line break in quotes. It begins in line X of the file.',
    'Setze eine Zelle mit dem Trennzeichen oder einem Zeilenumbruch in Anführungszeichen. Die Zeile beginnt in Zeile X der Datei.',
  ],
  [
    'Put a cell that holds the separator or a line break in quotes.',
    'Setze eine Zelle mit dem Trennzeichen oder einem Zeilenumbruch in Anführungszeichen.',
  ],
  // Chats and outputs.
  ['is not a list of 1 to 500 messages.', 'ist keine Liste von 1 bis 500 Nachrichten.'],
  ['Write [{"role": "user", "content": "…"}].', 'Schreibe [{"role": "user", "content": "…"}].'],
  ['has X besides its text.', 'hat neben dem Text noch X.'],
  [
    'Write what they hold into the content, or move them to the metadata of the record.',
    'Schreibe den Inhalt davon in content, oder verschiebe es in die Metadaten des Eintrags.',
  ],
  ['is from "X", a role that is not known.', 'ist von „X“, und diese Rolle ist nicht bekannt.'],
  [
    'Write human, gpt, system or tool; or {"role": "user", "content": "…"}.',
    'Schreibe human, gpt, system oder tool; oder {"role": "user", "content": "…"}.',
  ],
  [
    'has X, but not as chat templates read it.',
    'hat X, aber nicht so, wie Chat-Vorlagen es lesen.',
  ],
  [
    'Write tool_calls as [{"type": "function", "function": {"name": "…", "arguments": …}}].',
    'Schreibe tool_calls als [{"type": "function", "function": {"name": "…", "arguments": …}}].',
  ],
  [
    'Shorten it; link to an image instead of writing it into the message.',
    'Kürze es; verweise auf ein Bild, statt es in die Nachricht zu schreiben.',
  ],
  [
    'Write at most X characters over all parts of a message.',
    'Schreibe höchstens X Zeichen in alle Teile einer Nachricht.',
  ],
  ['Write a content, or tool_calls.', 'Schreibe einen content, oder tool_calls.'],
  [
    'Name the function: {"function": {"name": "…"}}.',
    'Nenne die Funktion: {"function": {"name": "…"}}.',
  ],
  ['is not a message.', 'ist keine Nachricht.'],
  [
    'Write {"role": "user", "content": "…"}, at most X characters.',
    'Schreibe {"role": "user", "content": "…"}, höchstens X Zeichen.',
  ],
  ['is X, not text.', 'ist X, kein Text.'],
  ['is X, not an object.', 'ist X, kein Objekt.'],
  ['is X, not a list.', 'ist X, keine Liste.'],
  ['is X, which is no id.', 'ist X, das kann keine Kennung sein.'],
  ['Write a text in quotes.', 'Schreibe einen Text in Anführungszeichen.'],
  [
    'Write a list of texts, or rename the key.',
    'Schreibe eine Liste von Texten, oder benenne den Schlüssel um.',
  ],
  ['holds more than 50 outputs.', 'enthält mehr als 50 Texte.'],
  ['Leave some out.', 'Lass welche weg.'],
  ['repeats the id "X".', 'wiederholt die Kennung „X“.'],
  ['Give each output an id of its own.', 'Gib jedem Text eine eigene Kennung.'],
  ['has no text.', 'hat keinen Text.'],
  [
    'Write {"text": "…"}, or leave the output out.',
    'Schreibe {"text": "…"}, oder lass diesen Text weg.',
  ],
  ['Shorten it.', 'Kürze es.'],
  [
    'Write a text of 1 to 200 characters, in quotes.',
    'Schreibe einen Text von 1 bis 200 Zeichen, in Anführungszeichen.',
  ],
  ['Write a text of 1 to 200 characters.', 'Schreibe einen Text von 1 bis 200 Zeichen.'],
  [
    'is a whole conversation that does not begin with the prompt.',
    'ist ein ganzes Gespräch, das nicht mit dem Prompt beginnt.',
  ],
  [
    'is a whole conversation that shares no beginning with the others and ends with no answer of its own.',
    'ist ein ganzes Gespräch, das keinen Anfang mit den anderen teilt und mit keiner eigenen Antwort endet.',
  ],
  [
    'Let every conversation begin with the prompt and end with an answer, or write only the answers.',
    'Lass jedes Gespräch mit dem Prompt beginnen und mit einer Antwort enden, oder schreibe nur die Antworten.',
  ],
  [
    'is a single message of a tree: what it answers stands in other lines.',
    'ist eine einzelne Nachricht eines Baums: worauf sie antwortet, steht in anderen Zeilen.',
  ],
  [
    'Import the file of whole trees instead (a prompt with its replies in each line).',
    'Importiere stattdessen die Datei der ganzen Bäume (je Zeile ein Prompt mit seinen Antworten).',
  ],
  [
    'is kept as metadata only: nobody sees it and no prompt has it. Declare fields: { system: { required: false } } for it.',
    'steht nur in den Metadaten: niemand sieht es, und in keinem Prompt steht es. Gib ihm ein Feld: fields: { system: { required: false } }.',
  ],
  // What the dataset asks for.
  ['is missing.', 'fehlt.'],
  ['is empty.', 'ist leer.'],
  [
    'Every record of this dataset has it; name the key that holds it with X.',
    'Jeder Eintrag dieses Datensatzes hat es; nenne den Schlüssel, in dem es steht, mit X.',
  ],
  [
    'Write it, or map another key to X.',
    'Schreibe es, oder ordne X mit --map einen anderen Schlüssel zu.',
  ],
  ['Write a text, or leave the record out.', 'Schreibe einen Text, oder lass diesen Eintrag weg.'],
  ['is not a field of this dataset.', 'ist kein Feld dieses Datensatzes.'],
  ['It has X; put this into metadata.', 'Es hat X; schreibe das andere in metadata.'],
  [
    'is a chat of X messages, but the field X is text.',
    'ist ein Chat aus X Nachrichten, aber das Feld X ist ein Text.',
  ],
  [
    'holds more than a text, but the field X is text.',
    'enthält mehr als einen Text, aber das Feld X ist ein Text.',
  ],
  ['is not a link, but the field X is image.', 'ist kein Link, aber das Feld X ist ein Bild.'],
  ['is not a link, but the field X is audio.', 'ist kein Link, aber das Feld X ist eine Aufnahme.'],
  [
    'Write an address that begins with https://, without a name or password.',
    'Schreibe eine Adresse, die mit https:// beginnt, ohne Namen und Passwort.',
  ],
  ['Declare it in the dataset: X.', 'Lege es im Datensatz fest: X.'],
  ['has two outputs with the id "X".', 'hat zwei Texte mit der Kennung „X“.'],
  ['Give each an id of its own.', 'Gib jedem eine eigene Kennung.'],
  ['cannot be compared.', 'lässt sich nicht vergleichen.'],
  [
    'Known answers are for ratings, labels and rankings only.',
    'Bekannte Antworten gibt es nur für Bewertungen, Bezeichnungen und Rangfolgen.',
  ],
  ['Write the known answer, or leave it out.', 'Schreibe die bekannte Antwort, oder lass sie weg.'],
  ['puts no output above another.', 'stellt keinen Text über einen anderen.'],
  ['Give one a better rank, or leave it out.', 'Gib einem einen besseren Rang, oder lass sie weg.'],
  ['is not a question of this dataset.', 'ist keine Frage dieses Datensatzes.'],
  ['It asks X.', 'Er fragt nach X.'],
  ['does not answer the question.', 'beantwortet die Frage nicht.'],
  ['A priority is a whole number from 0 to 9.', 'Ein Vorrang ist eine ganze Zahl von 0 bis 9.'],
  [
    'has X of the X outputs it needs; it waits until it has them.',
    'hat X der X Texte, die er braucht; er wartet, bis er sie hat.',
  ],
  ['says the same as output "X".', 'sagt dasselbe wie der Text „X“.'],
  ['names the model "X", so it is not blind.', 'nennt das Modell „X“ und ist darum nicht blind.'],
  [
    'is too long for one message; it is paged.',
    'ist zu lang für eine Nachricht und wird in Seiten gezeigt.',
  ],
  [
    'has the id "X" of line X; this line is kept.',
    'hat die Kennung „X“ von Zeile X; diese Zeile gilt.',
  ],
  [
    'has the id "X" of row X; this row is kept.',
    'hat die Kennung „X“ von Zeile X; diese Zeile gilt.',
  ],
  [
    'changes a record that people have answered.',
    'ändert einen Eintrag, der schon beantwortet ist.',
  ],
  [
    'Give the changed record an external_id of its own; metadata, suggestions and priority may change.',
    'Gib dem geänderten Eintrag eine eigene external_id; Metadaten, Vorschläge und Vorrang dürfen sich ändern.',
  ],
  [
    'changes a record that somebody is answering right now.',
    'ändert einen Eintrag, der gerade beantwortet wird.',
  ],
  [
    'Import the line again later, or give the record an external_id of its own.',
    'Importiere die Zeile später noch einmal, oder gib dem Eintrag eine eigene external_id.',
  ],
  // Our own lines, key by key.
  [
    'is a line of an export with answers in it.',
    'ist eine Zeile eines Exports, in der Antworten stehen.',
  ],
  ['Import the file with X.', 'Importiere die Datei mit X.'],
  ['is not a record.', 'ist kein Eintrag.'],
  ['Write "format": 1.', 'Schreibe "format": 1.'],
  ['"X" is not a known key.', '„X“ ist kein bekannter Schlüssel.'],
  ['Known keys: X.', 'Bekannt sind: X.'],
  ['Remove it.', 'Entferne ihn.'],
  ['is too short.', 'ist zu kurz.'],
  ['is too long.', 'ist zu lang.'],
  ['is too small.', 'ist zu klein.'],
  ['is too large.', 'ist zu groß.'],
  ['X does not fit.', 'X passt nicht.'],
  ['is not right.', 'stimmt nicht.'],
  ['Write some text.', 'Schreibe etwas.'],
  ['Write at least X character.', 'Schreibe mindestens X Zeichen.'],
  ['Write at most X character.', 'Schreibe höchstens X Zeichen.'],
  ['Write at least X characters.', 'Schreibe mindestens X Zeichen.'],
  ['Write at most X characters.', 'Schreibe höchstens X Zeichen.'],
  ['List at least X.', 'Nenne mindestens X.'],
  ['List at most X.', 'Nenne höchstens X.'],
  ['Write X or less.', 'Schreibe X oder weniger.'],
  ['Write X or more.', 'Schreibe X oder mehr.'],
  ['Write either "text" or "messages".', 'Schreibe entweder "text" oder "messages".'],
  // Known answers and suggestions, as src/sentences.ts refuses them.
  ['Write at most X characters; this is X.', 'Schreibe höchstens X Zeichen; das sind X.'],
  ['Choose one of X.', 'Wähle aus X.'],
  [
    'You ticked X and “None of these”. Untick one or the other.',
    'Angekreuzt sind X und „Nichts davon“. Nimm eines von beidem weg.',
  ],
  ['Rank every output: X has no rank.', 'Gib jedem Text einen Rang: X hat noch keinen.'],
  ['Rank every output: X have no rank.', 'Gib jedem Text einen Rang: X haben noch keinen.'],
  // Last: these fit many.
  ['is X.', 'ist X.'],
  ['Write X.', 'Schreibe X.'],
]

/** What may stand in place of an X, in the words of JSON, of our own and of the engine that reads JSON. */
const things: readonly Pair[] = [
  ['empty (null)', 'leer (null)'],
  ['missing', 'nicht da'],
  ['a list', 'eine Liste'],
  ['an object', 'ein Objekt'],
  ['the boolean X', 'der Wahrheitswert X'],
  ['the number X', 'die Zahl X'],
  ['the text "X"', 'der Text „X“'],
  [
    'a text (in quotes where it could be taken for a number)',
    'einen Text (in Anführungszeichen, wo man ihn für eine Zahl halten könnte)',
  ],
  ['a number', 'eine Zahl'],
  ['a whole number', 'eine ganze Zahl'],
  ['true or false', 'true oder false'],
  ['keys with values', 'Schlüssel mit Werten'],
  ['one of X', 'eines von X'],
  ['X in JSON at position X', 'X an Stelle X'],
  ['X after JSON at position X', 'X nach dem JSON an Stelle X'],
  ['Unexpected end of JSON input', 'es endet zu früh'],
  ['Unexpected token X', 'unerwartetes Zeichen X'],
  ['Unexpected number', 'unerwartete Zahl'],
  ['Unexpected string', 'unerwarteter Text'],
  ['Unexpected non-whitespace character', 'unerwartetes Zeichen'],
  ['Unterminated string', 'Text ohne Ende'],
  ["Expected property name or '}'", "erwartet ist ein Schlüssel oder '}'"],
  ['Expected double-quoted property name', 'erwartet ist ein Schlüssel in Anführungszeichen'],
  ["Expected ':' after property name", "nach dem Schlüssel fehlt ':'"],
  ["Expected ',' or '}' after property value", "nach dem Wert fehlt ',' oder '}'"],
  ["Expected ',' or ']' after array element", "nach dem Element fehlt ',' oder ']'"],
  ['Bad control character in string literal', 'Steuerzeichen in einem Text'],
  ['Bad escaped character', 'ungültiges Zeichen nach einem Rückstrich'],
  ['Bad Unicode escape', 'ungültiges Unicode-Zeichen nach \\u'],
  ['No number after minus sign', 'keine Zahl nach dem Minus'],
  ['Exponent part is missing a number', 'der Exponent hat keine Zahl'],
  ['Unterminated fractional number', 'Zahl ohne Stellen nach dem Punkt'],
]

type Pattern = {
  from: readonly string[]
  to: readonly string[]
  /** Which of its X stand in quotes: what is quoted stays as it is. */
  quoted: readonly boolean[]
}

function compiled(all: readonly Pair[]): Pattern[] {
  return all.map(([english, german]) => ({
    from: literalsOf(english),
    to: literalsOf(german),
    quoted: [...english.matchAll(/(.?)\bX\b/g)].map(([, before]) => before === '"'),
  }))
}

const patterns = compiled(pairs)
const thingPatterns = compiled(things)

/** The whole text by the first pair that fits it; undefined where none does. */
function said(text: string, all: readonly Pattern[]): string | undefined {
  for (const { from, to, quoted } of all) {
    const found = thingsOf(text, from)
    if (!found) continue
    return to
      .map((part, at) => {
        const thing = at === 0 ? '' : (found[at - 1] ?? '')
        return `${(quoted[at - 1] ? undefined : said(thing, thingPatterns)) ?? thing}${part}`
      })
      .join('')
  }
  return undefined
}
