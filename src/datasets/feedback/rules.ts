/**
 * Feedback: thumbs that people gave elsewhere, on messages of an AI app, become answers of a dataset. Here:
 * what a document may say of it, and which questions hold it. It is taken in by src/feedback.
 */
import { allTraits, platformNames, readPrefix, traitsOf } from '../../platforms/registry.ts'
import type { Platform } from '../../platforms/traits.ts'
import type { LabelQuestion, Question } from '../../questions/question.ts'
import { readEntry } from '../access/access.ts'
import { tenantsOf } from '../access/tenants.ts'
import type { DatasetDocument } from '../document.ts'
import type { Explained } from '../explain.ts'
import { askedField, type Feedback, reasonName } from './feedback.ts'

/** What the question of a verdict offers, beside whatever else. */
export const verdictOptions = ['up', 'down'] as const

type Questions = Pick<DatasetDocument, 'questions'>

/** The label question that a verdict answers; undefined where there is none. */
export function verdictQuestion({ questions }: Questions): LabelQuestion | undefined {
  return questions.find((question): question is LabelQuestion => {
    if (question.type !== 'label' || question.when !== undefined) return false
    const values = question.options.map(({ value }) => value)
    return verdictOptions.every((one) => values.includes(one))
  })
}

/** The text question that a reason answers: `reason`, else the first about the record. */
export function reasonQuestion({ questions }: Questions): Question | undefined {
  const texts = questions.filter(({ type, of }) => type === 'text' && of === 'record')
  return texts.find(({ name }) => name === reasonName) ?? texts[0]
}

/** The field that holds what was asked: `prompt`, else the first. */
export function askedIn({ fields }: Pick<DatasetDocument, 'fields'>) {
  return fields.find(({ name }) => name === askedField) ?? fields[0]
}

/** What a document says wrong of feedback. */
export function checkFeedback(document: DatasetDocument): Explained[] {
  const { feedback, questions, fields } = document
  const found: Explained[] = []
  const say = (path: (string | number)[], message: string, remedy: string) =>
    found.push({ path, message, remedy })
  if (!feedback) return found
  const verdict = verdictQuestion(document)
  if (!verdict)
    say(
      ['feedback'],
      'has no question to answer.',
      'Name the template thumbs, or ask for a label with the options up and down.',
    )
  if (!reasonQuestion(document))
    say(
      ['feedback'],
      'has nowhere to keep why.',
      'Add reason: { type: text, required: false } to the questions.',
    )
  for (const [at, { name, required }] of questions.entries())
    if (required && verdict && name !== verdict.name)
      say(['questions', at], `"${name}" is required, and a thumb does not answer it.`, optional)
  for (const [at, { name, required }] of fields.entries())
    if (required && name !== askedIn(document)?.name)
      say(['fields', at], `"${name}" is required, and a message has none.`, optional)
  for (const key of ['target', 'arena'] as const)
    if (document[key] !== undefined)
      say([key], 'makes its own records, and feedback others.', 'Use two datasets.')
  for (const [at, name] of (feedback.from ?? []).entries())
    if (readPrefix(name))
      say(
        ['feedback', 'from', at],
        `"${name}" reads like a place on a platform.`,
        'Give the program a name without a colon.',
      )
  const asked = askedIn(document)
  if (asked?.required && Object.keys(feedback.reactions ?? {}).length > 0)
    say(
      ['feedback', 'reactions'],
      `tell only what was answered, and the field "${asked.name}" is required.`,
      optional,
    )
  return [...found, ...checkReactions(feedback)]
}

const optional = 'Write "required: false".'

function checkReactions({ reactions = {} }: Feedback): Explained[] {
  return platformNames().flatMap((platform) => {
    const { channels = [], apps = [] } = reactions[platform] ?? {}
    if (channels.length === 0) return []
    const { feedback, label, person } = traitsOf(platform)
    const path = ['feedback', 'reactions', platform]
    if (!feedback.takesReactions) {
      const where = allTraits().flatMap((one) => (one.feedback.takesReactions ? one.label : []))
      const remedy = `Leave it out; reactions are taken on ${where.join(' and ')}.`
      return [{ path, message: `asks for reactions, which ${label} does not tell.`, remedy }]
    }
    return [
      ...channels.flatMap((entry, at) => {
        if (readEntry(platform, entry)?.type === 'group') return []
        const remedy = 'Copy the id from the end of the channel’s details, such as C0123ABCDEF.'
        return [
          { path: [...path, 'channels', at], message: `"${entry}" is no channel’s id.`, remedy },
        ]
      }),
      ...apps.flatMap((id, at) => {
        if (person.isId(person.bare(id))) return []
        const remedy = `Open the app’s profile and copy its member id, such as ${person.exampleId}.`
        return [{ path: [...path, 'apps', at], message: `"${id}" is no member id.`, remedy }]
      }),
    ]
  })
}

/** Where a reaction was made, and on whose message. */
export type Reacted = {
  platform: Platform
  workspace: string
  channelId: string
  /** The member id of who wrote the message. */
  author: string
}

/**
 * Whether a document takes reactions to this message: its app and channel are named, and the workspace is
 * one that its access names. `home` is what entries without a workspace mean.
 */
export function takesReaction(
  { feedback, access }: Pick<DatasetDocument, 'feedback' | 'access'>,
  { platform, workspace, channelId, author }: Reacted,
  home: string | undefined,
): boolean {
  const named = feedback?.reactions?.[platform]
  const isHome = (home ?? workspace) === workspace
  if (!named?.apps.some((id) => traitsOf(platform).person.bare(id) === author)) return false
  const isOfTenant = tenantsOf(access).some(
    (one) => one === `${platform}:${workspace}` || (one === `${platform}:*` && isHome),
  )
  return (
    isOfTenant &&
    named.channels.some((text) => {
      const entry = readEntry(platform, text)
      if (entry?.type !== 'group' || entry.id !== channelId) return false
      return (entry.workspace ?? home ?? workspace) === workspace
    })
  )
}
