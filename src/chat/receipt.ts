/** What somebody reads once their answer is saved, with its way back. */
import { skipReasons } from '../responses/reason.ts'
import type { HeldAssignment } from '../responses/submit.ts'
import type { Receipt } from './port.ts'
import { summarize } from './summary.ts'
import { spoken } from './words.ts'

/** The receipt of an answer as it stands; that of a ballot says until when it may be changed. */
export function receiptFor(found: HeldAssignment, summary: string, canEdit: boolean): Receipt {
  return {
    assignmentId: found.assignmentId,
    dataset: { name: found.dataset.name, title: found.dataset.document.title },
    summary,
    canUndo: true,
    canEdit,
    ...(found.ballot ? { until: found.ballot.closesAt } : {}),
  }
}

/** In the letters the labeler saw. */
export function savedText(found: HeldAssignment): string {
  return found.response?.status === 'discarded'
    ? sayDiscarded(found.response.reason)
    : spoken().savedAs(
        summarize(found.document.questions, found.response?.values ?? {}, found.shownOrder),
      )
}

/** "Skipped: unclear". */
export function sayDiscarded(reason: string | null): string {
  const said = spoken()
  const known = skipReasons.find((one) => one === reason)
  return said.skippedAs(known ? said.skippedFor[known] : said.skippedFor.other)
}
