/** Every kind of question on Discord, answered as people answer it there: nothing is lost between steps. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeDataset } from '../../../src/datasets/publish.ts'
import { createClaimCode } from '../../../src/labelers/roles.ts'
import { type DiscordJourney, openDiscordJourney } from '../../support/discord.ts'
import { admin } from '../../support/journey.ts'

let journey: DiscordJourney

beforeAll(async () => {
  journey = await openDiscordJourney()
})
afterAll(() => journey.close())

const everyone = 'order: fixed\naccess: everyone\ndistribution: { min_submitted: 1 }'
const prompts = (name: string, count = 3) =>
  Array.from({ length: count }, (_, i) => ({ id: `${name}${i}`, prompt: `${name} ${i}?` }))
const withOutputs = (name: string, outputs: number) =>
  [1, 2].map((n) => ({
    id: `${name}${n}`,
    prompt: `${name} ${n}?`,
    outputs: Array.from({ length: outputs }, (_, i) => `answer ${i}`),
  }))

async function valuesOf(dataset: string): Promise<unknown[]> {
  const lines = await journey.raw(dataset)
  return lines.map((line) => Object(line)['values'])
}

describe('happy', () => {
  test('seven questions are two steps on one card; what the first kept, the second commits', async () => {
    const { ana } = journey
    const names = 'abcdefg'.split('')
    const questions = names.map((name) => `  ${name}: { type: rating, title: Rate ${name} }`)
    await journey.dataset(
      `name: seven\ntitle: Seven\nfields: [{ name: prompt, title: Prompt }]\n${everyone}\nquestions:\n${questions.join('\n')}`,
      prompts('seven'),
    )
    await ana.joins('seven')
    await ana.presses('Answer', { in: 'seven 0?' })
    for (const name of names.slice(0, 4)) await ana.chooses(`Rate ${name}`, '4')
    await ana.submits()
    expect(ana.screen()).toContain('Saved as a draft')
    await ana.presses('Go on')
    for (const name of names.slice(4)) await ana.chooses(`Rate ${name}`, '2')
    await ana.submits()
    expect(await valuesOf('seven')).toEqual([{ a: 4, b: 4, c: 4, d: 4, e: 2, f: 2, g: 2 }])
    expect(ana.screen()).toContain('seven 1?')
  })

  test('one of sixty labels: turn the page, choose, and it is saved', async () => {
    const { ana } = journey
    const options = Array.from({ length: 60 }, (_, i) => `topic${i}`)
    await journey.dataset(
      `name: topics\ntitle: Topics\nfields: [{ name: prompt, title: Prompt }]\n${everyone}\nquestions:\n  topic: { type: label, title: Which topic?, options: [${options.join(', ')}] }`,
      prompts('topics'),
    )
    await ana.joins('topics')
    await ana.presses('Next page', { in: 'topics 0?' })
    await ana.chooses('Which topic? (Page 2 of 3)', 'topic30')
    expect(await valuesOf('topics')).toEqual([{ topic: 'topic30' }])
    expect(ana.screen()).toContain('Saved: topic30')
  })

  test('several labels are one menu, and commit when it closes', async () => {
    const { ana } = journey
    await journey.dataset(
      `name: tags\ntitle: Tags\nfields: [{ name: prompt, title: Prompt }]\n${everyone}\nquestions:\n  tags: { type: multi_label, title: Which tags?, options: [a, b, c, d] }`,
      prompts('tags'),
    )
    await ana.joins('tags')
    await ana.chooses('Which tags?', 'a', 'c')
    expect(await valuesOf('tags')).toEqual([{ tags: ['a', 'c'] }])
  })

  test('a rating of each of four outputs is one form', async () => {
    const { ana } = journey
    await journey.dataset(
      `name: each\ntitle: Each\nfields: [{ name: prompt, title: Prompt }]\n${everyone}\nquestions:\n  helpful: { type: rating, title: Helpful, of: outputs }`,
      withOutputs('each', 4),
    )
    await ana.joins('each')
    await ana.presses('Answer', { in: 'each 1?' })
    for (const [i, letter] of ['A', 'B', 'C', 'D'].entries())
      await ana.chooses(`Helpful (${letter})`, String(i + 1))
    await ana.submits()
    const [values] = await valuesOf('each')
    expect(Object.values(Object(Object(values)['helpful'])).sort()).toEqual([1, 2, 3, 4])
  })

  test('a completion that filled its input goes on in a second one, and any may come as a file', async () => {
    const { ana } = journey
    await journey.dataset(
      `name: long\ntemplate: completion\ntitle: Long\n${everyone}`,
      prompts('long'),
    )
    await ana.joins('long')
    await ana.presses('Answer', { in: 'long 0?' })
    expect(JSON.stringify(ana.modal())).not.toContain('continued')
    await ana.writes('Your answer', 'x'.repeat(4000))
    await ana.submits()
    // It filled the input, so a second one stands there when it is changed.
    await ana.types('/parley history')
    await ana.chooses('Change an answer…', ' · “long 0?” · Long')
    await ana.writes('Your answer, continued', 'and the end.')
    await ana.submits()
    await ana.joins('long')
    await ana.presses('Answer', { in: 'long 1?' })
    await ana.attaches('Or a text file (.md, .txt)', 'answer.md', 'From a *file*.\n')
    await ana.submits()
    const answers = (await valuesOf('long')).map((one) => Object.values(Object(one))[0])
    expect(answers.includes('From a *file*.\n')).toBe(true)
    expect(answers.includes(`${'x'.repeat(4000)}and the end.`)).toBe(true)
  })

  test('an answer that asks for more brings the rest, and keeps what there was', async () => {
    const { ana } = journey
    await journey.dataset(
      `name: unsure\ntemplate: comparison\ntitle: Unsure\n${everyone}\nquestions:\n  why: { type: text, title: Say why, when: "preference.all_unacceptable", required: true }`,
      withOutputs('unsure', 2),
    )
    await ana.joins('unsure')
    await ana.presses('Answer', { in: 'unsure 1?' })
    await ana.chooses('Rank the answers, best first', 'Both bad')
    await ana.submits()
    expect(ana.screen()).toContain('Say why: Write an answer.')
    await ana.presses('Go on')
    await ana.writes('Say why', 'Neither answers.')
    await ana.submits()
    expect(await valuesOf('unsure')).toEqual([
      { preference: expect.objectContaining({ all_unacceptable: true }), why: 'Neither answers.' },
    ])
  })

  test('a ranking that is whole opens the form of the rest; closed, the card still has the way on', async () => {
    const { dee } = journey
    await journey.dataset(
      `name: reasons\ntemplate: comparison\ntitle: Reasons\n${everyone}\nquestions:\n  why: { type: text, title: Say why, required: true }`,
      withOutputs('reasons', 3),
    )
    await dee.joins('reasons')
    await dee.presses('B', { in: 'reasons 1?' })
    await dee.presses('A')
    expect(JSON.stringify(dee.modal())).toContain('Say why')
    expect(JSON.stringify(dee.modal())).not.toContain('Rank of')
    dee.hands.dismiss()
    await dee.presses('C')
    await dee.presses('Keep it')
    await dee.writes('Say why', 'B is clear.')
    await dee.submits()
    expect(await valuesOf('reasons')).toEqual([
      { preference: expect.objectContaining({ mode: 'full' }), why: 'B is clear.' },
    ])
    expect(dee.screen()).toContain('reasons 2?')
  })

  test('a file that is no text is refused, and what was typed is kept', async () => {
    const { dee } = journey
    await journey.dataset(
      `name: files\ntemplate: completion\ntitle: Files\n${everyone}`,
      prompts('files'),
    )
    await dee.joins('files')
    await dee.presses('Answer', { in: 'files 0?' })
    await dee.writes('Your answer', 'Typed before.')
    const field = 'Or a text file (.md, .txt)'
    const photo = new Uint8Array([137, 80, 0, 255])
    expect(await dee.hands.attach(field, 'photo.png', photo)).toMatchObject({ ok: false })
    await dee.attaches(field, 'photo.txt', photo)
    await dee.submits()
    expect(dee.screen()).toContain('not plain text')
    await dee.presses('Go on', { in: 'not plain text' })
    expect(JSON.stringify(dee.modal())).toContain('Typed before.')
    await dee.submits()
    expect((await valuesOf('files')).map((one) => Object.values(Object(one)))).toEqual([
      ['Typed before.'],
    ])
  })

  test('a long text is read page by page, beside the card', async () => {
    const { ana } = journey
    const text = Array.from({ length: 900 }, (_, i) => `Sentence ${i}.`).join(' ')
    await journey.dataset(`name: pages\ntemplate: thumbs\ntitle: Pages\n${everyone}`, [
      { id: 'p', prompt: text, outputs: ['Short.'] },
    ])
    await ana.joins('pages')
    expect(ana.screen()).not.toContain('Sentence 899.')
    await ana.presses('Read all of Prompt')
    await ana.presses('Next page')
    await ana.presses('Next page')
    await ana.presses('Next page')
    expect(ana.screen()).toContain('Sentence 899.')
    await ana.presses('As a file')
    expect(JSON.stringify(ana.files())).toContain('Prompt.md')
  })
})

describe('happy: an answer is changed by somebody who can read what it is about', () => {
  test('short texts stand in the form', async () => {
    const { dee } = journey
    await journey.dataset(
      `name: brief\ntemplate: comparison\ntitle: Brief\n${everyone}`,
      withOutputs('brief', 2),
    )
    await dee.joins('brief')
    await dee.presses('A is better', { in: 'brief 1?' })
    await dee.types('/parley history')
    await dee.chooses('Change an answer…', 'A > B · “brief 1?” · Brief')
    for (const text of ['brief 1?', 'answer 0', 'answer 1'])
      expect(JSON.stringify(dee.modal())).toContain(text)
    await dee.chooses('Rank the answers, best first', 'B is better')
    await dee.submits()
    expect(dee.screen()).toContain('Saved: B > A')
  })

  test('long ones bring the card, from which they are read in full and the form opens', async () => {
    const { dee } = journey
    const long = Array.from({ length: 900 }, (_, i) => `Sentence ${i}.`).join(' ')
    await journey.dataset(`name: lengthy\ntemplate: comparison\ntitle: Lengthy\n${everyone}`, [
      { id: 'l1', prompt: 'lengthy?', outputs: [long, 'answer 1'] },
      { id: 'l2', prompt: 'lengthy 2?', outputs: ['answer 0', 'answer 1'] },
    ])
    await dee.joins('lengthy')
    await dee.presses('A is better', { in: 'lengthy?' })
    await dee.types('/parley history')
    await dee.chooses('Change an answer…', 'A > B · “lengthy?” · Lengthy')
    expect(dee.modal()).toBeNull()
    expect(dee.screen()).toContain('Sentence 0.')
    await dee.presses('Read all of Output A')
    await dee.presses('Next page')
    await dee.presses('Edit', { in: 'lengthy?' })
    expect(JSON.stringify(dee.modal())).toContain('Shortened here.')
    await dee.chooses('Rank the answers, best first', 'B is better')
    await dee.submits()
    expect(dee.screen()).toContain('Saved: B > A')
  })
})

describe('happy: the workbench', () => {
  test('home starts work, reads guidelines and changes an answer, in one private message', async () => {
    const { ben } = journey
    const guide = Array.from({ length: 400 }, (_, i) => `Rule ${i} is kind.`).join(' ')
    await journey.dataset(
      `name: bench\ntemplate: comparison\ntitle: Bench\n${everyone}\nguidelines: ${guide}`,
      withOutputs('bench', 2),
    )
    await ben.joins('bench')
    await ben.presses('A is better', { in: 'bench 1?' })
    await ben.types('/parley home')
    expect(ben.screen()).toContain('Your recent answers')
    await ben.chooses('Read the guidelines of…', 'Bench')
    for (let page = 0; page < 3 && ben.screen().includes('[Next page]'); page++)
      await ben.presses('Next page')
    expect(ben.screen()).toContain('Rule 399 is kind.')
    await ben.chooses('Change an answer…', 'A > B · “bench 1?” · Bench')
    await ben.chooses('Rank the answers, best first', 'B is better')
    await ben.submits()
    const [first] = (await valuesOf('bench')).slice(-1)
    expect(first).toMatchObject({ preference: { all_unacceptable: false } })
    expect(ben.screen()).toContain('Saved: B > A')
  })

  test('ten outputs are tapped in order on one card, and the last is filled in', async () => {
    const { ben } = journey
    await journey.dataset(
      `name: ten\ntemplate: comparison\ntitle: Ten\n${everyone}`,
      withOutputs('ten', 10),
    )
    await ben.joins('ten')
    for (const letter of 'JABCDEFGH') await ben.presses(letter, { in: 'ten 1?' })
    const [values] = await valuesOf('ten')
    const { ranks } = Object(Object(values)['preference'])
    expect(Object.values(ranks).sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 10 }, (_, i) => i + 1),
    )
    expect(ben.screen()).toContain('ten 2?')
  })

  test('an admin looks after a dataset from there: pause, publish, a form to export', async () => {
    const { cleo } = journey
    const code = await createClaimCode(journey.parley(), admin)
    await cleo.types(`/parley-admin claim code:${code}`)
    // Home has room for ten datasets; what is closed comes last.
    for (const dataset of ['pages', 'brief', 'lengthy'])
      await closeDataset(journey.parley(), admin, { dataset })
    await cleo.types('/parley home')
    await cleo.chooses('Manage a dataset…', 'Ten')
    await cleo.presses('Pause')
    expect(cleo.screen()).toContain('“ten” is paused.')
    await cleo.presses('Publish')
    expect(cleo.screen()).toContain('“ten” is ready.')
    await cleo.presses('Export')
    await cleo.chooses('Format', 'raw')
    await cleo.submits()
    expect(cleo.screen()).toContain('has started')
    await cleo.receives('ten-raw')
  })

  test('a time zone is chosen by region, then by place', async () => {
    const { ben } = journey
    await ben.types('/parley reminders')
    await ben.chooses('Your time zone', 'Europe')
    await ben.chooses('Your time zone: Europe (Page 1 of 3)', 'Europe/Berlin')
    expect(ben.screen()).toContain('Your time zone: Europe/Berlin')
  })
})
