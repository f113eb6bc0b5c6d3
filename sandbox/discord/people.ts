/**
 * People driven by code. A person can only use what is on their screen now: the open form, else
 * the messages they see, else a command they are offered. Anything else throws a sentence that
 * shows the screen.
 */
import { type JsonObject, text } from '../json.ts'
import { kind, selects } from './components.ts'
import { countsOf, findField, nameRefusal, submission, unfinished } from './form.ts'
import { interact, type Made, type Town } from './interactions.ts'
import { createMessage } from './messages.ts'
import { messageJson, userJson } from './payloads.ts'
import { may } from './permissions.ts'
import { idNamed, resolvedOf } from './resolve.ts'
import {
  buttonText,
  type Control,
  filesShown,
  findControl,
  findOption,
  formText,
  newestOf,
  optionsOf,
  readable,
  screenText,
  type Where,
} from './screen.ts'
import { commandsFor, readTyped } from './typed.ts'
import {
  type Channel,
  changed,
  directMessage,
  type Form,
  note,
  type Settled,
  type StoredFile,
  snowflake,
  type User,
} from './world.ts'

/** How a gesture ended for the person: a problem is what their client showed them. */
export type Outcome = { ok: true } | { ok: false; problem: string }

export type PersonFile = { id: string; name: string; text: string; bytes: Uint8Array }

/** Where a command is typed: `general`, or `dm` for the conversation with the app. */
export type At = { channel?: string }

type Content = string | Uint8Array

export type Person = {
  readonly id: string
  readonly name: string
  /** Sends a slash command: `/parley next dataset:prefs`; files go to options of that kind. */
  command(
    typed: string,
    where?: At & { files?: Record<string, { name: string; content: Content }> },
  ): Promise<Outcome>
  /** What is offered for the last option while one types. */
  autocomplete(typed: string, where?: At): Promise<{ name: string; value: string | number }[]>
  /** The commands somebody sees when they type a slash, in that channel. */
  commands(where?: At): string[]
  /** Presses a button by its label or custom_id; the form's Submit and Cancel too. */
  press(label: string, where?: Where): Promise<Outcome>
  /** Chooses exactly these options of a select, of radio buttons, of boxes; of people by name. */
  choose(label: string, ...options: (string | Where)[]): Promise<Outcome>
  /** Types into a field of the form, named by its label. */
  fill(label: string, value: string): Promise<Outcome>
  /** Ticks the single box of a field, or takes the tick away. */
  tick(label: string, isOn?: boolean): Promise<Outcome>
  /** Adds a file to a field of the form. */
  attach(label: string, name: string, content: Content): Promise<Outcome>
  submit(): Promise<Outcome>
  /** Closes the form; what was entered is lost and the app hears nothing. Else a message only they see, the newest or this one. */
  dismiss(messageId?: string): Promise<Outcome>
  /** Uses a command of the context menu on the newest message that reads so. */
  useMessage(command: string, message: string): Promise<Outcome>
  /** Uses a command of the context menu on a person. */
  useUser(command: string, name: string): Promise<Outcome>
  /** Writes a message, into a channel or to the app (`dm`). */
  post(channel: string, message: string): Promise<void>
  /** Turns to a channel; commands are typed there from now on. */
  openChannel(channel: string): void
  /** Reloads the client: private messages and the open form are gone. */
  reload(): void
  screen(): string
  /** What the person reads, oldest first: everywhere, or in one channel. */
  messages(channel?: string): string[]
  /** The open form, or null. */
  modal(): { title: string; text: string; customId: string } | null
  /** Errors under the fields of the open form, by custom_id. */
  errors(): Record<string, string>
  /** What the client told the person went wrong, since their last gesture. */
  notices(): string[]
  /** How many messages notify them. */
  pings(): number
  /** Files in messages the person sees, with their content. */
  files(): PersonFile[]
  /** Where a button that opens a page leads. */
  address(label: string): string
  /** Waits until what the person sees contains the text; throws with the screen otherwise. */
  receives(text: string, timeoutMs?: number): Promise<void>
}

export function personOf(town: Town, user: User, home: string): Person {
  const { world } = town
  const look = () => screenText(world, user)
  const says = (line: string) => note(world, user.name, line)

  function channelFor(name: string | undefined): Channel {
    const seen = [...world.channels.values()].filter((one) =>
      may(world, one, user.id, 'VIEW_CHANNEL'),
    )
    if (name === undefined) {
      const here = seen.find((one) => one.id === world.here.get(user.id))
      return here ?? seen.find((one) => one.guildId === home) ?? directMessage(world, user.id)
    }
    if (name === 'dm') return directMessage(world, user.id)
    const wanted = name.replace(/^#/, '')
    const named = seen.filter((one) => one.id === name || one.name === wanted)
    const found = named.find((one) => one.guildId === home) ?? named[0]
    if (!found) throw new Error(`${user.name} sees no channel #${wanted}.`)
    return found
  }

  /** Sends the interaction; what fails is shown where Discord's client shows it. */
  async function send(made: Omit<Made, 'user'>, failure: string): Promise<Settled> {
    world.notices.delete(user.id)
    world.here.set(user.id, made.channel.id)
    const settled = await interact(town, { ...made, user })
    if (settled.how === 'failed') {
      world.notices.set(user.id, [failure])
      changed(world)
    }
    return settled
  }

  function outcome(settled: Settled, failure: string): Outcome {
    return settled.how === 'failed' ? { ok: false, problem: failure } : { ok: true }
  }

  const silent = 'The application did not respond'
  const failed = 'This interaction failed'

  function uncovered(): void {
    if (world.forms.has(user.id)) {
      throw new Error(`A form covers what ${user.name} would use.\n\n${look()}`)
    }
  }

  /** The control, once it is there: somebody waits a little while the app is thinking. */
  async function control(
    what: string,
    label: string,
    types: readonly number[],
    where?: Where,
  ): Promise<Control> {
    uncovered()
    const find = () => findControl(world, user, { what, label, types, where })
    const found = find() ?? (isThinking() ? await waitFor(find, town.patienceMs) : null)
    if (!found) {
      throw new Error(`${user.name} sees no ${what} "${label}". On the screen is:\n\n${look()}`)
    }
    if (found.component['disabled'] === true) {
      throw new Error(`The ${what} "${label}" is switched off for ${user.name}.\n\n${look()}`)
    }
    return found
  }

  function isThinking(): boolean {
    const waits = ['deferred', 'deferred update']
    return [...world.interactions.values()].some(
      (one) => one.userId === user.id && waits.includes(one.state),
    )
  }

  /** Resolves with what `find` finds as soon as it does, or null at the timeout. */
  function waitFor<T>(find: () => T | null, timeoutMs: number): Promise<T | null> {
    return new Promise((resolve) => {
      const end = (found: T | null) => {
        clearTimeout(timer)
        world.watchers.delete(watch)
        resolve(found)
      }
      const watch = () => {
        const found = find()
        if (found !== null) end(found)
      }
      const timer = setTimeout(() => end(null), timeoutMs)
      world.watchers.add(watch)
      watch()
    })
  }

  async function component({ message, component: one }: Control, values: string[] | null) {
    const channel = world.channels.get(message.channelId)
    if (!channel) throw new Error(`The channel of this message is gone.\n\n${look()}`)
    const type = Number(one['type'])
    const isOpen = values !== null && type !== kind.stringSelect
    const more = {
      data: {
        component_type: type,
        custom_id: text(one['custom_id']),
        id: Number(one['id'] ?? 0),
        ...(values !== null && { values }),
        ...(isOpen && { resolved: resolvedOf(world, user, channel.guildId, values) }),
      },
      message: messageJson(world, message),
    }
    const name = text(one['custom_id'])
    return outcome(await send({ type: 3, channel, source: message, name, more }, failed), failed)
  }

  function openForm(): Form {
    const form = world.forms.get(user.id)
    if (!form) throw new Error(`${user.name} has no form open.\n\n${look()}`)
    return form
  }

  function field(
    what: string,
    label: string,
    types: readonly number[],
  ): [Form, JsonObject, string] {
    const form = openForm()
    const found = findField(form, { user, what, label, types, look })
    return [form, found, text(found['custom_id'])]
  }

  function entered(form: Form, id: string): Outcome {
    form.errors.delete(id)
    changed(world)
    return { ok: true }
  }

  async function submit(): Promise<Outcome> {
    const form = openForm()
    form.errors = unfinished(form)
    changed(world)
    if (form.errors.size > 0) return { ok: false, problem: [...form.errors.values()].join(' ') }
    says(`submits "${form.title}"`)
    const channel = world.channels.get(form.channelId)
    if (!channel) throw new Error(`The channel of this form is gone.\n\n${look()}`)
    const source = world.messages.get(form.sourceId ?? '') ?? null
    const more = {
      data: submission(world, user, form),
      ...(source && { message: messageJson(world, source) }),
    }
    const failure = 'Something went wrong. Try again.'
    const settled = await interact(town, {
      type: 5,
      user,
      channel,
      source,
      name: form.customId,
      more,
    })
    if (settled.how === 'failed') form.errors.set('', failure)
    else if (world.forms.get(user.id) === form) world.forms.delete(user.id)
    changed(world)
    return outcome(settled, failure)
  }

  function cancel(): Outcome {
    says('closes the form')
    world.forms.delete(user.id)
    changed(world)
    return { ok: true }
  }

  /** Options by their labels; people, roles and channels by their names. */
  function valuesOf(one: JsonObject, guildId: string | null, options: readonly string[]): string[] {
    const type = Number(one['type'])
    const isNamed = type === kind.stringSelect || !selects.includes(type)
    const values = options.map((option) => {
      if (isNamed) return text(findOption(one, option)['value'])
      const id = idNamed(world, guildId, type, option)
      if (id === null) throw new Error(`Nothing in this list is called "${option}".`)
      return id
    })
    const { max } = countsOf(one)
    if (values.length > max) throw new Error(`At most ${max} of these can be chosen.`)
    if (!isNamed) return values
    // The order of `values` tells nothing; here it is that of the options.
    const order = optionsOf(one).map((option) => text(option['value']))
    return values.toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
  }

  function store(name: string, content: Content): StoredFile {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
    if (bytes.byteLength > world.app.attachmentLimit) {
      throw new Error(`Your files are too powerful: ${name} is larger than this server takes.`)
    }
    const contentType = 'application/octet-stream'
    const file = { id: snowflake(world.now()), name, description: null, contentType, bytes }
    world.files.set(file.id, file)
    return file
  }

  async function useMenu(
    type: 2 | 3,
    name: string,
    target: { id: string; resolved: JsonObject },
    channel: Channel,
  ) {
    uncovered()
    const offered = commandsFor(world, user, channel).filter((one) => one.type === type)
    const command = offered.find(({ body }) => body['name'] === name)
    if (!command) {
      const known = offered.map(({ body }) => text(body['name'])).join(', ')
      throw new Error(
        `${user.name} is not offered "${name}" there; offered is ${known || 'nothing'}.`,
      )
    }
    says(`uses "${name}"`)
    const data = {
      id: command.id,
      name,
      type,
      target_id: target.id,
      resolved: target.resolved,
      ...(command.guildId !== null && { guild_id: command.guildId }),
    }
    return outcome(await send({ type: 2, channel, name, more: { data } }, silent), silent)
  }

  return {
    id: user.id,
    name: user.name,

    async command(typed, where = {}) {
      uncovered()
      const channel = channelFor(where.channel)
      const files = new Map(
        Object.entries(where.files ?? {}).map(([option, file]) => [
          option,
          store(file.name, file.content),
        ]),
      )
      const read = readTyped(world, user, channel, typed, files)
      if (!read.ok) return { ok: false, problem: read.problem }
      says(typed)
      const made = { type: 2 as const, channel, name: read.path, more: { data: read.data } }
      return outcome(await send(made, silent), silent)
    },

    async autocomplete(typed, where = {}) {
      const channel = channelFor(where.channel)
      const read = readTyped(world, user, channel, typed, new Map(), true)
      if (!read.ok) return []
      const made = { type: 4 as const, channel, name: read.path, more: { data: read.data } }
      const settled = await send(made, 'Loading options failed')
      if (settled.how !== 'choices') return []
      return settled.choices.map((one) => {
        const value = one['value']
        return { name: text(one['name']), value: typeof value === 'number' ? value : text(value) }
      })
    },

    commands(where = {}) {
      return commandsFor(world, user, channelFor(where.channel)).map((one) =>
        one.type === 1 ? `/${text(one.body['name'])}` : text(one.body['name']),
      )
    },

    async press(label, where) {
      if (world.forms.has(user.id) && where === undefined) {
        if (label === 'Submit') return submit()
        if (label === 'Cancel') return cancel()
      }
      const found = await control('button', label, [kind.button], where)
      says(`presses [${buttonText(found.component)}]`)
      // Links open in the browser; the app hears nothing of it.
      if (found.component['style'] === 5) return { ok: true }
      return component(found, null)
    },

    async choose(label, ...rest) {
      const options = rest.filter((one) => typeof one === 'string')
      const where = rest.find((one) => typeof one !== 'string')
      if (!world.forms.has(user.id)) {
        const found = await control('menu', label, selects, where)
        const { message, component: one } = found
        const guildId = world.channels.get(message.channelId)?.guildId ?? null
        const values = valuesOf(one, guildId, options)
        const { min } = countsOf(one)
        if (values.length < min) throw new Error(`At least ${min} of these must be chosen.`)
        says(`chooses ${options.map((each) => `"${each}"`).join(', ') || 'nothing'}`)
        const chosen = message.chosen.get(user.id) ?? new Map<string, string[]>()
        chosen.set(text(one['custom_id']), values)
        message.chosen.set(user.id, chosen)
        changed(world)
        return component(found, values)
      }
      const types = [...selects, kind.radioGroup, kind.checkboxGroup]
      const [form, found, id] = field('choice', label, types)
      // discord/discord-api-docs#8272: there, only min_values 0 lets a choice be taken back.
      if (user.isPhone && options.length === 0 && found['min_values'] !== 0) {
        throw new Error(`On a phone nothing can be taken away from "${label}".`)
      }
      const guildId = world.channels.get(form.channelId)?.guildId ?? null
      const values = valuesOf(found, guildId, options)
      const isRadio = found['type'] === kind.radioGroup
      form.entered.set(id, isRadio ? (values[0] ?? '') : values)
      says(`chooses ${options.map((each) => `"${each}"`).join(', ') || 'nothing'} under "${label}"`)
      return entered(form, id)
    },

    async fill(label, value) {
      const [form, found, id] = field('field', label, [kind.textInput])
      if (found['style'] === 1 && value.includes('\n')) {
        throw new Error(`"${label}" is a field of one line; Discord takes no line break there.`)
      }
      form.entered.set(id, value)
      says(`writes "${value}" under "${label}"`)
      return entered(form, id)
    },

    async tick(label, isOn = true) {
      const [form, , id] = field('box', label, [kind.checkbox])
      form.entered.set(id, isOn)
      says(`${isOn ? 'ticks' : 'clears'} "${label}"`)
      return entered(form, id)
    },

    async attach(label, name, content) {
      const [form, found, id] = field('file field', label, [kind.fileUpload])
      const files = form.files.get(id) ?? []
      const { max } = countsOf(found)
      const problem = nameRefusal(found, name)
      if (problem) return { ok: false, problem }
      if (files.length >= max) throw new Error(`"${label}" takes at most ${max} files.`)
      form.files.set(id, [...files, store(name, content)])
      says(`attaches ${name} under "${label}"`)
      return entered(form, id)
    },

    submit,

    async dismiss(messageId) {
      if (world.forms.has(user.id)) return cancel()
      const own = (world.ephemerals.get(user.id) ?? []).findLast(
        (one) => !one.gone && (messageId === undefined || one.id === messageId),
      )
      if (!own) throw new Error(`${user.name} has nothing to dismiss.\n\n${look()}`)
      own.gone = true
      says('dismisses a message')
      changed(world)
      return { ok: true }
    },

    async useMessage(command, wanted) {
      const message = newestOf(world, user, 100).find(
        (one) =>
          one.ephemeralTo === null &&
          (one.id === wanted ||
            readable(world, one, user).join('\n').toLowerCase().includes(wanted.toLowerCase())),
      )
      const channel = world.channels.get(message?.channelId ?? '')
      if (!message || !channel) {
        throw new Error(`${user.name} sees no message "${wanted}".\n\n${look()}`)
      }
      const resolved = { messages: { [message.id]: messageJson(world, message) } }
      return useMenu(3, command, { id: message.id, resolved }, channel)
    },

    async useUser(command, name) {
      const channel = channelFor(undefined)
      const id = idNamed(world, channel.guildId, kind.userSelect, name)
      const target = world.users.get(id ?? '')
      if (!target) throw new Error(`Nobody here is called ${name}.`)
      const resolved = { users: { [target.id]: userJson(target) } }
      return useMenu(2, command, { id: target.id, resolved }, channel)
    },

    async post(where, message) {
      const channel = channelFor(where)
      if (!may(world, channel, user.id, 'SEND_MESSAGES')) {
        throw new Error(`${user.name} may not write in #${channel.name}.`)
      }
      world.here.set(user.id, channel.id)
      const body = { content: message.trim() }
      createMessage(world, town.tell, { channel, authorId: user.id, body })
      says(`writes "${message}"`)
    },

    openChannel(channel) {
      world.here.set(user.id, channelFor(channel).id)
      changed(world)
    },

    reload() {
      for (const message of world.ephemerals.get(user.id) ?? []) message.gone = true
      world.ephemerals.delete(user.id)
      world.forms.delete(user.id)
      world.notices.delete(user.id)
      for (const channel of world.channels.values()) {
        for (const message of channel.messages) message.chosen.delete(user.id)
      }
      changed(world)
    },

    screen: look,

    messages(channel) {
      const only = channel === undefined ? undefined : channelFor(channel).id
      const all = newestOf(world, user, Number.MAX_SAFE_INTEGER, only).toReversed()
      return all.map((message) => readable(world, message, user).join('\n'))
    },

    modal() {
      const form = world.forms.get(user.id)
      if (!form) return null
      return { title: form.title, text: formText(world, form), customId: form.customId }
    },

    errors: () => Object.fromEntries(world.forms.get(user.id)?.errors ?? []),

    notices: () => [...(world.notices.get(user.id) ?? [])],

    pings() {
      const roles = [...world.guilds.values()].flatMap(
        (one) => one.members.get(user.id)?.roles ?? [],
      )
      const mine = [user.id, 'everyone', ...roles]
      return newestOf(world, user, Number.MAX_SAFE_INTEGER).filter((one) =>
        one.pings.some((id) => mine.includes(id)),
      ).length
    },

    files() {
      const files = newestOf(world, user, 100).toReversed().flatMap(filesShown)
      return files.map(({ id, name, bytes }) => {
        return { id, name, bytes, text: new TextDecoder().decode(bytes) }
      })
    },

    address(label) {
      const wanted = { what: 'button', label, types: [kind.button] }
      return text(findControl(world, user, wanted)?.component['url'])
    },

    async receives(wanted, timeoutMs = 5000) {
      const sees = () => (look().toLowerCase().includes(wanted.toLowerCase()) ? true : null)
      if (await waitFor(sees, timeoutMs)) return
      throw new Error(
        `${user.name} did not see "${wanted}" within ${timeoutMs} ms. On the screen is:\n\n${look()}`,
      )
    },
  }
}
