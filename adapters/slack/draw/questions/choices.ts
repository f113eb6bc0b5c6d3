/** Ratings and labels: the options of a question, drawn as buttons, boxes or menus by how many they are. */
import type { types } from '@slack/bolt'
import type { Words } from '../../../../src/chat/words/words.ts'
import { type ChoiceQuestion, choicesOf, isOptional } from '../../../../src/questions/options.ts'
import type { Question } from '../../../../src/questions/question.ts'
import { limits } from '../../limits.ts'
import { label, type Option, plain } from '../blocks.ts'
import { inputId } from './input.ts'

export const noneValue = 'none'

/** Options by their place in the document, cut to what Slack takes. */
export function optionsOf(question: ChoiceQuestion): { value: string | number; option: Option }[] {
  return choicesOf(question).map(({ key, value, text }) => ({
    value,
    option: { text: label(text, limits.optionText), value: key },
  }))
}

/** One of several; with `none`, a way to clear a choice, which Slack itself does not offer. */
export function drawChoice(
  options: Option[],
  initial: Option | undefined,
  none: Words | null,
  said: Words,
): types.RadioButtons | types.StaticSelect | types.ExternalSelect {
  const all = none ? [...options, { text: plain(none.noAnswer), value: noneValue }] : options
  const chosen = initial ? { initial_option: initial } : {}
  if (all.length <= limits.radioOptions)
    return { type: 'radio_buttons', action_id: inputId, options: all, ...chosen }
  if (all.length > limits.selectOptions)
    return { type: 'external_select', ...searched(said.typeToSearch), ...chosen }
  return {
    type: 'static_select',
    action_id: inputId,
    placeholder: plain(said.chooseOne),
    options: all,
    ...chosen,
  }
}

/** Any of several; with `none`, "None of these" is an answer too. */
export function drawChoices(
  options: Option[],
  initial: Option[] | undefined,
  none: Words | null,
  said: Words,
): types.Checkboxes | types.MultiStaticSelect | types.MultiExternalSelect {
  const nothing = none ? { text: plain(none.noneOfThese), value: noneValue } : null
  const all = nothing ? [...options, nothing] : options
  const chosen = initial?.length === 0 && nothing ? [nothing] : (initial ?? [])
  const start = chosen.length > 0 ? { initial_options: chosen } : {}
  if (all.length <= limits.checkboxOptions)
    return { type: 'checkboxes', action_id: inputId, options: all, ...start }
  if (all.length > limits.selectOptions)
    return { type: 'multi_external_select', ...searched(said.typeToSearch), ...start }
  return {
    type: 'multi_static_select',
    action_id: inputId,
    placeholder: plain(said.chooseSome),
    options: all,
    ...start,
  }
}

/** More options than a menu holds: Slack asks us for some as the person types. */
function searched(hint: string) {
  return { action_id: inputId, placeholder: plain(hint), min_query_length: 0 }
}

/** The options of a question that fit what was typed, best first, as many as Slack takes. */
export function searchOptions(question: Question, typed: string, said: Words): Option[] {
  if (question.type !== 'label' && question.type !== 'multi_label') return []
  const wanted = folded(typed)
  const none: { option: Option; words: string }[] =
    question.type === 'multi_label'
      ? question.none_option
        ? [{ option: { text: plain(said.noneOfThese), value: noneValue }, words: said.noneOfThese }]
        : []
      : isOptional(question)
        ? [{ option: { text: plain(said.noAnswer), value: noneValue }, words: said.noAnswer }]
        : []
  const known = optionsOf(question).map(({ option }, i) => ({
    option,
    words: `${question.options[i]?.text ?? ''} ${question.options[i]?.value ?? ''}`,
  }))
  return [...none, ...known]
    .map(({ option, words }) => ({ option, match: matchOf(folded(words), wanted) }))
    .filter(({ match }) => match < noMatch)
    .sort((a, b) => a.match - b.match)
    .slice(0, limits.selectOptions)
    .map(({ option }) => option)
}

const noMatch = 3

/** How well the words match: at the start, at the start of a word, anywhere, not at all. */
function matchOf(words: string, wanted: string): number {
  if (words.startsWith(wanted)) return 0
  if (words.includes(` ${wanted}`)) return 1
  return words.includes(wanted) ? 2 : noMatch
}

/** Letters without case and accents: "uber" finds "Über" too. */
function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
