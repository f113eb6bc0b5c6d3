/** Gestures that read a task: a text in full, as written or rendered, and the guidelines. */
import { markExpanded } from '../../assignments/expand.ts'
import { getPost, requirePlace } from '../../assignments/post.ts'
import { showTextsAs } from '../../assignments/rendering.ts'
import { invalid } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import { buildReader, buildTaskCard, type CardSource, cardOf, sourceOf } from '../cards/card.ts'
import { readPost } from '../cards/channel-messages.ts'
import { improveCard } from '../cards/improve.ts'
import { lastReceipt, receiptOf } from '../cards/receipt.ts'
import { readImproveId, taskIdOf } from '../port/ids.ts'
import { type Interaction, type ReaderPart, type Reply, readPostId } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'
import { findOwn } from './own-task.ts'
import { findPreview } from './preview.ts'

export const readGestures: Gestures<'read' | 'render' | 'guidelines'> = {
  read: async (parley, interaction) => {
    const postId = readPostId(interaction.assignmentId)
    if (postId !== null) return readPublic(parley, interaction, postId)
    const preview = await findPreview(parley, interaction)
    const source = preview
      ? preview.source
      : await findOwn(parley, interaction).then(({ found }) => sourceOf(found, found.dataset))
    const { assignmentId, part, view } = interaction
    const reader = buildReader(source, part, view)
    if (!reader) throw invalid({ part: (said) => said.textGone })
    const text = textRead(source, part)
    if (!preview && text !== undefined)
      await markExpanded(parley, { assignmentId: taskIdOf(assignmentId), text })
    return { type: 'reader', reader }
  },
  render: async (parley, interaction) => {
    const { view, editing = false } = interaction
    const preview = await findPreview(parley, interaction)
    if (preview) {
      const card = buildTaskCard({ ...preview.source, view })
      return { type: 'task', card, notice: spoken().previewAbove }
    }
    const { labeler, found } = await findOwn(parley, interaction)
    // A card that is still on the screen after its answer; nothing is shown on it any more.
    if (found.response?.status === 'submitted' && !editing)
      return {
        type: 'receipt',
        saved: receiptOf(found),
        ...(found.postId === null ? { goesOn: true } : {}),
      }
    await showTextsAs(parley, labeler, { assignmentId: found.assignmentId, view })
    const improving = readImproveId(interaction.assignmentId)
    const improved = improving && improveCard({ ...found, rendering: view }, improving.place ?? -1)
    if (improved) return { type: 'task', card: improved }
    const card = cardOf({ ...found, rendering: view }, found.dataset)
    const undo =
      found.postId === null && !editing ? await lastReceipt(parley, labeler, found) : null
    return undo ? { type: 'task', card, notice: undo.summary, undo } : { type: 'task', card }
  },
  guidelines: async (parley, interaction) => {
    const preview = await findPreview(parley, interaction)
    const document = preview
      ? preview.source.document
      : (await findOwn(parley, interaction)).found.dataset.document
    return {
      type: 'reader',
      reader: {
        assignmentId: interaction.assignmentId,
        title: spoken().guidelines,
        content: document.guidelines ?? spoken().noGuidelines,
      },
    }
  },
}

/** The text of the record that was opened, by field name or output id. */
function textRead(source: CardSource, part: ReaderPart): string | undefined {
  if ('all' in part) return undefined
  return 'field' in part ? part.field : source.shownOrder[part.output]
}

async function readPublic(
  parley: Parley,
  { by, part, view }: Extract<Interaction, { type: 'read' }>,
  postId: string,
): Promise<Reply> {
  requirePlace((await getPost(parley, postId)).post, by)
  const reader = await readPost(parley, postId, { part, ...(view ? { view } : {}) })
  if (!reader) throw invalid({ part: (said) => said.textGone })
  return { type: 'reader', reader }
}
