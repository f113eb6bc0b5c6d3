/** Fewer gestures, none lost: rankings by taps, drafts of windows that were closed, questions that follow an answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Journey, newestOf, openJourney } from '../support/journey.ts'

let journey: Journey

beforeAll(async () => {
  journey = await openJourney()
})
afterAll(async () => {
  const { seen } = journey.slack.faults
  await journey.close()
  expect(seen).toEqual([])
})

/** The ids of these texts (o1, o2, …) in the order they stand on the screen. */
function idsOn(screen: string, texts: readonly string[]): string[] {
  return [...texts]
    .sort((a, b) => screen.indexOf(a) - screen.indexOf(b))
    .map((text) => `o${texts.indexOf(text) + 1}`)
}

const calls = (method: string) =>
  journey.slack.wire.filter(({ direction, path }) => direction === 'call' && path.endsWith(method))

describe('happy: a ranking by taps on the card', () => {
  const texts = ['alpha words', 'beta words', 'gamma words']

  test('Ana ranks three in two taps; no call with a rate limit repaints the card', async () => {
    const { ana } = journey
    await journey.dataset('name: taps\ntemplate: comparison\ntitle: Tap three', [
      { id: 't1', prompt: 'Say one.', outputs: texts },
      { id: 't2', prompt: 'Say two.', outputs: texts },
    ])
    await ana.joins('taps')
    const shown = idsOn(ana.newest(), texts)
    const [updates, posts, views] = ['chat.update', 'chat.postMessage', 'views.open'].map(calls)
    await ana.receives('Tap the best one.')
    await ana.presses('C')
    await ana.receives('Now tap the best of those left.')
    await ana.presses('A')
    await ana.receives('Saved: C > A > B')
    expect(calls('chat.update')).toHaveLength(updates?.length ?? -1)
    expect(calls('chat.postMessage')).toHaveLength(posts?.length ?? -1)
    expect(calls('views.open')).toHaveLength(views?.length ?? -1)
    const [line] = await journey.raw('taps')
    expect(line).toMatchObject({ status: 'submitted', counted: true })
    expect(line?.values['preference']).toEqual({
      mode: 'full',
      ranks: Object.fromEntries(shown.map((id, place) => [id, [2, 3, 1][place]])),
      all_unacceptable: false,
    })
    // The way back to the first answer stays above the second card while that is tapped.
    await ana.presses('B')
    expect(ana.newest()).toContain('Saved: C > A > B')
    await ana.presses('Undo tap')
    await ana.presses('Those left are equal')
    await ana.receives('Saved: A = B = C')
  })

  test('Ben says two are equal, changes his mind, and goes on where he was after a restart', async () => {
    const { ben } = journey
    await journey.dataset('name: equal\ntemplate: comparison\ntitle: Tap four', [
      { id: 'e1', prompt: 'Say four.', outputs: [...texts, 'delta words'] },
    ])
    await ben.joins('equal')
    await ben.presses('D')
    await ben.presses('= Same as D')
    await ben.receives('Now tap the one that is as good as D.')
    const other = await journey.startService()
    journey.slack.deliverTo(other.address)
    await ben.presses('B')
    await ben.receives('B = D')
    await ben.presses('Undo tap')
    await ben.types('/parley')
    expect(ben.newest()).toContain('Now tap the best of those left.')
    await ben.presses('A')
    await ben.presses('Those left are equal')
    await ben.receives('Saved: D > A > B = C')
    journey.slack.deliverTo(journey.service.address)
  })

  test('Dee taps twice by mistake, too soon, and quicker than the card is drawn', async () => {
    const { dee, clock, quiet } = journey
    await journey.dataset('name: quick\ntemplate: comparison\ntitle: Quick four', [
      { id: 'q1', prompt: 'Say four.', outputs: [...texts, 'delta words'] },
      { id: 'q2', prompt: 'Say it.', outputs: [...texts, 'delta words'] },
    ])
    await dee.joins('quick')
    clock.advance(5)
    expect(await Promise.all([dee.hands.press('B'), dee.hands.press('B')])).toHaveLength(2)
    await quiet()
    expect(dee.newest()).toContain('[A] [C] [D]')
    clock.advance(0.3)
    await dee.hands.press('A')
    await quiet()
    expect(dee.newest()).toContain('[A] [C] [D]')
    clock.advance(1)
    await Promise.all([dee.hands.press('A'), dee.hands.press('D')])
    await quiet()
    await dee.receives('Saved: B >')
    const raw = await journey.raw('quick')
    expect(raw).toHaveLength(1)
    const value = JSON.stringify(raw[0]?.values['preference'])
    expect(value).toMatch(/"all_unacceptable":false/)
    expect(value).not.toContain('tapped')
    // A tap that lands on the next record at once is nobody's judgement of it.
    const card = dee.newest()
    await dee.hands.press('C')
    await quiet()
    expect(dee.newest()).toBe(card)
  })

  test('Cleo taps the ranking and writes why: the form opens with her ranking filled in', async () => {
    const { cleo } = journey
    const document = `
name: reasons
template: comparison
title: Tap and tell
questions:
  preference: { title: Rank them }
  why: { title: Why that order?, type: text, required: true }
`
    await journey.dataset(document, [{ id: 'r1', prompt: 'Say it.', outputs: texts }])
    await cleo.joins('reasons')
    await cleo.presses('B')
    await cleo.presses('A')
    expect(cleo.modal()?.text).toContain('Why that order?')
    await cleo.closes()
    expect(cleo.newest()).toContain('B > A > C')
    await cleo.presses('Keep it')
    await cleo.writes('Why that order?', 'B is the only true one.')
    await cleo.submits()
    await cleo.closes()
    const [line] = await journey.raw('reasons')
    expect(line?.values).toMatchObject({
      preference: { mode: 'full', all_unacceptable: false },
      why: 'B is the only true one.',
    })
    await cleo.receives('Rank them: B > A > C')
  })

  test('only the best takes one tap, best and worst take two', async () => {
    const { ana, ben } = journey
    const document = (mode: string) =>
      `name: ${mode}\ntemplate: comparison\ntitle: ${mode}\nquestions:\n  preference: { mode: ${mode} }`
    const outputs = [...texts, 'd words', 'e words', 'f words', 'g words']
    await journey.dataset(document('best_only'), [{ id: 'b1', prompt: 'Best.', outputs }])
    await journey.dataset(document('best_worst'), [{ id: 'w1', prompt: 'Ends.', outputs }])
    await ana.joins('best_only')
    await ana.presses('F')
    await ana.receives('Saved: F best')
    await ben.joins('best_worst')
    await ben.presses('A')
    await ben.receives('Now tap the worst one.')
    await ben.presses('G')
    await ben.receives('Saved: A best, G worst')
  })

  test('after Undo the ranking is there to be kept or changed', async () => {
    const { ana } = journey
    await journey.dataset('name: again\ntemplate: comparison\ntitle: Tap again', [
      { id: 'a1', prompt: 'Say it.', outputs: texts },
    ])
    await ana.joins('again')
    await ana.presses('None is acceptable')
    await ana.receives('Saved: all unacceptable')
    await ana.presses('Undo', { in: 'Saved: all unacceptable' })
    await ana.receives('That is your ranking.')
    await ana.presses('Undo tap', { in: 'Taken back.' })
    await ana.presses('B')
    await ana.presses('C')
    await ana.receives('Saved: B > C > A')
    const counted = newestOf(await journey.raw('again')).filter((line) => line.counted)
    expect(counted).toHaveLength(1)
  })
})
