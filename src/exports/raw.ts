/**
 * The `raw` format: one line for every answer and every answer it replaced, nothing left out and
 * nothing derived. Importing it into an empty instance and exporting again gives the same bytes.
 */
import { sql } from 'kysely'
import type { LineFormat } from './formats.ts'
import { answerPart, answers, known, recordPart, type Source, separator } from './source.ts'

export const raw: LineFormat = {
  about: 'every answer with everything known of it, one a line',
  takes: ['gz'],
  type: 'lines',
  async *lines(source) {
    // A name of a dataset holds nothing that JSON would escape.
    const before = `{"format":1,"dataset":"${source.dataset.name}","record":{`
    for await (const chunk of source.lines(query(source))) {
      let text = ''
      let rows = 0
      for (let start = 0; start < chunk.length; ) {
        const end = chunk.indexOf(10, start)
        // One character a byte: the text is moved, never decoded.
        const [record, ...parts] = chunk.toString('latin1', start, end).split(separator)
        for (const part of parts) text += `${before + record}},${part}}\n`
        rows += parts.length
        start = end + 1
        if (text.length < piece && start < chunk.length) continue
        yield { bytes: Buffer.from(text, 'latin1'), rows }
        text = ''
        rows = 0
      }
    }
  },
}

/** Texts of this size are young when they are forgotten; larger ones wait for the old ones' turn. */
const piece = 65_536

function query(source: Source) {
  const { dataset, hasGold } = source
  const between = sql`${sql.lit(separator)}`
  return sql`
    select concat(${recordPart(false, hasGold)}, ${between}, g.answers)
    from (${answers(source, answerPart(hasGold), between)}) g
    join records r on r.dataset_id = ${dataset.id} and r.id = g.record_id
    join places p on p.dataset_id = r.dataset_id and p.record_id = r.id
    ${hasGold ? known(dataset, sql`r.id`) : sql``}
    order by r.external_id`
}
