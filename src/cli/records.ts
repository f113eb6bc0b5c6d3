/** Commands that show records, and change one or many. */
import { invalid } from '../errors.ts'
import { recordStatuses } from '../records/record-status.ts'
import { readFilter, recordSorts } from '../search/filter.ts'
import type { DeletedRecords } from '../selections/delete.ts'
import type { BulkInput } from '../selections/in-batches.ts'
import { counted } from '../sentences.ts'
import {
  type Arguments,
  type Doors,
  print,
  type Run,
  readCount,
  say,
  withVerbs,
} from './command.ts'
import { openMeter } from './meter.ts'
import { stoppable, stoppedCode } from './stop.ts'
import type { Verbs } from './verbs/verbs.ts'

/** `parley records list <dataset>` */
export const list: Run = (doors, { words: [dataset = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const { status, after, limit, json } = options
    const known = recordStatuses.find((one) => one === status)
    if (status !== undefined && !known)
      throw invalid({ '--status': `Choose one of ${recordStatuses.join(', ')}.` })
    const page = await verbs.listRecords({
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
  withVerbs(doors, async (verbs) => {
    print(JSON.stringify(await verbs.getRecord({ dataset, externalId }), null, 2))
  })

/** `parley records requeue <dataset> [id]` */
export const requeue: Run = (doors, args) => {
  const [dataset = '', externalId] = args.words
  if (externalId !== undefined)
    return withVerbs(doors, async (verbs) => {
      requireNoSelection(args)
      await verbs.requeueRecord({ dataset, externalId })
      print(`"${externalId}" is open again.`)
    })
  return overSelection(doors, args, 'requeueing', async (verbs, input) => {
    const { matched, requeued, dryRun, stopped } = await verbs.requeueRecords(input)
    const what = counted(requeued, 'rejected record')
    print(
      `${counted(matched, 'record')} matched; ${what} ${dryRun ? 'would be' : requeued === 1 ? 'is' : 'are'} open again.`,
    )
    return stopped
  })
}

/** `parley records delete <dataset> [id]` */
export const remove: Run = (doors, args) => {
  const [dataset = '', externalId] = args.words
  if (externalId !== undefined)
    return withVerbs(doors, async (verbs) => {
      requireNoSelection(args)
      await verbs.deleteRecord({ dataset, externalId })
      print(`Deleted "${externalId}".`)
    })
  const force = args.options['force'] === true
  return overSelection(doors, args, 'deleting', async (verbs, input) => {
    const done = await verbs.deleteRecords({ ...input, force })
    for (const line of deletedLines(done, force)) print(line)
    return done.stopped
  })
}

/** `parley records priority <dataset> <priority>` */
export const prioritize: Run = (doors, args) => {
  const priority = readCount('<priority>', args.words[1], 9)
  return overSelection(doors, args, 'changing', async (verbs, input) => {
    const done = await verbs.prioritizeRecords({ ...input, priority })
    const what = counted(done.prioritized, 'record')
    print(
      `${counted(done.matched, 'record')} matched; ${what} ${done.dryRun ? 'would get' : 'got'} priority ${priority}.`,
    )
    return done.stopped
  })
}

/** `parley records find <dataset> [words...]` */
export const find: Run = (doors, { words: [dataset = '', ...words], options }) =>
  withVerbs(doors, async (verbs) => {
    const { sort, cursor, limit, json } = options
    const known = recordSorts.find((one) => one === sort)
    if (sort !== undefined && !known)
      throw invalid({ '--sort': `Choose one of ${recordSorts.join(', ')}.` })
    const texts = Object.fromEntries(
      Object.entries<unknown>({ ...options, q: words.join(' ') })
        .filter(([name]) => filterNames.has(name))
        .map(([name, value]) => [name, value === true ? 'yes' : String(value ?? '')]),
    )
    const page = await verbs.findRecords({
      ...{ ...readFilter(texts), dataset },
      ...(known ? { sort: known } : {}),
      ...(typeof cursor === 'string' ? { cursor } : {}),
      ...(limit === undefined ? {} : { limit: readCount('--limit', limit, 50) }),
    })
    for (const record of page.records)
      print(
        json
          ? JSON.stringify(record)
          : `${record.externalId}\t${record.status}\t${record.disagreement?.toFixed(2) ?? '-'}\t${record.excerpt}`,
      )
    if (page.next) say(`There may be more: --cursor ${page.next}`)
    const { until } = page.indexed
    say(
      until === null
        ? 'Records are still being read: some are not found yet.'
        : `Records and answers until ${until.toISOString()} are found.`,
    )
  })

const filterNames = new Set([
  ...['q', 'status', 'disputed', 'gold', 'model', 'metadata', 'labeler', 'flag', 'language'],
  ...['from', 'to'],
])

function deletedLines(
  {
    matched,
    deleted,
    answers,
    kept,
    dryRun,
  }: DeletedRecords & { matched: number; dryRun: boolean },
  force: boolean,
): string[] {
  const gone = `${counted(deleted, 'record')}${force ? ` with ${counted(answers, 'answer')}` : ''}`
  const lines = [
    `${counted(matched, 'record')} matched; ${dryRun ? `${gone} would be deleted` : `deleted ${gone}`}.`,
  ]
  const why = [
    [kept.answered, 'answered (delete them and their answers with --force)'],
    [kept.held, 'before somebody right now (try again later)'],
    [kept.posted, 'posted in public'],
  ] as const
  for (const [count, reason] of why) if (count > 0) lines.push(`${count} stay: ${reason}.`)
  if (kept.ids.length > 0) lines.push(`Among those that stay: ${kept.ids.join(', ')}`)
  return lines
}

/** Runs a verb over what the options select, with a meter and Ctrl-C. */
async function overSelection(
  doors: Doors,
  { words: [dataset = ''], options }: Arguments,
  label: string,
  run: (verbs: Verbs, input: BulkInput) => Promise<boolean>,
): Promise<number> {
  const { import: importId, where, expect } = options
  if (importId === undefined && where === undefined)
    throw invalid({ '': 'Name a record, or say which are meant: --import NUMBER, --where EXPR.' })
  const meter = openMeter(label)
  const stop = (signal: AbortSignal) =>
    withVerbs(doors, async (verbs) => {
      const isStopped = await run(verbs, {
        ...{ dataset, signal, dryRun: options['dryRun'] === true, yes: options['yes'] === true },
        ...(typeof importId === 'string' ? { importId } : {}),
        ...(typeof where === 'string' ? { where } : {}),
        ...(expect === undefined ? {} : { expect: readCount('--expect', expect, 200) }),
        onProgress: (done, of) => meter.show(of === 0 ? null : done / of, `${done} of ${of}`),
      }).finally(() => meter.end())
      if (isStopped) say('Stopped. What was done stays done; run it again for the rest.')
      return isStopped ? stoppedCode : 0
    })
  return stoppable(stop, () => 'Stopped.')
}

function requireNoSelection({ options }: Arguments): void {
  const given = ['import', 'where', 'dryRun', 'expect', 'force'].find(
    (name) => options[name] !== undefined,
  )
  if (given === undefined) return
  throw invalid({ '': 'Name one record, or say which are meant by --import or --where; not both.' })
}
