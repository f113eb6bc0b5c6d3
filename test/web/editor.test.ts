/** An admin makes a dataset in the browser: by form and by YAML, with both platforms' cards beside them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPreview as drawOnDiscord } from '../../adapters/discord/draw/task/preview.ts'
import { drawPreview as drawOnSlack } from '../../adapters/slack/draw/task/preview.ts'
import { applyDataset } from '../../src/datasets/apply.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import type { Outbox } from '../../src/outbox.ts'
import type { Actor } from '../../src/parley.ts'
import { expectNoViolations, openSite, type WebSite, webAdmin } from '../support/web.ts'

const cleo: Actor = { type: 'admin', name: 'cleo' }
let site: WebSite
beforeAll(async () => {
  site = await openSite()
  for (const [name, drawPreview] of [
    ['slack', drawOnSlack],
    ['discord', drawOnDiscord],
  ] as const) {
    const outbox = site.parley.platforms.get(name)
    if (outbox) site.parley.platforms.set(name, { ...outbox, drawPreview } as Outbox)
  }
})
afterAll(() => site.close())

describe('happy: a dataset made in the browser', () => {
  test('from a template, by form and by YAML, with previews of both platforms, to published', async () => {
    const tab = await site.open('/admin/datasets/new', webAdmin)
    const { page } = tab
    await page.getByRole('link', { name: 'Start with this: Compare outputs' }).click()
    const yaml = page.getByLabel('The document as YAML')
    const slack = page.getByRole('region', { name: 'As Slack shows it' })
    const discord = page.getByRole('region', { name: 'As Discord shows it' })
    await slack.getByText('Which answer is better?').first().waitFor()
    await discord.getByText('Which answer is better?').first().waitFor()

    await page.getByLabel('Name').first().fill('prefs')
    await page.locator('#form').getByLabel('Title').first().fill('Which one helps more?')
    await slack.getByText('Which one helps more?').first().waitFor()
    expect(await yaml.inputValue()).toContain('title: Which one helps more?')
    expect(await yaml.inputValue()).toContain('# or: tiers, best_worst, best_only')

    const typed = (await yaml.inputValue()).replace('mode: full', 'mode: fully')
    await yaml.fill(typed)
    const mistake = page.getByText('is "fully".')
    await mistake.waitFor()
    const line = typed.split('\n').findIndex((one) => one.includes('fully')) + 1
    await page.getByRole('link', { name: `Line ${line}`, exact: true }).click()
    const selected =
      'const t = document.querySelector("textarea[name=yaml]"); t.value.slice(t.selectionStart, t.selectionEnd)'
    expect(await page.evaluate(selected)).toContain('mode: fully')
    await yaml.fill(
      typed.replace('mode: fully', 'mode: best_only').replace('title: Which', 'title: Now which'),
    )
    await page.getByText('The document has no mistakes.').waitFor()
    expect(await page.locator('#form').getByLabel('Title').first().inputValue()).toBe(
      'Now which one helps more?',
    )
    await discord.getByText('Now which one helps more?').first().waitFor()

    await page.getByLabel('Type of the new question').selectOption('rating')
    await page.getByRole('button', { name: 'Add a question' }).click()
    await page.locator('#questions-2').waitFor()
    expect(await yaml.inputValue()).toContain('rating: { type: rating }')
    await expectNoViolations(tab)

    await page.getByRole('button', { name: 'Create draft' }).click()
    await page.getByText('“prefs” is a draft now').waitFor()
    const made = await getDataset(site.parley, 'prefs')
    expect(made.document).toMatchObject({ title: 'Now which one helps more?', access: 'everyone' })
    // The comments of the template are still there.
    expect(await yaml.inputValue()).toContain('# or: tiers, best_worst, best_only')
    await page.getByRole('button', { name: 'Save and publish' }).click()
    await page.getByText('“prefs” is open to its labelers.').waitFor()
    expect((await getDataset(site.parley, 'prefs')).status).toBe('ready')
    expect(tab.problems).toEqual([])
  })

  test('without JavaScript a plain form does the same', async () => {
    const yaml = 'name: plain\ntemplate: thumbs # one press\n'
    const form = { yaml, was: yaml, title: 'Any good?' }
    const shown = await site.post('/admin/datasets/new', webAdmin, { ...form, do: 'preview' })
    expect(await shown.text()).toContain('title: Any good?')
    const saved = await site.post('/admin/datasets/new', webAdmin, { ...form, do: 'save' })
    expect([saved.status, saved.headers.get('location')]).toEqual([
      303,
      '/admin/datasets/plain/edit',
    ])
    const german = await site.get('/admin/datasets/plain/edit', { ...webAdmin, locale: 'de' })
    const text = await german.text()
    expect(text).toContain('# one press')
    expect(text.length).toBeLessThan(60_000)
  })
})

describe('refused: changes that cannot be saved', () => {
  test('what another admin changed meanwhile is not overwritten, and says what to do', async () => {
    const opened = await (await site.get('/admin/datasets/plain/edit', webAdmin)).text()
    const etag = /name="etag" value="&quot;(\w+)&quot;"/.exec(opened)?.[1] ?? ''
    const other = parseDocument('name: plain\ntemplate: thumbs\ntitle: Good or bad?')
    await applyDataset(site.parley, cleo, { document: other })
    const yaml = 'name: plain\ntemplate: thumbs\ntitle: Mine\n'
    const answer = await site.post('/admin/datasets/plain/edit', webAdmin, {
      ...{ yaml, was: yaml, etag: `"${etag}"`, do: 'save' },
    })
    expect(answer.status).toBe(409)
    const text = await answer.text()
    expect(text).toContain('Somebody else changed this dataset')
    expect(text).toContain('title: Mine')
    expect((await getDataset(site.parley, 'plain')).document.title).toBe('Good or bad?')
  })

  test('mistakes, taken names, and changes that a published dataset cannot take', async () => {
    const send = async (path: string, yaml: string, etag = '') => {
      const answer = await site.post(path, webAdmin, { yaml, was: yaml, etag, do: 'save' })
      return [answer.status, await answer.text()] as const
    }
    const [wrong, text] = await send(
      '/admin/datasets/new',
      'name: a\ntemplate: comparison\nmax_shown: many\n',
    )
    expect(wrong).toBe(422)
    expect(text).toContain('data-line="3"')
    const [taken, said] = await send('/admin/datasets/new', 'name: plain\ntemplate: thumbs\n')
    expect([taken, said.includes('There is a dataset')]).toEqual([409, true])
    const nobody = await site.get('/admin/datasets/new')
    expect(nobody.status).not.toBe(200)
    const labeler = { platform: 'slack', workspace: 'T1', userId: 'UANA' } as const
    expect((await site.get('/admin/datasets/plain/edit', labeler)).status).toBe(403)
    expect((await site.post('/admin/datasets/new', labeler, { do: 'save' })).status).toBe(403)
    expect((await site.get('/admin/datasets/none/edit', webAdmin)).status).toBe(404)
  })
})
