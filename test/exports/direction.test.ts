/** The better output is the chosen one: checked on problems with a known truth (see PROVENANCE there). */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { cleo, makeDataset, ranking, readRows } from './ground.ts'

const file = fileURLToPath(new URL('../../../shared/data/gsm8k_test1319_x4.jsonl', import.meta.url))
const isAbsent = !existsSync(file)
const Answered = z.object({
  outputs: z.array(z.object({ id: z.string(), metadata: z.object({ is_correct: z.boolean() }) })),
})
type Problem = { id: string; prompt: string; candidates: { text: string; is_correct: boolean }[] }

let at: TestParley
let folder: string
let problems: Problem[]

describe.skipIf(isAbsent)(
  'happy: direction, on GSM8K (skipped where the shared data is absent)',
  () => {
    beforeAll(async () => {
      at = await startParley()
      folder = mkdtempSync(join(tmpdir(), 'parley-direction-'))
      problems = readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    })
    afterAll(async () => {
      await at.close()
      rmSync(folder, { recursive: true, force: true })
    })

    test('of labelers who are right 95 times in 100, about 95 of 100 strict pairs choose the right one', async () => {
      const { parley } = at
      const dataset = await makeDataset(parley, { questions: [ranking] })
      await importRecords(parley, cleo, { dataset: dataset.name, source: [readFileSync(file)] })
      const plain = join(folder, 'records.jsonl')
      await exportToFile(parley, cleo, { dataset: dataset.name, as: 'records', to: plain })
      const random = seeded(7)
      const answered = readRows(plain).map((row) => {
        const { outputs } = Answered.parse(row)
        const ballots = ['ana', 'ben', 'cat'].map((labeler) => ballot(labeler, outputs, random))
        return JSON.stringify({ ...row, responses: ballots })
      })
      const report = await importAnswers(parley, cleo, {
        dataset: dataset.name,
        source: [Buffer.from(`${answered.join('\n')}\n`)],
      })
      expect(report.refused).toMatchObject({ count: 0 })

      const truth = new Map(
        problems.map(({ prompt, candidates }) => [
          prompt,
          new Map(candidates.map(({ text, is_correct: isCorrect }) => [text, isCorrect])),
        ]),
      )
      const shareOf = async (flags: { [name: string]: string }) => {
        const to = join(folder, 'out.jsonl')
        const { counts } = await exportToFile(parley, cleo, {
          dataset: dataset.name,
          as: 'preference',
          flags: { shape: 'text', ...flags },
          to,
        })
        const dropped = Object.values(counts.dropped).reduce((sum, n) => sum + n, 0)
        expect(counts.emitted + dropped).toBe(counts.candidates)
        const right = readRows(to).map(({ prompt, chosen, rejected }) => {
          const known = truth.get(String(prompt))
          const isRight = known?.get(String(chosen))
          expect(isRight).not.toBe(known?.get(String(rejected)))
          return isRight ? 1 : 0
        })
        expect(right.length).toBeGreaterThan(500)
        return right.reduce<number>((sum, n) => sum + n, 0) / right.length
      }
      // Each labeler turns the whole ranking around one time in twenty.
      const each = await shareOf({ labelers: 'each', pairs: 'all' })
      expect(each).toBeGreaterThan(0.93)
      expect(each).toBeLessThan(0.97)
      // Two of three must be wrong together: 3 * 0.05^2 * 0.95 + 0.05^3 = 0.7 %.
      expect(await shareOf({})).toBeGreaterThan(0.98)
      expect(await shareOf({ labelers: 'majority', pairs: 'all' })).toBeGreaterThan(0.98)
      expect(await shareOf({ labelers: 'unanimous', pairs: 'all' })).toBeGreaterThan(0.99)
    }, 120_000)
  },
)

/** Right outputs above wrong ones, or the other way round one time in twenty. */
function ballot(
  labeler: string,
  outputs: readonly { id: string; metadata: { is_correct: boolean } }[],
  random: () => number,
) {
  const isWrong = random() < 0.05
  const levels = outputs.map(({ metadata }) => (metadata.is_correct !== isWrong ? 1 : 2))
  const isLevel = new Set(levels).size === 1
  const ranks = Object.fromEntries(outputs.map(({ id }, n) => [id, isLevel ? 1 : levels[n]]))
  return {
    labeler,
    platform: 'slack',
    repeat: 0,
    status: 'submitted',
    reason: null,
    revision: 1,
    counted: true,
    values: { preference: { mode: 'full', ranks, all_unacceptable: false } },
    shown: { order: outputs.map(({ id }) => id), expanded: [], suggestions: false, at: null },
    seconds: 9,
    submitted_at: '2026-03-02T09:00:00.000Z',
    schema_version: 1,
    guidelines_version: 1,
    flags: [],
  }
}

/** Numerical Recipes' generator: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
