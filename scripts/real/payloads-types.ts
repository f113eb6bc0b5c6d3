/**
 * Judges the shapes sent to Slack by Slack's own types: every distinct shape becomes a literal of the
 * type its call takes (@slack/web-api, @slack/types), and the TypeScript compiler reads them all. The
 * manifest is read in the same way, by Slack's type and by the one made of SchemaStore's schema.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { slackManifest } from '../../adapters/slack/install/manifest.ts'
import { isObject, type Json } from '../../sandbox/json.ts'
import type { Payload } from './recorded.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

const head = `import type * as api from '@slack/web-api'
import type { HomeView, KnownBlock, ModalView } from '@slack/types'
type Message = { text?: string; blocks?: KnownBlock[]; response_type?: 'ephemeral' | 'in_channel'
  replace_original?: boolean; delete_original?: boolean; thread_ts?: string }
type Flag = boolean | 'true' | 'false' // as forms have it
type Option = { text: { type: 'plain_text'; text: string; emoji?: boolean }; value: string }
type Ack = { response_action: 'update' | 'push'; view: View }
  | { response_action: 'errors'; errors: Record<string, string> } | { response_action: 'clear' }
  | { options: Option[] } | { option_groups: { label: Option['text']; options: Option[] }[] } | Message
/** The SDK lets any block pass; ours are to be ones that Slack documents. */
type Known<T> = Omit<T, 'blocks'> & { blocks: KnownBlock[] }
type With<T> = T extends unknown ? Omit<T, 'view'> & { view: View } : never
type View = Known<ModalView> | Known<HomeView>
`

/** The type of a call's arguments, by its name. */
const types: Record<string, string> = {
  ack: 'Ack',
  response_url: 'Message',
  'chat.postMessage':
    'Message & { channel: string; unfurl_links?: Flag; unfurl_media?: Flag; metadata?: object }',
  'chat.postEphemeral': 'Message & { channel: string; user: string }',
  'chat.update': 'Message & { channel: string; ts: string }',
  'views.open': 'With<api.ViewsOpenArguments>',
  'views.push': 'With<api.ViewsPushArguments>',
  'views.update': 'With<api.ViewsUpdateArguments>',
  'views.publish': 'With<api.ViewsPublishArguments>',
}

/** What the compiler says, one line each; empty where every shape is of its type. */
export function judgeShapes(payloads: readonly Payload[]): { shapes: number; problems: string[] } {
  const literals = new Map<string, string>()
  for (const { call, body } of payloads) {
    const type = types[call]
    if (type) literals.set(`${call} ${shapeOf(body)}`, `${type} = ${JSON.stringify(body, asTyped)}`)
  }
  const lines = [...literals.values()].map((literal, at) => `export const c${at}: ${literal}`)
  return { shapes: lines.length, problems: compile(`${head}${lines.join('\n')}\n`) }
}

/** The reference of `rich_text_list` knows `offset`; the package's types (3.2.0) do not. */
function asTyped(this: object, key: string, value: unknown): unknown {
  const isList = 'type' in this && this.type === 'rich_text_list'
  return isList && key === 'offset' ? undefined : value
}

/** The manifests of all modes, by the type of Slack's SDK and by that of SchemaStore, of `schemaStore`. */
export function judgeManifests(schemaStore: string): string[] {
  const publicUrl = 'https://parley.example'
  const lines = (['http', 'socket', 'oauth'] as const).flatMap((mode, at) => {
    const manifest = slackManifest({ publicUrl, mode })
    // Documented, and in Slack's own type; SchemaStore's schema is older.
    const { bot_optional: _, ...scopes } = manifest.oauth_config.scopes
    const older = { ...manifest, oauth_config: { ...manifest.oauth_config, scopes } }
    return [
      `export const m${at}: Manifest = ${json(manifest)}`,
      `export const s${at}: SlackAppManifest = ${json(older)}`,
    ]
  })
  const imports = `import type { AppsManifestCreateArguments } from '@slack/web-api'
import type { SlackAppManifest } from ${json(schemaStore)}
type Manifest = AppsManifestCreateArguments['manifest']
// @ts-expect-error A judge that lets an unknown key pass is none.
export const wrong1: Manifest = { display_information: { name: 'x', nmae: 'x' } }
// @ts-expect-error
export const wrong2: SlackAppManifest = { display_information: { name: 'x', nmae: 'x' } }
`
  return compile(`${imports}${lines.join('\n')}\n`)
}

const json = (value: unknown) => JSON.stringify(value)

/** Inside the project, so that its packages are found; its own folder, so that nothing else is read. */
function compile(source: string): string[] {
  const folder = mkdtempSync(join(root, 'node_modules', '.payloads-'))
  try {
    writeFileSync(join(folder, 'payloads.ts'), source)
    const options = { strict: true, noEmit: true, skipLibCheck: true, types: [], target: 'es2022' }
    const config = { compilerOptions: { ...options, module: 'nodenext' }, files: ['payloads.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), json(config))
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    const { stdout, status } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], {
      encoding: 'utf8',
    })
    return status === 0 ? [] : stdout.split('\n').filter((line) => line !== '')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What is left of a payload without its texts: keys, kinds of blocks and elements, kinds of values. */
function shapeOf(value: Json): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(shapeOf))].sort().join()}]`
  if (!isObject(value)) return typeof value
  const parts = Object.keys(value).sort()
  return `{${parts.map((key) => `${key}:${spelled.has(key) ? json(value[key]) : shapeOf(value[key] ?? null)}`)}}`
}

/** Keys whose values are of a list of their own. */
const spelled = new Set(['type', 'style', 'level', 'response_action', 'response_type', 'width'])
