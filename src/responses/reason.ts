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
