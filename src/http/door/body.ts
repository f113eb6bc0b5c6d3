/** The bytes of a request's body as they come, with flat memory. */
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { DoorEnv } from './env.ts'

/**
 * Each byte is read once: what was read before is not read again. From Node's own stream where there
 * is one, which spares every chunk the way through a web stream.
 */
export async function* readBody(c: Context<DoorEnv>): AsyncGenerator<Uint8Array> {
  const hash = c.var.bodyHash
  const incoming = c.env?.incoming
  const source = incoming instanceof Readable ? incoming : c.req.raw.body
  if (source === null || (incoming?.readableEnded ?? c.req.raw.bodyUsed)) return
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    hash?.update(chunk)
    yield chunk
  }
}
