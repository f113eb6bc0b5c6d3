/** What a tool is: its schemas, the scopes it needs, and the verb it calls. */
import type { z } from 'zod'
import type { Caller } from '../../keys/authenticate.ts'
import type { Scope } from '../../keys/scopes.ts'
import type { Parley } from '../../parley.ts'
import type { Watch } from '../../quality/result/watch.ts'

/** Hints to the client, as the protocol names them. */
export type Hints = {
  readOnlyHint: boolean
  destructiveHint: boolean
  idempotentHint: boolean
  /** People outside of Parley get messages because of it. */
  openWorldHint: boolean
}

export type Called = { parley: Parley; watch: Watch; caller: Caller; signal: AbortSignal }

export type Tool = {
  name: string
  title: string
  description: string
  /** A key needs one of them; none: any key. */
  scopes: readonly Scope[]
  hints: Hints
  input: z.ZodObject
  output: z.ZodObject
  run(called: Called, input: never): Promise<Record<string, unknown>>
}

/** Keeps the types of a tool's input together until it is listed. */
export function tool<Input extends z.ZodObject>(
  spec: Omit<Tool, 'input' | 'run'> & {
    input: Input
    run(called: Called, input: z.output<Input>): Promise<Record<string, unknown>>
  },
): Tool {
  return spec
}

export const reads: Hints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}
