/** Everything stored about one labeler, as JSON lines: the account, then every answer. */

import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Labeler } from '../labelers/labeler.ts'
import { openCopies, sweepCopies } from '../labelers/own-copies.ts'
import type { Parley } from '../parley.ts'

export type MyData = {
  /** Answers and skips. */
  answers: number
  /** What happens to the answers when they leave: by the datasets they answered. */
  policy: 'kept' | 'deleted' | 'both'
}

/** How much is stored, and what deletion would do to it. */
export async function sumUpData(parley: Parley, labeler: Labeler): Promise<MyData> {
  const { rows } = await sql<{ answers: number; isDeleted: boolean }>`
    select count(*)::int as answers, coalesce(d.document ->> 'forget', 'keep') = 'delete' as "isDeleted"
    from responses r join datasets d on d.id = r.dataset_id
    where r.labeler_id = ${labeler.id} and r.status <> 'draft' group by 2`.execute(parley.db)
  const [kept, deleted] = [rows.some((row) => !row.isDeleted), rows.some((row) => row.isDeleted)]
  return {
    answers: rows.reduce((sum, row) => sum + row.answers, 0),
    policy: kept && deleted ? 'both' : deleted ? 'deleted' : 'kept',
  }
}

/** Writes the file; the caller sends it and removes it. */
export async function writeMyData(
  parley: Parley,
  labeler: Labeler,
): Promise<{ name: string; path: string }> {
  await sweepCopies(parley)
  const path = join(await openCopies(parley, labeler.id), `${randomUUID()}.jsonl`)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.write(`${JSON.stringify(await aboutPerson(parley, labeler))}\n`)
    for (let after = ['0', '0']; ; ) {
      const [dataset, assignment] = after
      const { rows } = await sql<AnswerRow>`
        select r.dataset_id as "datasetId", r.assignment_id as "assignmentId", json_build_object(
          'type', 'answer', 'dataset', d.name, 'record', c.external_id, 'repeat', a.repeat,
          'status', r.status, 'reason', r.reason, 'values', r."values", 'draft', r.draft,
          'revision', r.revision, 'platform', r.platform, 'seconds', r.seconds,
          'submitted_at', r.submitted_at, 'counted', a.counted, 'flags', r.flags,
          'shown', json_build_object('order', a.shown_order, 'expanded', a.expanded,
            'suggestions', a.suggestions_shown, 'suggested', a.suggested, 'rendering', r.rendering, 'at', a.shown_at),
          'earlier', (select coalesce(json_agg(json_build_object('revision', v.revision,
            'status', v.status, 'reason', v.reason, 'values', v."values", 'platform', v.platform,
            'seconds', v.seconds, 'submitted_at', v.submitted_at, 'rendering', v.rendering) order by v.revision), '[]')
            from revisions v where v.dataset_id = r.dataset_id
              and v.assignment_id = r.assignment_id))::text as line
        from responses r
        join assignments a on a.dataset_id = r.dataset_id and a.id = r.assignment_id
        join records c on c.dataset_id = r.dataset_id and c.id = r.record_id
        join datasets d on d.id = r.dataset_id
        where r.labeler_id = ${labeler.id}
          and (r.dataset_id, r.assignment_id) > (${dataset}::bigint, ${assignment}::bigint)
        order by r.dataset_id, r.assignment_id limit 500`.execute(parley.db)
      for (const { line } of rows) await file.write(`${line}\n`)
      const last = rows.at(-1)
      if (!last) break
      after = [last.datasetId, last.assignmentId]
    }
  } finally {
    await file.close()
  }
  return { name: 'my-parley-data.jsonl', path }
}

type AnswerRow = { datasetId: string; assignmentId: string; line: string }

async function aboutPerson(parley: Parley, { id }: Labeler): Promise<Record<string, unknown>> {
  const { rows } = await sql<{ about: Record<string, unknown> }>`
    select json_build_object('type', 'person', 'consent_version', l.consent_version,
      'consented_at', l.consented_at, 'locale', l.locale, 'zone', l.zone, 'since', l.created_at,
      'names', (select coalesce(json_agg(json_build_object('platform', f.platform, 'name', f.name,
        'picture', f.picture, 'read_at', f.read_at) order by f.platform), '[]') from profiles f
        join identities i using (platform, workspace, user_id) where i.labeler_id = l.id),
      'identities', (select json_agg(json_build_object('platform', i.platform,
        'workspace', i.workspace, 'user_id', i.user_id) order by i.platform) from identities i
        where i.labeler_id = l.id),
      'roles', (select coalesce(json_agg(json_build_object('platform', o.platform, 'role', o.role,
        'at', o.at)), '[]') from roles o join identities i using (platform, workspace, user_id)
        where i.labeler_id = l.id),
      'pseudonyms', (select coalesce(json_agg(json_build_object('dataset', d.name,
        'pseudonym', p.pseudonym) order by d.name), '[]') from pseudonyms p
        join datasets d on d.id = p.dataset_id where p.labeler_id = l.id),
      'preferences', (select row_to_json(p) from preferences p where p.labeler_id = l.id),
      'reminders', (select coalesce(json_agg(json_build_object('kind', m.kind, 'due_at', m.due_at,
        'state', m.state, 'answer', m.answer, 'sent_at', m.sent_at) order by m.due_at), '[]')
        from reminders m where m.labeler_id = l.id),
      'invitations', (select coalesce(json_agg(json_build_object('dataset', d.name,
        'count', n.count, 'due_at', n.due_at, 'state', n.state, 'at', n.created_at)), '[]')
        from invitations n join datasets d on d.id = n.dataset_id
        join identities i using (platform, workspace, user_id) where i.labeler_id = l.id),
      'messages', (select coalesce(json_agg(json_build_object('kind', v.kind, 'state', v.state,
        'at', v.created_at) order by v.created_at), '[]') from deliveries v
        join identities i on i.platform = v.platform and i.workspace = v.workspace
          and i.user_id = v.recipient and not v.is_channel where i.labeler_id = l.id),
      'unanswered', (select coalesce(json_agg(json_build_object('dataset', d.name,
        'record', c.external_id, 'status', a.status, 'shown_at', a.shown_at)), '[]')
        from assignments a join datasets d on d.id = a.dataset_id
        join records c on c.dataset_id = a.dataset_id and c.id = a.record_id
        where a.labeler_id = l.id and not exists (select from responses r
          where r.dataset_id = a.dataset_id and r.assignment_id = a.id))) as about
    from labelers l where l.id = ${id}`.execute(parley.db)
  return rows[0]?.about ?? {}
}
