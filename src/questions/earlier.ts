/** Reads an earlier or suggested value as what a question's inputs can start from. Pure. */
import type { RankingValue, SingleValue, Value } from './values.ts'

export function rankOf(
  ranks: RankingValue['ranks'] | undefined,
  output: string,
): number | undefined {
  return ranks && Object.hasOwn(ranks, output) ? ranks[output] : undefined
}

export function asRanking(value: Value | undefined): RankingValue | undefined {
  return typeof value === 'object' && !Array.isArray(value) && isRanking(value) ? value : undefined
}

function isRanking(value: object): value is RankingValue {
  return 'ranks' in value && 'mode' in value && typeof value.ranks === 'object'
}

export function asSingle(value: unknown): SingleValue | undefined {
  if (typeof value === 'string' || typeof value === 'number') return value
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined
}

export function asEach(value: Value | undefined): Map<string, SingleValue> {
  if (typeof value !== 'object' || Array.isArray(value)) return new Map()
  return new Map(
    Object.entries(value).flatMap(([output, one]) => {
      const single = asSingle(one)
      return single === undefined ? [] : [[output, single] as const]
    }),
  )
}
