/** What the log says of a queue that cannot be reached. */
import { LRUCache } from 'lru-cache'
import { asParleyError, codeOf } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Complain, Engine } from './engine.ts'

/** Logs once that the engine is unreachable and once that it is back, however often BullMQ reports it. */
export function complainer(engine: Engine, log: Log): Complain {
  const remedy =
    engine.type === 'redis'
      ? 'Check REDIS_URL and whether Redis runs, or remove REDIS_URL to use Postgres.'
      : 'It lives in the database: check whether Postgres runs.'
  let isAway = false
  /** When each error was last logged, and how often it has occurred since. */
  const told = new LRUCache<string, { at: number; more: number }>({ max: 100 })
  const flood = (error: unknown, message: string) => {
    const known = told.get(message)
    if (known && performance.now() - known.at < 60_000) return void known.more++
    told.set(message, { at: performance.now(), more: 0 })
    const more = known && known.more > 0 ? { timesSince: known.more } : {}
    log.error({ event: 'queue.error', err: error, ...more }, 'The queue reported an error.')
  }
  const complain = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    if (message.startsWith('Connection is closed')) return
    if (asParleyError(error)?.code !== 'unavailable') return flood(error, message)
    if (isAway) return
    isAway = true
    log.warn(
      { event: 'queue.away' },
      `The queue cannot be reached (${codeOf(error) || message}). Labeling goes on; exports and reminders wait. Parley keeps trying. ${remedy}`,
    )
  }
  const isBack = () => {
    if (isAway) log.info({ event: 'queue.back' }, 'The queue is back.')
    isAway = false
  }
  return Object.assign(complain, { isBack })
}
