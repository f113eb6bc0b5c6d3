/** Gestures around one's own work: getting the next task, consent, choosing, looking back, help. */
import { sql } from 'kysely'
import { getPost } from '../../assignments/post.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { giveConsent } from '../../labelers/consent.ts'
import { consentVersion, findLabeler, getLabeler } from '../../labelers/labeler.ts'
import { findAdmin } from '../../labelers/roles.ts'
import { helpFor } from '../commands/help-text.ts'
import { readPostId } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'
import { recentAnswers, startWork, welcome } from './next-task.ts'
import { listChoices } from './open-work.ts'
import { openVote } from './posts.ts'
import { beginReminders, startOffered } from './reminders.ts'

export const workGestures: Gestures<
  'next' | 'consent' | 'decline' | 'datasets' | 'progress' | 'history' | 'help'
> = {
  next: async (parley, { by, dataset }) => {
    const labeler = await findLabeler(parley, by)
    if (labeler?.consentVersion !== consentVersion) return welcome(parley, by)
    return startWork(parley, labeler, dataset, by)
  },
  consent: async (parley, { by, version, dataset, zone }) => {
    const labeler = await giveConsent(parley, by, { version })
    const postId = readPostId(dataset ?? '')
    if (postId !== null) return openVote(parley, by, await getPost(parley, postId))
    parley.afterCommit(() => beginReminders(parley, labeler, zone))
    return (await startOffered(parley, labeler, dataset)) ?? startWork(parley, labeler, dataset, by)
  },
  decline: async () => ({ type: 'answered', text: spoken().declined }),
  datasets: async (parley, { by }) => {
    const labeler = await findLabeler(parley, by)
    if (labeler?.consentVersion !== consentVersion) return welcome(parley, by)
    return { type: 'choices', choices: await listChoices(parley, labeler) }
  },
  progress: async (parley, { by }) => {
    const labeler = await getLabeler(parley, by)
    const { rows } = await sql<{
      document: DatasetDocument
      submitted: string
      discarded: string
      records: string
    }>`
      select d.document, t.submitted, t.discarded,
        (select coalesce(sum(s.records), 0) from tallies s where s.dataset_id = d.id) as records
      from tallies_of(${labeler.id}) t join datasets d on d.id = t.dataset_id
      order by d.name`.execute(parley.db)
    const said = spoken()
    const lines = rows.map(({ document, submitted, discarded, records }) =>
      said.answersIn(document.title, Number(submitted), Number(discarded), Number(records)),
    )
    return {
      type: 'notice',
      text: lines.length > 0 ? lines.join('\n') : said.noHistory,
    }
  },
  history: async (parley, { by }) => {
    const labeler = await getLabeler(parley, by)
    const entries = await recentAnswers(parley, labeler)
    if (entries.length === 0) return { type: 'notice', text: spoken().noHistory }
    return { type: 'history', entries }
  },
  help: async (parley, { by }) => {
    const help = helpFor(by, (await findAdmin(parley, by)) !== null)
    return { type: 'notice', text: help }
  },
}
