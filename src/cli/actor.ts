/** Who acts in the terminal: anyone who can run commands on the machine is an admin. */
import type { Actor } from '../parley.ts'

/** The audit records the terminal as the actor. */
export const cliActor: Actor = { type: 'admin', name: 'cli' }
