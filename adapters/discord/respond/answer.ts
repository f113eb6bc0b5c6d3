/**
 * Answers a payload: what it means, what Parley replies, how Discord shows that. All I/O goes through the
 * context; both transports carry the same answers.
 * 1. `parseInteraction` determines the gesture.
 * 2. Forms, menus and readers fetch their content from Parley again; the adapter keeps no state.
 * 3. The Reply replaces the private message the gesture was made on, opens a form, or appears beside it
 *    (show.ts). A message that others see is never changed by one person's press.
 */
import { repeated } from '../../../src/chat/port/sight.ts'
import { sayOn } from '../../../src/chat/words/words.ts'
import { asParleyError } from '../../../src/errors.ts'
import { textWithin } from '../draw/budget.ts'
import { drawSkipForm } from '../draw/task/skip-form.ts'
import { parseInteraction } from '../receive/parse.ts'
import type { Parsed } from '../receive/parsed.ts'
import { asRaw } from '../receive/payload.ts'
import {
  type AnswerContext,
  type Answers,
  beside,
  only,
  type Place,
  place,
  placeOf,
} from './answers.ts'
import { suggest } from './autocomplete.ts'
import { onDatasetPanel, panel } from './dataset-panel.ts'
import { startExport } from './export-form.ts'
import { importFile } from './import-file.ts'
import { read } from './reader.ts'
import { show } from './show.ts'
import { renderCard, turnPage } from './task-card.ts'
import { onForm } from './task-form.ts'
import { pickFrom, submitPicked } from './task-menu.ts'
import { showWelcome, showZones } from './time-zone.ts'

/** What fails is logged and reported to the person. @throws `repeated` alone: the gesture came before */
export async function answerInteraction(payload: object, context: AnswerContext): Promise<Answers> {
  const raw = asRaw(payload)
  const parsed = parseInteraction(raw)
  const at = placeOf(raw, parsed)
  try {
    return await answer(parsed, context, at)
  } catch (error) {
    if (error === repeated) throw error
    const known = asParleyError(error)
    if (!known)
      context.log.error(
        { event: 'discord.answer_failed', err: error, what: parsed.type },
        'An answer could not be made.',
      )
    if (parsed.type === 'autocomplete') return only({ type: 'choices', choices: [] })
    return only(
      beside([textWithin(sayOn('discord', known?.messageIn(raw.locale) ?? at.said.broken))], at),
    )
  }
}

async function answer(parsed: Parsed, context: AnswerContext, at: Place): Promise<Answers> {
  const { handle } = context
  switch (parsed.type) {
    case 'ping':
      return only({ type: 'pong' })
    case 'say':
      return only(beside([textWithin(parsed.text(at.said))], at))
    case 'autocomplete':
      return only({ type: 'choices', choices: await suggest(parsed, handle) })
    case 'gesture':
      return show(await handle(parsed.gesture), context, at, parsed.asked)
    case 'open':
      return show(await handle(parsed.gesture), context, at, {}, parsed.start)
    case 'ask-reason': {
      const modal = drawSkipForm(parsed.assignmentId, at.nonce, at.said)
      const instead = () => beside([textWithin(at.said.pressOnceMore)], at)
      return only({ type: 'modal', modal, instead })
    }
    case 'read':
      return only(await read(parsed, context, at))
    case 'render':
      return renderCard(parsed, context, at)
    case 'page':
      return turnPage(parsed, context, at)
    case 'pick':
      return pickFrom(parsed, context, at)
    case 'done':
      return submitPicked(parsed, context, at)
    case 'panel':
      return only(place(await panel(handle, parsed.by, parsed.dataset, undefined, at.said), at))
    case 'dataset':
      return onDatasetPanel(parsed, context, at)
    case 'zones':
      return showZones(parsed, context, at)
    case 'welcome':
      return showWelcome(parsed, context, at)
    case 'form':
      return onForm(parsed, context, at)
    case 'export':
      return startExport(parsed, context, at)
    case 'import':
      return importFile(parsed, context, at)
  }
}
