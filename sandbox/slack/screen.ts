/**
 * What one person has before their eyes, and the search for a control on it. A modal covers
 * everything; else it is the home tab or the conversations, newest message first.
 */

import { isObject, type JsonObject, list, objects, text } from '../json.ts'
import { actionable } from './blocks.ts'
import { textOf } from './json.ts'
import { topModal } from './modals.ts'
import { readable, readableBlocks, show } from './mrkdwn.ts'
import type { Entered, Message, User, View, Workspace } from './workspace.ts'

export type Place =
  | { kind: 'view'; view: View; blocks: JsonObject[]; entered: Map<string, Entered> }
  | { kind: 'message'; message: Message; blocks: JsonObject[]; entered: Map<string, Entered> }

export type Control = { place: Place; block: JsonObject; element: JsonObject }

/** A control by its ids, in the message or view it stands in; what a page with pixels knows. */
export type Spot = { place: string; block: string; action: string }

/**
 * Which of several alike is meant: inside a message or block that reads so, or by position. With
 * `at` it is exactly that control, if it is on the screen, and options are named by their value.
 */
export type Where = { in?: string; nth?: number; at?: Spot }

/** Everything a person can act on now. */
export function placesOf(workspace: Workspace, user: User): Place[] {
  const modal = topModal(workspace, user.id)
  if (modal) return [viewPlace(modal)]
  const home = workspace.homes.get(user.id)
  if (workspace.tabs.get(user.id) === 'home') return home ? [viewPlace(home)] : []
  return newestOf(workspace, user, reach).map((message) => {
    const entered = message.entered.get(user.id) ?? new Map<string, Entered>()
    message.entered.set(user.id, entered)
    return { kind: 'message', message, blocks: message.blocks, entered }
  })
}

function viewPlace(view: View): Place {
  return { kind: 'view', view, blocks: view.blocks, entered: view.entered }
}

/** The messages a person sees, oldest first. */
export function messagesOf(workspace: Workspace, user: User): Message[] {
  return newestOf(workspace, user, workspace.messages.length).toReversed()
}

/** The newest messages a person sees, newest first. */
function newestOf(workspace: Workspace, user: User, most: number): Message[] {
  const found: Message[] = []
  for (let i = workspace.messages.length - 1; i >= 0 && found.length < most; i--) {
    const message = workspace.messages[i]
    if (message && isSeen(workspace, message, user)) found.push(message)
  }
  return found
}

function isSeen(workspace: Workspace, message: Message, user: User): boolean {
  if (message.ephemeralTo !== null) return message.ephemeralTo === user.id
  return workspace.channels.get(message.channelId)?.members.has(user.id) ?? false
}

/** How far back somebody scrolls to press something. */
const reach = 100
const shownMessages = 12

/** The screen as text: notices, the modal, the home tab or the latest messages. */
export function screenText(workspace: Workspace, user: User): string {
  const notices = (workspace.notices.get(user.id) ?? []).map((line) => `! ${line}`)
  const modal = topModal(workspace, user.id)
  const parts = modal ? [modalText(workspace, modal)] : []
  const home = workspace.homes.get(user.id)
  if (!modal && workspace.tabs.get(user.id) === 'home') {
    const lines = home
      ? readableBlocks(workspace, home.blocks, home.entered)
      : ['(nothing here yet)']
    parts.push(['== Home ==', ...lines].join('\n'))
  }
  const messages = newestOf(workspace, user, shownMessages).toReversed()
  for (const message of messages) parts.push(messageText(workspace, message, user))
  return [...notices, ...parts].join('\n\n')
}

export function modalText(workspace: Workspace, view: View): string {
  const title = textOf(view.body['title'])
  const buttons = [view.body['submit'], view.body['close']]
    .filter(isObject)
    .map((button) => `[${show(workspace, button)}]`)
  const lines = readableBlocks(workspace, view.blocks, view.entered, view.errors)
  return [`== ${title} ==`, ...lines, buttons.join(' ')].filter((line) => line !== '').join('\n')
}

export function messageText(workspace: Workspace, message: Message, user: User): string {
  const author = workspace.users.get(message.author)?.realName ?? message.author
  const channel = workspace.channels.get(message.channelId)
  const place = channel?.kind === 'im' ? '' : ` in #${channel?.name ?? '?'}`
  const only = message.ephemeralTo === null ? '' : ' (only visible to you)'
  const lines = readable(workspace, message, user.id)
  return [`${author}${place}${only}:`, ...lines].join('\n')
}

/** Finds the one control that `reads` like the label; throws a sentence with the screen if none. */
export function findControl(
  workspace: Workspace,
  user: User,
  wanted: { what: string; label: string; types: readonly string[]; where?: Where | undefined },
): Control {
  if (wanted.where?.at) return findSpot(workspace, user, wanted, wanted.where.at)
  const places = placesOf(workspace, user).filter((place) =>
    isInside(workspace, place, user, wanted),
  )
  const levels: ((label: string) => boolean)[] = [
    (label) => label === wanted.label,
    (label) => label.toLowerCase() === wanted.label.toLowerCase(),
    (label) => label.toLowerCase().includes(wanted.label.toLowerCase()),
  ]
  for (const matches of levels) {
    for (const place of places) {
      const found = controlsOf(place).filter(
        (control) =>
          wanted.types.includes(text(control.element['type'])) &&
          labelsOf(workspace, control).some(matches),
      )
      const chosen = found[wanted.where?.nth ?? 0]
      if (found.length > 1 && wanted.where?.nth === undefined) {
        throw new Error(
          `${user.realName} sees ${found.length} ${wanted.what}s that read "${wanted.label}". Say which with { nth }.\n\n${screenText(workspace, user)}`,
        )
      }
      if (chosen) return chosen
    }
  }
  throw new Error(
    `${user.realName} sees no ${wanted.what} "${wanted.label}". On the screen is:\n\n${screenText(workspace, user)}`,
  )
}

function findSpot(
  workspace: Workspace,
  user: User,
  wanted: { what: string; label: string; types: readonly string[] },
  at: Spot,
): Control {
  const found = placesOf(workspace, user)
    .filter((place) => idOf(place) === at.place)
    .flatMap(controlsOf)
    .find(
      ({ block, element }) =>
        block['block_id'] === at.block &&
        element['action_id'] === at.action &&
        wanted.types.includes(text(element['type'])),
    )
  if (found) return found
  throw new Error(
    `The ${wanted.what} "${wanted.label}" is no longer there for ${user.realName}.\n\n${screenText(workspace, user)}`,
  )
}

/** How a Spot names a place: the id of a view, the ts of a message. */
export function idOf(place: Place): string {
  return place.kind === 'view' ? place.view.id : place.message.ts
}

function isInside(
  workspace: Workspace,
  place: Place,
  user: User,
  wanted: { where?: Where | undefined },
): boolean {
  const needle = wanted.where?.in
  if (needle === undefined) return true
  const shown =
    place.kind === 'message'
      ? readable(workspace, place.message, user.id).join('\n')
      : modalText(workspace, place.view)
  return shown.toLowerCase().includes(needle.toLowerCase())
}

/** Every control of a place, those inside containers and cards too. */
export function controlsOf(place: Place): Control[] {
  const walk = (blocks: readonly JsonObject[]): Control[] =>
    blocks.flatMap((block) => [
      ...actionable(block).map((element) => ({ place, block, element })),
      ...walk(objects(block['child_blocks'])),
      ...(block['type'] === 'carousel' ? walk(objects(block['elements'])) : []),
    ])
  return walk(place.blocks)
}

/** How a person would name a control: its own words, else those of its block. */
export function labelsOf(workspace: Workspace, { block, element }: Control): string[] {
  const own = [element['text'], element['placeholder']].map((value) => show(workspace, value))
  const sides = ['positive_button', 'negative_button']
    .map((side) => element[side])
    .filter(isObject)
    .map((button) => show(workspace, button['text']))
  const around = element['type'] === 'button' ? [] : [block['label'], block['text']]
  const spoken = text(element['accessibility_label'])
  return [...own, ...sides, ...around.map((value) => show(workspace, value)), spoken].filter(
    (label) => label !== '',
  )
}

/** The half of feedback buttons that reads so; null for any other element. */
export function thumbOf(
  workspace: Workspace,
  element: JsonObject,
  label: string,
): JsonObject | null {
  const wanted = label.toLowerCase()
  const halves = [element['positive_button'], element['negative_button']].filter(isObject)
  const reads = (half: JsonObject) => show(workspace, half['text']).toLowerCase()
  return (
    halves.find((half) => reads(half) === wanted) ??
    halves.find((half) => reads(half).includes(wanted)) ??
    null
  )
}

/** The options a control offers. */
export function optionsOf(element: JsonObject): JsonObject[] {
  const grouped = objects(element['option_groups']).flatMap((group) => objects(group['options']))
  return [...objects(element['options']), ...grouped]
}

/** The option of this control that reads so; throws a sentence naming what is offered. */
export function findOption(
  workspace: Workspace,
  element: JsonObject,
  label: string,
  where?: Where,
): JsonObject {
  const options = optionsOf(element)
  const exact = where?.at && options.find((option) => option['value'] === label)
  if (exact) return exact
  const reads = (option: JsonObject) => show(workspace, option['text'])
  const found =
    options.find((option) => reads(option) === label) ??
    options.find((option) => reads(option).toLowerCase() === label.toLowerCase())
  if (found) return found
  const close = options.filter((o) => reads(o).toLowerCase().includes(label.toLowerCase()))
  const [only] = close
  if (close.length === 1 && only) return only
  throw new Error(
    `No option reads "${label}". Offered are: ${list(options.map(reads)).join(', ') || 'none'}.`,
  )
}
