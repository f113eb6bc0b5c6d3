/** How much text a message carries in all, as Slack counts it for `msg_blocks_too_long`. */
import { isObject, type Json, length, objects } from '../json.ts'
import { containerCost, limits } from './limits.ts'

/** Whether the text of these blocks is more than one message may carry. */
export function isTooLong(blocks: Json): boolean {
  const sum = textSum(blocks)
  const containers = countBlocks(blocks) * containerCost
  return (
    sum > limits['message.text_sum'].max ||
    sum + containers > limits['message.text_and_containers'].max
  )
}

function textSum(blocks: Json): number {
  if (Array.isArray(blocks)) return blocks.reduce<number>((sum, block) => sum + textSum(block), 0)
  if (!isObject(blocks)) return 0
  return Object.entries(blocks).reduce((sum, [key, value]) => {
    if (typeof value !== 'string') return sum + textSum(value)
    return key === 'text' || key === 'alt_text' ? sum + length(value) : sum
  }, 0)
}

function countBlocks(blocks: Json): number {
  return objects(blocks).reduce((sum, b) => sum + 1 + countBlocks(b['child_blocks'] ?? []), 0)
}
