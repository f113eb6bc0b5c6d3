/** Fewer gestures, none lost: rankings by taps, drafts of windows that were closed, questions that follow an answer. */
import { describe, expect } from 'vitest'
import { type Journey, newestOf } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest()

/** The ids of these texts (o1, o2, …) in the order they stand on the screen. */
function idsOn(screen: string, texts: readonly string[]): string[] {
  return [...texts]
    .sort((a, b) => screen.indexOf(a) - screen.indexOf(b))
    .map((text) => `o${texts.indexOf(text) + 1}`)
}

const calls = (journey: Journey, method: string) =>
  journey.slack.wire.filter(({ direction, path }) => direction === 'call' && path.endsWith(method))

describe('happy: a ranking by taps on the card', () => {
  const texts = ['alpha words', 'beta words', 'gamma words']

  test('Ana ranks three in two taps; no call with a rate limit repaints the card', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset('name: taps\ntemplate: comparison\ntitle: Tap three', [
      { id: 't1', prompt: 'Say one.', outputs: texts },
      { id: 't2', prompt: 'Say two.', outputs: texts },
    ])
    await ana.joins('taps')
    const shown = idsOn(ana.newest(), texts)
    const [updates, posts, views] = ['chat.update', 'chat.postMessage', 'views.open'].map(
      (method) => calls(journey, method),
    )
    await ana.receives('Tap the best one.')
    await ana.presses('C')
    await ana.receives('Now tap the best of those left.')
    await ana.presses('A')
    await ana.receives('Saved: C > A > B')
    expect(calls(journey, 'chat.update')).toHaveLength(updates?.length ?? -1)
    expect(calls(journey, 'chat.postMessage')).toHaveLength(posts?.length ?? -1)
    expect(calls(journey, 'views.open')).toHaveLength(views?.length ?? -1)
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
    await ana.presses('All equal')
    await ana.receives('Saved: A = B = C')
  })

  test('Ben says two are equal, changes his mind, and goes on where he was after a restart', async ({
    journey,
  }) => {
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

  test('Dee taps twice by mistake, too soon, and quicker than the card is drawn', async ({
    journey,
  }) => {
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

  test('Cleo taps the ranking and writes why: the form opens with her ranking filled in', async ({
    journey,
  }) => {
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

  test('only the best takes one tap, best and worst take two', async ({ journey }) => {
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

  test('after Undo the ranking is there to be kept or changed', async ({ journey }) => {
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

describe('happy: nothing that was entered is lost', () => {
  const state = (who: { modal(): { view: object } | null }) =>
    JSON.stringify(who.modal()?.view ?? null)

  test('Ana closes the window half way; the next one starts where she was, in another process too', async ({
    journey,
  }) => {
    const { ana } = journey
    const document = `
name: half
template: completion
title: Half done
questions:
  completion: { title: Your answer, min_chars: 40 }
  clear: { title: Is the prompt clear?, type: rating, required: false }
`
    await journey.dataset(document, [{ id: 'h1', prompt: 'What is it?' }])
    await ana.joins('half')
    await ana.presses('Answer')
    await ana.writes('Your answer', 'too short')
    await ana.chooses('Is the prompt clear?', '4')
    await ana.closes()
    expect(await journey.raw('half')).toMatchObject([
      { status: 'draft', values: { completion: 'too short', clear: 4 } },
    ])
    const other = await journey.startService()
    journey.slack.deliverTo(other.address)
    await ana.presses('Answer')
    expect(state(ana)).toContain('too short')
    await ana.writes('Your answer', 'now it is long enough to be an answer of hers')
    await ana.submits()
    await ana.closes()
    expect((await journey.raw('half')).map(({ values }) => values)).toEqual([
      { completion: 'now it is long enough to be an answer of hers', clear: 4 },
    ])
    journey.slack.deliverTo(journey.service.address)
  })

  test('what Ben types is kept while he types, so that a reload loses nothing', async ({
    journey,
  }) => {
    const { ben, quiet } = journey
    await journey.dataset('name: typing\ntemplate: completion\ntitle: Typing', [
      { id: 'y1', prompt: 'What is it?' },
    ])
    await ben.joins('typing')
    await ben.presses('Answer')
    for (const text of ['It', 'It is', 'It is the', 'It is the sea'])
      void ben.hands.fill('Your answer', text)
    await quiet()
    await ben.writes('Your answer', 'It is the sea.')
    ben.reload()
    expect(ben.modal()).toBeNull()
    await ben.types('/parley')
    await ben.presses('Answer')
    expect(state(ben)).toContain('It is the sea.')
    await ben.submits()
    await ben.closes()
    expect((await journey.raw('typing')).map(({ status }) => status)).toEqual(['submitted'])
  })

  test('what Slack refused to take as an answer is there again', async ({ journey }) => {
    const { dee } = journey
    const document =
      'name: refused\ntemplate: completion\ntitle: Refused\nquestions: { completion: { min_chars: 30 } }'
    await journey.dataset(document, [{ id: 'f1', prompt: 'What is it?' }])
    await dee.joins('refused')
    await dee.presses('Answer')
    await dee.writes('Your answer', 'far too short')
    await dee.submits()
    expect(dee.errors()).toEqual({ 'Your answer': 'Write at least 30 characters.' })
    dee.reload()
    await dee.presses('Answer')
    expect(state(dee)).toContain('far too short')
    await dee.closes()
  })

  test('half an edit is a draft beside the answer, which stays until it is submitted', async ({
    journey,
  }) => {
    const { cleo } = journey
    await journey.dataset('name: redo\ntemplate: completion\ntitle: Redo', [
      { id: 'r1', prompt: 'What is it?' },
    ])
    await cleo.joins('redo')
    await cleo.presses('Answer')
    await cleo.writes('Your answer', 'first words')
    await cleo.submits()
    await cleo.closes()
    await cleo.presses('Edit', { in: 'first words' })
    await cleo.writes('Your answer', 'second wor')
    await cleo.closes()
    expect((await journey.raw('redo')).map(({ values }) => values)).toEqual([
      { completion: 'first words' },
    ])
    await cleo.presses('Edit', { in: 'first words' })
    expect(state(cleo)).toContain('second wor')
    await cleo.presses('Save')
    await cleo.closes()
    expect(newestOf(await journey.raw('redo')).map(({ values }) => values)).toEqual([
      { completion: 'second wor' },
    ])
  })

  test.for([
    ['whole windows', false],
    ['what was touched alone', true],
  ] as const)(
    'a form half filled in is there again, though Slack tells of %s',
    async ([, terse], { journey }) => {
      const { dee, slack } = journey
      const name = terse ? 'half-touched' : 'half-whole'
      const document = `
name: ${name}
template: comparison
title: Half of it
questions:
  preference: { mode: full }
  clear: { title: Clear?, type: rating, of: outputs }
  kinds: { title: Kinds, type: multi_label, options: [a, b, c] }
  note: { title: A note, type: text, required: false }
`
      const outputs = ['one', 'two', 'three'].map((text) => `${name} ${text}`)
      await journey.dataset(document, [{ id: 'h1', prompt: 'Which?', outputs }])
      slack.faults.tellsOnlyTouched = terse
      await dee.joins(name)
      await dee.presses('Answer in full', { in: name })
      await dee.chooses('Rank of B', '1 (best)')
      await dee.chooses('Clear? (C)', '4')
      await dee.ticks('Kinds', ['b', 'c'])
      await dee.writes('A note', 'half a note')
      await dee.closes()
      await dee.presses('Answer in full', { in: name })
      // Looked at, one thing changed, and the window is gone with the laptop's lid.
      await dee.chooses('Clear? (A)', '2')
      dee.reload()
      await dee.presses('Answer in full', { in: name })
      expect(state(dee)).toContain('half a note')
      for (const [label, option] of [
        ['Rank of A', '2'],
        ['Rank of C', '3 (worst)'],
        ['Clear? (B)', '5'],
      ] as const)
        await dee.chooses(label, option)
      await dee.submits()
      await dee.closes()
      slack.faults.tellsOnlyTouched = false
      const answers = newestOf(await journey.raw(name))
      expect(answers.map(({ status }) => status)).toEqual(['submitted'])
      const { clear, kinds, note } = answers[0]?.values ?? {}
      expect(Object.values(clear ?? {}).sort()).toEqual([2, 4, 5])
      expect({ kinds, note }).toEqual({ kinds: ['b', 'c'], note: 'half a note' })
    },
  )

  test('a press after a closed window keeps the comment that was typed in it', async ({
    journey,
  }) => {
    const { ana } = journey
    const document = `
name: kept
template: comparison
title: Keep the comment
questions: { why: { title: A note, type: text, required: false } }
`
    await journey.dataset(document, [{ id: 'k1', prompt: 'Which?', outputs: ['x one', 'y two'] }])
    await ana.joins('kept')
    await ana.presses('Answer in full')
    await ana.writes('A note', 'the first is kinder')
    await ana.closes()
    await ana.presses('A is better')
    await ana.receives('the first is kinder')
    expect((await journey.raw('kept'))[0]?.values).toMatchObject({ why: 'the first is kinder' })
  })

  test('a window looked at and closed is no draft, whatever was suggested in it', async ({
    journey,
  }) => {
    const { ben } = journey
    const document =
      'name: look\ntemplate: completion\ntitle: Look\nsuggestions: before\nquestions: { completion: { title: Your answer } }'
    await journey.dataset(document, [
      {
        format: 1,
        external_id: 'l1',
        fields: { prompt: 'What is it?' },
        suggestions: { completion: { value: 'a suggestion', agent: 'm' } },
      },
    ])
    await ben.joins('look')
    await ben.presses('Answer')
    expect(state(ben)).toContain('a suggestion')
    await ben.closes()
    expect(await journey.raw('look')).toEqual([])
  })
})

describe('happy: more labels than a menu holds', () => {
  test('Ana finds one of three hundred by typing, and any of them; accents and case do not matter', async ({
    journey,
  }) => {
    const { ana } = journey
    const towns = Array.from({ length: 298 }, (_, i) => `town ${i}`)
    const document = `
name: towns
title: Which town?
fields: { prompt: { title: Prompt } }
questions:
  one: { title: The town, type: label, options: [Zürich, Überlingen, ${towns.join(', ')}] }
  some: { title: All towns, type: multi_label, none_option: true, options: [Zürich, ${towns.join(', ')}] }
  home: { title: Your own, type: label, required: false, options: [Zürich, ${towns.join(', ')}] }
`
    await journey.dataset(document, [
      { id: 't1', prompt: 'Where is this?' },
      { id: 't2', prompt: 'And this?' },
    ])
    await ana.joins('towns')
    await ana.presses('Answer')
    expect((await ana.search('The town', '')).length).toBe(100)
    expect(await ana.search('The town', 'nowhere')).toEqual([])
    const found = await ana.search('The town', 'ube')
    expect(found).toMatchObject([{ text: { text: 'Überlingen' } }])
    expect(await ana.search('All towns', 'none')).toMatchObject([{ value: 'none' }])
    await ana.chooses('The town', 'town 297')
    await ana.ticks('All towns', ['town 12', 'Zürich'])
    await ana.chooses('Your own', 'zürich')
    await ana.chooses('Your own', 'No answer')
    ana.reload()
    await ana.presses('Answer')
    await ana.submits()
    const [answer] = newestOf(await journey.raw('towns'))
    expect(answer?.values).toEqual({ one: 'town 297', some: ['Zürich', 'town 12'] })
    while (ana.modal()) await ana.closes()
  })
})

describe('happy: questions that follow an answer', () => {
  test('a question stands in the window only while its condition holds; what was typed stays', async ({
    journey,
  }) => {
    const { ana } = journey
    const document = `
name: follow
title: Judge it
fields: { prompt: { title: Prompt } }
questions:
  safe: { title: Is it safe?, type: label, options: [yes, no] }
  why: { title: What is unsafe?, type: text, when: safe == "no" }
  note: { title: A note, type: text, required: false }
`
    await journey.dataset(document, [
      { id: 'w1', prompt: 'One?' },
      { id: 'w2', prompt: 'Two?' },
    ])
    await ana.joins('follow')
    await ana.presses('Answer')
    expect(ana.modal()?.text).not.toContain('What is unsafe?')
    await ana.writes('A note', 'typed before')
    await ana.chooses('Is it safe?', 'no')
    expect(ana.modal()?.text).toContain('What is unsafe?')
    expect(state(ana)).toContain('typed before')
    await ana.submits()
    expect(ana.errors()).toEqual({ 'What is unsafe?': 'Write an answer.' })
    await ana.writes('What is unsafe?', 'A recipe for harm.')
    await ana.chooses('Is it safe?', 'yes')
    expect(ana.modal()?.text).not.toContain('What is unsafe?')
    await ana.chooses('Is it safe?', 'no')
    expect(state(ana)).toContain('A recipe for harm.')
    await ana.submits()
    await ana.receives('Saved:')
    const [first] = await journey.raw('follow')
    expect(first?.values).toEqual({ safe: 'no', why: 'A recipe for harm.', note: 'typed before' })
    // Inside the next record of the same window the way back stays while questions come and go.
    await ana.chooses('Is it safe?', 'no')
    expect(ana.modal()?.text).toContain('[Undo]')
    await ana.chooses('Is it safe?', 'yes')
    await ana.submits()
    await ana.closes()
    expect(await journey.raw('follow')).toHaveLength(2)
  })

  function state(who: { modal(): { view: object } | null }) {
    return JSON.stringify(who.modal()?.view ?? null)
  }
})

describe('happy: what was opened is known', () => {
  test('the long texts Dee opened to read are in the raw export, the others are not', async ({
    journey,
  }) => {
    const { dee } = journey
    const long = 'A long sentence about nothing in particular. '.repeat(400)
    await journey.dataset('name: opened\ntemplate: comparison\ntitle: Open it', [
      { id: 'o1', prompt: long, outputs: [long, `${long}!`, `${long}?`] },
    ])
    await dee.joins('opened')
    await dee.presses('Read all of Output B')
    await dee.closes()
    await dee.presses('Read all of Prompt')
    await dee.presses('Next page').catch(() => undefined)
    await dee.closes()
    await dee.presses('Read all of Output B')
    await dee.closes()
    await dee.presses('B')
    await dee.presses('A')
    const [line] = await journey.raw('opened')
    const shown = line?.shown
    expect(shown).toMatchObject({ expanded: [shown?.order[1], 'prompt'] })
  })
})

describe('happy: a message as an answer', () => {
  const shortcut = 'v1:use-message'

  test('Ana writes at length in a channel and uses her message; she sees it before it is saved', async ({
    journey,
  }) => {
    const { ana, slack } = journey
    await journey.dataset('name: message\ntemplate: completion\ntitle: Message', [
      { id: 'g1', prompt: 'Why is the sky blue?' },
    ])
    slack.channel('drafts', { members: ['Ana', 'Ben'] })
    const typed = 'Because 1 < 2 & so on:\n```\nx = [1]\n```\n*Rayleigh* said so.'
    await ana.hands.say(typed, { channel: 'drafts' })
    await ana.joins('message')
    expect(await ana.hands.messageShortcut(shortcut, { in: 'Rayleigh' })).toEqual({ ok: true })
    await journey.quiet()
    await ana.receives('This is your message.')
    expect(await journey.raw('message')).toEqual([])
    await ana.submits()
    await ana.closes()
    expect((await journey.raw('message')).map(({ values }) => values)).toEqual([
      { completion: typed },
    ])
  })

  test('a message of somebody else, or with no task open, answers nothing', async ({ journey }) => {
    const { ana, ben } = journey
    await ben.hands.messageShortcut(shortcut, { in: 'Rayleigh' })
    await ben.receives('Only your own message can be your answer.')
    await journey.service.parley.db
      .updateTable('assignments')
      .set({ status: 'expired', leaseUntil: null })
      .where('status', '=', 'leased')
      .execute()
    await ana.hands.messageShortcut(shortcut, { in: 'Rayleigh' })
    await ana.receives('You have no open task that asks for a text.')
  })
})
