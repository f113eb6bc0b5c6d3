/** Opens something that listens on a port which was asked for. */
import { codeOf, conflict } from '../errors.ts'

/** @throws ParleyError `conflict` where another program has the port. */
export async function listening<Given extends { port?: number }, Opened>(
  open: (given: Given) => Promise<Opened>,
  given: Given,
): Promise<Opened> {
  try {
    return await open(given)
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE') throw error
    throw conflict(
      `Port ${given.port} is taken by another program. Name a free one with --port, or leave it out.`,
      error,
    )
  }
}
