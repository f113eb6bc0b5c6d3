/** The file for Bolt apps in docs/feedback.md does what the page says: real Bolt, the stand-in Slack, a running Parley. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { App } from '@slack/bolt'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { createKey } from '../../src/keys/create.ts'
import { verdictsOf } from '../feedback/ground.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'
import { root } from './page.ts'

let journey: Journey
let slack: SlackStandIn
let app: App
const written = readFileSync(join(root, 'docs/feedback.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'parley-bolt-'))
const conversation = [
  { role: 'user', content: 'How do I reset my password?' },
  { role: 'assistant', content: 'Passwords should be long.' },
]

beforeAll(async () => {
  journey = await openJourney({ worker: false })
  const { parley, service } = journey
  const document = parseDocument(yamlOnPage())
  await createDataset(parley, admin, { document })
  const { key } = await createKey(parley, admin, {
    ...{ name: 'support-bot', scopes: ['records:write'], dataset: document.name },
  })
  process.env['PARLEY_URL'] = service.address
  process.env['PARLEY_KEY'] = key
  slack = await openSlackStandIn({ people: [{ name: 'Ana' }, { name: 'Ben' }] })
  app = new App({
    ...{ token: slack.botToken, signingSecret: slack.signingSecret },
    clientOptions: { slackApiUrl: slack.apiUrl },
  })
  const { feedbackBlock, keepFeedback } = await codeOnPage()
  keepFeedback(app, { source: 'support-bot', conversationOf: async () => conversation })
  const server = await app.start(0)
  const at = server.address()
  slack.deliverTo(`http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}`)
  const { id: channel } = slack.channel('help', { members: ['Ana', 'Ben'] })
  const text = 'Passwords should be long.'
  const blocks = [{ type: 'section', text: { type: 'plain_text', text } }, feedbackBlock()]
  await app.client.chat.postMessage({ channel, text, blocks })
})
afterAll(async () => {
  delete process.env['PARLEY_URL']
  delete process.env['PARLEY_KEY']
  await app?.stop()
  await slack?.close()
  await journey.close()
  rmSync(folder, { recursive: true, force: true })
})

const values = async () => {
  const lines = await journey.raw('assistant')
  return lines.map(({ values, revision }) => ({ revision, ...values }))
}

/** Bolt answers a press before it has told Parley. */
async function until(wanted: number) {
  await expect.poll(async () => (await values()).length, { timeout: 20_000 }).toBe(wanted)
}

test('a thumb up, then down with a reason: one verdict, the latest, and its conversation', async () => {
  const ana = slack.person('Ana')
  await ana.press('👍')
  await until(1)
  await ana.press('👎')
  await until(2)
  expect(ana.modal()?.title).toBe('What was wrong?')
  await ana.fill('Why is it a bad answer?', 'It answers another question.')
  await ana.submit()
  await until(3)
  expect((await values()).at(-1)).toEqual({
    ...{ revision: 3, thumbs: 'down', reason: 'It answers another question.' },
  })
  expect(await journey.lines('assistant', 'kto')).toEqual([
    { prompt: conversation.slice(0, 1), completion: conversation.slice(1), label: false },
  ])
})

test('two people count as two, and a window that is closed keeps the thumb', async () => {
  const ben = slack.person('Ben')
  await ben.press('👎')
  await until(4)
  await ben.close()
  expect(await verdictsOf(journey.parley, 'assistant')).toMatchObject([
    { verdict: 'down' },
    { verdict: 'down' },
  ])
  expect(slack.faults.seen).toEqual([])
})

function yamlOnPage(): string {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(written) ?? []
  return yaml
}

/** Exactly what stands on the page, as the file it says it is. */
async function codeOnPage() {
  const [, code = ''] = /```js\n(\/\/ feedback\.js[\s\S]*?)```/.exec(written) ?? []
  const file = join(folder, 'feedback.mjs')
  writeFileSync(file, code)
  return import(pathToFileURL(file).href)
}
