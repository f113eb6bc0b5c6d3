/** What each job does: a verb for every name. A job without a doer does not compile. */
import { expireDue } from './assignments/lease.ts'
import { deliverDue, sweepDeliveries } from './chat/deliver.ts'
import { closeAndShow, sweepPosts } from './chat/posts.ts'
import { repaintDue, sweepMessages } from './chat/repaint.ts'
import { forgetHandled } from './db/handled.ts'
import { sweepExports, writeExport } from './exports/write.ts'
import type { Parley } from './parley.ts'
import type { Doers } from './queue/jobs.ts'
import { announceChanges } from './reminders/announce.ts'
import { fireChannelDigests } from './reminders/channel-digest.ts'
import { fireReminders } from './reminders/fire.ts'
import { settleReminders } from './reminders/outcome.ts'

export function doersOf(parley: Parley): Doers {
  return {
    'write-export': ({ exportId }, running) => writeExport(parley, exportId, running),
    deliver: (place) => deliverDue(parley, place),
    'close-post': ({ postId }) => closeAndShow(parley, postId),
    repaint: (place) => repaintDue(parley, place),
    'expire-leases': async () => {
      await expireDue(parley)
    },
    sweep: () => runEach(sweeps, parley),
  }
}

/** What is looked for each minute. */
const sweeps = [
  sweepExports,
  announceChanges,
  fireReminders,
  fireChannelDigests,
  sweepPosts,
  sweepMessages,
  sweepDeliveries,
  settleReminders,
  forgetHandled,
]

/** One that fails keeps none of the others from being done. */
async function runEach(
  all: readonly ((parley: Parley) => Promise<unknown>)[],
  parley: Parley,
): Promise<void> {
  const failed: string[] = []
  for (const step of all)
    await step(parley).catch((error: unknown) => {
      parley.log.error({ err: error, step: step.name }, 'A part of the sweep failed.')
      failed.push(step.name)
    })
  if (failed.length > 0) throw new Error(`The sweep goes on without ${failed.join(', ')}.`)
}
