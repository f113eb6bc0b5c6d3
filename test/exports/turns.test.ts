/** Which chats strict chat templates refuse, who leaves them out, and that the manifest tells of both. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { turnProblem } from '../../src/exports/formats/turns.ts'
import { startGround } from './format.ts'
import { answer, makeDataset, ranked, ranking, readRows } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

/** "s u a" as the roles of messages. */
function chat(roles: string) {
  const names: Record<string, string> = { s: 'system', u: 'user', a: 'assistant', d: 'developer' }
  return roles
    .split(' ')
    .filter(Boolean)
    .map((role, at) => ({ role: names[role] ?? role, content: `turn ${at}` }))
}

describe('happy: chats in turn', () => {
  test.each([
    ['u', 'a'],
    ['s u', 'a'],
    ['u a u', 'a'],
    ['s u a u a u', 'a'],
    ['u', 'a u a'],
  ])('%s, answered by %s', (prompt, reply) => {
    expect(turnProblem({ prompt: chat(prompt), answers: [chat(reply)] })).toBeNull()
  })
  test('a prompt alone ends with the user; plain texts have no turns', () => {
    expect(turnProblem({ prompt: chat('s u a u'), answers: [] })).toBeNull()
    expect(turnProblem({ prompt: 'Hello', answers: ['Hi', 'No'] })).toBeNull()
  })
})

describe('refused: chats that a strict template raises at', () => {
  test.each([
    ['u tool u', 'a', 'tool_turn'],
    ['u', 'a tool a', 'tool_turn'],
    ['u function', 'a', 'tool_turn'],
    ['d u', 'a', 'developer_turn'],
    ['u human u', 'a', 'other_role'],
    ['a u', 'a', 'assistant_first'],
    ['s a u', 'a', 'assistant_first'],
    ['u u', 'a', 'out_of_turn'],
    ['u a', 'a', 'out_of_turn'],
    ['u', 'a a', 'out_of_turn'],
    ['u', 'u a', 'out_of_turn'],
    ['u', 'a u', 'out_of_turn'],
    ['s', 'a', 'assistant_first'],
    ['u s', 'a', 'system_inside'],
    ['s s u', 'a', 'system_inside'],
    ['u a u a', '', 'out_of_turn'],
  ])('%s, answered by %s: %s', (prompt, reply, why) => {
    const answers = reply ? [chat(reply)] : []
    expect(turnProblem({ prompt: chat(prompt), answers })).toBe(why)
  })
  test('one of two answers is enough', () => {
    expect(turnProblem({ prompt: chat('u'), answers: [chat('a'), chat('a tool a')] })).toBe(
      'tool_turn',
    )
  })
})

const odd = { tool: 'u a tool', developer: 'd u', first: 'a u', twice: 'u u', fine: 'u' }

/** A record for each of them, ranked and answered. */
async function fill() {
  const dataset = await makeDataset(ground.parley, { questions: [ranking, answer] })
  for (const [name, roles] of Object.entries(odd))
    await ground.answered(dataset, [{ ...ranked('a', 'b', 'c'), answer: 'Because.' }], {
      external_id: name,
      fields: { prompt: chat(roles) },
    })
  return dataset
}

const refused = { tool_turn: 1, developer_turn: 1, assistant_first: 1, out_of_turn: 1 }

describe('happy: exports say who would be refused, or leave them out', () => {
  test.each(['sft', 'preference', 'reward', 'kto', 'prompts', 'openai-sft', 'openai-dpo'])(
    '%s keeps them, counts them, and leaves them out when asked to be strict',
    async (as) => {
      const dataset = await fill()
      const kept = await ground.export(dataset, as, `${as}.jsonl`)
      // OpenAI's result of a tool names its call; these name none.
      const { no_tool_call_id: unnamed = 0 } = kept.counts.dropped
      const each = kept.counts.emitted / (unnamed > 0 ? 4 : 5)
      expect(unnamed).toBe(as.startsWith('openai') ? each : 0)
      const { tool_turn: _, ...others } = refused
      const seen = unnamed > 0 ? others : refused
      const times = (counts: Record<string, number>) =>
        Object.fromEntries(Object.entries(counts).map(([why, count]) => [why, count * each]))
      expect(kept.manifest?.rows?.strict_template_refuses).toEqual({
        rows: Object.keys(seen).length * each,
        reasons: times(seen),
      })
      const strict = await ground.export(dataset, as, `${as}-strict.jsonl`, { turns: 'strict' })
      expect(strict.counts.emitted).toBe(each)
      expect(strict.counts.dropped).toMatchObject(times(as === 'openai-dpo' ? refused : seen))
      expect(strict.manifest?.rows).not.toHaveProperty('strict_template_refuses')
      expect(strict.manifest?.export.strategies).toMatchObject({ turns: 'strict' })
    },
  )

  test.each(['nemo', 'llama-factory'])('%s is strict unless asked for all', async (as) => {
    const dataset = await fill()
    const name = as === 'nemo' ? 'turns.jsonl' : 'turns'
    const strict = await ground.export(dataset, as, name)
    expect(strict.counts).toEqual({ candidates: 5, emitted: 1, dropped: refused })
    const kept = await ground.export(dataset, as, name, { turns: 'as-is' })
    expect(kept.counts).toEqual({ candidates: 5, emitted: 5, dropped: {} })
    expect(kept.manifest?.rows?.strict_template_refuses?.rows).toBe(4)
  })

  test('pairs of one ranking still share one weight when one of them is left out', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('a', 'b', 'c')], {
      outputs: [
        { id: 'a', text: 'one' },
        { id: 'b', text: 'two' },
        { id: 'c', messages: chat('a tool a') },
      ],
    })
    const { path, counts } = await ground.export(dataset, 'reward', 'weights.jsonl', {
      turns: 'strict',
    })
    expect(readRows(path).map(({ weight }) => weight)).toEqual([1])
    expect(counts.dropped).toEqual({ tool_turn: 2 })
  })

  test('as texts, what has more than the turns of one side is left out anyway', async () => {
    const dataset = await fill()
    const { counts } = await ground.export(dataset, 'preference', 'text.jsonl', {
      shape: 'text',
      turns: 'strict',
    })
    expect(counts.dropped).toMatchObject({ no_prompt: 3 })
  })
})

describe('happy: openai', () => {
  test('earlier turns of an assistant weigh nothing, so that only what a person wrote is learned', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [answer] })
    await ground.answered(dataset, [{ answer: 'Because.' }], {
      fields: { prompt: chat('s u a u') },
    })
    const { path } = await ground.export(dataset, 'openai-sft', 'weight.jsonl')
    expect(readRows(path)).toEqual([
      {
        messages: [
          { role: 'system', content: 'turn 0' },
          { role: 'user', content: 'turn 1' },
          { role: 'assistant', content: 'turn 2', weight: 0 },
          { role: 'user', content: 'turn 3' },
          { role: 'assistant', content: 'Because.' },
        ],
      },
    ])
  })

  test('a role it does not know would make it refuse the file, so the row is left out', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking, answer] })
    await ground.answered(dataset, [{ ...ranked('a', 'b'), answer: 'Because.' }], {
      fields: { prompt: chat('critic u') },
    })
    for (const as of ['openai-sft', 'openai-dpo'])
      expect((await ground.export(dataset, as, 'roles.jsonl')).counts.dropped).toEqual({
        other_role: 1,
      })
  })
})

describe('happy: the longest row', () => {
  test('is the prompt and the longer answer, in characters and in tokens as an estimate', async () => {
    const dataset = await makeDataset(ground.parley)
    const outputs = (...texts: string[]) => texts.map((text, at) => ({ id: 'ab'[at], text }))
    await ground.answered(dataset, [ranked('a', 'b')], {
      external_id: 'r1',
      fields: { prompt: 'x'.repeat(100) },
      outputs: outputs('y'.repeat(20), 'z'.repeat(200)),
    })
    await ground.answered(dataset, [ranked('a', 'b')], {
      external_id: 'r2',
      fields: { prompt: '为'.repeat(150) },
      outputs: outputs('好', '不好'),
    })
    const { manifest } = await ground.export(dataset, 'preference', 'long.jsonl')
    expect(manifest?.rows?.longest_row).toEqual({
      characters: 300,
      tokens_estimate: 152,
      estimated: 'UTF-8 bytes / 3, without the chat template',
    })
  })
})

describe('refused', () => {
  test('a strategy there is not, and a format without chats', async () => {
    const dataset = await makeDataset(ground.parley)
    await expect(
      ground.export(dataset, 'preference', 'x.jsonl', { turns: 'loose' }),
    ).rejects.toThrow('Choose one of strict, as-is.')
    await expect(ground.export(dataset, 'csv', 'x.csv', { turns: 'strict' })).rejects.toThrow(
      'does not take this option',
    )
  })
})
