/** What went wrong that a person or an operator would notice, and faults a test asks for. */

export type FaultKind =
  | 'operation_timeout'
  | 'dispatch_failed'
  | 'illegal_ack'
  | 'unknown_method'
  | 'unknown_argument'
  | 'refused_call'
  | 'event_given_up'

export type Fault = { at: number; kind: FaultKind; detail: string }

/** What the next call of a method shall suffer. */
export type Injected = {
  /** Answer `{ok: false, error}` without any effect. */
  error?: string
  /** Answer this HTTP status without any effect; 429 carries Retry-After. */
  status?: number
  retryAfter?: number
  /** Take effect, then drop the connection before the answer. */
  dropAfterEffect?: boolean
}

export type Faults = {
  seen: Fault[]
  next(method: string, fault: Injected): void
  take(method: string): Injected | undefined
  record(kind: FaultKind, detail: string): void
}

export function openFaults(now: () => number): Faults {
  const seen: Fault[] = []
  const waiting = new Map<string, Injected[]>()
  return {
    seen,
    next(method, fault) {
      waiting.set(method, [...(waiting.get(method) ?? []), fault])
    },
    take: (method) => waiting.get(method)?.shift(),
    record(kind, detail) {
      seen.push({ at: now(), kind, detail })
    },
  }
}
