/** The command that invites people. */
import { sayMissed, sayReach } from '../chat/words/say.ts'
import { words } from '../chat/words/words.ts'
import { invalid } from '../errors.ts'
import { inviteLabelers } from '../reminders/invite.ts'
import { reachOfInvited } from '../reminders/invited-people.ts'
import { type Due, readDue } from '../reminders/when.ts'
import { cliActor, print, type Run, readCount, say, withParley } from './command.ts'

/** `parley deliver <dataset>` */
export const deliver: Run = (doors, { words: [dataset = ''], options }) => {
  const to = options['to']
  if (!Array.isArray(to) || to.length === 0)
    throw invalid({ '--to': 'Say whom to invite, e.g. --to everyone or --to slack:T1:U1.' })
  const each = options['each'] === undefined ? undefined : readCount('--each', options['each'], 20)
  const due = dueOf(options['due'])
  return withParley(doors, async (parley) => {
    const again = options['again'] === true
    const said = words(undefined)
    const reach = sayReach(await reachOfInvited(parley, cliActor, { dataset, to }), said)
    if (options['count'] === true) {
      print((reach.length > 0 ? reach : [said.reachNobody]).join('\n'))
      return 0
    }
    for (const line of reach) say(line)
    const { invited, already, ...missed } = await inviteLabelers(parley, cliActor, {
      ...{ dataset, to, again },
      ...(each === undefined ? {} : { each }),
      ...(due === undefined ? {} : { due }),
    })
    print(`${invited} invited, ${already} had an invitation already.`)
    const nobody = invited === 0 && already === 0
    for (const line of sayMissed(missed, said, {
      ...{ hub: `npx parley hub ${dataset}`, again: '--again' },
    }))
      say(line)
    if (nobody) say('Nobody was invited.')
    return nobody ? 1 : 0
  })
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
