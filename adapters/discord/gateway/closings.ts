/**
 * How Discord closes a connection for good, in words for the operator:
 * docs.discord.com/developers/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
 */
import { ParleyError } from '../../../src/errors.ts'
import { isTokenRefused } from '../send/failures.ts'

/** What Discord's closing of the connection means, in words for the operator. */
export function closedBy(code: number): ParleyError | Error {
  const why = closings[code]
  return why === undefined
    ? new Error(`Discord closed the connection (${code}).`)
    : new ParleyError('forbidden', `${why} (Discord closed the connection with ${code}.)`)
}

export const wrongToken =
  'Discord does not accept DISCORD_BOT_TOKEN. Copy it again from https://discord.com/developers/applications, under “Bot”, and start Parley again.'

const closings: Readonly<Record<number, string>> = {
  4004: wrongToken,
  4010: 'Discord refuses the shard that Parley asked for.',
  4011: 'This bot is in so many servers that Discord wants its connection divided. Use DISCORD_TRANSPORT=http.',
  4012: 'Discord no longer speaks this version of its gateway. Update Parley.',
  4013: 'Discord refuses the intents that Parley asks for as invalid. Update Parley.',
  4014: 'Discord refuses an intent that Parley asks for. In the developer portal, under “Bot”, nothing has to be switched on for Parley: check that DISCORD_APPLICATION_ID and DISCORD_BOT_TOKEN are of the same application.',
}

/** A failure that no retry fixes, in words for the operator; else null. */
export function whyFatal(error: unknown): ParleyError | null {
  if (error instanceof ParleyError && error.code === 'forbidden') return error
  const isToken =
    isTokenRefused(error) ||
    (error instanceof Error && 'code' in error && error.code === 'TokenInvalid')
  if (isToken) return new ParleyError('forbidden', wrongToken, { cause: error })
  // discord.js reports these differently before the connection is established.
  const text = error instanceof Error ? error.message : ''
  for (const [words, code] of [
    ['disallowed intents', 4014],
    ['invalid intents', 4013],
    ['Authentication failed', 4004],
  ] as const)
    if (text.toLowerCase().includes(words.toLowerCase()))
      return new ParleyError('forbidden', closings[code] ?? text, { cause: error })
  return null
}
