/** The form of an import by file, which an admin opens from the Home tab. */
import type { GivenFile } from '../../../src/chat/port/port.ts'
import { localeNow, type Words } from '../../../src/chat/words/words.ts'
import { asParleyError, invalid } from '../../../src/errors.ts'
import { header, label, plain, section, type View } from '../draw/blocks.ts'
import type { HowToAllow } from '../install/scopes.ts'
import { limits } from '../limits.ts'
import { fileIdOf, notGiven } from '../receive/files.ts'
import type { SubmissionBody } from '../receive/payloads.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { writeDatasetName } from './form-dataset.ts'
import { importFormId } from './ids.ts'

export function drawImportForm(dataset: { name: string; title: string }, said: Words): View {
  return {
    type: 'modal',
    callback_id: importFormId,
    private_metadata: writeDatasetName(dataset.name),
    title: label(said.importFile, limits.viewTitle),
    submit: plain(said.importFile),
    close: plain(said.close),
    blocks: [
      header(dataset.title),
      section(said.fileHint),
      {
        type: 'input',
        block_id: fileBlock,
        label: plain(said.fileToImport),
        element: { type: 'file_input', action_id: 'v1:file', max_files: 1 },
      },
    ],
  }
}

/** The file that was given, or what is wrong with it; its bytes are fetched later (openGivenFile). */
export async function readGivenFile(
  { view }: SubmissionBody,
  api: SlackApi,
  howToAllow: HowToAllow,
  said: Words,
): Promise<{ file: GivenFile } | { problem: string }> {
  const [entered] = Object.values(view.state?.values?.[fileBlock] ?? {})
  const id = fileIdOf(entered)
  if (id === null) return { problem: said.fileMissing }
  try {
    const { name, size } = await api.fileInfo(id)
    if (!/\.((jsonl|ndjson|json|csv|tsv)(\.gz)?|parquet)$/i.test(name))
      return { problem: said.fileWrongKind }
    if (size > limits.fileInputBytes) return { problem: said.fileTooLarge }
    return { file: { name, size, ref: id } }
  } catch (error) {
    if (slackCode(error) === 'missing_scope')
      return { problem: said.importScope(await howToAllow(['files:read'])) }
    const known = asParleyError(error)
    return {
      problem: known?.code === 'unavailable' ? known.messageIn(localeNow()) : said.fileUnread,
    }
  }
}

/** The bytes of such a file, with the token of the current workspace. */
export async function* openGivenFile(
  api: SlackApi,
  { ref }: GivenFile,
): AsyncGenerator<Uint8Array> {
  const { url } = await api.fileInfo(ref).catch((error: unknown) => {
    const code = slackCode(error)
    if (code === 'file_not_found' || code === 'file_deleted')
      throw invalid({ file: (said) => said.fileGone('slack') }, error)
    if (code === 'missing_scope') throw notGiven(error)
    throw error
  })
  yield* api.download(url, limits.fileInputBytes)
}

/** The errors of an import's form. */
export function underFile(problem: string): Record<string, string> {
  return { [fileBlock]: problem }
}

const fileBlock = 'file'
