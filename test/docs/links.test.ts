/** Every link of the documentation leads somewhere, and every file it names is there. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lookOver, type Page, readPages, root, targetOf } from './page.ts'

const pages = readPages()
const byPath = new Map(pages.map((page) => [page.path, page]))

describe('happy: links', () => {
  test('every relative link and every anchor leads to something', () => {
    expect(pages.flatMap((page) => brokenLinks(page, byPath))).toEqual([])
  })

  test('every file and folder of the project that is named is there', () => {
    expect(pages.filter(({ path }) => path !== 'CHANGELOG.md').flatMap(missingFiles)).toEqual([])
  })

  test('every page can be reached from the README', () => {
    const seen = new Set<string>()
    const visit = (path: string) => {
      const page = byPath.get(path)
      if (!page || seen.has(path)) return
      seen.add(path)
      for (const link of page.links.filter(isRelative)) visit(targetOf(path, link).file)
    }
    visit('README.md')
    const docs = pages.filter(({ path }) => path.startsWith('docs/')).map(({ path }) => path)
    expect(docs.filter((path) => !seen.has(path))).toEqual([])
  })
})

describe('refused: links', () => {
  const page = (text: string): Page => ({ path: 'docs/x.md', ...lookOver(text) })

  test.each([
    ['a page that is not there', '[x](nowhere.md)'],
    ['an anchor that is not there', '# Here\n\n[x](#there)'],
    ['an anchor of another page', '[x](slack.md#nowhere)'],
    ['a picture that is not there', '![x](nowhere.png)'],
  ])('%s is found', (_, text) => {
    expect(brokenLinks(page(text), byPath)).toHaveLength(1)
  })

  test('a file that was moved is found', () => {
    expect(missingFiles(page('in `src/nowhere.ts`'))).toHaveLength(1)
    expect(missingFiles(page('in `src/config.ts` and `src/db/functions/*.sql`'))).toEqual([])
  })
})

function isRelative(link: string): boolean {
  return !/^[a-z]+:/i.test(link)
}

function brokenLinks(page: Page, known: ReadonlyMap<string, Page>): string[] {
  return page.links.filter(isRelative).flatMap((link) => {
    const { file, anchor } = targetOf(page.path, link)
    const said = `${page.path}: ${link}`
    if (file !== page.path && !existsSync(join(root, file))) return [said]
    if (anchor === null) return []
    const anchors = file === page.path ? page.anchors : known.get(file)?.anchors
    return anchors?.has(anchor) ? [] : [said]
  })
}

const inProject =
  /^(src|adapters|sandbox|migrations|bench|scripts|test|samples|schema|docs)\/[\w./*-]*$/

/** Names with a star stand for many files; the folder before it must be there. */
function missingFiles(page: Page): string[] {
  return page.inline
    .filter((code) => inProject.test(code))
    .filter((code) => !existsSync(join(root, code.replace(/\/[^/]*\*.*$/, ''))))
    .map((code) => `${page.path}: ${code}`)
}
