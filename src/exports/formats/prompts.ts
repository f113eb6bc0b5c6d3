/**
 * The `prompts` format: each prompt once, for reinforcement learning (GRPO, RLOO, online DPO read
 * `prompt`, https://huggingface.co/docs/trl/dataset_formats). Records that labelers rejected stay out.
 * Prompts that labelers wrote come with their author's pseudonym.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseKeep, unusable } from '../pairs/usable.ts'
import type { ExportRecord } from '../source.ts'
import {
  authorColumn,
  buildPrompt,
  noPrompt,
  plainPrompt,
  promptParts,
  TrainerText,
  textColumns,
  writtenNames,
} from './content.ts'
import type { Made, RowFormat } from './format.ts'

export const prompts: RowFormat = {
  takes: ['shape', 'keep', 'turns', 'split', 'seed', 'gz', 'parquet'],
  type: 'rows',
  open(document, flags) {
    const parts = promptParts(document)
    const { shape = 'messages', turns = 'as-is' } = flags
    const keep = parseKeep(flags.keep, document)
    // Six bytes of a hash for each prompt: what is kept of a million of them are some 50 MB.
    const seen = new Set<number>()
    const isWritten = writtenNames(document, parts).size > 0
    const add = (prompt: ReturnType<typeof buildPrompt>, author: { author?: string }): Made => {
      if (prompt === null) return { rows: [], dropped: ['no_prompt'] }
      const hash = hashOf(prompt)
      if (seen.has(hash)) return { rows: [], dropped: ['duplicate'] }
      seen.add(hash)
      return { rows: [{ row: { prompt, ...author }, chat: { prompt, answers: [] } }], dropped: [] }
    }
    const addWritten = (record: ExportRecord): Made => {
      const made = record.responses.map((response) => {
        const why = unusable(response)
        if (why) return { rows: [], dropped: [why] }
        const prompt = buildPrompt(parts, record.fields, shape, response.values)
        return add(prompt, { author: response.labeler })
      })
      return {
        rows: made.flatMap(({ rows }) => rows),
        dropped: made.flatMap(({ dropped }) => dropped),
      }
    }
    return {
      strategies: {
        shape,
        prompt: parts.map(({ role, template }) => ({ [role]: template })),
        unique: 'normalised prompt',
        turns,
      },
      turns,
      isTemplated: shape === 'messages',
      columns: [...textColumns(['prompt'], shape), ...(isWritten ? [authorColumn] : [])],
      row: isWritten
        ? z.strictObject({ prompt: TrainerText, author: z.string().min(1) })
        : z.strictObject({ prompt: TrainerText }),
      make(record) {
        if (record.status === 'rejected') return { rows: [], dropped: ['rejected'] }
        if (!keep(record)) return { rows: [], dropped: ['not_kept'] }
        if (isWritten) return addWritten(record)
        const prompt = buildPrompt(parts, record.fields, shape)
        if (prompt === null) return { rows: [], dropped: [noPrompt(parts, record.fields, shape)] }
        return add(prompt, {})
      },
    }
  },
}

function hashOf(prompt: unknown): number {
  return createHash('sha256').update(plainPrompt(prompt)).digest().readUIntBE(0, 6)
}
