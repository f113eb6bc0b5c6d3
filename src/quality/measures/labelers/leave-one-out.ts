/**
 * Leave-one-out agreement: how often a labeler agrees with the majority of everybody else, his own
 * answer left out so that it cannot agree with itself. Where the others are tied nobody is judged.
 * R. Snow et al., "Cheap and fast - but is it good?", EMNLP 2008. One ranking is one judgement.
 */
import type { Key } from '../agreement/agreement.ts'
import { addBundle, type Bundles, noBundles, shareOfBundles } from '../clustered-share.ts'
import {
  type Ballot,
  countVotes,
  ranksIn,
  tiesCount,
  UNJUDGED,
  type Votes,
} from '../consensus/ballot.ts'
import type { Measured } from '../measured.ts'
import type { Share } from '../wilson.ts'

export type RunningLeaveOneOut = {
  /** The answers to one thing, each with its labeler. */
  add(answers: readonly { labeler: string; value: Key }[]): void
  /** The rankings of one record, and their votes if counted already; each pair is judged by itself. */
  addRankings(answers: readonly { labeler: string; value: Ballot }[], votes?: Votes): void
  labelers(): string[]
  read(labeler: string): Measured<Share>
}

export function startLeaveOneOut(): RunningLeaveOneOut {
  const bundles = new Map<string, Bundles>()
  const note = (labeler: string, { agreed, judged }: Counts) => {
    const found = bundles.get(labeler) ?? noBundles()
    bundles.set(labeler, found)
    addBundle(found, agreed, judged)
  }
  return {
    add(answers) {
      const votes = new Map<Key, number>()
      for (const { value } of answers) votes.set(value, (votes.get(value) ?? 0) + 1)
      for (const { labeler, value } of answers) note(labeler, judge(votes, value))
    },
    addRankings(answers, votes = countVotes(answers.map((answer) => answer.value))) {
      for (const { labeler, value } of answers) note(labeler, judgeRanking(votes, value))
    },
    labelers: () => [...bundles.keys()].sort(),
    read: (labeler) => shareOfBundles(bundles.get(labeler) ?? noBundles()),
  }
}

type Counts = { agreed: number; judged: number }

function judge(votes: ReadonlyMap<Key, number>, own: Key): Counts {
  let [most, rivals, agrees] = [0, 0, false]
  for (const [value, count] of votes) {
    const others = value === own ? count - 1 : count
    if (others > most) [most, rivals, agrees] = [others, 1, value === own]
    else if (others === most) rivals += 1
  }
  if (most === 0 || rivals > 1) return { agreed: 0, judged: 0 }
  return { agreed: agrees ? 1 : 0, judged: 1 }
}

function judgeRanking(votes: Votes, ballot: Ballot): Counts {
  const counts = { agreed: 0, judged: 0 }
  const size = votes.ids.length
  const ranks = ranksIn(ballot, votes.ids)
  const ties = tiesCount(ballot.mode)
  for (let i = 0; i < size; i += 1) {
    for (let j = i + 1; j < size; j += 1) {
      const [a, b] = [ranks[i] ?? UNJUDGED, ranks[j] ?? UNJUDGED]
      if (a === UNJUDGED || b === UNJUDGED || (a === b && !ties)) continue
      const first = (votes.preferred[i * size + j] ?? 0) - (a < b ? 1 : 0)
      const second = (votes.preferred[j * size + i] ?? 0) - (a > b ? 1 : 0)
      const tied = (votes.tied[i * size + j] ?? 0) - (a === b ? 1 : 0)
      const own = a < b ? first : a > b ? second : tied
      const most = Math.max(first, second, tied)
      const rivals = Number(first === most) + Number(second === most) + Number(tied === most)
      if (most === 0 || rivals > 1) continue
      counts.judged += 1
      if (own === most) counts.agreed += 1
    }
  }
  return counts
}
