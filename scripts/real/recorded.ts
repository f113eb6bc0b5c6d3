/**
 * What the bot sent, out of wire logs of the stand-ins: each distinct payload once, with the call that
 * carried it. Answers the bot gave to deliveries count as well: they carry views, options and messages.
 */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { isObject, type Json, type JsonObject, parseJson } from '../../sandbox/json.ts'

export type Payload = {
  platform: 'slack' | 'discord'
  /** Slack: `chat.postMessage`, `response_url`, `ack`. Discord: `POST /channels/{id}/messages`. */
  call: string
  body: Json
}

/** Every distinct payload of these logs, in their order. */
export async function recordedPayloads(paths: readonly string[]): Promise<Payload[]> {
  const payloads = new Map<string, Payload>()
  for (const path of paths) {
    for await (const text of createInterface({ input: createReadStream(path) })) {
      const line = parseJson(text)
      const payload = isObject(line) ? payloadOf(line) : null
      if (payload) payloads.set(JSON.stringify(payload), payload)
    }
  }
  return [...payloads.values()]
}

function payloadOf(line: JsonObject): Payload | null {
  if (line['platform'] === 'slack') return slackPayload(line)
  return line['platform'] === 'discord' ? discordPayload(line) : null
}

function slackPayload({ direction, path, request, response, status }: JsonObject): Payload | null {
  if (direction === 'delivery') {
    // Slack reads what is answered only where it was taken; a refusal is delivered again.
    const isRefused = typeof status === 'number' && status > 299
    const isAck = !isRefused && isObject(response) && response['challenge'] === undefined
    return isAck ? { platform: 'slack', call: 'ack', body: response } : null
  }
  const call = /^\/api\/(.+)$/.exec(String(path))?.[1] ?? 'response_url'
  return isObject(request) ? { platform: 'slack', call, body: request } : null
}

function discordPayload(line: JsonObject): Payload | null {
  const { direction, method, path, request, response } = line
  if (direction === 'delivery') {
    const isCallback = method !== 'GATEWAY' && isObject(response) && 'type' in response
    return isCallback ? { platform: 'discord', call: callback, body: response } : null
  }
  if (method === 'GATEWAY' || request === null || request === undefined) return null
  // With files beside it, a body comes as one part of several.
  const json = isObject(request) ? (request['payload_json'] ?? request) : request
  return { platform: 'discord', call: `${method} ${template(String(path))}`, body: json }
}

export const callback = 'POST /interactions/{id}/{token}/callback'

/** A path as the specification spells it, with its ids and tokens left open. */
function template(path: string): string {
  return path
    .replace(/^\/api\/v\d+/, '')
    .replace(/\?.*$/, '')
    .replace(/^(\/(?:interactions|webhooks)\/[^/]+)\/[^/]+/, '$1/{token}')
    .replace(/\/\d{5,}/g, '/{id}')
}
