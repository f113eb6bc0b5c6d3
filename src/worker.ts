/** What each job does: a verb for every name. A job without a doer does not compile. */
import { sweepBattles } from './arena/run.ts'
import { tendAsks } from './ask/tend.ts'
import { expireDue } from './assignments/lease.ts'
import { answerQuestion } from './chat/gestures/arena.ts'
import { readImport, sweepImports } from './chat/gestures/imports/read-import.ts'
import { closeAndShow, sweepPosts } from './chat/gestures/posts.ts'
import { forgetHandled } from './db/handled.ts'
import { sweepExports, writeExport } from './exports/job/write.ts'
import { sweepFeedbackForms } from './feedback/form.ts'
import { feedDue, sweepFeeds } from './feeds/feed.ts'
import { runGeneration, sweepGenerations } from './generation/run.ts'
import { sweepKeys } from './keys/sweep.ts'
import { sweepCopies } from './labelers/own-copies.ts'
import { sweepProfiles } from './labelers/profile.ts'
import { sweepSignIns } from './labelers/sign-in.ts'
import { deliverDue, sweepDeliveries } from './outbound/deliver.ts'
import { repaintDue, sweepMessages } from './outbound/repaint.ts'
import { tellDisabled } from './outbound/tell-disabled.ts'
import { eachAlone, type Parley } from './parley.ts'
import type { Doers } from './queue/jobs.ts'
import { announceChanges } from './reminders/announce.ts'
import { fireChannelDigests } from './reminders/channel-digest.ts'
import { fireReminders } from './reminders/fire.ts'
import { settleReminders } from './reminders/outcome.ts'
import { searchJob } from './search/read-records.ts'
import { makeEvents, sweepEvents } from './webhooks/make-events.ts'
import { sendEvents } from './webhooks/send.ts'

export function doersOf(parley: Parley): Doers {
  return {
    'write-export': ({ exportId }, running) => writeExport(parley, exportId, running),
    'read-import': ({ importId }, running) => readImport(parley, importId, running),
    'generate-outputs': ({ generationId }, running) => runGeneration(parley, generationId, running),
    'run-battle': ({ battleId }, running) => answerQuestion(parley, battleId, running),
    deliver: (place) => deliverDue(parley, place),
    'close-post': ({ postId }) => closeAndShow(parley, postId),
    repaint: (place) => repaintDue(parley, place),
    feed: async () => {
      await feedDue(parley)
    },
    'tend-asks': () => tendAsks(parley),
    'make-events': async () => {
      await makeEvents(parley)
    },
    'send-events': async (endpoint) => {
      await sendEvents(parley, endpoint)
      await tellDisabled(parley)
    },
    'read-records': () => searchJob(parley),
    'expire-leases': async () => {
      await expireDue(parley)
    },
    sweep: () =>
      eachAlone(
        parley,
        sweeps,
        ({ name }) => name,
        (step) => step(parley),
      ),
  }
}

/** What is looked for each minute. */
const sweeps: readonly ((parley: Parley) => Promise<unknown>)[] = [
  sweepExports,
  sweepImports,
  sweepGenerations,
  sweepBattles,
  sweepCopies,
  sweepProfiles,
  sweepFeedbackForms,
  sweepFeeds,
  tendAsks,
  sweepEvents,
  tellDisabled,
  announceChanges,
  fireReminders,
  fireChannelDigests,
  sweepPosts,
  sweepMessages,
  sweepDeliveries,
  settleReminders,
  sweepKeys,
  sweepSignIns,
  forgetHandled,
]
