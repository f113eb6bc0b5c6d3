/** Every chat command, in the order in which the help lists them. */
import { arena } from './admin/arena.ts'
import { arenaClose } from './admin/arena-close.ts'
import { claim } from './admin/claim.ts'
import { dashboard } from './admin/dashboard.ts'
import { deliver } from './admin/deliver.ts'
import { exportAnswers } from './admin/export.ts'
import { exportCancel } from './admin/export-cancel.ts'
import { generate } from './admin/generate.ts'
import { generateCancel } from './admin/generate-cancel.ts'
import { adminHelp } from './admin/help.ts'
import { hub } from './admin/hub.ts'
import { importFile } from './admin/import.ts'
import { importCancel } from './admin/import-cancel.ts'
import { pause } from './admin/pause.ts'
import { post } from './admin/post.ts'
import { preview } from './admin/preview.ts'
import { adminProgress } from './admin/progress.ts'
import { publish } from './admin/publish.ts'
import { remind } from './admin/remind.ts'
import { stats } from './admin/stats.ts'
import type { Command } from './command.ts'
import { ask } from './labeler/ask.ts'
import { datasets } from './labeler/datasets.ts'
import { help } from './labeler/help.ts'
import { history } from './labeler/history.ts'
import { home } from './labeler/home.ts'
import { link } from './labeler/link.ts'
import { myData } from './labeler/my-data.ts'
import { next } from './labeler/next.ts'
import { open } from './labeler/open.ts'
import { progress } from './labeler/progress.ts'
import { reminders } from './labeler/reminders.ts'
import { resume } from './labeler/resume.ts'
import { unask } from './labeler/unask.ts'

export const commands: readonly Command[] = [
  ...[resume, next, open, home, datasets, progress, history, reminders, link, myData, help],
  ...[ask, unask],
  ...[dashboard, adminProgress, stats, exportAnswers, exportCancel, publish, pause, preview],
  ...[importFile, importCancel, generate, generateCancel],
  ...[deliver, post, hub, arena, arenaClose, remind, claim, adminHelp],
]
