/** Datasets to choose from. Pure. */
import { next } from '../../../../src/chat/commands/labeler/next.ts'
import { typed } from '../../../../src/chat/commands/notation.ts'
import { nextId } from '../../../../src/chat/port/ids.ts'
import type { Choice } from '../../../../src/chat/port/port.ts'
import { sayWork } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets, limits } from '../../limits.ts'
import { isDrawable } from '../../receive/ids.ts'
import { menuId } from '../../receive/page-ids.ts'
import { textWithin } from '../budget.ts'
import {
  bold,
  brief,
  button,
  type Component,
  markdown,
  menu,
  option,
  section,
  small,
} from '../components.ts'
import { escapeDiscord } from '../escape.ts'

export function drawChoices(
  choices: readonly Choice[],
  notice: string | undefined,
  said: Words,
): Component[] {
  const lead = notice ?? (choices.length > 0 ? said.choose : said.nothingToChoose)
  const top = textWithin(lead, budgets.notice)
  if (choices.length <= mostSections)
    return [top, ...choices.map((choice) => drawChoice(choice, said))]
  const pressable = choices.filter(({ name }) => isDrawable(nextId(name)))
  const shown = pressable.slice(0, limits.selectOptions)
  const more = choices.filter((one) => !shown.includes(one)).map(({ name }) => name)
  const options = shown.map((choice) =>
    option(choice.title, nextId(choice.name), { description: sayWork(choice, said) }),
  )
  return [
    top,
    ...(options.length > 0 ? [menu(menuId('', 'next'), said.choose, options)] : []),
    ...(more.length > 0 ? [markdown(small(said.moreChoices(more)))] : []),
  ]
}

/** 8 sections of 3 components each; more of them are a menu. */
const mostSections = 8

/** A dataset with its Start. */
export function drawChoice(choice: Choice, said: Words, id = nextId(choice.name)): Component {
  const { name, title } = choice
  if (!isDrawable(id)) {
    const command = typed('discord', next, { dataset: name })
    return textWithin(said.typeNext(brief(title, 100), command), 500)
  }
  const facts = sayWork(choice, said)
  return section(
    markdown(`${bold(title, 100)}${facts === '' ? '' : ` · ${escapeDiscord(facts)}`}`),
    button(said.start, id, 'primary'),
  )
}
