/** What imports from Argilla's files and from its server share. */
import { readFile } from 'node:fs/promises'
import type { UserMap, Users } from '../../argilla/users.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { documentOf } from '../../imports/argilla/document.ts'
import { parseUserMap } from '../../imports/argilla/user-file.ts'
import { type Arguments, say } from '../command.ts'
import type { Meter } from '../meter.ts'

/** Prints each warning once, without breaking the progress bar. */
export function openWarnings(meter: Meter): (sentence: string) => void {
  const told = new Set<string>()
  return (sentence) => {
    if (told.has(sentence)) return
    told.add(sentence)
    meter.end()
    say(`warning: ${sentence}`)
  }
}

/** Reads the file that maps users to labelers. */
export async function readUsers({
  users: file,
}: Arguments['options']): Promise<UserMap | undefined> {
  if (typeof file !== 'string') return undefined
  const text = await readFile(file, 'utf8').catch(() => {
    throw invalid({ '--users': `There is no file "${file}".` })
  })
  return parseUserMap(text, file)
}

/** `key` identifies a user in the users file. */
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

/** What a new dataset needs besides Argilla's settings. */
export function readWishes({ name, outputs }: Arguments['options']): {
  name?: string
  outputs?: string[]
} {
  return {
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof outputs === 'string' ? { outputs: outputs.split(',') } : {}),
  }
}

/** A document with the questions of an Argilla dataset; what has no counterpart is reported on stderr. */
export function sayDocument(...asked: Parameters<typeof documentOf>): DatasetDocument {
  const { document, warnings } = documentOf(...asked)
  for (const warning of warnings) say(`warning: ${warning}`)
  return document
}
