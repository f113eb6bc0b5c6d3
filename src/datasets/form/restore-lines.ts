/** Puts back how lines were spaced: writing YAML anew would align no comment and pad every bracket. */
import { parseDocument as parseYaml } from 'yaml'

/**
 * `after` with each line that says what a line of `before` says spaced as that one was, in its order;
 * only if it means the same then.
 */
export function restoreLines(before: string, after: string): string {
  const known = new Map<string, string[]>()
  for (const line of before.split('\n')) {
    const key = bare(line)
    known.set(key, [...(known.get(key) ?? []), line])
  }
  const restored = after
    .split('\n')
    .map((line) => known.get(bare(line))?.shift() ?? line)
    .join('\n')
  return meaning(restored) === meaning(after) ? restored : after
}

/** A line without its spaces, but for those it begins with. */
function bare(line: string): string {
  const [indent = ''] = /^ */.exec(line) ?? []
  return `${indent.length}|${line.replace(/\s+/g, '')}`
}

function meaning(text: string): string {
  const document = parseYaml(text, { prettyErrors: false })
  return document.errors.length > 0 ? '' : JSON.stringify(document.toJS())
}
