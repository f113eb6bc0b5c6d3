/**
 * What the bot's answer to a delivery does to the person's screen, and which answers Slack would
 * not take. A late or failed answer shows the person an error; an illegal one throws, because no
 * bot should ever send it.
 */

import { isObject, type Json, parseJson, text } from '../json.ts'
import type { Delivered } from './deliver.ts'
import type { Faults } from './faults.ts'
import { closeAll, closeView, pushModal, updateModal } from './modals.ts'
import { place } from './respond.ts'
import { judgeView } from './views.ts'
import { changed, type ResponseUrl, type User, type View, type Workspace } from './workspace.ts'

/** How a gesture ended for the person: a problem is what their client showed them. */
export type Outcome = { ok: true } | { ok: false; problem: string }

type About = {
  kind: string
  view: View | null
  command?: string
  made?: ResponseUrl
}

type Around = { workspace: Workspace; faults: Faults }

export function receiveAck(
  { workspace, faults }: Around,
  user: User,
  about: About,
  delivered: Delivered,
): Outcome {
  const complain = (error: 'operation_timeout' | 'dispatch_failed', detail: string): Outcome => {
    faults.record(error, `${about.command ?? about.kind}: ${detail}`)
    const problem =
      about.command === undefined
        ? `We had some trouble connecting. Try again? (${error})`
        : `${about.command} failed with the error "${error}"`
    workspace.notices.set(user.id, [...(workspace.notices.get(user.id) ?? []), problem])
    changed(workspace)
    return { ok: false, problem }
  }
  if (delivered.outcome === 'timeout') {
    return complain('operation_timeout', 'no answer within 3 seconds')
  }
  if (delivered.outcome === 'unreachable') return complain('dispatch_failed', delivered.cause)
  if (delivered.status < 200 || delivered.status > 299) {
    return complain('dispatch_failed', `HTTP ${delivered.status}`)
  }
  const illegal = (why: string): never => {
    const sentence = `The answer to a ${about.kind} is not one Slack takes: ${why}`
    faults.record('illegal_ack', sentence)
    throw new Error(sentence)
  }
  if (delivered.status !== 200) illegal(`status ${delivered.status} instead of 200`)
  if (about.kind === 'command') {
    acceptCommand(workspace, about, delivered.body, illegal)
  } else if (about.kind === 'view_submission' && about.view) {
    acceptSubmission(workspace, about.view, delivered.body, illegal)
  } else if (delivered.body !== '') illegal(`it has a body: ${delivered.body.slice(0, 200)}`)
  return { ok: true }
}

function acceptCommand(
  workspace: Workspace,
  about: About,
  body: string,
  illegal: (why: string) => never,
): void {
  if (body === '' || !about.made) return
  const answer = parseJson(body)
  const shown = isObject(answer) ? answer : { text: body }
  const allowed = ['text', 'blocks', 'response_type', 'attachments', 'unfurl_links', 'unfurl_media']
  const unknown = Object.keys(shown).filter((key) => !allowed.includes(key))
  if (unknown.length > 0) illegal(`unknown keys ${unknown.join(', ')}`)
  const placed = place(workspace, about.made, shown)
  if (placed.status !== 200) illegal(JSON.stringify(placed.body))
}

function acceptSubmission(
  workspace: Workspace,
  view: View,
  body: string,
  illegal: (why: string) => never,
) {
  if (body === '') return closeView(workspace, view)
  const answer = parseJson(body)
  if (!isObject(answer)) return illegal(`it is not a JSON object: ${body.slice(0, 200)}`)
  const unknown = Object.keys(answer).filter(
    (key) => !['response_action', 'errors', 'view'].includes(key),
  )
  if (unknown.length > 0) illegal(`unknown keys ${unknown.join(', ')}`)
  switch (answer['response_action']) {
    case 'clear':
      return closeAll(workspace, view.userId)
    case 'errors':
      return showErrors(workspace, view, answer['errors'], illegal)
    case 'update':
    case 'push': {
      const verdict = judgeView(answer['view'], ['modal'])
      if (!verdict.ok) return illegal(`${verdict.error} ${verdict.messages.join(' ')}`)
      const shown =
        answer['response_action'] === 'update'
          ? updateModal(workspace, view, verdict.view)
          : pushModal(workspace, view.userId, verdict.view)
      if ('error' in shown) illegal(shown.error)
      return
    }
    default:
      illegal(`response_action is ${JSON.stringify(answer['response_action'] ?? null)}`)
  }
}

function showErrors(
  workspace: Workspace,
  view: View,
  errors: Json | undefined,
  illegal: (why: string) => never,
) {
  if (!isObject(errors) || Object.keys(errors).length === 0) return illegal('errors is empty')
  const inputs = view.blocks
    .filter((block) => block['type'] === 'input')
    .map((block) => text(block['block_id']))
  for (const [blockId, error] of Object.entries(errors)) {
    if (!inputs.includes(blockId)) illegal(`errors names ${blockId}, which is no input block`)
    if (typeof error !== 'string' || error === '') illegal(`the error of ${blockId} is no text`)
  }
  view.errors = new Map(Object.entries(errors).map(([id, error]) => [id, text(error)]))
  changed(workspace)
}
