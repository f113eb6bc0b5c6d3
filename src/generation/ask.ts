/**
 * Requests one chat completion from a model server through OpenAI's own client, which is loaded with the
 * first generation. The operator sets the addresses, so they may be private. Redirects are not followed,
 * and the size of a response is limited.
 */
import type OpenAI from 'openai'
import { z } from 'zod'
import type { Model } from '../model.ts'
import type { ChatMessage } from '../records/message.ts'
import { sayToServer } from '../records/openai-messages.ts'
import { type Answer, readAnswer } from './answer.ts'
import { noCompletion } from './failure.ts'
import type { GenerationOptions } from './options.ts'

/** What is sent beside the messages; the output's metadata stores it. */
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

/** An output may have 100,000 characters; the rest of a response is short. */
const mostBytes = 8_000_000

export async function openAsker(model: Model): Promise<Asker> {
  const { OpenAI: Client } = await import('openai')
  const { key, lengthKey } = model
  const client = new Client({
    baseURL: model.baseUrl,
    apiKey: key?.value ?? 'none',
    // What the client would read from the environment by itself may be meant for another server.
    ...{ adminAPIKey: null, organization: null, project: null, webhookSecret: null },
    defaultHeaders: { Authorization: key ? `Bearer ${key.value ?? ''}` : null },
    timeout: model.timeoutMs,
    // Retries of all requests wait together: see patience.ts.
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
      // The client returns a body that is not declared as JSON as text.
      if (typeof answered === 'string' && /^\s*<(!doctype|html|head|body)\b/i.test(answered))
        throw noCompletion('page')
      const answer = readAnswer(answered, messages)
      if (!answer) throw noCompletion('other')
      return answer
    },
  }
}

/** The parameters of one sample. Each sample has its own seed, so that no two are alike. */
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

/** The headers a request needs. OPENAI_CUSTOM_HEADERS may hold secrets meant for another server. */
const ownHeader = /^(accept|authorization|content-type|user-agent|x-stainless-.*)$/

/** Like fetch, but reads the whole body, so that the time limit and a size limit cover it. */
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

/** Errors in the form the client reads: FastAPI writes `detail`, and vLLM wrote a bare `message`. */
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
