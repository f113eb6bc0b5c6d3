/**
 * Reads a dataset document an admin wrote by hand (YAML or JSON): the template is merged in, every
 * default filled, and every mistake named with its line, its key and what to write instead.
 */

import { asParleyError, invalid } from '../errors.ts'
import { checkDocument } from './check.ts'
import { DatasetDocument } from './document.ts'
import { type Explained, explainIssues, pathText } from './explain.ts'
import { type ParseOptions, readSource, where } from './parsing/document-text.ts'
import { knownKeys } from './parsing/known-keys.ts'
import { mergeTemplate } from './parsing/merge-template.ts'

/** A mistake in a document's text, at the line where it stands. */
export type LineMistake = { line: number; path: string; message: string; remedy: string }

/** @throws ParleyError `invalid`, one problem per mistake, keyed `file:line key.path`. */
export function parseDocument(text: string, options: ParseOptions = {}): DatasetDocument {
  const read = readText(text, options)
  if ('document' in read) return read.document
  throw invalid(
    Object.fromEntries(
      read.mistakes.map(({ line, path, message, remedy }) => [
        [where(options.file, line), path].filter(Boolean).join(' '),
        `${message} ${remedy}`,
      ]),
    ),
  )
}

/** The same for a page, which shows each mistake beside its line. Never throws. */
export function checkText(
  text: string,
): { document: DatasetDocument } | { mistakes: LineMistake[] } {
  try {
    return readText(text, {})
  } catch (error) {
    const refused = asParleyError(error)
    if (refused?.code !== 'invalid') throw error
    const mistakes = Object.entries(refused.problems ?? {}).map(([key, message]) => ({
      line: Number(/^line (\d+)/.exec(key)?.[1] ?? 1),
      ...{ path: '', message, remedy: '' },
    }))
    return { mistakes }
  }
}

/** @throws ParleyError `invalid` for a text that is no YAML at all. */
function readText(
  text: string,
  options: ParseOptions,
): { document: DatasetDocument } | { mistakes: LineMistake[] } {
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
    if (success && problems.length === 0) return { document: data }
  }
  const mistakes = problems.map(({ path, message, remedy }) => ({
    ...{ line: source.lineOf(path), path: pathText(path), message, remedy },
  }))
  return { mistakes: mistakes.sort((a, b) => a.line - b.line) }
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
