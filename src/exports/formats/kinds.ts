/** What a dataset holds for trainers that take preferences, KTO and chats in one format. */
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import type { ExportFlags } from '../options.ts'

/**
 * Rankings (and ratings, asked `from`) are preferences, judged outputs are for KTO, what people wrote are chats; `question` chooses.
 * @throws ParleyError `invalid` for a choice among completions where there are none.
 */
export function kindOf(
  document: DatasetDocument,
  { question, choice, edits, from }: ExportFlags,
): 'preference' | 'kto' | 'sft' {
  const asked = document.questions.filter(({ name }) => question === undefined || name === question)
  const isRanked = from !== undefined || asked.some(({ type }) => type === 'ranking')
  const isJudged = asked.some(
    (one) =>
      (one.type === 'label' && one.desirable !== undefined) ||
      (one.type === 'rating' && one.of === 'outputs'),
  )
  if (choice && (isRanked || isJudged))
    throw invalid({
      choice:
        'This dataset holds judgements of outputs. Choosing is for completions: leave it out.',
    })
  if (isRanked || edits === 'only') return 'preference'
  if (isJudged && edits === 'with')
    throw invalid({
      edits: 'KTO rows hold outputs as they are. Ask for --edits only, or leave it out.',
    })
  return isJudged ? 'kto' : 'sft'
}
