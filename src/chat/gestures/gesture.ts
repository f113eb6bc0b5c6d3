/** A gesture: handles a person's Interaction and returns the Reply they see. */
import type { Parley } from '../../parley.ts'
import type { Interaction, Reply } from '../port/port.ts'

/** One gesture, by the type of its Interaction. */
export type Gesture<Type extends Interaction['type']> = (
  parley: Parley,
  interaction: Extract<Interaction, { type: Type }>,
) => Promise<Reply>

/** Some of the gestures; the tables together are all of them. */
export type Gestures<Types extends Interaction['type']> = { [Type in Types]: Gesture<Type> }
