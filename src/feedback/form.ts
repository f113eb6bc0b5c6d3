/**
 * A message that somebody sends from chat. Its text comes only with the gesture, so it is kept for a day,
 * until the form is filled in; nothing else is stored before that.
 */
import { randomUUID } from 'node:crypto'
import type { SentMessage } from '../db/schema/feedback.ts'
import { conflict } from '../errors.ts'
import { consentVersion, findLabeler } from '../labelers/labeler.ts'
import { outsiderKey } from '../labelers/outsider.ts'
import type { Person } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import type { Place } from './conversation.ts'
import { datasetsForMessage } from './datasets.ts'
import { type Taken, takeFeedback } from './take.ts'
import type { Thumb } from './thumbs.ts'

const keptMs = 24 * 60 * 60 * 1000
/** As many as a menu of any platform shows. */
const mostDatasets = 25

export type OpenedForm = {
  id: string
  text: string
  datasets: { name: string; title: string }[]
  /** Whether the person has agreed to take part. */
  isLabeler: boolean
}

/** @throws ParleyError `conflict` for a message without a text, or where no dataset takes one of theirs. */
export async function openFeedbackForm(
  parley: Parley,
  person: Person,
  { source, message, text }: Place & { text: string },
): Promise<OpenedForm> {
  if (text.trim() === '') throw conflict((said) => said.feedbackNoText)
  const open = (await datasetsForMessage(parley, person)).slice(0, mostDatasets)
  if (open.length === 0) throw conflict((said) => said.feedbackNowhere)
  const id = randomUUID()
  const sent: SentMessage = { source, message, text, datasets: open.map(({ name }) => name) }
  await parley.db
    .insertInto('feedbackForms')
    .values({
      ...{ id, person: outsiderKey(parley, person), message: JSON.stringify(sent) },
      createdAt: parley.now(),
    })
    .execute()
  const labeler = await findLabeler(parley, person)
  return {
    ...{ id, text, isLabeler: labeler?.consentVersion === consentVersion },
    datasets: open.map(({ name, document }) => ({ name, title: document.title })),
  }
}

/**
 * The form filled in: a verdict, what was asked and why, as far as they were written. Submitting twice
 * changes nothing.
 * @throws ParleyError `conflict` for a form that is another's or too old, or a dataset that no longer admits them.
 */
export async function submitFeedbackForm(
  parley: Parley,
  person: Person,
  input: { form: string; place: number; verdict: Thumb; asked: string; reason: string },
): Promise<Taken & { title: string }> {
  const { source, message, text, datasets } = await findForm(parley, person, input.form)
  const wanted = datasets[input.place]
  const open = await datasetsForMessage(parley, person)
  const dataset = open.find(({ name }) => name === wanted)
  if (!dataset) throw conflict((said) => said.feedbackNowhere)
  const asked = input.asked.trim() === '' ? [] : [{ role: 'user', content: input.asked }]
  const taken = await takeFeedback(parley, dataset, {
    ...{ source, message, by: person },
    change: { set: input.verdict, reason: input.reason.trim() === '' ? undefined : input.reason },
    conversation: [...asked, { role: 'assistant', content: text }],
  })
  return { ...taken, title: dataset.document.title }
}

async function findForm(parley: Parley, person: Person, id: string): Promise<SentMessage> {
  const row = /^[0-9a-f-]{36}$/.test(id)
    ? await parley.db
        .selectFrom('feedbackForms')
        .select('message')
        .where('id', '=', id)
        .where('person', '=', outsiderKey(parley, person))
        .executeTakeFirst()
    : undefined
  if (row) return row.message
  throw conflict((said) => said.feedbackFormOld)
}

/** Forgets messages whose form was opened a day ago. */
export async function sweepFeedbackForms(parley: Parley): Promise<void> {
  const before = new Date(parley.now().getTime() - keptMs)
  await parley.db.deleteFrom('feedbackForms').where('createdAt', '<', before).execute()
}
