/** The tool `ask`: people are asked a question. */
import { z } from '@hono/zod-openapi'
import { askPeople } from '../../../ask/ask.ts'
import { askResult } from '../../../ask/result.ts'
import { listDatasets } from '../../../datasets/dataset.ts'
import { conflict, invalid } from '../../../errors.ts'
import type { Actor, Parley } from '../../../parley.ts'
import { askResultShape, forCaller, questionShape } from '../../v1/asks.ts'
import { tool } from '../tool.ts'

const input = z.object({
  dataset: z
    .string()
    .optional()
    .describe('Where to ask; needed where list_datasets shows several that can be asked.'),
  ...questionShape,
  deadline: z.iso
    .datetime({ offset: true })
    .optional()
    .describe('Until when, as in 2026-03-01T09:00:00Z; or minutes.'),
  minutes: z.number().optional().describe('In place of deadline: minutes from now.'),
})

export const ask = tool({
  name: 'ask',
  title: 'Ask people',
  description:
    'Asks a question of people in Slack or Discord and returns at once, with state "pending". They choose among your options (or rank, rate or write, as the dataset says) until the deadline. Read what they said with result. Asking again with the same key asks nobody twice.',
  scopes: ['records:write'],
  hints: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  input,
  output: z.object(askResultShape),
  run: async ({ parley, caller }, { minutes, deadline, dataset: named, ...asking }) => {
    const { actor } = caller
    if (minutes !== undefined && deadline !== undefined)
      throw invalid({ deadline: 'There are a deadline and minutes. Give one of the two.' })
    const until = untilWhen(parley, minutes, deadline)
    const dataset = named ?? (await onlyAskable(parley, actor))
    const { key } = await askPeople(parley, actor, { ...asking, dataset, deadline: until })
    return { ...forCaller(caller, await askResult(parley, actor, { dataset, key })) }
  },
})

function untilWhen(parley: Parley, minutes?: number, deadline?: string): Date | undefined {
  if (minutes !== undefined) return new Date(parley.now().getTime() + minutes * 60_000)
  return deadline === undefined ? undefined : new Date(deadline)
}

/** @throws ParleyError `conflict` where there is none, or more than one. */
async function onlyAskable(parley: Parley, actor: Actor): Promise<string> {
  const all = await listDatasets(parley, actor)
  const names = all
    .filter(({ dataset }) => dataset.status === 'ready' && dataset.document.ask)
    .map(({ dataset }) => dataset.name)
  const [only, another] = names
  if (only !== undefined && another === undefined) return only
  throw conflict(
    only === undefined
      ? 'No dataset can be asked. An admin opens one with template: ask (docs/agents.md).'
      : `Several datasets can be asked: ${names.join(', ')}. Name one of them.`,
  )
}
