/**
 * Texts as they were written, one press away: on every card of both platforms, in its form, and for the
 * presser alone on a public post. The answer notes which of the two was shown.
 */
import { describe, expect, vi } from 'vitest'
import { createPosts } from '../../src/assignments/post.ts'
import { sweepPosts } from '../../src/chat/gestures/posts.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { rendererVersion } from '../../src/markdown/tree.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import { repaintDue } from '../../src/outbound/repaint.ts'
import type { DiscordJourney } from '../support/discord.ts'
import { admin, exportLines, type Journey, newestOf } from '../support/journey.ts'
import { discordTest, slackTest } from '../support/journey-test.ts'

const outputs = ['Use **all** of it:\n\n| a | b |\n|---|---|\n| 1 | 2 |', '- one\n- `two`']
const records = (name: string, count = 1) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `What is **${name} ${i + 1}**?`,
    outputs,
  }))
const comparison = (name: string, more = '') =>
  `name: ${name}\ntemplate: comparison\ntitle: The ${name}\norder: fixed\n${more}`

/** Everything as it was written stands on the screen. */
function expectRaw(screen: string, name: string) {
  expect(screen).toContain(`What is **${name}**?`)
  expect(screen).toContain('Use **all** of it:')
  expect(screen).toContain('|---|---|')
  expect(screen).toContain('[Show formatted]')
  expect(screen).not.toContain('[Show raw text]')
}

function expectFormatted(screen: string, name: string) {
  expect(screen).toContain(`What is ${name}?`)
  expect(screen).not.toContain('**all**')
  expect(screen).toContain('[Show raw text]')
}

const onSlack = slackTest()
const onDiscord = discordTest()

/** The worker may have taken what is due a moment before. */
const arrives = (call: () => string, text: string) =>
  vi.waitFor(() => expect(call()).toContain(text), { timeout: 30_000 })

describe('in Slack', () => {
  const test = onSlack
  const shownOf = async (journey: Journey, dataset: string) =>
    newestOf(await journey.raw(dataset)).map(({ record, shown }) => [
      record.external_id,
      Object(shown)['rendering'],
    ])

  describe('happy', () => {
    test('Ana reads a card as it was written and back; her answers say which she saw', async ({
      journey,
    }) => {
      const { ana } = journey
      await journey.dataset(comparison('pair'), records('pair', 2))
      await ana.joins('pair')
      expectFormatted(ana.newest(), 'pair 1')
      await ana.presses('Show raw text')
      expectRaw(ana.newest(), 'pair 1')
      await ana.presses('A is better')
      // The next card is another one, and the line above it stays when its texts change.
      expectFormatted(ana.newest(), 'pair 2')
      await ana.presses('Show raw text')
      expect(ana.newest()).toContain('Saved: A > B')
      expectRaw(ana.newest(), 'pair 2')
      await ana.presses('Show formatted')
      expectFormatted(ana.newest(), 'pair 2')
      expect(ana.newest()).toContain('[Undo]')
      await ana.presses('B is better')
      expect(await shownOf(journey, 'pair')).toEqual([
        ['pair1', 'raw'],
        ['pair2', rendererVersion],
      ])
    })

    test('in a form what was typed stays, and the card below changes with it', async ({
      journey,
    }) => {
      const { ben } = journey
      await journey.dataset('name: typed\ntemplate: completion\ntitle: The typed', [
        { id: 't1', prompt: 'What is **typed 1**?' },
      ])
      await ben.joins('typed')
      await ben.presses('Answer')
      await ben.writes('Your answer', 'half of *it*')
      await ben.presses('Show raw text')
      expect(ben.modal()?.text).toContain('What is **typed 1**?')
      expect(ben.modal()?.text).toContain('half of *it*')
      expect(ben.newest()).toContain('What is **typed 1**?')
      await ben.closes()
      await ben.presses('Answer')
      expect(ben.modal()?.text).toContain('What is **typed 1**?')
      expect(ben.modal()?.text).toContain('half of *it*')
      await ben.submits()
      await ben.closes()
      const [line] = await journey.raw('typed')
      expect(line).toMatchObject({
        values: { completion: 'half of *it*' },
        shown: { rendering: 'raw' },
      })
    })

    test('a half-made ranking stays, and so does the choice after a restart', async ({
      journey,
    }) => {
      const { dee } = journey
      const three = records('taps').map((one) => ({ ...one, outputs: [...outputs, 'third'] }))
      await journey.dataset(comparison('taps'), three)
      await dee.joins('taps')
      await dee.presses('B')
      await dee.presses('Show raw text')
      expectRaw(dee.newest(), 'taps 1')
      const other = await journey.startService()
      journey.slack.deliverTo(other.address)
      await journey.slack.verifyUrl()
      await dee.types('/parley next taps')
      expectRaw(dee.newest(), 'taps 1')
      await dee.presses('A')
      await dee.presses('C')
      await dee.receives('Saved: B > A > C')
      expect(await shownOf(journey, 'taps')).toEqual([['taps1', 'raw']])
    })

    test('a change of the answer notes what was shown then, and undo brings back both', async ({
      journey,
    }) => {
      const { cleo } = journey
      await journey.dataset(comparison('edits'), records('edits'))
      await cleo.joins('edits')
      await cleo.presses('A is better')
      await cleo.presses('Edit')
      await cleo.presses('Show raw text')
      expectRaw(cleo.modal()?.text ?? '', 'edits 1')
      await cleo.chooses('Rank the answers, best first', 'B is better')
      await cleo.submits()
      const edited = await journey.raw('edits')
      expect(edited.map(({ shown }) => Object(shown)['rendering'])).toEqual([
        rendererVersion,
        'raw',
      ])
      await cleo.closes()
      await cleo.presses('Undo')
      expect(await shownOf(journey, 'edits')).toEqual([['edits1', rendererVersion]])
    })

    test('a long text is read as the card has it, and otherwise for once', async ({ journey }) => {
      const { ana } = journey
      const prompt = `**start** ${'many words, '.repeat(3000)}`
      await journey.dataset('name: reader\ntemplate: completion\ntitle: The reader', [
        { id: 'x1', prompt },
      ])
      await ana.joins('reader')
      await ana.presses('Read all of Prompt')
      expect(ana.modal()?.text).not.toContain('**start**')
      await ana.presses('Show raw text')
      expect(ana.modal()?.text).toContain('**start**')
      await ana.presses('Next page')
      await ana.presses('Previous')
      expect(ana.modal()?.text).toContain('**start**')
      await ana.closes()
      expect(ana.newest()).not.toContain('**start**')
      await ana.presses('Show raw text')
      await ana.presses('Read all of Prompt')
      expect(ana.modal()?.text).toContain('**start**')
      await ana.closes()
    })

    test('records and raw files bring it along to another place', async ({ journey }) => {
      const lines = await journey.raw('pair')
      for (const as of ['raw', 'records']) {
        const out = await exportLines(journey.parley, 'pair', as)
        const name = `copy-${as}`
        await createDataset(journey.parley, admin, { document: parseDocument(comparison(name)) })
        const source = [Buffer.from(out.map((line) => `${JSON.stringify(line)}\n`).join(''))]
        await importAnswers(journey.parley, admin, { dataset: name, source })
        const copied = await journey.raw(name)
        expect(copied.map(({ shown }) => shown)).toEqual(lines.map(({ shown }) => shown))
      }
    })
  })

  describe('twice', () => {
    test('two presses of one button are one change', async ({ journey }) => {
      const { ben } = journey
      await journey.dataset(comparison('twice'), records('twice'))
      await ben.joins('twice')
      const once = ben.hands.press('Show raw text')
      const again = ben.hands.press('Show raw text')
      await Promise.all([once, again])
      await journey.quiet()
      expectRaw(ben.newest(), 'twice 1')
    })
  })

  describe('forbidden', () => {
    test("somebody else's card keeps its look", async ({ journey }) => {
      const { ana, dee, parley } = journey
      await journey.dataset(comparison('mine'), records('mine'))
      await ana.joins('mine')
      const row = await parley.db
        .selectFrom('assignments')
        .innerJoin('datasets', 'datasets.id', 'assignments.datasetId')
        .select(['assignments.id', 'datasetId'])
        .where('datasets.name', '=', 'mine')
        .executeTakeFirstOrThrow()
      const assignmentId = `${row.datasetId}-${row.id}`
      const by = { platform: 'slack' as const, workspace: journey.slack.teamId, userId: dee.id }
      const reply = await handleInteraction(parley, {
        ...{ by, type: 'render', assignmentId, view: 'raw' },
      })
      expect(reply).toMatchObject({ type: 'notice' })
      await ana.types('/parley next mine')
      expectFormatted(ana.newest(), 'mine 1')
    })
  })

  describe('happy: a public post', () => {
    test('whoever presses reads it as it was written, and nobody else', async ({ journey }) => {
      const { ana, ben, parley, slack } = journey
      slack.channel('arena', { members: ['Ana', 'Ben'] })
      const place = { platform: 'slack' as const, workspace: slack.teamId }
      await journey.dataset(
        comparison('public', 'posts: { min_votes: 1 }\ndistribution: { min_submitted: 1 }'),
        records('public'),
      )
      const to = { ...place, channelId: slack.channel('arena').id }
      await createPosts(parley, admin, { dataset: 'public', to })
      await deliverDue(parley, place)
      const call = () => ana.messages('arena').findLast((one) => one.startsWith('The public')) ?? ''
      await arrives(call, 'What is public 1?')
      await ben.presses('Show raw text', { in: 'The public' })
      expect(ben.modal()?.text).toContain('What is **public 1**?')
      expect(ben.modal()?.text).not.toContain('**all**')
      expect(ana.modal()).toBe(null)
      expect(call()).toContain('What is public 1?')
      await ben.presses('Show formatted')
      expect(ben.modal()?.text).toContain('What is public 1?')
      await ben.closes()

      // On a ballot it is a button as on any card.
      await ana.presses('Rank it', { in: 'The public' })
      await ana.presses('Show raw text', { in: 'Only you see this' })
      expectRaw(ana.newest(), 'public 1')
      await ana.presses('A is better', { in: 'Only you see this' })
      await ana.receives('You may change your vote until')
      expect(await shownOf(journey, 'public')).toEqual([['public1', 'raw']])

      journey.clock.advance(14 * 86_400)
      await sweepPosts(parley)
      journey.clock.advance(6)
      await repaintDue(parley, place)
      await arrives(call, 'The result of 1 vote')
      await ben.presses('Show raw text', { in: 'The public' })
      expect(ben.modal()?.text).toContain('What is **public 1**?')
      expect(ben.modal()?.text).toContain('Use **all** of it')
      await ben.closes()
    })
  })
})

describe('in Discord', () => {
  const test = onDiscord
  const shownOf = async (journey: DiscordJourney, dataset: string) =>
    newestOf(await journey.raw(dataset)).map(({ record, shown }) => [
      record.external_id,
      Object(shown)['rendering'],
    ])

  describe('happy', () => {
    test('Ana reads a card as it was written and back; her answers say which she saw', async ({
      journey,
    }) => {
      const { ana } = journey
      await journey.dataset(comparison('pair'), records('pair', 2))
      await ana.joins('pair')
      expectFormatted(ana.screen(), 'pair 1')
      await ana.presses('Show raw text')
      expectRaw(ana.screen(), 'pair 1')
      await ana.presses('A is better')
      expect(ana.screen()).toContain('Saved: A > B')
      expectFormatted(ana.screen(), 'pair 2')
      await ana.presses('Show raw text')
      expect(ana.screen()).toContain('Saved: A > B')
      expectRaw(ana.screen(), 'pair 2')
      await ana.presses('Show formatted')
      expectFormatted(ana.screen(), 'pair 2')
      await ana.presses('B is better')
      expect(await shownOf(journey, 'pair')).toEqual([
        ['pair1', 'raw'],
        ['pair2', rendererVersion],
      ])
    })

    test('a form repeats the texts as the card has them, and goes on where it was', async ({
      journey,
    }) => {
      const { ben } = journey
      const names = 'abcdefg'.split('')
      const questions = names.map((name) => `  ${name}: { type: rating, title: Rate ${name} }`)
      await journey.dataset(
        `name: steps\ntitle: Steps\nfields: [{ name: prompt, title: Prompt }]\nquestions:\n${questions.join('\n')}`,
        [{ id: 's1', prompt: 'What is **steps 1**?' }],
      )
      await ben.joins('steps')
      await ben.presses('Answer')
      for (const name of names.slice(0, 4)) await ben.chooses(`Rate ${name}`, '4')
      await ben.submits()
      await ben.presses('Show raw text')
      await ben.presses('Go on')
      expect(ben.modal()?.text).toContain('What is **steps 1**?')
      for (const name of names.slice(4)) await ben.chooses(`Rate ${name}`, '2')
      await ben.submits()
      const [line] = await journey.raw('steps')
      expect(line).toMatchObject({
        values: { a: 4, b: 4, c: 4, d: 4, e: 2, f: 2, g: 2 },
        shown: { rendering: 'raw' },
      })
    })

    test('a half-made ranking stays, and so does the choice after a restart', async ({
      journey,
    }) => {
      const { dee } = journey
      const three = records('taps').map((one) => ({ ...one, outputs: [...outputs, 'third'] }))
      await journey.dataset(comparison('taps'), three)
      await dee.joins('taps')
      await dee.presses('B')
      await dee.presses('Show raw text')
      expectRaw(dee.screen(), 'taps 1')
      await journey.restart()
      await dee.types('/label dataset:taps')
      expectRaw(dee.screen(), 'taps 1')
      await dee.presses('A')
      await dee.presses('C')
      expect(dee.screen()).toContain('Saved: B > A > C')
      expect(await shownOf(journey, 'taps')).toEqual([['taps1', 'raw']])
    })

    test('where a card is full the way stands in its menu', async ({ journey }) => {
      const { cleo } = journey
      const many = Array.from({ length: 10 }, (_, i) => `Output **${i}** ${'word '.repeat(900)}`)
      await journey.dataset(
        'name: full\ntitle: The full\ntemplate: comparison\norder: fixed\nmax_shown: 10\nguidelines: Read.',
        [{ id: 'f1', prompt: 'What is **full 1**?', outputs: many }],
      )
      await cleo.joins('full')
      expect(cleo.screen()).toContain('Show raw text')
    })
  })

  describe('twice', () => {
    test('two presses of one button are one change', async ({ journey }) => {
      const { ben } = journey
      await journey.dataset(comparison('twice'), records('twice'))
      await ben.joins('twice')
      await Promise.all([ben.hands.press('Show raw text'), ben.hands.press('Show raw text')])
      await journey.quiet()
      expectRaw(ben.screen(), 'twice 1')
    })
  })

  describe('happy: a public post', () => {
    test('whoever presses reads it as it was written, and nobody else', async ({ journey }) => {
      const { ana, ben, dee } = journey
      const parley = journey.parley()
      const place = { platform: 'discord' as const, workspace: '' }
      await journey.dataset(
        comparison('public', 'posts: { min_votes: 1 }\ndistribution: { min_submitted: 1 }'),
        records('public'),
      )
      const to = { ...place, channelId: journey.discord.channel('arena').id }
      await createPosts(parley, admin, { dataset: 'public', to })
      await deliverDue(parley, place)
      const call = () => dee.messages('arena').findLast((one) => one.includes('The public')) ?? ''
      await arrives(call, '[Show raw text]')
      await ben.presses('Show raw text', { in: 'The public' })
      expect(ben.screen()).toContain('What is **public 1**?')
      expect(dee.screen()).not.toContain('What is **public 1**?')
      await ana.presses('Rank it', { in: 'The public' })
      await ana.presses('Show raw text', { in: 'Only you see this' })
      const ballot = ana.messages().findLast((one) => one.includes('Only you see this')) ?? ''
      expectRaw(ballot, 'public 1')
      await ana.presses('A is better')
      expect(await shownOf(journey, 'public')).toEqual([['public1', 'raw']])
    })
  })
})
