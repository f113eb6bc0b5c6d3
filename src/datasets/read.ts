/** Reads a dataset document from a file; guidelines it names are read from the same folder. */
import { readFileSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { invalid } from '../errors.ts'
import type { DatasetDocument } from './document.ts'
import { parseDocument } from './parse.ts'

/** @throws ParleyError `invalid` when the file is missing or its content is not a document. */
export function readDocument(file: string): DatasetDocument {
  const text = readText(file)
  if (text === null)
    throw invalid({ [file]: 'There is no such file. parley dataset template prints one to edit.' })
  return parseDocument(text, {
    format: /\.json$/i.test(file) ? 'json' : 'yaml',
    file: basename(file),
    readGuidelines: (name) => readText(resolve(dirname(file), name)),
  })
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
