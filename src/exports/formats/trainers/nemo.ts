/**
 * The `nemo` format: a context and its completions with their ranks, 0 the best, as NVIDIA's NeMo RL
 * reads preference data (https://docs.nvidia.com/nemo/rl/latest/guides/rm.html). By default each
 * row holds two completions, since its DPO and reward model training take no more: such a file
 * trains as it is. With `ranks: all`, one row has every ranked output of a record.
 */
import { z } from 'zod'
import { invalid } from '../../../errors.ts'
import { consensusRanking } from '../../../quality/measures/consensus/consensus.ts'
import { answerFlags, pairFlags } from '../../options.ts'
import { openPairs } from '../../pairs/edits.ts'
import { buildOutputs, type Output, plain } from '../../pairs/outputs.ts'
import { chatOf } from '../../pairs/ranked.ts'
import { type JudgedBallot, rankingQuestion, readGroups } from '../../pairs/rankings.ts'
import { parseKeep } from '../../pairs/usable.ts'
import { buildPrompt, recordPromptParts } from '../content.ts'
import { derive, type MessageChat, PlainMessages } from '../derive.ts'
import type { Made, MadeRow, Row, RowFormat, RowMaker } from '../format.ts'

export const nemo: RowFormat = {
  takes: [...pairFlags, 'ranks', 'edits', ...answerFlags, 'turns', 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    if (flags.ranks === 'all' && flags.pairs)
      throw invalid({
        pairs: 'With --ranks all a row holds every output. Leave one of the two out.',
      })
    if (flags.ranks === 'all' && flags.edits && flags.edits !== 'without')
      throw invalid({
        edits: 'With --ranks all a row holds what was ranked. Leave one of the two out.',
      })
    const { turns = 'strict' } = flags
    const open = flags.ranks === 'all' ? openRanks : openTwos
    const { strategies, make } = open(document, { ...flags, turns })
    return { strategies, turns, row: NemoRow, make: (record) => derive(make(record), sayPlain) }
  },
}

/** Messages as roles and texts: its processors join contents as texts. */
function sayPlain({ prompt, answers }: MessageChat, { completions }: Row): Row {
  const ranks = Array.isArray(completions) ? completions.map((one) => one.rank) : []
  return {
    context: prompt,
    completions: answers.map((completion, at) => ({ rank: ranks[at], completion })),
  }
}

const NemoRow = z.strictObject({
  context: PlainMessages,
  completions: z
    .array(z.strictObject({ rank: z.int().min(0), completion: PlainMessages }))
    .min(2)
    .refine((all) => all[0]?.rank === 0 && (all.at(-1)?.rank ?? 0) > 0, 'ranks say nothing')
    .refine((all) => all.every(({ rank }, at) => rank >= (all[at - 1]?.rank ?? 0)), 'out of order')
    .refine(
      (all) => new Set(all.map(({ completion }) => plain(completion))).size === all.length,
      'completions are equal',
    ),
})

type Open = (...given: Parameters<RowFormat['open']>) => Pick<RowMaker, 'strategies' | 'make'>

const openTwos: Open = (document, flags) => {
  const ranked = openPairs(
    document,
    { ...flags, shape: 'messages' },
    { pairs: 'best-worst', labelers: 'consensus' },
  )
  return {
    strategies: ranked.strategies,
    make(record) {
      const { pairs, dropped } = ranked.make(record)
      const rows = pairs.map((pair) => {
        const { prompt: context, chosen, rejected } = pair
        const completions = [chosen, rejected].map((completion, rank) => ({ rank, completion }))
        return { row: { context, completions }, chat: chatOf(pair) }
      })
      return { rows, dropped }
    },
  }
}

const openRanks: Open = (document, flags) => {
  const { labelers = 'consensus' } = flags
  for (const name of ['from', 'min_gap', 'average'] as const)
    if (flags[name] !== undefined && flags[name] !== 'rankings')
      throw invalid({ [name]: 'With --ranks all a row holds a ranking. Leave one of the two out.' })
  if (labelers === 'majority' || labelers === 'unanimous')
    throw invalid({
      labelers: `Ranks are each labeler's own or their consensus. Without --ranks all, ${labelers} works too.`,
    })
  const question = rankingQuestion(document, flags.question)
  const parts = recordPromptParts(document)
  const keep = parseKeep(flags.keep, document)
  return {
    strategies: {
      shape: 'messages',
      prompt: parts.map(({ role, template }) => ({ [role]: template })),
      question,
      labelers,
      turns: flags.turns,
      completions: 'every ranked output; a shared rank says nothing',
    },
    make(record): Made {
      const made: { rows: MadeRow[]; dropped: string[] } = { rows: [], dropped: [] }
      const outputs = buildOutputs(record, 'messages')
      const context = buildPrompt(parts, record.fields, 'messages')
      for (const group of readGroups(record, question, labelers)) {
        const found = typeof group === 'string' ? group : rankOutputs(outputs, group)
        if (!keep(record)) made.dropped.push('not_kept')
        else if (context === null) made.dropped.push('no_prompt')
        else if (typeof found === 'string') made.dropped.push(found)
        else {
          const answers = found.flatMap(({ completion }) =>
            completion === null ? [] : [completion],
          )
          made.rows.push({
            row: { context, completions: found },
            chat: { prompt: context, answers },
          })
        }
      }
      return made
    },
  }
}

/** Outputs with different ranks, best first, or why there are too few. */
function rankOutputs(outputs: readonly Output[], ballots: readonly JudgedBallot[]) {
  const { ranks } = consensusRanking(ballots, { ties: 'count' })
  const ranked = outputs.filter(({ id }) => Object.hasOwn(ranks, id))
  const full = ranked.filter(({ isEmpty }) => !isEmpty)
  // A text that was ranked twice has no rank of its own.
  const unlike = full.filter(({ same }) => full.filter((other) => other.same === same).length === 1)
  const levels = [...new Set(unlike.map(({ id }) => ranks[id] ?? 0))].sort((a, b) => a - b)
  if (levels.length > 1)
    return unlike
      .map(({ id, content }) => ({ rank: levels.indexOf(ranks[id] ?? 0), completion: content }))
      .sort((a, b) => a.rank - b.rank)
  if (unlike.length > 1) return 'tie'
  if (full.length > 1) return 'identical'
  return ranked.length > 1 ? 'empty' : 'one_output'
}
