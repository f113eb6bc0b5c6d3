/**
 * Asks a model server for one chat completion, by OpenAI's own client. It is loaded with the first
 * generation and not before. Addresses are the operator's and may be private; redirects are not
 * followed, and an answer is read up to a bound.
 */
import type OpenAI from 'openai'
import { z } from 'zod'
import type { Model } from '../model.ts'
import type { ChatMessage } from '../records/message.ts'
import { sayToServer } from '../records/openai-messages.ts'
import { type Answer, readAnswer } from './answer.ts'
import { noCompletion } from './failure.ts'
import type { GenerationOptions } from './options.ts'

/** What is sent beside the messages, as the output's metadata keeps it. */
export type Parameters = {
  temperature?: number
  top_p?: number
  seed?: number
  max_tokens?: number
}

export type Asker = {
  /** @throws whatever the client throws, or noCompletion(…); failure.ts says what it means. */
  ask(
    messages: readonly ChatMessage[],
    parameters: Parameters,
    signal: AbortSignal,
  ): Promise<Answer>
}

/** An output may have 100,000 characters; what is said besides them is short. */
const mostBytes = 8_000_000

export async function openAsker(model: Model): Promise<Asker> {
  const { OpenAI: Client } = await import('openai')
  const { key, lengthKey } = model
  const client = new Client({
    baseURL: model.baseUrl,
    apiKey: key?.value ?? 'none',
    // What the client would read from the environment by itself is meant for another server.
    ...{ adminAPIKey: null, organization: null, project: null, webhookSecret: null },
    defaultHeaders: { Authorization: key ? `Bearer ${key.value ?? ''}` : null },
    timeout: model.timeoutMs,
    // Retries wait together, see patience.ts.
    maxRetries: 0,
    logLevel: 'off',
    fetch: boundedFetch,
    fetchOptions: { redirect: 'manual' },
  })
  return {
    ask: async (messages, { max_tokens, ...parameters }, signal) => {
      const said = sayToServer(messages)
      if (typeof said === 'string') throw new Error(`Servers have no word for this chat: ${said}.`)
      const body = {
        ...model.extra,
        model: model.model,
        messages: said,
        ...parameters,
        ...(max_tokens === undefined ? {} : { [lengthKey]: max_tokens }),
      } as OpenAI.ChatCompletionCreateParamsNonStreaming
      const answered: unknown = await client.chat.completions.create(body, { signal })
      // The client hands a body that is not declared as JSON on as text.
      if (typeof answered === 'string' && /^\s*<(!doctype|html|head|body)\b/i.test(answered))
        throw noCompletion('page')
      const answer = readAnswer(answered, messages)
      if (!answer) throw noCompletion('other')
      return answer
    },
  }
}

/** The parameters of one sample: each has a seed of its own, so that no two say the same. */
export function parametersOf(
  { temperature, topP, seed, maxTokens }: GenerationOptions,
  sample: number,
): Parameters {
  return {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(seed === undefined ? {} : { seed: seed + sample - 1 }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  }
}

/** What a request needs. OPENAI_CUSTOM_HEADERS may hold secrets that are meant for one server alone. */
const ownHeader = /^(accept|authorization|content-type|user-agent|x-stainless-.*)$/

/** As fetch, with the body read to its end: the time limit holds for all of it, and so does a size. */
async function boundedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const sent = [...new Headers(init?.headers)].filter(([name]) => ownHeader.test(name))
  const response = await fetch(url, { ...init, headers: sent })
  if (!response.body) return response
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > mostBytes) throw noCompletion('other')
    chunks.push(chunk)
  }
  const { ok, status, statusText, headers } = response
  const body = Buffer.concat(chunks)
  return new Response(ok ? body : inOpenAiForm(body), { status, statusText, headers })
}

/** Errors as the client reads them: FastAPI says `detail`, and vLLM said `message` without an `error` around it. */
function inOpenAiForm(body: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> | string {
  const read = OtherError.safeParse(parsed(body.toString('utf8'))).data
  const message = read?.detail ?? read?.message
  return message === undefined ? body : JSON.stringify({ error: { message } })
}

const OtherError = z.object({
  error: z.undefined(),
  detail: z.string().optional(),
  message: z.string().optional(),
})

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
