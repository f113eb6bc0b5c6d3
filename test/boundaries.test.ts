/**
 * Who may import whom, as one table. Rooms are ordered and imports go downhill; a platform knows no
 * product, the product no platform. To change the house on purpose, change the table.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { migrationFiles } from '../src/db/migrate.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The domain rooms: each may import those before it. */
const line = [
  'questions',
  'datasets',
  'records',
  'labelers',
  'keys',
  'deliveries',
  'assignments',
  'responses',
  'quality',
  'search',
  'posts',
  'generation',
  'arena',
  'reminders',
  'argilla',
  'exports',
  'feeds',
  'feedback',
  'webhooks',
  'imports',
  'selections',
  'ask',
  'traces',
  'chat',
]
/** What every domain room may use besides. */
const common = {
  may: [
    ...['derive-key', 'errors', 'json', 'markdown', 'model', 'parley', 'platforms', 'row-lease'],
    ...['seal', 'sentences', 'together'],
  ],
  types: ['db/schema', 'db/copy', 'queue/jobs', 'log', 'outbox'],
}

/** Where everything is put together: these may import all, and only they and the demo an adapter. */
const composition = ['main', 'doors', 'start', 'open', 'connect']

type Rule = {
  /** Places (`chat`) or files (`chat/port`) it may import. */
  may: readonly string[]
  /** The same, but for their types only. */
  types?: readonly string[]
}

/** An adapter sees the seam and what it draws with; and no other adapter. */
const adapter: Rule = {
  may: [
    'chat/port',
    'chat/commands',
    'chat/words/words',
    'chat/words/say',
    'chat/words/generation-lines',
    'chat/cards/content',
    'chat/time',
    'chat/turns',
    'chat/text',
    'markdown',
    'questions',
    'errors',
    'platforms',
    'sentences',
    // How much of a body is read, before an adapter's route sees any of it.
    'http/bound',
  ],
  types: ['config'],
}

const rules: Record<string, Rule> = {
  // What a platform tells of itself; everything may ask it, and it asks nobody.
  platforms: { may: [] },
  sentences: { may: ['german-lines', 'german-refusals', 'platforms'] },
  'german-lines': { may: ['german-refusals'] },
  'german-refusals': { may: [] },
  errors: { may: ['sentences'] },
  json: { may: [] },
  secrets: { may: [] },
  'derive-key': { may: [] },
  seal: { may: ['derive-key', 'errors'] },
  log: { may: ['secrets'] },
  config: { may: ['errors', 'model', 'platforms', 'secrets'] },
  // What is configured of a model: for whoever asks one.
  model: { may: [] },
  questions: { may: ['errors'], types: ['sentences'] },
  ...Object.fromEntries(
    line
      .slice(1)
      .map((room, index) => [
        room,
        { may: [...line.slice(0, index + 1), ...common.may], types: common.types },
      ]),
  ),
  // How texts read: pure, and the platforms draw with it.
  markdown: { may: ['chat/text'] },
  // The way out to people; what a message shows is none of its business.
  outbox: { may: [], types: ['labelers/person', 'questions/question'] },
  parley: {
    may: ['errors', 'platforms'],
    types: [
      'outbox',
      'db',
      'fetch',
      'labelers/person',
      'log',
      'metrics/names',
      'model',
      'queue/jobs',
    ],
  },
  // One statement for many calls: for any room that is called often.
  together: { may: [] },
  // One worker at a time on a row: for any room that has such rows.
  'row-lease': { may: ['errors'], types: ['parley'] },
  db: { may: ['errors', 'log', 'config', 'platforms', 'secrets'], types: [...line, 'parley'] },
  queue: { may: ['errors', 'log', 'platforms'], types: ['metrics/names'] },
  // What operators are told. Rooms count through the handle and know nothing of it.
  metrics: { may: ['db/open-rows'], types: ['parley', 'queue/jobs'] },
  // What Parley sends of its own accord: it draws with chat's cards, and gestures queue what it sends.
  outbound: { may: [...line, ...common.may], types: common.types },
  chat: {
    may: [...line.slice(0, line.indexOf('chat')), ...common.may, 'outbound'],
    types: common.types,
  },
  // Pages for people: the dashboard and the web card.
  web: {
    may: [...line, ...common.may, 'outbound', 'fetch', 'http/bound'],
    types: [...common.types, 'config'],
  },
  http: {
    may: [...line, ...common.may, 'outbound', 'web'],
    types: [...common.types, 'config', 'metrics', 'queue/engine'],
  },
  fetch: { may: ['errors'] },
  // What its REST API says, for those who read from it and those who write to it.
  argilla: { may: ['errors', 'fetch'] },
  imports: {
    may: [...line.slice(0, line.indexOf('imports')), ...common.may, 'fetch'],
    types: common.types,
  },
  // Events wait for the end of the undo window, as feeds do; addresses that people name are guarded.
  webhooks: {
    may: [...line.slice(0, line.indexOf('webhooks')), ...common.may, 'fetch'],
    types: common.types,
  },
  // A model is asked with the very prompt that an export gives to a trainer.
  generation: {
    may: [
      ...line.slice(0, line.indexOf('generation') + 1),
      ...common.may,
      'exports/formats/content',
    ],
    types: common.types,
  },
  // What it has written for Argilla is read again, line by line.
  exports: {
    may: [...line.slice(0, line.indexOf('exports')), ...common.may, 'imports/readers'],
    types: common.types,
  },
  cli: { may: [...line, ...common.may, 'outbound', 'config', 'db', 'fetch'], types: common.types },
  worker: { may: [...line, ...common.may, 'outbound', 'db'], types: common.types },
  demo: {
    may: [
      ...[...line, ...common.may, 'outbound'],
      ...['config', 'log', 'db', 'cli', 'open', 'worker', 'sandbox', 'until-stopped'],
    ],
  },
  'adapters/slack': adapter,
  'adapters/discord': adapter,
  'adapters/index': {
    may: ['adapters/slack', 'adapters/discord', 'chat/port', 'errors'],
    types: ['chat/time', 'config'],
  },
  sandbox: { may: [] },
  'until-stopped': { may: [] },
  migrations: { may: [] },
}

/** Rooms that write statements of their own; one a line, so that two branches can add one each. */
const statements = [
  'db',
  'migrations',
  'datasets',
  'records',
  'labelers',
  'keys',
  'deliveries',
  'assignments',
  'responses',
  'quality',
  'search',
  'posts',
  'generation',
  'arena',
  'feeds',
  'feedback',
  'webhooks',
  'reminders',
  'exports',
  'imports',
  'selections',
  'ask',
  'traces',
  'outbound',
  'chat',
  'http',
  'web',
  'cli',
  'row-lease',
]

/** Packages and the files that own them; `types` may use them for types only. */
const owners: Record<string, { may: RegExp; types?: RegExp }> = {
  pg: { may: /^db\// },
  'pg-copy-streams': { may: /^db\// },
  'pg-cursor': { may: /^db\// },
  kysely: {
    may: new RegExp(`^(${statements.join('|')})\\b`),
    types: /^(parley|open)\.ts/,
  },
  '@aws-sdk/client-s3': { may: /^exports\/destinations\// },
  '@huggingface/hub': { may: /^exports\/destinations\// },
  'cli-progress': { may: /^cli\// },
  'csv-parse': { may: /^imports\/readers\// },
  hyparquet: { may: /^imports\/readers\// },
  'hyparquet-compressors': { may: /^imports\/readers\// },
  'ipaddr.js': { may: /^fetch\// },
  undici: { may: /^fetch\// },
  standardwebhooks: { may: /^webhooks\// },
  luxon: { may: /^(reminders\/|chat\/)/ },
  'csv-stringify': { may: /^exports\/encode\.ts/ },
  'hyparquet-writer': { may: /^exports\/parquet\.ts/ },
  bullmq: { may: /^queue\// },
  ioredis: { may: /^queue\// },
  '@slack/bolt': { may: /^adapters\/slack\// },
  '@slack/web-api': { may: /^adapters\/slack\// },
  '@slack/types': { may: /^$/, types: /^(adapters\/slack|sandbox)\// },
  'discord.js': { may: /^adapters\/discord\// },
  'discord-api-types': { may: /^$/, types: /^(adapters\/discord|sandbox)\// },
  '@modelcontextprotocol/sdk': { may: /^http\/mcp\// },
  hono: {
    may: /^(http|web|sandbox|adapters\/(slack|discord))\//,
    types: /^(open\.ts|chat\/port\/port\.ts)/,
  },
  '@hono/zod-openapi': { may: /^http\// },
  'rate-limiter-flexible': { may: /^http\// },
  'swagger-ui-dist': { may: /^http\// },
  '@hono/node-server': { may: /^(http\/listen\.ts|sandbox\/)/, types: /^http\// },
  ws: { may: /^sandbox\// },
  openai: { may: /^generation\// },
  protobufjs: { may: /^traces\/otlp\// },
  pino: { may: /^log\.ts/ },
  'prom-client': { may: /^metrics\/prometheus\.ts/ },
  commander: { may: /^cli\b/ },
  zod: { may: /^(?!migrations)/ },
  yaml: { may: /^(datasets|imports\/argilla|cli|config)\b/ },
  'fastest-levenshtein': { may: /^(questions|datasets|responses|chat\/commands)\// },
  'lru-cache': { may: /^(adapters|labelers|chat|queue|markdown|web)\// },
  'mdast-util-from-markdown': { may: /^markdown\// },
  'mdast-util-gfm': { may: /^markdown\// },
  'micromark-extension-gfm': { may: /^markdown\// },
  diff: { may: /^web\// },
  echarts: { may: /^web\/charts\// },
  'file-type': { may: /^web\// },
  'hast-util-sanitize': { may: /^web\/render\// },
  'hast-util-to-html': { may: /^web\/render\// },
  hast: { may: /^$/, types: /^web\/render\// },
  'htmx.org': { may: /^web\// },
  katex: { may: /^web\/render\// },
  'mdast-util-to-hast': { may: /^web\/render\// },
  sharp: { may: /^web\// },
  mdast: { may: /^$/, types: /^(markdown|web\/render)\// },
}

type Source = { path: string; text: string }
type Import = { from: Source; target: string; isType: boolean }

const sources = ['src', 'adapters', 'sandbox', 'migrations'].flatMap(sourcesOf)
const imports = sources.flatMap(importsOf)

describe('happy: who imports whom', () => {
  test('no room imports one it may not', () => {
    const wrong = imports
      .filter(({ target }) => !isPackage(target))
      .filter((one) => !isAllowed(one))
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('no file imports, types included, what imports it in turn', () => {
    expect(cyclesIn(imports)).toEqual([])
  })

  test('every package is imported only by its owner', () => {
    const wrong = imports
      .filter(({ target }) => isPackage(target) && !target.startsWith('node:'))
      .filter(({ from, target, isType }) => {
        const owner = owners[packageOf(target)]
        return !owner?.may.test(from.path) && !(isType && owner?.types?.test(from.path))
      })
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('what only computes touches no disk and no network', () => {
    const wrong = imports.filter(
      ({ from, target }) =>
        /^(questions|markdown)\//.test(from.path) &&
        target.startsWith('node:') &&
        target !== 'node:crypto',
    )
    expect(wrong.map(describeImport)).toEqual([])
  })

  test('no folder has more than 20 files, and no file but catalogues more than 350 lines', () => {
    const ours = sources.filter(({ path }) => !/^(sandbox|migrations)\//.test(path))
    const folders = Map.groupBy(ours, ({ path }) => dirname(path))
    folders.delete('.')
    const crowded = [...folders].filter(([, files]) => files.length > 20).map(([folder]) => folder)
    const catalogue = /words|^(sentences|german-\w+)\.ts$|^db\/schema\.ts$/
    const long = ours.filter(
      ({ path, text }) => !catalogue.test(path) && text.split('\n').length > 351,
    )
    expect([...crowded, ...long.map(({ path }) => path)]).toEqual([])
  })

  test('every folder has a line in the table', () => {
    const places = new Set(sources.map(({ path }) => placeOf(path)))
    expect(
      [...places].filter((place) => !composition.includes(place) && !(place in rules)),
    ).toEqual([])
  })
})

describe('refused: who imports whom', () => {
  test.each([
    ['questions/x.ts', `import { openDatabase } from '../db/open.ts'`],
    ['records/x.ts', `import type { Labeler } from '../labelers/labeler.ts'`],
    ['exports/x.ts', `import { copyOut } from '../db/copy.ts'`],
    ['chat/x.ts', `export { drawMessage } from '../../adapters/slack/draw.ts'`],
    ['adapters/slack/x.ts', `import {\n  type A,\n  b,\n} from '../../src/db/open.ts'`],
    ['adapters/discord/x.ts', `await import('../slack/draw.ts')`],
    ['sandbox/slack/x.ts', `import '../../src/errors.ts'`],
  ])('%s may not say %s', (path, text) => {
    const [found] = importsOf({ path, text })
    expect(found && isAllowed(found)).toBe(false)
  })

  test('a cycle is found however long it is, and if all it needs are types', () => {
    const files = [
      { path: 'records/a.ts', text: `import type { B } from '../labelers/b.ts'` },
      { path: 'labelers/b.ts', text: `import { c } from './c.ts'` },
      { path: 'labelers/c.ts', text: `export { type A } from '../records/a.ts'` },
      { path: 'labelers/d.ts', text: `import { b } from './b.ts'` },
    ]
    expect(cyclesIn(files.flatMap(importsOf))).toEqual([
      'records/a.ts -> labelers/b.ts -> labelers/c.ts -> records/a.ts',
    ])
  })
})

describe('happy: habits', () => {
  test('only config.ts reads the environment', () => {
    const wrong = sources.filter(
      ({ path, text }) => path !== 'config.ts' && /process\.env\b|process\['env'\]/.test(text),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  // A heavy client that one command needs: help, a refused word and every other command are spared it.
  test('what only a generation needs is loaded when one runs', () => {
    const wrong = sources.filter(({ text }) => /^import (?!type\b)[^;]*? from 'openai'/m.test(text))
    expect(wrong.map(({ path }) => path)).toEqual([])
    expect(sources.filter(({ text }) => text.includes("await import('openai')"))).toHaveLength(1)
  })

  test('what only an agent needs is loaded by the first that comes', () => {
    const sdk = /^import (?!type\b)[^;]*? from '@modelcontextprotocol/m
    const server = /^import [^;]*? from '(\.|[^']*\/mcp)\/server\.ts'/m
    const inHttp = sources.filter(({ path }) => path.startsWith('http/'))
    expect(sources.filter(({ text }) => sdk.test(text)).map(({ path }) => path)).toEqual([
      'http/mcp/server.ts',
    ])
    expect(inHttp.filter(({ text }) => server.test(text))).toEqual([])
    expect(inHttp.filter(({ text }) => text.includes("await import('./server.ts')"))).toHaveLength(
      1,
    )
  })

  test('nothing is exported as default', () => {
    const wrong = sources.filter(({ text }) => /^export default\b|\bas default\b/m.test(text))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('migrations are numbered without gaps', () => {
    const files = migrationFiles(readdirSync(join(root, 'migrations')))
    expect(files.length).toBeGreaterThan(0)
  })

  test('every file begins by saying what it is for', () => {
    const wrong = sources.filter(({ text }) => !text.startsWith('/**'))
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  test('nothing lives in a drawer without a name', () => {
    const drawer = /(^|\/)(utils?|helpers?|common|lib|types|internal|index)(\.ts|\/)/
    const wrong = sources.filter(
      ({ path }) => drawer.test(path) && !/^adapters\/(\w+\/)?index\.ts$/.test(path),
    )
    expect(wrong.map(({ path }) => path)).toEqual([])
  })

  // The demo is a scene with the two stand-ins; of the configuration, only variables are named so.
  test('nothing but the rows of src/platforms asks which platform it is', () => {
    const name = /(['"`])(?:slack|discord)\1|\bslack\|discord\b|(['"`])(?:Slack|Discord)\2/
    const wrong = sources
      .filter(({ path }) => !/^(platforms\/|demo\b|adapters\/|sandbox\/|migrations\/)/.test(path))
      .filter(({ path }) => !/^config(\.ts|\/)/.test(path))
      .flatMap(({ path, text }) =>
        text
          .split('\n')
          .filter((line) => name.test(line.replace(/^\s*(\*|\/\/|\/\*\*).*/, '')))
          .map((line) => `${path}: ${line.trim()}`),
      )
    expect(wrong).toEqual([])
  })

  test('the only classes are the error and what Bolt and BullMQ ask for', () => {
    const classes = sources
      .filter(({ path }) => !path.startsWith('sandbox/'))
      .flatMap(({ text }) =>
        [...text.matchAll(/^(?:export )?class (\w+)/gm)].map(([, name]) => name),
      )
    const known = ['ParleyError', 'HonoReceiver', 'PatientConnection']
    expect(classes.filter((name) => !known.includes(name ?? ''))).toEqual([])
  })
})

/** Files of a top folder, named from `src` when they lie there and from the root otherwise. */
function sourcesOf(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({
      path: (folder === 'src' ? name : join(folder, name)).replaceAll('\\', '/'),
      text: readFileSync(join(root, folder, name), 'utf8'),
    }))
}

function importsOf(from: Source): Import[] {
  const statements = [
    /^(?:import|export)\s+(?<type>type\s+)?(?<names>[\w$*{},\s]+?)\s+from\s+'(?<target>[^']+)'/gm,
    /^import\s+'(?<target>[^']+)'/gm,
    /\bimport\(\s*'(?<target>[^']+)'/g,
  ]
  return statements.flatMap((statement) =>
    [...from.text.matchAll(statement)].map(({ groups }) => ({
      from,
      target: resolveTarget(from, groups?.['target'] ?? ''),
      isType:
        groups?.['type'] !== undefined ||
        /^\{(\s*type [^,}]+,?)+\s*\}$/.test(groups?.['names'] ?? ''),
    })),
  )
}

/** A package's name as it is, a file's path as in `sourcesOf`. */
function resolveTarget(from: Source, target: string): string {
  if (!target.startsWith('.')) return target
  const isSrc = !/^(adapters|sandbox|migrations)\//.test(from.path)
  const file = join(root, isSrc ? 'src' : '', dirname(from.path), target)
  const inSrc = relative(join(root, 'src'), file)
  return `./${(inSrc.startsWith('..') ? relative(root, file) : inSrc).replaceAll('\\', '/')}`
}

/** A shortest way back to itself for a file of each cycle; files of one that is named are not repeated. */
function cyclesIn(all: readonly Import[]): string[] {
  const next = new Map<string, Set<string>>()
  for (const { from, target } of all) {
    if (isPackage(target)) continue
    const targets = next.get(from.path) ?? new Set()
    next.set(from.path, targets.add(target.slice('./'.length)))
  }
  const named = new Set<string>()
  return [...next.keys()].flatMap((file) => {
    const way = named.has(file) ? null : wayBack(file, next)
    for (const one of way ?? []) named.add(one)
    return way ? [way.join(' -> ')] : []
  })
}

/** From a file over what it imports to itself, or null. */
function wayBack(file: string, next: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const seen = new Set<string>()
  let ways = [[file]]
  while (ways.length > 0) {
    const longer: string[][] = []
    for (const way of ways)
      for (const target of next.get(way.at(-1) ?? '') ?? []) {
        if (target === file) return [...way, file]
        if (!seen.has(target)) longer.push([...way, target])
        seen.add(target)
      }
    ways = longer
  }
  return null
}

const isPackage = (target: string) => !target.startsWith('./')

function packageOf(target: string): string {
  return target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/')
}

/** `chat` for chat/port.ts, `errors` for errors.ts, `adapters/slack` for what lies below it. */
function placeOf(path: string): string {
  const parts = path.replace(/\.ts$/, '').split('/')
  return parts.slice(0, parts[0] === 'adapters' ? 2 : 1).join('/')
}

function isAllowed({ from, target, isType }: Import): boolean {
  const place = placeOf(from.path)
  const path = target.slice('./'.length)
  if (composition.includes(place) || placeOf(path) === place) return true
  const rule = rules[place]
  const allowed = [...(rule?.may ?? []), ...(isType ? (rule?.types ?? []) : [])]
  return allowed.some((entry) => path === `${entry}.ts` || path.startsWith(`${entry}/`))
}

function describeImport({ from, target, isType }: Import): string {
  return `${from.path} imports ${isType ? 'a type of ' : ''}${target}`
}
