/** The input blocks of a form and what Slack reports about them, for every question type. */
import type { types } from '@slack/bolt'
import { sayWhen } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import type { Question } from '../../../../src/questions/question.ts'
import { limits } from '../../limits.ts'
import { type Block, label } from '../blocks.ts'

/** Which form the blocks stand in, and the ids of the outputs shown, in order. */
export type Form = {
  assignmentId: string
  outputs: readonly string[]
  /** How much of earlier texts may be put back into each input, as escaped JSON. */
  initialBytes?: number
  /** The hint for a text that is too long to prefill. */
  tooLong?: string
}

/** `view.state.values` of a submission: block id, action id, what was entered. */
export type State = Record<string, Record<string, Entered>>
export type Entered = {
  value?: string | null
  selected_option?: { value: string } | null
  selected_options?: { value: string }[] | null
}

/** The one action id of every input: block ids tell them apart. */
export const inputId = 'v1:input'

/** An input block: a title, an element to answer with, and a hint below it. */
export function input(
  id: string,
  title: string,
  element: types.InputBlockElement,
  more: { optional?: boolean; hint?: string } = {},
): types.InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: label(title, limits.inputLabel),
    element,
    optional: more.optional ?? false,
    ...(more.hint ? { hint: label(more.hint, limits.inputHint) } : {}),
  }
}

/** Has Slack report what is entered before it is submitted: a closed window reports nothing. */
export function withDispatch(blocks: Block[]): Block[] {
  return blocks.map((block) => {
    if (block.type !== 'input') return block
    if (block.element.type !== 'plain_text_input') return { ...block, dispatch_action: true }
    return {
      ...block,
      dispatch_action: true,
      element: {
        ...block.element,
        dispatch_action_config: { trigger_actions_on: ['on_character_entered'] },
      },
    }
  })
}

/** The ids of a drawn form's input blocks: if a submission has none for one, Slack lost blocks. */
export function inputIds(blocks: readonly Block[]): string[] {
  return blocks.flatMap((block) =>
    block.type === 'input' && block.block_id ? [block.block_id] : [],
  )
}

/** The description of a question, and when it applies. */
export function hintOf({ description, when }: Question, said: Words): string {
  const hints = [description, when === undefined ? undefined : sayWhen(when, said)]
  return hints.filter((hint) => hint !== undefined).join(' ')
}
