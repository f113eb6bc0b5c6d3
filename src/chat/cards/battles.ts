/** Builds what a channel shows of an arena: the question, the battle below it, and its result. */
import { type Battle, findBattle, modelsOf, sides } from '../../arena/battle.ts'
import { chosenBy } from '../../arena/follow.ts'
import type { Post } from '../../assignments/post.ts'
import type { Parley } from '../../parley.ts'
import { letterOf } from '../../questions/values.ts'
import type { Passage, PublicBattle, Reply } from '../port/port.ts'
import { spoken } from '../words/words.ts'
import { askedOf, type CardSource } from './card.ts'
import { outputContent } from './content.ts'
import { pressesFor } from './presses.ts'

/** The message with the question; the battle is shown below it. */
export async function buildQuestion(
  parley: Parley,
  battleId: string,
): Promise<{ reply: Reply; final: boolean } | null> {
  const battle = await findBattle(parley, battleId)
  if (!battle) return null
  const said = spoken()
  if (battle.state === 'deleted') return buildDeleted()
  const question = battle.prompt?.at(-1)?.content ?? ''
  const text = said.arenaQuestion(battle.id, question)
  const news = battle.state === 'asked' ? said.arenaWaiting : said.arenaBelow
  const final = battle.state !== 'asked'
  return { reply: { type: 'notice', text: `${text}\n\n${news}` }, final }
}

export function buildDeleted(): { reply: Reply; final: boolean } {
  return { reply: { type: 'notice', text: spoken().arenaDeletedHere }, final: true }
}

/** The line shown if a battle does not count. */
export function buildVoid(battle: Battle): Reply {
  const said = spoken()
  const { a, b } = modelsOf(battle)
  return {
    type: 'notice',
    text: battle.voidReason === 'named' ? said.arenaNamed(a, b) : said.arenaFailed,
  }
}

/** In a conversation the thread has the turns before: the question is enough. The first stands above. */
export function lastTurn(passages: Passage[], battle: Battle): Passage[] {
  if (battle.follows === null) return []
  return passages.map((passage) => {
    const last = Array.isArray(passage.content) ? passage.content.at(-1) : undefined
    return last ? { ...passage, content: last.content } : passage
  })
}

export async function buildBattle(
  parley: Parley,
  battle: Battle,
  post: Post,
  { outputs, document }: CardSource,
): Promise<PublicBattle> {
  const said = spoken()
  const isOver = post.state !== 'open'
  const names = modelsOf(battle)
  const chosen = isOver || battle.revealedAt === null ? [] : await chosenBy(parley, battle)
  return {
    battleId: battle.id,
    outputs: sides.flatMap((side, place) => {
      const output = outputs.find(({ id }) => id === side)
      if (!output) return []
      return [{ letter: letterOf(place), id: side, content: outputContent(output, said) }]
    }),
    presses: isOver
      ? []
      : pressesFor(askedOf(document.questions, sides.length), sides, said).map(
          ({ text, style }) => ({
            text,
            ...(style ? { style } : {}),
          }),
        ),
    names:
      isOver || battle.revealedAt !== null
        ? sides.map((side, place) => ({ letter: letterOf(place), model: names[side] }))
        : null,
    goesOn: (chosen ?? []).map((side) => ({ side, letter: letterOf(sides.indexOf(side)) })),
  }
}
