/**
 * What the terminal's commands call: the verbs, on the database here or on a server through its HTTP API.
 * A command prints the same from either. Each verb is loaded by the command that calls it.
 */
import type { Parley } from '../../parley.ts'
import { type ArenaVerbs, arenasHere, arenasThere } from './arenas.ts'
import { type ChannelVerbs, channelsHere, channelsThere } from './channels.ts'
import { type DatasetVerbs, datasetsHere, datasetsThere } from './datasets.ts'
import { type GenerationVerbs, generationsHere, generationsThere } from './generations.ts'
import { type ImportVerbs, importsHere, importsThere } from './imports.ts'
import { type KeyVerbs, keysHere, keysThere } from './keys.ts'
import { type PeopleVerbs, peopleHere, peopleThere } from './people.ts'
import { type RecordVerbs, recordsHere, recordsThere } from './records.ts'
import type { Server } from './server.ts'
import { type WebhookVerbs, webhooksHere, webhooksThere } from './webhooks.ts'

export type Verbs = ArenaVerbs &
  ChannelVerbs &
  DatasetVerbs &
  GenerationVerbs &
  ImportVerbs &
  KeyVerbs &
  PeopleVerbs &
  RecordVerbs &
  WebhookVerbs

export function verbsHere(parley: Parley): Verbs {
  return {
    ...arenasHere(parley),
    ...channelsHere(parley),
    ...datasetsHere(parley),
    ...generationsHere(parley),
    ...importsHere(parley),
    ...keysHere(parley),
    ...peopleHere(parley),
    ...recordsHere(parley),
    ...webhooksHere(parley),
  }
}

export function verbsThere(server: Server): Verbs {
  return {
    ...arenasThere(server),
    ...channelsThere(server),
    ...datasetsThere(server),
    ...generationsThere(server),
    ...importsThere(server),
    ...keysThere(server),
    ...peopleThere(server),
    ...recordsThere(server),
    ...webhooksThere(server),
  }
}
