/** Connects the platforms that are configured: hands each adapter what it may ask of the core. */
import { connectAdapters } from '../adapters/index.ts'
import { getShownForm } from './chat/cards/drawn-form.ts'
import { handleInteraction } from './chat/handle.ts'
import type { ChatAdapter, Inside, Platform } from './chat/port/port.ts'
import type { Time } from './chat/time.ts'
import { openInstallations } from './chat/workspaces.ts'
import type { Config } from './config.ts'
import { mayJoin } from './datasets/access/homes.ts'
import { openFirstSight, wasSeen } from './db/handled.ts'
import { openLocks } from './db/lock.ts'
import { deriveKey } from './derive-key.ts'
import { openLocales } from './labelers/locale.ts'
import { openProfiles } from './labelers/profile.ts'
import { leaveWorkspace } from './outbound/lose-recipient.ts'
import { forgetRemovals, joinWorkspace } from './outbound/removal.ts'
import { openTaskMessages } from './outbound/task-messages.ts'
import type { Parley } from './parley.ts'
import type { PlatformTraits } from './platforms/traits.ts'

/** A platform from outside of adapters/: its row, and how it is connected. */
export type Connector = { traits: PlatformTraits; connect(inside: Inside): ChatAdapter }

/** Connects the adapters that are configured, and those a test brings; none receives anything yet. */
export async function connectAll(
  parley: Parley,
  config: Config,
  {
    connectors,
    direct,
    time,
    down,
  }: { connectors: readonly Connector[]; direct: string; time?: Time; down: (() => unknown)[] },
): Promise<ChatAdapter[]> {
  const firstSight = openFirstSight(parley)
  const locales = openLocales(parley)
  down.push(locales.settled)
  const profiles = openProfiles(parley)
  down.push(profiles.settled)
  const messages = openTaskMessages(parley)
  down.push(messages.settled)
  const insideOf = (platform: Platform): Inside => ({
    handle: async (interaction) => {
      const { by } = interaction
      try {
        return await handleInteraction(parley, interaction)
      } finally {
        // After the gesture: the one that agrees is the first of which a name may be kept.
        if (parley.platforms.get(platform)?.profile) profiles.note(by)
      }
    },
    noteProfile: profiles.note,
    firstSight,
    seen: (id) => wasSeen(parley, id),
    findShownForm: (by, id, schemaVersion) => getShownForm(parley, by, id, schemaVersion),
    installations: openInstallations(parley, platform),
    localeOf: locales.localeOf,
    trackMessage: messages.note,
    leaveWorkspace: (workspace, reason, at) =>
      leaveWorkspace(parley, { platform, workspace }, reason, at),
    mayJoin: (workspace) => mayJoin(parley, platform, workspace),
    joinWorkspace: (workspace) => joinWorkspace(parley, { platform, workspace }),
    locks: openLocks(direct, parley.log),
    keyFor: (purpose) => deriveKey(parley.secret, purpose),
    onRateLimited: () => parley.metrics?.count('parley_rate_limited_total', { platform }),
    now: parley.now,
    log: parley.log,
  })
  const adapters = [
    ...(await connectAdapters(config, insideOf, time ? { time } : {})),
    ...connectors.map(({ traits, connect }) => connect(insideOf(traits.name))),
  ]
  for (const adapter of adapters) {
    if (adapter.hasConfiguredToken) await forgetRemovals(parley, adapter.platform)
    parley.platforms.set(adapter.platform, adapter)
  }
  return adapters
}
