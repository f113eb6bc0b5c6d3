/** The command that prints what admins did. */
import { type AuditEntry, type AuditFilter, readAudit } from '../datasets/read-audit.ts'
import { invalid } from '../errors.ts'
import { cliActor, print, type Run, readCount, withParley } from './command.ts'

/** `parley audit` */
export const audit: Run = (doors, { options }) => {
  const filter = readFilter(options)
  const most =
    options['limit'] === undefined ? Infinity : readCount('--limit', options['limit'], 100)
  return withParley(doors, async (parley) => {
    const pages: AuditEntry[][] = []
    let left = most
    for (let before: string | undefined; left > 0; ) {
      const page = await readAudit(parley, cliActor, {
        ...{ ...filter, limit: Math.min(left, 1000) },
        ...(before === undefined ? {} : { before }),
      })
      pages.push(page.entries)
      left -= page.entries.length
      if (page.next === null) break
      before = page.next
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
