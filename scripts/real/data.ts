/**
 * Data that is hard on loaders, as lines of the `records` format: ties, chats, nulls, texts that look
 * like dates, numbers or nothing, a text of 50,000 characters, and files whose first megabytes hold
 * whole numbers only. Everything follows from a seed.
 */
import type { DatasetDocument } from '../../src/datasets/document.ts'

export type Sample = {
  document: Record<string, unknown> & Pick<DatasetDocument, 'name'>
  lines: Iterable<Line>
  /** Only these formats are written of it; all that fit where unset. */
  formats?: readonly string[]
  /** Only these kinds of file, likewise. */
  kinds?: readonly string[]
}
export type Line = Record<string, unknown> & { external_id: string }

const prompt = { name: 'prompt', title: 'Prompt' }
const ranking = {
  type: 'ranking',
  name: 'preference',
  title: 'Which is better?',
  strength: false,
  edits: true,
}
const helpful = {
  type: 'rating',
  name: 'helpful',
  title: 'Helpful?',
  of: 'outputs',
  required: false,
}
const completion = { type: 'text', name: 'completion', title: 'Write it' }

const judged = [ranking, helpful, { ...completion, required: false }]

/** The datasets of the table; `pairs` and `writing` together fit every format. */
export const samples: readonly Sample[] = [
  {
    document: documentOf('pairs', judged),
    lines: pairs((text) => text),
  },
  { document: documentOf('chats', judged, 'chat'), lines: pairs(chat) },
  {
    document: documentOf('writing', [completion]),
    lines: writing((at) => odd[at % odd.length] ?? ''),
  },
  // Prompts that people wrote, some with an answer: rows name their author.
  {
    document: {
      ...documentOf('asked', [
        { type: 'text', name: 'prompt', title: 'Prompt' },
        { ...completion, required: false },
      ]),
      fields: [{ name: 'topic', title: 'Topic', required: false }],
      distribution: { min_submitted: 1 },
      target: 100,
    },
    lines: asked(),
    formats: ['prompts', 'sft', 'openai-sft', 'verl', 'csv', 'raw', 'records'],
  },
  // Chats of agents: calls, results, thoughts, names and images, and tools beside them.
  {
    document: documentOf('agents', [ranking, { ...completion, required: true }], 'chat'),
    lines: agents(),
    formats: [
      ...['preference', 'tpo', 'reward', 'sft', 'kto', 'prompts', 'openai-sft', 'openai-dpo'],
      ...['llama-factory', 'csv', 'raw', 'records'],
    ],
    kinds: ['plain', 'parquet', 'split'],
  },
  // Readers that infer types take all of these for times, unless the file says that they are texts.
  {
    document: documentOf('dates', [completion]),
    lines: writing((at) => `2024-01-${String((at % 28) + 1).padStart(2, '0')}`),
    formats: ['sft', 'openai-sft', 'csv', 'raw', 'records'],
  },
  {
    document: documentOf('large', [ranking]),
    lines: large(),
    formats: ['reward', 'raw'],
    kinds: ['plain', 'parquet'],
  },
]

export function documentOf(
  name: string,
  questions: readonly object[],
  type: 'text' | 'chat' = 'text',
): Sample['document'] {
  return {
    name,
    title: name,
    access: 'everyone',
    fields: [{ ...prompt, type }],
    questions,
    distribution: { min_submitted: 3 },
  }
}

/** What people write that a reader takes for something else. */
const odd = [
  ...['007', '1e5', 'NA', 'null', 'None', 'true', '2024-01-01', '2024-01-01T10:00:00Z', '-', "'"],
  ...[
    '=1+1',
    '+49 30',
    '-5',
    '@x',
    "'=x",
    'a\nb',
    'a\rb',
    'a\r\n=1',
    '"',
    '"",""',
    'a,b;c\td',
    '\\n',
  ],
  ...[
    'Größe',
    '名前',
    '👩‍👩‍👧',
    'e\u0301',
    'a\u2028b',
    'a\u0085b',
    '\ufeffx',
    '{"a": 1}',
    '[1, 2]',
    '{}',
  ],
  ...['6ba7b810-9dad-11d1-80b4-00c04fd430c8', '0x1F', 'NaN', 'Infinity', ' padded ', '$prompt'],
  'x '.repeat(25_000),
]

function* pairs(promptOf: (text: string) => unknown): Generator<Line> {
  for (const [at, text] of odd.entries()) {
    const outputs = [
      { id: 'a', text: `${text} first`, model: 'm-1' },
      {
        ...{ id: 'b', text: `${text} second`, metadata: { n: at % 2 ? at : at / 2 } },
        ...(at % 4 === 1 ? {} : { model: 'm-3' }),
      },
      ...(at % 3 === 0
        ? [{ id: 'c', messages: [{ role: 'assistant', content: `${text} third` }], model: 'm-2' }]
        : []),
    ]
    const votes = [
      ...[['a', 'b'], at % 4 === 0 ? ['b', 'a'] : ['a', 'b']],
      ...[at % 5 === 0 ? [['a', 'b']] : ['a', 'b']],
    ]
    yield {
      ...recordOf(at, promptOf(text), outputs),
      suggestions: at % 6 === 0 ? { completion: { value: text, score: at % 12 ? 1 : 0.25 } } : {},
      responses: [
        ...votes.map((levels, who) =>
          answerOf(
            who,
            {
              preference: rank(levels, outputs),
              helpful: { a: 5, b: 1 + (at % 2), ...(outputs.length > 2 ? { c: 3 } : {}) },
              ...(at % 2 ? { completion: text } : {}),
              ...(who === 0 && at % 3 ? { 'preference.edits': editOf(text) } : {}),
            },
            outputs,
          ),
        ),
        ...(at % 7 === 0 ? [discarded(3, outputs)] : []),
      ],
    }
  }
}

/** An output as a person made it better; now and then of white space alone. */
function editOf(text: string) {
  return {
    a: { text: `${text} first, at last`, distance: 9 },
    b: { text: `${text}  second`, distance: 1, white_space: true },
  }
}

function* writing(textOf: (at: number) => string): Generator<Line> {
  for (let at = 0; at < odd.length; at += 1)
    yield {
      ...recordOf(at, textOf(at), []),
      responses: [answerOf(0, { completion: textOf(at) }), ...(at % 7 ? [] : [discarded(1)])],
    }
}

function* asked(): Generator<Line> {
  for (const [at, text] of odd.entries()) {
    const written = { prompt: `${text} (${at})`, ...(at % 2 ? { completion: text } : {}) }
    yield {
      ...recordOf(at, text, []),
      fields: at % 3 ? { topic: 'weather' } : {},
      responses: [answerOf(at % 3, written)],
    }
  }
}

/** Each record calls another tool with other arguments; some write them as a text, some think, some look. */
function* agents(): Generator<Line> {
  for (const [at, text] of odd.entries()) {
    const isText = at % 2 === 0
    const name = ['weather', 'search', 'add'][at % 3] ?? ''
    const given = [
      { city: text, days: at },
      { query: [text], exact: true },
      { a: at / 2, b: null },
    ]
    const written = given[at % 3] ?? {}
    const called = {
      ...(isText ? { id: `c${at}` } : {}),
      type: 'function',
      function: { name, arguments: isText ? JSON.stringify(written) : written },
    }
    const call = {
      role: 'assistant',
      ...(at % 4 === 0 ? { content: null } : at % 4 === 2 ? { content: '' } : {}),
      ...(at % 5 === 0 ? { reasoning_content: `Think of ${text}` } : {}),
      tool_calls: [called],
    }
    const result = {
      role: 'tool',
      content: text,
      ...(isText ? { tool_call_id: `c${at}` } : { name }),
    }
    const look = {
      role: 'user',
      content: [
        { type: 'text', text: `See ${text}` },
        { type: 'image_url', image_url: { url: `https://example.com/${at}.png` } },
      ],
    }
    const asked = { role: 'user', content: `Do ${text}`, ...(at % 7 === 0 ? { name: 'ana' } : {}) }
    const outputs = [
      { id: 'a', messages: [{ role: 'assistant', content: `${text} first` }] },
      { id: 'b', messages: [at % 3 === 0 ? call : { role: 'assistant', content: 'second' }] },
    ]
    yield {
      ...recordOf(at, at % 6 === 0 ? [look] : [asked, call, result], outputs),
      metadata: {
        ...(at % 4 === 3
          ? {}
          : { tools: [{ type: 'function', function: { name, parameters: toolOf(written) } }] }),
        ...(at % 3 === 0 ? { chat_template_kwargs: { enable_thinking: at % 2 === 0 } } : {}),
      },
      responses: [
        answerOf(0, { preference: rank(['a', 'b'], outputs), completion: text }, outputs),
      ],
    }
  }
}

function toolOf(given: object) {
  const properties = Object.fromEntries(
    Object.entries(given).map(([name, one]) => [name, { type: typeof one }]),
  )
  return { type: 'object', properties }
}

/** 30 MB of pairs: of the first two thirds everybody is of one mind, of the rest two of three are. */
function* large(): Generator<Line> {
  const outputs = [
    { id: 'a', text: 'yes' },
    { id: 'b', text: 'no' },
  ]
  for (let at = 0; at < 7_500; at += 1) {
    const isSplit = at >= 5_000
    const votes = isSplit
      ? [
          ['a', 'b'],
          ['a', 'b'],
          ['b', 'a'],
        ]
      : [['a', 'b']]
    yield {
      ...recordOf(at, `Question ${at} ${'word '.repeat(800)}`, outputs),
      metadata: isSplit ? { n: at / 7, why: null } : { n: at },
      responses: votes.map((levels, who) => ({
        ...answerOf(who, { preference: rank(levels, outputs) }, outputs),
        seconds: isSplit ? at / 7 : 12,
        reason: null,
      })),
    }
  }
}

function recordOf(at: number, content: unknown, outputs: readonly object[]): Line {
  return {
    format: 1,
    external_id: `r${String(at).padStart(5, '0')}`,
    status: 'completed',
    fields: { prompt: content },
    outputs,
    metadata: at % 3 ? { lang: 'de', n: at, none: null } : { tags: ['x', 'y'], half: at + 0.5 },
    suggestions: {},
    priority: at % 4,
  }
}

function chat(text: string) {
  return [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hello!' },
    { role: 'user', content: `Say ${text}` },
  ]
}

function answerOf(who: number, values: object, outputs: readonly { id: string }[] = []) {
  return {
    labeler: `p${who}`,
    platform: 'slack',
    repeat: 0,
    status: 'submitted',
    reason: null as string | null,
    revision: 1,
    counted: true,
    values,
    shown: {
      order: outputs.map(({ id }) => id),
      expanded: [],
      suggestions: false,
      ...(who === 1 ? { suggested: 'held_out' } : {}),
      at: '2026-01-02T03:04:05.678Z',
    },
    seconds: 12.5,
    submitted_at: '2026-01-02T03:05:05.000Z',
    schema_version: 1,
    guidelines_version: 1,
    flags: [],
  }
}

function discarded(who: number, outputs: readonly { id: string }[] = []) {
  const skipped = answerOf(who, {}, outputs)
  return { ...skipped, status: 'discarded', counted: false, reason: 'cannot_judge' }
}

function rank(levels: readonly (string | readonly string[])[], outputs: readonly { id: string }[]) {
  const said = levels.flatMap((level, at) => [level].flat().map((id) => [id, at + 1]))
  const rest = outputs.filter(({ id }) => !said.some(([one]) => one === id))
  return {
    mode: 'full',
    ranks: Object.fromEntries([...said, ...rest.map(({ id }) => [id, levels.length + 1])]),
    all_unacceptable: false,
  }
}

/** Random records with answers: any text, and metadata of any shape. */
export function* randomLines(count: number, seed: number): Generator<Line> {
  const random = randomOf(seed)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const text = (most: number) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(odd.slice(0, -1))).join(
      pick(['', ' ', '\n']),
    )
  const value = (depth: number): unknown => {
    const kind = Math.floor(random() * (depth > 0 ? 8 : 6))
    if (kind === 0) return null
    if (kind === 1) return random() < 0.5
    if (kind === 2) return Math.floor((random() - 0.5) * 2 ** pick([4, 32, 53]))
    if (kind === 3) return pick([0.5, 1e-7, 1e21, 0.1 + 0.2, -2.75, 1 / 3])
    if (kind <= 5) return text(2)
    if (kind === 6) return Array.from({ length: Math.floor(random() * 4) }, () => value(depth - 1))
    return object(depth - 1)
  }
  const object = (depth: number) =>
    Object.fromEntries(
      Array.from({ length: Math.floor(random() * 4) }, () => [
        pick(['a', 'b', 'lang', 'Ü', '0']),
        value(depth),
      ]),
    )
  for (let at = 0; at < count; at += 1) {
    const outputs = ['a', 'b', 'c'].slice(0, pick([0, 2, 2, 3])).map((id) => ({
      id,
      ...(random() < 0.8 ? { text: text(3) } : { messages: chat(text(1)).slice(1, 3) }),
      ...(random() < 0.5 ? { model: pick(['m-1', '2024-01-01']) } : {}),
      ...(random() < 0.2 ? { metadata: object(1) } : {}),
    }))
    const people = outputs.length > 0 ? Math.floor(random() * 4) : 0
    yield {
      ...recordOf(at, text(4), outputs),
      status: 'pending',
      metadata: object(2),
      suggestions:
        random() < 0.2 ? { completion: { value: text(1), score: pick([0, 1, 0.25]) } } : {},
      responses: Array.from({ length: people }, (_, who) =>
        random() < 0.1
          ? discarded(who, outputs)
          : {
              ...answerOf(
                who,
                {
                  preference: rank(pick([['a', 'b'], ['b', 'a'], [['a', 'b']]]), outputs),
                  ...(random() < 0.5 ? { completion: text(2) } : {}),
                },
                outputs,
              ),
              seconds: pick([1, 12.5, 1 / 3, 600]),
            },
      ),
    }
  }
}

export const randomDocument = (name: string) =>
  documentOf(name, [ranking, { ...completion, required: false }])

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
