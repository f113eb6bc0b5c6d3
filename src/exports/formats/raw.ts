/**
 * The `raw` format: one line for every answer and every answer it replaced, nothing left out and
 * nothing derived. Importing it into an empty instance and exporting again gives the same bytes.
 */
import { sql } from 'kysely'
import { answerPart, answers, known, recordPart, type Source, separator } from '../source.ts'
import type { LineFormat } from './format.ts'

export const raw: LineFormat = {
  takes: ['gz'],
  type: 'lines',
  async *lines(source) {
    // A name of a dataset holds nothing that JSON would escape.
    const before = Buffer.from(`{"format":1,"dataset":"${source.dataset.name}","record":{`)
    // Bytes are moved into one page and never become texts, which would wait to be collected.
    let page = Buffer.allocUnsafeSlow(1 << 18)
    let length = 0
    let rows = 0
    for await (const chunk of source.lines(query(source))) {
      for (let start = 0; start < chunk.length; ) {
        const line = chunk.subarray(start, chunk.indexOf(newline, start))
        const record = line.indexOf(between)
        for (let from = record + 1; from < line.length; ) {
          const found = line.indexOf(between, from)
          const to = found < 0 ? line.length : found
          const size = before.length + record + middle.length + to - from + after.length
          if (length > 0 && length + size > page.length) {
            yield { bytes: page.subarray(0, length), rows }
            length = 0
            rows = 0
          }
          if (size > page.length) page = Buffer.allocUnsafeSlow(size)
          length += before.copy(page, length)
          length += line.copy(page, length, 0, record)
          length += middle.copy(page, length)
          length += line.copy(page, length, from, to)
          length += after.copy(page, length)
          rows += 1
          from = to + 1
        }
        start += line.length + 1
      }
    }
    if (rows > 0) yield { bytes: page.subarray(0, length), rows }
  },
}

// Looked for as bytes, which is several times as fast as a text of one character.
const newline = 0x0a
const between = separator.charCodeAt(0)
const middle = Buffer.from('},')
const after = Buffer.from('}\n')

function query(source: Source) {
  const { dataset, hasGold } = source
  const apart = sql`${sql.lit(separator)}`
  return sql`
    select concat(${recordPart(false, hasGold)}, ${apart}, g.answers)
    from (${answers(source, answerPart(hasGold), apart)}) g
    join records r on r.dataset_id = ${dataset.id} and r.id = g.record_id
    join places p on p.dataset_id = r.dataset_id and p.record_id = r.id
    ${hasGold ? known(dataset, sql`r.id`) : sql``}
    order by r.external_id`
}
