/** What an admin does with a dataset from its panel; a labeler reads its guidelines from home. */
import type { Person } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { textWithin } from '../draw/budget.ts'
import type { Component } from '../draw/components.ts'
import { drawHome, drawPanel } from '../draw/home/home.ts'
import { drawPage } from '../draw/task/reading.ts'
import { ofId } from '../receive/page-ids.ts'
import type { Parsed } from '../receive/parsed.ts'
import { type AnswerContext, type Answers, beside, only, type Place, place } from './answers.ts'
import { show } from './show.ts'

/** What an admin does with a dataset from its panel; a labeler reads its guidelines from home. */
export async function onDatasetPanel(
  { gesture, act, dataset, page, turn }: Extract<Parsed, { type: 'dataset' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answers> {
  const reply = await context.handle(gesture)
  if (reply.type === 'reader') {
    const turnTo = (to: number) => ofId('guidelines', dataset, to)
    const drawn = drawPage(reply.reader, page, turnTo, at.said)
    return only(turn ? place(drawn, at) : beside(drawn, at))
  }
  if (reply.type === 'notice' && (act === 'publish' || act === 'pause'))
    return only(place(await panel(context.handle, gesture.by, dataset, reply.text, at.said), at))
  return show(reply, context, at)
}

export async function panel(
  handle: AnswerContext['handle'],
  by: Person,
  name: string,
  notice: string | undefined,
  said: Words,
): Promise<Component[]> {
  const reply = await handle({ by, type: 'home' })
  if (reply.type !== 'home')
    return [textWithin(reply.type === 'notice' ? reply.text : (notice ?? said.broken))]
  const dataset = reply.home.admin?.datasets.find((one) => one.name === name)
  return dataset ? drawPanel(dataset, notice, said) : drawHome(reply.home, notice, said)
}
