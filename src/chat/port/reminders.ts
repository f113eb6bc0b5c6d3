/** Messages Parley sends by itself: an invitation to a batch, a reminder. */
import type { ReminderKind } from '../../reminders/reminder.ts'
import type { Choice } from './home.ts'

/** A batch offered to a person; nothing is claimed before they press Start. */
export type InvitationCard = {
  invitationId: string
  dataset: { name: string; title: string; description: string | null }
  count: number | null
  /** For all of it, or for one where no count was named; null before anybody answered. */
  minutes: number | null
  dueAt: Date | null
  /** Where no hour was named: that day, in the reader's own zone. */
  dueDay: string | null
  /** Their time zone; UTC if unknown. */
  zone: string
}

/** One useful message a day, with a button to turn it off. */
export type ReminderCard = {
  reminderId: string
  kind: ReminderKind
  text: string
  /** What may be started from it. */
  items: Choice[]
  /** Small print below, such as that it is the last for now. */
  note?: string
}
