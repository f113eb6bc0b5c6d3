/** What a request to a model's server carries: what belongs to that server, and nothing else. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { afterEach, expect, test, vi } from 'vitest'
import { openAsker } from '../../src/generation/ask.ts'

afterEach(() => vi.unstubAllEnvs())

test.each([
  ['a key', { variable: 'SMALL_KEY', value: 'sk-small' }, 'Bearer sk-small'],
  ['no key', null, undefined],
])('refused: headers meant for another server reach none that has %s', async (_, key, expected) => {
  vi.stubEnv('OPENAI_CUSTOM_HEADERS', 'X-Gateway: secret\nAuthorization: Bearer sk-other')
  vi.stubEnv('OPENAI_ORG_ID', 'org-other')
  const seen: IncomingHttpHeaders[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers)
    const message = { role: 'assistant', content: 'Yes.', refusal: null }
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    const completion = { id: 'c1', object: 'chat.completion', created: 1, model: 'm' }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ ...completion, choices, usage }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const asker = await openAsker({
    ...{ name: 'small', model: 'm', key, prices: null, inFlight: 1, timeoutMs: 60_000 },
    ...{ lengthKey: 'max_tokens', extra: {} },
    baseUrl: `http://127.0.0.1:${Object(server.address()).port}/v1`,
  })
  const asked = [{ role: 'user', content: 'Is it?' }]
  await asker.ask(asked, {}, new AbortController().signal)
  server.close()
  expect(seen).toHaveLength(1)
  expect(seen[0]?.authorization).toBe(expected)
  expect(JSON.stringify(seen)).not.toMatch(/secret|sk-other|org-other/)
})
