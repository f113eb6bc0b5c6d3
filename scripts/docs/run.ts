/** Writes the docs that are generated from the code; with `--check` it only says which are stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { changelogProblems } from './changelog.ts'
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

const changelog = readFileSync(new URL('../../CHANGELOG.md', import.meta.url), 'utf8')
const problems = changelogProblems(changelog)
for (const problem of problems) console.error(problem)
if (problems.length > 0)
  console.error('Take the CHANGELOG.md of main, and add your lines below "## [Unreleased]".')

if ((isCheck && stale.length > 0) || problems.length > 0) process.exitCode = 1
