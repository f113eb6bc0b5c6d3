/** An admin reads in chat how good the answers are, on Slack and on Discord, in her own language. */
import { mkdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import type { Parley } from '../../src/parley.ts'
import { addAnswer, makeLabelers } from '../exports/ground.ts'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'
import { type DiscordJourney, openDiscordJourney } from '../support/discord.ts'
import { admin, type Journey, makeDataset, openJourney } from '../support/journey.ts'

const document = `
name: prefs
title: Which answer helps most?
fields: { prompt: { title: Prompt } }
questions:
  preference: { title: Which answer helps most?, type: ranking, mode: full, ties: true }
  helpful: { title: How helpful is it?, type: rating, of: outputs, options: 1-5, required: false }
  safe: { title: Is the prompt safe?, type: label, options: [safe, unsafe], required: false }
`
const models = ['granite_2_chat', 'larch-large', 'moss-7b']

/** Forty records that three people answer, who see the best model as the best seven times in ten. */
async function fill(parley: Parley): Promise<void> {
  const dataset = await makeDataset(
    parley,
    document,
    Array.from({ length: 40 }, (_, n) => ({
      id: `support-${n + 1}`,
      prompt: `Prompt ${n}?`,
      outputs: models.map((model, i) => ({ id: 'abc'[i], text: `Answer ${n} of ${i}.`, model })),
    })),
  )
  const labelers = await makeLabelers(parley, 3)
  const records = await parley.db
    .selectFrom('records')
    .select('id')
    .where('datasetId', '=', dataset.id)
    .orderBy('id')
    .execute()
  for (const [n, record] of records.entries()) {
    for (const [who, labeler] of labelers.entries()) {
      const turn = (n * 7 + who * 11) % 10
      const [first, second, third] = turn < 6 ? 'abc' : turn < 8 ? 'bac' : turn < 9 ? 'cab' : 'bca'
      const shown = [...'abc'].map((_, i) => 'abc'[(i + who) % 3] ?? '')
      await addAnswer(parley, dataset, record, {
        labeler,
        shown,
        seconds: turn === 9 ? 0.1 : 20 + turn,
        values: {
          preference: {
            mode: 'full',
            ranks: { [first ?? '']: 1, [second ?? '']: 2, [third ?? '']: turn % 5 === 0 ? 2 : 3 },
            all_unacceptable: false,
          },
          helpful: { a: turn < 6 ? 5 : 4, b: turn < 8 ? 4 : 3, c: 2 },
          safe: n % 10 === 0 ? 'unsafe' : turn === 3 ? 'unsafe' : 'safe',
        },
      })
    }
  }
}

let browser: Browser | undefined
let slack: Journey
let discord: DiscordJourney
beforeAll(async () => {
  if (chromiumPath !== undefined) browser = await openChromium()
  slack = await openJourney()
  slack.slack.grant(['chat:write', 'commands', 'files:write', 'users:read'])
  slack.slack.person('Eva', { locale: 'de-DE', tz: 'Europe/Berlin' })
  discord = await openDiscordJourney()
  await fill(slack.parley)
  await fill(discord.parley())
})
afterAll(async () => {
  const seen = [...slack.slack.faults.seen, ...discord.discord.faults.seen]
  await slack.close()
  await discord.close()
  await browser?.close()
  expect(seen).toEqual([])
})

describe('happy: statistics in chat', () => {
  test('on Slack: a heading a question, the usual band, and how to read it below', async () => {
    const { cleo, parley } = slack
    await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
    await cleo.types('/parley-admin stats prefs')
    const read = cleo.newest()
    expect(read).toContain('Statistics of “prefs”')
    expect(read).toContain('120 answers to 40 records by 3 people')
    expect(read).toMatch(/Agreement \.\d\d \(\.\d\d to \.\d\d\), kappa over pairs of outputs/)
    expect(read).toContain('As is usual for preferences, which is .3 to .5.')
    expect(read).toMatch(/^Model \| Rank \| Strength\ngranite_2_chat \| 1 \| \.\d\d \(/m)
    expect(read).toMatch(/^Model \| Mean rating\n(.*\n)?larch-large \| 3\.\d\d \(/m)
    expect(read).toContain('12 of 120 answers came faster than the text can be read.')
    expect(read).toContain(
      'How to read it: agreement is 0 when people agree no more than by chance',
    )
  })

  test('on the Home tab a button opens the same in a window', async () => {
    const { cleo } = slack
    await cleo.openHome()
    await slack.quiet()
    expect(cleo.screen()).toMatch(/\[\.\.\. .*Statistics/)
    await cleo.menu('Statistics')
    expect(cleo.screen()).toContain('Statistics of “prefs”')
    expect(cleo.screen()).toContain('120 answers to 40 records by 3 people')
    expect(cleo.screen()).toMatch(/^granite_2_chat · 1 · \.\d\d \(/m)
    await cleo.closes()
    await cleo.openMessages()
    await slack.quiet()
  })

  test('on Discord the same', async () => {
    const { cleo } = discord
    const code = await createClaimCode(discord.parley(), admin)
    await cleo.types(`/parley-admin claim code:${code}`)
    await cleo.types('/parley-admin stats dataset:prefs')
    const read = cleo.messages().at(-1) ?? ''
    expect(read).toContain('120 answers to 40 records by 3 people')
    expect(read).toContain('As is usual for preferences, which is .3 to .5.')
    expect(read).toContain('granite_2_chat')
    expect(read).toContain('How to read it')
  })

  test('Eva, whose Slack is German, reads them in German, numbers too', async () => {
    const eva = slack.person('Eva')
    await expect
      .poll(async () => {
        await eva.types('/parley help')
        return eva.screen()
      })
      .toContain('die nächste Aufgabe')
    await eva.types(`/parley-admin claim ${await createClaimCode(slack.parley, admin)}`)
    await eva.types('/parley-admin stats prefs')
    const read = eva.newest()
    expect(read).toContain('Statistik zu „prefs“')
    expect(read).toMatch(
      /Übereinstimmung 0,\d\d \(0,\d\d bis 0,\d\d\), Kappa über Paare von Texten/,
    )
    expect(read).toContain('Wie man es liest')
    expect(read).not.toMatch(/\b(of|agree|agreement|labelers|models|disputed|rank)\b/)
  })
})

describe.skipIf(chromiumPath === undefined)(`happy: as it is seen${orSkipped}`, () => {
  test.each([
    ['slack', 390],
    ['slack', 1280],
    ['discord', 390],
    ['discord', 1280],
  ] as const)(
    'on %s at %i pixels nothing sticks out and nothing is cut',
    async (platform, width) => {
      const url = platform === 'slack' ? slack.slack.url : discord.discord.url
      const page = await browser?.newPage({ viewport: { width, height: 1400 } })
      if (page === undefined) throw new Error('There is no browser.')
      page.setDefaultTimeout(10_000)
      await page.goto(`${url}/?as=Cleo`)
      await page.getByText('How to read it').last().waitFor()
      for (const heading of [
        'Which answer helps most?',
        'How helpful is it?',
        'Is the prompt safe?',
      ])
        expect(await page.getByText(heading).count()).toBeGreaterThan(0)
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      const model = platform === 'slack' ? 'larch-large' : '• larch-large'
      expect(await page.getByText(model).count()).toBeGreaterThan(0)
      const shots = process.env['PAGE_SHOTS']
      if (shots !== undefined) {
        mkdirSync(shots, { recursive: true })
        await page.screenshot({ path: `${shots}/stats-${platform}-${width}.png` })
      }
      await page.close()
    },
  )
})
