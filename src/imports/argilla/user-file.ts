/**
 * The file that says which labeler each of Argilla's users is: `{"ID or user name": "pseudonym"}` as JSON
 * or YAML, or a table with the columns `user` (also `id`, `user_id`, `username`) and `labeler`.
 */
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import type { UserMap } from '../../argilla/users.ts'
import { invalid } from '../../errors.ts'
import { parseJson } from '../readers/json.ts'
import { readRows } from '../readers/rows.ts'

const mostCharacters = 10_000_000

/**
 * The sidecar of our own export contains such a list, so it can be used directly.
 * @throws ParleyError `invalid` for anything else.
 */
export async function parseUserMap(text: string, file: string): Promise<UserMap> {
  const problem = invalid({
    [file]:
      'It must be one object with Argilla\'s users and their names here: {"ann": "labeler-1"}, or a CSV file with the columns user and labeler. A user may stand by name or by id.',
  })
  if (text.length > mostCharacters) throw problem
  if (/\.[ct]sv$/i.test(file)) return new Map((await tableOf(text, problem)).flat())
  const value = readValue(text, file)
  const sidecar = Sidecar.safeParse(value).data
  const { data } = UserFile.safeParse(sidecar ? sidecar.users : value)
  if (data) return new Map(Object.entries(data))
  throw problem
}

const pseudonym = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().trim().min(1).max(200))
const UserFile = z.record(z.string(), pseudonym)
const Sidecar = z.looseObject({ for: z.literal('argilla'), users: z.unknown() })
const Row = z.looseObject({
  user: z.string().optional(),
  id: z.string().optional(),
  user_id: z.string().optional(),
  username: z.string().optional(),
  labeler: pseudonym,
})

function readValue(text: string, file: string): unknown {
  const parsed = parseJson(text, { anyKey: true })
  if ('value' in parsed || !/\.ya?ml$/i.test(file)) return 'value' in parsed ? parsed.value : null
  try {
    return parseYaml(text, { maxAliasCount: 100 })
  } catch {
    return null
  }
}

/** A row may name a user by name and by id. */
async function tableOf(text: string, problem: Error): Promise<[string, string][][]> {
  const rows: [string, string][][] = []
  for await (const lines of readRows({ source: [Buffer.from(text)], kind: 'csv' }))
    for (const line of lines) {
      const parsed = line.problem ? null : parseJson(line.text, { anyKey: true })
      const { data } = Row.safeParse(parsed && 'value' in parsed ? parsed.value : null)
      const users = data ? [data.user, data.id, data.user_id, data.username] : []
      const named = users.filter((user) => user !== undefined)
      if (!data || named.length === 0) throw problem
      rows.push(named.map((user) => [user, data.labeler]))
    }
  return rows
}
