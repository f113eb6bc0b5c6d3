/** Files given in chat: the worker reads them, says how far it is, and every row is told once. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  cancelImport,
  findGiven,
  startImport,
} from '../../src/chat/gestures/imports/given-import.ts'
import { readImport, sweepImports } from '../../src/chat/gestures/imports/read-import.ts'
import type { GivenFile, ImportProgress } from '../../src/chat/port/port.ts'
import { sayImport } from '../../src/chat/words/say.ts'
import { words } from '../../src/chat/words/words.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { ParleyError, unavailable } from '../../src/errors.ts'
import { undoImport } from '../../src/imports/answers/undo-import.ts'
import { listImports } from '../../src/imports/import-row.ts'
import type { Actor } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const cleo = { platform: 'slack', workspace: 'T1', userId: 'UCLEO' } as const
const admin: Actor = { type: 'admin', name: 'slack:T1:UCLEO' }

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

let files = 0
/** Gives a file of these bytes; what hands them out may be anything. */
async function gives(
  source: () => AsyncIterable<Uint8Array>,
  { name = 'more.jsonl', dataset = '', locale = '' } = {},
): Promise<{ id: string; dataset: string; file: GivenFile }> {
  const { parley } = at
  files += 1
  const named = dataset || `given-${files}`
  if (!dataset)
    await createDataset(parley, admin, {
      document: parseDocument(`name: ${named}\ntemplate: comparison\naccess: everyone`),
    })
  handsOut(source)
  const file = { name, size: 1, ref: `F${files}` }
  const id = await startImport(parley, admin, {
    dataset: named,
    file,
    requestedBy: { ...cleo, ...(locale ? { locale } : {}) },
  })
  return { id, dataset: named, file }
}

function handsOut(openFile: () => AsyncIterable<Uint8Array>) {
  const slack = at.parley.platforms.get('slack')
  if (!slack) throw new Error('Slack is off.')
  at.parley.platforms.set('slack', { ...slack, openFile })
}

const line = (n: number) => `{"id":"k${n}","prompt":"p${n}","outputs":["a","b"]}\n`
const linesTo = (last: number) => Array.from({ length: last }, (_, n) => line(n + 1)).join('')

async function* bytes(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

/** Everything the one message about it said, oldest first. */
function told(id: string): ImportProgress[] {
  return at.sent.flatMap(({ reply, repaints }) =>
    [reply, ...repaints].flatMap((one) =>
      one.type === 'import-progress' && one.progress.importId === id ? [one.progress] : [],
    ),
  )
}

async function recordsIn(dataset: string): Promise<number> {
  const { total } = await at.parley.db
    .selectFrom('records')
    .innerJoin('datasets', 'datasets.id', 'records.datasetId')
    .select(({ fn }) => fn.countAll<string>().as('total'))
    .where('datasets.name', '=', dataset)
    .executeTakeFirstOrThrow()
  return Number(total)
}

async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let left = 600; !(await holds()); left--) {
    if (left === 0) throw new Error(`${what} did not happen.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('happy', () => {
  test('a gesture only writes down what is to be read; the worker reads it and one message says so', async () => {
    const { parley, queue } = at
    const { id, dataset } = await gives(() => bytes(linesTo(3), '{"prompt": 3\n'))
    await parley.settled?.()
    expect(await recordsIn(dataset)).toBe(0)
    expect(queue.at(-1)).toMatchObject({ name: 'read-import', payload: { importId: id } })
    await readImport(parley, id)
    const [first, last] = [told(id)[0], told(id).at(-1)]
    expect(first).toMatchObject({ state: 'reading', lines: 0 })
    expect(last).toMatchObject({ state: 'done', lines: 4 })
    const said = last ? sayImport(words(undefined), last) : ''
    expect(said).toContain('4 lines read: 3 new, 1 refused.')
    expect(said).toContain('• line 4: ')
    const messages = at.sent.filter(({ reply }) => reply.type === 'import-progress')
    expect(messages).toHaveLength(1)
    const [row] = await listImports(parley, { dataset })
    expect(row).toMatchObject({ id, state: 'done', report: { created: 3, refused: 1 } })
    // How the platform finds the file is forgotten once it was read.
    expect(await findGiven(parley, id)).toMatchObject({ file: null })
    expect(await undoImport(parley, admin, { id })).toMatchObject({ records: 3 })
  })

  test('who reads German reads in German why each line was refused, and what else there is to know', async () => {
    const { parley } = at
    const bad = [
      '{"prompt": "p", "n": NaN}',
      '{"prompt": "p"',
      '[1]',
      '{"outputs": ["a", "b"]}',
      '{"prompt": 5, "outputs": ["a", "b"]}',
      '{"prompt": "p", "outputs": 5}',
      '{"prompt": "p", "outputs": [{"text": "a", "id": true}, "b"]}',
      '{"messages": [{"role": "user", "content": "p", "tool_calls": [{}]}]}',
      '{"id": [], "prompt": "p", "outputs": ["a", "b"]}',
      '{"format": 1, "external_id": "x", "fields": {"prompt": "p"}, "priorty": 3}',
      '{"format": 1, "external_id": "x", "fields": {"frompt": "p"}}',
      '{"format": 1, "external_id": "x", "fields": {"prompt": "p"}, "priority": 12}',
      '{"format": 1, "external_id": "x", "fields": {"prompt": "p"}, "record": 1}',
      '{"format": 1, "external_id": "x", "fields": {"prompt": "p"}, "outputs": [{"id": "a"}]}',
      '{"format": 1, "external_id": "x", "fields": {"prompt": "p"}, "gold": {"preference": {"ranks": {}}}}',
    ]
    const kept = [
      '{"id": "w1", "prompt": "p", "outputs": ["same", "same"]}',
      '{"id": "w2", "prompt": "p", "outputs": ["a"]}',
      '{"id": "w2", "prompt": "p", "outputs": ["", "b"], "system": "s"}',
    ]
    const { id } = await gives(() => bytes([...bad, ...kept].join('\n')), { locale: 'de-AT' })
    await readImport(parley, id)
    const last = told(id).at(-1)
    const said = last ? sayImport(words('de-AT'), last) : ''
    const lines = said.split('\n').filter((one) => one.startsWith('• '))
    expect(lines).toHaveLength(bad.length + 5)
    const english = /\b(is|not|the|a|write|has|with|of|or|it|give|does|known|missing|leave)\b/i
    expect(lines.filter((one) => english.test(one.replace(/[{["„][^\n]*?[}\]"“]/g, '')))).toEqual(
      [],
    )
    expect(lines[0]).toBe(
      '• Zeile 1, n: ist NaN; das schreibt Python, aber JSON kennt es nicht. Schreibe null oder lass es weg: to_json von pandas tut das, json.dumps nicht.',
    )
    expect(lines[3]).toBe(
      '• Zeile 4, fields.prompt: fehlt. Jeder Eintrag dieses Datensatzes hat es; nenne den Schlüssel, in dem es steht, mit npx parley import … --map prompt=KEY.',
    )
    expect(said).toContain('Zeile 10, priorty: „priorty“ ist kein bekannter Schlüssel. Meintest du')
    expect(said).toContain('Zeile 16, outputs.1: sagt dasselbe wie der Text „o1“.')
  })

  test('a file that is cut off or of another kind is told in German too, without the name of a flag', async () => {
    const { parley } = at
    const how = { name: 'more.json', locale: 'de' }
    const cut = await gives(() => bytes(`[${line(1)},`), how)
    await readImport(parley, cut.id)
    const told1 = told(cut.id).at(-1)
    expect(told1 && sayImport(words('de'), told1)).toMatch(
      /^Die JSON-Liste hat kein Ende: die Datei ist abgeschnitten\./,
    )
  })

  test('while a long file is read the message says how far it is; a cancel keeps what was read', async () => {
    const { parley } = at
    const more = Promise.withResolvers<void>()
    const { id, dataset } = await gives(async function* () {
      yield* bytes(linesTo(2500))
      await more.promise
    })
    const reading = readImport(parley, id)
    await until(() => told(id).some(({ lines }) => lines >= 2000), 'How far it is')
    const [soFar] = told(id).filter(({ lines }) => lines >= 2000)
    expect(soFar && sayImport(words(undefined), soFar)).toMatch(
      /“more.jsonl” is being read into “.+”: 2,\d00 lines so far …/,
    )
    await cancelImport(parley, admin, { requestedBy: cleo })
    // The reader notices by itself; the source may never give another byte.
    await reading
    more.resolve()
    expect(told(id).at(-1)).toMatchObject({ state: 'stopped', lines: 2000 })
    const last = told(id).at(-1)
    const said = last ? sayImport(words(undefined), last) : ''
    expect(said).toContain('was cancelled. What was imported before stays.')
    expect(said).toContain('2000 lines read: 2000 new, 0 refused.')
    expect(said).toContain(`npx parley import undo ${id}`)
    expect(await recordsIn(dataset)).toBe(2000)
    await expect(cancelImport(parley, admin, { requestedBy: cleo })).rejects.toThrow(
      'You have no import running.',
    )
  })
})

describe('twice', () => {
  test('a worker is killed in the middle: another goes on, and every row is told once', async () => {
    const { parley, clock, queue, dataDir, database } = at
    const { id, dataset } = await gives(() => bytes(linesTo(5000)))
    const reader = spawn(process.execPath, [
      fileURLToPath(new URL('./import-reader.ts', import.meta.url)),
      ...[database.url, dataDir, id, parley.now().toISOString(), parley.secret, '5000'],
    ])
    let said = ''
    reader.stderr.on('data', (part: Buffer) => {
      said += part
    })
    await Promise.race([once(reader.stdout, 'data'), once(reader, 'exit')])
    expect(said).toBe('')
    await until(async () => (await findGiven(parley, id))?.lines === 2000, 'Two batches')
    reader.kill('SIGKILL')
    await once(reader, 'exit')

    // While its heartbeat is fresh nobody else begins; who looked is rung once it is not.
    clock.advance('12 seconds')
    await readImport(parley, id)
    expect(await findGiven(parley, id)).toMatchObject({ state: 'running', attempt: 1 })
    expect(queue.at(-1)?.delayMs).toBeLessThanOrEqual(31_000)
    clock.advance('31 seconds')
    queue.length = 0
    await sweepImports(parley)
    expect(queue.map(({ payload }) => payload)).toContainEqual({ importId: id })
    await readImport(parley, id)
    expect(await findGiven(parley, id)).toMatchObject({ state: 'done', attempt: 2 })
    expect((await findGiven(parley, id))?.step?.report).toMatchObject({
      ...{ lines: 5000, created: 5000, updated: 0, unchanged: 0, refused: { count: 0 } },
    })
    expect(await recordsIn(dataset)).toBe(5000)
    const done = await parley.db
      .selectFrom('audit')
      .select('detail')
      .where('act', '=', 'import records')
      .where('dataset', '=', dataset)
      .execute()
    expect(done).toHaveLength(1)
  })

  test('a worker that was paused and wakes up late writes and reports nothing', async () => {
    const { parley, clock } = at
    const asleep = Promise.withResolvers<void>()
    const woken = Promise.withResolvers<void>()
    const { id, dataset } = await gives(async function* () {
      yield* bytes(linesTo(1500))
      asleep.resolve()
      await woken.promise
      // Another file by now: nothing of it may arrive.
      yield* bytes(linesTo(1500).replaceAll('"k', '"z'))
    })
    const sleeper = readImport(parley, id)
    await asleep.promise
    await until(async () => (await findGiven(parley, id))?.lines === 1000, 'One batch')
    clock.advance('31 seconds')
    handsOut(() => bytes(linesTo(3000)))
    const next = readImport(parley, id)
    await next
    woken.resolve()
    await sleeper
    expect(await findGiven(parley, id)).toMatchObject({ state: 'done', attempt: 2 })
    expect(await recordsIn(dataset)).toBe(3000)
    expect(told(id).at(-1)).toMatchObject({ state: 'done', report: { created: 3000 } })
  })

  test('the same file given again while it waits is one import, and reading it again changes nothing', async () => {
    const { parley } = at
    const { id, dataset, file } = await gives(() => bytes(linesTo(2)))
    expect(await startImport(parley, admin, { dataset, file, requestedBy: cleo })).toBe(id)
    await readImport(parley, id)
    await readImport(parley, id)
    expect(told(id).filter(({ state }) => state === 'done')).toHaveLength(1)
    const again = await gives(() => bytes(linesTo(2)), { dataset })
    await readImport(parley, again.id)
    expect(told(again.id).at(-1)).toMatchObject({ report: { created: 0, unchanged: 2 } })
  })
})

describe('refused', () => {
  test('a file that unpacks to too much is refused with the limit, and nothing of it is kept', async () => {
    const { parley } = at
    const packed = gzipSync(linesTo(100))
    const { id, dataset } = await gives(() => bytes(packed), { name: 'more.jsonl.gz' })
    const limits = { mostUnpacked: 1000 }
    await expect(readImport(parley, id, { limits })).rejects.toThrow(/more than 1000 bytes/)
    const last = told(id).at(-1)
    expect(last && sayImport(words(undefined), last)).toMatch(
      /^“more.jsonl.gz” could not be imported into “given-\d+”\. .*unpacks to more than 1000 bytes/,
    )
    expect(await recordsIn(dataset)).toBe(0)
    expect(await findGiven(parley, id)).toMatchObject({ state: 'failed', file: null })
  })

  test('a file the platform does not hand out any more: she reads why, and it is not tried again', async () => {
    const { parley } = at
    const { id } = await gives(async function* () {
      yield* bytes()
      throw new ParleyError('invalid', 'x', { problems: { file: 'Give it once more.' } })
    })
    await expect(readImport(parley, id)).rejects.toThrow()
    expect(told(id).at(-1)).toMatchObject({ state: 'failed', problem: 'Give it once more.' })
    await readImport(parley, id)
    expect(await findGiven(parley, id)).toMatchObject({ attempt: 1 })
  })

  test('a platform that is away is asked again, and at last she reads that it stayed so', async () => {
    const { parley } = at
    const { id } = await gives(async function* () {
      yield* bytes()
      throw unavailable('slack')
    })
    await expect(readImport(parley, id)).rejects.toThrow('cannot be reached')
    expect(await findGiven(parley, id)).toMatchObject({ state: 'queued' })
    expect(told(id).at(-1)).toMatchObject({ state: 'reading' })
    await expect(readImport(parley, id, { isLastAttempt: true })).rejects.toThrow()
    expect(told(id).at(-1)).toMatchObject({
      state: 'failed',
      problem: 'Slack cannot be reached right now. Try again in a moment.',
    })
  })

  test('a file that is cut off keeps what was read before, and says so', async () => {
    const { parley } = at
    const whole = gzipSync(linesTo(3000), { level: 0 })
    const { id } = await gives(() => bytes(whole.subarray(0, 120_000)), { name: 'more.jsonl.gz' })
    await readImport(parley, id)
    const last = told(id).at(-1)
    expect(last).toMatchObject({ state: 'stopped' })
    const said = last ? sayImport(words(undefined), last) : ''
    expect(said).toMatch(/cut off|damaged/)
    expect(said).toMatch(/\d+ lines read: \d{4} new/)
  })

  test('the dataset was closed meanwhile: nothing is read, and she reads how to open it', async () => {
    const { parley } = at
    const { id, dataset } = await gives(() => bytes(linesTo(1)))
    const closed = parley.db.updateTable('datasets').set({ status: 'closed' })
    await closed.where('name', '=', dataset).execute()
    await expect(readImport(parley, id)).rejects.toThrow(/is closed/)
    expect(told(id).at(-1)?.problem).toContain('npx parley dataset reopen')
  })
})
