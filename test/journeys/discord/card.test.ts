/** Every kind of question on Discord, answered as people answer it there: nothing is lost between steps. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordJourney, openDiscordJourney } from '../../support/discord.ts'

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
    for (const name of names.slice(0, 5)) await ana.chooses(`Rate ${name}`, '4')
    await ana.submits()
    expect(ana.screen()).toContain('kept as a draft')
    await ana.presses('Go on')
    for (const name of names.slice(5)) await ana.chooses(`Rate ${name}`, '2')
    await ana.submits()
    expect(await valuesOf('seven')).toEqual([{ a: 4, b: 4, c: 4, d: 4, e: 4, f: 2, g: 2 }])
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

  test('a completion may go on in a second input, or come as a file', async () => {
    const { ana } = journey
    await journey.dataset(
      `name: long\ntemplate: completion\ntitle: Long\n${everyone}`,
      prompts('long'),
    )
    await ana.joins('long')
    await ana.presses('Answer', { in: 'long 0?' })
    await ana.writes('Your answer', 'x'.repeat(4000))
    await ana.writes('Your answer, continued', 'and the end.')
    await ana.submits()
    await ana.presses('Answer', { in: 'long 1?' })
    await ana.attaches('Or a text file (.md, .txt)', 'answer.md', 'From a *file*.\n')
    await ana.submits()
    const answers = (await valuesOf('long')).map((one) => Object.values(Object(one))[0])
    expect(answers.sort()).toEqual(['From a *file*.\n', `${'x'.repeat(4000)}and the end.`])
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
