/** What a labeler does with one card: every kind of question, answered, refused, skipped and taken back. */
import { describe, expect } from 'vitest'
import { newestOf } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest()

/** Which of these texts the person sees under A, B, C … */
function orderOn(screen: string, texts: readonly string[]): string[] {
  return [...texts].sort((a, b) => screen.indexOf(a) - screen.indexOf(b))
}

describe('happy: one card', () => {
  test('Ana writes a completion in the form, and it is kept to the letter', async ({ journey }) => {
    const { ana } = journey
    await journey.dataset('name: write\ntemplate: completion\ntitle: Write the best answer', [
      { id: 'w1', prompt: 'Why is the sky blue?' },
    ])
    await ana.joins('write')
    await ana.receives('Why is the sky blue?')
    await ana.presses('Answer')
    const typed = 'Rayleigh & <scattering>\n\n```ts\n1 < 2\n```\n  *not bold* @here 👩‍👩‍👧'
    await ana.writes('Your answer', typed)
    await ana.submits()
    await ana.receives('All done here. Thank you!')
    await ana.closes()
    await ana.receives('Saved: “Rayleigh & <scattering>')
    const [line, ...more] = await journey.raw('write')
    expect(more).toEqual([])
    expect(line).toMatchObject({
      record: { external_id: 'w1' },
      status: 'submitted',
      counted: true,
      revision: 1,
      values: { completion: typed },
    })
  })

  test('Ana judges a pair by one press, and the better text is the one that counts', async ({
    journey,
  }) => {
    const { ana } = journey
    const texts = ['Because of scattering.', 'Because of the sea.']
    await journey.dataset('name: pair\ntemplate: comparison\ntitle: Which is better?', [
      { id: 'p1', prompt: 'Why is the sky blue?', outputs: texts },
    ])
    await ana.joins('pair')
    await ana.receives('Which is better?')
    const [first] = orderOn(ana.newest(), texts)
    await ana.presses('A is better')
    await ana.receives('Saved: A > B')
    await ana.receives('All done here.')
    const [line] = await journey.raw('pair')
    const best = first === texts[0] ? 'o1' : 'o2'
    const rest = best === 'o1' ? 'o2' : 'o1'
    expect(line?.values).toEqual({
      preference: { mode: 'full', ranks: { [best]: 1, [rest]: 2 }, all_unacceptable: false },
    })
    expect(line?.shown.order).toEqual([best, rest])
  })

  test('Ben calls a pair equal and another both bad; neither is taken for a preference', async ({
    journey,
  }) => {
    const { ben } = journey
    await journey.dataset('name: ties\ntemplate: comparison\ntitle: Equal or bad', [
      { id: 't1', prompt: 'First?', outputs: ['x', 'y'] },
      { id: 't2', prompt: 'Second?', outputs: ['v', 'w'] },
    ])
    await ben.joins('ties')
    await ben.presses('Equally good')
    await ben.receives('Saved: A = B')
    await ben.presses('Both bad')
    await ben.receives('Saved: both bad')
    const said = (await journey.raw('ties')).map((line) => line.values['preference'])
    expect(said).toHaveLength(2)
    expect(said).toContainEqual({ mode: 'full', ranks: { o1: 1, o2: 1 }, all_unacceptable: false })
    expect(said).toContainEqual({ mode: 'full', ranks: {}, all_unacceptable: true })
    expect(await journey.lines('ties', 'preference')).toEqual([])
  })

  test('Ana ranks four outputs with a tie, and the ranks are the ones she chose', async ({
    journey,
  }) => {
    const { ana } = journey
    const texts = ['alpha text', 'beta text', 'gamma text', 'delta text']
    await journey.dataset('name: four\ntemplate: comparison\ntitle: Rank four', [
      { id: 'f1', prompt: 'Say something.', outputs: texts },
    ])
    await ana.joins('four')
    await ana.presses('Answer in full')
    const shown = orderOn(ana.modal()?.text ?? '', texts)
    // A and C share the first place, B is last.
    await ana.chooses('Rank of A', '1 (best)')
    await ana.chooses('Rank of B', '4 (worst)')
    await ana.chooses('Rank of C', '1 (best)')
    await ana.chooses('Rank of D', '2')
    await ana.submits()
    await ana.receives('Saved: A = C > D > B')
    await ana.closes()
    const idOf = (place: number) => `o${texts.indexOf(shown[place] ?? '') + 1}`
    const [line] = await journey.raw('four')
    expect(line?.values['preference']).toEqual({
      mode: 'full',
      ranks: { [idOf(0)]: 1, [idOf(1)]: 3, [idOf(2)]: 1, [idOf(3)]: 2 },
      all_unacceptable: false,
    })
  })

  test('Ana rates each output, and every rating lands on its own output', async ({ journey }) => {
    const { ana } = journey
    const texts = ['a short answer', 'a longer answer', 'no answer at all']
    const document = `
name: rate
title: How helpful is each?
fields: { prompt: { title: Prompt } }
questions:
  helpful:
    title: How helpful is it?
    type: rating
    of: outputs
    options: 1-5
    labels: { 1: useless, 5: solved }
  comment: { title: Anything else?, type: text, required: false }
`
    await journey.dataset(document, [{ id: 'r1', prompt: 'Help me.', outputs: texts }])
    await ana.joins('rate')
    await ana.presses('Answer')
    const shown = orderOn(ana.modal()?.text ?? '', texts)
    await ana.chooses('How helpful is it? (A)', '5 · solved')
    await ana.chooses('How helpful is it? (B)', '3')
    await ana.chooses('How helpful is it? (C)', '1 · useless')
    await ana.submits()
    await ana.receives('Saved: A 5, B 3, C 1')
    await ana.closes()
    const idOf = (place: number) => `o${texts.indexOf(shown[place] ?? '') + 1}`
    const [line] = await journey.raw('rate')
    expect(line?.values).toEqual({ helpful: { [idOf(0)]: 5, [idOf(1)]: 3, [idOf(2)]: 1 } })
  })

  test('a question that applies only when all are bad is asked for then, and left out otherwise', async ({
    journey,
  }) => {
    const { ben } = journey
    const document = `
name: why
template: comparison
title: Rank three
questions:
  preference: { title: Rank them, unacceptable: true }
  why: { title: What is wrong with them?, type: text, when: preference.all_unacceptable }
`
    await journey.dataset(document, [
      { id: 'y1', prompt: 'One?', outputs: ['x1', 'x2', 'x3'] },
      { id: 'y2', prompt: 'Two?', outputs: ['z1', 'z2', 'z3'] },
    ])
    await ben.joins('why')
    await ben.presses('Answer in full')
    await ben.ticks('None of them is acceptable', ['Yes, none of them is'])
    await ben.submits()
    expect(ben.errors()).toEqual({ 'What is wrong with them?': 'Write an answer.' })
    await ben.writes('What is wrong with them?', 'All three are rude.')
    await ben.submits()
    await ben.receives('Saved:')
    await ben.chooses('Rank of A', '1 (best)')
    await ben.chooses('Rank of B', '2')
    await ben.chooses('Rank of C', '3 (worst)')
    expect(JSON.stringify(ben.modal()?.view['blocks'])).not.toContain(':why')
    await ben.submits()
    await ben.closes()
    const said = (await journey.raw('why')).map((line) => line.values)
    expect(said).toHaveLength(2)
    expect(said).toContainEqual({
      preference: { mode: 'full', ranks: {}, all_unacceptable: true },
      why: 'All three are rude.',
    })
    expect(said.filter((values) => !('why' in values))).toHaveLength(1)
  })
})

describe('refused: the form says why', () => {
  test('Ana writes too little, reads why under the field, and what she typed is still there', async ({
    journey,
  }) => {
    const { ana } = journey
    const document = `
name: short
template: completion
title: At least twenty
questions: { completion: { title: Your answer, min_chars: 20 }, comment: { title: A note } }
`
    await journey.dataset(document, [{ id: 's1', prompt: 'Say more.' }])
    await ana.joins('short')
    await ana.presses('Answer')
    await ana.writes('A note', 'I like this one')
    await ana.writes('Your answer', 'too short')
    await ana.submits()
    expect(ana.errors()).toEqual({ 'Your answer': 'Write at least 20 characters.' })
    const state = JSON.stringify(ana.modal()?.view['state'])
    expect(state).toContain('too short')
    expect(state).toContain('I like this one')
    await ana.writes('Your answer', 'now it is long enough to be kept')
    await ana.submits()
    await ana.receives('All done here.')
    await ana.closes()
    const [line] = await journey.raw('short')
    expect(line?.values).toEqual({
      completion: 'now it is long enough to be kept',
      comment: 'I like this one',
    })
  })

  test('Ben forgets the rank of one output and reads its letter under the select', async ({
    journey,
  }) => {
    const { ben } = journey
    await journey.dataset('name: forgot\ntemplate: comparison\ntitle: Rank all', [
      { id: 'g1', prompt: 'Go.', outputs: ['m1', 'm2', 'm3'] },
    ])
    await ben.joins('forgot')
    await ben.presses('Answer in full')
    await ben.chooses('Rank of A', '1 (best)')
    await ben.chooses('Rank of C', '2')
    await ben.submits()
    expect(ben.errors()).toEqual({ 'Rank of B': 'Rank every output: B has no rank.' })
    expect((await journey.raw('forgot')).map(({ status }) => status)).toEqual(['draft'])
    await ben.closes()
  })
})

describe('happy: skip, undo, edit', () => {
  const pairs = (name: string, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      id: `${name}${i + 1}`,
      prompt: `${name} prompt ${i + 1}`,
      outputs: [`${name} left ${i + 1}`, `${name} right ${i + 1}`],
    }))

  test('Dee skips by one press, and with a reason; both are kept as skips, and the next task comes', async ({
    journey,
  }) => {
    const { dee } = journey
    await journey.dataset('name: skip\ntemplate: comparison\ntitle: Skip some', pairs('skip', 3))
    await dee.joins('skip')
    await dee.presses('Skip')
    await dee.receives('Skipped: no reason given')
    await dee.chooses('Skip, because…', 'It is unsafe')
    await dee.receives('Skipped: unsafe')
    await dee.presses('B is better')
    const raw = await journey.raw('skip')
    expect(raw.map(({ status, reason }) => [status, reason]).sort()).toEqual([
      ['discarded', 'other'],
      ['discarded', 'unsafe'],
      ['submitted', null],
    ])
    expect(raw.filter(({ counted }) => counted)).toHaveLength(1)
  })

  test('Dee takes an answer back from the message, and answers the other way', async ({
    journey,
  }) => {
    const { dee } = journey
    await journey.dataset('name: undo\ntemplate: comparison\ntitle: Take back', pairs('undo', 1))
    await dee.joins('undo')
    await dee.presses('A is better')
    await dee.receives('Saved: A > B')
    await dee.presses('Undo', { in: 'Saved: A > B' })
    await dee.receives('Taken back.')
    const taken = newestOf(await journey.raw('undo'))
    expect(taken.map(({ status, counted }) => [status, counted])).toEqual([['draft', false]])
    await dee.presses('B is better', { in: 'undo prompt' })
    await dee.receives('Saved: B > A')
    const now = (await journey.raw('undo')).filter(({ counted }) => counted)
    expect(now).toHaveLength(1)
  })

  test('Dee changes an answer and takes the change back: what she said first stands again', async ({
    journey,
  }) => {
    const { dee } = journey
    await journey.dataset('name: unedit\ntemplate: comparison\ntitle: Change', pairs('unedit', 1))
    await dee.joins('unedit')
    await dee.presses('A is better')
    await dee.presses('Edit', { in: 'Saved: A > B' })
    await dee.chooses('Rank the answers, best first', 'B is better')
    await dee.submits()
    await dee.receives('Saved: B > A')
    await dee.presses('Undo', { in: 'Saved: B > A' })
    await dee.receives('Back to your earlier answer: A > B')
    expect(newestOf(await journey.raw('unedit'))).toMatchObject([
      { revision: 3, status: 'submitted', counted: true },
    ])
    expect(JSON.stringify(newestOf(await journey.raw('unedit'))[0]?.values)).toBe(
      JSON.stringify((await journey.raw('unedit')).find(({ revision }) => revision === 1)?.values),
    )
  })

  test('Ana takes an answer back inside the window, which shows what she had written', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset('name: back\ntemplate: completion\ntitle: Write two', [
      { id: 'b1', prompt: 'First thing?' },
      { id: 'b2', prompt: 'Second thing?' },
    ])
    await ana.joins('back')
    await ana.presses('Answer')
    const first = /First thing/.test(ana.modal()?.text ?? '') ? 'First thing?' : 'Second thing?'
    await ana.writes('Your answer', 'something hasty')
    await ana.submits()
    expect(ana.modal()?.text).toContain(`Saved: “something hasty” · “${first}”`)
    expect(ana.modal()?.text).not.toMatch(new RegExp(`^${first.replace('?', '\\?')}$`, 'm'))
    await ana.presses('Undo')
    expect(ana.modal()?.text).toContain(first)
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('something hasty')
    await ana.writes('Your answer', 'something considered')
    await ana.submits()
    await ana.closes()
    const said = newestOf(await journey.raw('back')).filter(({ status }) => status === 'submitted')
    expect(said.map(({ values, counted }) => [values, counted])).toEqual([
      [{ completion: 'something considered' }, true],
    ])
  })

  test('after ten minutes Undo is refused with what to do instead, and the answer stays', async ({
    journey,
  }) => {
    const { ben } = journey
    await journey.dataset('name: late\ntemplate: comparison\ntitle: Too late', pairs('late', 1))
    await ben.joins('late')
    await ben.presses('A is better')
    await ben.receives('All done here.')
    journey.clock.advance(11 * 60)
    await ben.presses('Undo', { in: 'Saved: A > B' })
    await ben.receives('Undo works for 10 minutes. Use Edit to change the answer.')
    expect((await journey.raw('late')).map(({ status }) => status)).toEqual(['submitted'])
  })

  test('Ben edits from the receipt and from his history; the earlier answers stay as revisions', async ({
    journey,
  }) => {
    const { ben } = journey
    await journey.dataset('name: edit\ntemplate: completion\ntitle: Edit me', [
      { id: 'e1', prompt: 'What is it?' },
    ])
    await ben.joins('edit')
    await ben.presses('Answer')
    await ben.writes('Your answer', 'first words')
    await ben.submits()
    await ben.closes()
    await ben.presses('Edit', { in: 'first words' })
    expect(JSON.stringify(ben.modal()?.view['state'])).toContain('first words')
    await ben.writes('Your answer', 'second words')
    await ben.presses('Save')
    await ben.closes()
    await ben.types('/parley history')
    await ben.receives('second words')
    await ben.presses('Edit', { in: 'Your recent answers', nth: 0 })
    await ben.writes('Your answer', 'third words')
    await ben.presses('Save')
    await ben.receives('Saved: “third words”')
    await ben.closes()
    const raw = await journey.raw('edit')
    expect(raw.map(({ revision, values, counted }) => [revision, values, counted])).toEqual([
      [1, { completion: 'first words' }, false],
      [2, { completion: 'second words' }, false],
      [3, { completion: 'third words' }, true],
    ])
  })
})
