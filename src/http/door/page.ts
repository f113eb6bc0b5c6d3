/** Pages of a list: what is asked for, and how a page looks. A cursor names the last item of a page. */
import { z } from '@hono/zod-openapi'
import { invalid } from '../../errors.ts'

export const PageQuery = {
  cursor: z.string().max(2_000).optional().describe('The `next` of the page before.'),
  limit: z.coerce
    .number('Write a whole number from 1 to 1000.')
    .int('Write a whole number from 1 to 1000.')
    .min(1, 'Write a whole number from 1 to 1000.')
    .max(1000, 'Write a whole number from 1 to 1000.')
    .optional()
    .describe('How many items a page has; default: 50'),
}

/** A page of `items`; `next` is null on the last. */
export function pageOf<Schema extends z.ZodType>(items: Schema) {
  return z.object({ data: z.array(items), next: z.string().nullable() })
}

export function toCursor(last: string | null): string | null {
  return last === null ? null : Buffer.from(last).toString('base64url')
}

/** @throws `invalid` for what no page gave as its `next`. */
export function fromCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined
  const text = Buffer.from(cursor, 'base64url').toString()
  if (text !== '' && toCursor(text) === cursor) return text
  throw invalid({ cursor: notACursor })
}

/** The same for lists in the order of ids. */
export function fromIdCursor(cursor: string | undefined): string | undefined {
  const id = fromCursor(cursor)
  if (id === undefined || /^\d{1,18}$/.test(id)) return id
  throw invalid({ cursor: notACursor })
}

const notACursor = 'This is not a cursor. Send the "next" of the page before, unchanged.'
