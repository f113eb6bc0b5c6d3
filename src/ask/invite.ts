/**
 * Who is invited to a program's question. First a few more people than it wants, those who were asked
 * longest ago before the others; at half time everybody else. Nobody has two open invitations to a
 * dataset, and who leaves one unanswered gets no other.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Ask, Dataset } from '../datasets/document.ts'
import { asParleyError } from '../errors.ts'
import { type Person, personName } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { inviteLabelers } from '../reminders/invite.ts'
import { listInvited } from '../reminders/invited-people.ts'

/** Of a question, what inviting needs. */
export type Wave = {
  recordId: string
  people: number
  deadline: Date
  isFirst: boolean
}

/** How many people are first invited for each answer wanted: some are away. */
const spread = 2

const system = { type: 'system', job: 'ask' } as const

/** Invites one wave of people; returns how many got an invitation, or null where nobody can be named yet. */
export async function inviteWave(
  parley: Parley,
  dataset: Dataset,
  rules: Ask,
  wave: Wave,
): Promise<number | null> {
  const people = await peopleOf(parley, dataset, rules)
  if (people === null) return null
  const free = await freeOf(parley, dataset, people, wave.recordId)
  const chosen = wave.isFirst ? free.slice(0, wave.people * spread) : free
  if (chosen.length === 0) return 0
  const { invited } = await inviteLabelers(parley, system, {
    dataset: dataset.name,
    to: chosen.map(personName),
    each: 1,
    due: wave.deadline,
    quietly: true,
  })
  return invited
}

/** Each name for itself: a group that was renamed or cannot be read now keeps nobody else from being asked. */
async function peopleOf(parley: Parley, dataset: Dataset, { to }: Ask): Promise<Person[] | null> {
  const found = new Map<string, Person>()
  const failed: unknown[] = []
  let nobodyIn = 0
  for (const name of to)
    try {
      const { people } = await listInvited(parley, system, dataset, [name], undefined)
      for (const person of people) found.set(personName(person), person)
    } catch (error) {
      // On a new Parley "everyone" is nobody until the first person has joined.
      if (name.startsWith('everyone') && asParleyError(error)?.code === 'invalid') {
        nobodyIn += 1
        continue
      }
      failed.push(error)
      parley.log.warn(
        { event: 'ask.group_unread', err: error, dataset: dataset.name, of: name },
        'Of the people that ask.to names, some could not be invited to a question.',
      )
    }
  if (failed.length > 0 && failed.length + nobodyIn === to.length) throw failed[0]
  if (nobodyIn === to.length) return null
  return [...found.values()]
}

/** Without people who have an open invitation; those invited longest ago first, and never always the same. */
async function freeOf(
  parley: Parley,
  dataset: Dataset,
  people: readonly Person[],
  recordId: string,
): Promise<Person[]> {
  // A batch that was begun for a question that has ended by now holds nobody back.
  await sql`
    update invitations set state = 'ended', ended_at = ${parley.now()}
    where dataset_id = ${dataset.id} and state = 'started' and due_at <= ${parley.now()}
  `.execute(parley.db)
  const { rows } = await sql<Person & { last: Date; isOpen: boolean }>`
    select platform, workspace, user_id, max(created_at) as last,
      bool_or(state in ('offered', 'started')) as is_open
    from invitations where dataset_id = ${dataset.id}
    group by platform, workspace, user_id`.execute(parley.db)
  const known = new Map(rows.map((row) => [personName(row), row]))
  const placed = people.map((person) => {
    const name = personName(person)
    const mixed = createHash('sha256').update(`${recordId} ${name}`).digest('hex')
    return {
      person,
      mixed,
      last: known.get(name)?.last.getTime() ?? 0,
      isOpen: known.get(name)?.isOpen,
    }
  })
  return placed
    .filter(({ isOpen }) => !isOpen)
    .sort((a, b) => a.last - b.last || (a.mixed < b.mixed ? -1 : 1))
    .map(({ person }) => person)
}
