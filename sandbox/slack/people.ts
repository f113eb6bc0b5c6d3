/**
 * People driven by code. A person can only use what is on their screen now: the open modal, else
 * the home tab, else the messages they see. Anything else throws a sentence that shows the screen.
 */

import { compact, isObject, type JsonObject, list, text } from '../json.ts'
import { type Outcome, receiveAck } from './acks.ts'
import type { Courier } from './deliver.ts'
import { unfinished } from './entered.ts'
import type { Faults } from './faults.ts'
import { slackJson, textOf } from './json.ts'
import type { Enabled } from './manifest.ts'
import { addMessage } from './messages.ts'
import { fileJson } from './methods/files.ts'
import { closeView, topModal, viewJson } from './modals.ts'
import { readable, show } from './mrkdwn.ts'
import * as payloads from './payloads.ts'
import { react } from './reactions.ts'
import {
  type Control,
  controlsOf,
  findControl,
  findOption,
  messagesOf,
  modalText,
  placesOf,
  screenText,
  thumbOf,
  type Where,
} from './screen.ts'
import { offeredTo, suggest } from './suggestions.ts'
import {
  attach,
  chosen,
  chosenValue,
  fileRefusal,
  listedValue,
  pick,
  searched,
  ticked,
  typed,
  typedValue,
} from './values.ts'
import {
  type Channel,
  changed,
  directMessage,
  entryKey,
  type Message,
  note,
  type User,
  type View,
  type Workspace,
} from './workspace.ts'

export type PersonFile = {
  id: string
  name: string
  title: string
  text: string
  bytes: Uint8Array
}

export type Person = {
  readonly id: string
  readonly name: string
  /** Types a slash command, in the app's direct message or in the named channel. */
  command(typed: string, where?: { channel?: string }): Promise<Outcome>
  /** Presses a button by its visible label; the submit and close buttons of a modal too. */
  press(label: string, where?: Where): Promise<Outcome>
  /** Types into a field, named by its label. */
  fill(label: string, value: string, where?: Where): Promise<Outcome>
  /** Presses enter in a field that asks for it. */
  enter(label: string, where?: Where): Promise<Outcome>
  /** Chooses one option of a select or of radio buttons, or a person or channel by name. */
  choose(label: string, option: string, where?: Where): Promise<Outcome>
  /** Types into a menu whose options the app looks up; answers what it offers, as it reads. */
  search(label: string, typed: string, where?: Where): Promise<JsonObject[]>
  /** Leaves exactly these options ticked, or these people or channels chosen. */
  check(label: string, options: string[], where?: Where): Promise<Outcome>
  /** Chooses from an overflow menu, named by the option alone. */
  overflow(option: string, where?: Where): Promise<Outcome>
  /** Attaches files to a file field. */
  upload(
    label: string,
    files: { name: string; content: string | Uint8Array }[],
    where?: Where,
  ): Promise<Outcome>
  submit(): Promise<Outcome>
  /** Closes the top modal; the one below shows again. */
  close(): Promise<Outcome>
  /** Closes the whole stack with the cross. */
  closeAll(): Promise<Outcome>
  openHome(): Promise<void>
  openMessages(): Promise<void>
  /** Turns from the app's Home tab to a channel; the app hears nothing of it. */
  openChannel(): void
  /** Writes a message, to the app or into the named channel. */
  say(message: string, where?: { channel?: string }): Promise<void>
  globalShortcut(callbackId: string): Promise<Outcome>
  /** Uses a shortcut on the newest message that reads so, or on the one of this ts. */
  messageShortcut(callbackId: string, where: { in: string } | { ts: string }): Promise<Outcome>
  /** Puts an emoji below the newest message that reads so, or takes it back. */
  react(name: string, where: { in: string }): Promise<void>
  unreact(name: string, where: { in: string }): Promise<void>
  /** Reloads the client: ephemeral messages and open modals are gone. */
  reload(): void
  screen(): string
  /** What the person reads, oldest first: everywhere, or in one channel. */
  messages(channel?: string): string[]
  /** The open modal, or null. */
  modal(): { title: string; text: string; view: JsonObject } | null
  /** Errors under the fields of the open modal, by label. */
  errors(): Record<string, string>
  /** What Slack's own client told the person went wrong, since their last gesture. */
  notices(): string[]
  /** Files shared where the person sees them, with their content. */
  files(): PersonFile[]
  /** Where a button that opens a page leads. */
  address(label: string): string
  /** Waits until what the person sees contains the text; throws with the screen otherwise. */
  receives(text: string, timeoutMs?: number): Promise<void>
}

export type Streets = {
  workspace: Workspace
  courier: Courier
  faults: Faults
  enabled: Enabled
  /** Words the page offers after a command, beside the manifest's. */
  hints: Record<string, string[]>
}

export function personOf(streets: Streets, user: User): Person {
  const { workspace, courier } = streets
  const look = () => screenText(workspace, user)

  async function interact(payload: JsonObject, view: View | null): Promise<Outcome> {
    workspace.notices.delete(user.id)
    if (!streets.enabled.interactivity) return notSetUp()
    const body = new URLSearchParams({ payload: slackJson(payload) }).toString()
    const delivered = await courier.send('interaction', body)
    return receiveAck(streets, user, { kind: text(payload['type']), view }, delivered)
  }

  /** What Slack's client says where the app switched interactivity off, or lacks an address for it. */
  function notSetUp(): Outcome {
    const problem = 'This app is not configured to handle interactive responses.'
    workspace.notices.set(user.id, [problem])
    changed(workspace)
    return { ok: false, problem }
  }

  async function act(control: Control, action: JsonObject): Promise<Outcome> {
    const { place, block, element } = control
    const full = compact({
      type: element['type'],
      action_id: element['action_id'],
      block_id: block['block_id'],
      ...action,
    })
    const isTerse = streets.faults.tellsOnlyTouched
    return interact(payloads.blockActions(workspace, user, place, full, isTerse), null)
  }

  /** Puts a value into a control; Slack is notified at once unless it waits in an input block. */
  async function put(control: Control, held: JsonObject): Promise<Outcome> {
    const { place, block, element } = control
    const value = { type: text(element['type']), ...held }
    const key = entryKey(text(block['block_id']), text(element['action_id']))
    place.entered.set(key, value)
    if (place.kind === 'view') place.view.errors.delete(text(block['block_id']))
    changed(workspace)
    const waits = block['type'] === 'input' && block['dispatch_action'] !== true
    if (waits) return { ok: true }
    return act(control, compact({ ...held, placeholder: element['placeholder'] }))
  }

  function control(what: string, label: string, types: readonly string[], where?: Where): Control {
    return findControl(workspace, user, { what, label, types, where })
  }

  /** A searched menu with what the app has for these words; on a page that was asked before. */
  async function withOptions(found: Control, words: string[], where?: Where): Promise<JsonObject> {
    const options = offeredTo(user, found)
    if (!where?.at)
      for (const word of words) options.push(...(await suggest(streets, user, found, word)))
    return { ...found.element, options }
  }

  function says(line: string): void {
    note(workspace, user.realName, line)
  }

  async function submit(): Promise<Outcome> {
    const view = topModal(workspace, user.id)
    if (!view) throw new Error(`${user.realName} has no form open to submit.\n\n${look()}`)
    if (!isObject(view.body['submit'])) {
      throw new Error(`The form ${user.realName} sees has no submit button.\n\n${look()}`)
    }
    const missing = unfinished(view.blocks, view.entered)
    view.errors = missing
    changed(workspace)
    if (missing.size > 0) return { ok: false, problem: [...missing.values()].join(' ') }
    says(`submits "${textOf(view.body['title'])}"`)
    return interact(payloads.viewSubmission(workspace, user, view), view)
  }

  async function closeViews(views: View[], isCleared: boolean): Promise<Outcome> {
    let outcome: Outcome = { ok: true }
    for (const view of views.toReversed()) {
      closeView(workspace, view)
      if (view.body['notify_on_close'] !== true) continue
      const told = await interact(payloads.viewClosed(workspace, user, view, isCleared), view)
      if (!told.ok) outcome = told
    }
    return outcome
  }

  async function close(): Promise<Outcome> {
    const view = topModal(workspace, user.id)
    if (!view) throw new Error(`${user.realName} has no form open to close.\n\n${look()}`)
    says(`closes "${textOf(view.body['title'])}"`)
    if (view.body['clear_on_close'] === true) return closeAll()
    return closeViews([view], false)
  }

  function closeAll(): Promise<Outcome> {
    return closeViews([...(workspace.stacks.get(user.id) ?? [])], true)
  }

  function named(channel: string | undefined): Channel {
    if (channel === undefined) return directMessage(workspace, user.id)
    const name = channel.replace(/^#/, '')
    const found = [...workspace.channels.values()].find(
      (c) => (c.name === name || c.id === channel) && c.members.has(user.id),
    )
    if (!found) throw new Error(`${user.realName} is in no channel called #${name}.`)
    return found
  }

  /** The newest stored message that reads so, or the one of this ts. */
  function messageIn(where: { in: string } | { ts: string }): Message {
    const wanted = 'in' in where ? where.in : where.ts
    const isMeant = (message: Message) =>
      'in' in where
        ? readable(workspace, message).join('\n').toLowerCase().includes(wanted.toLowerCase())
        : message.ts === where.ts
    const message = messagesOf(workspace, user)
      .filter((m) => m.ephemeralTo === null)
      .findLast(isMeant)
    if (message) return message
    throw new Error(`${user.realName} sees no message "${wanted}".\n\n${look()}`)
  }

  async function openTab(tab: 'home' | 'messages'): Promise<void> {
    workspace.tabs.set(user.id, tab)
    changed(workspace)
    const home = workspace.homes.get(user.id)
    await courier.event(
      compact({
        type: 'app_home_opened',
        user: user.id,
        channel: directMessage(workspace, user.id).id,
        tab,
        view: home && tab === 'home' ? viewJson(workspace, home) : undefined,
        event_ts: String(workspace.now() / 1000),
      }),
    )
  }

  return {
    id: user.id,
    name: user.realName,

    async command(typed, where = {}) {
      if (topModal(workspace, user.id)) {
        throw new Error(`A form covers the message field of ${user.realName}.\n\n${look()}`)
      }
      const [, command = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(typed.trim()) ?? []
      const registered = streets.enabled.commands.get(command)
      if (!registered) {
        const known = [...streets.enabled.commands.keys()].join(', ')
        throw new Error(`${command} is not a valid command; the app has ${known}.`)
      }
      workspace.tabs.set(user.id, 'messages')
      workspace.notices.delete(user.id)
      says(typed)
      const channel = named(where.channel)
      const form = payloads.slashCommand(workspace, user, channel, {
        command,
        text: rest,
        escapes: registered.escapes,
      })
      const delivered = await courier.send('command', new URLSearchParams(form).toString())
      const made = { userId: user.id, channelId: channel.id, messageTs: null, at: 0, uses: 0 }
      return receiveAck(streets, user, { kind: 'command', command, made, view: null }, delivered)
    },

    async press(label, where) {
      const view = topModal(workspace, user.id)
      if (view && where === undefined) {
        const reads = (key: string) => isObject(view.body[key]) && textOf(view.body[key]) === label
        if (reads('submit')) return submit()
        if (reads('close')) return close()
      }
      const types = ['button', 'workflow_button', 'icon_button', 'feedback_buttons']
      const found = control('button', label, types, where)
      says(`presses [${label}]`)
      const { element } = found
      const pressed = thumbOf(workspace, element, label) ?? element
      return act(found, compact({ ...pick(element), ...pick(pressed) }))
    },

    async fill(label, value, where) {
      const found = control('field', label, typed, where)
      says(`writes "${value}" under "${label}"`)
      const { block, element } = found
      const oneLine = element['type'] === 'plain_text_input' && element['multiline'] !== true
      if (oneLine && value.includes('\n')) {
        throw new Error(`"${label}" is a field of one line; Slack takes no line break there.`)
      }
      const held = typedValue(text(element['type']), value)
      const config = element['dispatch_action_config']
      const on = isObject(config) ? list(config['trigger_actions_on']) : []
      const eager = block['dispatch_action'] === true && on.includes('on_character_entered')
      if (eager || block['type'] !== 'input') return put(found, held)
      return put({ ...found, block: { ...block, dispatch_action: false } }, held)
    },

    async enter(label, where) {
      const found = control('field', label, typed, where)
      const key = entryKey(text(found.block['block_id']), text(found.element['action_id']))
      if (found.block['dispatch_action'] !== true) return { ok: true }
      return act(found, compact({ ...found.place.entered.get(key) }))
    },

    async choose(label, option, where) {
      const found = control('choice', label, chosen, where)
      const isSearched = found.element['type'] === 'external_select'
      const element = isSearched ? await withOptions(found, [option], where) : found.element
      const value = chosenValue(workspace, element, option, where)
      const shown = isObject(value['selected_option'])
        ? show(workspace, value['selected_option']['text'])
        : option
      says(`chooses "${shown}" under "${label}"`)
      return put(found, value)
    },

    search: async (label, typed, where) =>
      suggest(streets, user, control('menu', label, searched, where), typed),

    async check(label, options, where) {
      const found = control('list', label, ticked, where)
      const most = found.element['max_selected_items']
      if (typeof most === 'number' && options.length > most) {
        throw new Error(`"${label}" takes at most ${most} options.`)
      }
      const ids = listedValue(workspace, text(found.element['type']), options)
      if (ids) {
        says(`chooses ${options.join(', ') || 'nothing'} under "${label}"`)
        return put(found, ids)
      }
      const isSearched = found.element['type'] === 'multi_external_select'
      const element = isSearched ? await withOptions(found, options, where) : found.element
      const selected = options.map((o) => findOption(workspace, element, o, where))
      const shown = selected.map((option) => `"${show(workspace, option['text'])}"`).join(', ')
      says(`ticks ${shown || 'nothing'} under "${label}"`)
      // Slack sends ticked options in the order they are offered, searched ones as they were chosen.
      const order = list(found.element['options'])
      const sorted = selected.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
      return put(found, { selected_options: sorted })
    },

    async overflow(option, where) {
      if (where?.at) {
        const menu = control('menu', option, ['overflow'], where)
        const selected = findOption(workspace, menu.element, option, where)
        says(`chooses [${show(workspace, selected['text'])}] from the menu`)
        return act(menu, { selected_option: selected })
      }
      const label = option.toLowerCase()
      for (const place of placesOf(workspace, user)) {
        if (place.kind === 'message' && where?.in !== undefined) {
          const shown = readable(workspace, place.message, user.id).join('\n')
          if (!shown.toLowerCase().includes(where.in.toLowerCase())) continue
        }
        const found = controlsOf(place).filter(
          ({ element }) =>
            element['type'] === 'overflow' &&
            list(element['options']).some(
              (o) => isObject(o) && show(workspace, o['text']).toLowerCase() === label,
            ),
        )
        const menu = found[where?.nth ?? 0]
        if (!menu) continue
        says(`chooses [${option}] from the menu`)
        return act(menu, { selected_option: findOption(workspace, menu.element, option) })
      }
      throw new Error(`${user.realName} sees no menu with "${option}".\n\n${look()}`)
    },

    async upload(label, files, where) {
      const found = control('file field', label, ['file_input'], where)
      const most = found.element['max_files']
      if (files.length > (typeof most === 'number' ? most : 10)) {
        throw new Error(`"${label}" takes at most ${String(most ?? 10)} files.`)
      }
      const refused = files.flatMap((file) => fileRefusal(found.element, file) ?? [])
      if (refused.length > 0) {
        workspace.notices.set(user.id, refused)
        changed(workspace)
        return { ok: false, problem: refused.join(' ') }
      }
      const stored = files.map((file) => attach(workspace, user, file))
      says(`attaches ${files.map((file) => file.name).join(', ')} under "${label}"`)
      return put(found, { files: stored.map((file) => fileJson(workspace, file)) })
    },

    submit,
    close,
    closeAll,
    openHome: () => openTab('home'),
    openMessages: () => openTab('messages'),
    openChannel() {
      workspace.tabs.set(user.id, 'messages')
      changed(workspace)
    },

    async say(message, where = {}) {
      const channel = named(where.channel)
      const sent = { channelId: channel.id, author: user.id, text: payloads.escaped(message) }
      const { ts } = addMessage(workspace, { ...sent, blocks: [] })
      const heard = { im: 'im:history', public: 'channels:history', private: 'groups:history' }
      if (!workspace.app.scopes.has(heard[channel.kind])) return
      const kinds = { im: 'im', public: 'channel', private: 'group' }
      await courier.event({
        type: 'message',
        channel: channel.id,
        user: user.id,
        text: sent.text,
        ts,
        event_ts: ts,
        team: workspace.team.id,
        channel_type: kinds[channel.kind],
      })
    },

    async globalShortcut(callbackId) {
      says(`uses the shortcut ${callbackId}`)
      return interact(payloads.globalShortcut(workspace, user, callbackId), null)
    },

    async messageShortcut(callbackId, where) {
      const message = messageIn(where)
      says(`uses ${callbackId} on a message`)
      return interact(payloads.messageShortcut(workspace, user, callbackId, message), null)
    },

    react: (name, where) => react(streets, user, messageIn(where), { name, isOn: true }),
    unreact: (name, where) => react(streets, user, messageIn(where), { name, isOn: false }),

    reload() {
      workspace.messages = workspace.messages.filter((m) => m.ephemeralTo !== user.id)
      workspace.stacks.delete(user.id)
      workspace.notices.delete(user.id)
      changed(workspace)
    },

    screen: look,

    messages(channel) {
      const only = channel === undefined ? null : named(channel).id
      return messagesOf(workspace, user)
        .filter((message) => only === null || message.channelId === only)
        .map((message) => readable(workspace, message, user.id).join('\n'))
    },

    modal() {
      const view = topModal(workspace, user.id)
      if (!view) return null
      const title = textOf(view.body['title'])
      return { title, text: modalText(workspace, view), view: viewJson(workspace, view) }
    },

    errors() {
      const view = topModal(workspace, user.id)
      const shown: Record<string, string> = {}
      for (const [blockId, error] of view?.errors ?? []) {
        const block = view?.blocks.find((candidate) => candidate['block_id'] === blockId)
        shown[textOf(block?.['label']) || blockId] = error
      }
      return shown
    },

    notices: () => [...(workspace.notices.get(user.id) ?? [])],

    files() {
      const ids = messagesOf(workspace, user).flatMap((message) => message.files)
      return [...new Set(ids)].flatMap((id) => {
        const file = workspace.files.get(id)
        if (!file?.bytes) return []
        const content = new TextDecoder().decode(file.bytes)
        return [{ id, name: file.name, title: file.title, text: content, bytes: file.bytes }]
      })
    },

    address(label) {
      return text(control('button', label, ['button'], undefined).element['url'])
    },

    async receives(wanted, timeoutMs = 5000) {
      const sees = () => look().toLowerCase().includes(wanted.toLowerCase())
      if (sees()) return
      await new Promise<void>((resolve, reject) => {
        const watch = () => {
          if (!sees()) return
          done()
          resolve()
        }
        const timer = setTimeout(() => {
          done()
          reject(
            new Error(
              `${user.realName} did not see "${wanted}" within ${timeoutMs} ms. On the screen is:\n\n${look()}`,
            ),
          )
        }, timeoutMs)
        const done = () => {
          clearTimeout(timer)
          workspace.watchers.delete(watch)
        }
        workspace.watchers.add(watch)
      })
    },
  }
}
