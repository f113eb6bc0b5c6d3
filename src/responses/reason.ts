/** Why a labeler skips a record. The first three are the record's own fault and may reject it. */
export const skipReasons = [
  'unclear',
  'unsafe',
  'broken',
  'not_my_field',
  'wrong_language',
  'too_long',
  'other',
] as const
export type SkipReason = (typeof skipReasons)[number]

/** The longest reason in a labeler's own words, in characters. */
export const mostReasonChars = 500

/** How a reason is stored and exported: its name, and after `other: ` what the labeler wrote. */
export function storedReason(reason: SkipReason, text?: string): string {
  return reason === 'other' && text !== undefined ? `${ownWords}${text}` : reason
}

/** The labeler's own words in a stored reason; null if they chose one from the list. */
export function readOwnWords(stored: string | null): string | null {
  return stored?.startsWith(ownWords) ? stored.slice(ownWords.length) : null
}

const ownWords = 'other: '
