/** Thumbs that are switched, put and taken back, in whatever order the events come. */
import { describe, expect, test } from 'vitest'
import {
  applyChange,
  type Change,
  momentOf,
  type Thumbs,
  verdictOf,
} from '../../src/feedback/thumbs.ts'
import { randomOf } from '../support/random.ts'
import { shuffled } from './ground.ts'

type Event = [Change, string]
const at = (seconds: number) =>
  momentOf(`2026-12-01T09:00:${String(seconds).padStart(2, '0')}Z`) ?? ''
const standing = (...events: Event[]) =>
  verdictOf(
    events.reduce<Thumbs>((thumbs, [change, when]) => applyChange(thumbs, change, when), {}),
  )

describe('happy: what stands', () => {
  test('the latest switch, by its own time', () => {
    const events: Event[] = [
      [{ set: 'up' }, at(1)],
      [{ set: 'down', reason: 'wrong' }, at(3)],
      [{ set: 'up' }, at(2)],
    ]
    expect(standing(...events)).toEqual({ verdict: 'down', reason: 'wrong', at: at(3) })
    expect(standing(...events, [{ set: null }, at(4)])).toEqual({
      verdict: null,
      reason: null,
      at: at(4),
    })
  })

  test('a reaction taken back leaves the other one standing', () => {
    const events: Event[] = [
      [{ put: 'down' }, at(1)],
      [{ put: 'up' }, at(2)],
      [{ take: 'down' }, at(3)],
    ]
    expect(standing(...events).verdict).toBe('up')
    expect(standing(...events, [{ take: 'up' }, at(4)]).verdict).toBeNull()
    expect(
      standing([{ put: 'up' }, at(1)], [{ put: 'down' }, at(2)], [{ take: 'down' }, at(3)]).verdict,
    ).toBe('up')
  })

  test('at the same moment it is decided the same whichever came first', () => {
    const both: Event[] = [
      [{ set: 'up' }, at(1)],
      [{ set: 'down' }, at(1)],
    ]
    expect(standing(...both)).toEqual(standing(...both.toReversed()))
    expect(standing(...both).verdict).toBe('down')
    const reasons: Event[] = [
      [{ set: 'down', reason: 'a' }, at(1)],
      [{ set: 'down', reason: 'b' }, at(1)],
      [{ set: null }, at(1)],
    ]
    expect(standing(...reasons)).toEqual(standing(...reasons.toReversed()))
    expect(standing(...reasons).reason).toBe('b')
  })

  test('any order and any repeats of the same events give the same', () => {
    const random = randomOf(7)
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
    for (let round = 0; round < 200; round++) {
      const events = Array.from({ length: 12 }, (): Event => {
        const thumb = pick(['up', 'down'] as const)
        const change = pick<Change>([
          { set: thumb, reason: pick(['x', 'y', undefined]) },
          { set: null },
          { put: thumb },
          { take: thumb },
        ])
        return [change, at(Math.floor(random() * 5))]
      })
      const wanted = standing(...events)
      expect(standing(...shuffled([...events, ...events], random))).toEqual(wanted)
    }
  })
})

describe('happy: moments', () => {
  test('are read with their offset, to the microsecond', () => {
    expect(momentOf('2026-12-01T09:30:00+01:00')).toBe('2026-12-01T08:30:00.000000Z')
    expect(momentOf('2026-12-01T09:30:00.083113Z')).toBe('2026-12-01T09:30:00.083113Z')
    expect(momentOf('2026-12-01T09:30:00.1234567Z')).toBe('2026-12-01T09:30:00.123456Z')
  })
})

describe('refused: moments', () => {
  test.each([
    '',
    'yesterday',
    '2026-12-01',
    '2026-12-01T09:30:00',
    '2026-13-01T09:30:00Z',
    '1764581400',
  ])('%s is none', (text) => expect(momentOf(text)).toBeNull())
})
