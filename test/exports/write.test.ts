/** An admin asks for an export and gets a file a trainer reads, whole or not at all. */
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { getExport } from '../../src/exports/job/export.ts'
import { startExport } from '../../src/exports/job/start.ts'
import { sweepExports, writeExport } from '../../src/exports/job/write.ts'
import type { Manifest } from '../../src/exports/manifest.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import type { Person } from '../../src/labelers/person.ts'
import type { Actor } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import {
  addAnswer,
  addRecord,
  answer,
  bothBad,
  cleo,
  makeDataset,
  makeLabelers,
  ranked,
  readRows,
  readText,
} from './ground.ts'

const admin: Person = { platform: 'slack', workspace: 'T1', userId: 'UCLEO' }
let at: TestParley
let folder: string
let labelers: string[]

beforeAll(async () => {
  at = await startParley()
  labelers = await makeLabelers(at.parley, 4)
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-export-'))
  return () => rmSync(folder, { recursive: true, force: true })
})
afterAll(() => at.close())

/** Three people rank one record of three outputs: a > b > c twice, and once b > a = c. */
async function threeVotes(more: { [key: string]: unknown } = {}) {
  const dataset = await makeDataset(at.parley, more)
  const record = await addRecord(at.parley, dataset)
  const [ana = '', ben = '', cat = ''] = labelers
  await addAnswer(at.parley, dataset, record, { labeler: ana, values: ranked('a', 'b', 'c') })
  await addAnswer(at.parley, dataset, record, { labeler: ben, values: ranked('a', 'b', 'c') })
  await addAnswer(at.parley, dataset, record, { labeler: cat, values: ranked('b', ['a', 'c']) })
  return { dataset, record }
}

async function exported(
  dataset: Dataset,
  as: string,
  flags: { [name: string]: unknown } = {},
  name = 'out.jsonl',
) {
  const path = join(folder, name)
  const done = await exportToFile(at.parley, cleo, { dataset: dataset.name, as, flags, to: path })
  const manifest: Manifest = JSON.parse(
    readFileSync(join(dirname(path), `.${basename(path)}.manifest.json`), 'utf8'),
  )
  expect(manifest).toEqual(done.manifest)
  const dropped = Object.values(manifest.counts.dropped).reduce((sum, n) => sum + n, 0)
  expect(manifest.counts.emitted + dropped).toBe(manifest.counts.candidates)
  return { path, manifest }
}

describe('happy: the formats', () => {
  test('raw says everything of every answer, in the order of keys that is promised', async () => {
    const { dataset } = await threeVotes()
    const { path, manifest } = await exported(dataset, 'raw')
    const rows = readRows(path)
    expect(rows).toHaveLength(3)
    expect(manifest.counts).toEqual({ candidates: 3, emitted: 3, dropped: {} })
    const [first] = rows
    expect(Object.keys(first ?? {})).toEqual([
      'format',
      'dataset',
      'record',
      'labeler',
      'platform',
      'repeat',
      'status',
      'reason',
      'revision',
      'counted',
      'values',
      'shown',
      'seconds',
      'submitted_at',
      'schema_version',
      'guidelines_version',
      'flags',
    ])
    expect(first).toMatchObject({
      format: 1,
      dataset: dataset.name,
      record: {
        external_id: 'r1',
        status: 'completed',
        fields: { prompt: 'Why is the sky blue?' },
        metadata: {},
        suggestions: {},
      },
      platform: 'slack',
      repeat: 0,
      status: 'submitted',
      reason: null,
      revision: 1,
      counted: true,
      shown: { order: ['b', 'a', 'c'], expanded: [], suggestions: false },
      seconds: 12.5,
      submitted_at: '2026-03-02T09:00:00.000Z',
      flags: [],
    })
    const names = rows.map((row) => String(row['labeler']))
    expect(names).toEqual(names.toSorted())
    expect(names.every((name) => /^p[0-9a-f]{4}-[0-9a-f]{20}$/.test(name))).toBe(true)
  })

  test('raw has drafts, skips and replaced answers, and marks what is surplus', async () => {
    const dataset = await makeDataset(at.parley)
    const record = await addRecord(at.parley, dataset)
    const [ana = '', ben = '', cat = '', dan = ''] = labelers
    await addAnswer(at.parley, dataset, record, {
      labeler: ana,
      values: ranked('a', 'b', 'c'),
      before: [ranked('c', 'b', 'a')],
    })
    await addAnswer(at.parley, dataset, record, { labeler: ben, status: 'draft' })
    await addAnswer(at.parley, dataset, record, {
      labeler: cat,
      status: 'discarded',
      reason: 'unclear',
    })
    await addAnswer(at.parley, dataset, record, {
      labeler: dan,
      values: bothBad,
      counted: false,
      flags: ['fast', 'late'],
    })
    const { path } = await exported(dataset, 'raw')
    const said = readRows(path).map(({ status, revision, counted, reason, flags }) =>
      JSON.stringify([status, revision, counted, reason, flags]),
    )
    expect(said.toSorted()).toEqual([
      '["discarded",1,false,"unclear",[]]',
      '["draft",1,false,null,[]]',
      '["submitted",1,false,null,["late","surplus","fast"]]',
      '["submitted",1,false,null,[]]',
      '["submitted",2,true,null,[]]',
    ])
  })

  test('records holds every record once, also those that nobody has answered', async () => {
    const { dataset } = await threeVotes()
    await addRecord(at.parley, dataset, { external_id: 'r0', priority: 3 })
    const { path, manifest } = await exported(dataset, 'records')
    const [first, second] = readRows(path)
    expect(first).toMatchObject({ format: 1, external_id: 'r0', priority: 3, responses: [] })
    expect(second).toMatchObject({ external_id: 'r1', status: 'completed' })
    expect(second?.['responses']).toHaveLength(3)
    expect(manifest.counts.emitted).toBe(2)
  })

  test('preference is the best and the worst of the consensus, as messages or as text', async () => {
    const { dataset } = await threeVotes()
    const { path, manifest } = await exported(dataset, 'preference')
    expect(readRows(path)).toEqual([
      {
        prompt: [{ role: 'user', content: 'Why is the sky blue?' }],
        chosen: [{ role: 'assistant', content: 'Scattering.' }],
        rejected: [{ role: 'assistant', content: 'Paint.' }],
      },
    ])
    expect(manifest.export.strategies).toMatchObject({ pairs: 'best-worst', labelers: 'consensus' })
    const text = await exported(dataset, 'preference', { shape: 'text' }, 'text.jsonl')
    expect(readRows(text.path)).toEqual([
      { prompt: 'Why is the sky blue?', chosen: 'Scattering.', rejected: 'Paint.' },
    ])
  })

  test('each labeler on their own gives one row each, all pairs give more, ties are counted', async () => {
    const { dataset } = await threeVotes()
    const each = await exported(dataset, 'preference', { labelers: 'each' })
    expect(each.manifest.counts).toEqual({ candidates: 3, emitted: 3, dropped: {} })
    const all = await exported(dataset, 'preference', { labelers: 'each', pairs: 'all' })
    expect(all.manifest.counts).toEqual({ candidates: 9, emitted: 8, dropped: { tie: 1 } })
  })

  test('sft is what people wrote; context is the system prompt unless the dataset says otherwise', async () => {
    const fields = [
      { name: 'context', title: 'Context', required: false },
      { name: 'prompt', title: 'Prompt' },
    ]
    const dataset = await makeDataset(at.parley, { fields, questions: [answer] })
    const record = await addRecord(at.parley, dataset, {
      fields: { prompt: 'What is it?', context: 'Be brief.' },
    })
    await addAnswer(at.parley, dataset, record, {
      labeler: labelers[0] ?? '',
      values: { answer: 'A text with "quotes", a \\ and a \u2028.' },
    })
    const { path } = await exported(dataset, 'sft')
    expect(readRows(path)).toEqual([
      {
        prompt: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'What is it?' },
        ],
        completion: [{ role: 'assistant', content: 'A text with "quotes", a \\ and a \u2028.' }],
      },
    ])
    expect(readText(path)).toContain('\\u2028')
    const mapped = await makeDataset(at.parley, {
      fields,
      questions: [answer],
      export: { prompt: [{ user: 'Given $context, say: $prompt' }], completion: '$answer' },
    })
    const other = await addRecord(at.parley, mapped, {
      fields: { prompt: 'What is it?', context: 'a law' },
    })
    await addAnswer(at.parley, mapped, other, {
      labeler: labelers[0] ?? '',
      values: { answer: 'So.' },
    })
    const said = await exported(mapped, 'sft', { shape: 'text' }, 'mapped.jsonl')
    expect(readRows(said.path)).toEqual([
      { prompt: 'Given a law, say: What is it?', completion: 'So.' },
    ])
  })

  test('a name that ends in .gz is packed, and the manifest says the sum of what is on disk', async () => {
    const { dataset } = await threeVotes()
    const { path, manifest } = await exported(dataset, 'raw', {}, 'out.jsonl.gz')
    expect(readRows(path)).toHaveLength(3)
    const sum = createHash('sha256').update(readFileSync(path)).digest('hex')
    expect(manifest.files).toEqual([{ name: 'out.jsonl.gz', rows: 3, sha256: sum }])
  })

  test('a split is a folder with train and test, no prompt in both, its manifest beside it', async () => {
    const dataset = await makeDataset(at.parley, { questions: [answer] })
    for (let n = 0; n < 40; n += 1) {
      const prompt = n % 2 ? `Question ${Math.floor(n / 2)}` : `  question  ${n / 2}`
      const record = await addRecord(at.parley, dataset, {
        external_id: `r${n}`,
        fields: { prompt },
      })
      await addAnswer(at.parley, dataset, record, {
        labeler: labelers[0] ?? '',
        values: { answer: 'So.' },
      })
    }
    const { path, manifest } = await exported(dataset, 'sft', { split: 0.5, seed: 3 }, 'halves')
    expect(readdirSync(path).toSorted()).toEqual(['test.jsonl', 'train.jsonl'])
    expect(readdirSync(folder).toSorted()).toEqual(['.halves.manifest.json', 'halves'])
    const halves = ['train', 'test'].map((half) => {
      const rows = readRows(join(path, `${half}.jsonl`))
      return new Set(
        rows.map((row) => JSON.stringify(row['prompt']).toLowerCase().replaceAll(' ', '')),
      )
    })
    const [train = new Set(), test = new Set()] = halves
    expect(train.size + test.size).toBe(20)
    expect([...train].filter((prompt) => test.has(prompt))).toEqual([])
    expect(manifest.files.map(({ name }) => name)).toEqual([
      'halves/train.jsonl',
      'halves/test.jsonl',
    ])
    await exported(dataset, 'sft', { split: 0.5, seed: 3 }, 'halves')
  })

  test('a dry run counts and writes nothing; a stream gets the lines alone', async () => {
    const { dataset } = await threeVotes()
    const input = { dataset: dataset.name, as: 'preference' }
    const to = join(folder, 'nothing.jsonl')
    const dry = await exportToFile(at.parley, cleo, { ...input, to, dryRun: true })
    expect(dry.counts).toEqual({ candidates: 1, emitted: 1, dropped: {} })
    expect(readdirSync(folder)).toEqual([])
    const stream = new PassThrough()
    await exportToFile(at.parley, cleo, { ...input, to: stream })
    expect(JSON.parse(String(stream.read())).chosen).toHaveLength(1)
  })
})

describe('refused: what does not train', () => {
  test('drafts, skips, surplus, gold, repeats, the same person twice and excluded ones, by reason', async () => {
    const dataset = await makeDataset(at.parley, { questions: [answer] })
    const people = await makeLabelers(at.parley, 9)
    const record = await addRecord(at.parley, dataset)
    const values = { answer: 'So.' }
    const kinds = [
      { values },
      { values: { answer: '  ' } },
      { values, status: 'draft' as const },
      { status: 'discarded' as const, reason: 'unclear' },
      { values, counted: false },
      ...['gold', 'repeat', 'same_person', 'excluded'].map((flag) => ({ values, flags: [flag] })),
    ]
    for (const [n, kind] of kinds.entries())
      await addAnswer(at.parley, dataset, record, { labeler: people[n] ?? '', ...kind })
    const { manifest } = await exported(dataset, 'sft')
    expect(manifest.counts).toEqual({
      candidates: 9,
      emitted: 1,
      dropped: {
        discarded: 1,
        draft: 1,
        excluded: 1,
        gold: 1,
        repeat: 1,
        same_person: 1,
        surplus: 1,
        unanswered: 1,
      },
    })
  })

  test('records that most found unacceptable, that nobody answered, or that --keep leaves out', async () => {
    const { dataset } = await threeVotes()
    const [ana = '', ben = ''] = labelers
    const bad = await addRecord(at.parley, dataset, { external_id: 'bad' })
    await addAnswer(at.parley, dataset, bad, { labeler: ana, values: bothBad })
    await addAnswer(at.parley, dataset, bad, { labeler: ben, values: ranked('a', 'b', 'c') })
    await addRecord(at.parley, dataset, { external_id: 'new' })
    await addRecord(at.parley, dataset, { external_id: 'other', metadata: { lang: 'de' } })
    const found = await exported(dataset, 'preference')
    expect(found.manifest.counts).toEqual({
      candidates: 4,
      emitted: 1,
      dropped: { both_bad: 1, unanswered: 2 },
    })
    const kept = await exported(dataset, 'preference', { keep: 'lang == "de"' })
    expect(kept.manifest.counts.dropped).toEqual({ not_kept: 3, unanswered: 1 })
    const spelt = await exported(dataset, 'preference', { keep: 'metadata.lang == de' })
    expect(spelt.manifest.counts).toEqual(kept.manifest.counts)
  })

  test.each([
    ['avro', {}, /There are raw, records, sft/],
    ['preferences', {}, /Did you mean "preference"\?/],
    ['raw', { pairs: 'all' }, /raw does not take this option/],
    ['raw', { split: '0.9' }, /raw does not take this option/],
    ['preference', { pairs: 'some' }, /all, best-worst, best-rest, adjacent/],
    ['preference', { split: '2' }, /between 0 and 1/],
    ['preference', { pair: 'all' }, /no such option. Did you mean "pairs"\?/],
    ['preference', { question: 'preferense' }, /Did you mean "preference"\?/],
    ['preference', { keep: 'mean(clarity) >= 4' }, /mean\(clarity\) at character 1 asks about no/],
    ['preference', { keep: 'mean(preference) > 1' }, /Ask for .*agreement\(preference\)/],
    ['preference', { keep: 'lang == de and agrement(preference) > 0' }, /"agreement"\?/],
    ['preference', { keep: 'votes = 3' }, /character 7. Did you mean "=="\?/],
    ['preference', { keep: 'votes > 1 AND lang == de' }, /AND at character 11. .*"and"\?/],
    [
      'preference',
      { keep: 'votes > 1 and and' },
      /expected the name of a question, found and at character 15\.$/,
    ],
    ['preference', { keep: 'votes > 1 and (lang ==' }, /expected a value, found the end/],
    ['preference', { keep: 'preference == 1' }, /is a question.*metadata.preference/],
    ['preference', { since: 'yesterday' }, /a day such as 2026-03-01/],
    ['preference', { since: '2026-03-02', until: '2026-03-01' }, /Nothing lies between/],
    ['preference', { choice: 'latest' }, /does not take this option/],
    ['sft', { question: 'answer', choice: 'best-rated' }, /no rating of the completion/],
    ['sft', {}, /no text that must be written.* --question: answer\./],
  ])('%s with %j is refused in words that help', async (as, flags, words) => {
    const dataset = await makeDataset(at.parley)
    await expect(
      startExport(at.parley, cleo, { dataset: dataset.name, as, flags }),
    ).rejects.toMatchObject({ code: 'invalid', message: expect.stringMatching(words) })
    expect(at.queue.filter((rung) => rung.payload['exportId'] === dataset.id)).toEqual([])
  })

  test('a name for a file of another kind, and a folder that holds something else', async () => {
    const { dataset } = await threeVotes()
    const input = { dataset: dataset.name, as: 'preference' }
    await expect(
      exportToFile(at.parley, cleo, { ...input, to: join(folder, 'a.arrow') }),
    ).rejects.toThrow(/End the name in .jsonl/)
    await exported(dataset, 'preference', {}, 'x.jsonl')
    await expect(
      exportToFile(at.parley, cleo, { ...input, flags: { split: 0.5 }, to: folder }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(existsSync(join(folder, 'x.jsonl'))).toBe(true)
  })
})

describe('forbidden: exports are the admins’', () => {
  test('a labeler can start none, and none is started', async () => {
    const { dataset } = await threeVotes()
    const ana: Actor = { type: 'labeler', labeler: { id: '1', consentVersion: 1, person: admin } }
    const before = at.queue.length
    const input = { dataset: dataset.name, as: 'raw' }
    await expect(startExport(at.parley, ana, input)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(exportToFile(at.parley, ana, input)).rejects.toMatchObject({ code: 'forbidden' })
    expect(at.queue.length).toBe(before)
  })
})

describe('happy: an export as a job', () => {
  test('the admin sees its progress in one message and gets the files, privately', async () => {
    const { dataset } = await threeVotes()
    const started = await startExport(at.parley, cleo, {
      dataset: dataset.name,
      as: 'preference',
      requestedBy: admin,
    })
    await at.parley.settled()
    expect(at.queue.at(-1)).toEqual({ name: 'write-export', payload: { exportId: started.id } })
    const before = at.sent.length
    await writeExport(at.parley, started.id)
    const sent = at.sent.slice(before)
    expect(sent.map(({ reply }) => reply.type)).toEqual(['export-progress', 'file', 'file'])
    const [progress, file, manifest] = sent
    expect(progress?.to).toMatchObject({ userId: 'UCLEO' })
    // The files go where that message stands: into her own conversation.
    for (const one of [file, manifest])
      expect(one?.to).toMatchObject({ channelId: progress?.delivered.channel })
    expect(progress?.repaints.at(-1)).toMatchObject({ progress: { state: 'done', rows: 1 } })
    const path = file?.reply.type === 'file' ? file.reply.path : ''
    expect(readRows(path)).toHaveLength(1)
    expect(manifest?.reply).toMatchObject({
      name: `${dataset.name}-preference.jsonl.manifest.json`,
    })
    const done = await getExport(at.parley, started.id)
    expect(done).toMatchObject({ state: 'done', rows: 1 })
    const audit = await at.parley.db
      .selectFrom('audit')
      .selectAll()
      .where('act', '=', 'export')
      .execute()
    expect(audit.map((row) => row.dataset)).toContain(dataset.name)
  })

  test('an export that its dataset no longer allows fails, and the admin is notified', async () => {
    const { dataset } = await threeVotes()
    const { id } = await startExport(at.parley, cleo, {
      dataset: dataset.name,
      as: 'preference',
      requestedBy: admin,
    })
    const { questions: _, ...rest } = dataset.document
    await at.parley.db
      .updateTable('datasets')
      .set({ document: JSON.stringify({ ...rest, questions: [answer] }) })
      .where('id', '=', dataset.id)
      .execute()
    const before = at.sent.length
    await expect(writeExport(at.parley, id)).rejects.toMatchObject({ code: 'invalid' })
    expect(await getExport(at.parley, id)).toMatchObject({ state: 'failed' })
    const last = at.sent.slice(before).at(-1)
    expect(last?.repaints.at(-1)).toMatchObject({
      progress: { state: 'failed', problem: expect.stringMatching(/no ranking/) },
    })
  })
})

describe('twice: nothing is written, sent or named two times', () => {
  test('the same state and flags give the same bytes', async () => {
    const { dataset } = await threeVotes()
    for (const as of ['raw', 'records', 'preference']) {
      const one = await exported(dataset, as, {}, `${as}-1.jsonl`)
      const two = await exported(dataset, as, {}, `${as}-2.jsonl`)
      expect(readText(two.path)).toBe(readText(one.path))
    }
  })

  test('an export asked for twice at once is one', async () => {
    const { dataset } = await threeVotes()
    const input = { dataset: dataset.name, as: 'raw', requestedBy: admin }
    const [one, two] = await Promise.all([
      startExport(at.parley, cleo, input),
      startExport(at.parley, cleo, input),
    ])
    expect(two.id).toBe(one.id)
  })

  test('a job that runs twice, at once or later, sends its files once', async () => {
    const { dataset } = await threeVotes()
    const { id } = await startExport(at.parley, cleo, {
      dataset: dataset.name,
      as: 'raw',
      requestedBy: admin,
    })
    const before = at.sent.length
    await Promise.all([writeExport(at.parley, id), writeExport(at.parley, id)])
    await writeExport(at.parley, id)
    const files = at.sent.slice(before).filter(({ reply }) => reply.type === 'file')
    expect(files).toHaveLength(2)
  })

  test('when a file cannot be sent, the next attempt sends only what is missing, under its id', async () => {
    const { dataset } = await threeVotes()
    const { id } = await startExport(at.parley, cleo, {
      dataset: dataset.name,
      as: 'raw',
      requestedBy: admin,
    })
    const before = at.sent.length
    const ids: (string | undefined)[] = []
    const listened = (isBroken: boolean) => ({
      ...at.parley,
      send: async (...[to, reply, attempt]: Parameters<typeof at.parley.send>) => {
        if (reply.type === 'file') ids.push(attempt?.id)
        if (isBroken && JSON.stringify(reply).includes('.manifest.json"'))
          throw new Error('Slack is away.')
        return at.parley.send(to, reply)
      },
    })
    await expect(writeExport(listened(true), id)).rejects.toThrow('Slack is away.')
    expect(await getExport(at.parley, id)).toMatchObject({ state: 'written' })
    await writeExport(listened(false), id)
    // By it a platform knows what it took while its answer was lost.
    expect(ids).toEqual([`x${id}.0`, `x${id}.1`, `x${id}.1`])
    const files = at.sent
      .slice(before)
      .flatMap(({ reply }) => (reply.type === 'file' ? reply.name : []))
    expect(files).toEqual([`${dataset.name}-raw.jsonl`, `${dataset.name}-raw.jsonl.manifest.json`])
  })

  test('a worker that was taken over leaves no file of its own', async () => {
    const { dataset } = await threeVotes()
    const { id } = await startExport(at.parley, cleo, { dataset: dataset.name, as: 'raw' })
    // The first worker is held up after its last row; meanwhile its heartbeat grows old.
    const slow = {
      ...at.parley,
      openSnapshot: async () => {
        const snapshot = await at.parley.openSnapshot()
        return {
          ...snapshot,
          close: async () => {
            await snapshot.close()
            if (first) return
            first = true
            at.clock.advance('2 minutes')
            await writeExport(at.parley, id)
          },
        }
      },
    }
    let first = false
    await expect(writeExport(slow, id)).rejects.toThrow(/took this export over/)
    const found = await getExport(at.parley, id)
    expect(found).toMatchObject({ state: 'done', attempt: 2 })
    expect(readdirSync(found.directory ?? '').toSorted()).toEqual([
      `.${dataset.name}-raw.jsonl.manifest.json`,
      `${dataset.name}-raw.jsonl`,
    ])
  })

  test('an export whose ring was lost is rung for again', async () => {
    const { dataset } = await threeVotes()
    const { id } = await startExport(at.parley, cleo, { dataset: dataset.name, as: 'raw' })
    await at.parley.settled()
    at.queue.length = 0
    await sweepExports(at.parley)
    expect(at.queue.filter(({ payload }) => payload['exportId'] === id)).toEqual([])
    at.clock.advance('1 minute')
    await sweepExports(at.parley)
    expect(at.queue).toContainEqual({ name: 'write-export', payload: { exportId: id } })
    await writeExport(at.parley, id)
    at.queue.length = 0
    await sweepExports(at.parley)
    expect(at.queue.filter(({ payload }) => payload['exportId'] === id)).toEqual([])
  })
})
