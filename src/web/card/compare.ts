/** Two texts word by word: what stands only in the first, only in the second, and in both. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { diffLines, diffWordsWithSpace } from 'diff'
import type { ShownOutput } from '../../chat/port/port.ts'
import { textOf } from '../../chat/text.ts'
import { type Html, html } from '../page/markup.ts'
import type { CardWords } from './words.ts'

/** Longer texts are compared line by line; more differences than these say nothing. */
const mostForWords = 20_000
const mostEdits = 4000
/** Milliseconds after which a comparison is given up. */
const patience = 400

export async function drawComparison(
  [a, b]: readonly [ShownOutput, ShownOutput],
  said: CardWords,
): Promise<Html> {
  const [first, second] = [textOf(a.content), textOf(b.content)]
  await nextTurn()
  const title = html`<h2>${said.compareTitle(a.letter, b.letter)}</h2>`
  if (first === second)
    return html`<section class="compare">${title}<p>${said.compareSame}</p></section>`
  const isLong = first.length + second.length > mostForWords
  const bounds = { maxEditLength: mostEdits, timeout: patience }
  const parts = isLong
    ? diffLines(first, second, bounds)
    : diffWordsWithSpace(first, second, bounds)
  if (!parts) return html`<section class="compare">${title}<p>${said.compareTooLong}</p></section>`
  return html`<section class="compare">${title}<p class="hint">${said.compareHint}</p><div class="compare-text" dir="auto" tabindex="0" role="region" aria-label="${said.compareTitle(a.letter, b.letter)}">${parts.map(
    ({ value, added, removed }) => {
      if (removed)
        return html`<del><span class="hidden">(${said.onlyIn(a.letter)}) </span>${value}</del>`
      if (added)
        return html`<ins><span class="hidden">(${said.onlyIn(b.letter)}) </span>${value}</ins>`
      return value
    },
  )}</div></section>`
}
