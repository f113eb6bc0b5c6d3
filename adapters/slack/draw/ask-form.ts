/** The window of a question to an arena: what it agrees to, and the text. It remembers where it belongs. Pure. */
import type { AskForm, Interaction } from '../../../src/chat/port/port.ts'
import { unescapeSlack } from '../../../src/chat/text.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { limits } from '../limits.ts'
import type { SubmissionBody } from '../receive/payloads.ts'
import { personOf } from '../receive/person.ts'
import { label, plain, type View } from './blocks.ts'
import { sections, title } from './text.ts'

export const askFormId = 'v1:ask-form'

export function drawAskForm(form: AskForm, said: Words): View {
  const { channel, thread, follows, consent, prompt } = form
  return {
    type: 'modal',
    callback_id: askFormId,
    private_metadata: JSON.stringify({ channel, thread, follows, agreed: consent?.key ?? null }),
    title: title(said.arenaAsk, said),
    submit: plain(consent ? said.arenaAgree : said.arenaSend),
    close: plain(said.cancel),
    blocks: [
      ...(consent ? sections(consent.text) : []),
      {
        type: 'input',
        block_id: block,
        label: label(said.arenaPrompt, limits.inputLabel),
        element: {
          type: 'plain_text_input',
          action_id: block,
          multiline: true,
          max_length: mostChars,
          // What is longer was not typed here, and would be cut.
          ...(prompt !== '' && prompt.length <= mostChars ? { initial_value: prompt } : {}),
          focus_on_load: true,
        },
      },
    ],
  }
}

/** The question, as it was typed; null for a window this version did not draw. */
export function readAskForm(body: SubmissionBody): (Interaction & { type: 'ask' }) | null {
  const kept = readKept(body.view.private_metadata ?? '')
  if (!kept) return null
  const { channel, thread, follows, agreed } = kept
  const prompt = unescapeSlack(body.view.state?.values?.[block]?.[block]?.value ?? '')
  return {
    ...{ by: personOf(body, channel), type: 'ask', prompt, channel, inForm: true },
    ...(thread ? { thread } : {}),
    ...(follows ? { follows } : {}),
    ...(agreed ? { agreed } : {}),
  }
}

/** The problem with the question, shown below it. */
export function underQuestion(problems: Readonly<Record<string, string>>): Record<string, string> {
  return { [block]: Object.values(problems).join(' ') }
}

const block = 'v1:question'
/** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
const mostChars = 3000

type Kept = Pick<AskForm, 'channel' | 'thread' | 'follows'> & { agreed: string | null }

/** Reads back what drawAskForm wrote. */
function readKept(text: string): Kept | null {
  try {
    const kept: unknown = JSON.parse(text)
    if (typeof kept !== 'object' || kept === null) return null
    const { channel } = kept as Partial<Kept>
    return typeof channel === 'string' ? (kept as Kept) : null
  } catch {
    return null
  }
}
