/** What the frame of every page says, in English and German. Each folder has its own words beside it. */
import { isGerman } from '../../sentences.ts'

const english = {
  lang: 'en',
  skip: 'Skip to the content',
  navigation: 'Pages',
  overview: 'Overview',
  datasets: 'Datasets',
  people: 'People',
  exports: 'Exports',
  activity: 'Activity',
  work: 'My tasks',
  signedInAs: (name: string) => `Signed in as ${name}`,
  signOut: 'Sign out',
  signOutEverywhere: 'Sign out everywhere',
  signedOut: 'You are signed out.',
  signedOutEverywhere: (count: number) =>
    count === 1
      ? 'You are signed out. It was your only session.'
      : `You are signed out in ${count} browsers.`,
  // To sign in
  signIn: 'Sign in',
  signInTitle: 'Sign in to Parley',
  signInAsk: 'Parley sends you a link in chat. Type one of these commands there:',
  signInAdmin: 'for the dashboard',
  signInLabeler: 'for your tasks',
  signInKey: 'Or sign in with an API key',
  signInKeyHint: 'A key with the scope admin. The session ends when the key is revoked.',
  key: 'API key',
  continueTitle: 'Continue to Parley',
  continueText: 'Press the button to sign in here. The link works once.',
  continueButton: 'Continue',
  linkUsed: 'This link was used already. Each link signs in once.',
  linkExpired: 'This link has expired. A link works for five minutes.',
  linkUnknown: 'Parley does not know this link. Check that it is complete.',
  linkAgain: 'Get another one in chat:',
  keyRefused: 'This key does not work here. Use one that has the scope admin and was not revoked.',
  tooMany: 'Too many attempts to sign in. Wait a minute and try again.',
  sessionOver: 'You are not signed in, or your session has ended.',
  // When something is not there
  notFound: 'There is nothing here',
  notFoundText: 'The page does not exist, or you cannot see it with the role you have.',
  forbidden: 'This is not for you',
  invalid: 'Something has to be changed',
  conflict: 'This cannot be done now',
  unavailable: 'Something Parley needs is away',
  failed: 'Something broke on our side',
  failedText: (ref: string) =>
    `Nothing you entered was wrong. Try again in a moment. The person who runs this Parley finds it in the log as ${ref}.`,
  method: 'Nothing to open here',
  methodText: 'This address takes a form. Go back to the page it is on.',
  tooLarge: 'The form is too large. Send less at once.',
  back: 'Back to the start',
  // Parts
  older: 'Next page',
  newest: 'First page',
  pages: 'Pages of this list',
  busy: 'Loading',
}

export type FrameWords = typeof english

const german: FrameWords = {
  lang: 'de',
  skip: 'Zum Inhalt springen',
  navigation: 'Seiten',
  overview: 'Übersicht',
  datasets: 'Datensätze',
  people: 'Menschen',
  exports: 'Exporte',
  activity: 'Protokoll',
  work: 'Meine Aufgaben',
  signedInAs: (name) => `Angemeldet als ${name}`,
  signOut: 'Abmelden',
  signOutEverywhere: 'Überall abmelden',
  signedOut: 'Du bist abgemeldet.',
  signedOutEverywhere: (count) =>
    count === 1
      ? 'Du bist abgemeldet. Es war deine einzige Sitzung.'
      : `Du bist in ${count} Browsern abgemeldet.`,
  signIn: 'Anmelden',
  signInTitle: 'Bei Parley anmelden',
  signInAsk: 'Parley schickt dir im Chat einen Link. Schreibe dort einen dieser Befehle:',
  signInAdmin: 'für die Verwaltung',
  signInLabeler: 'für deine Aufgaben',
  signInKey: 'Oder mit einem API-Schlüssel anmelden',
  signInKeyHint: 'Ein Schlüssel mit dem Recht admin. Die Sitzung endet, wenn er widerrufen wird.',
  key: 'API-Schlüssel',
  continueTitle: 'Weiter zu Parley',
  continueText: 'Drücke den Knopf, um dich hier anzumelden. Der Link gilt einmal.',
  continueButton: 'Weiter',
  linkUsed: 'Dieser Link wurde schon benutzt. Jeder Link meldet einmal an.',
  linkExpired: 'Dieser Link ist abgelaufen. Ein Link gilt fünf Minuten.',
  linkUnknown: 'Diesen Link kennt Parley nicht. Prüfe, ob er vollständig ist.',
  linkAgain: 'Einen neuen gibt es im Chat:',
  keyRefused:
    'Dieser Schlüssel gilt hier nicht. Nimm einen mit dem Recht admin, der nicht widerrufen ist.',
  tooMany: 'Zu viele Versuche, sich anzumelden. Warte eine Minute und versuche es noch einmal.',
  sessionOver: 'Du bist nicht angemeldet, oder deine Sitzung ist zu Ende.',
  notFound: 'Hier ist nichts',
  notFoundText: 'Die Seite gibt es nicht, oder du darfst sie mit deiner Rolle nicht sehen.',
  forbidden: 'Das darfst du nicht',
  invalid: 'Etwas muss geändert werden',
  conflict: 'Das geht gerade nicht',
  unavailable: 'Etwas, das Parley braucht, ist nicht da',
  failed: 'Bei uns ist etwas schiefgegangen',
  failedText: (ref) =>
    `An deiner Eingabe lag es nicht. Versuche es gleich noch einmal. Im Protokoll des Servers steht es unter ${ref}.`,
  method: 'Hier gibt es nichts zu öffnen',
  methodText: 'Diese Adresse nimmt ein Formular. Geh zurück auf die Seite, auf der es steht.',
  tooLarge: 'Das Formular ist zu groß. Schicke weniger auf einmal.',
  back: 'Zurück zum Anfang',
  older: 'Nächste Seite',
  newest: 'Erste Seite',
  pages: 'Seiten dieser Liste',
  busy: 'Lädt',
}

/** A catalogue in the language of the person: `inTongue(locale, { english, german })`. */
export function inTongue<Words>(
  locale: string | undefined,
  words: { english: Words; german: Words },
): Words {
  return isGerman(locale) ? words.german : words.english
}

export function frameWords(locale: string | undefined): FrameWords {
  return inTongue(locale, { english, german })
}

/** The language a browser asks for most, of those there are. */
export function localeFrom(accepted: string | undefined): string {
  const ranked = (accepted ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...rest] = part.trim().split(';')
      const weight = Number(/q=([\d.]+)/.exec(rest.join(';'))?.[1] ?? 1)
      return { tag: tag.trim(), weight }
    })
    .filter(({ tag, weight }) => weight > 0 && /^(?:en|de)\b/i.test(tag))
    .sort((one, other) => other.weight - one.weight)
  return ranked[0]?.tag ?? 'en'
}
