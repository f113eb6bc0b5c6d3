/** The file that says which labeler each of Argilla's users is: `{ "ID or user name": "pseudonym" }`. */
import { z } from 'zod'
import { invalid } from '../errors.ts'
import { parseJson } from '../records/json.ts'
import type { UserMap } from './users.ts'

/** @throws ParleyError `invalid` for anything else. */
export function parseUserMap(text: string, file: string): UserMap {
  const parsed = parseJson(text, { anyKey: true })
  const { data } = UserFile.safeParse('value' in parsed ? parsed.value : null)
  if (data) return new Map(Object.entries(data))
  throw invalid({
    [file]:
      'It must be one JSON object with Argilla\'s users and their names here: {"ann": "labeler-1"}. A user may stand by name or by id.',
  })
}

const UserFile = z.record(z.string(), z.string().trim().min(1).max(200))
