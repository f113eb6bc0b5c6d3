/** Every way in which instrumentations say what was asked and answered, as chats here have it. */
import { describe, expect, test } from 'vitest'
import type { DatasetDocument } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { sayOpenAi } from '../../src/records/openai-messages.ts'
import { factsOf } from '../../src/traces/genai/facts.ts'
import { readJson } from '../../src/traces/otlp/json.ts'
import { makeRecord } from '../../src/traces/record.ts'
import { attributesOf, idsOf, type OtlpSpan, requestOf } from '../support/otlp.ts'

const document: DatasetDocument = parseDocument(
  'name: x\ntemplate: completion\nfields: { prompt: { type: chat } }\ntraces: {}',
)
const dataset = { id: '1', name: 'x', status: 'ready', document } as const
const rule = {
  dataset: { ...dataset, schemaVersion: 1, guidelinesVersion: 1 },
  ...{ share: 1, perDay: 1, matches: () => true, patterns: [] },
}

type Held = { [key: string]: unknown }
const event = (name: string, held: Held) => ({ name, attributes: attributesOf(held) })

function made(attributes: Held, more: OtlpSpan = {}) {
  const request = requestOf([{ ...idsOf(1), attributes: attributesOf(attributes), ...more }])
  const count = { spans: 0, rejected: 0, problem: null }
  const [span] = readJson(JSON.stringify(request), () => true, count)
  if (!span) throw new Error('There is no span.')
  return makeRecord(rule, span, factsOf(span))
}

function read(attributes: Held, more: OtlpSpan = {}) {
  const one = made(attributes, more)
  if (!('line' in one)) throw new Error(JSON.stringify(one))
  const { fields, outputs, metadata } = one.line
  return { prompt: fields['prompt'], outputs, metadata }
}

const weather = { type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } }
const asked = { role: 'user', content: 'Weather in Paris?' }
const called = { role: 'assistant', content: null, tool_calls: [{ id: 'c1', ...weather }] }
const result = { role: 'tool', tool_call_id: 'c1', content: 'rainy, 57°F' }
const text = 'It is rainy.'

describe('happy: a conversation with a tool, in the words of', () => {
  const messages = [
    { role: 'user', parts: [{ type: 'text', content: asked.content }] },
    {
      role: 'assistant',
      parts: [{ type: 'tool_call', id: 'c1', name: 'weather', arguments: '{"city":"Paris"}' }],
    },
    { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: result.content }] },
  ]
  const answers = [
    { role: 'assistant', parts: [{ type: 'text', content: text }], finish_reason: 'stop' },
  ]
  const ways: [string, Held, OtlpSpan?][] = [
    [
      'the newest conventions, as JSON',
      {
        'gen_ai.input.messages': JSON.stringify(messages),
        'gen_ai.output.messages': JSON.stringify(answers),
      },
    ],
    [
      'the newest conventions, structured',
      { 'gen_ai.input.messages': messages, 'gen_ai.output.messages': answers },
    ],
    [
      'the event of the details',
      {},
      {
        events: [
          event('gen_ai.client.inference.operation.details', {
            ...{ 'gen_ai.input.messages': messages, 'gen_ai.output.messages': answers },
          }),
        ],
      },
    ],
    [
      'an event for each message, with the body in one attribute',
      {},
      {
        events: [
          event('gen_ai.user.message', {
            ...{
              'gen_ai.system': 'openai',
              'gen_ai.event.content': `{"content":"${asked.content}"}`,
            },
          }),
          event('gen_ai.assistant.message', {
            'gen_ai.event.content': JSON.stringify({ tool_calls: called.tool_calls }),
          }),
          event('gen_ai.tool.message', {
            'gen_ai.event.content': JSON.stringify({ content: result.content, id: 'c1' }),
          }),
          event('gen_ai.choice', {
            'gen_ai.event.content': JSON.stringify({
              ...{ index: 0, finish_reason: 'stop', message: { content: text } },
            }),
          }),
        ],
      },
    ],
    [
      'an event for each message, with an attribute for each key',
      {},
      {
        events: [
          event('gen_ai.user.message', { content: asked.content, role: 'user' }),
          event('gen_ai.assistant.message', { tool_calls: JSON.stringify(called.tool_calls) }),
          event('gen_ai.tool.message', { content: result.content, id: 'c1' }),
          event('gen_ai.choice', { index: 0, message: JSON.stringify({ content: text }) }),
        ],
      },
    ],
    [
      'OpenLLMetry',
      {
        'gen_ai.prompt.0.role': 'user',
        'gen_ai.prompt.0.content': asked.content,
        'gen_ai.prompt.1.role': 'assistant',
        'gen_ai.prompt.1.tool_calls.0.id': 'c1',
        'gen_ai.prompt.1.tool_calls.0.name': 'weather',
        'gen_ai.prompt.1.tool_calls.0.arguments': '{"city":"Paris"}',
        'gen_ai.prompt.2.role': 'tool',
        'gen_ai.prompt.2.tool_call_id': 'c1',
        'gen_ai.prompt.2.content': result.content,
        'gen_ai.completion.0.role': 'assistant',
        'gen_ai.completion.0.content': text,
        'gen_ai.completion.0.finish_reason': 'stop',
      },
    ],
    [
      'gen_ai.prompt and gen_ai.completion',
      {
        'gen_ai.prompt': JSON.stringify([asked, called, result]),
        'gen_ai.completion': JSON.stringify([{ role: 'assistant', content: text }]),
      },
    ],
    [
      'gen_ai.prompt and gen_ai.completion on events',
      {},
      {
        events: [
          event('gen_ai.content.prompt', {
            'gen_ai.prompt': JSON.stringify([asked, called, result]),
          }),
          event('gen_ai.content.completion', {
            'gen_ai.completion': JSON.stringify([{ role: 'assistant', content: text }]),
          }),
        ],
      },
    ],
    [
      'OpenInference',
      {
        'openinference.span.kind': 'LLM',
        'llm.input_messages.0.message.role': 'user',
        'llm.input_messages.0.message.content': asked.content,
        'llm.input_messages.1.message.role': 'assistant',
        'llm.input_messages.1.message.tool_calls.0.tool_call.id': 'c1',
        'llm.input_messages.1.message.tool_calls.0.tool_call.function.name': 'weather',
        'llm.input_messages.1.message.tool_calls.0.tool_call.function.arguments':
          '{"city":"Paris"}',
        'llm.input_messages.2.message.role': 'tool',
        'llm.input_messages.2.message.tool_call_id': 'c1',
        'llm.input_messages.2.message.content': result.content,
        'llm.output_messages.0.message.role': 'assistant',
        'llm.output_messages.0.message.content': text,
      },
    ],
    [
      'input.value and output.value, a request and its response as JSON',
      {
        'input.value': JSON.stringify({ model: 'm', messages: [asked, called, result] }),
        'output.value': JSON.stringify({
          choices: [{ message: { role: 'assistant', content: text } }],
        }),
      },
    ],
  ]
  test.each(ways)('%s', (_, attributes, more) => {
    const { prompt, outputs } = read(attributes, more)
    expect(prompt).toEqual([asked, called, result])
    expect(outputs).toEqual([{ id: 'o1', text }])
    // What exports make of it is what OpenAI takes.
    expect(typeof prompt === 'string' || sayOpenAi(prompt ?? [])).toEqual([asked, called, result])
  })
})

describe('happy: what else there is', () => {
  test('where content is not captured there is nothing to make a record of', () => {
    const events = [
      event('gen_ai.user.message', { 'gen_ai.system': 'openai' }),
      event('gen_ai.tool.message', { id: 'c1' }),
      event('gen_ai.choice', { index: 0, finish_reason: 'stop', message: '{}' }),
    ]
    expect(made({}, { events })).toEqual({ without: 'prompt' })
  })

  test('the newest way counts where a span uses several', () => {
    const { prompt } = read({
      'gen_ai.prompt.0.content': 'old',
      'llm.input_messages.0.message.content': 'other',
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: 'new' }] },
      ]),
    })
    expect(prompt).toEqual([{ role: 'user', content: 'new' }])
  })

  test('instructions stand before the chat, once', () => {
    const system = [{ type: 'text', content: 'Be brief.' }]
    const user = { role: 'user', parts: [{ type: 'text', content: 'Hi' }] }
    const said = (messages: object[]) =>
      read({ 'gen_ai.system_instructions': system, 'gen_ai.input.messages': messages }).prompt
    const both = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
    ]
    expect(said([user])).toEqual(both)
    expect(said([{ role: 'system', parts: system }, user])).toEqual(both)
  })

  test('reasoning, images and what is not known', () => {
    const { prompt, outputs } = read({
      'gen_ai.input.messages': [
        {
          role: 'user',
          parts: [
            { type: 'text', content: 'What is this?' },
            { type: 'uri', modality: 'image', mime_type: 'image/png', uri: 'https://x.org/a.png' },
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'aGk=' },
            {
              type: 'blob',
              modality: 'image',
              mime_type: 'image/png',
              content: 'A'.repeat(60_000),
            },
            { type: 'file', modality: 'image', file_id: 'f1' },
          ],
        },
      ],
      'gen_ai.output.messages': [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'A logo.' },
            { type: 'text', content: 'A logo.' },
          ],
        },
      ],
    })
    expect(prompt).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'https://x.org/a.png' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } },
          { type: 'text', text: '[image left out: it is too large]' },
          { type: 'file', modality: 'image', file_id: 'f1' },
        ],
      },
    ])
    expect(outputs[0]?.messages).toEqual([
      { role: 'assistant', content: 'A logo.', reasoning_content: 'A logo.' },
    ])
  })

  test('each choice is an output, in its order', () => {
    const choice = (index: number) =>
      event('gen_ai.choice', { index, message: JSON.stringify({ content: `answer ${index}` }) })
    const { outputs } = read(
      { 'gen_ai.response.model': 'm' },
      { events: [event('gen_ai.user.message', { content: 'x' }), choice(1), choice(0)] },
    )
    expect(outputs).toEqual([
      { id: 'o1', text: 'answer 0', model: 'm' },
      { id: 'o2', text: 'answer 1', model: 'm' },
    ])
  })

  test('an answer that only calls a tool is kept as it is', () => {
    const { outputs } = read({
      'gen_ai.input.messages': [{ role: 'user', parts: [{ type: 'text', content: 'x' }] }],
      'gen_ai.output.messages': [
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Paris' } }],
        },
      ],
    })
    expect(outputs).toEqual([
      {
        id: 'o1',
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: 'c1',
                type: 'function',
                function: { name: 'weather', arguments: { city: 'Paris' } },
              },
            ],
          },
        ],
      },
    ])
  })

  const nested = {
    type: 'function',
    function: { name: 'weather', description: 'now', parameters: { type: 'object' } },
  }
  test.each<[string, Held]>([
    [
      'the conventions',
      {
        'gen_ai.tool.definitions': JSON.stringify([{ type: 'function', ...nested.function }]),
      },
    ],
    ['OpenInference', { 'llm.tools.0.tool.json_schema': JSON.stringify(nested) }],
    [
      'OpenLLMetry',
      {
        'llm.request.functions.0.name': 'weather',
        'llm.request.functions.0.description': 'now',
        'llm.request.functions.0.parameters': '{"type":"object"}',
      },
    ],
  ])('tools in the words of %s are those of chat templates', (_, attributes) => {
    const { metadata } = read({ ...attributes, 'gen_ai.prompt.0.content': 'x' })
    expect(metadata['tools']).toEqual([nested])
  })

  test('facts in the words of OpenInference, and of older conventions', () => {
    const open = read({
      'openinference.span.kind': 'LLM',
      'llm.provider': 'azure',
      'llm.model_name': 'gpt-4',
      'llm.token_count.prompt': 7,
      'llm.token_count.completion': 9,
      'session.id': 's1',
      'input.value': 'x',
      'output.value': 'y',
    })
    expect(open.metadata).toMatchObject({
      ...{ operation: 'chat', provider: 'azure', model: 'gpt-4', conversation_id: 's1' },
      ...{ input_tokens: 7, output_tokens: 9 },
    })
    expect(open.outputs).toEqual([{ id: 'o1', text: 'y', model: 'gpt-4' }])
    const old = read({
      'gen_ai.system': 'openai',
      'gen_ai.usage.prompt_tokens': 1,
      'gen_ai.usage.completion_tokens': '2',
      'gen_ai.prompt.0.content': 'x',
    })
    expect(old.metadata).toMatchObject({ provider: 'openai', input_tokens: 1, output_tokens: 2 })
  })
})

describe('refused: what is made to do harm', () => {
  const inside = (messages: string) => ({ 'gen_ai.input.messages': messages })
  test.each<[string, Held]>([
    ['JSON nested without end', inside(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)],
    [
      'arguments nested without end',
      inside(
        `[{"role":"user","parts":[{"type":"tool_call","name":"f","arguments":${'['.repeat(9000)}${']'.repeat(9000)}}]}]`,
      ),
    ],
    [
      'keys of objects that are all prototypes',
      { 'gen_ai.prompt.0.__proto__.content': 'x', 'gen_ai.prompt.0.content': 'y' },
    ],
    [
      'more messages than a chat has',
      {
        'gen_ai.input.messages': Array.from({ length: 501 }, () => ({
          role: 'user',
          content: 'x',
        })),
      },
    ],
    [
      'roles and calls that are none',
      inside('[{"role":7,"parts":[{"type":"tool_call"},{"type":9},null,"x"]}]'),
    ],
    ['halves of characters', inside('[{"role":"user","content":"\\ud800\\u0000"}]')],
  ])('%s becomes a record or a reason, and no crash', (_, attributes) => {
    const one = made(attributes)
    if ('line' in one) expect(JSON.stringify(one.line)).not.toMatch(/\\u0000|\\ud800/)
    else expect(JSON.stringify(one)).toMatch(/problem|without/)
    expect(({} as Held)['content']).toBeUndefined()
  })
})
