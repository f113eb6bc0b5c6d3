/**
 * The folder that our own export writes for Argilla: its sidecar (`parley.json`) holds what Argilla cannot
 * represent, and with the data file restores the lines of a `records` export. The format is described in
 * exports/argilla/format.ts.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { isObject, type JsonObject } from '../../json.ts'
import { parseJson } from '../readers/json.ts'
import { counted, type Line, splitLines } from '../readers/lines.ts'

const SidecarHead = z.looseObject({
  format: z.literal(1),
  for: z.literal('argilla'),
  dataset: DatasetDocument,
  data: z.enum(['records.json', 'train.jsonl']),
  /** Their names; folders from before 2026-12 hold their common prefix. */
  output_fields: z.union([z.string().min(1), z.array(z.string())]),
})
/** The dataset's document, the data file's name, and the outputs' names in it. */
export type SidecarHead = z.infer<typeof SidecarHead>

/** Null for a file of this name that is not ours. */
export async function readSidecarHead(file: string): Promise<SidecarHead | null> {
  for await (const [first] of splitLines(createReadStream(file))) {
    const parsed = first && !first.problem ? parseJson(`${first.text}]}`) : null
    return parsed && 'value' in parsed ? (SidecarHead.safeParse(parsed.value).data ?? null) : null
  }
  return null
}

/**
 * The lines of the `records` export that both files came from.
 * @throws ParleyError `invalid` if the data file was changed since, or one of them is damaged.
 */
export async function* sidecarLines(
  file: string,
  { data, dataset, output_fields: named }: SidecarHead,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<Uint8Array> {
  const dataFile = join(dirname(file), data)
  await checkUnchanged(file, dataFile)
  const names = dataset.fields.map(({ name }) => name)
  const shown = elementsOf(dataFile, data === 'records.json' ? 'list' : 'lines', onBytes)
  for await (const kept of elementsOf(file, 'list', onBytes)) {
    const { value, done } = await shown.next()
    if (done) throw damaged(file)
    const { fields, outputs } = textsOf(data === 'records.json' ? value['fields'] : value)
    yield Buffer.from(`${JSON.stringify({ ...kept, fields, outputs })}\n`)

    function textsOf(given: unknown) {
      const texts = new Map(Object.entries(isObject(given) ? given : {}))
      const own = isObject(kept['fields']) ? kept['fields'] : {}
      return {
        fields: Object.fromEntries(
          names
            .map((name) => [name, Object.hasOwn(own, name) ? own[name] : texts.get(name)] as const)
            .filter(([, text]) => text !== null && text !== undefined),
        ),
        outputs: (Array.isArray(kept['outputs']) ? kept['outputs'] : []).map((output, at) =>
          isObject(output) ? withText(output, at, texts) : output,
        ),
      }
    }
  }

  function withText(output: JsonObject, at: number, texts: ReadonlyMap<string, unknown>) {
    if (Object.hasOwn(output, 'messages') || Object.hasOwn(output, 'text')) return output
    const { in: place = at, ...rest } = output
    const name = typeof named === 'string' ? `${named}${at + 1}` : named[Number(place)]
    return { ...rest, text: texts.get(name ?? '') }
  }
}

/** The sidecar holds the data file's hash from when both were written. */
async function checkUnchanged(file: string, dataFile: string): Promise<void> {
  const [, said] = /"data_sha256":"([0-9a-f]{64})"\}\s*$/.exec(await tailOf(file)) ?? []
  if (said === undefined) throw damaged(file)
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(dataFile)) hash.update(chunk)
  } catch (cause) {
    throw invalid({ [basename(dataFile)]: 'It is missing beside parley.json.' }, cause)
  }
  if (hash.digest('hex') === said) return
  throw invalid({
    [basename(dataFile)]:
      'It was changed since Parley wrote it, so parley.json does not belong to it any more. To import what it says now, without ranks, take parley.json away.',
  })
}

async function tailOf(file: string): Promise<string> {
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const bytes = Buffer.alloc(Math.min(size, 200))
    await handle.read(bytes, 0, bytes.length, size - bytes.length)
    return bytes.toString('latin1')
  } finally {
    await handle.close()
  }
}

/** The records of a file as our export writes it: one a line, in a list from the first line to `]`. */
async function* elementsOf(
  file: string,
  kind: 'list' | 'lines',
  onBytes: (bytes: number) => void,
): AsyncGenerator<JsonObject> {
  for await (const lines of splitLines(counted(createReadStream(file), onBytes)))
    for (const line of lines) {
      if (kind === 'list' && line.number === 1) continue
      if (kind === 'list' && line.text.startsWith(']')) return
      yield elementOf(line, file)
    }
}

function elementOf({ number, text, problem }: Line, file: string): JsonObject {
  const parsed = problem ? null : parseJson(text.replace(/,$/, ''), { anyKey: true })
  if (parsed && 'value' in parsed && isObject(parsed.value)) return parsed.value
  const why = problem?.message ?? (parsed && 'problem' in parsed ? parsed.problem.message : '')
  throw invalid({ [`${basename(file)}:${number}`]: `${why || 'is no record.'} Export it again.` })
}

function damaged(file: string) {
  return invalid({ [basename(file)]: 'It is damaged or cut off. Export the dataset again.' })
}
