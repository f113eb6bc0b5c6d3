/** How Discord says no: HTTP status, JSON code and sentence, and where in a body the fault lies. */
import type { JsonObject } from '../json.ts'

export type Refusal = {
  status: number
  body: { code: number; message: string; errors?: JsonObject }
}

/** docs.discord.com/developers/topics/opcodes-and-status-codes#json, with the HTTP status seen. */
export const refusals = {
  'general error': [500, 0, '500: Internal Server Error'],
  unauthorized: [401, 0, '401: Unauthorized'],
  'not found': [404, 0, '404: Not Found'],
  'method not allowed': [405, 0, '405: Method Not Allowed'],
  'unknown application': [404, 10002, 'Unknown Application'],
  'unknown channel': [404, 10003, 'Unknown Channel'],
  'unknown guild': [404, 10004, 'Unknown Guild'],
  'unknown member': [404, 10007, 'Unknown Member'],
  'unknown message': [404, 10008, 'Unknown Message'],
  'unknown user': [404, 10013, 'Unknown User'],
  'unknown webhook': [404, 10015, 'Unknown Webhook'],
  'unknown interaction': [404, 10062, 'Unknown interaction'],
  'unknown command': [404, 10063, 'Unknown application command'],
  'bots cannot': [403, 20001, 'Bots cannot use this endpoint'],
  'rate limited write': [
    429,
    20028,
    'The write action you are performing on the channel has hit the write rate limit',
  ],
  'too many daily commands': [
    400,
    30034,
    'Maximum number of daily application command creates has been reached (200)',
  ],
  'too many old edits': [
    429,
    30046,
    'Maximum number of edits to messages older than 1 hour reached. Try again later.',
  ],
  'invalid token': [401, 40001, 'Unauthorized. Provide a valid token and try again.'],
  'opening too fast': [429, 40003, 'You are opening direct messages too fast'],
  'too large': [413, 40005, 'Request entity too large'],
  'already acknowledged': [400, 40060, 'Interaction has already been acknowledged.'],
  'network error': [403, 40333, 'internal network error'],
  'missing access': [403, 50001, 'Missing Access'],
  'not yours': [403, 50005, 'Cannot edit a message authored by another user'],
  'empty message': [400, 50006, 'Cannot send an empty message'],
  'cannot write to user': [403, 50007, 'Cannot send messages to this user'],
  'missing permissions': [403, 50013, 'Missing Permissions'],
  'invalid webhook token': [401, 50027, 'Invalid Webhook Token'],
  'invalid form body': [400, 50035, 'Invalid Form Body'],
  'no mutual guild': [
    403,
    50278,
    'Cannot send messages to this user due to having no mutual guilds',
  ],
  'invalid json': [400, 50109, 'The request body contains invalid JSON.'],
} as const satisfies Record<string, readonly [number, number, string]>

export type RefusalName = keyof typeof refusals

export function refuse(name: RefusalName, errors?: JsonObject): Refusal {
  const [status, code, message] = refusals[name]
  return { status, body: { code, message, ...(errors && { errors }) } }
}

export function isRefusal(value: object): value is Refusal {
  return 'body' in value && 'status' in value && value.status !== 200
}
