/**
 * Menus whose options the app looks up while somebody types: Slack asks it, and shows what it
 * answered. What was offered last is remembered, so that a page can name an option by its value.
 */
import { isObject, type JsonObject, objects, parseJson, text } from '../json.ts'
import { type Check, messagesOf } from './check.ts'
import type { Courier } from './deliver.ts'
import { checkSuggestions } from './elements.ts'
import type { Faults } from './faults.ts'
import { slackJson } from './json.ts'
import type { Enabled } from './manifest.ts'
import { blockSuggestion } from './payloads.ts'
import { type Control, optionsOf } from './screen.ts'
import { changed, entryKey, type User, type Workspace } from './workspace.ts'

type Around = { workspace: Workspace; courier: Courier; faults: Faults; enabled: Enabled }

/** The options the app has for what was typed; none where it did not answer. */
export async function suggest(
  { workspace, courier, faults, enabled }: Around,
  user: User,
  control: Control,
  typed: string,
): Promise<JsonObject[]> {
  const { place, block, element } = control
  const least = element['min_query_length'] ?? usualLeast
  if (typeof least === 'number' && typed.length < least)
    throw new Error(`Slack asks the app for options from ${least} letters on.`)
  if (!enabled.options) {
    faults.record('dispatch_failed', 'block_suggestion: the app names no address for options')
    return unloaded(workspace, user)
  }
  const asked = {
    action_id: text(element['action_id']),
    block_id: text(block['block_id']),
    value: typed,
  }
  const payload = slackJson(blockSuggestion(workspace, user, place, asked))
  const body = new URLSearchParams({ payload }).toString()
  const delivered = await courier.send('interaction', body)
  if (delivered.outcome !== 'answered' || delivered.status !== 200) {
    const isLate = delivered.outcome === 'timeout'
    faults.record(isLate ? 'operation_timeout' : 'dispatch_failed', 'block_suggestion')
    return unloaded(workspace, user)
  }
  const answer = parseJson(delivered.body)
  const check: Check = { surface: 'modal', problems: [] }
  if (isObject(answer)) checkSuggestions(check, answer)
  if (!isObject(answer) || check.problems.length > 0) {
    const why = messagesOf(check).join(' ') || delivered.body.slice(0, 200)
    const sentence = `The answer to a block_suggestion is not one Slack takes: ${why}`
    faults.record('illegal_ack', sentence)
    throw new Error(sentence)
  }
  const options = optionsOf(answer)
  const known = offered.get(element) ?? new Map<string, JsonObject[]>()
  known.set(user.id, options)
  offered.set(element, known)
  return options
}

function unloaded(workspace: Workspace, user: User): JsonObject[] {
  workspace.notices.set(user.id, ['The options could not be loaded.'])
  changed(workspace)
  return []
}

/** What may be chosen: what was offered last, and what is chosen already. */
export function offeredTo(user: User, { place, block, element }: Control): JsonObject[] {
  const key = entryKey(text(block['block_id']), text(element['action_id']))
  const held = place.entered.get(key) ?? {}
  const chosen = isObject(held['selected_option']) ? [held['selected_option']] : []
  const last = offered.get(element)?.get(user.id) ?? []
  return [...last, ...chosen, ...objects(held['selected_options'])]
}

/** docs.slack.dev/reference/block-kit/block-elements/select-menu-element: min_query_length. */
const usualLeast = 3

const offered = new WeakMap<JsonObject, Map<string, JsonObject[]>>()
