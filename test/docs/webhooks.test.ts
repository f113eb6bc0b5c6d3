/** The payloads that docs/webhooks.md shows are those that are sent; so are its numbers. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { answerSeconds } from '../../src/webhooks/attempt.ts'
import { defaultOverlapHours } from '../../src/webhooks/change.ts'
import { describeEvent, type EventType, eventTypes, payloadOf } from '../../src/webhooks/event.ts'
import { keepDays } from '../../src/webhooks/make-events.ts'
import { waits } from '../../src/webhooks/schedule.ts'
import { stuckHours } from '../../src/webhooks/stuck.ts'

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text]) =>
  JSON.parse(text ?? ''),
)

describe('happy: docs/webhooks.md', () => {
  test.each(examples.map((one) => [one.type, one]))(
    '%s has the shape of its schema',
    (type, one) => {
      payloadOf(type as EventType)
        .strict()
        .parse(one)
    },
  )

  test('every event is listed, and all but the like of another have an example', () => {
    for (const type of eventTypes) {
      expect(page).toContain(`| \`${type}\` |`)
      expect(describeEvent(type)).toMatch(/\.$/)
    }
    const shown = examples.map(({ type }) => type)
    expect(eventTypes.filter((type) => !shown.includes(type))).toEqual(['record.reopened'])
  })

  test('its numbers are those of the code', () => {
    expect(waits.map((wait) => wait / 1000)).toEqual([
      ...[5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 8 * 3600, 8 * 3600],
    ])
    expect(page).toContain('5 seconds, 5 and 30 minutes, 2, 5, 8 and 8 hours')
    expect(page).toContain(`within ${answerSeconds} seconds`)
    expect(page).toContain(`skipped for ${stuckHours} hours`)
    expect(page).toContain(`kept for ${keepDays} days`)
    expect(page).toContain(`For ${defaultOverlapHours} hours`)
  })
})
