/** What turns rows into the bytes of one file, whatever kind of file that is. */
import type { Row } from './formats/format.ts'

export type Encoder = {
  add(rows: readonly Row[]): Buffer
  /** The bytes left to write after the last row. */
  end(): Buffer
}
