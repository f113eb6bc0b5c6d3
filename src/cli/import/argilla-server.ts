/** Imports from a running Argilla: records with their answers, and a dataset's document. */
import type { ArgillaServer } from '../../argilla/ask.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { openSafeFetch } from '../../fetch/safe.ts'
import { importForeign } from '../../imports/answers/import-foreign.ts'
import type { AnswersReport } from '../../imports/answers/write-answers.ts'
import {
  findDataset,
  openServerUsers,
  parseServer,
  restReader,
} from '../../imports/argilla/rest.ts'
import type { Parley } from '../../parley.ts'
import { counted } from '../../sentences.ts'
import { cliActor } from '../actor.ts'
import type { Arguments, Doors } from '../command.ts'
import { openWarnings, readUsers, readWishes, sayDocument, warnOfUnknown } from './argilla.ts'
import type { Running } from './running-import.ts'

type Options = Arguments['options']

export async function importFromServer(
  doors: Doors,
  parley: Parley,
  { words: [dataset = '', address = ''], options }: Arguments,
  { meter, importId, heeding: { signal, records } }: Running & { importId: string },
): Promise<AnswersReport> {
  const warn = openWarnings(meter)
  const map = await readUsers(options)
  return withServer(doors, { address, signal }, async (server, wanted) => {
    const found = await findDataset(server, { ...wanted, ...wantedOf(options) })
    const { users, warning } = await openServerUsers(server, found, map)
    if (warning) warn(warning)
    let all: number | null = null
    const report = await importForeign(parley, cliActor, {
      ...{ dataset, importId, signal, records },
      unit: 'row',
      read: restReader(
        server,
        found,
        { users, trustOrder: false },
        {
          warning: warn,
          progress: (_, total) => {
            all = total
          },
        },
      ),
      onProgress: ({ lines, refused }) =>
        meter.show(
          all ? Math.min(1, lines / all) : null,
          `${counted(lines, 'record')}${refused > 0 ? `, ${refused} refused` : ''}`,
        ),
    })
    warnOfUnknown(users, 'USER NAME', warn)
    return report
  })
}

/** A document with the questions of an Argilla dataset; what has no counterpart is reported on stderr. */
export async function documentFromServer(
  doors: Doors,
  address: string,
  options: Options,
): Promise<DatasetDocument> {
  return withServer(doors, { address }, async (server, wanted) => {
    const found = await findDataset(server, { ...wanted, ...wantedOf(options) })
    return sayDocument(found.settings, { name: found.name, ...readWishes(options) })
  })
}

/** Connects to the server at this address with ARGILLA_API_KEY. */
export async function withServer<Result>(
  doors: Doors,
  { address, signal }: { address: string; signal?: AbortSignal },
  work: (server: ArgillaServer, wanted: { dataset?: string }) => Promise<Result>,
): Promise<Result> {
  const { fetchAllow, argillaApiKey: apiKey } = doors.config().sources
  if (!apiKey)
    throw invalid({
      ARGILLA_API_KEY:
        'Set it to the key that "My settings" shows in Argilla, an owner\'s or an admin\'s.',
    })
  const named = parseServer(address)
  const fetch = openSafeFetch({ allow: fetchAllow })
  try {
    const server = { address: named.address, apiKey, fetch, ...(signal ? { signal } : {}) }
    return await work(server, named.dataset === null ? {} : { dataset: named.dataset })
  } finally {
    await fetch.close()
  }
}

/** The Argilla dataset to read, and its workspace. */
export function wantedOf({ argillaDataset, workspace }: Options): {
  dataset?: string
  workspace?: string
} {
  return {
    ...(typeof argillaDataset === 'string' ? { dataset: argillaDataset } : {}),
    ...(typeof workspace === 'string' ? { workspace } : {}),
  }
}
