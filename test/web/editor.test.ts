/** An admin makes a dataset in the browser: by form and by YAML, with both platforms' cards beside them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPreview as drawOnDiscord } from '../../adapters/discord/draw/task/preview.ts'
import { drawPreview as drawOnSlack } from '../../adapters/slack/draw/task/preview.ts'
import { applyDataset } from '../../src/datasets/apply.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { writeExport } from '../../src/exports/job/write.ts'
import type { Outbox } from '../../src/outbox.ts'
import type { Actor } from '../../src/parley.ts'
import { addAnswer, makeLabelers, ranked } from '../exports/ground.ts'
import { chromiumPath, orSkipped } from '../support/chromium.ts'
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
  test.skipIf(!chromiumPath)(
    `from a template, by form and by YAML, with previews of both platforms, to published${orSkipped}`,
    async () => {
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
      expect(made.document).toMatchObject({
        title: 'Now which one helps more?',
        access: 'everyone',
      })
      // The comments of the template are still there.
      expect(await yaml.inputValue()).toContain('# or: tiers, best_worst, best_only')
      await page.getByRole('button', { name: 'Save and publish' }).click()
      await page.getByText('“prefs” is open to its labelers.').waitFor()
      expect((await getDataset(site.parley, 'prefs')).status).toBe('ready')
      expect(tab.problems).toEqual([])
    },
  )

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

describe.skipIf(!chromiumPath)(`happy: records in and files out${orSkipped}`, () => {
  test('a file with a bad line says which, and its other lines are imported', async () => {
    const tab = await site.open('/admin/datasets/prefs/import', webAdmin)
    const { page } = tab
    const good = (n: number) =>
      JSON.stringify({ prompt: `Question ${n}?`, outputs: [{ text: 'Yes.' }, { text: 'No.' }] })
    const text = [good(1), '{"prompt": "Cut off', good(2)].join('\n')
    await page.getByLabel('File of records').setInputFiles({
      ...{ name: 'mine.jsonl', mimeType: 'application/x-ndjson', buffer: Buffer.from(text) },
    })
    await page.getByRole('button', { name: 'Upload and check' }).click()
    await page.getByText('2 records can be read from 3 lines.').waitFor()
    const refused = page.getByRole('region', { name: 'Lines that are refused' })
    expect(await refused.getByRole('row').nth(1).innerText()).toMatch(/^2\b/)
    await expectNoViolations(tab)
    await page.getByRole('button', { name: 'Import 2 records' }).click()
    await page.getByRole('heading', { name: 'mine.jsonl was imported' }).waitFor()
    expect(await site.parley.db.selectFrom('records').select('id').execute()).toHaveLength(2)
    expect(
      readdirSync(join(site.dataDir, 'uploads')).filter((name) => !name.endsWith('.json')),
    ).toEqual([])
  })

  test('what is not recognised is mapped by hand', async () => {
    const { page } = await site.open('/admin/datasets/prefs/import', webAdmin)
    const text = 'frage,eins,zwei\nWarum?,Darum.,Weiß nicht.\n'
    await page.getByLabel('File of records').setInputFiles({
      ...{ name: 'fragen.csv', mimeType: 'text/csv', buffer: Buffer.from(text) },
    })
    await page.getByRole('button', { name: 'Upload and check' }).click()
    await page.getByText('0 records can be read from 1 row.').waitFor()
    await page.getByLabel('Prompt').fill('frage')
    await page.getByLabel('Outputs (several keys: a, b)').fill('eins, zwei')
    await page.getByRole('button', { name: 'Check with this mapping' }).click()
    await page.getByText('1 record can be read from 1 row.').waitFor()
    await page.getByRole('button', { name: 'Import 1 record' }).click()
    await page.getByRole('heading', { name: 'fragen.csv was imported' }).waitFor()
    await page.getByRole('button', { name: 'Take this import back' }).click()
    await page.getByText('Taken back: 1 record.').waitFor()
  })

  test('an export shows its options, rows and counts, runs, and is downloaded', async () => {
    const { parley } = site
    const dataset = await getDataset(parley, 'prefs')
    const [labeler = ''] = await makeLabelers(parley, 1)
    const records = await parley.db.selectFrom('records').select(['id', 'outputs']).execute()
    for (const { id, outputs } of records) {
      const [first = '', second = ''] = outputs.map((output) => output.id)
      await addAnswer(
        parley,
        dataset,
        { id },
        { labeler, values: ranked(first, second), shown: [first, second] },
      )
    }
    const tab = await site.open('/admin/datasets/prefs/exports', webAdmin)
    const { page } = tab
    await page.getByText('"prompt"').first().waitFor()
    const figures = page.locator('dl.figures')
    await figures.getByText('Looked at').waitFor()
    expect(await page.getByLabel('Pairs', { exact: true }).innerText()).toContain(
      'Default: best-worst',
    )
    await page.getByLabel('Shape').selectOption('text')
    await page.getByText('"prompt": "Question 1?"').waitFor()
    await expectNoViolations(tab)
    await page.getByLabel('Format', { exact: true }).selectOption('raw')
    await page.getByLabel('Shape').waitFor({ state: 'detached' })
    await page.getByLabel('Format', { exact: true }).selectOption('preference')
    await page.getByLabel('Shape').waitFor()
    await page.getByRole('button', { name: 'Start the export' }).click()
    await page.getByText('The export has started.').waitFor()
    const [{ id = '' } = {}] = await parley.db.selectFrom('exports').select('id').execute()
    await writeExport(parley, id)
    const link = page.getByRole('link', { name: 'prefs-preference.jsonl', exact: true })
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    expect(
      readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(2)
    await page.getByRole('button', { name: 'Start the export' }).click()
    await page.getByRole('button', { name: 'Cancel the export as preference' }).click()
    await page.getByText('The export was cancelled.').waitFor()
    expect(tab.problems).toEqual([])
  })
})

describe('refused: files', () => {
  const send = async (name: string, body: string) => {
    const { cookie, csrf } = await site.signIn(webAdmin)
    return fetch(`${site.address}/admin/datasets/plain/import?file=${encodeURIComponent(name)}`, {
      ...{ method: 'PUT', body, headers: { cookie, 'x-csrf-token': csrf, origin: site.address } },
    })
  }

  test('kinds that are not read, empty ones, and uploads of another admin', async () => {
    expect(await (await send('a.xlsx', 'x')).json()).toMatchObject({
      problem: expect.stringContaining('Choose a .jsonl'),
    })
    expect((await send('a.jsonl', '')).status).toBe(422)
    const { href } = (await (await send('../../etc/<b>.jsonl', '{"prompt": "a"}')).json()) as {
      href: string
    }
    const shown = await (await site.get(href, webAdmin)).text()
    expect(shown).toContain('&lt;b&gt;.jsonl')
    const key = { key: 'prl_of_somebody_else' }
    expect((await site.get(href, key)).status).not.toBe(200)
    expect((await site.get(href.replace('plain', 'prefs'), webAdmin)).status).toBe(404)
  })

  test('a plain form uploads, too, and one from another site does not', async () => {
    const body = new FormData()
    body.set('file', new File(['{"prompt": "plain"}'], 'plain.jsonl'))
    const { cookie, csrf } = await site.signIn(webAdmin)
    const path = `${site.address}/admin/datasets/plain/import?csrf=`
    const post = (token: string) =>
      fetch(path + token, {
        method: 'POST',
        redirect: 'manual',
        body,
        headers: { cookie, origin: site.address },
      })
    const sent = await post(csrf)
    expect(sent.status).toBe(303)
    expect((await post('forged')).status).toBe(403)
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
