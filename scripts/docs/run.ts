/** Writes the docs that are made from the code; with `--check` it only says which are not current. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { pages } from './pages.ts'

const isCheck = process.argv.includes('--check')
const stale = pages().filter(({ text, wanted }) => text !== wanted)

for (const { path, wanted } of stale) {
  if (isCheck) {
    console.error(`${path} is not current. Run: npm run docs`)
    continue
  }
  const file = new URL(`../../${path}`, import.meta.url)
  mkdirSync(new URL('.', file), { recursive: true })
  writeFileSync(file, wanted)
  console.log(`Wrote ${path}.`)
}

if (isCheck && stale.length > 0) process.exitCode = 1
