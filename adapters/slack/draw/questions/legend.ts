/** What options mean, above a question: labels too long for an option, and descriptions. */
import { costOf, escapedCost } from '../../../../src/chat/text.ts'
import { choicesOf } from '../../../../src/questions/options.ts'
import type { LabelOption, Question } from '../../../../src/questions/question.ts'
import { limits } from '../../limits.ts'
import { type Block, heading, section } from '../blocks.ts'

/** `isTitled`: unless the question's title is above it already. */
export function drawLegend(question: Question, isTitled = true): Block[] {
  if (question.type !== 'rating' && question.type !== 'label' && question.type !== 'multi_label')
    return []
  const explained = choicesOf(question).filter(
    ({ text, description }) =>
      description !== undefined || costOf(text, escapedCost) > limits.optionText,
  )
  if (explained.length === 0) return []
  const lines = explained.map(({ text, description }) =>
    description === undefined ? `• ${text}` : `• ${text}: ${description}`,
  )
  const title = isTitled ? [heading(question.title)] : []
  return [...title, ...packLines(lines).map((text) => section(text))]
}

function packLines(lines: string[]): string[] {
  const packed: string[] = []
  for (const line of lines) {
    const last = packed.at(-1)
    const joined = `${last}\n${line}`
    if (last !== undefined && costOf(joined, escapedCost) <= limits.sectionText)
      packed[packed.length - 1] = joined
    else packed.push(line)
  }
  return packed
}

/** Whether labels and descriptions of this question fit the sections of a legend. */
export function legendFits(option: LabelOption): boolean {
  const line = `• ${option.text}: ${option.description ?? ''}`
  return costOf(line, escapedCost) <= limits.sectionText
}
