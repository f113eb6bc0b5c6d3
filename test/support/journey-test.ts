/**
 * Tests that share one journey: it opens when the first of them asks for it, is closed after the last of
 * its file, and what the stand-in saw Parley do against the platform's rules fails the file. Vitest wants
 * a fixture that lives as long as its file made at the top of it, not in a describe.
 */
import { test as base, expect } from 'vitest'
import { type DiscordJourney, openDiscordJourney } from './discord.ts'
import { type Journey, openJourney } from './journey.ts'

type Prepared<T> = (journey: T) => unknown

/** `test('…', async ({ journey }) => …)` in front of Slack; `prepare` is done once, before the first. */
export function slackTest(
  options: Parameters<typeof openJourney>[0] = {},
  prepare: Prepared<Journey> = () => {},
) {
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
  return base.extend('journey', { scope: 'file' }, async ({}, { onCleanup }) => {
    const journey = await openJourney(options)
    onCleanup(async () => closeClean(journey, journey.slack.faults.seen))
    await prepare(journey)
    return journey
  })
}

/** The same in front of Discord. */
export function discordTest(
  options: Parameters<typeof openDiscordJourney>[0] = {},
  prepare: Prepared<DiscordJourney> = () => {},
) {
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern what a fixture needs.
  return base.extend('journey', { scope: 'file' }, async ({}, { onCleanup }) => {
    const journey = await openDiscordJourney(options)
    onCleanup(async () => closeClean(journey, journey.discord.faults.seen))
    await prepare(journey)
    return journey
  })
}

async function closeClean(journey: { close(): Promise<void> }, seen: readonly unknown[]) {
  const faults = [...seen]
  await journey.close()
  expect(faults).toEqual([])
}
