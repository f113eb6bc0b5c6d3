/**
 * What labelers made of outputs, for training: each improved text is a completion, and a pair with the output
 * it was made of. An edit is its author's alone: it needs no consensus.
 */
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { editedContent, editedQuestion, editsIn } from '../../questions/edits.ts'
import { buildCompletion, buildPrompt, recordPromptParts } from '../formats/content.ts'
import { turnProblem } from '../formats/turns.ts'
import type {
  EditStrategy,
  ExportFlags,
  LabelerStrategy,
  MarginStrategy,
  PairStrategy,
} from '../options.ts'
import type { ExportRecord, ExportResponse } from '../source.ts'
import { plain } from './outputs.ts'
import { openRanked, type Ranked, type RankedPair } from './ranked.ts'
import { parseKeep, unusable } from './usable.ts'

type Text = NonNullable<ReturnType<typeof buildCompletion>>

/** An improved output, or why it trains nothing. */
export type Edited = {
  response: ExportResponse
  edited: Text
  original: Text
}

export type Edits = {
  /** Null if the dataset collects none: then the manifest does not mention them. */
  strategy: EditStrategy | null
  /** The edits of a record that may train, and the reason of each that may not. */
  read(record: ExportRecord): { found: Edited[]; dropped: string[] }
}

/**
 * Edits as `--edits` selects them; by default, beside other rows.
 * @throws ParleyError `invalid` if they are selected and the dataset collects none.
 */
export function openEdits(document: DatasetDocument, flags: ExportFlags): Edits {
  const { questions } = document
  const { edits, shape = 'messages' } = flags
  if (!editedQuestion(questions)) {
    if (edits !== undefined && edits !== 'without')
      throw invalid({
        edits:
          'This dataset collects no edits. Leave the option out, or give a ranking or rating "edits: true".',
      })
    return { strategy: null, read: () => ({ found: [], dropped: [] }) }
  }
  const strategy = edits ?? 'with'
  if (strategy === 'without') return { strategy, read: () => ({ found: [], dropped: [] }) }
  return {
    strategy,
    read(record) {
      const found: Edited[] = []
      const dropped: string[] = []
      for (const response of record.responses)
        for (const [id, edit] of Object.entries(editsIn(questions, response.values))) {
          const output = record.outputs.find((one) => one.id === id)
          const original = output && buildCompletion(output.text ?? output.messages, shape)
          const edited = output && buildCompletion(editedContent(output, edit.text), shape)
          const why = unusable(response)
          if (why) dropped.push(why)
          else if (!edited || !original) dropped.push(output ? 'empty' : 'missing')
          else found.push({ response, edited, original })
        }
      return { found, dropped }
    },
  }
}

/**
 * Pairs of rankings or ratings, and of each edit the improved output over the one it was made of; a dataset
 * that has neither has those alone.
 * @throws ParleyError `invalid` if it has neither, or not the one requested.
 */
export function openPairs(
  document: DatasetDocument,
  flags: ExportFlags,
  own: { pairs: PairStrategy; labelers: LabelerStrategy; margin?: MarginStrategy },
): Ranked {
  const { edits: _, ...others } = flags
  const edits = openEdits(document, flags)
  if (edits.strategy === null || edits.strategy === 'without') {
    const ranked = openRanked(document, others, own)
    return edits.strategy === null
      ? ranked
      : { ...ranked, strategies: { ...ranked.strategies, edits: edits.strategy } }
  }
  const asksRanking = document.questions.some(
    ({ type, of }) => type === 'ranking' || (type === 'rating' && of === 'outputs'),
  )
  const isAlone = edits.strategy === 'only' || (!asksRanking && flags.question === undefined)
  const ranked = isAlone ? null : openRanked(document, others, own)
  if (ranked === null) refuseRanked(document, flags)
  const parts = recordPromptParts(document)
  const { shape = 'messages', turns = 'as-is' } = flags
  // One file has one measure: where pairs are made of ratings it is their gap, unless another is named.
  const margin = own.margin && (ranked?.strategies['margin'] ?? flags.margin ?? own.margin)
  const keep = parseKeep(flags.keep, document)
  return {
    strategies: {
      ...(ranked?.strategies ?? {
        shape,
        prompt: parts.map(({ role, template }) => ({ [role]: template })),
        turns,
      }),
      edits: edits.strategy,
    },
    turns,
    make(record) {
      const made = ranked?.make(record) ?? { pairs: [], dropped: [] }
      const prompt = buildPrompt(parts, record.fields, shape)
      const { found, dropped } = edits.read(record)
      const perLabeler = new Map<string, Omit<RankedPair, 'weight'>[]>()
      for (const { response, edited, original } of found) {
        const why = keep(record)
          ? whyNot({ prompt, edited, original }, turns === 'strict', margin)
          : 'not_kept'
        if (why || prompt === null) {
          dropped.push(why ?? 'no_prompt')
          continue
        }
        const group = `${record.external_id}/${response.labeler}/edit`
        const pair = { prompt, chosen: edited, rejected: original, margin: 1, group }
        perLabeler.set(group, [...(perLabeler.get(group) ?? []), pair])
      }
      const pairs = [...perLabeler.values()].flatMap((all) =>
        all.map((pair) => ({ ...pair, weight: 1 / all.length })),
      )
      return { pairs: [...made.pairs, ...pairs], dropped: [...made.dropped, ...dropped] }
    },
  }
}

/** Options that choose among rankings have no effect if only edits are exported. */
function refuseRanked(document: DatasetDocument, flags: ExportFlags): void {
  const name = editedQuestion(document.questions)?.name
  if (flags.question !== undefined && flags.question !== name)
    throw invalid({ question: `Only "${name}" has edits. Name it, or leave the option out.` })
}

/** An edit has one vote, its author's; of ranks, ratings and strength it says nothing. */
function whyNot(
  {
    prompt,
    edited,
    original,
  }: { prompt: RankedPair['prompt'] | null; edited: Text; original: Text },
  isStrict: boolean,
  margin: unknown,
): string | null {
  if (prompt === null) return 'no_prompt'
  if (plain(edited) === plain(original)) return 'identical'
  // A model learns nothing from a blank more or less; the raw line has it, flagged.
  if (spaceless(edited) === spaceless(original)) return 'white_space'
  if (margin !== undefined && margin !== 'vote-share') return 'no_margin'
  return isStrict ? turnProblem({ prompt, answers: [edited, original] }) : null
}

function spaceless(content: Text): string {
  return plain(content).replace(/\s+/gu, '')
}
