/** Checks a chat command's rank and runs it; each command has its own file. */
import { adminActor } from '../../labelers/roles.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'

export const commandGestures: Gestures<'command'> = {
  command: async (parley, { by, rank, run }) => {
    if (rank === 'admin') await adminActor(parley, by)
    return run(parley, spoken())
  },
}
