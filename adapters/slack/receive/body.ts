/** Reads the body of a request from Slack, once its signature was checked. */

/** Forms carry JSON in `payload`, or are a command's plain fields; events are JSON. Null: neither. */
export function parseBody(type: string, body: Buffer): Record<string, unknown> | null {
  try {
    const kind = type.split(';')[0]?.trim().toLowerCase()
    if (kind === 'application/x-www-form-urlencoded') return parseFields(body)
    return kind === 'application/json' ? asObject(JSON.parse(body.toString('utf8'))) : null
  } catch {
    return null
  }
}

const [ampersand, percent, plus, space] = [0x26, 0x25, 0x2b, 0x20]
const onlyPayload = Buffer.from('payload=')

function parseFields(body: Buffer): Record<string, unknown> | null {
  const isPayload = body.subarray(0, onlyPayload.length).equals(onlyPayload)
  if (isPayload && !body.includes(ampersand))
    return asObject(JSON.parse(decodeField(body.subarray(onlyPayload.length))))
  const fields = new URLSearchParams(body.toString('utf8'))
  const payload = fields.get('payload')
  return payload === null ? Object.fromEntries(fields) : asObject(JSON.parse(payload))
}

/** As URLSearchParams decodes a value, at a seventh of its time: a window's state is 10 kB and more. */
export function decodeField(field: Buffer): string {
  const decoded = Buffer.allocUnsafe(field.length)
  let length = 0
  for (let at = 0; at < field.length; at++) {
    let byte = field[at] ?? 0
    if (byte === plus) byte = space
    else if (byte === percent) {
      const high = digits[field[at + 1] ?? 0] ?? -1
      const low = digits[field[at + 2] ?? 0] ?? -1
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low
        at += 2
      }
    }
    decoded[length++] = byte
  }
  return decoded.toString('utf8', 0, length)
}

/** What each byte is worth as a digit of a hexadecimal number; -1: it is none. */
const digits = Int8Array.from({ length: 256 }, (_, byte) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase()),
)

function asObject(value: unknown): Record<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return { ...value }
}
