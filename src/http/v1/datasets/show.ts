/** What the routes of datasets share: how a dataset is shown and how a document is read. */
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { type Counts, describeDataset } from '../../../datasets/dataset.ts'
import type { Dataset, DatasetDocument } from '../../../datasets/document.ts'
import { etagOf } from '../../../datasets/etag.ts'
import { parseDocument } from '../../../datasets/parse.ts'
import type { Parley } from '../../../parley.ts'
import type { DoorEnv } from '../../door/env.ts'
import { DatasetName } from '../../door/route.ts'

const CountsSchema = z
  .object({
    records: z.int(),
    needs_outputs: z.int(),
    completed: z.int(),
    rejected: z.int(),
    submitted: z.int(),
    counted: z.int(),
    discarded: z.int(),
  })
  .openapi('Counts')

export const DatasetStatus = z.enum(['draft', 'ready', 'paused', 'closed'])

export const Listed = z
  .object({ name: z.string(), status: DatasetStatus, counts: CountsSchema })
  .openapi('ListedDataset')

export const DatasetSchema = z
  .object({
    name: z.string(),
    status: DatasetStatus,
    schema_version: z.int(),
    guidelines_version: z.int(),
    counts: CountsSchema,
    document: z
      .looseObject({ name: z.string() })
      .describe('The document, as docs/datasets.md describes it, with every default filled in.'),
  })
  .openapi('Dataset')

export const CreatedSchema = DatasetSchema.extend({
  sources: z.array(z.string()).describe('The datasets that feed it.'),
  problems: z
    .record(z.string(), z.string())
    .describe('What to fix before it is published, by key of the document.'),
}).openapi('CreatedDataset')

export const params = z.object({ dataset: DatasetName })
export const one = '/v1/datasets/{dataset}'
export const tag = 'datasets'
export const admin = ['admin'] as const

/** A document as a program or a person wrote it: what it may hold is checked by the verb. */
export const documentBody = {
  required: true,
  description:
    'A dataset document: schema/dataset.schema.json of Parley, as JSON or as YAML. Guidelines are text, not a file.',
  content: {
    'application/json': {
      schema: {
        type: 'object' as const,
        required: ['name'],
        properties: { name: { type: 'string' as const } },
      },
    },
    'application/yaml': { schema: { type: 'string' as const } },
  },
}

export type Call = Context<DoorEnv>

export async function answerDataset(
  parley: Parley,
  c: Call,
  name: string,
  status: 200 | 201,
  more: object = {},
): Promise<Response> {
  const { dataset, counts } = await describeDataset(parley, name)
  const headers = { etag: etagOf(dataset) }
  return c.json({ ...showDataset(dataset, counts), ...more }, status, {
    ...headers,
    ...(status === 201 ? { location: `/v1/datasets/${encodeURIComponent(name)}` } : {}),
  })
}

export async function readDocument(c: Call): Promise<DatasetDocument> {
  const isYaml = /ya?ml/i.test(c.req.header('content-type') ?? '')
  return parseDocument(await c.req.text(), { format: isYaml ? 'yaml' : 'json' })
}

export function showDataset(dataset: Dataset, counts: Counts) {
  const { name, status, schemaVersion, guidelinesVersion, document } = dataset
  return {
    ...{ name, status },
    schema_version: schemaVersion,
    guidelines_version: guidelinesVersion,
    counts: showCounts(counts),
    document,
  }
}

export function showCounts({ needsOutputs, ...counts }: Counts) {
  return { ...counts, needs_outputs: needsOutputs }
}
