/** The page of a task in a real browser: by keys alone, by mouse, by finger, without scripts, in two tabs. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cardLink } from '../../../src/assignments/card-link.ts'
import { handleInteraction } from '../../../src/chat/handle.ts'
import type { Person, TaskCard } from '../../../src/chat/port/port.ts'
import { giveConsent } from '../../../src/labelers/consent.ts'
import { consentVersion, findLabeler } from '../../../src/labelers/labeler.ts'
import { chromiumPath, orSkipped } from '../../support/chromium.ts'
import { exportLines, makeDataset, newestOf } from '../../support/journey.ts'
import { expectNoViolations, openSite, type Tab, type WebSite } from '../../support/web.ts'

let site: WebSite
const ana: Person = { platform: 'slack', workspace: 'T1', userId: 'UANA' }
const ben: Person = { platform: 'slack', workspace: 'T1', userId: 'UBEN' }

beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())
beforeEach(() => site.clock.advance('5 seconds'))

const everything = `
name: everything
title: What do you make of these?
fields: { prompt: { title: Prompt } }
guidelines: |
  **Be fair.** Read all of it.
questions:
  order: { type: ranking, title: Which order? }
  helpful: { type: rating, of: outputs, title: How helpful? }
  kind: { type: label, title: What kind?, options: [fact, opinion, other] }
  faults: { type: multi_label, title: Which faults?, options: [rude, wrong, long], none_option: true }
  why: { type: text, title: Why are all bad?, required: false, when: order.all_unacceptable }
  note: { type: text, title: Anything else?, required: false }
`
const outputs = ['**Paris**, of course.', 'It is $x^2$ or so.', 'Lyon.'].map((text, i) => ({
  ...{ id: `o${i}`, text },
}))
const records = Array.from({ length: 12 }, (_, i) => ({
  external_id: `r${i}`,
  fields: { prompt: `What is the capital of *France*? (${i})` },
  outputs,
}))

/** A tab that waits for a machine that is busy. */
async function open(...given: Parameters<WebSite['open']>): Promise<Tab> {
  const tab = await site.open(...given)
  tab.page.setDefaultTimeout(60_000)
  return tab
}

/** The next task of somebody who agreed to take part, and the path of its page. */
async function nextOf(by: Person, dataset: string): Promise<{ card: TaskCard; path: string }> {
  await giveConsent(site.parley, by, { version: consentVersion })
  const reply = await handleInteraction(site.parley, { by, type: 'next', dataset })
  if (reply.type !== 'task') throw new Error(JSON.stringify(reply))
  const path = new URL(cardPage(reply.card, by)).pathname
  return { card: reply.card, path }
}

function cardPage(card: TaskCard, by: Person): string {
  return card.page ?? cardLink(site.parley, { assignmentId: card.assignmentId, by })
}

async function answersOf(dataset: string) {
  return newestOf(await exportLines(site.parley, dataset, 'raw'))
}

async function typed(tab: Tab, ...keys: string[]): Promise<void> {
  for (const key of keys) await tab.page.keyboard.press(key)
}

const saved = ({ page }: Tab) => page.locator('#draft-state', { hasText: 'Draft saved' }).waitFor()

/** Selects words of the text to mark, as a mouse or a finger that is held does. */
async function selectWords(page: Page, words: string): Promise<void> {
  await page.locator('.span-text').evaluate((text: Selectable, wanted: string) => {
    const { ownerDocument: page } = text
    const walker = page.createTreeWalker(text, 4)
    const nodes: { node: unknown; from: number; to: number }[] = []
    let at = 0
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const size = node.textContent.length
      nodes.push({ node, from: at, to: at + size })
      at += size
    }
    const start = text.textContent.indexOf(wanted)
    const end = start + wanted.length
    const first = nodes.find(({ to }) => to > start)
    const last = nodes.find(({ to }) => to >= end)
    if (!first || !last) return
    const range = page.createRange()
    range.setStart(first.node, start - first.from)
    range.setEnd(last.node, end - last.from)
    const selection = page.getSelection()
    selection.removeAllRanges()
    selection.addRange(range)
  }, words)
}

/** What of the browser's document that needs; these files know no DOM. */
type Selectable = {
  textContent: string
  ownerDocument: {
    createTreeWalker(root: unknown, what: number): { nextNode(): { textContent: string } | null }
    createRange(): {
      setStart(node: unknown, at: number): void
      setEnd(node: unknown, at: number): void
    }
    getSelection(): { removeAllRanges(): void; addRange(range: unknown): void }
  }
}

function wordsAt(text: string, start: number, end: number): string {
  return Array.from(text).slice(start, end).join('')
}

describe.skipIf(!chromiumPath)(`happy: a task on its page${orSkipped}`, () => {
  test('Ana answers every kind of question by keys alone', async () => {
    await makeDataset(site.parley, everything, records)
    const { path, card } = await nextOf(ana, 'everything')
    const tab = await open(path)
    const { page } = tab
    expect(await page.locator('.output strong').textContent()).toBe('Paris')
    expect(await page.locator('.output math').count()).toBe(1)
    await expectNoViolations(tab)
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(await page.locator('[data-question="why"]').isHidden()).toBe(true)
    await typed(tab, 'B', 'A')
    expect(await page.locator('.rank-row').allTextContents()).toEqual([
      expect.stringContaining('Output B'),
      expect.stringContaining('Output A'),
      expect.stringContaining('Output C'),
    ])
    // The last one up by one, then tied with the one above.
    await page.locator('.rank-row').nth(2).focus()
    await typed(tab, 'Alt+ArrowUp', '=')
    await typed(tab, 'j')
    for (const place of [0, 1, 2]) {
      await page
        .locator('[data-question="helpful"] .choices')
        .nth(place)
        .locator('input')
        .first()
        .focus()
      await typed(tab, String(3 + place))
    }
    await typed(tab, 'j', '2', 'j', '1', '2')
    await saved(tab)
    await page.reload()
    expect(await page.locator('[data-question="kind"] input:checked').count()).toBe(1)
    await typed(tab, '?')
    expect(await page.locator('dialog#keys').isVisible()).toBe(true)
    await typed(tab, 'Escape', 'r')
    await page.locator('.output pre.raw').first().waitFor()
    await typed(tab, 'Control+Enter')
    await page.locator('.receipt').waitFor()
    expect(await page.locator('.receipt-summary').textContent()).toContain('B = C > A')
    await expectNoViolations(tab)
    const [answer] = await answersOf('everything')
    const ids = card.outputs.map(({ id }) => id)
    expect(answer?.values).toMatchObject({
      order: { ranks: { [ids[0] ?? '']: 2, [ids[1] ?? '']: 1, [ids[2] ?? '']: 1 } },
      helpful: { [ids[0] ?? '']: 3, [ids[1] ?? '']: 4, [ids[2] ?? '']: 5 },
      kind: 'opinion',
      faults: ['rude', 'wrong'],
    })
    expect(answer?.shown).toMatchObject({ rendering: 'raw' })
    expect(tab.problems).toEqual([])
    await tab.context.close()
  })

  test('of two tabs neither overwrites the other, and both are told', async () => {
    const { path } = await nextOf(ben, 'everything')
    const [one, two] = [await open(path), await open(path)]
    const note = (tab: Tab) => tab.page.locator('[data-question="note"] textarea')
    await note(one).fill('From the first tab.')
    await saved(one)
    await note(two).fill('From the second.')
    await two.page.getByText('changed in another tab or in chat').waitFor()
    // Sent as it stands it is asked once more, with what stands there now kept.
    await two.page.keyboard.press('Control+Enter')
    await two.page.locator('.notice-warn', { hasText: 'changed in another tab' }).first().waitFor()
    expect(await note(two).inputValue()).toBe('From the second.')
    const fresh = await open(path)
    expect(await note(fresh).inputValue()).toBe('From the first tab.')
    await note(two).fill('From the second, on purpose.')
    await saved(two)
    await note(one).fill('The first again.')
    await one.page.getByText('changed in another tab or in chat').waitFor()
    await one.page.getByRole('button', { name: 'Show what is saved' }).click()
    await one.page.waitForLoadState()
    await expect.poll(() => note(one).inputValue()).toBe('From the second, on purpose.')
    for (const { context } of [one, two, fresh]) await context.close()
  })

  test('text is marked by mouse, by keys and by finger; marks overlap and count code points', async () => {
    const text = 'Dr 👩‍⚕️ Curie of Paris wrote to Ada Lovelace.'
    await makeDataset(
      site.parley,
      `name: names
fields: { text: { title: Text } }
questions:
  names: { type: span, title: Mark the names, field: text, options: [person, place] }`,
      Array.from({ length: 3 }, (_, i) => ({ external_id: `t${i}`, fields: { text } })),
    )
    const { path, card } = await nextOf(ana, 'names')
    expect(card).toMatchObject({ onPage: true, presses: [], taps: null })
    const tab = await open(path)
    const { page } = tab
    const marked = () => page.locator('.marks li').allTextContents()
    // By keys: from the start of the text, with Shift to the end of it, back by words.
    await page.locator('.span-text').focus()
    await typed(tab, 'Control+Home', 'Control+Shift+ArrowRight', 'Control+Shift+ArrowRight')
    await typed(tab, '1')
    await expect.poll(marked).toEqual([expect.stringContaining('person')])
    // By mouse: a word by a double click, inside another mark.
    await selectWords(page, 'Curie of Paris')
    await page.getByRole('button', { name: /^person/ }).click()
    await page.locator('.span-text').getByText('Paris', { exact: false }).first().waitFor()
    await selectWords(page, 'Paris')
    await page.getByRole('button', { name: /^place/ }).click()
    await expect.poll(async () => (await marked()).length).toBe(3)
    await expectNoViolations(tab)
    await page.setViewportSize({ width: 1280, height: 900 })
    expect(await page.locator('.span-text').textContent()).toBe(text)
    await page.getByRole('button', { name: /^Remove person from “Dr/ }).click()
    await expect.poll(async () => (await marked()).length).toBe(2)
    await saved(tab)
    await page.keyboard.press('Control+Enter')
    await page.locator('.receipt', { hasText: '2 marked texts' }).waitFor()
    const [answer] = await answersOf('names')
    const spans = answer?.values['names'] as { start: number; end: number; label: string }[]
    expect(spans.map(({ start, end, label }) => [wordsAt(text, start, end), label])).toEqual([
      ['Curie of Paris', 'person'],
      ['Paris', 'place'],
    ])
    await tab.context.close()
  })

  test('a finger marks at 390 px, and “nothing to mark” is an answer', async () => {
    const { path } = await nextOf(ben, 'names')
    const tab = await open('/sign-in')
    const context = await tab.context.browser()?.newContext({
      ...{ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true },
    })
    const page = await context?.newPage()
    if (!page) throw new Error('There is no browser.')
    await page.goto(`${site.address}${path}`)
    await page.locator('.span-text').tap()
    await selectWords(page, 'Ada Lovelace')
    await page.getByRole('button', { name: /^person/ }).tap()
    await page.locator('.marks li', { hasText: 'Ada Lovelace' }).waitFor()
    await page.getByRole('button', { name: /^Remove person/ }).tap()
    await page.getByLabel('There is nothing to mark').check()
    await page.getByRole('button', { name: 'Submit' }).tap()
    await page.locator('.receipt', { hasText: 'nothing to mark' }).waitFor()
    const answers = (await answersOf('names')).map(({ values }) => values['names'])
    expect(answers).toContainEqual([])
    await context?.close()
    await tab.context.close()
  })

  test('Ben, signed in, goes from task to task by one press each: next, undo, edit, skip', async () => {
    await makeDataset(
      site.parley,
      'name: pairs\ntemplate: comparison\nmax_shown: 2',
      records.map((one) => ({ ...one, outputs: outputs.slice(0, 2) })),
    )
    const tab = await open('/work', ben, { width: 390 })
    const { page } = tab
    await expectNoViolations(tab)
    await page.setViewportSize({ width: 390, height: 800 })
    await page.getByRole('link', { name: 'Start: Which answer is better?' }).click()
    await page.locator('.presses').waitFor()
    await expectNoViolations(tab)
    await page.setViewportSize({ width: 390, height: 800 })
    const first = page.url()
    site.clock.advance('5 seconds')
    await page.getByRole('button', { name: /^A is better/ }).click()
    await page.waitForURL((url) => url.href !== first)
    await page.locator('.saved-line', { hasText: 'A > B' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.waitForURL(first)
    site.clock.advance('5 seconds')
    await page.keyboard.press('3')
    await page.locator('.saved-line', { hasText: 'B > A' }).waitFor()
    await page.getByText('Skip this task').click()
    await page.getByLabel('In your own words').fill('I know the author.')
    await page.getByRole('button', { name: 'Skip', exact: true }).click()
    await page.locator('.saved-line', { hasText: 'I know the author' }).waitFor()
    await page.goto(`${site.address}/work`)
    await page.getByRole('link', { name: /^Edit: .*B > A/ }).click()
    await page.getByLabel('A is better').check()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.locator('.receipt', { hasText: 'A > B' }).waitFor()
    const answers = await answersOf('pairs')
    expect(answers.map(({ status, revision }) => [status, revision]).sort()).toEqual([
      ['discarded', 1],
      ['submitted', 3],
    ])
    await tab.context.close()
  })
})

describe('happy: without scripts', () => {
  test('plain forms do all of it, and a form that is sent twice is one answer', async () => {
    const { path, card } = await nextOf(ana, 'everything')
    const text = await (await site.get(path)).text()
    expect(text.length).toBeLessThan(60_000)
    const seen = /name="seen" value="([^"]+)"/.exec(text)?.[1] ?? ''
    const fields = {
      ...{ seen, version: String(card.schemaVersion), do: 'submit' },
      ...{ 'q0.0': '1', 'q0.1': '2', 'q0.2': '2', 'q1.0': 'o4', 'q1.1': 'o0' },
      ...{ q2: 'o0', q3: 'none' },
    }
    const missing = await site.post(path, undefined, fields)
    expect(missing.status).toBe(422)
    const again = await missing.text()
    expect(again).toContain('One answer has to be changed')
    expect(again).toMatch(/value="o4" checked/)
    const whole = {
      ...fields,
      'q1.2': 'o2',
      seen: /name="seen" value="([^"]+)"/.exec(again)?.[1] ?? '',
    }
    const both = await Promise.all([1, 2].map(() => site.post(path, undefined, whole)))
    expect(both.map(({ status }) => status)).toEqual([303, 303])
    const mine = (await answersOf('everything')).filter(({ values }) => values['kind'] === 'fact')
    expect(mine).toMatchObject([{ revision: 1, status: 'submitted', values: { faults: [] } }])
    const other = await site.post(path, undefined, { ...whole, q2: 'o1' })
    expect(other.status).toBe(409)
    expect(await other.text()).toContain('was answered in another tab')
  })

  test('two outputs are compared word by word', async () => {
    const { path } = await nextOf(ana, 'pairs')
    const page = await (await site.get(`${path}/compare?a=0&b=1`)).text()
    expect(page).toContain('What differs between A and B')
    expect(page).toMatch(/<del>.*<ins>/s)
  })

  test('nothing is stored of somebody before they agree', async () => {
    const dee: Person = { platform: 'slack', workspace: 'T1', userId: 'UDEE' }
    const welcome = await (await site.get('/work', dee)).text()
    expect(welcome).toContain('What is stored')
    expect(await findLabeler(site.parley, dee)).toBeNull()
    await site.post('/work', dee, { do: 'decline' })
    expect(await findLabeler(site.parley, dee)).toBeNull()
    const agreed = await site.post('/work', dee, { do: 'agree', consent: String(consentVersion) })
    expect(agreed.status).toBeLessThan(400)
    expect(await findLabeler(site.parley, dee)).not.toBeNull()
  })
})

describe('refused: other people’s tasks', () => {
  test('a link that was forged, has expired or is somebody else’s says so, and what to do', async () => {
    const { path, card } = await nextOf(ana, 'everything')
    const told = async (at: string, who?: Person) => {
      const answer = await site.get(at, who)
      return [answer.status, await answer.text()] as const
    }
    const [body = ''] = path.split('/').at(-1)?.split('.') ?? []
    const other = Buffer.from(body, 'base64url').toString().replace('UANA', 'UBEN')
    const forged = path.replace(body, Buffer.from(other).toString('base64url'))
    for (const at of [forged, `${path}x`, '/card/x.y', '/card/..'.concat('.z')])
      expect(await told(at)).toEqual([
        403,
        expect.stringContaining('Parley did not make this link'),
      ])
    expect(await told(path, ben)).toEqual([403, expect.stringContaining('somebody else')])
    expect(await told(`/work/task/${card.assignmentId}`, ben)).toEqual([
      409,
      expect.stringContaining('somebody else'),
    ])
    expect((await site.get(`/work/task/${card.assignmentId}`)).status).toBe(401)
    const sent = await fetch(`${site.address}${path}`, {
      method: 'POST',
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ do: 'skip' }),
    })
    expect(sent.status).toBe(403)
    site.clock.advance('25 hours')
    expect(await told(path)).toEqual([410, expect.stringContaining('This link has expired')])
  })
})
