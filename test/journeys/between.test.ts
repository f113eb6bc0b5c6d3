/** What may change between seeing a card and answering it: the lease, the list, the questions, others. */
import { describe, expect } from 'vitest'
import { expireDue } from '../../src/assignments/lease.ts'
import { applyDataset } from '../../src/datasets/apply.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { admin, type Journey, makeDataset, newestOf } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest()

const pairs = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} left ${i + 1}`, `${name} right ${i + 1}`],
  }))

function wantsOne(name: string, more = '') {
  return `name: ${name}\ntemplate: comparison\ntitle: About ${name}\ndistribution: { min_submitted: 1 }\n${more}`
}

const applied = (journey: Journey, document: string) =>
  applyDataset(journey.parley, admin, { document: parseDocument(document) })

describe('happy: others', () => {
  test('Ana goes home with a card; Ben gets the record; her late answer is kept and not counted', async ({
    journey,
  }) => {
    const { ana, ben, parley, clock } = journey
    await journey.dataset(wantsOne('lease'), pairs('lease', 1))
    await ana.joins('lease')
    await ben.joins('lease')
    expect(ben.newest()).toContain('All done here.')
    clock.advance(3 * 60 * 60)
    expect(await expireDue(parley)).toBeGreaterThan(0)
    await ben.types('/parley next lease')
    await ben.presses('B is better', { in: 'lease prompt' })
    await ben.receives('Saved: B > A')
    await ana.presses('A is better', { in: 'lease prompt' })
    await ana.receives('Saved: A > B')
    const raw = await journey.raw('lease')
    expect(raw.map(({ status, counted }) => [status, counted]).sort()).toEqual([
      ['submitted', false],
      ['submitted', true],
    ])
  })

  test('when Ben takes his answer back, the late one that waited takes its place', async ({
    journey,
  }) => {
    const { ben } = journey
    await ben.presses('Undo', { in: 'Saved: B > A' })
    await ben.receives('Taken back.')
    const raw = newestOf(await journey.raw('lease'))
    expect(raw.filter(({ counted }) => counted)).toHaveLength(1)
    expect(raw.find(({ counted }) => counted)?.status).toBe('submitted')
  })

  test('three people answer the last wanted place at the same moment: it is filled once, all are thanked', async ({
    journey,
  }) => {
    const { ana, ben, dee, clock, quiet } = journey
    const document =
      'name: last\ntemplate: comparison\ntitle: The last\ndistribution: { min_submitted: 3 }'
    await journey.dataset(document, pairs('last', 1))
    for (const person of [ana, ben, dee]) await person.joins('last')
    await applied(
      journey,
      `${document.replace('min_submitted: 3', 'min_submitted: 1')}\naccess: everyone`,
    )
    clock.advance(2)
    const where = { in: 'last prompt' }
    const all = [ana, ben, dee].map((person) => person.hands.press('A is better', where))
    expect(await Promise.all(all)).toEqual([{ ok: true }, { ok: true }, { ok: true }])
    await quiet()
    for (const person of [ana, ben, dee]) expect(person.newest()).toContain('Saved: A > B')
    expect(await journey.raw('last')).toHaveLength(3)
  })
})

describe('forbidden: no longer invited', () => {
  test('Dee is taken off the list while her card is open: her press is refused in plain words', async ({
    journey,
  }) => {
    const { ana, dee, parley } = journey
    const list = (people: string[]) => wantsOne('list', `access: { slack: [${people}] }`)
    await makeDataset(parley, list([ana.id, dee.id]), pairs('list', 2))
    await dee.joins('list')
    await applied(journey, list([ana.id]))
    await dee.presses('A is better', { in: 'list prompt' })
    await dee.receives('You are not on the list of “About list” any more.')
    await dee.presses('Skip', { in: 'list prompt' })
    expect(dee.newest()).toContain('not on the list')
    expect(await journey.raw('list')).toEqual([])
    await applied(journey, list([ana.id, dee.id]))
    await dee.presses('A is better', { in: 'list prompt' })
    await dee.receives('Saved: A > B')
  })
})

describe('happy: the questions change', () => {
  const document = (more: string) => `
name: grow
template: completion
title: Growing questions
access: everyone
questions:
  completion: { title: Your answer }
${more}`

  test('a form drawn before a new optional question came is read by what it asked', async ({
    journey,
  }) => {
    const { ana, ben } = journey
    await journey.dataset(document(''), [
      { id: 'g1', prompt: 'First?' },
      { id: 'g2', prompt: 'Second?' },
    ])
    await ana.joins('grow')
    await ana.presses('Answer')
    await ana.writes('Your answer', 'from the old form')
    await applied(journey, document('  sure: { title: How sure?, type: rating, required: false }'))
    await ana.submits()
    await ana.receives('Saved: “from the old form”')
    // The next task in the same window asks the new question as well.
    expect(ana.modal()?.text).toContain('How sure?')
    await ana.chooses('How sure?', '4')
    await ana.writes('Your answer', 'from the new form')
    await ana.submits()
    await ana.closes()
    const raw = await journey.raw('grow')
    expect(raw.map(({ values }) => values)).toContainEqual({ completion: 'from the old form' })
    expect(raw.map(({ values }) => values)).toContainEqual({
      completion: 'from the new form',
      sure: 4,
    })
    await ben.joins('grow')
    expect(ben.newest()).toContain('All done here.')
  })
})

describe('happy: the window', () => {
  test('Ben closes the window in the middle, and /parley brings the same task back', async ({
    journey,
  }) => {
    const { ben } = journey
    await journey.dataset('name: closing\ntemplate: completion\ntitle: Closing windows', [
      { id: 'c1', prompt: 'The one?' },
      { id: 'c2', prompt: 'The other?' },
    ])
    await ben.joins('closing')
    await ben.presses('Answer')
    await ben.writes('Your answer', 'one done')
    await ben.submits()
    const second = /^(The one\?|The other\?)$/m.exec(ben.modal()?.text ?? '')?.[0]
    await ben.closes()
    await ben.types('/parley')
    await ben.receives(second ?? '(no task)')
    await ben.presses('Answer')
    expect(ben.modal()?.text).toContain(second)
    await ben.writes('Your answer', 'two done')
    await ben.submits()
    await ben.closes()
    expect((await journey.raw('closing')).filter(({ counted }) => counted)).toHaveLength(2)
  })

  test('twelve tasks in one window: each is kept, and the card in the messages tells of the first', async ({
    journey,
  }) => {
    const { dee, slack } = journey
    const before = slack.wire.length
    const prompts = Array.from({ length: 12 }, (_, i) => ({ id: `n${i}`, prompt: `Number ${i}?` }))
    await journey.dataset('name: many\ntemplate: completion\ntitle: Twelve', prompts)
    await dee.joins('many')
    await dee.presses('Answer')
    for (let i = 0; i < 12; i++) {
      const n = /^Number (\d+)\?$/m.exec(dee.modal()?.text ?? '')?.[1]
      await dee.writes('Your answer', `answer to ${n}`)
      await dee.submits()
    }
    await dee.receives('All done here.')
    await dee.closes()
    const raw = await journey.raw('many')
    expect(raw).toHaveLength(12)
    for (const { record, values } of raw)
      expect(values).toEqual({ completion: `answer to ${record.external_id.slice(1)}` })
    expect(
      dee.messages().filter((text) => text.includes('[Answer]') && text.includes('Twelve')),
    ).toEqual([])
    const refused = slack.wire.slice(before).filter(({ status }) => status !== 200)
    expect(refused).toEqual([])
  })

  test('half a character and a NUL are refused under the field, not by a crash', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset('name: odd\ntemplate: completion\ntitle: Odd letters', [
      { id: 'o1', prompt: 'Odd?' },
    ])
    await ana.joins('odd')
    await ana.presses('Answer')
    await ana.writes('Your answer', 'zero \u0000 byte')
    await ana.submits()
    expect(ana.errors()['Your answer']).toContain('NUL')
    await ana.writes('Your answer', '   \n\t ')
    await ana.hands.submit()
    expect(Object.keys(ana.errors())).toEqual(['Your answer'])
    await ana.writes('Your answer', '{"__proto__": {"x": 1}} \u202E \uFEFF ok')
    await ana.submits()
    await ana.receives('All done here.')
    await ana.closes()
    const [line] = await journey.raw('odd')
    expect(line?.values).toEqual({ completion: '{"__proto__": {"x": 1}} \u202E \uFEFF ok' })
  })
})
