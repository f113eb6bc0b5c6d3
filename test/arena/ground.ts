/** A Parley with a stand-in's models and an arena that is open in a channel of nobody's platform. */
import { type AskInput, askArena } from '../../src/arena/ask.ts'
import { openArena } from '../../src/arena/open.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import type { Person } from '../../src/labelers/person.ts'
import type { Parley } from '../../src/parley.ts'
import { cleo } from '../generation/ground.ts'

export const patience = { tries: 2, waitMs: 5 }
export const channel = { platform: 'slack' as const, workspace: 'T1', channelId: 'C1' }

export function person(name: string): Person {
  return { platform: 'slack', workspace: 'T1', userId: `U${name.toUpperCase()}`, channelId: 'C1' }
}

export async function makeArena(
  parley: Parley,
  { name, more = '', models = '[alpha, beta]' }: { name: string; more?: string; models?: string },
): Promise<void> {
  const text = `name: ${name}\ntemplate: arena\naccess: everyone\narena: { models: ${models}${more} }\n`
  await createDataset(parley, cleo, { document: parseDocument(text) })
  await publishDataset(parley, cleo, { dataset: name })
  await openArena(parley, cleo, { dataset: name, to: channel })
}

/** Asks as somebody who agrees to whatever stands on the form; returns the battle's id. */
export async function ask(
  parley: Parley,
  by: Person,
  prompt: string,
  more: Partial<AskInput> = {},
): Promise<string> {
  const input = { prompt, to: channel, ...more }
  const first = await askArena(parley, by, input)
  if (first.type === 'asked') return first.battleId
  const second = await askArena(parley, by, { ...input, agreed: first.consent?.key })
  if (second.type !== 'asked') throw new Error('The question was not taken.')
  return second.battleId
}
