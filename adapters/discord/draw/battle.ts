/** What Discord shows of a battle below its question: both answers, and the votes as buttons. Pure. */
import { goOnId, voteId } from '../../../src/chat/port/ids.ts'
import { type PublicBattle, type PublicPost, postReadingId } from '../../../src/chat/port/port.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { isDrawable } from '../receive/ids.ts'
import { readId } from '../receive/task-ids.ts'
import { messageRoom, takenBy } from './budget.ts'
import {
  bold,
  button,
  type Component,
  markdown,
  plain,
  rows,
  section,
  small,
} from './components.ts'
import { drawReadings, outputsOf, passagesOf, readButton } from './task/reading.ts'
import { timeLine } from './time-line.ts'

export function drawBattle(post: PublicPost, battle: PublicBattle, said: Words): Component[] {
  const head = [markdown(bold(`${said.arenaTurn(battle.battleId)} · ${post.call}`, 200))]
  const end = [
    ...(post.state === 'open' ? drawVote(post, battle, said) : drawEnd(post, said)),
    ...drawNames(battle, said),
    ...rows(
      battle.goesOn.map(({ letter, side }) =>
        button(said.arenaGoOn(letter), goOnId(battle.battleId, side)),
      ),
    ),
  ]
  if (post.state === 'withdrawn') return [...head, ...end]
  const texts = [...passagesOf(post), ...outputsOf(battle, said)]
  const size = Math.max(0, messageRoom.size - takenBy([...head, ...end]).size - 100)
  const card = { assignmentId: postReadingId(post.postId), schemaVersion: 0 }
  return [
    ...head,
    ...drawReadings(texts, size, said).map(({ text, drawn, isWhole }) =>
      isWhole || !isDrawable(readId(card, text.ref, 0, 'new'))
        ? markdown(drawn)
        : section(markdown(drawn), readButton(card, text, said)),
    ),
    ...end,
  ]
}

function drawVote(post: PublicPost, { presses }: PublicBattle, said: Words): Component[] {
  return [
    markdown(
      [small(said.arenaVotes(post.votes)), timeLine(said.postCloses, post.closesAt)].join('\n'),
    ),
    ...rows(presses.map(({ text, style }, at) => button(text, voteId(post.postId, at), style))),
  ]
}

function drawEnd({ state, result }: PublicPost, said: Words): Component[] {
  if (state === 'withdrawn') return [plain(said.postWithdrawnHere)]
  if (!result) return [plain(said.postClosed)]
  return [
    markdown(bold(said.postResult(result.votes))),
    ...(result.ranking.length > 0
      ? [
          markdown(
            result.ranking
              .map(({ letter, rank, share }) =>
                small(`${said.output(letter)}: ${said.postPlace(rank, share)}`),
              )
              .join('\n'),
          ),
        ]
      : []),
    markdown(small(result.agreement)),
  ]
}

function drawNames({ names }: PublicBattle, said: Words): Component[] {
  if (!names) return []
  const told = names.map(({ letter, model }) => said.arenaWrote(letter, model)).join(', ')
  return [markdown(bold(said.arenaNames(told), 500))]
}
