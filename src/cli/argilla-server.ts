/** What the terminal takes out of a running Argilla: records with their answers, and a dataset's document. */
import { readFile } from 'node:fs/promises'
import type { ArgillaServer } from '../argilla/ask.ts'
import { documentOf } from '../argilla/document.ts'
import { findDataset, openServerUsers, parseServer, restReader } from '../argilla/rest.ts'
import { parseUserMap } from '../argilla/user-file.ts'
import type { UserMap } from '../argilla/users.ts'
import type { DatasetDocument } from '../datasets/shape.ts'
import { invalid } from '../errors.ts'
import { openSafeFetch } from '../fetch/safe.ts'
import type { Parley } from '../parley.ts'
import type { AnswersReport } from '../responses/import.ts'
import { importForeign } from '../responses/import-foreign.ts'
import { type Arguments, cliActor, type Doors, say } from './command.ts'
import type { Running } from './importing.ts'

type Options = Arguments['options']

export async function importFromServer(
  doors: Doors,
  parley: Parley,
  { words: [dataset = '', address = ''], options }: Arguments,
  { meter, heeding: { signal } }: Running,
): Promise<AnswersReport> {
  const warn = (sentence: string) => {
    meter.end()
    say(`warning: ${sentence}`)
  }
  const map = await readUsers(options)
  return withServer(doors, { address, signal }, async (server, wanted) => {
    const found = await findDataset(server, { ...wanted, ...wantedOf(options) })
    const { users, warning } = await openServerUsers(server, found, map)
    if (warning) warn(warning)
    let all: number | null = null
    const report = await importForeign(parley, cliActor, {
      ...{ dataset, signal },
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
          `${lines} records${refused > 0 ? `, ${refused} refused` : ''}`,
        ),
    })
    if (users.unknown.size > 0)
      warn(
        `${users.unknown.size} of Argilla's users have names made of their ids here. Say who they are with --users FILE: {"USER NAME": "PSEUDONYM"}.`,
      )
    return report
  })
}

/** The document of a dataset that asks what one of Argilla's asks; what cannot be said goes to stderr. */
export async function documentFromServer(
  doors: Doors,
  address: string,
  options: Options,
): Promise<DatasetDocument> {
  return withServer(doors, { address }, async (server, wanted) => {
    const found = await findDataset(server, { ...wanted, ...wantedOf(options) })
    const { name, outputs } = options
    const { document, warnings } = documentOf(found.settings, {
      name: typeof name === 'string' ? name : found.name,
      ...(typeof outputs === 'string' ? { outputs: outputs.split(',') } : {}),
    })
    for (const warning of warnings) say(`warning: ${warning}`)
    return document
  })
}

async function withServer<Result>(
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

function wantedOf({ argillaDataset, workspace }: Options) {
  return {
    ...(typeof argillaDataset === 'string' ? { dataset: argillaDataset } : {}),
    ...(typeof workspace === 'string' ? { workspace } : {}),
  }
}

/** Who is who, where a file says it. */
export async function readUsers({ users: file }: Options): Promise<UserMap | undefined> {
  if (typeof file !== 'string') return undefined
  const text = await readFile(file, 'utf8').catch(() => {
    throw invalid({ '--users': `There is no file "${file}".` })
  })
  return parseUserMap(text, file)
}
