/**
 * The `prompts` format: each prompt once, for reinforcement learning (GRPO, RLOO, online DPO read
 * `prompt`, https://huggingface.co/docs/trl/dataset_formats). Records that labelers rejected stay out.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseKeep } from '../pairs/usable.ts'
import { buildPrompt, plainPrompt, promptParts, TrainerText, textColumns } from './content.ts'
import type { RowFormat } from './format.ts'

export const prompts: RowFormat = {
  about: 'each prompt once, for reinforcement learning',
  takes: ['shape', 'keep', 'turns', 'split', 'seed', 'gz', 'parquet'],
  type: 'rows',
  open(document, flags) {
    const parts = promptParts(document)
    const { shape = 'messages', turns = 'as-is' } = flags
    const keep = parseKeep(flags.keep, document)
    // Six bytes of a hash for each prompt: what is kept of a million of them are some 50 MB.
    const seen = new Set<number>()
    return {
      strategies: {
        shape,
        prompt: parts.map(({ role, template }) => ({ [role]: template })),
        unique: 'normalised prompt',
        turns,
      },
      turns,
      columns: textColumns(['prompt'], shape),
      row: z.strictObject({ prompt: TrainerText }),
      make(record) {
        const prompt = buildPrompt(parts, record.fields, shape)
        if (record.status === 'rejected') return { rows: [], dropped: ['rejected'] }
        if (!keep(record)) return { rows: [], dropped: ['not_kept'] }
        if (prompt === null) return { rows: [], dropped: ['no_prompt'] }
        const hash = hashOf(prompt)
        if (seen.has(hash)) return { rows: [], dropped: ['duplicate'] }
        seen.add(hash)
        return { rows: [{ row: { prompt }, chat: { prompt, answers: [] } }], dropped: [] }
      },
    }
  },
}

function hashOf(prompt: unknown): number {
  return createHash('sha256').update(plainPrompt(prompt)).digest().readUIntBE(0, 6)
}
