/**
 * Draws a task card: what to read, what is asked, and the controls that answer it, in the richest
 * layout that Discord's 40 components and 4,000 characters hold. Pure.
 */
import { skipId, undoId } from '../../../../src/chat/port/ids.ts'
import type { TaskCard } from '../../../../src/chat/port/port.ts'
import { sayLetters } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets } from '../../limits.ts'
import { fits, messageRoom, takenBy, textWithin } from '../budget.ts'
import {
  bold,
  box,
  button,
  type Component,
  markdown,
  plain,
  rows,
  rule,
  type Section,
  section,
  small,
  type TextDisplay,
} from '../components.ts'
import { timeLine } from '../time-line.ts'
import { drawAsk, drawControls, moreButtons, tapButton } from './controls.ts'
import { type Above, type At, type Layout, layouts } from './layouts.ts'
import { drawMenus } from './menus.ts'
import {
  drawReadings,
  legendsOf,
  outputsOf,
  passagesOf,
  type Reading,
  readButton,
} from './reading.ts'

/**
 * A task card with everything needed to answer it, in the richest layout that fits Discord. The link to its
 * page is left out where it would cost a richer one.
 */
export function drawCard(card: TaskCard, above: Above, said: Words, at: At = {}): Component[] {
  const drawn = drawRichest(card, above, said, at)
  if (drawn.layout === 0 || card.page === undefined || card.onPage) return drawn.components
  const { page: _, ...bare } = card
  const without = drawRichest(bare, above, said, at)
  return without.layout < drawn.layout ? without.components : drawn.components
}

type Drawn = { components: Component[]; layout: number }

function drawRichest(card: TaskCard, above: Above, said: Words, at: At): Drawn {
  // If the texts are long, the letters to tap are grouped below them.
  const isLong = sayLetters(card).length > 0
  let tight: Drawn | null = null
  const all = isLong ? layouts.map((one) => ({ ...one, letters: false })) : layouts
  for (const [place, layout] of all.entries()) {
    // The gap above the outputs is worth more than a button; the menu has its action too.
    const closer = { ...layout, reasons: false }
    for (const one of layout.reasons ? [layout, closer] : [layout]) {
      if (tight && layout.texts !== 'each') return tight
      const drawn = compose(card, above, said, at, one)
      if (!fits(drawn.components)) break
      if (hasGap(drawn)) return { components: setApart(drawn), layout: place }
      tight ??= { components: drawn.components, layout: place }
    }
  }
  if (tight) return tight
  const skip = button(said.skip, skipId(card.assignmentId, 'other'))
  return { components: [plain(said.tooMuchHere), ...rows([skip])], layout: layouts.length }
}

/** A card, and those of its components that show an output. */
type Composed = { components: Component[]; outputs: (TextDisplay | Section)[] }

/** Whether there is room for at least a rule above the outputs, if they have their own displays. */
function hasGap({ components, outputs }: Composed): boolean {
  return outputs.length === 0 || takenBy(components).components < messageRoom.components
}

/** A frame around each output; if that does not fit, a rule above the first. */
function setApart({ components, outputs }: Composed): Component[] {
  const room = messageRoom.components - takenBy(components).components
  const [first] = outputs
  if (!first) return components
  if (room >= outputs.length) {
    const framed = new Map<Component, Component>(outputs.map((one) => [one, box(one)]))
    return components.map((one) => framed.get(one) ?? one)
  }
  return components.flatMap((one) => (one === first ? [rule, one] : [one]))
}

function compose(card: TaskCard, above: Above, said: Words, at: At, layout: Layout): Composed {
  const head = drawHead(card, above, said, layout)
  const ask = drawAsk(card, said)
  const controls = drawControls(card, above, said, at, layout)
  const passages = passagesOf(card)
  const texts = [...passages, ...outputsOf(card, said), ...legendsOf(card, said)]
  if (layout.texts === 'none')
    return {
      components: [...head, ...drawMenus(card, said, texts, at, layout), ...ask, ...controls],
      outputs: [],
    }
  const size = messageRoom.size - takenBy([...head, ...ask, ...controls]).size
  const readings = drawReadings(texts, size, said)
  const cut = readings.filter((reading) => !reading.isWhole)
  const hasButtons = layout.beside && !(card.taps && layout.letters)
  const menued = hasButtons ? [] : cut.map(({ text }) => text)
  const placed = placeReadings(card, head, readings, passages.length, said, layout)
  const rest = [...ask, ...controls, ...drawMenus(card, said, menued, at, layout)]
  return { components: [...placed.components, ...rest], outputs: placed.outputs }
}

function placeReadings(
  card: TaskCard,
  head: Component[],
  readings: readonly Reading[],
  passages: number,
  said: Words,
  layout: Layout,
): Composed {
  if (layout.texts === 'one')
    return { components: joinTexts([...head, ...readings.map(displayOf)]), outputs: [] }
  const drawn = readings.map((reading, i): TextDisplay | Section => {
    const output = 'output' in reading.text.ref ? reading.text.ref.output : null
    const tap = output === null ? null : tapButton(card, output)
    if (tap && layout.letters) return section(displayOf(reading), tap)
    if (reading.isWhole || !layout.beside || (card.taps && i >= passages && layout.letters))
      return displayOf(reading)
    return section(displayOf(reading), readButton(card, reading.text, said))
  })
  const outputs = drawn.slice(passages, passages + card.outputs.length)
  if (!layout.joined) return { components: [...head, ...drawn], outputs }
  const above = joinTexts([...head, ...drawn.slice(0, passages)])
  return { components: [...above, ...drawn.slice(passages)], outputs }
}

function displayOf({ drawn }: Reading) {
  return markdown(drawn)
}

/** Merges adjacent displays into one. */
function joinTexts(components: readonly Component[]): Component[] {
  const joined: Component[] = []
  for (const component of components) {
    const last = joined.at(-1)
    if (last?.type === 10 && component.type === 10)
      joined[joined.length - 1] = markdown(`${last.content}\n${component.content}`)
    else joined.push(component)
  }
  return joined
}

function drawHead(card: TaskCard, above: Above, said: Words, layout: Layout): Component[] {
  const { notice, undo } = above
  const line = notice ?? undo?.summary
  const { submitted, assigned, minutes } = card.progress
  const progress = card.ballot
    ? timeLine(said.ballotPrivate, card.ballot.closesAt)
    : small(`${said.done(submitted, assigned)} · ${said.minutesHere(minutes)}`)
  const header = markdown(`${bold(card.dataset.title)}\n${progress}`)
  if (line === undefined) return [header]
  const text = textWithin(line, budgets.notice)
  const more = undo ? moreButtons(undo, said) : []
  if (undo?.canUndo && layout.beside)
    return [section(text, button(said.undo, undoId(undo))), ...rows(more), header]
  return joinTexts([text, header])
}
