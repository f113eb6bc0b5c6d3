/** People press twice, Slack sends twice: whatever happens again has one effect and the same answer. */
import { describe, expect } from 'vitest'
import { type Journey, newestOf } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest()

const pairs = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} left ${i + 1}`, `${name} right ${i + 1}`],
  }))

async function submitted(journey: Journey, dataset: string) {
  return (await journey.raw(dataset)).filter(({ status }) => status === 'submitted')
}

describe('twice: the same gesture', () => {
  test('Ana double-clicks a button: one answer, one next card', async ({ journey }) => {
    const { ana, clock, quiet } = journey
    await journey.dataset('name: double\ntemplate: comparison\ntitle: Double', pairs('double', 3))
    await ana.joins('double')
    clock.advance(5)
    const both = await Promise.all([ana.hands.press('A is better'), ana.hands.press('A is better')])
    expect(both).toEqual([{ ok: true }, { ok: true }])
    await quiet()
    const raw = await journey.raw('double')
    expect(raw).toHaveLength(1)
    expect(raw[0]).toMatchObject({ status: 'submitted', revision: 1, counted: true })
    expect(ana.newest()).toContain('[A is better]')
    expect(ana.newest()).not.toMatch(
      new RegExp(`^double prompt ${raw[0]?.record.external_id.at(-1)}`, 'm'),
    )
  })

  test('a press within 700 ms of the repaint does not vote on the next record, a later one does', async ({
    journey,
  }) => {
    const { ben, clock, quiet } = journey
    await journey.dataset('name: hasty\ntemplate: comparison\ntitle: Hasty', pairs('hasty', 3))
    await ben.joins('hasty')
    await ben.presses('A is better')
    const card = ben.newest()
    clock.advance(0.6)
    expect(await ben.hands.press('B is better')).toEqual({ ok: true })
    expect(await ben.hands.press('Skip')).toEqual({ ok: true })
    await quiet()
    expect(ben.newest()).toBe(card)
    expect(await journey.raw('hasty')).toHaveLength(1)
    await ben.presses('B is better')
    expect(await submitted(journey, 'hasty')).toHaveLength(2)
  })

  test('Ana submits a form twice at once: one answer, and the window is the next task', async ({
    journey,
  }) => {
    const { ana, clock, quiet } = journey
    await journey.dataset('name: forms\ntemplate: completion\ntitle: Forms', [
      { id: 'm1', prompt: 'One thing?' },
      { id: 'm2', prompt: 'Other thing?' },
    ])
    await ana.joins('forms')
    await ana.presses('Answer')
    const first = /One thing/.test(ana.modal()?.text ?? '') ? 'One thing?' : 'Other thing?'
    await ana.writes('Your answer', 'typed once')
    clock.advance(1)
    const both = await Promise.all([ana.hands.submit(), ana.hands.submit()])
    expect(both).toEqual([{ ok: true }, { ok: true }])
    await quiet()
    expect(await journey.raw('forms')).toHaveLength(1)
    expect(ana.modal()?.text).not.toMatch(new RegExp(`^${first.replace('?', '\\?')}$`, 'm'))
    expect(JSON.stringify(ana.modal()?.view['state'])).not.toContain('typed once')
    await ana.writes('Your answer', 'the other')
    await ana.submits()
    await ana.receives('All done here.')
    await ana.closes()
    expect((await submitted(journey, 'forms')).map(({ revision }) => revision)).toEqual([1, 1])
  })

  test('Dee presses Start, Skip and Undo twice each', async ({ journey }) => {
    const { dee, clock, quiet } = journey
    await journey.dataset('name: again\ntemplate: comparison\ntitle: Again', pairs('again', 2))
    const twice = async (label: string, where?: { in: string }) => {
      clock.advance(1)
      await Promise.all([dee.hands.press(label, where), dee.hands.press(label, where)])
      await quiet()
    }
    await dee.types('/parley next again')
    await twice('Start')
    expect(dee.newest()).toContain('again prompt')
    const people = await journey.parley.db
      .selectFrom('identities')
      .select('labelerId')
      .where('userId', '=', dee.id)
      .execute()
    expect(people).toHaveLength(1)
    await twice('Skip')
    expect((await journey.raw('again')).map(({ status }) => status)).toEqual(['discarded'])
    await twice('Undo')
    await dee.receives('again prompt')
    const now = newestOf(await journey.raw('again'))
    expect(now.filter(({ status }) => status !== 'draft')).toEqual([])
  })

  test('/parley typed twice brings the same task, not two', async ({ journey }) => {
    const { ben } = journey
    await journey.dataset('name: resume\ntemplate: comparison\ntitle: Resume', pairs('resume', 3))
    await ben.types('/parley next resume')
    const first = /resume prompt \d/.exec(ben.newest())?.[0]
    await ben.types('/parley next resume')
    expect(/resume prompt \d/.exec(ben.newest())?.[0]).toBe(first)
    const held = await journey.parley.db
      .selectFrom('assignments')
      .innerJoin('datasets', 'datasets.id', 'assignments.datasetId')
      .select('assignments.id')
      .where('datasets.name', '=', 'resume')
      .execute()
    expect(held).toHaveLength(1)
  })

  test('an old copy of an answered card tells what was saved and changes nothing', async ({
    journey,
  }) => {
    const { cleo } = journey
    await journey.dataset('name: stale\ntemplate: comparison\ntitle: Stale', pairs('stale', 1))
    await cleo.joins('stale')
    await cleo.types('/parley next stale')
    await cleo.presses('B is better')
    await cleo.receives('Saved: B > A')
    await cleo.presses('A is better', { in: 'stale prompt' })
    expect(cleo.messages().filter((text) => text.includes('[A is better]'))).toEqual([])
    const raw = await journey.raw('stale')
    expect(raw).toHaveLength(1)
    expect(raw[0]).toMatchObject({ revision: 1, counted: true })
    expect(cleo.newest()).toContain('Saved: B > A')
  })
})

describe('twice: Slack delivers again', () => {
  test('the very same bytes are refused as a replay and change nothing', async ({ journey }) => {
    const { ana, slack } = journey
    await journey.dataset('name: replay\ntemplate: comparison\ntitle: Replay', pairs('replay', 3))
    await ana.joins('replay')
    await ana.presses('A is better')
    const before = ana.newest()
    const again = await slack.faults.redeliver({ exact: true })
    expect(again).toMatchObject({ outcome: 'answered', status: 401 })
    await journey.quiet()
    expect(ana.newest()).toBe(before)
    expect(await journey.raw('replay')).toHaveLength(1)
  })

  test('the same press under a new signature answers nothing twice', async ({ journey }) => {
    const { ana, slack, clock } = journey
    await journey.dataset('name: resend\ntemplate: comparison\ntitle: Resend', pairs('resend', 3))
    await ana.joins('resend')
    await ana.presses('A is better')
    const next = /resend prompt \d/.exec(ana.newest())?.[0]
    clock.advance(2)
    const again = await slack.faults.redeliver()
    expect(again).toMatchObject({ outcome: 'answered', status: 200 })
    await journey.quiet()
    const raw = await journey.raw('resend')
    expect(raw).toHaveLength(1)
    expect(raw[0]).toMatchObject({ revision: 1, counted: true })
    expect(/resend prompt \d/.exec(ana.newest())?.[0]).toBe(next)
  })

  test('the same form under a new signature answers nothing twice', async ({ journey }) => {
    const { ana, slack, clock } = journey
    await journey.dataset('name: reform\ntemplate: completion\ntitle: Reform', [
      { id: 'q1', prompt: 'Only thing?' },
    ])
    await ana.joins('reform')
    await ana.presses('Answer')
    await ana.writes('Your answer', 'once and only once')
    await ana.submits()
    clock.advance(2)
    const again = await slack.faults.redeliver()
    expect(again).toMatchObject({ outcome: 'answered', status: 200 })
    await journey.quiet()
    await ana.closes()
    const raw = await journey.raw('reform')
    expect(raw).toHaveLength(1)
    expect(raw[0]).toMatchObject({ revision: 1, values: { completion: 'once and only once' } })
  })
})
