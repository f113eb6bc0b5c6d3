/**
 * What every format promises whatever it is made of, read back by a program that is not ours: DuckDB.
 * https://duckdb.org/docs/stable/clients/node_neo/overview
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { plainPrompt } from '../../src/exports/formats/content.ts'
import { formats } from '../../src/exports/formats/formats.ts'
import type { FormatName } from '../../src/exports/formats/names.ts'
import { pairStrategies } from '../../src/exports/options.ts'
import { hostile, startGround } from './format.ts'
import {
  addAnswer,
  addRecord,
  answer,
  bothBad,
  makeDataset,
  ranked,
  ranking,
  readRows,
  readText,
} from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
let duck: DuckDBInstance
let dataset: Dataset

const questions = [
  ranking,
  answer,
  { type: 'rating', name: 'helpful', title: 'Helpful?', of: 'outputs', required: false },
]
/** The same six records and their answers, whatever the outputs are called. */
async function fill([a, b, c]: readonly [string, string, string], texts: readonly string[]) {
  const made = await makeDataset(ground.parley, { questions })
  const outputs = [a, b, c].map((id, at) => ({ id, text: texts[at] }))
  const said = (...levels: (string | string[])[]) => ({
    ...ranked(...levels),
    answer: `${hostile} said`,
    helpful: { [a]: 5, [b]: 1 },
  })
  const votes = [
    [said(a, b, c), said(a, b, c), said(b, [a, c])],
    [said([a, b], c), said([a, b, c])],
    [said(c, b, a), bothBad],
    [],
    [said(b, a, c)],
    [said(a, c, b), said(a, b, c), said(c, a, b)],
  ]
  for (const [at, values] of votes.entries())
    await ground.answered(made, values, {
      external_id: `r${at}`,
      fields: { prompt: `${hostile} ${Math.floor(at / 2)}` },
      outputs,
      metadata: at % 2 ? { lang: 'de' } : { lang: 'en', n: at },
    })
  return made
}

beforeAll(async () => {
  ground = await startGround()
  duck = await DuckDBInstance.create(':memory:')
  dataset = await fill(['a', 'b', 'c'], [`first ${hostile}`, 'second', 'third'])
})
afterAll(async () => {
  duck.closeSync()
  await ground.close()
})

async function query(sql: string) {
  const connection = await duck.connect()
  try {
    const reader = await connection.runAndReadAll(sql)
    return { columns: reader.columnNames(), rows: reader.getRowObjectsJson() }
  } finally {
    connection.closeSync()
  }
}

const all = Object.keys(formats).filter((name): name is FormatName => name in formats)
const lines = all.filter(
  (as) =>
    // Of three outputs there is no battle: arena has its own records, in arena.test.ts and scripts/real.
    !['arena', 'csv', 'llama-factory', 'argilla', 'argilla-flat'].includes(as),
)
const tables = all.filter((as) => formats[as].takes.some((flag) => flag === 'parquet'))

describe('happy: a second reader finds what was written', () => {
  test.each(lines)('%s as JSON lines: as many rows, the same keys in each', async (as) => {
    const { path, counts } = await ground.export(dataset, as, `${as}.jsonl`)
    expect(counts.emitted).toBeGreaterThan(0)
    const { rows } = await query(
      `select count(*)::int as n from read_json('${path}', format = 'newline_delimited')`,
    )
    expect(rows).toEqual([{ n: counts.emitted }])
    const keys = readRows(path).map((row) => Object.keys(row).join())
    // An answer to a public post says so, which is the one key of raw that comes and goes.
    expect(new Set(keys).size).toBe(1)
  })

  test.each(tables)('%s as Parquet: the rows of the JSON lines, value by value', async (as) => {
    const plain = await ground.export(dataset, as, `${as}-again.jsonl`)
    const { path } = await ground.export(dataset, as, `${as}.parquet`)
    const { rows } = await query(`select * from '${path}'`)
    expect(rows).toEqual(readRows(plain.path))
  })

  test("argilla's flat columns are one table", async () => {
    const { path, counts } = await ground.export(dataset, 'argilla-flat', 'flat')
    const { columns, rows } = await query(
      `select * from read_json('${join(path, 'train.jsonl')}', format = 'newline_delimited')`,
    )
    expect(rows).toHaveLength(counts.emitted)
    expect(columns).toEqual(
      expect.arrayContaining(['id', 'prompt', 'response3', 'preference.responses', 'lang', 'n']),
    )
  })
})

describe('happy: a column has one type, whatever numbers happen to stand in it', () => {
  /** Two records with everybody's answers: all numbers whole, or none. */
  async function numbers(isWhole: boolean): Promise<Dataset> {
    const made = await makeDataset(ground.parley, { questions })
    const votes = isWhole ? ['ab', 'ab', 'ab'] : ['ab', 'ab', 'ba']
    for (const id of ['r1', 'r2']) {
      const added = await addRecord(ground.parley, made, {
        external_id: id,
        fields: { prompt: `Question ${id}` },
        outputs: ['a', 'b'].map((name) => ({ id: name, text: `output ${name}` })),
        suggestions: { answer: { value: 'so', score: isWhole ? 1 : 0.25, agent: 'm' } },
      })
      for (const [place, vote] of votes.entries())
        await addAnswer(ground.parley, made, added, {
          labeler: ground.people[place] ?? '',
          values: { ...ranked(...vote), answer: 'so', helpful: { a: 5, b: 1 } },
          seconds: isWhole ? 12 : 12.5,
        })
    }
    return made
  }

  test.each(lines)('%s', async (as) => {
    const types = []
    for (const isWhole of [true, false]) {
      const made = await numbers(isWhole)
      const { path, counts } = await ground.export(made, as, `numbers-${as}.jsonl`)
      expect(counts.emitted).toBeGreaterThan(0)
      const { rows } = await query(`describe select * from read_json('${path}')`)
      types.push(Object.fromEntries(rows.map((row) => [row['column_name'], row['column_type']])))
      for (const name of ['margin', 'weight', 'seconds', 'score'])
        expect(readText(path)).not.toMatch(new RegExp(`"${name}": ?-?\\d+[,}]`))
    }
    expect(types[0]).toEqual(types[1])
  })

  test.each(['argilla', 'argilla-flat'] as const)('%s', async (as) => {
    for (const isWhole of [true, false]) {
      const { path } = await ground.export(await numbers(isWhole), as, `numbers-${as}`)
      const [data = ''] = formats[as].files
      const scores = /score": ?(?!null)([^,}]+)/g
      const found = [...readText(join(path, data)).matchAll(scores)].map(([, score]) => score)
      expect(found).toEqual(isWhole ? ['1.0', '1.0'] : ['0.25', '0.25'])
      const kept = [...readText(join(path, 'parley.json')).matchAll(/"seconds":([^,}]+)/g)]
      expect(new Set(kept.map(([, seconds]) => seconds))).toEqual(
        new Set(isWhole ? ['12.0'] : ['12.5']),
      )
    }
  })
})

describe('twice: the same state and flags', () => {
  test.each(all)('%s is the same bytes, and its counts reconcile', async (as) => {
    const [one, two] = [
      await ground.export(dataset, as, `one-${as}`.replace(/$/, endingOf(as))),
      await ground.export(dataset, as, `two-${as}`.replace(/$/, endingOf(as))),
    ]
    expect(bytesIn(two.path)).toEqual(bytesIn(one.path))
    expect(two.counts).toEqual(one.counts)
  })

  test('what outputs are called changes no row', async () => {
    const renamed = await fill(['z', 'm', '0'], [`first ${hostile}`, 'second', 'third'])
    for (const as of ['preference', 'reward', 'kto', 'nemo', 'openai-dpo'])
      for (const pairs of as === 'kto' ? [undefined] : pairStrategies) {
        const flags = pairs ? { pairs } : {}
        const one = await ground.export(dataset, as, 'named.jsonl', flags)
        const before = readRows(one.path)
        const two = await ground.export(renamed, as, 'renamed.jsonl', flags)
        expect(readRows(two.path)).toEqual(before)
        expect(two.counts).toEqual(one.counts)
      }
  })
})

describe('happy: groups and halves', () => {
  test('pairs of one ranking say which it is and share one weight', async () => {
    for (const labelers of ['consensus', 'each']) {
      const { path } = await ground.export(dataset, 'preference', 'groups.jsonl', {
        pairs: 'all',
        labelers,
      })
      const groups = Map.groupBy(readRows(path), (row) => row['group'])
      for (const [group, rows] of groups) {
        expect(String(group)).toMatch(labelers === 'each' ? /^r\d\/p/ : /^r\d$/)
        const sum = rows.reduce((total, row) => total + Number(row['weight']), 0)
        expect(sum).toBeCloseTo(1)
      }
    }
  })

  test.each(['preference', 'reward', 'sft', 'kto'])('no prompt of %s is in both', async (as) => {
    for (const seed of [0, 1, 2, 3]) {
      const { path } = await ground.export(dataset, as, `split-${as}-${seed}`, { split: 0.5, seed })
      const [train, test] = ['train', 'test'].map((half) => {
        const rows = readRows(join(path, `${half}.jsonl`))
        return new Set(rows.map((row) => plainPrompt(row['prompt'])))
      })
      expect([...(train ?? [])].filter((prompt) => test?.has(prompt))).toEqual([])
    }
  })
})

function endingOf(as: FormatName): string {
  if (['llama-factory', 'argilla', 'argilla-flat'].includes(as)) return ''
  return as === 'csv' ? '.csv' : '.jsonl'
}

function bytesIn(path: string): Record<string, string> {
  if (!statSync(path).isDirectory()) return { '': readFileSync(path, 'latin1') }
  const names = readdirSync(path, { recursive: true }).map(String)
  const files = names.filter((name) => !statSync(join(path, name)).isDirectory())
  return Object.fromEntries(
    files.map((name): [string, string] => [name, readFileSync(join(path, name), 'latin1')]),
  )
}
