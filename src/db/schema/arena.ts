/** The tables of the arena. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely'
import type { Platform } from '../../labelers/person.ts'
import type { PlainMessage } from '../../records/message.ts'
import type { RecordOutput } from '../../records/record-line.ts'
import type { Id } from './columns.ts'

export type BattleState = 'asked' | 'answered' | 'void' | 'deleted'
/** `failed`: a model did not answer. `named`: an answer says whose it is. `unsent`: it stands nowhere. */
export type VoidReason = 'failed' | 'named' | 'unsent'

export type ArenasTable = {
  platform: Platform
  workspace: string
  channelId: string
  datasetId: Id
  openedBy: string
  openedAt: Date
}

export type ArenaConsentsTable = { datasetId: Id; labelerId: Id; agreed: string; agreedAt: Date }

export type ArenaSumsTable = {
  datasetId: Id
  tokens: Generated<number>
  money: Generated<number>
  asideTokens: Generated<number>
  asideMoney: Generated<number>
}

/** Two models, in the order of their names. */
export type ArenaPairsTable = {
  datasetId: Id
  first: string
  second: string
  battles: Generated<number>
  firstWins: Generated<number>
  secondWins: Generated<number>
  ties: Generated<number>
}

type Stored<T> = ColumnType<T | null, string | null | undefined, string | null>

export type BattlesTable = {
  id: GeneratedAlways<Id>
  datasetId: Id
  labelerId: Id | null
  platform: Platform
  workspace: string
  channelId: string
  thread: string | null
  follows: Id | null
  prompt: Stored<PlainMessage[]>
  modelA: string
  modelB: string
  answerA: Stored<RecordOutput>
  answerB: Stored<RecordOutput>
  state: Generated<BattleState>
  voidReason: VoidReason | null
  problem: string | null
  recordId: Id | null
  postId: Id | null
  revealedAt: Date | null
  expectedTokens: Generated<number>
  expectedMoney: Generated<number>
  attempt: Generated<number>
  heartbeatAt: Date | null
  createdAt: Date
  finishedAt: Date | null
}
