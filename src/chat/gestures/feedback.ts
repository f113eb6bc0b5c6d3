/** Gestures of feedback on messages of other apps: sending one, filling in its form, and a reaction. */
import { datasetForReaction } from '../../feedback/datasets.ts'
import { openFeedbackForm, submitFeedbackForm } from '../../feedback/form.ts'
import { isTaken } from '../../feedback/judged-record.ts'
import { takeFeedback } from '../../feedback/take.ts'
import type { Parley } from '../../parley.ts'
import { placeOf } from '../../platforms/keys.ts'
import type { Interaction, Person, Reply } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'

export const feedbackGestures: Gestures<'send-message' | 'send-verdict' | 'react'> = {
  'send-message': async (parley, { by, channel, message, text }) => {
    const place = messageAt(by, channel, message)
    const { isLabeler, ...form } = await openFeedbackForm(parley, by, { ...place, text })
    const said = spoken()
    return {
      type: 'feedback-form',
      form: { ...form, note: isLabeler ? said.feedbackNote : said.feedbackNoteNew },
    }
  },
  'send-verdict': async (parley, { by, ...input }) => {
    const { title } = await submitFeedbackForm(parley, by, input)
    return { type: 'notice', text: spoken().feedbackKept(title) }
  },
  react,
}

/** Only a message of an app and a channel that a dataset names is read, and only for its first verdict. */
async function react(
  parley: Parley,
  { by, channel, message, author, thumb, isOn, at }: Extract<Interaction, { type: 'react' }>,
): Promise<Reply> {
  const { platform, workspace } = by
  // Apps put thumbs below their own messages for people to press.
  if (by.userId === author) return { type: 'nothing' }
  const on = { platform, workspace, channelId: channel, author }
  const dataset = await datasetForReaction(parley, on)
  if (!dataset) return { type: 'nothing' }
  const place = messageAt(by, channel, message)
  const isFirst = isOn && !(await isTaken(parley, dataset, place))
  const text = isFirst
    ? await parley.platforms.get(platform)?.readMessage?.({ workspace, channel, message })
    : null
  if (isFirst && !text) return { type: 'nothing' }
  await takeFeedback(parley, dataset, {
    ...{ ...place, by, at },
    change: isOn ? { put: thumb } : { take: thumb },
    ...(text ? { conversation: [{ role: 'assistant', content: text }] } : {}),
  })
  return { type: 'nothing' }
}

/** The same message by whichever gesture. */
function messageAt(by: Person, channel: string, message: string) {
  const place = placeOf(by)
  return {
    source: place === null ? by.platform : `${by.platform}:${place}`,
    message: `${channel}:${message}`,
  }
}
