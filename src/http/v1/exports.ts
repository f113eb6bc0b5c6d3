/** /v1/exports: files for training, written by a worker and downloaded here. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import { notFound, ParleyError } from '../../errors.ts'
import { aboutFormats } from '../../exports/formats/names.ts'
import { cancelExport } from '../../exports/job/cancel.ts'
import { getExportOf, keepDays } from '../../exports/job/export.ts'
import { startExport } from '../../exports/job/start.ts'
import { type Export, ExportFlags } from '../../exports/options.ts'
import { exportToFile } from '../../exports/to-file.ts'
import type { Parley } from '../../parley.ts'
import { answer, body, DatasetName, type Door, route } from '../door/route.ts'

const formatNames = Object.keys(aboutFormats) as [string, ...string[]]
const shared = { tag: 'exports', scopes: ['exports'] as const }
const params = z.object({ export: z.string().openapi({ param: { name: 'export', in: 'path' } }) })

const ExportSchema = z
  .object({
    id: z.string(),
    dataset: z.string(),
    as: z.string(),
    flags: z.record(z.string(), z.unknown()),
    state: z.enum(['queued', 'writing', 'done', 'failed', 'cancelled']),
    rows: z.int().describe('Rows written so far.'),
    problem: z.string().nullable(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    files: z
      .array(z.object({ name: z.string(), rows: z.int(), sha256: z.string(), href: z.string() }))
      .describe(`The data and, last, its manifest. They are kept for ${keepDays} days.`),
  })
  .openapi('Export')

const Rehearsed = z
  .looseObject({
    counts: z.object({
      candidates: z.int(),
      emitted: z.int(),
      dropped: z.record(z.string(), z.int()),
    }),
  })
  .openapi('Manifest')

export function exportJobRoutes(door: Door, parley: Parley): void {
  const start = route({
    ...{ ...shared, method: 'post', path: '/v1/datasets/{dataset}/exports', id: 'startExport' },
    summary: 'Write a file for training',
    description:
      'A worker writes it; read the export until its state is `done`. Asking again while it is written gives the same one. Options are those of `parley export`, with "_" for "-".',
    request: {
      params: z.object({ dataset: DatasetName }),
      query: z.object({
        dry_run: z
          .stringbool()
          .optional()
          .openapi({ type: 'boolean' })
          .describe('Write nothing, and answer what would be written and what is dropped.'),
      }),
      body: body(
        z.looseObject({ as: z.enum(formatNames), ...ExportFlags.shape }).openapi('NewExport'),
      ),
    },
    answers: {
      200: answer('Of a dry run: the manifest it would have.', Rehearsed),
      202: answer('The export.', ExportSchema),
    },
  })
  door.openapi(start, async (c) => {
    const { dataset } = c.req.valid('param')
    const { as, ...flags } = c.req.valid('json')
    if (c.req.valid('query').dry_run === true) {
      const { actor } = c.var.caller
      const input = { dataset, as, flags, dryRun: true, signal: c.req.raw.signal }
      return c.json((await exportToFile(parley, actor, input)).manifest)
    }
    const started = await startExport(parley, c.var.caller.actor, { dataset, as, flags })
    return c.json(showExport(started, dataset), 202, { location: `/v1/exports/${started.id}` })
  })

  const get = route({
    ...{ ...shared, method: 'get', path: '/v1/exports/{export}', id: 'getExport' },
    summary: 'Read how far an export is, and its files',
    request: { params },
    answers: { 200: answer('The export.', ExportSchema) },
  })
  door.openapi(get, async (c) => {
    const { found, dataset } = await getExportOf(
      parley,
      c.var.caller.actor,
      c.req.valid('param').export,
    )
    return c.json(showExport(found, dataset))
  })

  const cancel = route({
    ...{ ...shared, method: 'delete', path: '/v1/exports/{export}', id: 'cancelExport' },
    summary: 'Cancel an export that is being written',
    request: { params },
    refusals: ['conflict'],
    answers: { 200: answer('The export.', ExportSchema) },
  })
  door.openapi(cancel, async (c) => {
    const { actor } = c.var.caller
    const { found } = await getExportOf(parley, actor, c.req.valid('param').export)
    const { cancelled, dataset } = await cancelExport(parley, actor, { exportId: found.id })
    return c.json(showExport(cancelled, dataset))
  })
  fileRoute(door, parley)
}

function fileRoute(door: Door, parley: Parley): void {
  const file = route({
    ...{ ...shared, method: 'get', path: '/v1/exports/{export}/file', id: 'downloadExport' },
    summary: 'Download a file of an export',
    request: {
      params,
      query: z.object({
        name: z.string().optional().describe('Which of its files; default: the first.'),
      }),
    },
    refusals: ['conflict'],
    answers: {
      200: {
        description: 'The bytes; `X-Sha256` is their hash.',
        content: {
          'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } },
        },
      },
    },
  })
  door.openapi(file, async (c) => {
    const { name } = c.req.valid('query')
    const asked = await getExportOf(parley, c.var.caller.actor, c.req.valid('param').export)
    const { path, file: found } = await findFile(asked, name)
    const { size } = await stat(path)
    return c.body(Readable.toWeb(createReadStream(path)) as ReadableStream, 200, {
      'content-type': 'application/octet-stream',
      'content-length': String(size),
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(found.name.replaceAll('/', '-'))}`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'x-sha256': found.sha256,
    })
  })
}

/** The path comes from the row's own list: no name from a request reaches the disk. */
async function findFile(
  { found, isExpired }: Awaited<ReturnType<typeof getExportOf>>,
  name: string | undefined,
) {
  const { id, state, directory, files } = found
  if (state === 'queued' || state === 'writing')
    throw new ParleyError('conflict', `Export ${id} is still being written. Ask again in a moment.`)
  const file = name === undefined ? files[0] : files.find((one) => one.name === name)
  if (!isExpired && file === undefined) throw notFound('file of this export', name ?? id)
  const path = join(directory ?? '', file?.name ?? '')
  const there = isExpired || directory === null ? null : await stat(path).catch(() => null)
  if (!there?.isFile() || file === undefined)
    throw new ParleyError(
      'not_found',
      `The files of export ${id} are gone: they are kept for ${keepDays} days, on the machine that wrote them. Start it again.`,
    )
  return { path, file }
}

function showExport(found: Export, dataset: string) {
  const { id, options, state, rows, problem, createdAt, finishedAt, files } = found
  return {
    ...{ id, dataset, as: options.as, flags: options.flags },
    // Written for chat, and on its way there.
    state: state === 'written' ? 'done' : state,
    ...{ rows, problem, created_at: createdAt, finished_at: finishedAt },
    files: files.map(({ name, rows: count, sha256 }) => ({
      ...{ name, rows: count, sha256 },
      href: `/v1/exports/${id}/file?name=${encodeURIComponent(name)}`,
    })),
  }
}
