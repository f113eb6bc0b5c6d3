/** `--to argilla+https://…`: sends a dataset with its answers to a running Argilla. */

import { invalid } from '../../errors.ts'
import { sendToArgilla } from '../../exports/argilla/send.ts'
import type { Parley } from '../../parley.ts'
import { counted } from '../../sentences.ts'
import { cliActor } from '../actor.ts'
import { type Arguments, type Doors, print, say } from '../command.ts'
import { readUsers } from '../import/argilla.ts'
import { wantedOf, withServer } from '../import/argilla-server.ts'
import type { Meter } from '../meter.ts'

type Options = Arguments['options']

/** Exit code 2 if records were refused; each is named. */
export async function exportToArgilla(
  doors: Doors,
  parley: Parley,
  { words: [dataset = ''], options }: Arguments,
  { meter, signal, count }: { meter: Meter; signal: AbortSignal; count(sent: number): void },
): Promise<number> {
  checkOptions(options)
  const address = String(options['to']).replace(/^argilla\+/i, '')
  const users = await readUsers(options)
  const { dataset: name, workspace } = wantedOf(options)
  const input = {
    ...{ dataset, signal },
    ...(name === undefined ? {} : { name }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(users ? { users } : {}),
    onRecords: (sent: number, of: number) => {
      count(sent)
      meter.show(of > 0 ? sent / of : null, `${counted(sent, 'record')} sent`)
    },
  }
  const isDry = options['dryRun'] === true
  const done = await (isDry
    ? sendToArgilla(parley, cliActor, null, input)
    : withServer(doors, { address, signal }, (server) =>
        sendToArgilla(parley, cliActor, server, input),
      )
  ).finally(() => meter.end())
  const { refused, warnings } = done
  for (const { externalId, why } of refused.records) print(`"${externalId}": ${why}`)
  if (refused.count > refused.records.length)
    print(`… and ${refused.count - refused.records.length} more refused records.`)
  const people = counted(done.people, 'person', 'people')
  const what = `${counted(done.records, 'record')} with ${counted(done.answers, 'answer')} of ${people}`
  print(isDry ? `${what} would be written.` : `${what} written, ${refused.count} refused.`)
  if (done.dataset)
    print(`"${done.dataset.name}" in the workspace ${done.dataset.workspace}, ${address}`)
  for (const warning of warnings) say(`Argilla cannot say: ${warning}`)
  return refused.count > 0 ? 2 : 0
}

const known = ['as', 'to', 'dryRun', 'argillaDataset', 'workspace', 'users']

function checkOptions(options: Options): void {
  const { as = 'argilla' } = options
  if (as !== 'argilla')
    throw invalid({ '--as': 'Argilla takes --as argilla only. Leave --as out, or --to.' })
  const other = Object.keys(options).find(
    (name) => !known.includes(name) && options[name] !== undefined,
  )
  if (other === undefined) return
  const flag = `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw invalid({ [flag]: 'Leave it out: Argilla gets every record with its answers.' })
}
