/** What Slack shows of a battle in its thread: both answers, and the votes as buttons. Pure. */
import { goOnId, voteId } from '../../../src/chat/port/ids.ts'
import { type PublicBattle, type PublicPost, postReadingId } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { actions, type Block, button, context, divider, heading, type Message } from './blocks.ts'
import { drawReading } from './task/reading.ts'
import { fallback } from './text.ts'
import { timeLine } from './time-line.ts'

/** Two answers share a message: what is longer is opened by a button. */
const room = { blocks: 32, size: 7000, on: 'message' as const }

export function drawBattle(post: PublicPost, battle: PublicBattle, said: Words): Message {
  const { postId, call, passages, state } = post
  const { outputs } = battle
  const card = { assignmentId: postReadingId(postId), passages, outputs }
  return {
    text: fallback([said.arenaTurn(battle.battleId), call]),
    blocks: [
      heading(`${said.arenaTurn(battle.battleId)} · ${call}`),
      ...(state === 'withdrawn' ? [] : drawReading(card, room, said)),
      divider(),
      ...(state === 'open' ? drawVote(post, battle, said) : drawEnd(post, said)),
      ...drawNames(battle, said),
      ...drawGoOn(battle, said),
    ],
  }
}

function drawVote(post: PublicPost, { presses }: PublicBattle, said: Words): Block[] {
  return [
    context(said.arenaVotes(post.votes)),
    timeLine(said.postCloses, post.closesAt, said),
    actions(...presses.map(({ text, style }, at) => button(text, voteId(post.postId, at), style))),
  ]
}

function drawEnd({ state, result }: PublicPost, said: Words): Block[] {
  if (state === 'withdrawn') return [context(said.postWithdrawnHere)]
  if (!result) return [context(said.postClosed)]
  return [
    heading(said.postResult(result.votes)),
    ...result.ranking.map(({ letter, rank, share }) =>
      context(`${said.output(letter)}: ${said.postPlace(rank, share)}`),
    ),
    context(result.agreement),
  ]
}

function drawNames({ names }: PublicBattle, said: Words): Block[] {
  if (!names) return []
  const told = names.map(({ letter, model }) => said.arenaWrote(letter, model)).join(', ')
  return [heading(said.arenaNames(told))]
}

function drawGoOn({ battleId, goesOn }: PublicBattle, said: Words): Block[] {
  if (goesOn.length === 0) return []
  return [
    actions(
      ...goesOn.map(({ letter, side }) => button(said.arenaGoOn(letter), goOnId(battleId, side))),
    ),
  ]
}
