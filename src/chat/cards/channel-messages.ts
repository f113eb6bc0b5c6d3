/** Builds what a channel shows from the rows: a post with its count or its result, and the hub. */
import { findBattleOfPost } from '../../arena/battle.ts'
import { countVotes, findPost, type Post } from '../../assignments/post.ts'
import { datasetProgress } from '../../assignments/progress.ts'
import { getDatasetById } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { ifThere } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import type { StoredResult } from '../../posts/poll.ts'
import { letterOf } from '../../questions/values.ts'
import {
  type PostResult,
  postReadingId,
  type Reader,
  type ReaderPart,
  type Reply,
  type TextView,
} from '../port/port.ts'
import { words } from '../words/words.ts'
import { buildBattle, buildDeleted, lastTurn } from './battles.ts'
import { buildReader, type CardSource, passagesOf } from './card.ts'
import { outputContent } from './content.ts'

/** A text of a post to read; of its outputs those that its result shows the start of. */
export async function readPost(
  parley: Parley,
  postId: string,
  { part, view }: { part: ReaderPart; view?: TextView },
): Promise<Reader | null> {
  const found = await findPost(parley, postId)
  if (!found) return null
  const source = await sourceOfPost(parley, found)
  const { post } = found
  const result = post.state === 'closed' ? await buildResult(parley, post, source) : null
  const isBattle = (await findBattleOfPost(parley, postId)) !== null
  const told = new Set(result?.votes ? result.ranking.map(({ letter }) => letter) : [])
  const shownOrder = source.outputs.flatMap(({ id }, i) =>
    isBattle || told.has(letterOf(i)) ? [id] : [],
  )
  return buildReader({ ...source, shownOrder }, part, view)
}

export async function buildPost(parley: Parley, postId: string) {
  const found = await findPost(parley, postId)
  if (!found) return null
  const { post, dataset } = found
  const battle = await findBattleOfPost(parley, postId)
  if (battle?.state === 'deleted') return buildDeleted()
  const source = await sourceOfPost(parley, found)
  const { document } = dataset
  const asked = document.questions.find((question) => question.type === 'ranking')
  const result = post.state === 'closed' ? await buildResult(parley, post, source) : null
  const reply: Reply = {
    type: 'post',
    post: {
      postId,
      dataset: { name: document.name, title: document.title },
      call: asked?.title ?? document.title,
      passages: battle ? lastTurn(passagesOf(source), battle) : passagesOf(source),
      outputs: Math.min(source.outputs.length, document.max_shown),
      votes: result?.votes ?? (await countVotes(parley, postId)),
      closesAt: post.closesAt,
      state: post.state,
      result,
      ...(battle ? { battle: await buildBattle(parley, battle, post, source) } : {}),
    },
  }
  return { reply, final: post.state !== 'open' }
}

export async function buildHub(parley: Parley, datasetId: string) {
  const dataset = await ifThere(getDatasetById(parley, datasetId))
  if (!dataset) return null
  const { name, title, guidelines } = dataset.document
  const { records, completed, submitted } = await datasetProgress(parley, dataset)
  const reply: Reply = {
    type: 'hub',
    hub: {
      dataset: { name, title },
      guidelines: guidelines !== undefined,
      progress: words(undefined).hubProgress(completed, records, submitted),
      status: dataset.status,
    },
  }
  return { reply, final: false }
}

async function sourceOfPost(
  parley: Parley,
  { post, dataset }: { post: Post; dataset: Dataset },
): Promise<CardSource> {
  const record = await parley.db
    .selectFrom('records')
    .select(['fields', 'outputs'])
    .where('datasetId', '=', post.datasetId)
    .where('id', '=', post.recordId)
    .executeTakeFirstOrThrow()
  return {
    assignmentId: postReadingId(post.id),
    schemaVersion: dataset.schemaVersion,
    document: dataset.document,
    fields: record.fields,
    outputs: record.outputs,
    suggestions: {},
    suggestionsShown: false,
    shownOrder: [],
    view: 'formatted',
    values: {},
    editing: false,
    tally: { submitted: 0, seconds: 0 },
  }
}

async function buildResult(
  parley: Parley,
  post: Post,
  { outputs, fields }: CardSource,
): Promise<PostResult | null> {
  const row = await parley.db
    .selectFrom('posts')
    .select('result')
    .where('id', '=', post.id)
    .executeTakeFirst()
  if (!row?.result) return null
  const { result } = row
  return {
    votes: result.votes,
    ranking: result.ranking.flatMap(({ id, rank, first }) => {
      const place = outputs.findIndex((output) => output.id === id)
      const output = outputs[place]
      if (!output) return []
      return {
        letter: letterOf(place),
        rank,
        content: outputContent(output, words(undefined), Object.values(fields)),
        model: post.models ? (output.model ?? null) : null,
        share: first,
      }
    }),
    agreement: sayAgreement(result),
  }
}

/** Few votes say so; a share comes with how sure it is. */
function sayAgreement({ votes, agreement, alpha, first, least }: StoredResult): string {
  const said = words(undefined)
  if (votes === 0) return said.postNoVotes
  if (least !== undefined) return said.postPrivate(least)
  if (agreement === null || first === null) return said.postFewVotes
  const percent = (share: number) => Math.round(share * 100)
  return [
    said.postAgreement(percent(agreement), alpha === null ? null : alpha.toFixed(2)),
    said.postSure(percent(first.share), percent(first.low), percent(first.high)),
  ].join(' ')
}
