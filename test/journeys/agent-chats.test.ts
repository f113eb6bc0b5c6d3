/**
 * A chat of an agent through the whole service: imported as it was logged, read on a card, judged, and
 * exported with every key and every text as it came.
 */
import { describe, expect } from 'vitest'
import type { Journey } from '../support/journey.ts'
import { discordTest, slackTest } from '../support/journey-test.ts'

const slack = slackTest()
const discord = discordTest()

// White space within the texts of calls and results is part of what a model was trained on.
const prompt = [
  {
    role: 'user',
    name: 'ana',
    content: [
      { type: 'text', text: 'Is it warm where this was taken?' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
    ],
  },
  {
    role: 'assistant',
    content: null,
    reasoning_content: 'It shows the Rhine,\n so Bonn.',
    tool_calls: [
      {
        id: 'call_1',
        type: 'function',
        function: { name: 'weather', arguments: '{ "days": 1,  "city": "Bonn" }' },
      },
    ],
  },
  { role: 'tool', tool_call_id: 'call_1', content: '{"celsius": 21, "at": "09:00"}' },
]
const says = [{ role: 'assistant', reasoning_content: 'Above 20 is warm.', content: 'Yes, 21 °C.' }]
const calls = [
  {
    role: 'assistant',
    content: null,
    tool_calls: [
      { type: 'function', function: { name: 'news', arguments: { topic: 'Bonn', at: [9, 0] } } },
    ],
  },
]
const tools = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: {} } } },
  },
]
const chat_template_kwargs = { enable_thinking: true }
const line = { prompt, chosen: says, rejected: calls, tools, chat_template_kwargs }
const document =
  'name: agents\ntitle: Which step is better?\ntemplate: comparison\nfields: { prompt: { type: chat } }\ndistribution: { min_submitted: 1 }'

const drawn = [
  'ana',
  'Is it warm where this was taken?',
  'image',
  'It shows the Rhine',
  'Calls',
  'weather',
  '"city": "Bonn"',
  'Result of weather',
  '"celsius": 21',
  'Above 20 is warm.',
  'Yes, 21 °C.',
  'news',
  '"topic": "Bonn"',
]

/** The press that chooses the output that says something. */
function best(card: string): string {
  return card.indexOf('Yes, 21 °C.') < card.indexOf('"topic"') ? 'A' : 'B'
}

/** Every key and every text as it came; the order of keys is the one of the database. */
async function expectUnchanged({ lines }: Pick<Journey, 'lines'>) {
  expect(await lines('agents', 'preference')).toStrictEqual([line])
  const [record] = (await lines('agents', 'records')) as unknown as {
    fields: object
    outputs: { metadata: { source: string }; messages: object[] }[]
    metadata: object
  }[]
  expect(record?.fields).toStrictEqual({ prompt })
  const messages = record?.outputs.map((one) => [one.metadata.source, one.messages])
  expect(Object.fromEntries(messages ?? [])).toStrictEqual({ chosen: says, rejected: calls })
  expect(record?.metadata).toStrictEqual({ tools, chat_template_kwargs })
}

describe('happy: a step of an agent', () => {
  slack('is read, judged and exported in Slack', async ({ journey }) => {
    const { ana } = journey
    await journey.dataset(document, [line])
    await ana.joins('agents')
    await ana.receives('Yes, 21 °C.')
    const card = ana.newest()
    for (const said of drawn) expect(card).toContain(said)
    await ana.presses(`${best(card)} is better`)
    await ana.receives('Saved')
    await expectUnchanged(journey)
  })

  discord('and in Discord', async ({ journey }) => {
    const { ana } = journey
    await journey.dataset(document, [line])
    await ana.joins('agents')
    const card = ana.screen()
    for (const said of drawn) expect(card).toContain(said)
    await ana.presses(`${best(card)} is better`)
    expect(ana.screen()).toContain('Saved')
    await expectUnchanged(journey)
  })
})
