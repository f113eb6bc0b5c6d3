/** Reads Parley's own lines (`format: 1`), and says what is mistyped in them. */

import { explainIssues, type Path, pathText } from '../../datasets/explain.ts'
import type { JsonObject } from '../../json.ts'
import { messageKeys } from '../../records/message.ts'
import { RecordLine } from '../../records/record-line.ts'
import type { Shaped } from './line.ts'
import { lineOfTable } from './travelled.ts'

export function readNative(given: JsonObject): Shaped {
  const value = lineOfTable(given)
  const { success, data, error } = RecordLine.safeParse(value)
  if (success) return { records: [{ record: data, said: () => ({}), warnings: [] }] }
  if ('record' in value || 'responses' in value)
    return {
      problem: {
        path: 'record' in value ? 'record' : 'responses',
        message: 'is a line of an export with answers in it.',
        remedy: 'Import the file with --from parley.',
      },
    }
  // A mistyped key also leaves one missing: the typing mistake is what is worth telling.
  const mistyped = error.issues.filter((issue) => issue.code === 'unrecognized_keys')
  const [first] = explainIssues(mistyped.length > 0 ? mistyped : error.issues, value, nativeKeys)
  const path = first ? pathText(first.path) : ''
  return {
    problem: {
      path,
      message: first?.message ?? 'is not a record.',
      remedy: path === 'format' ? 'Write "format": 1.' : (first?.remedy ?? ''),
    },
  }
}

function nativeKeys(path: Path): readonly string[] {
  const [key, , under] = path
  if (key === undefined) return Object.keys(RecordLine.shape)
  if (under === 'messages' || key === 'fields') return ['role', 'content', ...messageKeys]
  if (key === 'outputs') return ['id', 'text', 'messages', 'model', 'metadata']
  return key === 'suggestions' ? ['value', 'score', 'agent'] : []
}
