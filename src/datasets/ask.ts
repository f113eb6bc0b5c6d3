/**
 * Datasets in which programs ask people: a question becomes a record of its own, answered by a number of
 * people until a deadline. `template: ask` lets people choose among options that come with the question.
 */
import { invalid } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { readPrefix } from '../platforms/registry.ts'
import { groupIdOf, isGroupName, personIn } from './access/access.ts'
import { isGroup, resolveEntry } from './access/groups.ts'
import type { DatasetDocument } from './document.ts'
import type { Explained } from './explain.ts'

/** The field that holds the text of a question: the first. */
export function questionField({ fields }: Pick<DatasetDocument, 'fields'>): string {
  return fields[0]?.name ?? ''
}

/** What a document says wrong of being asked. */
export function checkAsk(document: DatasetDocument): Explained[] {
  const { ask, fields, template, distribution } = document
  const found: Explained[] = []
  const say = (path: (string | number)[], message: string, remedy: string) =>
    found.push({ path, message, remedy })
  if (!ask) {
    if (template === 'ask')
      say(['ask'], 'is missing.', 'Write "ask: {}", or who is invited: ask: { to: [everyone] }.')
    return found
  }
  for (const key of ['target', 'arena'] as const)
    if (document[key] !== undefined)
      say(['ask'], `does not go with "${key}", which makes records of its own.`, 'Leave one out.')
  if (document.checks)
    say(['checks'], 'deals records again, and a question ends at its deadline.', 'Leave it out.')
  for (const [at, name] of ask.to.entries())
    if (!isWritten(name))
      say(
        ['ask', 'to', at],
        `"${name}" is nobody.`,
        'Write everyone, role:admin, or what names its platform: slack:@evals, slack:#ml, slack:T1:U1, discord:123.',
      )
  if (fields[0]?.type === 'chat')
    say(
      ['fields', 0],
      `"${fields[0].name}" is a chat, and the first field holds the question.`,
      'Begin with a text field.',
    )
  for (const [at, { name, required }] of fields.entries())
    if (required && at > 0)
      say(
        ['fields', at],
        `"${name}" is required, and a question may come without it.`,
        'Write "required: false".',
      )
  if (distribution.min_submitted > ask.most_people)
    say(
      ['ask', 'most_people'],
      `is less than min_submitted, which is ${distribution.min_submitted}.`,
      'Make it as large at least.',
    )
  return found
}

function isWritten(name: string): boolean {
  if (['everyone', 'role:admin', 'role:reviewer'].includes(name)) return true
  const found = readPrefix(name)
  if (!found) return false
  const { platform, rest } = found
  const entry = rest.trim()
  if (groupIdOf(platform, entry) !== null || isGroupName(platform, entry)) return true
  return personIn(platform, entry) !== null
}

/**
 * Looks up the groups that are to be invited, where their platform is connected.
 * @throws ParleyError `invalid` for one that there is not: nobody would be asked.
 */
export async function checkInvited(
  parley: Parley,
  { ask }: Pick<DatasetDocument, 'ask'>,
): Promise<void> {
  const problems: Record<string, string> = {}
  for (const [at, name] of (ask?.to ?? []).entries()) {
    const found = readPrefix(name)
    if (!found || !parley.platforms.has(found.platform)) continue
    if (!isGroup(found.platform, found.rest.trim())) continue
    const resolved = await resolveEntry(parley, found.platform, found.rest)
    if ('problem' in resolved) problems[`ask.to.${at}`] = resolved.problem
  }
  if (Object.keys(problems).length > 0) throw invalid(problems)
}
