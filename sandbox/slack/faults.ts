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

/** What the next call of a method shall suffer; of `response_url` only a status. */
export type Injected = {
  /** Answer `{ok: false, error}` without any effect. */
  error?: string
  /** Answer this HTTP status without any effect; 429 carries Retry-After. */
  status?: number
  retryAfter?: number
  /** Take effect, then drop the connection before the answer. */
  dropAfterEffect?: boolean
  /** Drop the connection before anything is done. */
  dropBefore?: boolean
  /** Take effect, then answer only after this long: the caller has given up by then. */
  hangAfterEffectMs?: number
}

/** A call as a lasting fault sees it. */
export type Suffering = { method: string; channel: string; team: string; count: number }

export type Faults = {
  seen: Fault[]
  next(method: string, fault: Injected): void
  /** A fault for every call the rule names, until it is lifted; for storms. */
  every(rule: ((call: Suffering) => Injected | undefined) | null): void
  take(method: string, call?: { channel: string; team: string }): Injected | undefined
  record(kind: FaultKind, detail: string): void
  /** Whether presses in views leave out of `state` what nobody touched (python-slack-sdk#1350). */
  tellsOnlyTouched: boolean
}

export function openFaults(now: () => number): Faults {
  const seen: Fault[] = []
  const waiting = new Map<string, Injected[]>()
  let rule: ((call: Suffering) => Injected | undefined) | null = null
  let count = 0
  return {
    seen,
    next(method, fault) {
      waiting.set(method, [...(waiting.get(method) ?? []), fault])
    },
    every(next) {
      rule = next
    },
    take(method, { channel, team } = { channel: '', team: '' }) {
      count += 1
      return waiting.get(method)?.shift() ?? rule?.({ method, channel, team, count })
    },
    record(kind, detail) {
      seen.push({ at: now(), kind, detail })
    },
    tellsOnlyTouched: false,
  }
}
