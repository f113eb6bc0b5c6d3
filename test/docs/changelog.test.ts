/** CHANGELOG.md has the form of Keep a Changelog, and a merge brings nothing back. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { changelogProblems } from '../../scripts/docs/changelog.ts'
import { root } from './page.ts'

const text = readFileSync(join(root, 'CHANGELOG.md'), 'utf8')

describe('happy: the changelog', () => {
  test('begins with what is not released yet, and is in form', () => {
    expect(/^## (.*)$/m.exec(text)?.[1]).toBe('[Unreleased]')
    expect(changelogProblems(text)).toEqual([])
  })
})

describe('refused: the changelog', () => {
  test.each([
    ['a heading of the old form', '## [Unreleased]\n\n## Unreleased\n'],
    ['a version twice', '## [0.1.0] - 2026-11-23\n\n## [0.1.0] - 2026-11-23\n'],
    ['a section twice', '## [Unreleased]\n\n### Added\n\n### Added\n'],
    ['a section there is not', '## [Unreleased]\n\n### New\n'],
    ['a line twice', '- One.\n- Two.\n- One.\n'],
    ['a version without its day', '## [0.2.0]\n'],
  ])('%s is found', (_, wrong) => {
    expect(changelogProblems(wrong)).toHaveLength(1)
  })
})
