/** What every part of the pages is given. */
import type { Hono } from 'hono'
import type { ChatAdapter } from '../chat/port/port.ts'
import type { Parley } from '../parley.ts'
import type { KeptStatistics } from './dataset/statistics.ts'
import type { WebEnv } from './session/visitor.ts'

/** The app that pages are added to. */
export type Web = Hono<WebEnv>

/** What pages are made with; `adapters` are the platforms that are connected. */
export type Site = {
  parley: Parley
  adapters: readonly ChatAdapter[]
  /** The folder of the scripts that draw a platform's JSON as that platform shows it. */
  drawings?: string | undefined
  /** Statistics of datasets, shared by all pages. */
  statistics: KeptStatistics
}
