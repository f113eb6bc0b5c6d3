/** The command that prints what admins did. */
import type { AuditEntry, AuditFilter } from '../datasets/read-audit.ts'
import { invalid } from '../errors.ts'
import { print, type Run, readCount, withVerbs } from './command.ts'

/** `parley audit` */
export const audit: Run = (doors, { options }) => {
  const filter = readFilter(options)
  const most =
    options['limit'] === undefined ? Infinity : readCount('--limit', options['limit'], 100)
  return withVerbs(doors, async (verbs) => {
    const pages: AuditEntry[][] = []
    let left = most
    for await (const page of verbs.readAudit({ ...filter, limit: Math.min(left, 1000) })) {
      pages.push(page.slice(0, left))
      left -= page.length
      if (left <= 0) break
    }
    for (const entry of pages.flat().reverse()) print(JSON.stringify(entry))
  })
}

function readFilter(options: Parameters<Run>[1]['options']): AuditFilter {
  const { actor, act, dataset } = options
  const since = readMoment('since', options['since'])
  const until = readMoment('until', options['until'])
  return {
    ...(typeof actor === 'string' ? { actor } : {}),
    ...(typeof act === 'string' ? { act } : {}),
    ...(typeof dataset === 'string' ? { dataset } : {}),
    ...(since ? { since } : {}),
    ...(until ? { until } : {}),
  }
}

function readMoment(name: string, text: unknown): Date | null {
  if (text === undefined) return null
  const at = new Date(String(text))
  if (/^\d{4}-\d{2}-\d{2}/.test(String(text)) && !Number.isNaN(at.getTime())) return at
  throw invalid({
    [name]: 'Write a day such as 2026-03-01, or a moment such as 2026-03-01T09:00Z.',
  })
}
