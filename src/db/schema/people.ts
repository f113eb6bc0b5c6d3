/** The tables of what admins see and set of people. */
import type { Id } from './columns.ts'

export type ProfilesTable = {
  platform: string
  workspace: string
  userId: string
  place: string
  name: string | null
  picture: string | null
  image: Buffer | null
  imageAt: Date | null
  readAt: Date
}

export type LabelerLimitsTable = {
  labelerId: Id
  datasetId: Id | null
  pausedAt: Date | null
  reason: string | null
  quota: number | null
}
