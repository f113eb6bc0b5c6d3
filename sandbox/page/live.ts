/** Tells a page what somebody sees, now and after every change, as server-sent events. */
import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'

/** How long changes are gathered before the page hears of them. */
const gatherMs = 20

/** `watchers` are called at every change of the stand-in; `see` says what is on the screen then. */
export function streamLive(
  c: Context,
  watchers: Set<() => void>,
  see: () => unknown,
): Response | Promise<Response> {
  return streamSSE(c, async (stream) => {
    let told = ''
    let wake = () => {}
    let isStale = true
    const watch = () => {
      isStale = true
      wake()
    }
    watchers.add(watch)
    stream.onAbort(() => {
      watchers.delete(watch)
      wake()
    })
    while (!stream.aborted) {
      isStale = false
      const seen = JSON.stringify(see())
      if (seen !== told) await stream.writeSSE({ data: seen })
      told = seen
      if (!isStale && !stream.aborted) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      await stream.sleep(gatherMs)
    }
  })
}
