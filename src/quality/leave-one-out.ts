/**
 * Leave-one-out agreement: how often a labeler agrees with the majority of everybody else, his own
 * answer left out so that it cannot agree with itself. Where the others are tied nobody is judged.
 * R. Snow et al., "Cheap and fast - but is it good?", EMNLP 2008; Wilson intervals.
 */
import type { Key } from './agreement.ts'
import { type Ballot, countVotes, ranksIn, tiesCount, UNJUDGED, type Votes } from './ballot.ts'
import type { Measured } from './measured.ts'
import { type Share, wilson } from './wilson.ts'

export type RunningLeaveOneOut = {
  /** The answers to one thing, each with its labeler. */
  add(answers: readonly { labeler: string; value: Key }[]): void
  /** The rankings of one record, and their votes if counted already; each pair is judged by itself. */
  addRankings(answers: readonly { labeler: string; value: Ballot }[], votes?: Votes): void
  labelers(): string[]
  read(labeler: string): Measured<Share>
}

export function startLeaveOneOut(): RunningLeaveOneOut {
  const counts = new Map<string, Counts>()
  const countsOf = (labeler: string) => {
    const found = counts.get(labeler) ?? { agreed: 0, judged: 0 }
    counts.set(labeler, found)
    return found
  }
  return {
    add(answers) {
      const votes = new Map<Key, number>()
      for (const { value } of answers) votes.set(value, (votes.get(value) ?? 0) + 1)
      for (const { labeler, value } of answers) judge(countsOf(labeler), votes, value)
    },
    addRankings(answers, votes = countVotes(answers.map((answer) => answer.value))) {
      for (const { labeler, value } of answers) judgeRanking(countsOf(labeler), votes, value)
    },
    labelers: () => [...counts.keys()].sort(),
    read(labeler) {
      const { agreed, judged } = counts.get(labeler) ?? { agreed: 0, judged: 0 }
      return wilson(agreed, judged)
    },
  }
}

type Counts = { agreed: number; judged: number }

function judge(counts: Counts, votes: ReadonlyMap<Key, number>, own: Key): void {
  let [most, rivals, agrees] = [0, 0, false]
  for (const [value, count] of votes) {
    const others = value === own ? count - 1 : count
    if (others > most) [most, rivals, agrees] = [others, 1, value === own]
    else if (others === most) rivals += 1
  }
  if (most > 0 && rivals === 1) note(counts, agrees)
}

function judgeRanking(counts: Counts, votes: Votes, ballot: Ballot): void {
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
      if (most > 0 && rivals === 1) note(counts, own === most)
    }
  }
}

function note(counts: Counts, agreed: boolean): void {
  counts.judged += 1
  if (agreed) counts.agreed += 1
}
