/** The form of a message that somebody sends to Parley: a verdict, what was asked, why, and what is kept. Pure. */
import type { FeedbackForm } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { limits } from '../limits.ts'
import { feedbackFormId, inputId } from '../receive/form-ids.ts'
import { textWithin } from './budget.ts'
import { type Label, label, type ModalBody, modal, option } from './components.ts'
import { drawOneOf, drawSelect } from './questions/choices.ts'

/** docs.discord.com/developers/components/reference#text-input */
const mostChars = 4000

/** With the place of the dataset, where there are several, it is as many parts as a form may have. */
export function drawFeedbackForm(form: FeedbackForm, nonce: string, said: Words): ModalBody {
  const id = (part: string) => inputId(0, part, nonce)
  const thumbs = [option(said.feedbackUp, 'up'), option(said.feedbackDown, 'down')]
  const datasets = form.datasets
    .slice(0, limits.selectOptions)
    .map(({ title }, at) => option(title, String(at), { chosen: at === 0 }))
  const text = (name: string, part: string): Label =>
    label(name, {
      ...{ type: 4, custom_id: id(part), style: 2, required: false },
      max_length: mostChars,
    })
  return modal(feedbackFormId(form.id, nonce), said.feedbackSend, [
    textWithin(form.note),
    label(said.feedbackVerdict, drawOneOf(id('verdict'), thumbs, false, said.chooseOne, said)),
    ...(datasets.length > 1
      ? [label(said.feedbackInto, drawSelect(id('dataset'), datasets, false, said.chooseOne))]
      : []),
    text(said.feedbackAsked, 'asked'),
    text(said.feedbackWhy, 'reason'),
  ])
}
