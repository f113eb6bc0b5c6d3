/**
 * Ids of buttons, menus and forms, which another process can read later, even after a redeploy:
 * `v1:verb:assignment:schema:argument`, at most 100 characters. A version never changes its meaning;
 * everything else about a press is in the database. Each id is written and read in
 * one place: a task's in task-ids.ts, those around the work in page-ids.ts, forms' in form-ids.ts.
 */
import { type CardPress, parseCardId } from '../../../src/chat/port/ids.ts'
import { limits } from '../limits.ts'
import { type PagePress, parsePageId } from './page-ids.ts'
import { parseTaskId, type TaskPress } from './task-ids.ts'

/** A parsed id. */
export type Pressed = CardPress | TaskPress | PagePress

/** Whether an id of a dataset's can stand in a button: names may be longer than Discord's ids. */
export function isDrawable(id: string): boolean {
  return id.length <= limits.customId
}

/** Reads an id back; null for anything this version never drew. */
export function parseId(id: string): Pressed | null {
  const ofCard = parseCardId(id)
  if (ofCard) return ofCard
  const [version, verb = '', ...parts] = id.split(':')
  if (version !== 'v1') return null
  return parseTaskId(verb, parts) ?? parsePageId(verb, parts)
}
