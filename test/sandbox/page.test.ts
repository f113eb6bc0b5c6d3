/** The page of the stand-in Slack in a real browser, as a newcomer, an admin and an attacker use it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JsonObject, list } from '../../sandbox/json.ts'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'
import { button, call, field, modal, openBot, plain } from './bot.ts'

const phone = { width: 390, height: 844 }
const desk = { width: 1280, height: 800 }

let browser: Browser
/** Whatever a page complained of; nothing may. */
const complaints: string[] = []

beforeAll(async () => {
  if (chromiumPath !== undefined) browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  expect(complaints).toEqual([])
})

/** Opens the page as this person, in a browser of their own. */
async function sit(url: string, name: string, viewport = desk): Promise<Page> {
  const page = await browser.newPage({ viewport, acceptDownloads: true })
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    // A refused gesture is one of the things tested; what the policy blocks is not.
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRefusal) complaints.push(message.text())
  })
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog of the browser: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(`${url}/?as=${name}`)
  await composer(page).waitFor()
  return page
}

const composer = (page: Page) => page.getByLabel(/^Message /)
const inMessages = (page: Page, name: string) =>
  page.locator('.stream').getByRole('button', { name, exact: true })
const answerButton = (page: Page) =>
  page
    .locator('.stream')
    .getByRole('button', { name: /^Answer/ })
    .last()
const form = (page: Page) => page.getByRole('dialog')

async function type(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** Nothing sticks out to the right, so nobody scrolls sideways. */
async function isWithin(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')
}

describe.skipIf(chromiumPath === undefined)(`happy: labeling on the page${orSkipped}`, () => {
  let journey: Journey
  const files = mkdtempSync(join(tmpdir(), 'parley-page-'))

  beforeAll(async () => {
    journey = await openJourney()
    await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Which is better?', [
      ...['One', 'Two', 'Three'].map((word, i) => ({
        id: `p${i}`,
        prompt: `Say ${word}.`,
        outputs: [`${word}, gladly.`, `No ${word}.`],
      })),
    ])
    await journey.dataset(
      [
        'name: rated',
        'title: How good?',
        'fields: { prompt: { title: Prompt } }',
        'questions:',
        '  good: { title: How good is it?, type: rating, of: outputs, options: 1-5 }',
        '  order: { title: Best first, type: ranking, mode: full, ties: true }',
        '  why: { title: Why?, type: text, min_chars: 5 }',
      ].join('\n'),
      ['a', 'b', 'c', 'd'].map((id) => ({
        id,
        prompt: `Prompt ${id}`,
        outputs: ['left', 'right', 'middle'],
      })),
    )
  })
  afterAll(async () => {
    const { seen } = journey.slack.faults
    await journey.close()
    rmSync(files, { recursive: true, force: true })
    expect(seen).toEqual([])
  })

  /** A press of somebody who takes a second to read first. */
  async function press(target: Locator): Promise<void> {
    await target.waitFor()
    journey.clock.advance(1)
    await target.click()
  }

  test('a newcomer types /parley, presses Start, chooses and says which is better', async () => {
    const page = await sit(journey.slack.url, 'Ana')
    await composer(page).pressSequentially('/par')
    await page.getByRole('option', { name: /^\/parley\b(?!-)/ }).waitFor()
    await composer(page).press('Enter')
    await composer(page).press('Enter')
    await press(inMessages(page, 'Start').last())
    await page.getByText('What would you like to work on?').waitFor()
    // The card she agreed on became the choices: no live Start is left of it.
    expect(await page.getByText('Only visible to you').count()).toBe(0)
    const choice = page.locator('.block-section', { hasText: 'Which is better?' }).last()
    await press(choice.getByRole('button', { name: 'Start' }))
    await press(inMessages(page, 'A is better').last())
    await page.getByText('Saved: A > B').waitFor()
    expect(await journey.raw('pairs')).toHaveLength(1)
    await page.close()
  })

  test('she takes it back, and skips what she cannot judge', async () => {
    const page = await sit(journey.slack.url, 'Ana')
    await press(inMessages(page, 'Undo').last())
    await page.getByText('Saved: A > B').waitFor({ state: 'detached' })
    await press(inMessages(page, 'Skip').last())
    await page
      .getByText(/Skipped/)
      .first()
      .waitFor()
    await page.getByLabel('Skip, because…').last().waitFor()
    await page.close()
  })

  test('Ben fills a ranking form, is shown what is missing, and keeps what he typed', async () => {
    const page = await sit(journey.slack.url, 'Ben')
    await type(page, '/parley next rated')
    await press(inMessages(page, 'Start').last())
    await press(answerButton(page))
    await form(page).waitFor()
    await form(page).getByRole('radiogroup').first().getByLabel('4').check()
    await form(page).getByLabel('Why?').fill('no')
    await form(page).getByRole('button', { name: 'Submit' }).click()
    await form(page).getByText('Please complete this required field.').first().waitFor()
    expect(await form(page).getByRole('radio', { checked: true }).count()).toBe(1)
    expect(await form(page).getByLabel('Why?').inputValue()).toBe('no')
    for (const nth of [1, 2])
      await form(page).getByRole('radiogroup').nth(nth).getByLabel('2').check()
    for (const [letter, rank] of ['2', '1 (best)', '2'].entries()) {
      await form(page).getByLabel(`Rank of ${'ABC'[letter]}`).selectOption({ label: rank })
    }
    await form(page).getByLabel('Why?').fill('The first is kinder.')
    await form(page).getByLabel('Why?').press('Control+Enter')
    await expect.poll(() => journey.raw('rated')).toHaveLength(1)
    await page.keyboard.press('Escape')
    await form(page).waitFor({ state: 'hidden' })
    await page.close()
  })

  test('Cleo claims the role, exports in chat, and downloads the file', async () => {
    const code = await createClaimCode(journey.parley, admin)
    const page = await sit(journey.slack.url, 'Cleo')
    await type(page, `/parley-admin claim ${code}`)
    await page.getByText(/admin/i).last().waitFor()
    await type(page, '/parley-admin export rated raw')
    const link = page.getByRole('link', { name: /rated-raw\.jsonl(?!\.manifest)/ }).last()
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    const path = join(files, 'download')
    await download.saveAs(path)
    const [line] = readFileSync(path, 'utf8').split('\n')
    expect(JSON.parse(line ?? '')).toMatchObject({ dataset: 'rated', status: 'submitted' })
    // Ana has no part in it: the file was sent to Cleo alone.
    const address = (await link.getAttribute('href')) ?? ''
    const stolen = await fetch(journey.slack.url + address.replace('Cleo', 'Ana'))
    expect(stolen.status).toBe(404)
    await page.close()
  })

  test('Dee does it all on a phone, without scrolling sideways', async () => {
    const page = await sit(journey.slack.url, 'Dee', phone)
    await page.getByRole('button', { name: 'Channels and people' }).click()
    await page.getByRole('link', { name: 'Ben' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor({ state: 'hidden' })
    await type(page, '/parley next rated')
    await press(inMessages(page, 'Start').last())
    const answer = answerButton(page)
    await answer.waitFor()
    expect(await isWithin(page)).toBe(true)
    const box = await answer.boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(44)
    await press(answer)
    await form(page).waitFor()
    expect(await isWithin(page)).toBe(true)
    for (const group of await form(page).getByRole('radiogroup').all()) {
      await group.getByLabel('3').check()
    }
    for (const letter of ['A', 'B', 'C']) {
      await form(page).getByLabel(`Rank of ${letter}`).selectOption({ label: '1 (best)' })
    }
    await form(page).getByLabel('Why?').fill('They are alike.')
    await form(page).getByRole('button', { name: 'Submit' }).click()
    await expect.poll(() => journey.raw('rated')).toHaveLength(2)
    await form(page).getByRole('button', { name: 'Close', exact: true }).click()
    await form(page).waitFor({ state: 'hidden' })
    await page.close()
  })

  test('two people at once each see their own', async () => {
    const [ana, ben] = await Promise.all(['Ana', 'Ben'].map((name) => sit(journey.slack.url, name)))
    if (!ana || !ben) throw new Error('Two pages were opened.')
    await type(ben, '/parley next pairs')
    await inMessages(ben, 'A is better').last().waitFor()
    const before = await ana.locator('.message').count()
    await press(inMessages(ben, 'B is better').last())
    await ben.getByText('Saved: B > A').last().waitFor()
    expect(await ana.getByText('Saved: B > A').count()).toBe(0)
    expect(await ana.locator('.message').count()).toBe(before)
    await Promise.all([ana.close(), ben.close()])
  })

  test('a thumb is read out with its meaning, and one click on it is the answer', async () => {
    await journey.dataset('name: thumbs\ntemplate: thumbs\ntitle: Any good?', [
      { id: 't1', prompt: 'Say hello.', outputs: ['Hello!'] },
    ])
    const page = await sit(journey.slack.url, 'Ana', phone)
    await type(page, '/parley next thumbs')
    await inMessages(page, 'Good (thumbs up)').waitFor()
    await press(inMessages(page, 'Bad (thumbs down)'))
    await page.getByText('Saved:').first().waitFor()
    expect(await isWithin(page)).toBe(true)
    expect(await journey.raw('thumbs')).toMatchObject([{ status: 'submitted' }])
    await page.close()
  })
})

const address = 'https://bot.example/slack/events'

const canned = {
  features: {
    app_home: { home_tab_enabled: true, messages_tab_enabled: true },
    slash_commands: [
      { command: '/parley', url: address, description: 'Label', usage_hint: '[next | help]' },
    ],
    shortcuts: [
      { callback_id: 'go', name: 'Start labeling', type: 'global' },
      { callback_id: 'use', name: 'Use as my answer', type: 'message' },
    ],
  },
  settings: {
    event_subscriptions: { request_url: address, bot_events: ['app_home_opened'] },
    interactivity: {
      is_enabled: true,
      request_url: address,
      message_menu_options_url: address,
    },
  },
  oauth_config: { scopes: { bot: ['chat:write', 'commands', 'files:write'] } },
}

/** A bot that says what a test gives it, for what the real one never draws. */
async function openCanned(answer: Parameters<typeof openBot>[0] = () => '') {
  const bot = await openBot(answer, {
    people: ['Ana', 'Ben'].map((name) => ({ name })),
    manifest: canned,
  })
  const { slack } = bot
  await slack.verifyUrl()
  const ana = slack.person('Ana')
  const { body } = await call(slack, 'chat.postMessage', { channel: ana.id, text: 'Hello' })
  return {
    ...bot,
    ana,
    dm: String(body['channel']),
    say: (blocks: JsonObject[], text = 'blocks') =>
      call(slack, 'chat.postMessage', { channel: ana.id, text, blocks }),
  }
}

const hostile = [
  '<img src=x onerror="document.title=1">',
  '<script>document.title=2</script>',
  '</p><svg onload=alert(3)>',
  '<javascript:alert(4)|press me>',
  '[press me](javascript:alert(5))',
  '&lt;img src=x onerror=alert(6)&gt;',
  '"><iframe srcdoc="<script>alert(7)</script>">',
]

describe.skipIf(chromiumPath === undefined)(`happy: menus of every kind${orSkipped}`, () => {
  test('options are found by typing, by hand and by keyboard; people and channels are ticked', async () => {
    const words = ['alpha', 'beta', 'gamma', 'delta']
    const menu = (label: string, type: string, more: JsonObject = {}) => ({
      type: 'input',
      block_id: label,
      label: plain(label),
      element: { type, action_id: 'a', ...more },
    })
    const { slack, heard, client, ana } = await openCanned(({ body }) => {
      if (body['type'] !== 'block_suggestion') return ''
      const found = words.filter((word) => word.includes(String(body['value'])))
      return { options: found.map((word) => ({ text: plain(word), value: `v:${word}` })) }
    })
    await ana.command('/parley')
    await client.views.open({
      trigger_id: String(heard[0]?.body['trigger_id']),
      view: modal([
        menu('One', 'external_select', { min_query_length: 0 }),
        menu('Some', 'multi_external_select', { min_query_length: 1 }),
        menu('People', 'multi_users_select'),
      ]) as never,
    })
    const page = await sit(slack.url, 'Ana', phone)
    const one = form(page).getByLabel('One')
    await one.click()
    await form(page).getByRole('option', { name: 'gamma' }).waitFor()
    await one.fill('bet')
    await expect.poll(() => form(page).getByRole('option').count()).toBe(1)
    await one.press('ArrowDown')
    await page.keyboard.press('Enter')
    await form(page).locator('.token', { hasText: 'beta' }).waitFor()
    const some = form(page).getByLabel('Some')
    for (const word of ['alpha', 'delta', 'gamma']) {
      await some.fill(word)
      await form(page).getByRole('option', { name: word }).click()
      await form(page)
        .getByRole('button', { name: `Remove ${word}` })
        .waitFor()
    }
    await form(page).getByRole('button', { name: 'Remove alpha' }).click()
    await form(page).getByRole('button', { name: 'Remove alpha' }).waitFor({ state: 'hidden' })
    await form(page).locator('summary').click()
    await form(page).getByLabel('Ben').check()
    expect(await isWithin(page)).toBe(true)
    await form(page).getByRole('button', { name: 'Send' }).click()
    await expect.poll(() => heard.at(-1)?.body['type']).toBe('view_submission')
    expect(JSON.stringify(heard.at(-1)?.body['view'])).toMatch(
      /v:beta.*v:delta.*v:gamma.*selected_users":\["U/,
    )
    await page.close()
    await slack.close()
  })
})

describe.skipIf(chromiumPath === undefined)(`refused: what texts may not do${orSkipped}`, () => {
  test('markup in texts is read as text, wherever it stands', async () => {
    const bot = await openCanned()
    const { ana, say, slack, client } = bot
    const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    for (const text of hostile) {
      const message = [
        { type: 'section', text: plain(text), accessory: button(text.slice(0, 70), 'a') },
        { type: 'section', text: { type: 'mrkdwn', text } },
        { type: 'section', text: { type: 'mrkdwn', text: escaped(text) }, fields: [plain(text)] },
        { type: 'header', text: plain(text) },
        { type: 'context', elements: [plain(text), { type: 'mrkdwn', text }] },
        { type: 'image', alt_text: text, image_url: 'https://example.com/x.png' },
        {
          type: 'rich_text',
          elements: [
            {
              type: 'rich_text_section',
              elements: [
                { type: 'text', text },
                { type: 'link', url: 'javascript:alert(8)', text },
              ],
            },
          ],
        },
        { type: 'markdown', text },
        { type: 'table', rows: [[{ type: 'raw_text', text }]] },
        {
          type: 'container',
          title: plain(text),
          child_blocks: [{ type: 'section', text: plain(text) }],
        },
      ]
      // The SDK escapes nothing, and the stand-in takes what Slack would.
      await say(message, text)
    }
    await client.chat.postMessage({ channel: ana.id, text: hostile.join('\n') })
    const page = await sit(slack.url, 'Ana')
    await page.locator('.message').nth(8).waitFor()
    const shown = await page.locator('.block-section .words').first().textContent()
    expect(shown).toBe(hostile[0])
    expect(
      await page.locator('.stream :is(script, iframe, svg[onload], img:not(.avatar))').count(),
    ).toBe(0)
    expect(await page.locator('.stream a[href^="javascript"]').count()).toBe(0)
    for (const link of await page.getByText('press me', { exact: true }).all()) await link.click()
    expect(await page.title()).toContain('Ana')
    await page.close()
    await slack.close()
  })

  test('the page runs no script but its own and loads nothing from elsewhere', async () => {
    const { slack } = await openCanned()
    const answer = await fetch(slack.url)
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(await answer.text()).not.toMatch(/ on\w+=|<script(?![^>]* src="\/page\/)/)
    await slack.close()
  })

  test('a page from elsewhere cannot act as Ana', async () => {
    const { slack, heard } = await openCanned()
    const page = await browser.newPage()
    await page.route('http://elsewhere.example/', (route) => route.fulfill({ body: 'Elsewhere' }))
    await page.goto('http://elsewhere.example/')
    await page.evaluate(
      `fetch('${slack.url}/people/slack/Ana/command', { method: 'POST', mode: 'no-cors',
        body: '{"command":"/parley"}' }).catch(() => {})`,
    )
    const headers = { origin: 'https://elsewhere.example' }
    const body = JSON.stringify({ command: '/parley' })
    const address = `${slack.url}/people/slack/Ana/command`
    const answer = await fetch(address, { method: 'POST', headers, body })
    expect(answer.status).toBe(403)
    expect(heard).toEqual([])
    await page.close()
    await slack.close()
  })
})

describe.skipIf(chromiumPath === undefined)(`happy: what Slack draws${orSkipped}`, () => {
  const options = ['One', 'Two', 'Two'].map((text, i) => ({ text: plain(text), value: `v${i}` }))

  test('every control tells the app what was done with it, and options are told apart by value', async () => {
    const { slack, say, heard } = await openCanned()
    await say([
      {
        type: 'actions',
        block_id: 'b',
        elements: [
          button('Twin', 'twin1', 'left'),
          { ...button('Twin', 'twin2', 'right'), style: 'danger' },
          { type: 'static_select', action_id: 'select', placeholder: plain('Pick'), options },
          { type: 'overflow', action_id: 'menu', options },
          { type: 'checkboxes', action_id: 'boxes', options },
          { type: 'radio_buttons', action_id: 'radios', options },
          { type: 'multi_static_select', action_id: 'many', placeholder: plain('Many'), options },
        ],
      },
    ])
    const page = await sit(slack.url, 'Ana')
    const actions = page.locator('.block-actions')
    const told = () => {
      const [action] = list(heard.at(-1)?.body['actions'] ?? [])
      return JSON.stringify(action)
    }
    await actions.getByRole('button', { name: 'Twin' }).nth(1).click()
    await expect.poll(told).toContain('"value":"right"')
    await actions.locator('select').selectOption('v2')
    await expect.poll(told).toContain('"action_id":"select"')
    expect(told()).toContain('"value":"v2"')
    await actions.getByRole('button', { name: 'More actions' }).click()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect.poll(told).toContain('"action_id":"menu"')
    expect(told()).toContain('"value":"v1"')
    await actions.getByRole('checkbox', { name: 'One' }).first().check()
    await expect.poll(told).toContain('"action_id":"boxes"')
    await actions.getByRole('radio', { name: 'Two' }).last().check()
    await expect.poll(told).toContain('"action_id":"radios"')
    expect(told()).toContain('"value":"v2"')
    await actions.locator('summary').click()
    await actions.locator('details').getByRole('checkbox', { name: 'Two' }).first().check()
    await expect.poll(told).toContain('"action_id":"many"')
    await page.close()
    await slack.close()
  })

  test('a message shows what is chosen already, and a first click adds to it', async () => {
    const { slack, say, heard } = await openCanned()
    const [one, two, three] = ['One', 'Two', 'Three'].map((text) => ({
      ...{ text: plain(text), value: text },
    }))
    const all = [one, two, three].flatMap((option) => option ?? [])
    await say([
      {
        type: 'actions',
        block_id: 'b',
        elements: [
          {
            ...{ type: 'static_select', action_id: 'select', placeholder: plain('Pick') },
            ...{ options: all, initial_option: all[1] ?? '' },
          },
          {
            ...{ type: 'checkboxes', action_id: 'boxes', options: all },
            initial_options: all.slice(0, 2),
          },
        ],
      },
    ])
    const page = await sit(slack.url, 'Ana')
    const actions = page.locator('.block-actions')
    expect(await actions.locator('select').inputValue()).toBe('Two')
    expect(await actions.getByRole('checkbox', { checked: true }).count()).toBe(2)
    await actions.getByRole('checkbox', { name: 'Three' }).check()
    const chosen = () => JSON.stringify(heard.at(-1)?.body['actions'] ?? [])
    await expect.poll(chosen).toMatch(/One.*Two.*Three/)
    await page.close()
    await slack.close()
  })

  test('forms stand on forms; what was typed is there when one comes back', async () => {
    const bot = await openCanned(async ({ body }) => {
      if (body['type'] === 'view_submission') {
        return { response_action: 'errors', errors: { second: 'Say it in other words.' } }
      }
      const trigger = body['trigger_id'] ?? ''
      if (body['command'] === '/parley') {
        await call(bot.slack, 'views.open', {
          trigger_id: trigger,
          view: modal([
            field('First', 'first'),
            field('Second', 'second', { multiline: true }),
            { type: 'actions', elements: [button('Deeper', 'deeper')] },
          ]),
        })
      } else if (body['type'] === 'block_actions') {
        const view = { ...modal([field('Third', 'third')]), title: plain('Deeper form') }
        await call(bot.slack, 'views.push', { trigger_id: trigger, view })
      }
      return ''
    })
    const page = await sit(bot.slack.url, 'Ana')
    await type(page, '/parley')
    await form(page).getByLabel('First').fill('one')
    await form(page).getByLabel('Second').fill('two\nlines')
    await form(page).getByRole('button', { name: 'Deeper' }).click()
    await form(page).getByRole('heading', { name: 'Deeper form' }).waitFor()
    await page.keyboard.press('Escape')
    await form(page).getByRole('heading', { name: 'A form' }).waitFor()
    expect(await form(page).getByLabel('First').inputValue()).toBe('one')
    expect(await form(page).getByLabel('Second').inputValue()).toBe('two\nlines')
    await form(page).getByLabel('First').press('Enter')
    await form(page).getByText('Say it in other words.').waitFor()
    const focused = form(page).locator(':focus')
    expect(await focused.inputValue()).toBe('two\nlines')
    expect(bot.ana.errors()).toEqual({ Second: 'Say it in other words.' })
    await form(page).getByRole('button', { name: 'Close all forms' }).click()
    await form(page).waitFor({ state: 'hidden' })
    expect(bot.ana.modal()).toBeNull()
    await page.close()
    await bot.slack.close()
  })

  test('a moment reads in the zone of whoever reads, with its fallback beside it', async () => {
    const { slack, say } = await openCanned()
    const text = '<!date^1798153200^due {date_num} at {time}|due 2026-12-24 23:00 UTC>'
    await say([{ type: 'section', text: { type: 'mrkdwn', text } }])
    for (const [timezoneId, day] of [
      ['Europe/Berlin', 'due 2026-12-25 at 12:00'],
      ['America/Nuuk', 'due 2026-12-24 at 9:00'],
    ] as const) {
      const context = await browser.newContext({ timezoneId, locale: 'en-US', viewport: phone })
      const page = await context.newPage()
      await page.goto(`${slack.url}/?as=Ana`)
      const moment = page.locator('.stream time', { hasText: 'due' })
      await moment.waitFor()
      expect(await moment.textContent()).toContain(day)
      expect(await moment.getAttribute('title')).toBe('due 2026-12-24 23:00 UTC')
      expect(await moment.getAttribute('datetime')).toBe('2026-12-24T23:00:00.000Z')
      await context.close()
    }
    await slack.close()
  })

  test('what only one person sees is marked and gone after a reload; errors of Slack are shown', async () => {
    const bot = await openCanned(({ body }) => {
      if (body['text'] === 'help') return { text: 'How it *works*' }
      return new Response('', { status: 500 })
    })
    const page = await sit(bot.slack.url, 'Ana')
    await type(page, '/parley help')
    await page.getByText('Only visible to you').waitFor()
    expect(await page.locator('.said strong').textContent()).toBe('works')
    await page.getByRole('button', { name: 'Reload Slack' }).click()
    await page.getByText('Only visible to you').waitFor({ state: 'detached' })
    await type(page, '/parley next')
    await page.getByRole('alert').getByText('/parley failed with the error').waitFor()
    await type(page, '/unheard-of')
    await page.getByRole('alert').getByText('is not a valid command').waitFor()
    await page.close()
    await bot.slack.close()
  })

  test('shortcuts everywhere and on a message, by keyboard alone', async () => {
    const { slack, heard } = await openCanned()
    const page = await sit(slack.url, 'Ana')
    await page.getByRole('button', { name: 'Shortcuts' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await expect.poll(() => heard.at(-1)?.body['callback_id']).toBe('go')
    await type(page, 'same words')
    await type(page, 'same words')
    const own = page.locator('.message', { hasText: 'same words' })
    await own.nth(1).waitFor()
    await own.first().getByRole('button', { name: 'More actions' }).focus()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await expect.poll(() => heard.at(-1)?.body['callback_id']).toBe('use')
    const first = (await own.first().getAttribute('id'))?.replace('at-', '')
    expect(heard.at(-1)?.body['message_ts']).toBe(first)
    await page.close()
    await slack.close()
  })

  test('the Home tab, a channel, and what is new there', async () => {
    const { slack, ana, heard } = await openCanned()
    slack.channel('general', { members: ['Ana', 'Ben'] })
    await call(slack, 'views.publish', {
      user_id: ana.id,
      view: { type: 'home', blocks: [{ type: 'header', text: plain('Your hub') }] },
    })
    const page = await sit(slack.url, 'Ana')
    await page.getByRole('button', { name: 'Home', exact: true }).click()
    await page.getByRole('heading', { name: 'Your hub' }).waitFor()
    await slack.person('Ben').say('good morning', { channel: 'general' })
    await page.getByRole('button', { name: 'general 1 new' }).click()
    await page.getByText('good morning').waitFor()
    await type(page, 'hello Ben')
    await expect.poll(() => slack.person('Ben').messages('general')).toContain('hello Ben')
    expect(heard.some(({ body }) => JSON.stringify(body).includes('app_home_opened'))).toBe(true)
    await page.close()
    await slack.close()
  })
})
