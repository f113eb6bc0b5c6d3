/** What one attempt sends to an endpoint, as its kind has it. */
import type { SealedSecret } from '../db/schema/endpoints.ts'
import { isObject } from '../json.ts'
import type { Parley } from '../parley.ts'
import { placeOf } from './create.ts'
import { asLogs } from './otlp/evaluations.ts'
import { openSecrets, signed } from './secret.ts'

type Addressee = { id: string; url: string; kind: string; secrets: readonly SealedSecret[] }
export type OutgoingMessage = {
  url: string
  body: string
  headers: () => Record<string, string>
  /** Whether what was answered so may be sent again; everything, unless a protocol says otherwise. */
  mayRepeat?: (status: number) => boolean
}

/** `webhook`: the event, signed. `otlp`: verdicts as log records, with the headers of its server. */
export function messageFor(
  parley: Parley,
  endpoint: Addressee,
  event: { id: string; at: Date; body: string },
): OutgoingMessage {
  const { id, url, kind, secrets } = endpoint
  const open = () => openSecrets(parley, placeOf(id), secrets)
  if (kind !== 'otlp') return { url, body: event.body, headers: () => signed(open(), event) }
  return { url, body: asLogs(event.body), headers: () => headersIn(open()[0]), mayRepeat }
}

/** OTLP/HTTP: all others must not be sent again. */
function mayRepeat(status: number): boolean {
  return [429, 502, 503, 504].includes(status)
}

function headersIn(text = '{}'): Record<string, string> {
  const held: unknown = JSON.parse(text)
  return Object.fromEntries(
    Object.entries(isObject(held) ? held : {}).map(([name, value]) => [name, String(value)]),
  )
}
