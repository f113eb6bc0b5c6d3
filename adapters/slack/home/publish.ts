/** Publishes Home tabs: at once, soon, or a while after the last of many gestures. */
import type { Inside, Person } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import type { Handle } from '../receive/gestures.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { inWorkspace } from '../workspace/current.ts'
import { drawHome, drawHomeless } from './draw-home.ts'

export type Publishing = {
  api: SlackApi
  log: Inside['log']
  handle: Handle
  /** How long after the last gesture elsewhere the tab is published again. */
  laterMs?: number
}

export function keyOf(by: Person): string {
  return `${by.workspace} ${by.userId}`
}

export function openPublisher(publishing: Publishing) {
  const { log, laterMs = 15_000 } = publishing
  const timers = new Map<string, NodeJS.Timeout>()
  const tails = new Map<string, Promise<void>>()
  const running = new Map<string, { run: Promise<void>; again: boolean }>()

  /** One after the other for each person, so that an older view never covers a newer one. */
  const publish = (by: Person, notice?: string): Promise<void> => {
    const key = keyOf(by)
    const before = tails.get(key) ?? Promise.resolve()
    const run = before.catch(() => {}).then(() => publishNow(publishing, by, notice))
    const tail = run.finally(() => {
      if (tails.get(key) === tail) tails.delete(key)
    })
    tail.catch(() => {})
    tails.set(key, tail)
    return run
  }

  /** What is asked for meanwhile is published once more afterwards. */
  const publishSoon = (by: Person): void => {
    const key = keyOf(by)
    clearTimeout(timers.get(key))
    timers.delete(key)
    const now = running.get(key)
    if (now) {
      now.again = true
      return
    }
    const run = publish(by)
      .catch((error: unknown) => {
        log.warn(
          { event: 'slack.home_unpublished', err: error, code: slackCode(error) },
          'A Home tab could not be shown.',
        )
      })
      .finally(() => {
        const isStale = running.get(key)?.again ?? false
        running.delete(key)
        if (isStale) publishSoon(by)
      })
    running.set(key, { run, again: false })
  }

  return {
    publish,
    publishSoon,
    publishLater(by: Person): void {
      const key = keyOf(by)
      clearTimeout(timers.get(key))
      timers.set(key, setTimeout(() => publishSoon(by), laterMs).unref())
    },
    /** Waits for what is being published. */
    async settle(): Promise<void> {
      while (running.size > 0) await Promise.all([...running.values()].map(({ run }) => run))
    },
  }
}

async function publishNow({ api, handle }: Publishing, by: Person, notice?: string): Promise<void> {
  const reply = await handle({ by, type: 'home' })
  const view =
    reply.type === 'home'
      ? drawHome(reply.home, notice, spoken())
      : drawHomeless(reply.type === 'notice' ? reply.text : spoken().broken)
  await inWorkspace(by.workspace, () => api.publishHome(by.userId, view))
}
