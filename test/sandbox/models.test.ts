/** The stand-in for model servers, asked by OpenAI's own client: what the reference says holds here. */
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'

const key = 'sk-a-key-of-the-stand-in'
let standIn: ModelsStandIn
let client: OpenAI
beforeAll(async () => {
  standIn = await openModelsStandIn({
    keys: [key],
    models: {
      small: {},
      refusing: { reply: 'refusal' },
      filtered: { reply: 'filtered' },
      reasoning: { refuses: ['max_tokens'] },
    },
  })
  client = new OpenAI({ baseURL: standIn.url, apiKey: key, maxRetries: 0 })
})
afterAll(() => standIn.close())

const messages = [{ role: 'user', content: 'Why is the sky blue?' }] as const
const ask = (more: object = {}) =>
  client.chat.completions.create({
    model: 'small',
    messages: [...messages],
    ...more,
  } as OpenAI.ChatCompletionCreateParamsNonStreaming)

describe('happy', () => {
  test('a completion of the reference’s form, with its usage', async () => {
    const { choices, usage, object, model } = await ask({ seed: 3, temperature: 0.5 })
    expect({ object, model }).toEqual({ object: 'chat.completion', model: 'small' })
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: {
        role: 'assistant',
        content: 'small answers 3: about "Why is the sky blue?" there is much to say.',
      },
    })
    expect(usage).toEqual({ prompt_tokens: 5, completion_tokens: 14, total_tokens: 19 })
  })

  test('cut off at max_tokens, refused, and filtered', async () => {
    expect((await ask({ max_tokens: 2 })).choices[0]).toMatchObject({
      ...{ finish_reason: 'length', message: { content: 'small answers' } },
    })
    expect((await ask({ model: 'refusing' })).choices[0]).toMatchObject({
      ...{ finish_reason: 'stop', message: { content: null, refusal: 'I cannot help with that.' } },
    })
    expect((await ask({ model: 'filtered' })).choices[0]?.finish_reason).toBe('content_filter')
  })

  test('a stream says the same word by word, and its usage last', async () => {
    const stream = await client.chat.completions.create({
      ...{ model: 'small', messages: [...messages], seed: 3 },
      ...{ stream: true, stream_options: { include_usage: true } },
    })
    let said = ''
    let last: OpenAI.ChatCompletionChunk | undefined
    for await (const chunk of stream) {
      said += chunk.choices[0]?.delta.content ?? ''
      last = chunk
    }
    expect(said).toBe('small answers 3: about "Why is the sky blue?" there is much to say.')
    expect(last).toMatchObject({ choices: [], usage: { completion_tokens: 14 } })
  })
})

describe('refused', () => {
  const refusals: [string, object, new (...args: never[]) => Error, RegExp][] = [
    [
      'a field nobody knows',
      { temprature: 1 },
      OpenAI.BadRequestError,
      /Unrecognized request argument supplied: temprature/,
    ],
    [
      'a temperature of 3',
      { temperature: 3 },
      OpenAI.BadRequestError,
      /Invalid value for 'temperature'/,
    ],
    [
      'a role nobody knows',
      { messages: [{ role: 'bot', content: 'x' }] },
      OpenAI.BadRequestError,
      /messages/,
    ],
    [
      'both lengths',
      { max_tokens: 1, max_completion_tokens: 1 },
      OpenAI.BadRequestError,
      /at the same time/,
    ],
    [
      'usage of no stream',
      { stream_options: { include_usage: true } },
      OpenAI.BadRequestError,
      /only allowed when 'stream'/,
    ],
    [
      'a length of a model that takes none',
      { model: 'reasoning', max_tokens: 5 },
      OpenAI.BadRequestError,
      /Unsupported parameter: 'max_tokens'/,
    ],
    ['a model nobody knows', { model: 'x' }, OpenAI.NotFoundError, /`x` does not exist/],
  ]
  test.each(refusals)('%s', async (_, more, kind, says) => {
    const refused = await ask(more).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(kind)
    expect(String(refused)).toMatch(says)
  })

  test('no key and a wrong one', async () => {
    for (const authorization of [null, 'Bearer sk-wrong']) {
      const defaultHeaders = { authorization }
      const stranger = new OpenAI({
        baseURL: standIn.url,
        apiKey: 'x',
        maxRetries: 0,
        defaultHeaders,
      })
      await expect(
        stranger.chat.completions.create({ model: 'small', messages: [...messages] }),
      ).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
    }
  })
})

describe('refused: what is asked to go wrong, once', () => {
  test('429 with Retry-After, 500, a cut answer, a dropped one', async () => {
    standIn.faults.next({ type: 'status', status: 429, retryAfter: 7 })
    const full = await ask().catch((error: unknown) => error)
    expect(full).toBeInstanceOf(OpenAI.RateLimitError)
    expect((full as InstanceType<typeof OpenAI.RateLimitError>).headers.get('retry-after')).toBe(
      '7',
    )
    standIn.faults.next({ type: 'status', status: 500 })
    await expect(ask()).rejects.toBeInstanceOf(OpenAI.InternalServerError)
    standIn.faults.next({ type: 'cut' })
    await expect(ask()).rejects.toThrow()
    standIn.faults.next({ type: 'drop' })
    await expect(ask()).rejects.toBeInstanceOf(OpenAI.APIConnectionError)
    standIn.faults.next({ type: 'malformed' })
    await expect(ask()).rejects.toBeInstanceOf(SyntaxError)
    expect((await ask()).choices).toHaveLength(1)
  })

  test('a stream that is cut ends in an error and never as a whole', async () => {
    standIn.faults.next({ type: 'cut' })
    const stream = await client.chat.completions.create({
      ...{ model: 'small', messages: [...messages], stream: true as const },
    })
    const finished: (string | null | undefined)[] = []
    const read = async () => {
      for await (const chunk of stream) finished.push(chunk.choices[0]?.finish_reason)
    }
    await expect(read()).rejects.toThrow()
    expect(finished.filter(Boolean)).toEqual([])
  })

  test('a slow answer outlasts a patience that is shorter', async () => {
    standIn.faults.next({ type: 'slow', ms: 5_000 })
    await expect(
      client.chat.completions.create({ model: 'small', messages: [...messages] }, { timeout: 100 }),
    ).rejects.toBeInstanceOf(OpenAI.APIConnectionTimeoutError)
  })
})
