/** Which language somebody new reads: the first words wait for what the platform tells, but not for long. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLocales } from '../../src/labelers/locale.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

const someone = (userId: string) => ({ platform: 'slack', workspace: 'T1', userId }) as const
type Profile = { zone: string | null; locale: string | null } | null

/** Slack tells what this says; returns how often it was asked. */
function tells(profile: () => Promise<Profile>): () => number {
  const slack = at.parley.platforms.get('slack')
  if (!slack) throw new Error('Slack is off.')
  let asked = 0
  at.parley.platforms.set('slack', {
    ...slack,
    profile: () => {
      asked++
      return profile()
    },
  })
  return () => asked
}

describe('happy', () => {
  test('the first words to somebody new are in the language of their profile, which is asked once', async () => {
    const german = Promise.withResolvers<Profile>()
    const asked = tells(() => german.promise)
    const { localeOf } = openLocales(at.parley, { firstMs: 60_000 })
    const first = localeOf(someone('UNEW'))
    german.resolve({ zone: 'Europe/Berlin', locale: 'de-DE' })
    expect(await first).toBe('de-DE')
    expect(await localeOf(someone('UNEW'))).toBe('de-DE')
    expect(asked()).toBe(1)
  })

  test('what the platform tells with the gesture needs no profile', async () => {
    const asked = tells(async () => ({ zone: null, locale: 'fr' }))
    const { localeOf } = openLocales(at.parley)
    expect(await localeOf({ ...someone('UTOLD'), locale: 'de' })).toBe('de')
    expect(asked()).toBe(0)
  })
})

describe('refused', () => {
  test('a platform that takes its time is not waited for; the next words are in the right language', async () => {
    const late = Promise.withResolvers<Profile>()
    tells(() => late.promise)
    const { localeOf, settled } = openLocales(at.parley, { firstMs: 1 })
    expect(await localeOf(someone('ULATE'))).toBeUndefined()
    late.resolve({ zone: null, locale: 'de-AT' })
    await settled()
    expect(await localeOf(someone('ULATE'))).toBe('de-AT')
  })

  test('a platform that tells nothing, or fails, leaves English', async () => {
    for (const [userId, profile] of [
      ['UNONE', async () => null],
      ['UFAIL', async () => Promise.reject(new Error('no'))],
    ] as const) {
      tells(profile)
      const { localeOf } = openLocales(at.parley, { firstMs: 60_000 })
      expect(await localeOf(someone(userId))).toBeUndefined()
    }
  })
})
