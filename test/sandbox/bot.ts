/** A little bot for the tests of the stand-in: real Slack SDK out, a plain handler in. */
import { webApi } from '@slack/bolt'
import type { Json, JsonObject } from '../../sandbox/json.ts'
import { isObject, parseJson } from '../../sandbox/json.ts'
import { openSlackStandIn, type SlackOptions } from '../../sandbox/slack/server.ts'

export type Heard = { headers: Headers; raw: string; body: JsonObject }

/** Opens a stand-in and a bot whose answer to each delivery is what `answer` returns. */
export async function openBot(
  answer: (heard: Heard) => Promise<Answer> | Answer = () => '',
  options: SlackOptions = {},
) {
  const slack = await openSlackStandIn(options)
  const heard: Heard[] = []
  slack.deliverTo(async (request) => {
    const raw = await request.text()
    const form = new URLSearchParams(raw)
    const payload = form.get('payload')
    const json = request.headers.get('content-type')?.startsWith('application/json')
    const body = json
      ? parseJson(raw)
      : payload !== null
        ? parseJson(payload)
        : Object.fromEntries(form)
    const one = { headers: request.headers, raw, body: isObject(body) ? body : {} }
    if (one.body['type'] === 'url_verification') return Response.json(one.body)
    heard.push(one)
    const answered = await answer(one)
    if (answered instanceof Response) return answered
    if (typeof answered === 'string') return new Response(answered)
    return Response.json(answered)
  })
  const client = new webApi.WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  })
  return { slack, heard, client }
}

type Answer = Response | string | JsonObject

/** Calls a method as a bot without an SDK would, and answers what came back. */
export async function call(
  slack: { apiUrl: string; botToken: string },
  method: string,
  args: Json,
  token: string | null = slack.botToken,
): Promise<{ status: number; headers: Headers; body: JsonObject }> {
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  })
  const body = parseJson(await response.text())
  return {
    status: response.status,
    headers: response.headers,
    body: isObject(body) ? body : {},
  }
}

export const plain = (text: string) => ({ type: 'plain_text', text }) as const

export const button = (text: string, actionId: string, value = actionId) =>
  ({ type: 'button', text: plain(text), action_id: actionId, value }) as const

export const modal = (blocks: JsonObject[], more: JsonObject = {}): JsonObject => ({
  type: 'modal',
  title: plain('A form'),
  submit: plain('Send'),
  blocks,
  ...more,
})

export const field = (label: string, id: string, more: JsonObject = {}): JsonObject => ({
  type: 'input',
  block_id: id,
  label: plain(label),
  element: { type: 'plain_text_input', action_id: 'text', ...more },
})
