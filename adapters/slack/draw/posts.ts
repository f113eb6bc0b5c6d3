/**
 * What Slack shows of a post and of a hub to a whole channel, and the buttons that come back from
 * there. Nothing on it is private: whatever a press leads to is shown beside it, to one person.
 */
import { hubId, voteId } from '../../../src/chat/port/ids.ts'
import type { Hub, PostResult, PublicPost } from '../../../src/chat/port/port.ts'
import { postReadingId } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { placeOf } from '../../../src/questions/values.ts'
import { readId } from '../receive/ids.ts'
import { drawBattle } from './battle.ts'
import {
  actions,
  type Block,
  button,
  context,
  divider,
  header,
  heading,
  type Message,
  section,
} from './blocks.ts'
import { drawExcerpt, drawReading } from './task/reading.ts'
import { fallback } from './text.ts'
import { timeLine } from './time-line.ts'

/** The call with the number of votes while the post is open, then the result. */
export function drawPost(post: PublicPost, said: Words): Message {
  const { dataset, call, state, result, battle } = post
  if (battle) return drawBattle(post, battle, said)
  const news = state === 'open' ? call : result ? said.postResult(result.votes) : said.postClosed
  return {
    text: fallback([news, dataset.title]),
    blocks: [
      header(dataset.title),
      heading(call),
      ...drawReading(
        { assignmentId: postReadingId(post.postId), passages: post.passages, outputs: [] },
        { ...(result ? smallRoom : wholeRoom), on: 'message', tables: !result },
        said,
      ),
      divider(),
      ...(state === 'open' ? drawCall(post, said) : drawEnd(post, said)),
    ],
  }
}

/** The message from which people in a channel start, with the dataset's progress. */
export function drawHub({ dataset, guidelines, progress, status }: Hub, said: Words): Message {
  const isOpen = status === 'ready'
  return {
    text: fallback([dataset.title, progress]),
    blocks: [
      header(dataset.title),
      section(isOpen ? said.hubInvites : said.hubClosed),
      context(`${said.status[status]} · ${progress}`),
      actions(
        ...(isOpen ? [button(said.start, hubId('start', dataset.name), 'primary')] : []),
        ...(guidelines ? [button(said.guidelines, hubId('guidelines', dataset.name))] : []),
        button(said.myProgress, hubId('progress', '')),
      ),
    ],
  }
}

const wholeRoom = { blocks: 16, size: 6000 }
/** Beside a result, the start of the prompt is enough; a button opens the rest. */
const smallRoom = { blocks: 6, size: 1500 }
const mostPlaces = 10
const excerptChars = 500

function drawCall(post: PublicPost, said: Words): Block[] {
  return [
    context(`${said.postOutputs(post.outputs)} ${said.postVotes(post.votes)}`),
    timeLine(said.postCloses, post.closesAt, said),
    actions(button(said.rankIt, voteId(post.postId), 'primary'), ...drawRaw(post, said)),
  ]
}

/** A button to read all texts as they were written. */
function drawRaw({ postId, passages, result }: PublicPost, said: Words) {
  if (passages.length === 0 && !result?.votes) return []
  const id = readId(postReadingId(postId), { all: true }, 0, 'read', 'raw')
  return [button(said.showRaw, id)]
}

function drawEnd(post: PublicPost, said: Words): Block[] {
  const { postId, state, result } = post
  const raw = drawRaw(post, said)
  if (!result) return [section(state === 'withdrawn' ? said.postWithdrawnHere : said.postClosed)]
  return [
    heading(said.postResult(result.votes)),
    ...(result.votes === 0
      ? []
      : result.ranking.slice(0, mostPlaces).flatMap((place) => drawPlace(postId, place, said))),
    context(result.agreement),
    ...(raw.length > 0 ? [actions(...raw)] : []),
  ]
}

function drawPlace(
  postId: string,
  { letter, rank, share, model, content }: PostResult['ranking'][number],
  said: Words,
): Block[] {
  const text = typeof content === 'string' ? content : content.map((one) => one.content).join('\n')
  const { drawn, isWhole } = drawExcerpt(text, excerptChars, said)
  const more = isWhole
    ? undefined
    : button(
        said.readAll(said.output(letter)),
        readId(postReadingId(postId), { output: placeOf(letter) }, 0, 'read'),
      )
  const facts = [said.postPlace(rank, share), ...(model === null ? [] : [said.postModel(model)])]
  return [heading(facts.join(' '), '', more), ...drawn]
}
