/**
 * The `preference` format: an explicit prompt, the chosen and the rejected output, for DPO and reward
 * models. TRL reads it (https://huggingface.co/docs/trl/dataset_formats). By default one row a record:
 * the best and the worst output by the consensus of its labelers.
 */
import { z } from 'zod'
import { didYouMean } from '../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../datasets/shape.ts'
import { invalid } from '../errors.ts'
import type { Ballot } from '../quality/consensus.ts'
import { rankingModes } from '../questions/question.ts'
import { buildCompletion, buildPrompt, promptParts, TrainerText } from './content.ts'
import type { Row, RowFormat } from './formats.ts'
import { choosePairs, type JudgedOutput, judgePairs } from './pairs.ts'
import type { ExportFlags } from './shape.ts'
import type { ExportRecord, ExportResponse } from './source.ts'
import { parseKeep, unusable } from './usable.ts'

export const preference: RowFormat = {
  about: 'a prompt with a chosen and a rejected output, for DPO and reward models',
  takes: ['shape', 'question', 'pairs', 'labelers', 'keep', 'split', 'seed', 'gz'],
  type: 'rows',
  open(document, flags) {
    const question = rankingQuestion(document, flags.question)
    const parts = promptParts(document)
    const { shape = 'messages', pairs = 'best-worst', labelers = 'consensus', seed = 0 } = flags
    const keep = parseKeep(flags.keep)
    return {
      strategies: {
        shape,
        prompt: parts.map(({ role, template }) => ({ [role]: template })),
        question,
        pairs,
        labelers,
        // Of several best (or worst) outputs one is drawn by seed, record and place.
        ties: 'seeded',
      },
      row: PreferenceRow,
      make(record) {
        const rows: Row[] = []
        const dropped: string[] = []
        const texts = buildOutputs(record, shape)
        const prompt = keep(record) ? buildPrompt(parts, record.fields, shape) : null
        for (const group of groups(record, question, labelers)) {
          if (!keep(record)) dropped.push('not_kept')
          else if (prompt === null) dropped.push('no_prompt')
          else if (typeof group === 'string') dropped.push(group)
          else {
            const verdicts = judgePairs(group, labelers, texts)
            const isSame = (a: number, b: number) => texts[a]?.same === texts[b]?.same
            const chosen = choosePairs(pairs, verdicts, isSame, `${seed}:${record.external_id}`)
            for (const { high, low } of chosen.pairs)
              rows.push({ prompt, chosen: texts[high]?.content, rejected: texts[low]?.content })
            dropped.push(...chosen.dropped)
          }
        }
        return { rows, dropped }
      },
    }
  },
}

const PreferenceRow = z
  .strictObject({ prompt: TrainerText, chosen: TrainerText, rejected: TrainerText })
  .refine(({ chosen, rejected }) => plain(chosen) !== plain(rejected), 'chosen equals rejected')

/** The ranking question asked for, else the dataset's first. */
function rankingQuestion(document: DatasetDocument, asked: ExportFlags['question']): string {
  const names = document.questions.filter(({ type }) => type === 'ranking').map(({ name }) => name)
  if (asked !== undefined && !names.includes(asked))
    throw invalid({
      question: `"${asked}" is no ranking question of this dataset.${didYouMean(asked, names)}`,
    })
  const name = asked ?? names[0]
  if (name !== undefined) return name
  throw invalid({ as: 'This dataset asks for no ranking, so it holds no preferences.' })
}

/** Ballots that speak together, or why there are none: one group a record, or one an answer. */
function groups(
  record: ExportRecord,
  question: string,
  labelers: string,
): (readonly Ballot[] | string)[] {
  if (labelers === 'each')
    return record.responses.map((response) => {
      const why = unusable(response)
      if (why) return why
      const ballot = readBallot(response, question)
      if (ballot === null) return 'unanswered'
      return ballot.bothBad ? 'both_bad' : [ballot]
    })
  const ballots = record.responses
    .filter((response) => unusable(response) === null)
    .flatMap((response) => readBallot(response, question) ?? [])
  if (ballots.length === 0) return ['unanswered']
  const good = ballots.filter((ballot) => !ballot.bothBad)
  // Where half of the labelers find nothing acceptable, the best is no example to learn from.
  return good.length * 2 <= ballots.length ? ['both_bad'] : [good]
}

type Output = JudgedOutput & { content: ReturnType<typeof buildCompletion>; same: string }

function buildOutputs(record: ExportRecord, shape: 'messages' | 'text'): Output[] {
  return record.outputs.map(({ id, text, messages }) => {
    const content = buildCompletion(text ?? messages, shape)
    return { id, content, isEmpty: content === null, same: content === null ? '' : plain(content) }
  })
}

/** Two outputs are the same if nothing but the white space around them differs. */
function plain(content: NonNullable<Output['content']>): string {
  if (typeof content === 'string') return content.trim()
  return content.map(({ role, content: text }) => `${role}\u0000${text.trim()}`).join('\u0000')
}

function readBallot(
  { values }: ExportResponse,
  question: string,
): (Ballot & { bothBad: boolean }) | null {
  const value = Object.hasOwn(values, question) ? values[question] : undefined
  if (typeof value !== 'object' || value === null || !('ranks' in value)) return null
  const mode = rankingModes.find((one) => 'mode' in value && one === value.mode)
  const bothBad = 'all_unacceptable' in value && value.all_unacceptable === true
  return mode && isRanks(value.ranks) ? { mode, ranks: value.ranks, bothBad } : null
}

function isRanks(value: unknown): value is Record<string, number> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).every((rank) => typeof rank === 'number')
  )
}
