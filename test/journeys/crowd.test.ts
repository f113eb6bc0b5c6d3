/** Three labelers at once over 80 real prompts with seven outputs each: every count reconciles. */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { describeDataset } from '../../src/datasets/dataset.ts'
import type { Actress, RawLine } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const file = new URL('../../../shared/data/vicuna80_x7.jsonl', import.meta.url)
const hasData = existsSync(file)
const reason = hasData ? '' : ' (skipped: ../shared/data/vicuna80_x7.jsonl is not here)'

const test = slackTest()

/** Ranks what is shown by the place on the card, skips every tenth, until all is done; returns what was confirmed. */
async function workThrough(person: Actress, dataset: string, outputs: number, skipEvery: number) {
  const confirmed = { saved: 0, skipped: 0 }
  await person.joins(dataset)
  await person.presses('Answer in full')
  for (let done = 1; ; done++) {
    const open = person.modal()?.text ?? ''
    if (!open.includes('[Submit]')) {
      expect(open).toContain('All done here.')
      await person.closes()
      return confirmed
    }
    if (done % skipEvery === 0) {
      await person.presses('Skip')
      if (person.modal()?.text.includes('Skipped: no reason given')) confirmed.skipped++
      continue
    }
    for (let place = 0; place < outputs; place++) {
      const rank = (place + done) % outputs
      const words =
        rank === 0 ? '1 (best)' : rank === outputs - 1 ? `${outputs} (worst)` : `${rank + 1}`
      // Rank selects wait in the form: Slack hears nothing until Submit.
      await person.hands.choose(`Rank of ${String.fromCharCode(65 + place)}`, words)
    }
    await person.submits()
    if (person.modal()?.text.includes('Saved:')) confirmed.saved++
  }
}

function ranksOf(line: RawLine): Record<string, number> {
  const value = line.values['preference']
  if (typeof value !== 'object' || value === null || !('ranks' in value)) return {}
  return { ...Object(value.ranks) }
}

describe.skipIf(!hasData)(`happy: 80 real prompts${reason}`, () => {
  test('Ana, Ben and Dee rank balanced blocks of four of seven, and every count agrees', async ({
    journey,
  }) => {
    const { ana, ben, dee, parley } = journey
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    const records: object[] = lines.map((line) => JSON.parse(line))
    const document =
      'name: vicuna\ntemplate: comparison\ntitle: Rank four answers\nmax_shown: 4\ndistribution: { min_submitted: 2 }'
    await journey.dataset(document, records)
    const people = [ana, ben, dee]
    const confirmed = await Promise.all(
      people.map((person, i) => workThrough(person, 'vicuna', 4, 9 + i)),
    )
    const saved = confirmed.reduce((sum, one) => sum + one.saved, 0)
    const skipped = confirmed.reduce((sum, one) => sum + one.skipped, 0)
    expect(skipped).toBeGreaterThan(5)

    const raw = await journey.raw('vicuna')
    const answers = raw.filter(({ status }) => status === 'submitted')
    const skips = raw.filter(({ status }) => status === 'discarded')
    expect(answers).toHaveLength(saved)
    expect(skips).toHaveLength(skipped)
    const twice = new Set(raw.map(({ record, labeler }) => `${record.external_id} ${labeler}`))
    expect(twice.size).toBe(raw.length)

    const perRecord = new Map<string, number>()
    for (const { record, counted } of raw)
      if (counted) perRecord.set(record.external_id, (perRecord.get(record.external_id) ?? 0) + 1)
    expect(Math.max(...perRecord.values())).toBe(2)
    const { counts } = await describeDataset(parley, 'vicuna')
    const full = [...perRecord.values()].filter((count) => count === 2).length
    expect(counts).toMatchObject({
      records: 80,
      completed: full,
      submitted: saved,
      counted: answers.filter(({ counted }) => counted).length,
      discarded: skipped,
    })
    // Whoever is left open was skipped by too many of only three people.
    const skippedOnce = new Set(skips.map(({ record }) => record.external_id))
    for (const line of lines) {
      const id = String(JSON.parse(line).id)
      if ((perRecord.get(id) ?? 0) < 2) expect(skippedOnce).toContain(id)
    }

    for (const line of answers) {
      const ranks = ranksOf(line)
      expect(line.shown.order).toHaveLength(4)
      expect(Object.keys(ranks).sort()).toEqual([...line.shown.order].sort())
      const places = line.shown.order.map((id) => ranks[id])
      expect([...places].sort()).toEqual([1, 2, 3, 4])
    }
    // The blocks: over all counted answers every output is shown nearly as often as any other.
    const shown = new Map<string, number>()
    for (const {
      record,
      shown: { order },
      counted,
    } of answers)
      for (const id of counted ? order : [])
        shown.set(
          `${record.external_id} ${id}`,
          (shown.get(`${record.external_id} ${id}`) ?? 0) + 1,
        )
    expect(Math.max(...shown.values())).toBeLessThanOrEqual(2)
    for (const [id, count] of perRecord)
      if (count === 2)
        expect([...shown.keys()].filter((key) => key.startsWith(`${id} `))).toHaveLength(7)
  })
})
