/** views.*: modals opened by a fresh trigger, updated under a hash, pushed; home tabs published. */
import { isObject, type JsonObject, text } from '../../json.ts'
import {
  findView,
  openModal,
  publishHome,
  pushModal,
  type Refusal,
  spendTrigger,
  updateModal,
  viewJson,
} from '../modals.ts'
import { judgeView } from '../views.ts'
import type { View, Workspace } from '../workspace.ts'
import { type Call, type Method, refuse } from './method.ts'

export const viewMethods: Record<string, Method> = {
  'views.open': {
    args: ['trigger_id', 'interactivity_pointer', 'view'],
    needs: ['view'],
    run: (call) => opened(call, (userId, body) => openModal(call.workspace, userId, body)),
  },
  'views.push': {
    args: ['trigger_id', 'interactivity_pointer', 'view'],
    needs: ['view'],
    run: (call) => opened(call, (userId, body) => pushModal(call.workspace, userId, body)),
  },
  'views.update': {
    args: ['view_id', 'external_id', 'view', 'hash'],
    needs: ['view'],
    run: updateView,
  },
  'views.publish': {
    args: ['user_id', 'view', 'hash', 'interactivity_pointer'],
    needs: ['user_id', 'view'],
    run: publish,
  },
}

function opened(
  { workspace, args, triggerMs }: Call,
  place: (userId: string, body: JsonObject) => View | Refusal,
): JsonObject {
  const verdict = judgeView(args['view'], ['modal'])
  if (!verdict.ok) return refuse(verdict.error, verdict.messages)
  const id = text(args['trigger_id']) || text(args['interactivity_pointer'])
  if (id === '') {
    return refuse('invalid_arguments', ['[ERROR] missing required field: trigger_id'])
  }
  const spent = spendTrigger(workspace, id, triggerMs)
  if ('error' in spent) return refuse(spent.error)
  return answer(workspace, place(spent.trigger.userId, verdict.view))
}

function updateView({ workspace, args }: Call): JsonObject {
  const [viewId, externalId] = [text(args['view_id']), text(args['external_id'])]
  if ((viewId === '') === (externalId === '')) {
    return refuse('invalid_arguments', ['[ERROR] must provide one of view_id or external_id'])
  }
  const view = findView(workspace, (open) =>
    viewId ? open.id === viewId : text(open.body['external_id']) === externalId,
  )
  if (!view) return refuse('not_found')
  const verdict = judgeView(args['view'], [view.type])
  if (!verdict.ok) return refuse(verdict.error, verdict.messages)
  // An empty hash is a hash that does not match; to update without one, leave the key out.
  if (args['hash'] !== undefined && args['hash'] !== view.hash) return refuse('hash_conflict')
  return answer(workspace, updateModal(workspace, view, verdict.view))
}

function publish({ workspace, args }: Call): JsonObject {
  const userId = text(args['user_id'])
  const user = workspace.users.get(userId)
  if (!user || user.isBot) {
    return refuse('invalid_arguments', ['[ERROR] invalid `user_id`'])
  }
  if (!workspace.app.homeTab) return refuse('not_enabled')
  const verdict = judgeView(args['view'], ['home'])
  if (!verdict.ok) return refuse(verdict.error, verdict.messages)
  const before = workspace.homes.get(userId)
  if (args['hash'] !== undefined && args['hash'] !== before?.hash) return refuse('hash_conflict')
  return answer(workspace, publishHome(workspace, userId, verdict.view))
}

function answer(workspace: Workspace, placed: View | Refusal): JsonObject {
  if ('error' in placed) return refuse(placed.error, placed.messages)
  const view = viewJson(workspace, placed)
  return isObject(view) ? { ok: true, view } : { ok: true }
}
