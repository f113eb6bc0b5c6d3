/**
 * The door for programs: `/v1`, its OpenAPI document and the page that shows it. A resource is one file in
 * src/http/v1: parse, call the verb, answer.
 */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { ZodError } from 'zod'
import { invalid } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import { auditRoutes } from '../v1/audit.ts'
import { datasetRoutes } from '../v1/datasets.ts'
import { keyRoutes } from '../v1/keys.ts'
import { authenticated, type DoorEnv } from './authenticate.ts'
import { docsRoutes } from './docs.ts'
import { documentRoute } from './document.ts'
import { openRates } from './rates.ts'
import type { Door } from './route.ts'

/** `perMinute`: requests that each key may make. */
export function openDoor(parley: Parley, options: { perMinute: number }): Door {
  const door: Door = new OpenAPIHono<DoorEnv>({
    defaultHook: (result: { success: boolean; error?: ZodError; target?: string }) => {
      if (!result.success && result.error) throw invalid(problemsOf(result.error), result.error)
    },
  })
  const letIn = authenticated(parley, openRates(parley, options.perMinute))
  door.use('/v1/*', letIn)
  datasetRoutes(door, parley)
  keyRoutes(door, parley)
  auditRoutes(door, parley)
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
