/** The command that invites people. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { sayMissed, sayReach } from '../chat/words/say.ts'
import { words } from '../chat/words/words.ts'
import { codeOf, invalid } from '../errors.ts'
import { type Due, readDue } from '../reminders/when.ts'
import { print, type Run, readCount, say, withVerbs } from './command.ts'

/** `parley deliver <dataset>` */
export const deliver: Run = async (doors, { words: [dataset = ''], options }) => {
  const to = options['to']
  if (!Array.isArray(to) || to.length === 0)
    throw invalid({ '--to': 'Say whom to invite, e.g. --to everyone or --to slack:T1:U1.' })
  const each = options['each'] === undefined ? undefined : readCount('--each', options['each'], 20)
  const due = dueOf(options['due'])
  const records = await readIds(options['records'])
  return withVerbs(doors, async (verbs) => {
    const again = options['again'] === true
    const said = words(undefined)
    const reach = sayReach(await verbs.reachOfInvited({ dataset, to }), said)
    if (options['count'] === true) {
      print((reach.length > 0 ? reach : [said.reachNobody]).join('\n'))
      return 0
    }
    for (const line of reach) say(line)
    const {
      invited,
      already,
      without = [],
      ...missed
    } = await verbs.inviteLabelers({
      ...{ dataset, to, again },
      ...(each === undefined ? {} : { each }),
      ...(due === undefined ? {} : { due }),
      ...(records === undefined ? {} : { records }),
    })
    print(`${invited} invited, ${already} had an invitation already.`)
    if (without.length > 0) say(`No record was left for ${without.join(', ')}.`)
    const nobody = invited === 0 && already === 0
    for (const line of sayMissed(missed, said, {
      ...{ hub: `npx parley hub ${dataset}`, again: '--again' },
    }))
      say(line)
    if (nobody) say('Nobody was invited.')
    return nobody ? 1 : 0
  })
}

/** External ids, one a line, plain or as JSON with `external_id`. */
async function readIds(path: unknown): Promise<string[] | undefined> {
  if (typeof path !== 'string') return undefined
  const source = path === '-' ? process.stdin : createReadStream(path)
  const ids: string[] = []
  try {
    for await (const line of createInterface({ input: source })) {
      const text = line.trim()
      if (text !== '') ids.push(text.startsWith('{') ? idIn(text, ids.length + 1) : text)
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    throw invalid({ '--records': `There is no file "${path}".` }, error)
  }
  return ids
}

/** `records list --json` writes externalId, files of records external_id. */
function idIn(text: string, at: number): string {
  const Line = z.looseObject({
    external_id: z.string().optional(),
    externalId: z.string().optional(),
  })
  const problem = (cause?: unknown) =>
    invalid({ '--records': `Line ${at} is no JSON with external_id.` }, cause)
  let line: z.output<typeof Line>
  try {
    line = Line.parse(JSON.parse(text))
  } catch (error) {
    throw problem(error)
  }
  const id = line.external_id ?? line.externalId
  if (id === undefined) throw problem()
  return id
}

function dueOf(text: unknown): Due | undefined {
  if (text === undefined) return undefined
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const due = readDue(String(text), timeZone)
  if (due) return due
  throw invalid({
    '--due': `"${String(text)}" is not a date. Write it like 2026-12-24 or 2026-12-24T17:00.`,
  })
}
