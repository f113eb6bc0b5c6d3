/** The modals and home tabs people have open: opened, changed, pushed, closed, as Slack does it. */

import { type JsonObject, text } from '../json.ts'
import { startValues, stateValues } from './entered.ts'
import { textOf } from './json.ts'
import { limits } from './limits.ts'
import { storeBlocks } from './store.ts'
import {
  changed,
  newBlockId,
  newId,
  note,
  secret,
  type Trigger,
  type View,
  type Workspace,
} from './workspace.ts'

export type Refusal = { error: string; messages?: string[] }

/** Spends a trigger_id, or says why it cannot be spent. */
export function spendTrigger(
  workspace: Workspace,
  id: string,
  lifeMs: number,
): { trigger: Trigger } | Refusal {
  const trigger = workspace.triggers.get(id)
  if (!trigger) return { error: 'invalid_trigger_id' }
  if (trigger.used) return { error: 'exchanged_trigger_id' }
  if (workspace.now() - trigger.at > lifeMs) return { error: 'expired_trigger_id' }
  trigger.used = true
  return { trigger }
}

/** Opens a new modal as the only view of this person's stack. */
export function openModal(workspace: Workspace, userId: string, body: JsonObject): View | Refusal {
  const taken = refuseExternalId(workspace, body, null)
  if (taken) return taken
  const view = makeView(workspace, userId, body, null)
  workspace.stacks.set(userId, [view])
  tell(workspace, view, 'opens a form')
  return view
}

/** Puts a modal on top of the one that is open. */
export function pushModal(workspace: Workspace, userId: string, body: JsonObject): View | Refusal {
  const stack = workspace.stacks.get(userId) ?? []
  const top = stack.at(-1)
  if (!top) return { error: 'not_found' }
  if (stack.length >= limits['view.stack'].max) return { error: 'push_limit_reached' }
  const taken = refuseExternalId(workspace, body, null)
  if (taken) return taken
  const view = makeView(workspace, userId, body, top)
  stack.push(view)
  tell(workspace, view, 'opens a form on top')
  return view
}

/** Replaces what a view shows; typed values stay where block_id and action_id stay. */
export function updateModal(workspace: Workspace, view: View, body: JsonObject): View | Refusal {
  const taken = refuseExternalId(workspace, body, view)
  if (taken) return taken
  view.body = body
  view.blocks = storeBlocks(body['blocks'] ?? [], 'view', newBlockId)
  view.entered = startValues(view.blocks, view.entered)
  view.errors.clear()
  view.hash = newHash(workspace)
  tell(workspace, view, 'sees the form change')
  return view
}

/** Shows a home tab to one person, in place of the one published before. */
export function publishHome(
  workspace: Workspace,
  userId: string,
  body: JsonObject,
): View | Refusal {
  const before = workspace.homes.get(userId)
  if (before) return updateModal(workspace, before, body)
  const taken = refuseExternalId(workspace, body, null)
  if (taken) return taken
  const view = makeView(workspace, userId, body, null)
  workspace.homes.set(userId, view)
  changed(workspace)
  return view
}

/** Takes a modal away; the one below shows again. A modal that is gone already stays gone. */
export function closeView(workspace: Workspace, view: View): void {
  const left = (workspace.stacks.get(view.userId) ?? []).filter((open) => open !== view)
  if (left.length === 0) workspace.stacks.delete(view.userId)
  else workspace.stacks.set(view.userId, left)
  changed(workspace)
}

export function closeAll(workspace: Workspace, userId: string): void {
  workspace.stacks.delete(userId)
  changed(workspace)
}

export function topModal(workspace: Workspace, userId: string): View | undefined {
  return workspace.stacks.get(userId)?.at(-1)
}

export function findView(workspace: Workspace, wanted: (view: View) => boolean): View | undefined {
  const open = [...workspace.stacks.values()].flat()
  return [...open, ...workspace.homes.values()].find(wanted)
}

/** The view as the Web API and payloads show it. */
export function viewJson(workspace: Workspace, view: View): JsonObject {
  const { body } = view
  const modal = view.type === 'modal'
  return {
    id: view.id,
    team_id: workspace.team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: text(body['private_metadata']),
    callback_id: text(body['callback_id']),
    state: { values: stateValues(view.blocks, view.entered) },
    hash: view.hash,
    title: modal
      ? (body['title'] ?? null)
      : { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: body['clear_on_close'] === true,
    notify_on_close: body['notify_on_close'] === true,
    close: body['close'] ?? null,
    submit: body['submit'] ?? null,
    previous_view_id: view.previousId,
    root_view_id: view.rootId,
    app_id: workspace.app.id,
    external_id: text(body['external_id']),
    app_installed_team_id: workspace.team.id,
    bot_id: workspace.app.botId,
  }
}

function makeView(
  workspace: Workspace,
  userId: string,
  body: JsonObject,
  previous: View | null,
): View {
  const blocks = storeBlocks(body['blocks'] ?? [], 'view', newBlockId)
  const id = newId('V')
  return {
    id,
    userId,
    type: body['type'] === 'home' ? 'home' : 'modal',
    body,
    blocks,
    hash: newHash(workspace),
    rootId: previous?.rootId ?? id,
    previousId: previous?.id ?? null,
    entered: startValues(blocks),
    errors: new Map(),
  }
}

function newHash(workspace: Workspace): string {
  return `${Math.floor(workspace.now() / 1000)}.${secret(4)}`
}

function refuseExternalId(
  workspace: Workspace,
  body: JsonObject,
  self: View | null,
): Refusal | undefined {
  const id = text(body['external_id'])
  if (id === '') return undefined
  const other = findView(workspace, (v) => v !== self && text(v.body['external_id']) === id)
  return other ? { error: 'duplicate_external_id' } : undefined
}

function tell(workspace: Workspace, view: View, what: string): void {
  const who = workspace.users.get(view.userId)?.realName ?? 'Somebody'
  if (view.type === 'modal') note(workspace, who, `${what}: ${textOf(view.body['title'])}`)
  changed(workspace)
}
