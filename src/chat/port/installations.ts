/** The workspaces Parley was installed in, with their tokens. */
import type { Platform } from '../../labelers/person.ts'

/** A workspace Parley was installed in, with the token that opens it. */
export type Installation = {
  platform: Platform
  workspace: string
  name: string
  token: string
  refreshToken: string | null
  expiresAt: Date | null
  scopes: readonly string[]
  botUserId: string
  /** The user id of the person who installed it. */
  installedBy: string
}

/** Where installations are kept; tokens lie there encrypted. */
export type Installations = {
  save(installation: Installation): Promise<void>
  /** Null when Parley is not installed there (any more). */
  find(workspace: string): Promise<Installation | null>
  /** Replaces a token that ends soon, one process at a time; returns what is good now. */
  rotate(
    workspace: string,
    refresh: (ending: Installation) => Promise<Installation | null>,
  ): Promise<Installation | null>
}
