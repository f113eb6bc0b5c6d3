/** What a record can be; `record_status` in src/db/functions/status.sql decides which. */
export const recordStatuses = ['pending', 'needs_outputs', 'completed', 'rejected'] as const
export type RecordStatus = (typeof recordStatuses)[number]
