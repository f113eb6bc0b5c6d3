/** Why a dataset is stuck, what to do, and when it is likely finished, in English and German. */

import { labelOf } from '../../platforms/registry.ts'
import type { Platform } from '../../platforms/traits.ts'
import { counted } from '../../sentences.ts'
import type { Standing } from './stuck.ts'

const all = (names: readonly Platform[]) => names.map(labelOf).join(', ')

const english = {
  locale: 'en-GB',
  why: (standing: Standing, day: string): string => {
    switch (standing.type) {
      case 'moving':
        return 'People are at work.'
      case 'done':
        return 'Every record is completed.'
      case 'draft':
        return 'It is a draft, which nobody sees. Publish it to begin.'
      case 'paused':
        return 'It is paused: nobody is given tasks. Publish it to go on.'
      case 'closed':
        return 'It is closed.'
      case 'empty':
        return 'It has no records. Import some.'
      case 'outputs':
        return `${counted(standing.records, 'record waits', 'records wait')} for outputs, and nothing else is left. Generate them or import them.`
      case 'away':
        return `Its people are on ${all(standing.platforms)}, which is not connected. Nobody has answered since ${day}.`
      case 'nobody':
        return `Nobody has begun since ${day}. Invite people, or post it in a channel.`
      case 'few':
        return `Each record asks for ${counted(standing.wanted, 'different person', 'different people')}, and ${counted(standing.people, 'person takes', 'people take')} part. Invite more people.`
      case 'exhausted':
        return `${standing.people === 1 ? 'The one person who takes' : `All ${standing.people} people who take`} part ${standing.people === 1 ? 'has' : 'have'} seen every record. Invite more people.`
      case 'held':
        return `All that is left, ${counted(standing.tasks, 'task', 'tasks')}, is held by people who opened it and have not answered. It is freed within the hour.`
      case 'quiet':
        return `Nobody has answered since ${day}. Remind people, or invite others.`
    }
  },
  ending: (day: string) => `about ${day}`,
  endingSoon: 'within a day',
  endingRange: (low: string, high: string) =>
    low === high ? `80% sure: ${low}` : `80% sure: ${low} – ${high}`,
  endingOpen: (low: string) => `80% sure: not before ${low}`,
  endingNow: 'now',
  pace: (count: string) => `${count} a day`,
  notYet: 'not enough yet',
  whyNot: (reason: string) => reason,
}
export type StandingWords = typeof english

const reasons: Readonly<Record<string, string>> = {
  'Not enough days with answers yet.': 'Noch zu wenige Tage mit Antworten.',
  'It has no records yet.': 'Es gibt noch keine Einträge.',
  'Nobody has answered yet.': 'Noch hat niemand geantwortet.',
  'Nobody has answered for a week.': 'Seit einer Woche hat niemand geantwortet.',
  'At this pace it takes more than ten years.': 'In diesem Tempo dauert es mehr als zehn Jahre.',
}
const german: StandingWords = {
  locale: 'de-DE',
  why: (standing, day) => {
    switch (standing.type) {
      case 'moving':
        return 'Es wird gearbeitet.'
      case 'done':
        return 'Alle Einträge sind fertig.'
      case 'draft':
        return 'Ein Entwurf, den niemand sieht. Veröffentliche ihn, damit es losgeht.'
      case 'paused':
        return 'Angehalten: Niemand bekommt Aufgaben. Veröffentliche ihn, damit es weitergeht.'
      case 'closed':
        return 'Geschlossen.'
      case 'empty':
        return 'Es gibt keine Einträge. Importiere welche.'
      case 'outputs':
        return `${standing.records === 1 ? '1 Eintrag wartet' : `${standing.records} Einträge warten`} auf Ausgaben, und sonst ist nichts übrig. Lass sie erzeugen oder importiere sie.`
      case 'away':
        return `Gefragt werden Leute auf ${all(standing.platforms)}; das ist nicht verbunden. Seit ${day} hat niemand geantwortet.`
      case 'nobody':
        return `Seit ${day} hat niemand angefangen. Lade Leute ein oder stelle es in einen Kanal.`
      case 'few':
        return `Jeder Eintrag braucht ${standing.wanted} verschiedene Personen, aber nur ${standing.people} ${standing.people === 1 ? 'macht' : 'machen'} mit. Lade mehr Leute ein.`
      case 'exhausted':
        return `Wer mitmacht (${standing.people}), hat alle Einträge gesehen. Lade mehr Leute ein.`
      case 'held':
        return `Was übrig ist (${standing.tasks}), haben Leute offen, die noch nicht geantwortet haben. Binnen einer Stunde wird es frei.`
      case 'quiet':
        return `Seit ${day} hat niemand geantwortet. Erinnere die Leute oder lade andere ein.`
    }
  },
  ending: (day) => `etwa ${day}`,
  endingSoon: 'binnen eines Tages',
  endingRange: (low, high) =>
    low === high ? `zu 80 % sicher: ${low}` : `zu 80 % sicher: ${low} – ${high}`,
  endingOpen: (low) => `zu 80 % sicher: nicht vor ${low}`,
  endingNow: 'jetzt',
  pace: (count) => `${count} am Tag`,
  notYet: 'noch zu wenig',
  whyNot: (reason) => reasons[reason] ?? reason,
}
export const standingWords = { english, german }
