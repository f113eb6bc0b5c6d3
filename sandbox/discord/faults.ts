/** What went wrong that a person or an operator would notice, and faults a test asks for. */
import type { RefusalName } from './errors.ts'
import { routeNames } from './route-names.ts'

export type FaultKind =
  /** No answer in three seconds. */
  | 'no_answer'
  /** The endpoint answered what Discord does not take. */
  | 'illegal_answer'
  | 'endpoint_unreachable'
  /** The endpoint took a bad signature, or did not answer a PING. */
  | 'endpoint_refused'
  | 'refused_call'
  | 'unknown_route'
  /** The gateway closed a connection for what was sent on it. */
  | 'gateway_closed'

export type Fault = { at: number; kind: FaultKind; detail: string }

/** What the next call of a route shall suffer. */
export type Injected = {
  /** Refuse by this name of errors.ts, without any effect. */
  refuse?: RefusalName
  /** Answer this without any effect; 429 carries Retry-After. */
  status?: number
  code?: number
  message?: string
  retryAfter?: number
  scope?: 'user' | 'global' | 'shared'
  /** Take effect, then answer this status: the caller thinks it failed. */
  statusAfterEffect?: number
  /** Take effect, then drop the connection before the answer. */
  dropAfterEffect?: boolean
  /** Drop the connection before anything is done. */
  dropBefore?: boolean
  /** Take effect, then answer only after this long. */
  hangAfterEffectMs?: number
}

/** What the next delivery of an interaction shall suffer. */
export type InjectedDelivery = {
  /** The same interaction comes twice. */
  twice?: boolean
  /** It arrives this much later than it was made. */
  delayMs?: number
  /** It never arrives. */
  lose?: boolean
  /** Parts of the payload that are missing, as when Discord changes it. */
  without?: readonly string[]
  /** Over HTTP: the signature is of another body. */
  badSignature?: boolean
}

/** A call as a lasting fault sees it. */
export type Suffering = { route: string; channel: string; count: number }

export type Faults = {
  seen: Fault[]
  /** Routes are named `POST /channels/:channel/messages`; see route-names.ts. */
  next(route: string, fault: Injected): void
  /** A fault for every call the rule names, until it is lifted; for storms. */
  every(rule: ((call: Suffering) => Injected | undefined) | null): void
  nextDelivery(fault: InjectedDelivery): void
  take(route: string, channel: string): Injected | undefined
  takeDelivery(): InjectedDelivery | undefined
  record(kind: FaultKind, detail: string): void
}

export function openFaults(now: () => number): Faults {
  const seen: Fault[] = []
  const waiting = new Map<string, Injected[]>()
  const deliveries: InjectedDelivery[] = []
  let rule: ((call: Suffering) => Injected | undefined) | null = null
  let count = 0
  return {
    seen,
    next(route, fault) {
      const known: readonly string[] = routeNames
      if (!known.includes(route)) {
        throw new Error(`There is no route ${route}. There are: ${known.join(', ')}.`)
      }
      waiting.set(route, [...(waiting.get(route) ?? []), fault])
    },
    every(next) {
      rule = next
    },
    nextDelivery(fault) {
      deliveries.push(fault)
    },
    take(route, channel) {
      count += 1
      return waiting.get(route)?.shift() ?? rule?.({ route, channel, count })
    },
    takeDelivery: () => deliveries.shift(),
    record(kind, detail) {
      seen.push({ at: now(), kind, detail })
    },
  }
}
