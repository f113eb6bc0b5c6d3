/** What the demo's month heard: the reminders that went over the wire. */

/** A reminder that went over the wire. */
export type Heard = {
  id: string
  platform: 'slack' | 'discord'
  kind: string
  who: string
  at: Date
}

export type ZoneOf = (who: string, at: Date) => string
