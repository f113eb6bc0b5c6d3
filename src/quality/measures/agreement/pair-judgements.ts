/** What several rankings of one record said of each pair of its outputs, as units that agreement compares. */
import { type Ballot, comparisons } from '../consensus/ballot.ts'

/** For each pair of outputs, the judgement of every ballot that compared them. */
export function pairJudgements(outputs: readonly string[], ballots: readonly Ballot[]): string[][] {
  const units = new Map<string, string[]>()
  const add = (a: string, b: string, said: string) => {
    const key = JSON.stringify([a, b].sort())
    const unit = units.get(key)
    if (unit) unit.push(said)
    else units.set(key, [said])
  }
  const known = new Set(outputs)
  for (const ballot of ballots) {
    const { strict, ties } = comparisons(ballot)
    for (const [better, worse] of strict)
      if (known.has(better) && known.has(worse)) add(better, worse, `+${better}`)
    for (const [a, b] of ties) if (known.has(a) && known.has(b)) add(a, b, '=')
  }
  return [...units.values()]
}
