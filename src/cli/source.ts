/** Where a command reads from: a file, or stdin. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { invalid } from '../errors.ts'

/** @throws ParleyError `invalid` when there is no such file. */
export async function openSource(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin
  const found = await stat(file).catch(() => null)
  if (!found?.isFile())
    throw invalid({ [file]: 'There is no such file. Name a JSONL file, or - for stdin.' })
  return createReadStream(file)
}
