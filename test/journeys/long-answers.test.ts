/** An answer too long to type: a text file in the form, where the workspace lets Parley read files. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
beforeAll(async () => {
  journey = await openJourney()
  const records = Array.from({ length: 8 }, (_, i) => ({ id: `${i}`, prompt: `Essay ${i}` }))
  await journey.dataset('name: essays\ntitle: Essays\ntemplate: completion', records)
  await journey.ana.joins('essays')
})
afterAll(() => journey.close())

const field = 'Or a text file (.md, .txt)'
const give = (name: string, content: string | Uint8Array) =>
  journey.ana.hands.upload(field, [{ name, content: Buffer.from(content) }])
const texts = async () =>
  (await journey.raw('essays'))
    .filter(({ status }) => status === 'submitted')
    .map(({ values }) => values['completion'])

describe('happy: a file as the answer', () => {
  test('its text is the answer, to the character', async () => {
    const { ana } = journey
    const long = `# Título 长\n\n${'Line with `code` & <b> *stars*\n'.repeat(3000)}`
    await ana.presses('Answer')
    await give('answer.md', long)
    await ana.submits()
    expect(await texts()).toEqual([long])
  })

  test('typed text alone still does', async () => {
    const { ana } = journey
    await ana.writes('Your answer', 'Typed.')
    await ana.submits()
    expect(await texts()).toContain('Typed.')
  })
})

describe('refused: what is no text', () => {
  test('a text typed and a file given: one of them has to go, and neither is lost', async () => {
    const { ana } = journey
    await ana.writes('Your answer', 'Typed first.')
    await give('answer.md', 'From the file.')
    await ana.submits()
    expect(Object.values(ana.errors()).join()).toContain('Keep one')
    await ana.closes()
    await ana.types('/parley next essays')
    await ana.presses('Answer')
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('Typed first.')
    // What stands there from before was not typed now: the file takes its place.
    await give('answer.md', 'From the file.')
    await ana.submits()
    expect(await texts()).toContain('From the file.')
  })

  test('a file that Slack does not hand out is told, and may be given again', async () => {
    const { ana, slack } = journey
    await give('lost.md', 'Not lost.')
    slack.faults.next('files.info', { error: 'file_not_found' })
    await ana.submits()
    expect(Object.values(ana.errors()).join()).toContain('could not be read')
    slack.faults.next('files.info', { status: 503 })
    await ana.submits()
    expect(Object.values(ana.errors()).join()).toContain('Try again in a moment')
    await ana.submits()
    expect(await texts()).toContain('Not lost.')
  })

  test('another kind of file, bytes that are no text, and more than 100,000 characters are told under the field', async () => {
    const { ana } = journey
    await give('picture.txt', new Uint8Array([0xff, 0xd8, 0xff, 0x00]))
    await ana.submits()
    expect(Object.values(ana.errors()).join()).toContain('not plain text')
    await give('long.txt', 'x'.repeat(400_001))
    await ana.submits()
    expect(Object.values(ana.errors()).join()).toContain('longer than an answer may be')
    await give('less-long.txt', 'y'.repeat(100_001))
    await ana.submits()
    expect(Object.values(ana.errors()).join()).toContain('at most 100,000')
    expect(await texts()).toHaveLength(4)
  })

  test('nothing typed and no file is told as well', async () => {
    const { ana } = journey
    await ana.closes()
    await ana.types('/parley next essays')
    await ana.presses('Answer')
    await ana.submits()
    expect(Object.values(ana.errors()).join()).not.toBe('')
  })

  test('without the permission files:read there is no such field, and typing is asked for', async () => {
    const { ana, slack, clock } = journey
    slack.grant(['chat:write', 'commands', 'files:write'])
    await ana.closes()
    clock.advance(11 * 60)
    await ana.types('/parley next essays')
    await ana.types('/parley next essays')
    await ana.presses('Answer')
    expect(ana.modal()?.text).not.toContain(field)
    await ana.writes('Your answer', 'Typed again.')
    await ana.submits()
    expect(await texts()).toContain('Typed again.')
  })
})
