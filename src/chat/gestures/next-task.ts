/** The reply to a request for work: the next task, why there is none, or the first card. */
import { nextAssignment } from '../../assignments/next.ts'
import { findDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { consentVersion, findLabeler, type Labeler } from '../../labelers/labeler.ts'
import { limitOf } from '../../labelers/limits.ts'
import { isLetIn } from '../../labelers/memberships.ts'
import type { Person } from '../../labelers/person.ts'
import type { Parley } from '../../parley.ts'
import { getPreferences } from '../../reminders/preferences.ts'
import { listHistory } from '../../responses/history.ts'
import { cardOf } from '../cards/card.ts'
import { aboutRecord, sayDiscarded } from '../cards/receipt.ts'
import { summarize } from '../cards/summary.ts'
import type { Choice, HistoryEntry, Reply } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import { findHeld, findOfChannel, listChoices, listOpen, whyNothing } from './open-work.ts'

/** The last answers and skips, newest first. */
export async function recentAnswers(
  parley: Parley,
  labeler: Labeler,
  limit = 20,
): Promise<HistoryEntry[]> {
  const past = await listHistory(parley, labeler, { limit })
  return past.map((one) => {
    const { assignmentId, dataset, record, response, shownOrder, at, canUndo, canEdit } = one
    const about = aboutRecord(dataset.document, record)
    const summary =
      response?.status === 'discarded'
        ? sayDiscarded(response.reason)
        : summarize(dataset.document.questions, response?.values ?? {}, shownOrder)
    return {
      assignmentId,
      ...(response ? { revision: response.revision } : {}),
      dataset: { name: dataset.name, title: dataset.document.title },
      summary: about === '' ? summary : spoken().savedOn(summary, about),
      canUndo,
      canEdit,
      at,
    }
  })
}

/** The next task of one dataset; `instead` says why there is none. */
export async function nextTask(
  parley: Parley,
  labeler: Labeler,
  dataset: Dataset,
  after?: string,
): Promise<Reply | null> {
  const assignment = await nextAssignment(parley, labeler, {
    dataset,
    ...(after === undefined ? {} : { after }),
  })
  return assignment ? { type: 'task', card: cardOf(assignment, dataset) } : null
}

/** The reply when a dataset has nothing more to do, with other open work. */
export async function allDone(
  parley: Parley,
  labeler: Labeler,
  done: Dataset,
): Promise<{ notice: string; elsewhere: Choice | null; choices: Choice[] }> {
  const choices = (await listChoices(parley, labeler)).filter(({ name }) => name !== done.name)
  const [elsewhere = null] = choices
  const limit = await limitOf(parley, labeler.id, done.id)
  if (limit) return { notice: sayLimit(limit, done.document.title), elsewhere, choices }
  const notice = elsewhere ? spoken().allDoneMore(elsewhere.title) : spoken().allDoneHere
  return { notice, elsewhere, choices }
}

function sayLimit(limit: 'paused' | 'quota', title: string): string {
  return limit === 'paused' ? spoken().pausedForYou(title) : spoken().quotaReached(title)
}

/** Nothing more to do there: what else there is, each with its Start. */
async function nothingIn(parley: Parley, labeler: Labeler, done: Dataset): Promise<Reply> {
  const { notice, elsewhere, choices } = await allDone(parley, labeler, done)
  return elsewhere ? { type: 'choices', choices, notice } : { type: 'notice', text: notice }
}

/**
 * The next task of the dataset somebody wishes for, or the one they had open, or the one whose hub
 * or call stands in the channel they are in, or a choice.
 */
export async function startWork(
  parley: Parley,
  labeler: Labeler,
  wish: string | undefined,
  from?: Person,
): Promise<Reply> {
  const open = await listOpen(parley, labeler.person)
  if (wish !== undefined) {
    const wished = open.find(({ name }) => name === wish)
    if (!wished) return { type: 'notice', text: await whyNot(parley, labeler.person, wish) }
    return (await nextTask(parley, labeler, wished)) ?? (await nothingIn(parley, labeler, wished))
  }
  if (open.length === 0) return { type: 'notice', text: await whyNothing(parley, labeler.person) }
  const held = await findHeld(parley, labeler)
  const [only] = open
  const first =
    open.find(({ id }) => id === held) ??
    (open.length === 1 ? only : await findOfChannel(parley, open, from))
  if (!first) return { type: 'choices', choices: await listChoices(parley, labeler) }
  return (await nextTask(parley, labeler, first)) ?? (await nothingIn(parley, labeler, first))
}

/** The first card, or why there is none yet. */
export async function welcome(
  parley: Parley,
  person: Person,
): Promise<Extract<Reply, { type: 'welcome' | 'notice' }>> {
  const open = await listOpen(parley, person)
  if (open.length === 0) return { type: 'notice', text: await whyNothing(parley, person) }
  return {
    type: 'welcome',
    welcome: {
      consentVersion,
      datasets: open.map(({ name, document }) => ({ name, title: document.title })),
      ...((await asksZone(parley, person)) ? { asksZone: true } : {}),
    },
  }
}

/** Whether to ask for the time zone: the platform does not report it, and the person has not set it. */
async function asksZone(parley: Parley, person: Person): Promise<boolean> {
  if (parley.platforms.get(person.platform)?.profile) return false
  const known = await findLabeler(parley, person)
  return known === null || (await getPreferences(parley, known)).zone === null
}

async function whyNot(parley: Parley, person: Person, name: string): Promise<string> {
  const named = await findDataset(parley, name)
  const isTheirs = named !== null && (await isLetIn(parley, named, person))
  if (isTheirs && named.status === 'paused') return spoken().pausedNow(named.document.title)
  if (isTheirs && named.status === 'closed') return spoken().closedNow(named.document.title)
  // The same words whether it does not exist or is not theirs: names of datasets are not given away.
  return spoken().notYourDataset(name)
}
