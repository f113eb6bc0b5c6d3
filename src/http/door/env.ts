/** What routes behind the door find in their context. */
import type { Hash } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { Context, Next } from 'hono'
import type { Caller } from '../../keys/authenticate.ts'

export type DoorEnv = {
  /** Node's own request, where a server of Node's listens. */
  Bindings: Partial<HttpBindings>
  Variables: {
    caller: Caller
    answerOnce: AnswerOnce
    /** Takes up the bytes of a body that a route streams. */
    bodyHash?: Hash
  }
}

/**
 * Runs the rest of a route or answers for it: see answer-once.ts. `isStream`: the route reads its body by
 * readBody, which hashes it.
 */
export type AnswerOnce = (
  c: Context<DoorEnv>,
  next: Next,
  isStream: boolean,
) => Promise<Response | undefined>
