/** What a task form carries in its view's private_metadata, to read its submission by. Pure. */

export type Meta = {
  assignmentId: string
  schemaVersion: number
  /** Tells one opening of a form from another. */
  nonce: string
  /** The form changes an answer that was submitted before. */
  editing?: boolean
  /** The response_url of the press that opened the first form: for 30 minutes it repaints the message. */
  responseUrl?: string
  /** The message that was pressed, and the assignment it shows. */
  message?: { channel: string; ts: string; assignmentId: string }
}

export function writeMeta(meta: Meta): string {
  const { message } = meta
  return JSON.stringify({
    a: meta.assignmentId,
    s: meta.schemaVersion,
    n: meta.nonce,
    ...(meta.editing ? { e: true } : {}),
    ...(meta.responseUrl ? { r: meta.responseUrl } : {}),
    ...(message ? { c: message.channel, t: message.ts, o: message.assignmentId } : {}),
  })
}

/** Reads it back; null when it is not of a task form. */
export function readMeta(text: string): Meta | null {
  const { a, s, n, e, r, c, t, o } = readFields(text)
  if (typeof a !== 'string' || typeof s !== 'number' || typeof n !== 'string') return null
  return {
    assignmentId: a,
    schemaVersion: s,
    nonce: n,
    ...(e === true ? { editing: true } : {}),
    ...(typeof r === 'string' ? { responseUrl: r } : {}),
    ...(typeof c === 'string' && typeof t === 'string' && typeof o === 'string'
      ? { message: { channel: c, ts: t, assignmentId: o } }
      : {}),
  }
}

/** The fields of a JSON object; none for any other text. */
export function readFields(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
