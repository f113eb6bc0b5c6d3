/** Phrases that docs/writing.md rules out do not come back into the pages and rooms that are rid of them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readPages, root } from './page.ts'

/** What to write instead is in docs/writing.md. */
const ruledOut = [
  /\bwhoever\b/i,
  /\bmend(s|ed)?\b/i,
  /\banew\b/i,
  /\bput down\b/i,
  /\bwhat (became|becomes) of\b/i,
  /\b(is|are) over\b(?! all| the| \d)/i,
  /\bcannot be told\b(?! apart)/i,
  /\b(it|nothing) is told\b/i,
]

/** Made from words that live elsewhere, the rules themselves, and old entries. */
const otherPages = ['docs/commands.md', 'docs/writing.md', 'CHANGELOG.md']
const rooms = [
  'adapters',
  'bench',
  'sandbox',
  'scripts',
  'src/arena',
  'src/ask',
  'src/cli',
  'src/db',
  'src/exports',
  'src/feedback',
  'src/http',
  'src/imports',
  'src/keys',
  'src/metrics',
  'src/quality',
  'src/records',
  'src/responses',
  'src/selections',
  'src/traces',
  'src/webhooks',
]

const pages = readPages()
  .map(({ path }) => path)
  .filter((path) => !otherPages.includes(path))
const sources = rooms.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|sql|py|sh)$/.test(name))
    .map((name) => join(room, name)),
)

describe('happy: plain words', () => {
  test.each([...pages, ...sources])('%s', (path) => {
    expect(foundIn(readFileSync(join(root, path), 'utf8'))).toEqual([])
  })
})

describe('refused: plain words', () => {
  test.each([
    'Whoever asks is answered.',
    'Mend the line.',
    'The file is begun anew.',
    'Such a share\n * cannot be told.',
  ])('%s', (text) => {
    expect(foundIn(text)).toHaveLength(1)
  })
})

/** A phrase may go over the end of a line. */
function foundIn(text: string): string[] {
  const flat = text.replaceAll(/\s*\n\s*(?:\*|\/\/|--|#)?\s*/g, ' ')
  return ruledOut.flatMap((phrase) => {
    const at = flat.search(phrase)
    return at < 0 ? [] : [flat.slice(Math.max(0, at - 40), at + 60)]
  })
}
