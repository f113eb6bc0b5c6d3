/** Commands that bring records in and look at them. */
import { requeueRecord } from '../assignments/distribution.ts'
import { invalid } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { type ImportReport, importRecords } from '../records/import.ts'
import { deleteRecord, getRecord, listRecords } from '../records/record.ts'
import { recordStatuses } from '../records/shape.ts'
import { importAnswers } from '../responses/import.ts'
import { type Arguments, type CliCommand, cliActor, print, say, withParley } from './command.ts'
import { openSource } from './source.ts'

export const recordCommands: readonly CliCommand[] = [
  {
    usage: 'import <dataset> <file>',
    about: 'load records from JSONL (.jsonl, .jsonl.gz, or - for stdin); a rerun changes nothing',
    options: [
      ['--from <shape>', 'auto (default), or parley: a raw or records export, answers included'],
      ['--map <field=key...>', 'which key of the file feeds a field, e.g. --map prompt=question'],
      ['--all-or-nothing', 'keep nothing when a line is refused'],
    ],
    run: (doors, args) =>
      withParley(doors, async (parley) => {
        const from = args.options['from'] ?? 'auto'
        if (from === 'auto') return importPlain(parley, args)
        if (from === 'parley') return importWithAnswers(parley, args)
        throw invalid({
          '--from': `"${String(from)}" cannot be read yet. Use auto, or parley for a raw or records export.`,
        })
      }),
  },
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
          ...(typeof limit === 'string' ? { limit: Number(limit) || 50 } : {}),
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

async function importPlain(parley: Parley, { words, options }: Arguments): Promise<number> {
  const [dataset = '', file = ''] = words
  const map = readMap(options['map'])
  const report = await importRecords(parley, cliActor, {
    dataset,
    source: await openSource(file),
    ...(map ? { map } : {}),
    allOrNothing: options['allOrNothing'] === true,
  })
  return sayReport(report, dataset)
}

async function importWithAnswers(parley: Parley, { words }: Arguments): Promise<number> {
  const [dataset = '', file = ''] = words
  const report = await importAnswers(parley, cliActor, { dataset, source: await openSource(file) })
  return sayReport(report, words[0] ?? '')
}

/** The report goes to stdout; every refused line is named. Exit code 2 when any was. */
function sayReport(report: ImportReport, dataset: string): number {
  const { refused, warnings } = report
  for (const { line, path, message, remedy } of refused.lines)
    print(`line ${line}${path ? ` ${path}` : ''}: ${message} ${remedy}`)
  if (refused.count > refused.lines.length)
    print(`… and ${refused.count - refused.lines.length} more refused lines.`)
  for (const [kind, count] of Object.entries(warnings.byKind)) say(`warning: ${kind}: ${count}`)
  for (const { line, path, message } of warnings.lines.slice(0, 10))
    say(`  line ${line}${path ? ` ${path}` : ''}: ${message}`)
  const kept = `${report.created} created, ${report.updated} updated, ${report.unchanged} unchanged`
  print(
    report.rolledBack
      ? `${refused.count} lines refused; nothing was kept (--all-or-nothing).`
      : `${report.lines} lines: ${kept}${report.repeated ? `, ${report.repeated} repeated` : ''}, ${refused.count} refused.`,
  )
  if (refused.count > 0)
    say(`Mend these lines and run the import again; the rest of ${dataset} stays.`)
  return refused.count > 0 ? 2 : 0
}

function readMap(pairs: unknown): Record<string, string> | undefined {
  if (!Array.isArray(pairs)) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, field, key] = /^([^=]+)=(.+)$/.exec(String(pair)) ?? []
      if (!field || !key) throw invalid({ '--map': `"${String(pair)}" is not field=key.` })
      return [field, key]
    }),
  )
}
