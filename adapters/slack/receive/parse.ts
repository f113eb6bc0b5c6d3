/** Turns what Slack sends (commands, presses, submissions) into Interactions. Pure. */
import { distance } from 'fastest-levenshtein'
import {
  daysId,
  parseCancelId,
  parseMyDataId,
  parsePublicId,
  parseReminderId,
  readDays,
} from '../../../src/chat/port/ids.ts'
import type { Interaction, Person, ShownForm } from '../../../src/chat/port/port.ts'
import { readHours, unescapeSlack } from '../../../src/chat/text.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import type { View } from '../draw/blocks.ts'
import { inputId, readQuestion, type State } from '../draw/questions.ts'
import { parseHomeId } from '../home/ids.ts'
import { blockId, type Meta, parseId, questionOf, readMeta } from './ids.ts'
import { workspaceOf } from './workspace.ts'

/** What came with a command, as far as we use it. */
export type CommandBody = {
  command: string
  text?: string
  team_id?: string
  user_id: string
  channel_id: string
  response_url: string
  trigger_id: string
  enterprise_id?: string
  is_enterprise_install?: string
}

/** What tells which installation a payload is for. */
export type Installed = {
  team?: { id?: string } | null
  enterprise?: { id?: string } | null
  is_enterprise_install?: boolean
  user: { id: string; team_id?: string; name?: string }
}

/** What came with a press, in a message or in a view. */
export type ActionBody = Installed & {
  trigger_id: string
  response_url?: string
  actions: {
    action_id?: string
    block_id?: string
    value?: string
    selected_option?: { value: string } | null
    selected_options?: { value: string }[] | null
  }[]
  channel?: { id?: string }
  message?: { ts?: string }
  container?: {
    type?: string
    channel_id?: string
    message_ts?: string
    is_ephemeral?: boolean
  }
  view?: ViewBody
}

export type ViewBody = {
  id?: string
  type?: string
  hash?: string
  callback_id?: string
  private_metadata?: string
  blocks?: {
    type?: string
    block_id?: string
    accessory?: { value?: string }
    optional?: boolean
    element?: DrawnElement
  }[]
  state?: { values?: State }
  title?: { text?: string }
  app_installed_team_id?: string
}

type DrawnElement = {
  initial_value?: string
  initial_option?: { value: string }
  initial_options?: { value: string }[]
}

export type SubmissionBody = Installed & {
  trigger_id?: string
  view: ViewBody
}

/** What somebody typed into a menu whose options are looked up. */
export type SearchBody = SubmissionBody & { block_id: string; value: string }

/** Bolt hands on what Slack sent, after its signature was checked: the shapes are Slack's word. */
export function asCommand(body: object): CommandBody {
  return body as CommandBody
}

export function asAction(body: object): ActionBody {
  return body as ActionBody
}

export function asSubmission(body: object): SubmissionBody {
  return body as SubmissionBody
}

export function asSearch(body: object): SearchBody {
  return body as SearchBody
}

/** A submitted view is the view we drew, so it can be answered with itself. */
export function asView(view: ViewBody): View {
  return view as View
}

/** A gesture, or words to say at once because it was not understood. */
export type Command = { gesture: Interaction } | { say: string; help?: Interaction }

/** Reads `/parley …` and `/parley-admin …`. */
export function parseCommand(body: CommandBody, said: Words): Command {
  const by: Person = {
    platform: 'slack',
    workspace: workspaceOf(body),
    userId: body.user_id,
    channelId: body.channel_id,
  }
  const [verb = '', ...rest] = splitWords(unescapeSlack(body.text ?? ''))
  return /-admin/.test(body.command)
    ? parseAdmin(by, verb.toLowerCase(), rest, said)
    : parseLabeler(by, verb.toLowerCase(), rest, said)
}

/** What a press asks for; null for buttons this version does not know. */
export function parseAction(
  body: ActionBody,
): { gesture: Interaction; page?: number; asFile?: boolean; inPublic?: boolean } | null {
  const [action] = body.actions
  const id = action?.selected_option?.value ?? action?.value ?? ''
  const by = personOf(body, body.channel?.id ?? body.container?.channel_id)
  if (action?.action_id === daysId && action.selected_options)
    return { gesture: { by, ...readDays(action.selected_options.map(({ value }) => value)) } }
  const ofPublic = parsePublicId(id, body.container?.message_ts ?? body.message?.ts)
  if (ofPublic) return { gesture: { by, ...ofPublic }, inPublic: true }
  const ofHome = parseHomeId(id)
  if (ofHome) return { gesture: { by, ...ofHome } }
  const ofReminder = parseReminderId(id)
  if (ofReminder) return { gesture: { by, ...ofReminder } }
  const ofMyData = parseMyDataId(id)
  if (ofMyData) return { gesture: { by, ...ofMyData } }
  const ofCancel = parseCancelId(id)
  if (ofCancel) return { gesture: { by, ...ofCancel } }
  const pressed = parseId(id)
  if (!pressed) return null
  switch (pressed.verb) {
    case 'press': {
      const { assignmentId, schemaVersion, press } = pressed
      return { gesture: { by, type: 'press', assignmentId, schemaVersion, press } }
    }
    case 'rank': {
      const { assignmentId, schemaVersion, step, tap } = pressed
      return { gesture: { by, type: 'rank', assignmentId, schemaVersion, step, tap } }
    }
    case 'undo': {
      const { verb: type, ...which } = pressed
      return { gesture: { by, type, ...which } }
    }
    case 'open':
    case 'edit':
    case 'guidelines':
      return { gesture: { by, type: pressed.verb, assignmentId: pressed.assignmentId } }
    case 'skip': {
      const { assignmentId, reason } = pressed
      return { gesture: { by, type: 'discard', assignmentId, reason } }
    }
    // It opens a window first: see skip-form.ts.
    case 'why':
      return null
    case 'read': {
      const { assignmentId, part, page, as, view } = pressed
      return {
        gesture: { by, type: 'read', assignmentId, part, ...(view ? { view } : {}) },
        ...(as === 'read' ? {} : { page }),
        ...(as === 'file' ? { asFile: true } : {}),
      }
    }
    case 'text': {
      const { assignmentId, view } = pressed
      return { gesture: { by, type: 'render', assignmentId, view } }
    }
    case 'next':
      return { gesture: { by, type: 'next', ...wished(pressed.dataset) } }
    case 'start': {
      const { version, dataset } = pressed
      return { gesture: { by, type: 'consent', version, ...wished(dataset) } }
    }
  }
}

/** Which form was submitted, or null when the view is not one of ours. */
export function parseForm(body: SubmissionBody): { by: Person; meta: Meta } | null {
  const meta = readMeta(body.view.private_metadata ?? '')
  return meta ? { by: personOf(body), meta } : null
}

/**
 * Reads what a window holds. Slack may leave out what nobody touched: that is as it was drawn, and
 * `untold` names the questions of which nothing was told at all. `lost` is a submission that lacks
 * what it must have: Slack lost blocks on the way.
 */
export function parseSubmission(
  body: SubmissionBody,
  { assignmentId }: Pick<Meta, 'assignmentId'>,
  shown: ShownForm,
): { values: Record<string, unknown>; lost: boolean; untold: string[] } {
  const told = body.view.state?.values ?? {}
  const state: State = { ...told }
  const isTold = new Map<string, boolean>()
  let lost = true
  let isRequiredMissing = false
  for (const { type, block_id, optional, element } of body.view.blocks ?? []) {
    const question = questionOf(assignmentId, block_id ?? '')
    if (type !== 'input' || question === null || block_id === undefined) continue
    const isHere = told[block_id] !== undefined
    isTold.set(question, isHere || (isTold.get(question) ?? false))
    if (isHere) lost = false
    else {
      isRequiredMissing ||= optional !== true
      state[block_id] = { [inputId]: asDrawn(element) }
    }
  }
  const form = { assignmentId, outputs: shown.outputs }
  const values: Record<string, unknown> = {}
  for (const question of shown.questions) {
    const value = readQuestion(question, state, form)
    if (value !== undefined) values[question.name] = value
  }
  const untold = [...isTold].flatMap(([question, isHere]) => (isHere ? [] : [question]))
  return { values, lost: lost || isRequiredMissing, untold }
}

function asDrawn({ initial_value, initial_option, initial_options }: DrawnElement = {}) {
  return {
    value: initial_value ?? null,
    selected_option: initial_option ?? null,
    selected_options: initial_options ?? [],
  }
}

/** Puts each problem under the input it is about; one about none is not among them (isAboutHidden). */
export function placeProblems(
  body: SubmissionBody,
  meta: Meta,
  problems: Readonly<Record<string, string>>,
): Record<string, string> {
  const state = body.view.state?.values ?? {}
  const ids = (body.view.blocks ?? []).flatMap((block) =>
    block.type === 'input' && block.block_id ? [block.block_id] : [],
  )
  const errors: Record<string, string> = {}
  for (const [question, problem] of Object.entries(problems)) {
    const whole = blockId(meta.assignmentId, question)
    const rows = ids.filter((id) => id === whole || id.startsWith(`${whole}:`))
    const choices = rows.filter((id) => !/:(strength|unacceptable|file)$/.test(id))
    const unanswered = choices.filter((id) => isEmpty(state[id]))
    // Once, where the first is missing: the same sentence under every field reads as many errors.
    const id = unanswered[0] ?? choices[0] ?? rows[0]
    if (id !== undefined) errors[id] = errors[id] ? `${errors[id]} ${problem}` : problem
  }
  return errors
}

/** Whether a problem is with a question that this window does not show. */
export function isAboutHidden(
  { view }: SubmissionBody,
  { assignmentId }: Meta,
  problems: Readonly<Record<string, string>>,
): boolean {
  const drawn = (view.blocks ?? []).map(({ block_id }) => questionOf(assignmentId, block_id ?? ''))
  return Object.keys(problems).some((question) => !drawn.includes(question))
}

function isEmpty(entered: State[string] | undefined): boolean {
  return Object.values(entered ?? {}).every(
    ({ value, selected_option, selected_options }) =>
      !value?.trim() && !selected_option && !selected_options?.length,
  )
}

/** Who did it; `channelId` is where. */
export function personOf(body: Installed & { view?: ViewBody }, channelId?: string): Person {
  return {
    platform: 'slack',
    workspace: workspaceOf(body),
    userId: body.user.id,
    ...(channelId ? { channelId } : {}),
  }
}

function wished(dataset: string | null): { dataset?: string } {
  return dataset === null ? {} : { dataset }
}

const labelerVerbs = [
  'next',
  'resume',
  'datasets',
  'progress',
  'history',
  'reminders',
  'link',
  'my-data',
  'help',
]

function parseLabeler(by: Person, verb: string, rest: string[], said: Words): Command {
  const [dataset] = rest
  switch (verb) {
    case '':
    case 'resume':
      return { gesture: { by, type: 'next' } }
    case 'next':
      return { gesture: { by, type: 'next', ...(dataset ? { dataset } : {}) } }
    case 'datasets':
    case 'progress':
    case 'history':
    case 'help':
    case 'reminders':
      return { gesture: { by, type: verb } }
    case 'link':
      return { gesture: { by, type: verb, ...(dataset ? { code: dataset } : {}) } }
    case 'my-data':
      return { gesture: { by, type: verb, ...actOf(dataset) } }
    default:
      return {
        say: said.unknownCommand(verb, nearest(verb, labelerVerbs)),
        help: { by, type: 'help' },
      }
  }
}

function actOf(word: string | undefined): { act?: 'export' | 'delete' } {
  return word === 'export' || word === 'delete' ? { act: word } : {}
}

const adminVerbs = [
  ...[
    'export',
    'import',
    'progress',
    'stats',
    'publish',
    'pause',
    'preview',
    'deliver',
    'remind',
    'post',
    'hub',
  ],
  ...['claim', 'help'],
]

function parseAdmin(by: Person, verb: string, rest: string[], said: Words): Command {
  const [first, second, ...more] = rest
  switch (verb) {
    case 'export': {
      if (first === 'cancel' && !second) return { gesture: { by, type: 'admin-export-cancel' } }
      if (!first || !second || second.includes('=')) return { say: said.badExport }
      const options: Record<string, string> = Object.create(null)
      for (const word of more) {
        const at = word.indexOf('=')
        if (at < 1) return { say: said.badOption(word) }
        options[word.slice(0, at).replace(/^--/, '')] = word.slice(at + 1)
      }
      return {
        gesture: {
          by,
          type: 'admin-export',
          dataset: first,
          format: second,
          options: { ...options },
        },
      }
    }
    case 'import':
      return first === 'cancel' && !second
        ? { gesture: { by, type: 'admin-import-cancel' } }
        : { say: said.importOnHome }
    case 'progress':
      return { gesture: { by, type: 'admin-progress', ...(first ? { dataset: first } : {}) } }
    case 'stats':
    case 'publish':
    case 'pause':
    case 'preview':
      return first
        ? { gesture: { by, type: `admin-${verb}`, dataset: first } }
        : { say: said.needsDataset }
    case 'remind':
      return first
        ? { gesture: { by, type: 'admin-remind', dataset: first, on: second !== 'off' } }
        : { say: said.needsDataset }
    case 'deliver': {
      if (!first || !second) return { say: said.needsDeliver }
      const { each, due, again, count, ...unknown } = readOptions(more)
      const [word] = Object.keys(unknown)
      if (word !== undefined) return { say: said.badOption(word) }
      return {
        gesture: {
          ...{ by, type: 'admin-deliver', dataset: first, to: second },
          ...(each === undefined ? {} : { each: Number(each) }),
          ...(due === undefined ? {} : { due }),
          ...(again === undefined ? {} : { again: again !== 'no' }),
          ...(count === undefined ? {} : { counts: count !== 'no' }),
        },
      }
    }
    case 'post': {
      if (!first || first.includes('=')) return { say: said.needsPost }
      const wish = readPostOptions(second === undefined ? [] : [second, ...more])
      if (wish === null) return { say: said.needsPost }
      return { gesture: { by, type: 'admin-post', dataset: first, ...wish } }
    }
    case 'hub': {
      const { channel, ...unknown } = readOptions(second === undefined ? [] : [second, ...more])
      if (!first || first.includes('=') || Object.keys(unknown).length > 0)
        return { say: said.needsHub }
      return {
        gesture: { by, type: 'admin-hub', dataset: first, ...(channel ? { channel } : {}) },
      }
    }
    case 'claim':
      return first ? { gesture: { by, type: 'claim-admin', code: first } } : { say: said.needsCode }
    case '':
    case 'help':
      return { gesture: { by, type: 'admin-help' } }
    default:
      return {
        say: said.unknownCommand(verb, nearest(verb, adminVerbs)),
        help: { by, type: 'admin-help' },
      }
  }
}

/** `#evals 3 24h` or `channel=#evals records=3 closes=24h`, in any order. Null for anything else. */
function readPostOptions(
  words: readonly string[],
): { channel?: string; records?: number; closesInHours?: number } | null {
  const wish: { channel?: string; records?: number; closesInHours?: number } = {}
  for (const word of words) {
    const [, name = '', value = word] = /^(?:--)?(channel|records|closes)=(.*)$/.exec(word) ?? []
    const hours = readHours(value)
    if (/^\d{1,4}$/.test(value) && name !== 'closes' && name !== 'channel')
      wish.records = Number(value)
    else if (hours !== null && name !== 'channel' && name !== 'records') wish.closesInHours = hours
    else if (/^(#|<#)/.test(value) || name === 'channel') wish.channel = value
    else return null
  }
  return wish
}

/** `each=20 due=2026-12-24`; a word without `=` stands for itself. */
function readOptions(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = '', ...value] = word.replace(/^--/, '').split('=')
      return [name, value.join('=')]
    }),
  )
}

function nearest(word: string, known: readonly string[]): string | null {
  const [best] = known
    .map((one) => ({ one, away: distance(word, one) }))
    .sort((a, b) => a.away - b.away)
  return best && best.away <= Math.max(1, Math.floor(best.one.length / 3)) ? best.one : null
}

/** Words with quotes kept together; phones and Macs type “smart” quotes. */
function splitWords(text: string): string[] {
  const straight = text.replace(/[“”„]/g, '"').replace(/[‘’]/g, "'")
  const words: string[] = []
  for (const [word] of straight.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g))
    words.push(word.replace(/"([^"]*)"|'([^']*)'/g, (_, a?: string, b?: string) => a ?? b ?? ''))
  return words
}
