/**
 * The door for programs: `/v1`, its OpenAPI document and the page that shows it. A resource is one file in
 * src/http/v1: parse, call the verb, answer.
 */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { ZodError } from 'zod'
import { invalid } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import { openWatch } from '../../quality/result/watch.ts'
import { mcpRoute } from '../mcp/route.ts'
import { askRoutes } from '../v1/asks.ts'
import { auditRoutes } from '../v1/audit.ts'
import { arenaRoutes } from '../v1/channels/arenas.ts'
import { postRoutes } from '../v1/channels/posts.ts'
import { datasetRoutes } from '../v1/datasets/datasets.ts'
import { exportJobRoutes } from '../v1/exports.ts'
import { feedbackRoutes } from '../v1/feedback.ts'
import { feedRoutes } from '../v1/feeds.ts'
import { generationRoutes } from '../v1/generations.ts'
import { importRoutes } from '../v1/imports.ts'
import { keyRoutes } from '../v1/keys.ts'
import { inWordsOfOtlp, otlpRoutes } from '../v1/otlp.ts'
import { invitationRoutes } from '../v1/people/invitations.ts'
import { labelerActRoutes } from '../v1/people/labeler-acts.ts'
import { labelerRoutes } from '../v1/people/labelers.ts'
import { roleRoutes } from '../v1/people/roles.ts'
import { progressRoutes } from '../v1/progress.ts'
import { recordRoutes } from '../v1/records.ts'
import { responseRoutes } from '../v1/responses.ts'
import { resultRoutes } from '../v1/results.ts'
import { searchRoutes } from '../v1/search.ts'
import { selectionRoutes } from '../v1/selections.ts'
import { statsRoutes } from '../v1/stats.ts'
import { webhookRoutes } from '../v1/webhooks.ts'
import { openAnswers } from './answer-once.ts'
import { authenticated } from './authenticate.ts'
import { docsRoutes } from './docs.ts'
import { documentRoute } from './document.ts'
import type { DoorEnv } from './env.ts'
import { openRates } from './rates.ts'
import type { Door } from './route.ts'

/** What programs find under /v1, in the order of the document. */
const resources: readonly ((door: Door, parley: Parley) => void)[] = [
  feedbackRoutes,
  ...[
    datasetRoutes,
    recordRoutes,
    searchRoutes,
    selectionRoutes,
    importRoutes,
    progressRoutes,
    responseRoutes,
    statsRoutes,
  ],
  ...[exportJobRoutes, generationRoutes, feedRoutes, invitationRoutes, postRoutes, arenaRoutes],
  ...[
    labelerRoutes,
    labelerActRoutes,
    roleRoutes,
    webhookRoutes,
    keyRoutes,
    auditRoutes,
    otlpRoutes,
  ],
]

/** `perMinute`: requests that each key may make. */
export function openDoor(parley: Parley, options: { perMinute: number }): Door {
  const door: Door = new OpenAPIHono<DoorEnv>({
    defaultHook: (result: { success: boolean; error?: ZodError; target?: string }) => {
      if (!result.success && result.error) throw invalid(problemsOf(result.error), result.error)
    },
  })
  const letIn = authenticated(parley, openRates(parley, options.perMinute), openAnswers(parley))
  // Before the key is looked at: its refusals are said in these words, too.
  door.use('/v1/otlp/*', inWordsOfOtlp())
  door.use('/v1/*', letIn)
  for (const routes of resources) routes(door, parley)
  const watch = openWatch(parley)
  for (const routes of [resultRoutes, askRoutes]) routes(door, parley, watch)
  door.use('/mcp', letIn)
  mcpRoute(door, parley, watch)
  documentRoute(door)
  docsRoutes(door)
  return door
}

function problemsOf({ issues }: ZodError): Record<string, string> {
  return Object.fromEntries(
    issues.map(({ path, message }) => [path.map(String).join('.') || 'body', sentence(message)]),
  )
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`
}
