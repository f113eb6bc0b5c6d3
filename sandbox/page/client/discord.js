// @ts-check
/**
 * The stand-in Discord in a browser. The server tells what the person sees after every change;
 * this draws it, and sends what the person does as gestures.
 */
import { drawComponent, drawFile } from './discord-draw.js'
import { drawForm } from './discord-form.js'
import { drawMarkdown } from './discord-markdown.js'
import { avatar, h, icon, reconcile } from './dom.js'

/** @typedef {Record<string, any>} Json */

/** @param {string} id */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id))
const [side, stream, foot, title, menu, toasts] = [
  'side',
  'stream',
  'foot',
  'title',
  'menu',
  'toasts',
].map($)
const modal = /** @type {HTMLDialogElement} */ ($('modal'))
let me = new URLSearchParams(location.search).get('as') ?? ''
/** @type {Json} */
let seen = {}
let drawnForm = ''

start()

async function start() {
  const { people } = await (await fetch('/people/discord')).json()
  const wanted = me.toLowerCase()
  me = people.find((/** @type {string} */ name) => name.toLowerCase() === wanted) ?? people[0]
  if (!me) return toast('There is nobody here yet.')
  drawComposer()
  const live = new EventSource(`/people/discord/${encodeURIComponent(me)}/live`)
  live.addEventListener('message', (event) => show(JSON.parse(event.data)))
  live.addEventListener('error', () => {
    title.textContent = 'The stand-in does not answer. Is the demo still running?'
  })
}

/** @param {Json} next */
function show(next) {
  seen = next
  const here = seen.channels.find((/** @type {Json} */ one) => one.id === seen.here)
  const name = here?.kind === 'dm' ? here.name : `# ${here?.name ?? ''}`
  title.textContent = name
  document.title = `${seen.me.name} · ${seen.guild.name}`
  foot.querySelector('input')?.setAttribute('aria-label', `Message ${name}`)
  drawSide()
  drawStream()
  drawModal()
  toasts.replaceChildren()
  for (const line of seen.notices) toast(line)
}

function drawSide() {
  const rows = [
    { id: 'guild', title: seen.guild.name },
    ...seen.channels.map((/** @type {Json} */ one) => ({ ...one, here: one.id === seen.here })),
    { id: 'people', title: 'Be somebody else' },
    ...seen.people.map((/** @type {Json} */ one) => ({ ...one, person: true })),
    { id: 'reload', reload: true },
  ]
  reconcile(side, rows, {
    key: ({ id }) => id,
    sign: (row) => JSON.stringify(row),
    draw: (row) => {
      if (row.title) return h('h2', {}, row.title)
      if (row.reload)
        return h(
          'button',
          { type: 'button', class: 'row', click: () => gesture('reload') },
          icon('reload'),
          'Reload Discord',
        )
      if (row.person)
        return h(
          'a',
          {
            class: 'row',
            href: `/?as=${encodeURIComponent(row.name)}`,
            ...(row.name === seen.me.name ? { 'aria-current': 'true' } : {}),
          },
          avatar(row.name),
          row.name,
        )
      return h(
        'button',
        {
          type: 'button',
          class: 'row',
          ...(row.here ? { 'aria-current': 'page' } : {}),
          click: () => {
            openSide(false)
            return gesture('openChannel', { channel: row.kind === 'dm' ? 'dm' : row.id })
          },
        },
        row.kind === 'dm' ? avatar(row.name, true) : icon('hash'),
        row.name,
      )
    },
  })
}

menu.append(icon('menu'))
menu.setAttribute('aria-label', 'Channels and people')
menu.addEventListener('click', () => openSide(!document.body.classList.contains('has-side')))
stream.addEventListener('click', () => openSide(false))

/** @param {boolean} isOpen */
function openSide(isOpen) {
  document.body.classList.toggle('has-side', isOpen)
  menu.setAttribute('aria-expanded', String(isOpen))
}

function drawStream() {
  const isAtEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 160
  const focused = document.activeElement?.getAttribute('data-at')
  const messages = seen.messages.filter((/** @type {Json} */ one) => one.channel === seen.here)
  const rows = messages.length === 0 ? [{ id: 'start', commands: quick() }] : messages
  reconcile(stream, rows, {
    key: ({ id }) => id,
    sign: (row) => JSON.stringify(row),
    draw: (row) => (row.id === 'start' ? drawStart(row.commands) : drawMessage(row)),
  })
  if (focused && document.activeElement === document.body) {
    const again = stream.querySelector(`[data-at="${CSS.escape(focused)}"]`)
    if (again instanceof HTMLElement) again.focus({ preventScroll: true })
  }
  if (isAtEnd) stream.scrollTop = stream.scrollHeight
}

/** Commands that ask for nothing more. @returns {{ path: string, about: string }[]} */
function quick() {
  /** @type {{ path: string, command: Json }[]} */
  const all = seen.commands
    .filter((/** @type {Json} */ one) => one.type === 1)
    .flatMap((/** @type {Json} */ one) => pathsOf(one, ''))
  return all
    .filter(({ command }) => !command.options?.some((/** @type {Json} */ one) => one.required))
    .slice(0, 3)
    .map(({ path, command }) => ({ path, about: command.description ?? '' }))
}

/** What to do where nobody wrote anything yet. @param {{ path: string, about: string }[]} commands */
function drawStart(commands) {
  return h(
    'div',
    { class: 'start' },
    h(
      'p',
      {},
      commands.length === 0
        ? 'Nobody has written anything here yet.'
        : `Nobody has written anything here yet. Type a command of ${seen.app.name} below, or press one:`,
    ),
    commands.map(({ path, about }) =>
      h(
        'button',
        {
          type: 'button',
          class: 'start-command',
          click: (/** @type {Event} */ event) => {
            const node = /** @type {Element} */ (event.currentTarget)
            return gesture('command', { command: path, channel: here() }, node)
          },
        },
        h('strong', {}, path),
        about && h('span', {}, about),
      ),
    ),
  )
}

/** The channel that is open, as gestures name it. */
function here() {
  const open = seen.channels.find((/** @type {Json} */ one) => one.id === seen.here)
  return open?.kind === 'dm' ? 'dm' : seen.here
}

/** @param {Json} message */
function drawMessage(message) {
  const name = seen.names[message.author] ?? 'Deleted User'
  const isApp = message.author === seen.app.id
  const at = new Date(message.at)
  const clock = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  const place = { message, me, names: seen.names, people: seen.people, act: gesture }
  const apps = seen.commands.filter((/** @type {Json} */ one) => one.type === 3)
  return h(
    'article',
    { class: `message ${message.pings ? 'pings' : ''}`, 'aria-label': `${name}, ${clock}` },
    avatar(name, isApp),
    h(
      'div',
      { class: 'body' },
      message.used &&
        h(
          'p',
          { class: 'used' },
          `${seen.names[message.used.by] ?? 'Somebody'} used ${message.used.name}`,
        ),
      h(
        'p',
        { class: 'by' },
        h('strong', {}, name),
        isApp && h('span', { class: 'app-mark' }, 'APP'),
        h('time', { datetime: at.toISOString(), title: at.toLocaleString() }, clock),
      ),
      message.thinking && h('p', { class: 'thinking' }, `${seen.app.name} is thinking…`),
      message.content !== '' &&
        h('div', { class: 'text' }, drawMarkdown(message.content, seen.names)),
      message.embeds.map((/** @type {Json} */ one) =>
        h(
          'div',
          { class: 'container text' },
          drawMarkdown([one.title, one.description].filter(Boolean).join('\n'), seen.names),
        ),
      ),
      message.components.map((/** @type {Json} */ one) => drawComponent(one, place)),
      message.files.map((/** @type {Json} */ one) => drawFile(one, place)),
      message.edited && h('small', {}, '(edited)'),
      message.onlyYou &&
        h(
          'p',
          { class: 'only' },
          icon('eye'),
          'Only you can see this · ',
          h(
            'button',
            {
              type: 'button',
              class: 'plain',
              click: () => gesture('dismiss', { message: message.id }),
            },
            'Dismiss message',
          ),
        ),
    ),
    !message.onlyYou &&
      apps.length > 0 &&
      h(
        'details',
        { class: 'apps' },
        h('summary', { 'aria-label': 'Apps' }, icon('more')),
        apps.map((/** @type {Json} */ { name: command, label }) =>
          h(
            'button',
            {
              type: 'button',
              class: 'option',
              click: () => gesture('useMessage', { command, message: message.id }),
            },
            label,
          ),
        ),
      ),
  )
}

function drawModal() {
  const { form } = seen
  if (!form) {
    drawnForm = ''
    if (modal.open) modal.close()
    return
  }
  const sign = JSON.stringify([form.customId, form.title, form.components])
  if (sign !== drawnForm) {
    drawnForm = sign
    const send = async (/** @type {[string, Json][]} */ told) => {
      for (const [name, body] of told) if (!(await gesture(name, body))) return
      await gesture('submit')
    }
    modal.replaceChildren(drawForm(form, seen.names, seen.people, send, () => gesture('dismiss')))
    if (!modal.open) modal.showModal()
  }
  for (const node of modal.querySelectorAll('[data-error]'))
    node.textContent = form.errors[node.getAttribute('data-error') ?? ''] ?? ''
}
modal.addEventListener('cancel', (event) => {
  event.preventDefault()
  void gesture('dismiss')
})

/** What can be written, with the commands and options the app registered offered below it. */
function drawComposer() {
  let active = -1
  let asked = 0
  const list = h('ul', { class: 'offers', id: 'offers', role: 'listbox', hidden: true })
  const field = h('input', {
    type: 'text',
    role: 'combobox',
    autocomplete: 'off',
    'aria-controls': 'offers',
    'aria-expanded': 'false',
    'aria-label': 'Message',
    placeholder: 'Message, or / for commands',
    input: () => offer(),
    keydown: (/** @type {KeyboardEvent} */ event) => {
      const items = [...list.children]
      if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && items.length > 0) {
        event.preventDefault()
        mark(
          (active + (event.key === 'ArrowDown' ? 1 : items.length - 1) + items.length) %
            items.length,
        )
      } else if (event.key === 'Escape') fill([])
      else if (event.key === 'Tab' && items.length > 0 && !event.shiftKey) {
        event.preventDefault()
        take(items[Math.max(active, 0)])
      } else if (event.key === 'Enter') {
        event.preventDefault()
        if (items[active]) take(items[active])
        else void send()
      }
    },
  })
  foot.replaceChildren(list, field)

  /** @param {Element | undefined} item */
  function take(item) {
    field.value = item?.getAttribute('data-value') ?? field.value
    field.focus()
    void offer()
  }
  /** @param {number} i */
  function mark(i) {
    active = i
    for (const [at, item] of [...list.children].entries())
      item.setAttribute('aria-selected', String(at === i))
    field.setAttribute('aria-activedescendant', i < 0 ? '' : `offer-${i}`)
  }
  /** @param {{ value: string, label: string, about?: string }[]} offers */
  function fill(offers) {
    list.replaceChildren(
      ...offers.slice(0, 25).map(({ value, label, about }, i) => {
        const item = h(
          'li',
          { role: 'option', id: `offer-${i}`, 'data-value': value, click: () => take(item) },
          label,
          about && h('small', {}, about),
        )
        return item
      }),
    )
    list.toggleAttribute('hidden', offers.length === 0)
    field.setAttribute('aria-expanded', String(offers.length > 0))
    mark(-1)
  }
  async function offer() {
    const ask = ++asked
    const typed = field.value
    if (!typed.startsWith('/')) return fill([])
    /** @type {{ path: string, command: Json }[]} */
    const paths = seen.commands
      .filter((/** @type {Json} */ one) => one.type === 1)
      .flatMap((/** @type {Json} */ one) => pathsOf(one, ''))
    const chosen = paths.filter(({ path }) => `${typed} `.startsWith(`${path} `)).at(-1)
    if (!chosen || (!typed.includes(`${chosen.path} `) && typed !== chosen.path)) {
      const near = paths.filter(({ path }) => path.startsWith(typed))
      return fill(
        near.map(({ path, command }) => ({
          value: `${path} `,
          label: path,
          about: command.description,
        })),
      )
    }
    const options = /** @type {Json[]} */ (chosen.command.options ?? [])
    const current = options.find(({ label }) => new RegExp(`\\s${label}:\\S*$`, 'u').test(typed))
    if (current) {
      const base = typed.slice(0, typed.lastIndexOf(`${current.label}:`) + current.label.length + 1)
      const partial = typed.slice(base.length).toLowerCase()
      const found = current.autocomplete
        ? ((await post('autocomplete', { command: typed })).choices ?? [])
        : current.choices.filter((/** @type {Json} */ one) =>
            one.name.toLowerCase().startsWith(partial),
          )
      if (ask !== asked) return
      return fill(
        found.map((/** @type {Json} */ one) => ({
          value: `${base}${current.autocomplete ? one.value : one.name} `,
          label: one.name,
        })),
      )
    }
    const left = options.filter(({ label }) => !typed.includes(` ${label}:`))
    fill(
      typed.endsWith(' ')
        ? left.map(({ label, description }) => ({
            value: `${typed}${label}:`,
            label: `${label}:`,
            about: description,
          }))
        : [],
    )
  }
  async function send() {
    const text = field.value.trim()
    if (text === '') return
    field.value = ''
    fill([])
    const channel = here()
    if (text.startsWith('/')) await gesture('command', { command: text, channel })
    else await gesture('post', { channel, text })
  }
}

/** @param {Json} command @param {string} before @returns {{ path: string, command: Json }[]} */
function pathsOf(command, before) {
  const path = before === '' ? `/${command.label}` : `${before} ${command.label}`
  const below = command.options.filter((/** @type {Json} */ one) => one.type < 3)
  if (before !== '' && command.type > 2) return []
  return below.length === 0
    ? [{ path, command }]
    : below.flatMap((/** @type {Json} */ one) => pathsOf(one, path))
}

/** @param {string} name @param {Json} [body] @param {Element} [node] @returns {Promise<any>} */
async function gesture(name, body = {}, node) {
  node?.setAttribute('aria-busy', 'true')
  try {
    const answer = await post(name, body)
    if (answer.error) toast(String(answer.error).split('\n')[0] ?? '')
    else if (answer.ok === false && !seen.form && !answer.notices?.length) toast(answer.problem)
    return answer.ok
  } catch {
    toast('The stand-in does not answer. Is the demo still running?')
    return false
  } finally {
    node?.removeAttribute('aria-busy')
  }
}

/** @param {string} name @param {Json} body @returns {Promise<Json>} */
async function post(name, body) {
  const response = await fetch(`/people/discord/${encodeURIComponent(me)}/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return response.json()
}

/** @param {string} text */
function toast(text) {
  const close = h(
    'button',
    { type: 'button', class: 'plain', 'aria-label': 'Close', click: () => node.remove() },
    icon('close'),
  )
  const node = h('p', { class: 'toast' }, text, close)
  if (modal.open) modal.append(node)
  else toasts.append(node)
}
