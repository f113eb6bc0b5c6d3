/**
 * What is wrong with the form of CHANGELOG.md, which is Keep a Changelog's. Branches that change it are
 * merged by union (.git/info/attributes), which may bring lines back that were rewritten meanwhile.
 */
const sections = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']
const version = /^\[(?:Unreleased|\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2})\]?$/

/** One sentence for each mistake, with its line. */
export function changelogProblems(text: string): string[] {
  const lines = text.split('\n')
  const seen = new Map<string, number>()
  let released = ''
  return lines.flatMap((line, at) => {
    const where = `CHANGELOG.md:${at + 1}`
    const [, marks = '', name = ''] = /^(#{2,3}) (.+)$/.exec(line) ?? []
    if (marks === '##') released = name
    const isUnknown =
      marks === '##' ? !version.test(name) : marks === '###' && !sections.includes(name)
    if (isUnknown) return [`${where}: "${name}" is not a heading of Keep a Changelog.`]
    const key = marks === '###' ? `${released} ${name}` : marks || line.startsWith('- ') ? line : ''
    const before = seen.get(key)
    if (key !== '' && before !== undefined) return [`${where}: this is in line ${before} too.`]
    if (key !== '') seen.set(key, at + 1)
    return []
  })
}
