/** Commands that show records and change single ones. */
import { requeueRecord } from '../assignments/distribution.ts'
import { invalid } from '../errors.ts'
import { deleteRecord, getRecord, listRecords } from '../records/record.ts'
import { recordStatuses } from '../records/record-line.ts'
import { type CliCommand, cliActor, print, readCount, say, withParley } from './command.ts'

export const recordCommands: readonly CliCommand[] = [
  {
    usage: 'records list <dataset>',
    about: 'list records with their status, a page at a time',
    options: [
      ['--status <status>', recordStatuses.join(', ')],
      ['--after <id>', 'go on after this external id'],
      ['--limit <number>', 'how many (default 50)'],
      ['--json', 'as JSON lines'],
    ],
    run: (doors, { words: [dataset = ''], options }) =>
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
      }),
  },
  {
    usage: 'records show <dataset> <id>',
    about: 'print one record as JSON',
    run: (doors, { words: [dataset = '', externalId = ''] }) =>
      withParley(doors, async (parley) => {
        print(JSON.stringify(await getRecord(parley, { dataset, externalId }), null, 2))
      }),
  },
  {
    usage: 'records requeue <dataset> <id>',
    about: 'give a record that labelers rejected another chance',
    run: (doors, { words: [dataset = '', externalId = ''] }) =>
      withParley(doors, async (parley) => {
        await requeueRecord(parley, cliActor, { dataset, externalId })
        print(`"${externalId}" is open again.`)
      }),
  },
  {
    usage: 'records delete <dataset> <id>',
    about: 'delete a record that nobody has seen',
    run: (doors, { words: [dataset = '', externalId = ''] }) =>
      withParley(doors, async (parley) => {
        await deleteRecord(parley, cliActor, { dataset, externalId })
        print(`Deleted "${externalId}".`)
      }),
  },
]
