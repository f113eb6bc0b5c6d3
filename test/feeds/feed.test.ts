/** Accepted answers move on to another dataset, once, and what happens to them later travels on. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { readModels } from '../../src/config/models.ts'
import { applyDataset } from '../../src/datasets/apply.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { deleteDataset } from '../../src/datasets/delete.ts'
import { feedDue, sweepFeeds } from '../../src/feeds/feed.ts'
import { listFeeds } from '../../src/feeds/show.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { consentVersion, findLabeler, type Labeler } from '../../src/labelers/labeler.ts'
import { createLinkCode, redeemLinkCode } from '../../src/labelers/link.ts'
import { inTransaction } from '../../src/parley.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { undoMinutes, undoResponse } from '../../src/responses/undo.ts'
import { makeLabeler } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { admin, answer, open, recordsOf, review, send, taskOf, write } from './ground.ts'

let world: TestParley
let ana: Labeler
let ben: Labeler
let dee: Labeler
beforeAll(async () => {
  world = await startParley()
  ana = await makeLabeler(world.parley, 'UANA')
  ben = await makeLabeler(world.parley, 'UBEN')
  dee = await makeLabeler(world.parley, 'UDEE')
})
afterAll(() => world.close())

/** The undo window passes, and the worker does what is due. */
async function settle() {
  world.clock.advance('11 minutes')
  return feedDue(world.parley)
}
const good = { clarity: 5, relevance: 4, safe: 'yes' }

const bring = (dataset: string, lines: object[]) =>
  importRecords(world.parley, admin, {
    dataset,
    source: [Buffer.from(lines.map((one) => JSON.stringify(one)).join('\n'))],
  })

async function noDrift(...names: string[]) {
  for (const name of names) {
    const drift = await countDrift(world.parley, await getDataset(world.parley, name))
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
  }
}

describe('happy: what is accepted moves on', () => {
  test('a prompt becomes a record to review, once it can no longer be undone', async () => {
    const { parley, clock } = world
    await open(parley, review('look'), write('ask', 'look'))
    await answer(parley, ana, 'ask', { prompt: 'Why does it rain?' })
    expect(await feedDue(parley)).toBe(0)
    clock.advance('9 minutes')
    expect(await feedDue(parley)).toBe(0)
    expect(await recordsOf(parley, 'look')).toEqual([])
    clock.advance('2 minutes')
    expect(await feedDue(parley)).toBe(1)
    const [record, ...more] = await recordsOf(parley, 'look')
    expect(more).toEqual([])
    expect(record).toMatchObject({
      fields: { prompt: 'Why does it rain?' },
      metadata: {
        topic: 'rain',
        fed: { from: 'ask', record: 'prompt-000001', state: 'current' },
        lineage: [
          { dataset: 'ask', record: 'prompt-000001', labelers: [expect.stringMatching(/^p/)] },
        ],
      },
    })
    expect(await feedDue(parley)).toBe(0)
    // The writer never gets it; others do.
    expect(await taskOf(parley, ana, 'look')).toBeNull()
    expect(await taskOf(parley, ben, 'look')).not.toBeNull()
    await noDrift('ask', 'look')
  })

  test('write, review, complete, compare: every step keeps its people off their own text', async () => {
    const { parley } = world
    await open(
      parley,
      'name: best\ntemplate: comparison\ndistribution: { min_submitted: 1 }',
      'name: reply\ntemplate: completion\ndistribution: { min_submitted: 2 }\nfeeds: [{ to: best }]',
      review(
        'check',
        'feeds: [{ to: reply, when: "mean(clarity) >= 4 and majority(safe) == \\"yes\\"", map: { prompt: [$rewrite, $prompt] } }]',
      ),
      write('start', 'check'),
    )
    const eve = await makeLabeler(parley, 'UEVE')
    for (const prompt of ['What is hail?', 'hail huh'])
      await answer(parley, ana, 'start', { prompt })
    await settle()
    for (const who of [ben, dee]) {
      await answer(parley, who, 'check', {
        ...good,
        ...(who === dee ? { rewrite: 'What is hail made of?' } : {}),
      })
      await answer(parley, who, 'check', { ...good, clarity: 2 })
    }
    await settle()
    const [asked, ...others] = await recordsOf(parley, 'reply')
    expect(others).toEqual([])
    expect(asked?.fields).toEqual({ prompt: 'What is hail made of?' })
    // The writer and the one who worded it better answer nothing of it.
    expect(await taskOf(parley, ana, 'reply')).toBeNull()
    expect(await taskOf(parley, dee, 'reply')).toBeNull()
    await answer(parley, ben, 'reply', { completion: 'Ice.' })
    await answer(parley, eve, 'reply', { completion: 'Frozen rain.' })
    await settle()
    const [pair] = await recordsOf(parley, 'best')
    expect(pair?.outputs.map(({ text }) => text).sort()).toEqual(['Frozen rain.', 'Ice.'])
    const two = [expect.any(String), expect.any(String)]
    expect(pair?.metadata['lineage']).toMatchObject([
      { dataset: 'start', labelers: [expect.any(String)] },
      { dataset: 'check', labelers: two },
      { dataset: 'reply', labelers: two },
    ])
    for (const who of [ana, ben, dee, eve]) expect(await taskOf(parley, who, 'best')).toBeNull()
    const fay = await makeLabeler(parley, 'UFAY')
    expect(await taskOf(parley, fay, 'best')).not.toBeNull()
    await noDrift('start', 'check', 'reply', 'best')
  })

  test('a comparison that got one answer waits for an output of a model', async () => {
    const { parley } = world
    await open(
      parley,
      'name: one-best\ntemplate: comparison',
      'name: one-reply\ntemplate: completion\nfeeds: [{ to: one-best }]',
    )
    await bring('one-reply', [{ id: 'q1', prompt: 'Why?' }])
    await answer(parley, ana, 'one-reply', { completion: 'Because.' })
    await settle()
    const [record] = await recordsOf(parley, 'one-best')
    expect(record).toMatchObject({ externalId: 'one-reply/q1', status: 'needs_outputs' })
    const progress = await datasetProgress(parley, await getDataset(parley, 'one-reply'))
    expect(progress.feeds).toEqual([{ to: 'one-best', pending: 0, needsOutputs: 1 }])
    await bring('one-best', [
      {
        format: 1,
        external_id: 'one-reply/q1',
        fields: record?.fields,
        metadata: record?.metadata,
        outputs: [...(record?.outputs ?? []), { id: 'm', text: 'No reason.', model: 'tiny' }],
      },
    ])
    // The answer is edited: the model's output stays beside it.
    const [task] = await parley.db
      .selectFrom('assignments')
      .innerJoin('datasets', 'datasets.id', 'assignments.datasetId')
      .select(['assignments.id', 'datasetId'])
      .where('datasets.name', '=', 'one-reply')
      .where('assignments.status', '=', 'submitted')
      .execute()
    await send(parley, ana, `${task?.datasetId}-${task?.id}`, { completion: 'Because, I say.' })
    await settle()
    const [now] = await recordsOf(parley, 'one-best')
    expect(now?.status).toBe('pending')
    expect(now?.outputs.map(({ text }) => text)).toEqual(['Because, I say.', 'No reason.'])
  })
})

describe('happy: a feed that ends in models', () => {
  const steps = (name: string) => [
    `name: ${name}-best\ntemplate: comparison\ngenerate: { with: [tiny] }`,
    `name: ${name}-reply\ntemplate: completion\nfeeds: [{ to: ${name}-best }]`,
  ]
  const generations = (name: string) =>
    world.parley.db
      .selectFrom('generations')
      .innerJoin('datasets', 'datasets.id', 'generations.datasetId')
      .select('generations.state')
      .where('datasets.name', '=', name)
      .execute()

  test('has them asked for what the new records lack, once', async () => {
    const models = readModels(
      { PARLEY_MODELS: JSON.stringify({ tiny: { base_url: 'http://127.0.0.1:1' } }) },
      '/',
      {},
    )
    const parley = { ...world.parley, models }
    await open(parley, ...steps('ask'))
    await bring('ask-reply', [
      { id: 'q1', prompt: 'Why?' },
      { id: 'q2', prompt: 'How?' },
    ])
    world.queue.length = 0
    for (let n = 0; n < 2; n++) await answer(parley, ana, 'ask-reply', { completion: `So ${n}.` })
    world.clock.advance('11 minutes')
    await feedDue(parley)
    expect(await recordsOf(parley, 'ask-best')).toHaveLength(2)
    expect(await generations('ask-best')).toEqual([{ state: 'queued' }])
    expect(world.queue.filter(({ name }) => name === 'generate-outputs')).toHaveLength(1)
  })

  test('whose server nobody has named keeps nothing from being fed', async () => {
    const { parley } = world
    await open(parley, ...steps('mute'))
    await bring('mute-reply', [{ id: 'q1', prompt: 'Why?' }])
    await answer(parley, ana, 'mute-reply', { completion: 'So.' })
    await settle()
    expect(await recordsOf(parley, 'mute-best')).toMatchObject([{ status: 'needs_outputs' }])
    expect(await generations('mute-best')).toEqual([])
  })
})

describe('happy: what happens later travels on', () => {
  test('an edit changes what nobody has answered, and flags what somebody has', async () => {
    const { parley } = world
    await open(parley, review('edit-look'), write('edit', 'edit-look'))
    const id = (await answer(parley, ana, 'edit', { prompt: 'First words' })) ?? ''
    await settle()
    await send(parley, ana, id, { prompt: 'Second words' })
    await feedDue(parley)
    expect((await recordsOf(parley, 'edit-look')).map(({ fields }) => fields['prompt'])).toEqual([
      'First words',
    ])
    await settle()
    expect((await recordsOf(parley, 'edit-look')).map(({ fields }) => fields['prompt'])).toEqual([
      'Second words',
    ])
    await answer(parley, ben, 'edit-look', good)
    await send(parley, ana, id, { prompt: 'Third words' })
    await settle()
    const [record] = await recordsOf(parley, 'edit-look')
    expect(record).toMatchObject({
      fields: { prompt: 'Second words' },
      metadata: { fed: { state: 'changed' } },
    })
    expect(await listFeeds(parley, { dataset: 'edit' })).toMatchObject([
      { current: 0, changed: 1, withdrawn: 0, due: 0 },
    ])
    // Undone within ten minutes it is as people answered it.
    await send(parley, ana, id, { prompt: 'Second words' })
    await settle()
    expect(await listFeeds(parley, { dataset: 'edit' })).toMatchObject([{ current: 1, changed: 0 }])
  })

  test('an undo within ten minutes feeds nothing', async () => {
    const { parley } = world
    await open(parley, review('undo-look'), write('undo', 'undo-look'))
    const id = (await answer(parley, ana, 'undo', { prompt: 'Not this' })) ?? ''
    world.clock.advance('5 minutes')
    await undoResponse(parley, ana, { assignmentId: id })
    await settle()
    expect(await recordsOf(parley, 'undo-look')).toEqual([])
  })

  test('a purge takes back what nobody answered, flags the rest, and goes down the whole way', async () => {
    const { parley } = world
    await open(
      parley,
      'name: far\ntemplate: completion',
      review('near', 'distribution: { min_submitted: 1 }\nfeeds: [{ to: far }]'),
      write('spam', 'near'),
    )
    for (const prompt of ['One of it', 'Two of it', 'Three of it'])
      await answer(parley, ana, 'spam', { prompt })
    await answer(parley, dee, 'spam', { prompt: 'A good one' })
    await settle()
    expect(await recordsOf(parley, 'near')).toHaveLength(4)
    await answer(parley, ben, 'near', good)
    await settle()
    const [reached] = await recordsOf(parley, 'far')
    expect(reached).toBeDefined()
    // Models had written to each of them.
    const { id: nearId } = await getDataset(parley, 'near')
    await sql`insert into generated_outputs (dataset_id, record_id, model, sample, generation_id, fields_hash)
      select dataset_id, id, 'm', 1, 1, '' from records where dataset_id = ${nearId}`.execute(
      parley.db,
    )
    await purgeLabeler(parley, admin, { dataset: 'spam', labeler: ana.id })
    await feedDue(parley)
    await feedDue(parley)
    const near = await recordsOf(parley, 'near')
    const byPrompt = new Map(near.map((one) => [one.fields['prompt'], one.metadata['fed']]))
    const first = reached?.fields['prompt']
    const fromAna = first !== 'A good one'
    expect(byPrompt.get('A good one')).toMatchObject({ state: 'current' })
    expect(near).toHaveLength(fromAna ? 2 : 1)
    const { rows: generated } = await sql<{ recordId: string }>`
      select record_id from generated_outputs where dataset_id = ${nearId}`.execute(parley.db)
    expect(generated.map(({ recordId }) => recordId).sort()).toEqual(
      near.map(({ id }) => id).sort(),
    )
    if (fromAna) expect(byPrompt.get(first)).toMatchObject({ state: 'withdrawn' })
    expect(await recordsOf(parley, 'far')).toHaveLength(fromAna ? 0 : 1)
    await noDrift('spam', 'near', 'far')
  })

  test('somebody who has it open keeps it until they are done', async () => {
    const { parley } = world
    await open(parley, review('open-look'), write('open', 'open-look'))
    await answer(parley, ana, 'open', { prompt: 'Held by Ben' })
    await settle()
    const task = await taskOf(parley, ben, 'open-look')
    await purgeLabeler(parley, admin, { dataset: 'open', labeler: ana.id })
    await feedDue(parley)
    expect(await recordsOf(parley, 'open-look')).toHaveLength(1)
    expect(await listFeeds(parley, { dataset: 'open' })).toMatchObject([{ due: 1 }])
    await send(parley, ben, task?.assignmentId ?? '', good)
    await settle()
    expect(await recordsOf(parley, 'open-look')).toMatchObject([
      { status: 'rejected', metadata: { fed: { state: 'withdrawn' } } },
    ])
    // It wants a second review, and nobody is asked for one any more.
    expect(await taskOf(parley, dee, 'open-look')).toBeNull()
    await noDrift('open-look')
  })

  test('a linked account of the writer does not get it either', async () => {
    const { parley } = world
    await open(parley, review('link-look'), write('link', 'link-look'))
    const here = await makeLabeler(parley, 'UH')
    const person = { platform: 'discord' as const, workspace: '', userId: '9001' }
    await giveConsent(parley, person, { version: consentVersion })
    await answer(parley, here, 'link', { prompt: 'From my other account' })
    await settle()
    await redeemLinkCode(parley, person, { code: await createLinkCode(parley, here.person) })
    const joined = await findLabeler(parley, person)
    expect(await taskOf(parley, joined as Labeler, 'link-look')).toBeNull()
    expect(await taskOf(parley, ben, 'link-look')).not.toBeNull()
  })
})

describe('twice: feeding', () => {
  test('many workers at once, and again, make no second record', async () => {
    const { parley } = world
    await open(parley, review('many-look'), write('many', 'many-look'))
    for (let n = 0; n < 15; n++)
      await answer(parley, ana, 'many', { prompt: `Prompt number ${n} of fifteen` })
    world.clock.advance('11 minutes')
    await Promise.all([1, 2, 3, 4].map(() => feedDue(parley)))
    await feedDue(parley)
    expect(await recordsOf(parley, 'many-look')).toHaveLength(15)
  })

  test('one that dies half-way leaves nothing, and the next does all of it', async () => {
    const { parley } = world
    await open(parley, review('die-look'), write('die', 'die-look'))
    for (let n = 0; n < 3; n++)
      await answer(parley, ana, 'die', { prompt: `Dying number ${n}, slowly` })
    world.clock.advance('11 minutes')
    await expect(
      inTransaction(parley, async (inside) => {
        await feedDue(inside)
        throw new Error('killed')
      }),
    ).rejects.toThrow('killed')
    expect(await recordsOf(parley, 'die-look')).toEqual([])
    expect(await feedDue(parley)).toBe(3)
    expect(await recordsOf(parley, 'die-look')).toHaveLength(3)
  })

  test('publishing again, or a feed that comes later, feeds what is there already, once', async () => {
    const { parley } = world
    await open(parley, review('late-look'), 'name: late\ntemplate: prompt-writing\ntarget: 3')
    await answer(parley, ana, 'late', { prompt: 'Here before the feed' })
    world.clock.advance('11 minutes')
    const { document } = await getDataset(parley, 'late')
    await applyDataset(parley, admin, { document: { ...document, feeds: [{ to: 'late-look' }] } })
    await feedDue(parley)
    await applyDataset(parley, admin, {
      document: {
        ...document,
        title: 'Other words',
        feeds: [{ to: 'late-look', when: 'votes >= 1' }],
      },
    })
    await feedDue(parley)
    expect(await recordsOf(parley, 'late-look')).toHaveLength(1)
  })

  test('the sweep rings where something is due, and only there', async () => {
    const { parley, queue } = world
    await open(parley, review('ring-look'), write('ring', 'ring-look'))
    queue.length = 0
    await sweepFeeds(parley)
    await answer(parley, ana, 'ring', { prompt: 'Ring for this one' })
    await sweepFeeds(parley)
    expect(queue.filter(({ name }) => name === 'feed')).toEqual([])
    world.clock.advance('11 minutes')
    await sweepFeeds(parley)
    expect(queue.filter(({ name }) => name === 'feed')).toHaveLength(1)
    await feedDue(parley)
  })

  test('the undo window of the database is that of the undo', async () => {
    const { rows } = await sql<{ minutes: number }>`
      select extract(epoch from feed_after('2026-01-01Z') - '2026-01-01Z')::int / 60 as minutes`.execute(
      world.parley.db,
    )
    expect(rows[0]?.minutes).toBe(undoMinutes)
  })
})

describe('refused: feeding', () => {
  test('a dataset that is gone or changed keeps what is due waiting, and says why', async () => {
    const { parley } = world
    await open(parley, review('gone-look'), write('gone', 'gone-look'))
    await answer(parley, ana, 'gone', { prompt: 'Where does it go?' })
    await deleteDataset(parley, admin, { dataset: 'gone-look' })
    await settle()
    expect(await listFeeds(parley, { dataset: 'gone' })).toMatchObject([
      { current: 0, due: 1, problem: 'There is no dataset "gone-look".' },
    ])
    await open(parley, review('gone-look'))
    world.clock.advance('1 hour')
    await feedDue(parley)
    expect(await recordsOf(parley, 'gone-look')).toHaveLength(1)
    expect(await listFeeds(parley, { dataset: 'gone' })).toMatchObject([
      { current: 1, due: 0, problem: null },
    ])
  })
})
