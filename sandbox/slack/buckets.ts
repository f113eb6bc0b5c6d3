/**
 * Slack's rate limits as token buckets, one per method and workspace, and one per channel for
 * posting. Tiers: docs.slack.dev/apis/web-api/rate-limits; the special ones: java-slack-sdk's
 * MethodsRateLimitTier. Slack promises at least these; the stand-in grants no more.
 */

type Limit = {
  perMinute: number
  /** How many may come at once. */
  burst: number
}

const tier = (perMinute: number): Limit => ({ perMinute, burst: perMinute })
const tier1 = tier(1)
const tier2 = tier(20)
const tier3 = tier(50)
const tier4 = tier(100)
const special = tier(600)

/** One message a second in each channel; "short bursts" are let pass. */
export const perChannel: Limit = { perMinute: 60, burst: 3 }

/** What a workspace may call in a minute, by method. */
export const methodLimits: Readonly<Record<string, Limit>> = {
  // "Several hundred messages per minute" over all channels of a workspace.
  'chat.postMessage': tier(300),
  'chat.postEphemeral': tier4,
  'chat.update': tier3,
  'chat.delete': tier3,
  'chat.getPermalink': special,
  'views.open': tier4,
  'views.push': tier4,
  'views.update': tier4,
  'views.publish': tier4,
  'files.getUploadURLExternal': tier4,
  'files.completeUploadExternal': tier4,
  'files.info': tier4,
  'users.info': tier4,
  'users.conversations': tier3,
  'usergroups.list': tier2,
  'conversations.open': tier3,
  'conversations.info': tier3,
  'conversations.members': tier4,
  'auth.test': special,
  'auth.revoke': tier3,
  'apps.uninstall': tier1,
  'apps.connections.open': tier3,
  'oauth.v2.access': special,
}

export type Buckets = {
  /** Takes one call; else the seconds after which to try again. */
  take(call: { team: string; method: string; channel: string | null }): number | null
}

export function openBuckets(now: () => number): Buckets {
  const levels = new Map<string, { level: number; at: number }>()
  const look = (key: string, { perMinute, burst }: Limit) => {
    const at = now()
    const known = levels.get(key) ?? { level: burst, at }
    const level = Math.min(burst, known.level + ((at - known.at) * perMinute) / 60_000)
    const bucket = { level, at }
    levels.set(key, bucket)
    return { bucket, waitMs: level >= 1 ? 0 : ((1 - level) * 60_000) / perMinute }
  }
  return {
    take({ team, method, channel }) {
      const asked = []
      const limit = methodLimits[method]
      if (limit) asked.push(look(`${team} ${method}`, limit))
      if (method === 'chat.postMessage' && channel !== null)
        asked.push(look(`${team} ${method} ${channel}`, perChannel))
      const waitMs = Math.max(0, ...asked.map((one) => one.waitMs))
      // Whole seconds, rounded up: a caller who waits them is let in.
      if (waitMs > 0) return Math.ceil(waitMs / 1000)
      for (const { bucket } of asked) bucket.level -= 1
      return null
    },
  }
}
