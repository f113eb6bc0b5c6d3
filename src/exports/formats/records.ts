/**
 * The `records` format: every record with all its answers, one record a line, in the shape that
 * `parley import` reads. It is the format to move a dataset to another Parley with.
 */
import { sql } from 'kysely'
import { among, answerPart, answers, known, recordPart, type Source } from '../source.ts'
import type { LineFormat } from './format.ts'

export const records: LineFormat = {
  takes: ['gz'],
  type: 'lines',
  lines: recordLines,
}

/** The lines of the format, some at a time. */
export async function* recordLines(
  source: Source,
): AsyncGenerator<{ bytes: Buffer; rows: number }> {
  const { dataset, hasGold } = source
  const answer = sql`'{' || ${answerPart(hasGold)} || '}'`
  const lines = source.lines(sql`
    select concat('{"format":1,', ${recordPart(true, hasGold)}, ',"responses":[', g.answers, ']}')
    from records r
    join places p on p.dataset_id = r.dataset_id and p.record_id = r.id
    ${hasGold ? known(dataset, sql`r.id`) : sql``}
    left join (${answers(source, answer, sql`','`)}) g on g.record_id = r.id
    where r.dataset_id = ${dataset.id} ${among(source, sql`r.id`)}
    order by r.external_id`)
  for await (const bytes of lines) yield { bytes, rows: countLines(bytes) }
}

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines += 1
  return lines
}
