/**
 * Refusals of the inner rooms in German. Those rooms say no in English, for terminals and logs; whoever
 * reads German in chat gets each sentence from here. `X` stands for what a sentence is about: names,
 * numbers and lists, which stay as they are. `test/chat/german-refusals.test.ts` finds what is missing.
 */

/** A text of one or more sentences, each in German where it is known here. */
export function inGerman(text: string): string {
  if (text.length > longestText) return text
  let left = text
  for (const { from, to } of patterns) left = replaceSentences(left, from, to)
  return left
}

/** Longer than any refusal: what is longer stays as it is. */
const longestText = 4000

/** What stands around the X of a sentence. */
export function literalsOf(sentence: string): string[] {
  return sentence.split(/\bX\b/)
}

/** What stands for each X, where the whole text is this sentence; null where it is another. */
export function thingsOf(text: string, literals: readonly string[]): string[] | null {
  const [first = '', ...others] = literals
  const last = others.pop()
  if (last === undefined) return text === first ? [] : null
  if (!text.startsWith(first) || !text.endsWith(last)) return null
  const things: string[] = []
  let end = first.length
  for (const literal of others) {
    const next = text.indexOf(literal, end + 1)
    if (next < 0) return null
    things.push(text.slice(end, next))
    end = next + literal.length
  }
  const rest = text.slice(end, text.length - last.length)
  return rest === '' || end > text.length - last.length ? null : [...things, rest]
}

function replaceSentences(text: string, from: readonly string[], to: readonly string[]): string {
  let replaced = ''
  let at = 0
  for (let found = findSentence(text, from, at); found; found = findSentence(text, from, at)) {
    const { things } = found
    replaced += text.slice(at, found.start)
    replaced += to.map((part, n) => `${n === 0 ? '' : (things[n - 1] ?? '')}${part}`).join('')
    at = found.end
  }
  return replaced + text.slice(at)
}

/**
 * The first such sentence at or behind `from`, within one line. Searched piece by piece and not by an
 * expression, which would need a long text's square or cube where the sentence is not there.
 */
function findSentence(text: string, [first = '', ...others]: readonly string[], from: number) {
  let start = text.indexOf(first, from)
  let end = start + first.length
  let things: string[] = []
  for (let nth = 0; start >= 0 && nth < others.length; nth++) {
    const literal = others[nth] ?? ''
    const next = end < text.length ? text.indexOf(literal, end + 1) : -1
    // A piece that does not come any more comes behind no later start either.
    if (next < 0) return null
    const thing = text.slice(end, next)
    const newLine = thing.indexOf('\n')
    if (newLine < 0) {
      things.push(thing)
      end = next + literal.length
    } else {
      start = text.indexOf(first, end + newLine + 1)
      end = start + first.length
      things = []
      nth = -1
    }
  }
  return start < 0 ? null : { start, end, things }
}

const pairs: readonly (readonly [string, string])[] = [
  [
    'No arena is open in this channel. An admin opens one with /parley-admin arena DATASET.',
    'In diesem Kanal ist keine Arena offen. Ein Admin öffnet eine mit /parley-admin arena DATASET.',
  ],
  [
    '“X” takes no questions at the moment: an admin paused or closed it.',
    '„X“ nimmt zurzeit keine Fragen an: Ein Admin hat es angehalten oder geschlossen.',
  ],
  [
    '"X" is X. Publish it before you open it in a channel.',
    '„X“ ist X. Gib es frei, bevor du es in einem Kanal öffnest.',
  ],
  [
    '"X" is no arena. Its document needs arena: { models: [small, large] }.',
    '„X“ ist keine Arena. In sein Dokument gehört arena: { models: [small, large] }.',
  ],
  [
    'The question is empty. Write what the models should answer.',
    'Die Frage ist leer. Schreib, was die Modelle beantworten sollen.',
  ],
  [
    'The question has X characters. Write at most X.',
    'Die Frage hat X Zeichen. Schreib höchstens X.',
  ],
  [
    'This conversation has gone on already. Ask in its newest turn.',
    'Dieses Gespräch geht schon weiter. Frag bei der neuesten Antwort.',
  ],
  [
    'The budget of this arena is used up. An admin can raise arena.limits.',
    'Das Budget dieser Arena ist aufgebraucht. Ein Admin kann arena.limits erhöhen.',
  ],
  [
    'You have asked X questions within a day, as many as one person may ask here. Ask again tomorrow.',
    'Du hast an einem Tag X Fragen gestellt, mehr darf hier niemand. Frag morgen wieder.',
  ],
  [
    'This arena has had X questions within a day, as many as it may take. Ask again tomorrow.',
    'Diese Arena hat an einem Tag X Fragen bekommen, mehr nimmt sie nicht an. Frag morgen wieder.',
  ],
  [
    'This conversation cannot go on. Ask a new question with /parley ask.',
    'Dieses Gespräch kann nicht weitergehen. Stell eine neue Frage mit /parley ask.',
  ],
  [
    'Only the person who asked can go on here. Ask a question of your own.',
    'Hier kann nur weiterfragen, wer gefragt hat. Stell eine eigene Frage.',
  ],
  [
    'Vote first: the conversation goes on from the answer you choose.',
    'Stimm erst ab: Das Gespräch geht mit der Antwort weiter, die du wählst.',
  ],
  [
    'The conversation goes on from the answer you chose. Ask again below that one.',
    'Das Gespräch geht mit der Antwort weiter, die du gewählt hast. Frag dort weiter.',
  ],
  [
    'You have no question in this channel that could be deleted.',
    'Du hast in diesem Kanal keine Frage, die sich löschen ließe.',
  ],
  [
    'You asked no question X in this channel, or it is deleted already.',
    'Frage X hast du in diesem Kanal nicht gestellt, oder sie ist schon gelöscht.',
  ],
  [
    'A model of this battle is not configured any more.',
    'Ein Modell dieses Duells ist nicht mehr eingerichtet.',
  ],
  [
    'Another worker took this battle over, or it was deleted.',
    'Ein anderer Prozess hat dieses Duell übernommen, oder es wurde gelöscht.',
  ],
  ['"X" answered with nothing.', '„X“ hat leer geantwortet.'],
  [
    'People can ask once it is open in a channel: type /parley-admin arena X there.',
    'Gefragt werden kann, sobald sie in einem Kanal offen ist: Tippe dort /parley-admin arena X.',
  ],
  [
    'This question is not allowed here. Ask another one.',
    'Diese Frage ist hier nicht erlaubt. Stell eine andere.',
  ],
  ['This question is not allowed here: X', 'Diese Frage ist hier nicht erlaubt: X'],
  [
    'Whether this question is allowed cannot be checked right now. Try again in a moment.',
    'Ob diese Frage erlaubt ist, lässt sich gerade nicht prüfen. Versuch es gleich noch einmal.',
  ],
  [
    'This dataset asks for no such ranking. The format arena has votes on two outputs.',
    'Nach so einer Rangfolge fragt dieser Datensatz nicht. Das Format arena enthält Stimmen zu zwei Antworten.',
  ],
  ['Did you mean "X"?', 'Meintest du „X“?'],
  ['There are X.', 'Es gibt X.'],
  ['There is no dataset "X".', 'Es gibt keinen Datensatz „X“.'],
  [
    '/parley-admin progress shows those there are.',
    '/parley-admin progress zeigt, welche es gibt.',
  ],
  ['parley dataset list shows those there are.', '/parley-admin progress zeigt, welche es gibt.'],
  ['There is no export format "X".', 'Es gibt kein Exportformat „X“.'],
  ['An export has no such option.', 'Diese Option hat ein Export nicht.'],
  [
    'The format X does not take this option. Leave it out; it takes X.',
    'Das Format X kennt diese Option nicht. Lass sie weg; es kennt X.',
  ],
  ['Choose one of X.', 'Wähle aus: X.'],
  [
    'Write a day such as X, or a moment such as X.',
    'Schreibe einen Tag wie X oder einen Zeitpunkt wie X.',
  ],
  [
    'Write a day such as X, which is meant whole, or a moment such as X.',
    'Schreibe einen Tag wie X (er zählt ganz) oder einen Zeitpunkt wie X.',
  ],
  [
    'Write the share of the prompts that goes into train, between 0 and 1, such as 0.9.',
    'Schreibe den Anteil der Prompts fürs Training, zwischen 0 und 1, etwa 0.9.',
  ],
  ['Write a whole number from 0.', 'Schreibe eine ganze Zahl ab 0.'],
  ['Write yes or no.', 'Schreibe yes oder no.'],
  ['Nothing lies between X and X.', 'Zwischen X und X liegt nichts.'],
  ['Parquet is packed already. Leave it out.', 'Parquet ist schon gepackt. Lass es weg.'],
  [
    'This is for ratings: choose --from ratings, or leave it out.',
    'Das ist für Bewertungen: nimm --from ratings, oder lass es weg.',
  ],
  [
    'Only --labelers consensus takes an average. Leave one of the two out.',
    'Nur --labelers consensus bildet einen Durchschnitt. Lass eines von beiden weg.',
  ],
  [
    'Ratings have no ranks and no strength. Use rating-gap or vote-share.',
    'Bewertungen haben keine Ränge und keine Stärke. Nimm rating-gap oder vote-share.',
  ],
  [
    'This dataset rates no outputs, so there are no pairs to make of ratings.',
    'Dieser Datensatz bewertet keine Texte, also gibt es keine Paare aus Bewertungen.',
  ],
  [
    '"X" does not rate the outputs of this dataset.',
    '„X“ bewertet nicht die Texte dieses Datensatzes.',
  ],
  [
    'This dataset asks for no text that must be written, so it holds no references.',
    'Dieser Datensatz verlangt keinen Text, also gibt es keine Referenzen.',
  ],
  ['Choose one with --X: X.', 'Wähle eine mit --X: X.'],
  [
    'With --ranks all a row holds a ranking. Leave one of the two out.',
    'Mit --ranks all steht in jeder Zeile eine Rangfolge. Lass eines von beiden weg.',
  ],
  [
    'Write how many points of the scale make a difference, such as 1 or 0.5.',
    'Schreibe, wie viele Punkte der Skala einen Unterschied machen, etwa 1 oder 0.5.',
  ],
  [
    'This dataset asks for no ranking, so it holds no preferences.',
    'Dieser Datensatz fragt nach keiner Rangfolge und enthält darum keine Präferenzen.',
  ],
  [
    'This dataset asks for no text that must be written, so it holds no completions.',
    'Dieser Datensatz verlangt keinen Text und enthält darum keine Antworttexte.',
  ],
  [
    'This dataset does not say what is desirable. Give a label question "desirable: [up]", rate outputs, or rank them.',
    'Dieser Datensatz sagt nicht, was erwünscht ist. Gib einer Frage nach Bezeichnungen „desirable: [up]“, lass Texte bewerten oder ordnen.',
  ],
  [
    '"X" is no ranking question of this dataset.',
    '„X“ ist keine Frage nach einer Rangfolge in diesem Datensatz.',
  ],
  [
    'The prompts of this dataset are what labelers write (X), and outputs are judged as answers to a record. Export prompts, sft, raw or records.',
    'Die Prompts dieses Datensatzes schreiben die Leute selbst (X), und Texte werden als Antworten auf einen Eintrag beurteilt. Exportiere prompts, sft, raw oder records.',
  ],
  [
    'There is no dataset "X". Create it first: parley dataset create FILE',
    'Es gibt keinen Datensatz „X“. Lege ihn zuerst an: parley dataset create FILE',
  ],
  [
    '"X" is closed. Open it again with parley dataset reopen first.',
    '„X“ ist geschlossen. Öffne ihn zuerst mit parley dataset reopen.',
  ],
  ['Feeds go in a circle: X. Leave one out.', 'Die Speisungen laufen im Kreis: X. Lass eine weg.'],
  ['"X" is no field of "X".', '„X“ ist kein Feld von „X“.'],
  ['It has X.', 'Es gibt dort X.'],
  [
    '"X" asks about no outputs. Leave outputs out, or feed a dataset that ranks or rates them.',
    '„X“ fragt nicht nach Texten von Modellen. Lass outputs weg oder speise einen Datensatz, der sie ordnet oder bewertet.',
  ],
  [
    '"X" requires the field "X", and nothing here is called that. Write map: { X: $NAME }.',
    '„X“ verlangt das Feld „X“, und hier heißt nichts so. Schreibe map: { X: $NAME }.',
  ],
  [
    '"X" is a chat, and "X" of "X" a text. Give it "type: chat" there.',
    '„X“ ist ein Gespräch und „X“ von „X“ ein Text. Gib ihm dort „type: chat“.',
  ],
  [
    'People write the prompts of "X" themselves. Feed another dataset.',
    'Die Prompts von „X“ schreiben die Leute selbst. Speise einen anderen Datensatz.',
  ],
  ['"X" is no text question about the record.', '„X“ ist keine Frage nach einem Text zum Eintrag.'],
  ['"X" does not say what is desirable.', '„X“ sagt nicht, was erwünscht ist.'],
  ['"X" says no truth about a record.', '„X“ sagt nichts Wahres über einen Eintrag.'],
  [
    'This ranking does not ask how much better. Use vote-share.',
    'Diese Rangfolge fragt nicht, wie viel besser. Nimm vote-share.',
  ],
  [
    'This dataset rates no outputs. Use vote-share or rank-gap.',
    'Dieser Datensatz bewertet keine Texte. Nimm vote-share oder rank-gap.',
  ],
  [
    'Only pairs of a ranking have a margin. Leave it out.',
    'Nur Paare einer Rangfolge haben einen Abstand. Lass es weg.',
  ],
  [
    'This dataset asks for no rating of the completion. Choose all or latest.',
    'Dieser Datensatz fragt nach keiner Bewertung des Antworttextes. Wähle all oder latest.',
  ],
  [
    'This dataset holds judgements of outputs. Choosing is for completions: leave it out.',
    'Dieser Datensatz enthält Urteile über Texte. Ausgewählt wird nur unter Antworttexten: lass es weg.',
  ],
  [
    'This dataset collects no edits. Leave the option out, or give a ranking or rating "edits: true".',
    'Dieser Datensatz sammelt keine Verbesserungen. Lass die Option weg, oder gib einer Rangfolge oder Bewertung „edits: true“.',
  ],
  [
    'Only "X" has edits. Name it, or leave the option out.',
    'Nur „X“ hat Verbesserungen. Nenne diese Frage, oder lass die Option weg.',
  ],
  [
    'KTO rows hold outputs as they are. Ask for --edits only, or leave it out.',
    'KTO-Zeilen enthalten die Texte, wie sie sind. Verlange --edits only, oder lass es weg.',
  ],
  [
    'Edits are chats here: ask for --rows sft, or leave the option out.',
    'Verbesserungen sind hier Gespräche: verlange --rows sft, oder lass die Option weg.',
  ],
  [
    'With --ranks all a row holds what was ranked. Leave one of the two out.',
    'Mit --ranks all enthält eine Zeile, was geordnet wurde. Lass eines von beiden weg.',
  ],
  [
    'No text is written here that could be chosen. Leave it out.',
    'Hier wird kein Text geschrieben, der sich auswählen ließe. Lass es weg.',
  ],
  [
    'With --ranks all a row holds every output. Leave one of the two out.',
    'Mit --ranks all enthält eine Zeile alle Texte. Lass eines von beiden weg.',
  ],
  [
    "Ranks are each labeler's own or their consensus. Without --ranks all, X works too.",
    'Ränge sind die eigenen jeder Person oder ihr Konsens. Ohne --ranks all geht auch X.',
  ],
  [
    'The person who requested it cannot be reached; its files are on the server.',
    'Seine Dateien liegen auf dem Server: wer ihn wollte, ist nicht zu erreichen.',
  ],
  ['Another worker took this export over.', 'Ein anderer Prozess hat diesen Export übernommen.'],
  [
    '"X": X is no field, question or metadata of this dataset.',
    '„X“: X ist kein Feld, keine Frage und keine Metadatei dieses Datensatzes.',
  ],
  ['This export is gone.', 'Diesen Export gibt es nicht mehr.'],
  ['This dataset is gone.', 'Diesen Datensatz gibt es nicht mehr.'],
  [
    'Nobody in "X" is called X. npx parley labelers list X shows the pseudonyms.',
    'In „X“ heißt niemand X. Die Pseudonyme zeigt npx parley labelers list X.',
  ],
  [
    'Something broke on our side; the log says what.',
    'Bei uns ist etwas schiefgegangen; was, steht im Log.',
  ],
  [
    '"X" is closed. Open it again with parley dataset reopen first.',
    '„X“ ist geschlossen. Öffne es erst wieder mit parley dataset reopen.',
  ],
  [
    '"X" is closed. Open it again with parley dataset reopen.',
    '„X“ ist geschlossen. Öffne es wieder mit parley dataset reopen.',
  ],
  [
    '"X" is X. Open it again with parley dataset reopen first.',
    '„X“ ist nicht offen. Öffne es erst wieder mit parley dataset reopen.',
  ],
  [
    '"X" is a draft. Publish it with parley dataset publish first.',
    '„X“ ist ein Entwurf. Gib es erst frei mit parley dataset publish.',
  ],
  [
    'The access of "X" was changed meanwhile. Publish it again.',
    'Wer auf „X“ zugreifen darf, wurde inzwischen geändert. Gib es noch einmal frei.',
  ],
  [
    '"X" has no records yet. Add some with parley import.',
    '„X“ hat noch keine Einträge. Füge welche hinzu mit parley import.',
  ],
  [
    '"X" has no records yet. They come from X, as answers are accepted there.',
    '„X“ hat noch keine Einträge. Sie kommen aus X, sobald dort Antworten angenommen sind.',
  ],
  [
    'Access names people of X, which is not connected.',
    'access: nennt Leute von X, das nicht verbunden ist.',
  ],
  [
    'Access is wider than one workspace: X. Admins of each see this dataset.',
    'access: reicht über einen Workspace hinaus: X. Wer dort verwaltet, sieht diesen Datensatz.',
  ],
  [
    'access: everyone means X. People of other workspaces are let in once it names theirs.',
    'access: everyone heißt X. Leute aus anderen Workspaces dürfen mit, sobald ihrer genannt ist.',
  ],
  [
    'Nobody may label yet. Set access: everyone, or access: { slack: [U123, "#channel"] }.',
    'Noch darf niemand antworten. Setze access: everyone oder access: { slack: [U123, "#channel"] }.',
  ],
  [
    'The access list is empty. Name people, e.g. access: { slack: [U123] }, or everyone.',
    'Die Liste access: ist leer. Nenne Leute, etwa access: { slack: [U123] }, oder everyone.',
  ],
  [
    '“X” has no record left to post. Import more, or wait for those that are posted.',
    '„X“ hat keinen Eintrag mehr für einen Aufruf. Importiere mehr oder warte auf die laufenden Aufrufe.',
  ],
  [
    '“X” is X. Publish it before you post from it.',
    '„X“ ist nicht offen. Veröffentliche ihn, bevor du daraus einen Aufruf machst.',
  ],
  [
    '“X” asks for no ranking. A post asks people to rank outputs: use a dataset of comparisons.',
    '„X“ fragt nach keiner Rangfolge. Ein Aufruf lässt Texte ordnen: nimm einen Datensatz mit Vergleichen.',
  ],
  [
    'Post between 1 and X records at once.',
    'Rufe zu mindestens 1 und höchstens X Einträgen auf einmal auf.',
  ],
  [
    '“X” asks people to mark text (X), which voters in a channel cannot do. Post a dataset without that question.',
    '„X“ lässt Text markieren (X), was in einem Kanal nicht geht. Rufe zu einem Datensatz ohne diese Frage auf.',
  ],
  [
    'Close it within 30 days, e.g. 24h or 7d.',
    'Lass es innerhalb von 30 Tagen enden, etwa 24h oder 7d.',
  ],
  [
    'X is not connected here, so nothing can be posted there.',
    'X ist hier nicht verbunden, darum lässt sich dort nichts veröffentlichen.',
  ],
  // Names that are looked up where people are, and files they gave there.
  [
    'X could be of any workspace. Publish from the Slack it is in.',
    'X könnte in jedem Workspace sein. Gib es in dem Slack frei, in dem es ist.',
  ],
  [
    'X could be in any workspace. Write slack:TEAM:CHANNEL.',
    'X könnte in jedem Workspace sein. Schreibe slack:TEAM:CHANNEL.',
  ],
  [
    'X could be of several servers. Publish from the one it is in.',
    'X könnte auf mehreren Servern sein. Gib es auf dem frei, auf dem es ist.',
  ],
  [
    'There is no channel X that Parley can see. Check the name; a private channel has to invite @Parley first.',
    'Es gibt keinen Kanal X, den Parley sieht. Prüfe den Namen; in einen privaten Kanal muss @Parley erst eingeladen werden.',
  ],
  [
    'There is no channel X that Parley can see. Check the name, and that Parley may view the channel.',
    'Es gibt keinen Kanal X, den Parley sieht. Prüfe den Namen, und ob Parley den Kanal sehen darf.',
  ],
  [
    'There is no user group X in this workspace. Check the name. If X is a person, the app does not escape names yet: tick "Escape channels, users, and links" in the settings of its commands.',
    'In diesem Workspace gibt es keine Nutzergruppe X. Prüfe den Namen. Ist X ein Mensch, dann schreibt die App Namen noch nicht um: kreuze in den Einstellungen ihrer Befehle „Escape channels, users, and links“ an.',
  ],
  ['"X" is not a person. Write X.', '„X“ ist kein Mensch. Schreibe X.'],
  [
    'It is larger than X MB. Import it with the CLI instead.',
    'Sie ist größer als X MB. Importiere sie im Terminal.',
  ],
  ['The file is larger than 10 MB. Split it.', 'Die Datei ist größer als 10 MB. Teile sie.'],
  [
    'Slack did not hand the file out. Parley needs the permission files:read; install the app again with it, or use npx parley import.',
    'Slack hat die Datei nicht herausgegeben. Parley braucht die Berechtigung files:read; installiere die App neu mit ihr, oder nimm npx parley import.',
  ],
  // Files of records.
  [
    'Spreadsheets are not read. Save it as CSV (UTF-8) and import that.',
    'Tabellendateien werden nicht gelesen. Speichere sie als CSV (UTF-8) und importiere die.',
  ],
  [
    'The file is UTF-16. Save it as UTF-8 and import it again.',
    'Die Datei ist UTF-16. Speichere sie als UTF-8 und importiere sie noch einmal.',
  ],
  [
    'The file is UTF-16 without a mark. Save it as "CSV UTF-8" and import it again.',
    'Die Datei ist UTF-16 ohne Kennung. Speichere sie als „CSV UTF-8“ und importiere sie noch einmal.',
  ],
  [
    'The file is not UTF-8. Save it as "CSV UTF-8" and import it again.',
    'Die Datei ist nicht UTF-8. Speichere sie als „CSV UTF-8“ und importiere sie noch einmal.',
  ],
  [
    'The gzip file is damaged or cut off. Check it with gzip -t and import it again.',
    'Die gzip-Datei ist beschädigt oder abgeschnitten. Prüfe sie mit gzip -t und importiere sie noch einmal.',
  ],
  [
    'The gzip file unpacks to more than X bytes. Split it into smaller files.',
    'Die gzip-Datei wird ausgepackt größer als X Bytes. Teile sie in kleinere.',
  ],
  [
    'This is not a Parquet file, or it is damaged or cut off. Write the file again.',
    'Das ist keine Parquet-Datei, oder sie ist beschädigt oder abgeschnitten. Schreibe sie neu.',
  ],
  [
    'The Parquet file is cut off: its end is missing. Copy it once more.',
    'Die Parquet-Datei ist abgeschnitten: ihr Ende fehlt. Kopiere sie noch einmal.',
  ],
  [
    'The Parquet file is encrypted. Write it without encryption.',
    'Die Parquet-Datei ist verschlüsselt. Schreibe sie ohne Verschlüsselung.',
  ],
  [
    'No line holds a text to show. Give each record a "prompt".',
    'In keiner Zeile steht ein Text zum Zeigen. Gib jedem Eintrag einen „prompt“.',
  ],
  [
    'The JSON list has no end: the file is cut off. Save it once more.',
    'Die JSON-Liste hat kein Ende: die Datei ist abgeschnitten. Speichere sie noch einmal.',
  ],
  [
    'Something stands after the end of the JSON list. Remove it.',
    'Nach dem Ende der JSON-Liste steht noch etwas. Entferne es.',
  ],
  [
    'Two columns are called "X". Rename one of them.',
    'Zwei Spalten heißen „X“. Benenne eine davon um.',
  ],
  [
    'The file has more than X columns. Leave some out.',
    'Die Datei hat mehr als X Spalten. Lass welche weg.',
  ],
  [
    'The file is UTF-16, but damaged or cut off. Save it as "CSV UTF-8" and import it again.',
    'Die Datei ist UTF-16, aber beschädigt oder abgeschnitten. Speichere sie als „CSV UTF-8“ und importiere sie noch einmal.',
  ],
  [
    'The row before line X is longer than X MB. Most likely a quotation mark is not closed.',
    'Die Zeile vor Zeile X ist länger als X MB. Wahrscheinlich fehlt ein schließendes Anführungszeichen.',
  ],
  [
    'The row before line X does not end. Most likely a quotation mark is not closed.',
    'Die Zeile vor Zeile X hat kein Ende. Wahrscheinlich fehlt ein schließendes Anführungszeichen.',
  ],
  [
    'The file is one JSON object of more than X MB. Write a record a line, with pandas: df.to_json("data.jsonl", orient="records", lines=True).',
    'Die Datei ist ein einziges JSON-Objekt von mehr als X MB. Schreibe einen Eintrag je Zeile, mit pandas: df.to_json("data.jsonl", orient="records", lines=True).',
  ],
  ['A column is called "__proto__". Rename it.', 'Eine Spalte heißt „__proto__“. Benenne sie um.'],
  [
    'A row group of the Parquet file unpacks to more than X MB or holds more than X rows or X values. Write it with smaller ones, e.g. row_group_size=10000.',
    'Eine Zeilengruppe der Parquet-Datei wird ausgepackt größer als X MB oder enthält mehr als X Zeilen oder X Werte. Schreibe sie mit kleineren, etwa row_group_size=10000.',
  ],
  [
    'A Parquet file of more than X MB cannot be piped in. Name the file itself.',
    'Eine Parquet-Datei von mehr als X MB lässt sich nicht durch eine Pipe lesen. Nenne die Datei selbst.',
  ],
  [
    'The Parquet file is packed with gzip. Unpack it first: gunzip FILE.',
    'Die Parquet-Datei ist mit gzip gepackt. Packe sie erst aus: gunzip FILE.',
  ],
  [
    'The footer of the Parquet file is too large. Write the file again.',
    'Der Fußteil der Parquet-Datei ist zu groß. Schreibe die Datei neu.',
  ],
  [
    'The Parquet file uses what is not read here (X). Write it with zstd.',
    'Die Parquet-Datei verwendet etwas, das hier nicht gelesen wird (X). Schreibe sie mit zstd.',
  ],
  [
    'The Parquet file unpacks to too much. Split it into smaller files.',
    'Die Parquet-Datei wird ausgepackt zu groß. Teile sie in kleinere.',
  ],
  [
    'Arrow files are not read. Write Parquet instead: dataset.to_parquet("data.parquet").',
    'Arrow-Dateien werden nicht gelesen. Schreibe stattdessen Parquet: dataset.to_parquet("data.parquet").',
  ],
  // Models that write outputs.
  ['A generation has no such option.', 'Diese Option hat eine Generierung nicht.'],
  ['X does not fit here.', 'X passt hier nicht.'],
  ['Write a whole number from X to X.', 'Schreibe eine ganze Zahl von X bis X.'],
  ['Write a number from X to X.', 'Schreibe eine Zahl von X bis X.'],
  ['Write a number above 0, at most 1.', 'Schreibe eine Zahl über 0, höchstens 1.'],
  ['Write a whole number of tokens, such as X.', 'Schreibe eine ganze Zahl von Token, etwa X.'],
  ['Write an amount above 0, such as X.', 'Schreibe einen Betrag über 0, etwa X.'],
  ['Name the models.', 'Nenne die Modelle.'],
  ['There is no model "X".', 'Es gibt kein Modell „X“.'],
  ['There are X.', 'Es gibt X.'],
  [
    'Set PARLEY_MODELS to a file that lists them; docs/generate.md shows one.',
    'Setze PARLEY_MODELS auf eine Datei, die sie nennt; docs/generate.md zeigt eine.',
  ],
  [
    'The variable X with the key of "X" is not set. Set it where Parley runs, and start again.',
    'Die Variable X mit dem Schlüssel von „X“ ist nicht gesetzt. Setze sie dort, wo Parley läuft, und beginne noch einmal.',
  ],
  [
    'At temperature 0 a model writes the same output every time. Raise it, or leave out --samples.',
    'Bei Temperatur 0 schreibt ein Modell jedes Mal dasselbe. Erhöhe sie, oder lass samples weg.',
  ],
  [
    'What "X" costs is not known. Give it "prices" in PARLEY_MODELS, or limit the tokens.',
    'Was „X“ kostet, ist nicht bekannt. Gib ihm „prices“ in PARLEY_MODELS, oder begrenze die Token.',
  ],
  [
    'Port X is taken by another program. Name a free one with --port, or leave it out.',
    'Der Port X ist von einem anderen Programm belegt. Nenne mit --port einen freien, oder lass es weg.',
  ],
  ['This generation is gone.', 'Diese Generierung gibt es nicht mehr.'],
  [
    'Another worker took this generation over, or it was ended.',
    'Ein anderer Prozess hat diese Generierung übernommen, oder sie wurde beendet.',
  ],
  [
    'The budget is used up: X of X tokens spent. Go on with a larger one: parley generate X --tokens NUMBER.',
    'Das Budget ist verbraucht: X von X Token. Weiter geht es mit einem größeren: parley generate X --tokens NUMBER.',
  ],
  [
    'The budget is used up: X of X spent. Go on with a larger one: parley generate X --money AMOUNT.',
    'Das Budget ist verbraucht: X von X ausgegeben. Weiter geht es mit einem größeren: parley generate X --money AMOUNT.',
  ],
  [
    'The budget has no room for another request: X of X tokens spent, and one may take X. Go on with a larger one: parley generate X --tokens NUMBER.',
    'Das Budget reicht für keine weitere Anfrage: X von X Token verbraucht, und eine kann X kosten. Weiter geht es mit einem größeren: parley generate X --tokens NUMBER.',
  ],
  [
    'The budget has no room for another request: X of X spent, and one may cost X. Go on with a larger one: parley generate X --money AMOUNT.',
    'Das Budget reicht für keine weitere Anfrage: X von X ausgegeben, und eine kann X kosten. Weiter geht es mit einem größeren: parley generate X --money AMOUNT.',
  ],
  [
    'X answers with a web page and not as a model server. Check "base_url" of "X" in PARLEY_MODELS; it usually ends in /v1.',
    'X antwortet mit einer Webseite und nicht wie ein Modellserver. Prüfe „base_url“ von „X“ in PARLEY_MODELS; meist endet sie auf /v1.',
  ],
  [
    'X redirects to another address. Write that one as "base_url" of "X" in PARLEY_MODELS.',
    'X leitet an eine andere Adresse weiter. Schreibe diese als „base_url“ von „X“ in PARLEY_MODELS.',
  ],
  [
    '"X" answers with something that is no chat completion. Check that "base_url" in PARLEY_MODELS leads to an OpenAI-compatible server.',
    '„X“ antwortet mit etwas anderem als einer Chat-Antwort. Prüfe, ob „base_url“ in PARLEY_MODELS zu einem OpenAI-kompatiblen Server führt.',
  ],
  [
    '"X" does not accept our key. Check the variable X.',
    '„X“ nimmt unseren Schlüssel nicht an. Prüfe die Variable X.',
  ],
  [
    '"X" asks for a key. Name its variable as "key" in PARLEY_MODELS.',
    '„X“ verlangt einen Schlüssel. Nenne seine Variable als „key“ in PARLEY_MODELS.',
  ],
  [
    'X has no model "X". Check "model" and "base_url" of "X" in PARLEY_MODELS.',
    'X hat kein Modell „X“. Prüfe „model“ und „base_url“ von „X“ in PARLEY_MODELS.',
  ],
  [
    'X is not the address of a model server (status 404). Check "base_url" of "X" in PARLEY_MODELS; it usually ends in /v1.',
    'X ist nicht die Adresse eines Modellservers (Status 404). Prüfe „base_url“ von „X“ in PARLEY_MODELS; sie endet meist auf /v1.',
  ],
  [
    'X has no model "X", or is not the address of a model server (status 404). Check "base_url" of "X" in PARLEY_MODELS, which usually ends in /v1, then "model".',
    'X hat kein Modell „X“ oder ist nicht die Adresse eines Modellservers (Status 404). Prüfe „base_url“ von „X“ in PARLEY_MODELS, die meist auf /v1 endet, dann „model“.',
  ],
  [
    'The account of "X" has no credit left. Top it up, then start again.',
    'Das Konto von „X“ ist leer. Lade es auf und beginne noch einmal.',
  ],
  [
    '"X" takes no more requests for X minutes. Start again then.',
    '„X“ nimmt X Minuten lang keine Anfragen mehr an. Beginne danach noch einmal.',
  ],
  [
    '"X" takes no more requests for now. Start again later, or lower "in_flight" in PARLEY_MODELS.',
    '„X“ nimmt gerade keine Anfragen mehr an. Beginne später noch einmal, oder senke „in_flight“ in PARLEY_MODELS.',
  ],
  [
    'The server of "X" fails (status X). Start again later.',
    'Der Server von „X“ versagt (Status X). Beginne später noch einmal.',
  ],
  ['"X" refuses a request: X', '„X“ lehnt eine Anfrage ab: X'],
  [
    'Change the option or the record it names.',
    'Ändere die Option oder den Eintrag, den das nennt.',
  ],
  [
    '"X" did not answer within X seconds. Raise "timeout_seconds" in PARLEY_MODELS, or lower the length of outputs.',
    '„X“ hat in X Sekunden nicht geantwortet. Erhöhe „timeout_seconds“ in PARLEY_MODELS, oder senke die Länge der Ausgaben.',
  ],
  [
    '"X" broke off in the middle of its answer. Start again later.',
    '„X“ brach mitten in der Antwort ab. Beginne später noch einmal.',
  ],
  [
    '"X" cannot be reached at X. Check "base_url" in PARLEY_MODELS, and that its server runs.',
    '„X“ ist unter X nicht zu erreichen. Prüfe „base_url“ in PARLEY_MODELS, und ob der Server läuft.',
  ],
  [
    'X cannot be reached right now. Try again in a moment.',
    'X ist gerade nicht zu erreichen. Versuche es gleich noch einmal.',
  ],
]

const patterns = pairs.map(([english, german]) => ({
  from: literalsOf(english),
  to: literalsOf(german),
}))
