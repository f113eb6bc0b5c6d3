/**
 * A post and a hub as a whole channel sees them in Discord, and the gestures of their buttons. Responses
 * to presses are private messages. Pure.
 */
import { hubId, voteId } from '../../../src/chat/port/ids.ts'
import type { Hub, PostResult, PublicPost } from '../../../src/chat/port/port.ts'
import { postReadingId } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { placeOf } from '../../../src/questions/values.ts'
import { isDrawable } from '../receive/ids.ts'
import { readId } from '../receive/task-ids.ts'
import { drawBattle } from './battle.ts'
import { messageRoom, renderedWithin, takenBy } from './budget.ts'
import {
  bold,
  box,
  button,
  type Component,
  markdown,
  plain,
  rows,
  section,
  small,
} from './components.ts'
import { drawReadings, passagesOf, readButton } from './task/reading.ts'
import { timeLine } from './time-line.ts'

/** The post with the number of votes while it is open, then the result. */
export function drawPost(post: PublicPost, said: Words): Component[] {
  const { dataset, call, state, result, battle } = post
  if (battle) return drawBattle(post, battle, said)
  const head = [markdown(`${bold(dataset.title, 100)}\n${bold(call)}`)]
  const end = state === 'open' ? drawCall(post, said) : drawEnd(post, said)
  const left = messageRoom.size - takenBy([...head, ...end]).size
  const size = Math.max(0, Math.min(left, result ? smallSize : wholeSize) - 100)
  const card = { assignmentId: postReadingId(post.postId), schemaVersion: 0 }
  const fitting = Math.min(mostPassages, Math.floor(size / leastPerPassage))
  const readings = drawReadings(passagesOf(post).slice(0, fitting), size, said)
  return [
    ...head,
    ...readings.map(({ text, drawn, isWhole }) =>
      isWhole || !isDrawable(readId(card, text.ref, 0, 'new'))
        ? markdown(drawn)
        : section(markdown(drawn), readButton(card, text, said)),
    ),
    ...end,
  ]
}

/** The message from which people in a channel start, with the dataset's progress. */
export function drawHub({ dataset, guidelines, progress, status }: Hub, said: Words): Component[] {
  const isOpen = status === 'ready'
  const drawable = isDrawable(hubId('guidelines', dataset.name))
  return [
    markdown(bold(dataset.title)),
    plain(isOpen ? said.hubInvites : said.hubClosed),
    markdown(small(`${said.status[status]} · ${progress}`)),
    ...rows([
      ...(isOpen && drawable ? [button(said.start, hubId('start', dataset.name), 'primary')] : []),
      ...(guidelines && drawable
        ? [button(said.guidelines, hubId('guidelines', dataset.name))]
        : []),
      button(said.myProgress, hubId('progress', '')),
    ]),
  ]
}

const wholeSize = 2400
const smallSize = 700
const mostPassages = 4
/** A title and a few words. */
const leastPerPassage = 280
const mostPlaces = 6
const excerptSize = 190

function drawCall(post: PublicPost, said: Words): Component[] {
  return [
    markdown(
      [
        small(`${said.postOutputs(post.outputs)} ${said.postVotes(post.votes)}`),
        timeLine(said.postCloses, post.closesAt),
      ].join('\n'),
    ),
    ...rows([button(said.rankIt, voteId(post.postId), 'primary'), ...drawRaw(post, said)]),
  ]
}

/** A button to read all texts of the post as they were written. */
function drawRaw({ postId, passages, result }: PublicPost, said: Words) {
  if (passages.length === 0 && !result?.votes) return []
  const card = { assignmentId: postReadingId(postId), schemaVersion: 0 }
  return [button(said.showRaw, readId(card, { all: true }, 0, 'new', 'raw'))]
}

function drawEnd(post: PublicPost, said: Words): Component[] {
  const { postId, state, result } = post
  if (!result) return [plain(state === 'withdrawn' ? said.postWithdrawnHere : said.postClosed)]
  return [
    markdown(bold(said.postResult(result.votes))),
    ...(result.votes === 0
      ? []
      : result.ranking.slice(0, mostPlaces).map((place) => drawPlace(postId, place, said))),
    markdown(small(result.agreement)),
    ...rows(drawRaw(post, said)),
  ]
}

function drawPlace(
  postId: string,
  { letter, rank, share, model, content }: PostResult['ranking'][number],
  said: Words,
): Component {
  const text = typeof content === 'string' ? content : content.map((one) => one.content).join('\n')
  const facts = [said.postPlace(rank, share), ...(model === null ? [] : [said.postModel(model)])]
  const start = renderedWithin(text.trim() === '' ? said.empty : text, excerptSize)
  const { isWhole } = start
  const drawn = markdown(`${bold(facts.join(' '), 100)}\n${start.drawn}${isWhole ? '' : '…'}`)
  if (isWhole) return box(drawn)
  const card = { assignmentId: postReadingId(postId), schemaVersion: 0 }
  const read = readId(card, { output: placeOf(letter) }, 0, 'new')
  return box(section(drawn, button(said.readAll(said.output(letter)), read)))
}
