/**
 * Ids of the buttons and menus that every platform has, so that a press can be understood later, by another process,
 * after a redeploy: `v1:verb:argument…`. The version never changes meaning. Ids that one platform alone needs stand in
 * its own ids.ts. Pure.
 */
import { type Later, laters, reminderKinds } from '../../reminders/reminder.ts'
import type { Interaction } from './interaction.ts'
import { type PreferenceChange, type SkipReason, skipReasons } from './port.ts'
import { type Receipt, type Tap, tapWords } from './task-card.ts'

/** Interactions of these types, before their person is known. */
export type Gesture<Type extends Interaction['type']> = Type extends Interaction['type']
  ? Omit<Extract<Interaction, { type: Type }>, 'by'>
  : never

/** One touch on a card: an answer, a tap of a ranking, a skip. */
export type CardPress =
  | { verb: 'press'; assignmentId: string; schemaVersion: number; press: number }
  | { verb: 'rank'; assignmentId: string; schemaVersion: number; step: number; tap: Tap }
  | { verb: 'skip'; assignmentId: string; reason: SkipReason }
  /** Another reason to skip: it is asked for first. */
  | { verb: 'why'; assignmentId: string }

export function pressId(assignmentId: string, schemaVersion: number, press: number): string {
  return `v1:press:${assignmentId}:${schemaVersion}:${press}`
}

export function rankId(
  assignmentId: string,
  schemaVersion: number,
  step: number,
  tap: Tap,
): string {
  return `v1:rank:${assignmentId}:${schemaVersion}:${step}:${tap}`
}

export function skipId(assignmentId: string, reason: SkipReason): string {
  return `v1:skip:${assignmentId}:${reason}`
}

/** The choice of a reason: skips at once, or asks for what the list does not have. */
export function reasonId(assignmentId: string, reason: SkipReason): string {
  return reason === 'other' ? `v1:reason:${assignmentId}` : skipId(assignmentId, reason)
}

/**
 * The public id of a task whose output is improved: the assignment's, and the output's place on the card. Forms
 * and buttons carry it like any other. Without a place it is asked which one.
 */
export function improveId(assignmentId: string, place?: number): string {
  return `${assignmentId}~${place ?? ''}`
}

/** Reads it back; null for the id of a plain task. */
export function readImproveId(id: string): { assignmentId: string; place: number | null } | null {
  const [, assignmentId, place] = /^([^~]*)~(\d{0,3})$/.exec(id) ?? []
  if (assignmentId === undefined) return null
  return { assignmentId, place: place ? Number(place) : null }
}

/**
 * The public id of an answer whose labeler may change it to what a model suggested: its one press says which
 * revision of the answer stood on the screen.
 */
export function adoptId(assignmentId: string): string {
  return `${assignmentId}!`
}

/** Reads it back; null for the id of a plain task. */
export function readAdoptId(id: string): string | null {
  return id.endsWith('!') ? id.slice(0, -1) : null
}

/** The assignment that an id is about, whatever of it. */
export function taskIdOf(id: string): string {
  return readImproveId(id)?.assignmentId ?? readAdoptId(id) ?? id
}

export function nextId(dataset?: string): string {
  return dataset === undefined ? 'v1:next' : `v1:next:${dataset}`
}

/** Undo of one answer: of the revision on the screen, where it is known. */
export function undoId({ assignmentId, revision }: Pick<Receipt, 'assignmentId' | 'revision'>) {
  return `v1:undo:${assignmentId}${revision === undefined ? '' : `:${revision}`}`
}

/** What of an Undo button comes after its verb. */
export function readUndo(
  assignmentId: string,
  revision: string | undefined,
): { verb: 'undo'; assignmentId: string; revision?: number } {
  const number = Number(revision)
  return { verb: 'undo', assignmentId, ...(isCount(number) ? { revision: number } : {}) }
}

/** Reads a touch on a card back; null for any other id. */
export function parseCardId(id: string): CardPress | null {
  const [version, verb, assignmentId = '', ...rest] = id.split(':')
  if (version !== 'v1') return null
  switch (verb) {
    case 'press': {
      const [schemaVersion, press] = rest.map(Number)
      if (!isCount(schemaVersion) || !isCount(press)) return null
      return { verb, assignmentId, schemaVersion, press }
    }
    case 'rank': {
      const [schemaVersion, step] = rest.slice(0, 2).map(Number)
      const tap = readTap(rest[2] ?? '')
      if (!isCount(schemaVersion) || !isCount(step) || tap === null) return null
      return { verb, assignmentId, schemaVersion, step, tap }
    }
    case 'skip': {
      const reason = skipReasons.find((one) => one === rest[0])
      return reason ? { verb, assignmentId, reason } : null
    }
    case 'reason':
      return { verb: 'why', assignmentId }
  }
  return null
}

/** Whether a number read from an id is one that was written there. */
export function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0
}

/** The other button of the first card. */
export const declineId = 'v1:decline'

export const remindersId = 'v1:reminders'

export function invitedId(invitationId: string): string {
  return `v1:invited:${invitationId}`
}

/** Start in a reminder, of one of the datasets it names. */
export function beginId(reminderId: string, dataset: string): string {
  return `v1:begin:${reminderId}:${dataset}`
}

export function laterId(reminderId: string, until: Later): string {
  return `v1:later:${reminderId}:${until}`
}

export function turnOffId(reminderId: string): string {
  return `v1:off:${reminderId}`
}

export function preferId(change: PreferenceChange): string {
  if ('kind' in change) return `v1:prefer:kind:${change.kind}:${change.on ? 'on' : 'off'}`
  if ('all' in change) return `v1:prefer:all:${change.all ? 'on' : 'off'}`
  if ('zone' in change) return `v1:prefer:zone:${change.zone}`
  if ('digestAt' in change) return `v1:prefer:at:${change.digestAt}`
  if ('quiet' in change) return `v1:prefer:quiet:${change.quiet}`
  if ('quietFrom' in change) return `v1:prefer:from:${change.quietFrom}`
  if ('quietUntil' in change) return `v1:prefer:until:${change.quietUntil}`
  return `v1:prefer:days:${change.days.join('')}`
}

/** The menu or boxes of the days on which reminders may come: each is a choice of its own. */
export const daysId = 'v1:prefer:days'

/** What was chosen there; the days are the values of their options. */
export function readDays(chosen: readonly string[]): Gesture<'prefer'> {
  return { type: 'prefer', change: { days: chosen.map(Number) } }
}

/** The time zones one may choose, by region. */
export const zonesByRegion: ReadonlyMap<string, readonly string[]> = Map.groupBy(
  new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']),
  (zone) => zone.split('/')[0] ?? zone,
)

type ReminderGesture = Gesture<
  | 'decline'
  | 'reminders'
  | 'start-invitation'
  | 'start-reminded'
  | 'remind-later'
  | 'turn-off'
  | 'prefer'
>

/** What a button or choice of an invitation, a reminder or its settings asks for; null for any other. */
export function parseReminderId(id: string): ReminderGesture | null {
  const [version, verb, first = '', ...rest] = id.split(':')
  if (version !== 'v1') return null
  switch (verb) {
    case 'decline':
      return { type: 'decline' }
    case 'reminders':
      return { type: 'reminders' }
    case 'invited':
      return { type: 'start-invitation', invitationId: first }
    case 'begin':
      return { type: 'start-reminded', reminderId: first, dataset: rest.join(':') }
    case 'later': {
      const until = laters.find((one) => one === rest[0])
      return until ? { type: 'remind-later', reminderId: first, until } : null
    }
    case 'off':
      return { type: 'turn-off', reminderId: first }
    case 'prefer': {
      const change = readChange(first, rest.join(':'))
      return change && { type: 'prefer', change }
    }
  }
  return null
}

/** Opens a ballot, or votes by the press of that place. */
export function voteId(postId: string, choice?: number): string {
  return `v1:vote:${postId}${choice === undefined ? '' : `:${choice}`}`
}

/** Continues from an answer of a battle. */
export function goOnId(battleId: string, side: 'a' | 'b'): string {
  return `v1:ask:${battleId}:${side}`
}

export function hubId(what: 'start' | 'guidelines' | 'progress', dataset: string): string {
  return `v1:hub:${what}:${dataset}`
}

type PublicGesture = Gesture<'vote' | 'ask' | 'next' | 'dataset-guidelines' | 'progress'>

/** What a button of a public message asks for; `on` is that message. Null for any other. */
export function parsePublicId(id: string, on: string | undefined): PublicGesture | null {
  const [version, verb, first = '', ...rest] = id.split(':')
  if (version !== 'v1') return null
  if (verb === 'vote') {
    const choice = rest[0] === undefined ? Number.NaN : Number(rest[0])
    const voted = isCount(choice) ? { choice } : {}
    return { type: 'vote', postId: first, ...voted, ...(on === undefined ? {} : { on }) }
  }
  if (verb === 'ask') {
    const [side] = rest
    if (side !== 'a' && side !== 'b') return null
    return { type: 'ask', follows: { battleId: first, side } }
  }
  if (verb !== 'hub') return null
  const dataset = rest.join(':')
  switch (first) {
    case 'start':
      return { type: 'next', dataset }
    case 'guidelines':
      return { type: 'dataset-guidelines', dataset }
    case 'progress':
      return { type: 'progress' }
  }
  return null
}

export const myDataIds = {
  export: 'v1:mydata:export',
  delete: 'v1:mydata:delete',
  sure: 'v1:mydata:delete:sure',
  keep: 'v1:mydata',
} as const

/** The gesture of a button about one's own data; null for any other. */
export function parseMyDataId(id: string): Gesture<'my-data'> | null {
  if (id === myDataIds.export) return { type: 'my-data', act: 'export' }
  if (id === myDataIds.delete) return { type: 'my-data', act: 'delete' }
  if (id === myDataIds.keep) return { type: 'my-data' }
  if (id === myDataIds.sure) return { type: 'my-data', act: 'delete', confirmed: true }
  return null
}

function readChange(what: string, value: string): PreferenceChange | null {
  switch (what) {
    case 'kind': {
      const [name, on] = value.split(':')
      const kind = reminderKinds.find((one) => one === name)
      return kind ? { kind, on: on === 'on' } : null
    }
    case 'all':
      return { all: value === 'on' }
    case 'zone':
      return { zone: value }
    case 'at':
      return { digestAt: value }
    case 'days':
      return { days: [...value].map(Number) }
    case 'from':
      return { quietFrom: value }
    case 'until':
      return { quietUntil: value }
    case 'quiet':
      return { quiet: value === 'none' ? 'none' : 'usual' }
  }
  return null
}

/** What the button asks for that ends an export, an import or a generation. */
export type Cancel = Gesture<
  'admin-export-cancel' | 'admin-import-cancel' | 'admin-generate-cancel'
>

export function cancelExportId(exportId: string): string {
  return `${cancelExport}${exportId}`
}

export function cancelImportId(importId: string): string {
  return `${cancelImport}${importId}`
}

export function cancelGenerationId(generationId: string): string {
  return `${cancelGeneration}${generationId}`
}

/** What the button of a message about one of them asks for; null for any other. */
export function parseCancelId(id: string): Cancel | null {
  const exportId = numberAfter(cancelExport, id)
  if (exportId !== null) return { type: 'admin-export-cancel', exportId }
  const importId = numberAfter(cancelImport, id)
  if (importId !== null) return { type: 'admin-import-cancel', importId }
  const generationId = numberAfter(cancelGeneration, id)
  return generationId === null ? null : { type: 'admin-generate-cancel', generationId }
}

const cancelExport = 'v1:export-cancel:'
const cancelImport = 'v1:import-cancel:'
const cancelGeneration = 'v1:generate-cancel:'

function numberAfter(start: string, id: string): string | null {
  const number = id.startsWith(start) ? id.slice(start.length) : ''
  return /^\d{1,18}$/.test(number) ? number : null
}

function readTap(text: string): Tap | null {
  if (/^\d{1,3}$/.test(text)) return Number(text)
  return tapWords.find((word) => word === text) ?? null
}
