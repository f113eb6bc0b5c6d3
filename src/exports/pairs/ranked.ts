/**
 * What rankings and ratings become for training: a prompt with a better and a worse output. Shared by the
 * formats made of pairs; each writes the same pair under its own keys.
 */
import type { DatasetDocument } from '../../datasets/document.ts'
import { buildPrompt, noPrompt, recordPromptParts } from '../formats/content.ts'
import type { Chat } from '../formats/format.ts'
import { turnProblem } from '../formats/turns.ts'
import type { ExportFlags, TurnStrategy } from '../options.ts'
import type { ExportRecord } from '../source.ts'
import type { OwnStrategies, PairJudge } from './judge.ts'
import { buildOutputs, type Text } from './outputs.ts'
import { openRankings } from './rankings.ts'
import { openRated } from './rated.ts'
import { parseKeep } from './usable.ts'

export type RankedPair = {
  prompt: Text
  chosen: Text
  rejected: Text
  margin: number
  /** The ranking it comes from, and its share of it: 1 / pairs. */
  group: string
  weight: number
}

export type Ranked = {
  strategies: Record<string, unknown>
  turns: TurnStrategy
  make(record: ExportRecord): { pairs: RankedPair[]; dropped: string[] }
}

/**
 * Prepares pairs of this dataset's rankings or ratings, by the requested strategies, or the format's own.
 * @throws ParleyError `invalid` when the dataset asks for neither, or not for the question named.
 */
export function openRanked(
  document: DatasetDocument,
  flags: ExportFlags,
  own: OwnStrategies,
): Ranked {
  const { strategies, judge } = openJudge(document, flags, own)
  const parts = recordPromptParts(document)
  const { shape = 'messages', turns = 'as-is' } = flags
  const keep = parseKeep(flags.keep, document)
  return {
    strategies: {
      shape,
      prompt: parts.map(({ role, template }) => ({ [role]: template })),
      ...strategies,
      // Of several best (or worst) outputs one is drawn by seed, record and place.
      ties: 'seeded',
      turns,
    },
    turns,
    make(record) {
      const made: { pairs: RankedPair[]; dropped: string[] } = { pairs: [], dropped: [] }
      const outputs = buildOutputs(record, shape)
      const prompt = keep(record) ? buildPrompt(parts, record.fields, shape) : null
      for (const group of judge(record, outputs)) {
        if (!keep(record)) made.dropped.push('not_kept')
        else if (prompt === null) made.dropped.push(noPrompt(parts, record.fields, shape))
        else if (typeof group === 'string') made.dropped.push(group)
        else {
          const found: Omit<RankedPair, 'group' | 'weight'>[] = []
          for (const pair of group.pairs) {
            const better = outputs[pair.high]?.content
            const worse = outputs[pair.low]?.content
            const clear = group.marginOf(pair)
            // Judged outputs without text were dropped as empty.
            if (!better || !worse) continue
            const unread = turns === 'strict' && turnProblem({ prompt, answers: [better, worse] })
            if (unread) made.dropped.push(unread)
            else if (typeof clear === 'string') made.dropped.push(clear)
            else found.push({ prompt, chosen: better, rejected: worse, margin: clear })
          }
          const shared = { group: `${record.external_id}${group.by}`, weight: 1 / found.length }
          made.pairs.push(...found.map((pair) => ({ ...pair, ...shared })))
          made.dropped.push(...group.dropped)
        }
      }
      return made
    },
  }
}

/** By `from`, else by what only ratings have or the question named is, else rankings where the dataset asks for any. */
function openJudge(document: DatasetDocument, flags: ExportFlags, own: OwnStrategies): PairJudge {
  const types = document.questions.flatMap(({ name, type, of }) =>
    flags.question === undefined || flags.question === name ? [`${type} of ${of}`] : [],
  )
  const isRanked = types.some((type) => type.startsWith('ranking'))
  const isRated = !isRanked && types.includes('rating of outputs')
  const isGap = flags.min_gap !== undefined || flags.average !== undefined
  const from = flags.from ?? (isRated || isGap ? 'ratings' : 'rankings')
  return from === 'ratings' ? openRated(document, flags, own) : openRankings(document, flags, own)
}

/** What a pair teaches: one of the two, after the prompt. */
export function chatOf({ prompt, chosen, rejected }: RankedPair): Chat {
  return { prompt, answers: [chosen, rejected] }
}
