/** What a family of shapes is given and returns. */
import type { JsonObject } from '../../json.ts'
import type { RawOutput } from './outputs.ts'
import type { Verdict } from './said.ts'

/** A line as it is understood so far, and what it says of its outputs. */
export type Reading = {
  line: JsonObject
  /** Outputs with keys of their own (`chosen`, `answer_a`), in order. */
  outputs?: readonly RawOutput[]
  verdict: Verdict
}
