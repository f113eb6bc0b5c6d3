/** What may be asked in arenas: a file of phrases, and the address of a service. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

export function readModeration(
  env: Readonly<Record<string, string>>,
  root: string,
  problems: Record<string, string>,
): { blocklist: readonly string[]; url: string | null } {
  const url = env['PARLEY_MODERATION_URL'] ?? null
  const file = env['PARLEY_BLOCKLIST']
  if (file === undefined) return { blocklist: [], url }
  try {
    const lines = readFileSync(resolve(root, file), 'utf8').split(/\r?\n/)
    const phrases = lines.map((line) => line.trim())
    return { blocklist: phrases.filter((line) => line !== '' && !line.startsWith('#')), url }
  } catch {
    problems['PARLEY_BLOCKLIST'] =
      `The file "${file}" cannot be read. Name a text file with one phrase a line.`
    return { blocklist: [], url }
  }
}
