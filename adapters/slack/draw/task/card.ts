/** A task as a message: what to read, what is asked, and the buttons that answer it. Pure. */
import { rankId } from '../../../../src/chat/port/ids.ts'
import type { Tap, TapPanel, TaskCard } from '../../../../src/chat/port/port.ts'
import { firstWords } from '../../../../src/chat/text.ts'
import { sayLetters, sayOpen, sayTap, sayTaps } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { firstWordsOf } from '../../../../src/markdown/read.ts'
import { budgets } from '../../limits.ts'
import { aboutId } from '../../receive/ids.ts'
import {
  actions,
  type Block,
  button,
  context,
  divider,
  header,
  heading,
  type Message,
  section,
  textSum,
} from '../blocks.ts'
import { drawLegend } from '../questions/legend.ts'
import { fallback } from '../text.ts'
import { drawPage, drawProgress, drawSkip, drawSuggestion, rowIfAny } from './controls.ts'
import { drawReading } from './reading.ts'
import { type Above, drawAbove } from './receipt.ts'
import { drawPresses } from './thumbs.ts'

/** A task card with everything needed to answer it. */
export function drawCard(given: TaskCard, above: Above, said: Words): Message {
  const card = withFewTaps(given)
  const top = [...drawAbove(above, said), header(card.dataset.title), drawProgress(card, said)]
  const bottom = [...drawAsk(card, said), ...drawControls(card, said)]
  const fixed = top.length + bottom.length
  const room = {
    blocks: budgets.messageBlocks - fixed,
    size: budgets.messageChars - textSum(top) - textSum(bottom),
    on: 'message' as const,
    tables: true,
  }
  return {
    text: fallback([above.notice, card.dataset.title, prompted(card)]),
    blocks: [...top, ...drawReading(card, room, said), ...bottom],
  }
}

/** Ranking more than five by taps is slower than the form, where no tap repaints the card. */
export function withFewTaps(card: TaskCard): TaskCard {
  const asked = card.questions.find((one) => one.type === 'ranking' && one.required && !one.when)
  const isInOrder = asked?.type === 'ranking' && (asked.mode === 'full' || asked.mode === 'tiers')
  return isInOrder && card.outputs.length > mostInOrder ? { ...card, taps: null } : card
}

const mostInOrder = 5

function prompted(card: TaskCard): string {
  const [first] = card.passages
  const content = first?.content ?? ''
  const text = typeof content === 'string' ? content : (content.at(-1)?.content ?? '')
  return card.rendering === 'raw'
    ? firstWords(text, budgets.fallbackText)
    : firstWordsOf(text, budgets.fallbackText)
}

/** What is asked, and what a model suggests, above the buttons that answer it. */
function drawAsk(card: TaskCard, said: Words): Block[] {
  return [...drawQuestions(card, said), ...drawSuggestion(card)]
}

function drawQuestions(card: TaskCard, said: Words): Block[] {
  if (card.taps) {
    const letters = sayLetters(card)
    const told = letters.length > 0 ? [context([said.tapLetters, ...letters].join('\n'))] : []
    return [divider(), heading(card.taps.title), ...told, section(sayTaps(card.taps, said))]
  }
  const asked = card.presses.length > 0 ? card.questions.filter((q) => q.required) : card.questions
  const line = asked.map((question) => question.title).join(' · ')
  // A form explains its options; a card with ready answers has to do so itself.
  const quick = card.presses.length > 0 ? asked : []
  return [
    divider(),
    heading(line),
    ...(card.onPage ? [context(said.answeredOnPage)] : []),
    ...quick.flatMap((question) => drawLegend(question, quick.length > 1)),
  ]
}

function drawTaps(card: TaskCard, panel: TapPanel, said: Words): Block[] {
  const { assignmentId, schemaVersion } = card
  const tapButton = (text: string, tap: Tap, style?: 'primary') =>
    button(text, rankId(assignmentId, schemaVersion, panel.step, tap), style)
  const letters = panel.taps.flatMap((tap) => {
    const output = typeof tap === 'number' ? card.outputs[tap] : undefined
    return output ? [tapButton(output.letter, tap)] : []
  })
  const others = panel.taps.flatMap((tap) => {
    if (typeof tap === 'number') return []
    return [tapButton(sayTap(tap, panel, said), tap, tap === 'done' ? 'primary' : undefined)]
  })
  return [letters, others].flatMap((row) => (row.length > 0 ? [actions(...row)] : []))
}

function drawControls(card: TaskCard, said: Words): Block[] {
  const hasMore = card.questions.some((question) => !question.required)
  const isForm = card.presses.length === 0 && !card.taps
  const open = button(
    isForm ? sayOpen(card, said) : said.answerMore,
    aboutId('open', card.assignmentId),
    isForm ? 'primary' : undefined,
  )
  const rows: Block[] = card.presses.length > 0 ? [drawPresses(card, said)] : []
  if (card.taps) rows.push(...drawTaps(card, card.taps, said))
  const skip = drawSkip(card, said)
  if (card.onPage) {
    skip.elements.unshift(...drawPage(card, said))
    return rowIfAny(skip)
  }
  if (card.presses.length === 0 || hasMore) skip.elements.unshift(open)
  return [...rows, ...rowIfAny(skip)]
}
