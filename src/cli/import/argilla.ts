/** What both ways out of Argilla, its files and its server, have in common in the terminal. */
import { readFile } from 'node:fs/promises'
import type { UserMap, Users } from '../../argilla/users.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { documentOf } from '../../imports/argilla/document.ts'
import { parseUserMap } from '../../imports/argilla/user-file.ts'
import { type Arguments, say } from '../command.ts'
import type { Meter } from '../meter.ts'

/** Says each warning once, beside the meter. */
export function openWarnings(meter: Meter): (sentence: string) => void {
  const told = new Set<string>()
  return (sentence) => {
    if (told.has(sentence)) return
    told.add(sentence)
    meter.end()
    say(`warning: ${sentence}`)
  }
}

/** Who is who, where a file says it. */
export async function readUsers({
  users: file,
}: Arguments['options']): Promise<UserMap | undefined> {
  if (typeof file !== 'string') return undefined
  const text = await readFile(file, 'utf8').catch(() => {
    throw invalid({ '--users': `There is no file "${file}".` })
  })
  return parseUserMap(text, file)
}

/** `key` is how the file of users knows them. */
export function warnOfUnknown(
  { unknown }: Users,
  key: 'USER ID' | 'USER NAME',
  warn: (sentence: string) => void,
): void {
  if (unknown.size > 0)
    warn(
      `${unknown.size} of Argilla's users have names made of their ids here. Say who they are with --users FILE: {"${key}": "PSEUDONYM"}.`,
    )
}

/** What is asked of a new dataset besides Argilla's settings. */
export function readWishes({ name, outputs }: Arguments['options']): {
  name?: string
  outputs?: string[]
} {
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof outputs === 'string' ? { outputs: outputs.split(',') } : {}),
  }
}

/** The document that asks what Argilla's dataset asked; what cannot be said goes to stderr. */
export function sayDocument(...asked: Parameters<typeof documentOf>): DatasetDocument {
  const { document, warnings } = documentOf(...asked)
  for (const warning of warnings) say(`warning: ${warning}`)
  return document
}
