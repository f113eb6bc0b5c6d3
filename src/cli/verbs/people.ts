/** The verbs of people, their roles and invitations, as the terminal calls them: here, or on a server. */
import type { Reach } from '../../datasets/access/audience.ts'
import type { ListedLabeler } from '../../labelers/list.ts'
import type { Role } from '../../labelers/roles.ts'
import type { WrittenExport } from '../../labelers/written-exports.ts'
import type { Parley } from '../../parley.ts'
import type { Invited } from '../../reminders/invite.ts'
import type { Due } from '../../reminders/when.ts'
import type { PurgePreview } from '../../responses/purge-preview.ts'
import { cliActor } from '../actor.ts'
import { part, type Server } from './server.ts'

export type Invitation = {
  dataset: string
  to: readonly string[]
  again: boolean
  each?: number
  due?: Due
  /** External ids: the batch is these records. */
  records?: readonly string[]
}

/** A labeler, in one dataset or in all. */
export type Paused = { labeler: string; dataset?: string }

export type PeopleVerbs = {
  grantRole(input: { role: Role; person: string }): Promise<void>
  /** Whether they had it. */
  revokeRole(input: { role: Role; person: string }): Promise<boolean>
  createClaimCode(): Promise<string>
  /** Everybody, or everybody in a dataset, with their pseudonyms there. */
  listLabelers(dataset: string | undefined): Promise<ListedLabeler[]>
  purgeLabeler(input: { dataset: string; labeler: string }): Promise<{ counted: number }>
  /** What that would change; null for somebody who answered nothing there. */
  previewPurge(input: { dataset: string; labeler: string }): Promise<Omit<PurgePreview, 'dataset'>>
  /** Whether that is new, and whether they are told. */
  pauseLabeler(input: Paused & { reason?: string }): Promise<{ changed: boolean; told: boolean }>
  resumeLabeler(input: Paused): Promise<{ changed: boolean; told: boolean }>
  setQuota(input: { dataset: string; labeler: string; quota: number | null }): Promise<void>
  messageLabeler(input: Paused & { text: string }): Promise<void>
  linkLabelers(people: [string, string]): Promise<void>
  forgetLabeler(who: string): Promise<{ deleted: number; exports: readonly WrittenExport[] }>
  /** How many people the groups among those named are. */
  reachOfInvited(input: Pick<Invitation, 'dataset' | 'to'>): Promise<Reach[]>
  inviteLabelers(input: Invitation): Promise<Invited>
  sendPreview(input: { dataset: string; to: string }): Promise<void>
}

export function peopleHere(parley: Parley): PeopleVerbs {
  const roles = () => import('../../labelers/roles.ts')
  const writing = () => import('../../outbound/write-to-labeler.ts')
  return {
    grantRole: async (input) => (await roles()).grantRole(parley, cliActor, input),
    revokeRole: async (input) => (await roles()).revokeRole(parley, cliActor, input),
    createClaimCode: async () => (await roles()).createClaimCode(parley, cliActor),
    async listLabelers(name) {
      const { getDataset } = await import('../../datasets/dataset.ts')
      const { listLabelers } = await import('../../labelers/list.ts')
      const { ensurePseudonyms } = await import('../../labelers/pseudonyms.ts')
      const dataset = name === undefined ? undefined : await getDataset(parley, name)
      if (dataset) await ensurePseudonyms(parley, dataset.id)
      return listLabelers(parley, dataset)
    },
    async purgeLabeler(input) {
      const { purgeLabeler } = await import('../../responses/forget.ts')
      return purgeLabeler(parley, cliActor, input)
    },
    async previewPurge(input) {
      const { previewPurge } = await import('../../responses/purge-preview.ts')
      const [preview] = await previewPurge(parley, cliActor, input)
      const { counted = 0, reopened = 0, exports = [] } = preview ?? {}
      return { counted, reopened, exports }
    },
    pauseLabeler: async (input) => (await writing()).pauseLabeler(parley, cliActor, input),
    resumeLabeler: async (input) => (await writing()).resumeLabeler(parley, cliActor, input),
    async setQuota(input) {
      const { setQuota } = await import('../../labelers/limits.ts')
      await setQuota(parley, cliActor, input)
    },
    messageLabeler: async (input) => (await writing()).messageLabeler(parley, cliActor, input),
    async linkLabelers(people) {
      const { linkLabelers } = await import('../../labelers/link.ts')
      await linkLabelers(parley, cliActor, { people })
    },
    async forgetLabeler(who) {
      const { findLabelerId } = await import('../../labelers/find.ts')
      const { forgetLabeler } = await import('../../labelers/forget.ts')
      return forgetLabeler(parley, cliActor, { labelerId: await findLabelerId(parley, who) })
    },
    async reachOfInvited(input) {
      const { reachOfInvited } = await import('../../reminders/invited-people.ts')
      return reachOfInvited(parley, cliActor, input)
    },
    async inviteLabelers(input) {
      const { inviteLabelers } = await import('../../reminders/invite.ts')
      return inviteLabelers(parley, cliActor, input)
    },
    async sendPreview({ dataset, to }) {
      const { sendPreview } = await import('../../chat/gestures/preview.ts')
      const { parsePerson } = await import('../../labelers/person.ts')
      await sendPreview(parley, cliActor, { dataset, to: parsePerson(to) })
    },
  }
}

export function peopleThere(server: Server): PeopleVerbs {
  const post = <Answer>(path: string, json?: unknown) =>
    server.call<Answer>('POST', path, json === undefined ? {} : { json })
  const of = (dataset: string, act: string) => `/v1/datasets/${part(dataset)}/${act}`
  return {
    grantRole: async (input) => void (await post('/v1/roles', input)),
    async revokeRole({ role, person }) {
      const path = `/v1/roles/${role}/${part(person)}`
      return (await server.call<{ revoked: boolean }>('DELETE', path)).revoked
    },
    createClaimCode: async () => (await post<{ code: string }>('/v1/roles/claim-code')).code,
    listLabelers: async (dataset) =>
      (await server.call<{ data: ListedLabeler[] }>('GET', '/v1/labelers', { query: { dataset } }))
        .data,
    purgeLabeler: ({ dataset, labeler }) => post(of(dataset, 'purge'), { labeler }),
    async previewPurge({ dataset, labeler }) {
      const path = of(dataset, 'purge')
      const found = await post<{ counted: number; reopened: number; exports: Told[] }>(path, {
        ...{ labeler, dry_run: true },
      })
      return { ...found, exports: found.exports.map(readExport) }
    },
    pauseLabeler: ({ labeler, ...rest }) => post(`/v1/labelers/${part(labeler)}/pause`, rest),
    resumeLabeler: ({ labeler, ...rest }) => post(`/v1/labelers/${part(labeler)}/resume`, rest),
    async setQuota({ dataset, labeler, quota }) {
      await server.call('PUT', of(dataset, `labelers/${part(labeler)}/quota`), { json: { quota } })
    },
    messageLabeler: async ({ labeler, ...rest }) =>
      void (await post(`/v1/labelers/${part(labeler)}/messages`, rest)),
    linkLabelers: async (people) => void (await post('/v1/labelers/link', { people })),
    async forgetLabeler(who) {
      const { deleted, exports } = await server.call<{
        deleted: number
        exports: Told[]
      }>('DELETE', `/v1/labelers/${part(who)}`)
      return { deleted, exports: exports.map(readExport) }
    },
    reachOfInvited: async ({ dataset, to }) =>
      (await post<{ reach: Reach[] }>(of(dataset, 'deliver'), { to, count: true })).reach,
    async inviteLabelers({ dataset, to, again, each, due, records }) {
      // A day ends there at midnight, UTC; a moment comes with its zone.
      const day = due === undefined ? undefined : (due.day ?? due.at.toISOString())
      return post<Invited>(of(dataset, 'deliver'), { to, again, each, due: day, records })
    },
    sendPreview: async ({ dataset, to }) => void (await post(of(dataset, 'preview'), { to })),
  }
}

/** An export as a server tells of it. */
type Told = { dataset: string; place: string; at: string }

const readExport = (one: Told): WrittenExport => ({ ...one, at: new Date(one.at) })
