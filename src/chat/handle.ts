/**
 * The one way in: an Interaction becomes a Reply. A table with one line per gesture, complete by type.
 *
 * 1. An adapter parses what a person did on its platform into an Interaction.
 * 2. `handleInteraction` looks the gesture up and runs it; verbs do the work, a card is drawn up.
 * 3. Whatever a verb refuses becomes a Reply in plain words; anything else thrown is logged with a
 *    short reference and answered with it.
 */
import { randomUUID } from 'node:crypto'
import { isAllowedIn, noteHome } from '../datasets/access/homes.ts'
import { asParleyError } from '../errors.ts'
import { isAskedAnew } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'
import { withPage } from './cards/page-link.ts'
import { adminGestures } from './gestures/admin.ts'
import { answerGestures } from './gestures/answer.ts'
import { arenaGestures } from './gestures/arena.ts'
import { askAnew } from './gestures/ask-anew.ts'
import { feedbackGestures } from './gestures/feedback.ts'
import type { Gesture, Gestures } from './gestures/gesture.ts'
import { homeGestures } from './gestures/home.ts'
import { peopleGestures } from './gestures/own-account.ts'
import { workGestures } from './gestures/own-work.ts'
import { postGestures } from './gestures/posts.ts'
import { readGestures } from './gestures/read-task.ts'
import { reminderGestures } from './gestures/reminders.ts'
import { commandGestures } from './gestures/run-command.ts'
import type { Interaction, Person, Reply } from './port/port.ts'
import { repeated, requireFirst } from './port/sight.ts'
import { sayInChat } from './words/chat-remedies.ts'
import { inLocale, sayOn, wordsOn } from './words/words.ts'

const gestures: Gestures<Interaction['type']> = {
  ...workGestures,
  ...answerGestures,
  ...readGestures,
  ...adminGestures,
  ...homeGestures,
  ...reminderGestures,
  ...peopleGestures,
  ...postGestures,
  ...arenaGestures,
  ...feedbackGestures,
  ...commandGestures,
}

/** @throws `repeated` where the gesture is found to have come before. */
export async function handleInteraction(parley: Parley, interaction: Interaction): Promise<Reply> {
  const { metrics } = parley
  if (!metrics) return (await answer(parley, interaction)).reply
  const { platform } = interaction.by
  const from = performance.now()
  let result: Result = 'repeated'
  try {
    const answered = await answer(parley, interaction)
    result = answered.result
    return answered.reply
  } finally {
    metrics.count('parley_interactions_total', { platform, gesture: interaction.type, result })
    metrics.time('parley_interaction_seconds', { platform }, (performance.now() - from) / 1000)
  }
}

/** How a gesture ended, for operators. */
type Result = 'done' | 'problems' | 'refused' | 'unavailable' | 'failed' | 'repeated'

async function answer(
  parley: Parley,
  interaction: Interaction,
): Promise<{ reply: Reply; result: Result }> {
  const notice = (result: Result, text: string) =>
    ({ reply: { type: 'notice', text }, result }) as const
  try {
    const { by } = interaction
    const { locale } = by
    if (!isAllowedIn(parley, by))
      return notice('refused', wordsOn(by.platform, locale).notAllowedHere)
    if (!marksItself(interaction)) await requireFirst()
    await noteHome(parley, by)
    const run = () =>
      gestureOf(interaction.type)(parley, interaction).catch((error: unknown) => {
        const refused = asParleyError(error)
        if (refused && isAskedAnew(refused)) return askAnew(parley, interaction)
        throw error
      })
    const reply = withPage(parley, by, await inLocale(locale, run, by.platform))
    return { reply, result: reply.type === 'problems' ? 'problems' : 'done' }
  } catch (error) {
    if (error === repeated) throw error
    const known = asParleyError(error)
    if (!known) {
      const ref = randomUUID().slice(0, 4)
      parley.log.error(
        { event: 'interaction.failed', err: error, ref, gesture: interaction.type },
        'An interaction failed.',
      )
      const said = wordsOn(interaction.by.platform, interaction.by.locale)
      return notice('failed', said.brokeRef(ref))
    }
    if (known.code === 'unavailable')
      parley.log.warn(
        { event: 'interaction.unavailable', err: error, gesture: interaction.type },
        'Something is away.',
      )
    const isForm = interaction.type === 'submit' || 'inForm' in interaction
    if (known.code === 'invalid' && isForm)
      return {
        reply: {
          type: 'problems',
          problems: Object.fromEntries(
            Object.entries(known.problemsIn(interaction.by.locale)).map(([where, what]) => [
              where,
              sayHere(interaction.by, what),
            ]),
          ),
        },
        result: 'problems',
      }
    return notice(
      known.code === 'unavailable' ? 'unavailable' : 'refused',
      sayHere(interaction.by, known.messageIn(interaction.by.locale)),
    )
  }
}

/** An answer to what was just dealt marks its gesture in the statement that writes it. */
function marksItself({ type }: Interaction): boolean {
  return type === 'submit' || type === 'press'
}

/** A refusal, in the commands of where it is read. */
function sayHere({ platform }: Person, text: string): string {
  return sayOn(platform, sayInChat(text))
}

/** The table pairs each type with its own gesture, which the compiler cannot see through an index. */
function gestureOf(type: Interaction['type']): Gesture<Interaction['type']> {
  return gestures[type] as Gesture<Interaction['type']>
}
