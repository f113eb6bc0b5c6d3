/**
 * The commands people find in Discord, in English and German, and their registration: Discord is told
 * only when what it has differs. Admin commands are hidden from whoever may not manage the server;
 * who really may use them is decided inside, at each use.
 */

import type { Rest } from '../send/rest.ts'
import { useMessageName } from './own-message.ts'

/** A name and a description; in German too. */
type Say = { name: string; about: string; de: readonly [name: string, about: string] }

type Option = {
  type: number
  name: string
  description: string
  name_localizations: { de: string }
  description_localizations: { de: string }
  required?: boolean
  autocomplete?: boolean
  choices?: { name: string; value: string }[]
  options?: Option[]
}

export type Command = {
  type: number
  name: string
  description?: string
  name_localizations?: { de: string }
  description_localizations?: { de: string }
  options?: Option[]
  contexts: number[]
  integration_types: number[]
  default_member_permissions?: string
}

const subcommand = 1
const text = 3
const whole = 4
const yesOrNo = 5
const inChannel = 7
const attachment = 11
const onMessage = 3

/** In servers and in a conversation with Parley; installed by servers, not by people. */
const everywhere = { contexts: [0, 1], integration_types: [0] }
const manageGuild = String(1 << 5)

const dataset = option('dataset', 'Which dataset', ['datensatz', 'Welcher Datensatz'], {
  autocomplete: true,
})
const itsDataset: Option = { ...dataset, required: true }

const choice = (name: string, about: string, de: readonly [string, string]) =>
  option(name, about, de, { autocomplete: true })

export const commands: readonly Command[] = [
  {
    type: 1,
    ...said({
      name: 'label',
      about: 'Your next task',
      de: ['bewerten', 'Deine nächste Aufgabe'],
    }),
    options: [dataset],
    ...everywhere,
  },
  {
    type: 1,
    ...said({
      name: 'parley',
      about: 'Your tasks, your progress, your answers',
      de: ['parley', 'Deine Aufgaben, dein Fortschritt, deine Antworten'],
    }),
    options: [
      sub('next', 'Your next task', ['weiter', 'Deine nächste Aufgabe'], [dataset]),
      sub('resume', 'The task you have open', ['fortsetzen', 'Die Aufgabe, die du offen hast']),
      sub('home', 'Your open tasks and your last answers', [
        'übersicht',
        'Was auf dich wartet, und deine letzten Antworten',
      ]),
      sub('datasets', 'Choose what to work on', ['datensätze', 'Aussuchen, woran du arbeitest']),
      sub('progress', 'How much you have answered', [
        'fortschritt',
        'Wie viel du beantwortet hast',
      ]),
      sub('history', 'Your last answers, to read or change', [
        'verlauf',
        'Deine letzten Antworten, zum Lesen oder Ändern',
      ]),
      sub('reminders', 'When Parley may write to you', [
        'erinnerungen',
        'Wann Parley dir schreiben darf',
      ]),
      sub(
        'link',
        'Joins your accounts in Slack and Discord',
        ['verbinden', 'Verbindet deine Konten in Slack und Discord'],
        [option('code', 'The code from the other one', ['code', 'Der Code aus dem anderen'], {})],
      ),
      sub(
        'my-data',
        'What Parley keeps about you, and how to have it deleted',
        ['meine-daten', 'Was Parley über dich speichert, und wie es gelöscht wird'],
        [
          option('what', 'A copy, or delete it', ['was', 'Eine Kopie, oder alles löschen'], {
            choices: [
              { name: 'export', value: 'export' },
              { name: 'delete', value: 'delete' },
            ],
          }),
        ],
      ),
      sub('help', 'What there is to do', ['hilfe', 'Was es zu tun gibt']),
    ],
    ...everywhere,
  },
  {
    type: 1,
    ...said({
      name: 'parley-admin',
      about: 'Progress, exports, imports and publishing, for admins',
      de: ['parley-admin', 'Fortschritt, Exporte, Importe und Freigabe, für Admins'],
    }),
    options: [
      sub(
        'progress',
        'How far the datasets are',
        ['fortschritt', 'Wie weit die Datensätze sind'],
        [dataset],
      ),
      sub(
        'stats',
        'Agreement and strengths of a dataset',
        ['statistik', 'Übereinstimmung und Stärken eines Datensatzes'],
        [itsDataset],
      ),
      sub(
        'export',
        'Write a dataset’s answers to a file',
        ['exportieren', 'Die Antworten eines Datensatzes in eine Datei schreiben'],
        [
          itsDataset,
          choice('format', 'What the file is for', ['format', 'Wofür die Datei ist']),
          choice('pairs', 'Which pairs of a ranking', ['paare', 'Welche Paare einer Rangfolge']),
          choice('labelers', 'Whose answers count', ['personen', 'Wessen Antworten zählen']),
          choice('shape', 'Messages or text', ['form', 'Nachrichten oder Text']),
          choice('margin', 'How a margin is measured', [
            'abstand',
            'Wie ein Abstand gemessen wird',
          ]),
          choice('choice', 'Which of several completions', [
            'auswahl',
            'Welche von mehreren Antworttexten',
          ]),
          choice('fast', 'Answers faster than one can read', [
            'schnelle',
            'Antworten, schneller als man lesen kann',
          ]),
          choice('turns', 'Chats that strict templates refuse', [
            'wechsel',
            'Chats, die strenge Vorlagen ablehnen',
          ]),
          choice('rows', 'What the rows are for', ['zeilen', 'Wofür die Zeilen sind']),
          choice('ranks', 'Two outputs a row, or all', [
            'ränge',
            'Zwei Ausgaben je Zeile oder alle',
          ]),
          option(
            'since',
            'Answers from this day on, such as 2026-03-01',
            ['ab', 'Antworten ab diesem Tag, etwa 2026-03-01'],
            {},
          ),
          option(
            'until',
            'Answers until the end of this day',
            ['bis', 'Antworten bis zum Ende dieses Tages'],
            {},
          ),
          option(
            'labeler',
            'Answers of this labeler, by pseudonym',
            ['person', 'Antworten dieser Person, unter ihrem Pseudonym'],
            {},
          ),
          option('question', 'Which question', ['frage', 'Welche Frage'], {}),
          option(
            'keep',
            'Only records such as mean(clarity) >= 4',
            ['behalten', 'Nur Einträge wie mean(clarity) >= 4'],
            {},
          ),
        ],
      ),
      sub(
        'export-cancel',
        'Stop the export of yours that is under way',
        ['export-abbrechen', 'Deinen laufenden Export abbrechen'],
        [],
      ),
      sub(
        'import',
        'Add records from a file',
        ['importieren', 'Einträge aus einer Datei hinzufügen'],
        [
          itsDataset,
          {
            ...option(
              'file',
              'JSON lines, CSV or Parquet',
              ['datei', 'JSON-Zeilen, CSV oder Parquet'],
              {},
            ),
            type: attachment,
          },
        ],
      ),
      sub(
        'import-cancel',
        'Stop the import of yours that is under way',
        ['import-abbrechen', 'Deinen laufenden Import abbrechen'],
        [],
      ),
      sub(
        'preview',
        'See a dataset as a labeler does; nothing is saved',
        ['vorschau', 'Einen Datensatz sehen wie andere; nichts wird gespeichert'],
        [itsDataset],
      ),
      sub('publish', 'Open a dataset', ['freigeben', 'Einen Datensatz öffnen'], [itsDataset]),
      sub(
        'pause',
        'Hold a dataset for a while',
        ['pausieren', 'Einen Datensatz eine Weile anhalten'],
        [itsDataset],
      ),
      sub(
        'claim',
        'Become admin with the code Parley printed',
        ['beanspruchen', 'Admin werden mit dem Code, den Parley ausgegeben hat'],
        [{ ...option('code', 'The code', ['code', 'Der Code'], {}), required: true }],
      ),
      sub(
        'deliver',
        'Offer work to people',
        ['anbieten', 'Leuten Arbeit anbieten'],
        [
          itsDataset,
          option(
            'to',
            'everyone, or people and roles such as @ana @labelers',
            ['an', 'everyone, oder Leute und Rollen wie @ana @labelers'],
            {},
          ),
          { ...option('each', 'How many each', ['je', 'Wie viele je Person'], {}), type: whole },
          option(
            'due',
            'Until when, as 2026-12-24 or 2026-12-24T17:00',
            ['bis', 'Bis wann, als 2026-12-24 oder 2026-12-24T17:00'],
            {},
          ),
          {
            ...option(
              'again',
              'Send once more what nobody knows of whether it arrived',
              ['nochmal', 'Noch einmal schicken, wovon niemand weiß, ob es ankam'],
              {},
            ),
            type: yesOrNo,
          },
          {
            ...option(
              'count',
              'Only say how many people those roles are',
              ['zählen', 'Nur sagen, wie viele Leute diese Rollen sind'],
              {},
            ),
            type: yesOrNo,
          },
        ],
      ),
      sub(
        'post',
        'Call a channel to rank outputs; each ballot is private',
        ['aufruf', 'Einen Kanal zum Bewerten aufrufen; jede Stimme bleibt privat'],
        [
          itsDataset,
          {
            ...option('channel', 'Where; here unless named', ['kanal', 'Wo; sonst hier'], {}),
            type: inChannel,
          },
          { ...option('records', 'How many', ['anzahl', 'Wie viele'], {}), type: whole },
          {
            ...option('closes', 'After how many hours', ['endet', 'Nach wie vielen Stunden'], {}),
            type: whole,
          },
        ],
      ),
      sub(
        'hub',
        'A message in a channel from which people start',
        ['tafel', 'Eine Nachricht in einem Kanal, von der aus alle anfangen'],
        [
          itsDataset,
          {
            ...option('channel', 'Where; here unless named', ['kanal', 'Wo; sonst hier'], {}),
            type: inChannel,
          },
        ],
      ),
      sub(
        'remind',
        'A daily word about a dataset in this channel',
        ['erinnern', 'Täglich ein Wort über einen Datensatz in diesem Kanal'],
        [
          itsDataset,
          { ...option('on', 'Off ends it', ['an', 'Aus beendet es'], {}), type: yesOrNo },
        ],
      ),
      sub('help', 'What admins can do', ['hilfe', 'Was Admins tun können']),
    ],
    ...everywhere,
    default_member_permissions: manageGuild,
  },
  {
    type: onMessage,
    name: useMessageName,
    name_localizations: { de: 'Als meine Antwort verwenden' },
    ...everywhere,
  },
]

/** Tells Discord the commands, unless it has them already. */
export async function registerCommands(
  rest: Rest,
  applicationId: string,
): Promise<'changed' | 'unchanged'> {
  const at = { app: applicationId }
  const path = '/applications/:app/commands'
  const known = await rest<unknown>({ method: 'GET', path, at, query: 'with_localizations=true' })
  if (isSame(commands, known)) return 'unchanged'
  await rest({ method: 'PUT', path, at, body: commands, repeatable: true })
  return 'changed'
}

/** The address at which somebody adds Parley to a server, asking for no more than it uses. */
export function inviteLink(applicationId: string): string {
  const query = new URLSearchParams({
    client_id: applicationId,
    scope: 'bot applications.commands',
    permissions: String(permissions),
  })
  return `https://discord.com/oauth2/authorize?${query}`
}

/** See channels, write into them and their threads, attach files, read back what it posted. */
const permissions = [10, 11, 14, 15, 16, 38].reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n)

/** Whether Discord has the same commands; what it adds of its own does not count. */
export function isSame(ours: readonly Command[], theirs: unknown): boolean {
  if (!Array.isArray(theirs) || theirs.length !== ours.length) return false
  return ours.every((one) =>
    theirs.some(
      (other: unknown) =>
        holds(other, { name: one.name, type: one.type }) &&
        holds(other, one) &&
        holds(one, other, true),
    ),
  )
}

const compared = new Set([
  ...['type', 'name', 'description', 'name_localizations', 'description_localizations'],
  ...['options', 'required', 'autocomplete', 'contexts', 'integration_types'],
  ...['default_member_permissions', 'choices', 'value', 'de'],
])

/** Whether `whole` has everything that `part` says. `known`: only by the words we use ourselves. */
function holds(whole: unknown, part: unknown, known = false): boolean {
  if (isNothing(part)) return true
  if (Array.isArray(part)) {
    const all = Array.isArray(whole) ? whole : []
    return part.length === all.length && part.every((one, n) => holds(all[n], one, known))
  }
  if (typeof part !== 'object' || part === null) return whole === part
  const has = typeof whole === 'object' && whole !== null ? whole : {}
  return Object.entries(part)
    .filter(([name]) => !known || compared.has(name))
    .every(([name, value]) => holds(Reflect.get(has, name), value, known))
}

/** How Discord writes what was not said. */
function isNothing(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    value === false ||
    value === '' ||
    (Array.isArray(value) && value.length === 0)
  )
}

function said({ name, about, de }: Say) {
  return {
    name,
    description: about,
    name_localizations: { de: de[0] },
    description_localizations: { de: de[1] },
  }
}

function option(
  name: string,
  about: string,
  de: readonly [string, string],
  more: Pick<Option, 'autocomplete' | 'choices'>,
): Option {
  return { type: text, ...said({ name, about, de }), ...more }
}

function sub(
  name: string,
  about: string,
  de: readonly [string, string],
  options: Option[] = [],
): Option {
  return { type: subcommand, ...said({ name, about, de }), options }
}
