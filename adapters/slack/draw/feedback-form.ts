/** The window of a message that somebody sends to Parley: what is kept, a verdict, what was asked, and why. Pure. */
import type { FeedbackForm, Interaction } from '../../../src/chat/port/port.ts'
import { shorten, unescapeSlack } from '../../../src/chat/text.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { limits } from '../limits.ts'
import type { SubmissionBody } from '../receive/payloads.ts'
import { personOf } from '../receive/person.ts'
import { type Block, context, label, type Option, plain, type View } from './blocks.ts'
import { sections, title } from './text.ts'

export const feedbackFormId = 'v1:feedback-form'

export function drawFeedbackForm(form: FeedbackForm, said: Words): View {
  const datasets = form.datasets.map((one, at) => option(String(at), one.title))
  return {
    type: 'modal',
    callback_id: feedbackFormId,
    private_metadata: form.id,
    title: title(said.feedbackSend, said),
    submit: plain(said.submit),
    close: plain(said.cancel),
    blocks: [
      ...sections(shorten(form.text, shownChars)),
      input(blocks.verdict, said.feedbackVerdict, {
        type: 'radio_buttons',
        action_id: blocks.verdict,
        options: [option('up', said.feedbackUp), option('down', said.feedbackDown)],
      }),
      ...(datasets.length > 1
        ? [
            input(blocks.dataset, said.feedbackInto, {
              type: 'static_select',
              action_id: blocks.dataset,
              options: datasets,
              ...(datasets[0] ? { initial_option: datasets[0] } : {}),
            }),
          ]
        : []),
      textInput(blocks.asked, said.feedbackAsked),
      textInput(blocks.reason, said.feedbackWhy),
      context(form.note),
    ],
  }
}

/** What was filled in; null for a window this version did not draw. */
export function readFeedbackForm(
  body: SubmissionBody,
): Extract<Interaction, { type: 'send-verdict' }> | null {
  const values = body.view.state?.values ?? {}
  const chosen = (block: string) => values[block]?.[block]?.selected_option?.value
  const written = (block: string) => unescapeSlack(values[block]?.[block]?.value ?? '')
  const verdict = chosen(blocks.verdict)
  if (verdict !== 'up' && verdict !== 'down') return null
  return {
    ...{
      by: personOf(body),
      type: 'send-verdict',
      form: body.view.private_metadata ?? '',
      verdict,
    },
    ...{ place: Number(chosen(blocks.dataset) ?? 0), asked: written(blocks.asked) },
    ...{ reason: written(blocks.reason), inForm: true },
  }
}

/** Problems, below the input they are about. */
export function underInputs(problems: Readonly<Record<string, string>>): Record<string, string> {
  const found = Object.entries(problems)
  const of = (isAsked: boolean) =>
    found
      .flatMap(([where, what]) => ((where === 'conversation') === isAsked ? [what] : []))
      .join(' ')
  return Object.fromEntries(
    [[blocks.asked, of(true)] as const, [blocks.reason, of(false)] as const].filter(
      ([, what]) => what !== '',
    ),
  )
}

const blocks = {
  verdict: 'v1:verdict',
  dataset: 'v1:dataset',
  asked: 'v1:asked',
  reason: 'v1:reason',
} as const

/** As much of the message as tells which one it is. */
const shownChars = 600
/** https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element */
const mostChars = 3000

type Input = Extract<Block, { type: 'input' }>

function input(block: string, text: string, element: Input['element']): Input {
  return { type: 'input', block_id: block, label: label(text, limits.inputLabel), element }
}

function textInput(block: string, text: string): Input {
  const element = {
    ...{ type: 'plain_text_input' as const, action_id: block, multiline: true },
    max_length: mostChars,
  }
  return { ...input(block, text, element), optional: true }
}

function option(value: string, text: string): Option {
  return { text: label(text, limits.optionText), value }
}
