/** Commands that show records and change single ones. */
import { requeueRecord } from '../assignments/distribution.ts'
import { invalid } from '../errors.ts'
import { deleteRecord, getRecord, listRecords } from '../records/record.ts'
import { recordStatuses } from '../records/record-status.ts'
import { cliActor, print, type Run, readCount, say, withParley } from './command.ts'

/** `parley records list <dataset>` */
export const list: Run = (doors, { words: [dataset = ''], options }) =>
  withParley(doors, async (parley) => {
    const { status, after, limit, json } = options
    const known = recordStatuses.find((one) => one === status)
    if (status !== undefined && !known)
      throw invalid({ '--status': `Choose one of ${recordStatuses.join(', ')}.` })
    const page = await listRecords(parley, {
      dataset,
      ...(known ? { status: known } : {}),
      ...(typeof after === 'string' ? { after } : {}),
      ...(limit === undefined ? {} : { limit: readCount('--limit', limit, 50) }),
    })
    for (const record of page.records)
      print(
        json
          ? JSON.stringify(record)
          : `${record.externalId}\t${record.status}\t${record.counted} of ${record.wanted}`,
      )
    if (page.next) say(`There is more: --after ${page.next}`)
  })

/** `parley records show <dataset> <id>` */
export const show: Run = (doors, { words: [dataset = '', externalId = ''] }) =>
  withParley(doors, async (parley) => {
    print(JSON.stringify(await getRecord(parley, { dataset, externalId }), null, 2))
  })

/** `parley records requeue <dataset> <id>` */
export const requeue: Run = (doors, { words: [dataset = '', externalId = ''] }) =>
  withParley(doors, async (parley) => {
    await requeueRecord(parley, cliActor, { dataset, externalId })
    print(`"${externalId}" is open again.`)
  })

/** `parley records delete <dataset> <id>` */
export const remove: Run = (doors, { words: [dataset = '', externalId = ''] }) =>
  withParley(doors, async (parley) => {
    await deleteRecord(parley, cliActor, { dataset, externalId })
    print(`Deleted "${externalId}".`)
  })
