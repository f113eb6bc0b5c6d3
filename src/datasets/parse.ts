/**
 * Reads a dataset document an admin wrote by hand (YAML or JSON): the template is merged in, every
 * default filled, and every mistake named with its line, its key and what to write instead.
 */

import { invalid } from '../errors.ts'
import { checkDocument } from './check.ts'
import { DatasetDocument } from './document.ts'
import { type Explained, explainIssues, pathText } from './explain.ts'
import { type ParseOptions, readSource, where } from './parsing/document-text.ts'
import { knownKeys } from './parsing/known-keys.ts'
import { mergeTemplate } from './parsing/merge-template.ts'

/** @throws ParleyError `invalid`, one problem per mistake, keyed `file:line key.path`. */
export function parseDocument(text: string, options: ParseOptions = {}): DatasetDocument {
  const source = readSource(text, options)
  const problems: Explained[] = []
  const merged = mergeTemplate(source.value, problems)
  if (merged) {
    readGuidelines(merged.document, options, problems)
    const { success, data, error } = DatasetDocument.safeParse(merged.document)
    const found = success
      ? checkDocument(data)
      : explainIssues(error.issues, merged.document, (path) => knownKeys(path, merged.document))
    problems.push(...found.map((one) => ({ ...one, path: merged.pathInSource(one.path) })))
    if (success && problems.length === 0) return data
  }
  const lines = problems.map((problem) => ({ ...problem, line: source.lineOf(problem.path) }))
  lines.sort((a, b) => a.line - b.line)
  throw invalid(
    Object.fromEntries(
      lines.map(({ line, path, message, remedy }) => [
        [where(options.file, line), pathText(path)].filter(Boolean).join(' '),
        `${message} ${remedy}`,
      ]),
    ),
  )
}

function readGuidelines(
  document: { [key: string]: unknown },
  options: ParseOptions,
  problems: Explained[],
) {
  const written = document['guidelines']
  if (typeof written !== 'string' || !/^[^\s]+\.(md|txt)$/i.test(written.trim())) return
  const path = ['guidelines']
  if (!options.readGuidelines) {
    problems.push({
      path,
      message: `names the file "${written}", which cannot be read from here.`,
      remedy: 'Write the text of the guidelines itself.',
    })
    return
  }
  const text = options.readGuidelines(written.trim())
  if (text === null)
    problems.push({
      path,
      message: `There is no file "${written}" beside the document.`,
      remedy: 'Fix the name, or write the text of the guidelines itself.',
    })
  else document['guidelines'] = text.replace(/\r\n/g, '\n').trim()
}
