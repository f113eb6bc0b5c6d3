/** The form of a question to an arena: what it agrees to, and the text. Pure. */
import type { AskForm } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { askFormId, inputId } from '../receive/form-ids.ts'
import { textWithin } from './budget.ts'
import { label, type ModalBody, modal } from './components.ts'

/** docs.discord.com/developers/components/reference#text-input */
const mostChars = 4000

export function drawAskForm(form: AskForm, nonce: string, said: Words): ModalBody {
  const { consent, prompt } = form
  return modal(askFormId(form, nonce), consent ? said.arenaAgree : said.arenaAsk, [
    ...(consent ? [textWithin(consent.text, consentSize)] : []),
    label(said.arenaPrompt, {
      type: 4,
      custom_id: inputId(0, 'question', nonce),
      style: 2,
      required: true,
      max_length: mostChars,
      // What is longer was not typed here, and would be cut.
      ...(prompt !== '' && prompt.length <= mostChars ? { value: prompt } : {}),
    }),
  ])
}

const consentSize = 2500
