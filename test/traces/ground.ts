/** What tests of traces stand on: a dataset that takes them, and calls of models as spans. */
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import type { Parley } from '../../src/parley.ts'
import { listRecords } from '../../src/records/record.ts'
import { takeTraces } from '../../src/traces/take.ts'
import { attributesOf, encodeRequest, idsOf, type OtlpSpan, requestOf } from '../support/otlp.ts'

export const admin = { type: 'admin', name: 'cleo' } as const
export const program = { type: 'admin', name: 'key:production' } as const

/** A dataset that evaluates calls; `traces` is written as YAML. */
export async function openTaking(parley: Parley, name: string, traces = '{}', more = '') {
  const document = parseDocument(`
name: ${name}
access: everyone
template: evaluation
fields: { prompt: { type: chat } }
traces: ${traces}
${more}`)
  await createDataset(parley, admin, { document })
  await publishDataset(parley, admin, { dataset: name })
}

export async function recordsOf(parley: Parley, dataset: string) {
  const all = []
  for (let after: string | undefined; ; ) {
    const page = await listRecords(parley, {
      ...{ dataset, limit: 1000 },
      ...(after === undefined ? {} : { after }),
    })
    all.push(...page.records)
    if (page.next === null) return all
    after = page.next
  }
}

const start = 1_772_442_000_000_000_000n

/** The nth call of a model, in the newest words of the conventions. */
export function call(
  nth: number,
  more: { [key: string]: unknown } = {},
  span: OtlpSpan = {},
): OtlpSpan {
  return {
    ...idsOf(nth),
    name: 'chat gpt-5',
    kind: 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 1_250_000_000n),
    attributes: attributesOf({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.response.model': 'gpt-5-2026-01-01',
      'gen_ai.usage.input_tokens': 52,
      'gen_ai.usage.output_tokens': 47,
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: `Question ${nth}?` }] },
      ]),
      'gen_ai.output.messages': JSON.stringify([
        { role: 'assistant', parts: [{ type: 'text', content: `Answer ${nth}.` }] },
      ]),
      ...more,
    }),
    ...span,
  }
}

export const sendJson = (parley: Parley, spans: readonly OtlpSpan[], resource?: object) =>
  takeTraces(parley, program, {
    body: Buffer.from(JSON.stringify(requestOf(spans, resource))),
    encoding: 'json',
  })

export const sendProtobuf = (parley: Parley, spans: readonly OtlpSpan[], resource?: object) =>
  takeTraces(parley, program, {
    body: encodeRequest(requestOf(spans, resource)),
    encoding: 'protobuf',
  })
