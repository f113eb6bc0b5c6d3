// @ts-check
/**
 * The stand-in Slack in a browser. The server tells what the person sees after every change; this
 * draws it, and sends what the person does as gestures. It keeps nothing but where one is looking.
 */
import { drawBlock, syncBlock } from './blocks.js'
import { drawWriting } from './composer.js'
import { drawMenu, keyOf } from './controls.js'
import { avatar, h, icon, reconcile } from './dom.js'
import { drawMrkdwn, wordsOf } from './mrkdwn.js'

/** @typedef {Record<string, any>} Json */

const query = new URLSearchParams(location.search)
/** @param {string} id */
const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id))
const [topTitle, people, side, head, stream, foot] = [
  'top-title',
  'people',
  'side',
  'head',
  'stream',
  'foot',
].map($)
const modal = /** @type {HTMLDialogElement} */ ($('modal'))
const ask = /** @type {HTMLDialogElement} */ ($('ask'))
const menu = /** @type {HTMLButtonElement} */ ($('menu'))
const toasts = $('toasts')

let me = query.get('as') ?? ''
/** What the server last told. @type {Json} */
let seen = {}
/** The conversation looked at: a channel's id, or `app` for the one with the app. */
let where = query.get('in') ?? 'app'
/** How many messages of each conversation were read. @type {Map<string, string>} */
const read = new Map()
/** What is typed and not told yet, by control. @type {Map<string, { value: string, tell: () => Promise<void>, timer: number }>} */
const typing = new Map()
/** Telling that is on its way. @type {Set<Promise<void>>} */
const telling = new Set()
/** Drafts of messages, by conversation. @type {Map<string, string>} */
const drafts = new Map()
/** Slack's notices that this person has put away. @type {Set<string>} */
const putAway = new Set()
let working = 0

start()

async function start() {
  const { people: names } = await (await fetch('/people/slack')).json()
  const known = names.find((/** @type {string} */ name) => name.toLowerCase() === me.toLowerCase())
  if (!known && names.length === 0) return toast('There is nobody here yet.')
  if (!known && me !== '') toast(`Nobody is called ${me}; you are ${names[0]}.`)
  me = known ?? names[0]
  const live = new EventSource(`/people/slack/${encodeURIComponent(me)}/live`)
  live.addEventListener('message', (event) => show(JSON.parse(event.data)))
  live.addEventListener('error', () => {
    topTitle.textContent = 'The stand-in does not answer. Is the demo still running?'
  })
}

/** @param {Json} next */
function show(next) {
  const isFirst = seen.me === undefined
  seen = next
  if (isFirst) {
    for (const { id } of conversations()) read.set(id, newestIn(id))
    drawComposer()
  }
  if (!conversations().some(({ id }) => id === where)) where = 'app'
  drawPeople()
  drawSide()
  drawHead()
  drawStream(isFirst)
  drawModal()
  drawNotices()
  drawStatus()
}

/** The conversations of this person; the one with the app is there before its first message. */
function conversations() {
  const channels = seen.channels
    .filter((/** @type {Json} */ one) => !one.withApp)
    .map((/** @type {Json} */ one) => ({ ...one, ids: [one.id] }))
  const own = seen.channels.filter((/** @type {Json} */ one) => one.withApp)
  const ids = own.map((/** @type {Json} */ one) => one.id)
  return [...channels, { id: 'app', name: seen.app.name, kind: 'app', ids, members: 2 }]
}

/** @param {string} id @returns {Json} */
function conversation(id) {
  return conversations().find((one) => one.id === id) ?? { id: 'app', ids: [] }
}

/** @param {string} id @returns {Json[]} */
function messagesIn(id) {
  const { ids } = conversation(id)
  return seen.messages.filter((/** @type {Json} */ message) => ids.includes(message.channel))
}

/** @param {string} id */
function newestIn(id) {
  return messagesIn(id).at(-1)?.ts ?? ''
}

const isHome = () => where === 'app' && seen.tab === 'home' && seen.app.home

/** @param {string} id */
async function go(id) {
  where = id
  const address = new URL(location.href)
  address.searchParams.set('as', me)
  address.searchParams.set('in', id)
  history.replaceState(null, '', address)
  openSide(false)
  show(seen)
  drawComposer()
  stream.scrollTop = stream.scrollHeight
  if (id !== 'app' && seen.tab === 'home') await gesture('openChannel')
}

// Who one is, and where.

function drawPeople() {
  topTitle.textContent = `${seen.team} · you are ${seen.me.name}`
  reconcile(people, seen.people, {
    key: ({ id }) => id,
    sign: ({ name }) => `${name} ${name === seen.me.name}`,
    draw: ({ name }) =>
      h(
        'a',
        {
          href: `/?as=${encodeURIComponent(name)}`,
          class: 'person',
          title: `Be ${name}. Open in another tab to be both.`,
          ...(name === seen.me.name ? { 'aria-current': 'true' } : {}),
        },
        avatar(name),
        h('span', {}, name),
      ),
  })
}

function drawSide() {
  const list = conversations()
  const group = (/** @type {string} */ title, /** @type {Json[]} */ of) =>
    of.length === 0 ? [] : [{ title }, ...of]
  const rows = [
    { team: seen.team },
    ...group(
      'Channels',
      list.filter(({ kind }) => kind === 'public' || kind === 'private'),
    ),
    ...group(
      'Direct messages',
      list.filter(({ kind }) => kind === 'im'),
    ),
    ...group(
      'Apps',
      list.filter(({ kind }) => kind === 'app'),
    ),
    { switcher: seen.people, isMe: seen.me.name },
    { reload: true },
  ]
  let unread = 0
  const marked = rows.map((row) => {
    if (!row.id) return row
    if (row.id === where && !isHome()) read.set(row.id, newestIn(row.id))
    const seenTs = read.get(row.id) ?? ''
    const fresh = messagesIn(row.id).filter(
      ({ ts, author }) => ts > seenTs && author !== seen.me.id,
    )
    unread += fresh.length
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      fresh: fresh.length,
      here: row.id === where,
    }
  })
  reconcile(side, marked, {
    key: (row) => row.id ?? row.title ?? Object.keys(row)[0] ?? '',
    sign: (row) => JSON.stringify(row),
    draw: drawRow,
  })
  document.title = `${unread > 0 ? `(${unread}) ` : ''}${seen.me.name} · ${seen.team}`
}

/** @param {Json} row */
function drawRow(row) {
  if (row.team) return h('p', { class: 'team' }, row.team)
  if (row.title) return h('h2', {}, row.title)
  if (row.switcher) return drawSwitcher(row)
  if (row.reload) {
    return h(
      'button',
      {
        type: 'button',
        class: 'row quiet',
        title: 'What only you saw and open forms are gone then, as in Slack',
        click: () => gesture('reload'),
      },
      icon('reload'),
      'Reload Slack',
    )
  }
  const mark =
    row.kind === 'app' || row.kind === 'im'
      ? avatar(row.name, row.kind === 'app')
      : icon(row.kind === 'private' ? 'lock' : 'hash')
  return h(
    'button',
    {
      type: 'button',
      class: `row ${row.fresh > 0 ? 'is-fresh' : ''}`,
      ...(row.here ? { 'aria-current': 'page' } : {}),
      click: () => go(row.id),
    },
    mark,
    h('span', { class: 'name' }, row.name),
    row.fresh > 0 &&
      h('span', { class: 'badge' }, String(row.fresh), h('span', { class: 'hidden' }, ' new')),
  )
}

/** Who one may be, for narrow screens, where the rail has no room. @param {Json} row */
function drawSwitcher({ switcher, isMe }) {
  return h(
    'div',
    { class: 'switcher' },
    h('h2', {}, 'Be somebody else'),
    switcher.map((/** @type {Json} */ { name }) =>
      h(
        'a',
        {
          class: 'row',
          href: `/?as=${encodeURIComponent(name)}`,
          ...(name === isMe ? { 'aria-current': 'true' } : {}),
        },
        avatar(name),
        name,
      ),
    ),
  )
}

menu.append(icon('menu'))
menu.setAttribute('aria-label', 'Channels and people')
menu.addEventListener('click', () => openSide(!document.body.classList.contains('has-side')))
$('main').addEventListener('click', () => openSide(false))
document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape' || menu.getAttribute('aria-expanded') !== 'true') return
  openSide(false)
  menu.focus()
})

/** @param {boolean} isOpen */
function openSide(isOpen) {
  document.body.classList.toggle('has-side', isOpen)
  menu.setAttribute('aria-expanded', String(isOpen))
}

function drawHead() {
  const { id, name, kind, members } = conversation(where)
  const tabs = kind === 'app' && seen.app.home ? ['home', 'messages'] : []
  reconcile(head, [{ id, name, kind, members, tabs, tab: seen.tab }], {
    key: () => 'head',
    sign: (row) => JSON.stringify(row),
    draw: (_, old) => {
      const hadFocus = old?.contains(document.activeElement)
      const drawn = h(
        'div',
        { class: 'head-row' },
        h(
          'h1',
          {},
          kind === 'app' || kind === 'im'
            ? avatar(name, kind === 'app')
            : icon(kind === 'private' ? 'lock' : 'hash'),
          name,
          kind === 'app' && h('span', { class: 'app-mark' }, 'APP'),
        ),
        tabs.length > 0 &&
          h(
            'div',
            { class: 'tabs' },
            tabs.map((tab) =>
              h(
                'button',
                {
                  type: 'button',
                  ...(seen.tab === tab ? { 'aria-current': 'page' } : {}),
                  click: () => gesture(tab === 'home' ? 'openHome' : 'openMessages'),
                },
                tab === 'home' ? 'Home' : 'Messages',
              ),
            ),
          ),
        kind !== 'app' && kind !== 'im' && h('span', { class: 'members' }, `${members} members`),
      )
      if (hadFocus)
        queueMicrotask(() => {
          const tab = drawn.querySelector('[aria-current]')
          if (tab instanceof HTMLElement) tab.focus()
        })
      return drawn
    },
  })
}

// What is said.

/** @param {boolean} isFirst */
function drawStream(isFirst) {
  document.body.classList.toggle('is-home', isHome())
  const isAtEnd = stream.scrollHeight - stream.scrollTop - stream.clientHeight < 120
  const held = focusHeld()
  if (isHome()) {
    /** @type {Json[]} */
    const items = seen.home
      ? [{ kind: 'home', view: seen.home }]
      : [{ kind: 'nothing', text: `${seen.app.name} has nothing here yet.` }]
    reconcile(stream, items, {
      key: ({ kind }) => kind,
      sign: ({ kind, text }) => `${kind} ${text}`,
      draw: ({ kind, text }) =>
        kind === 'home' ? h('div', { class: 'home' }) : h('p', { class: 'nothing' }, text),
      keep: (node, { view }) => view && drawBlocks(node, view.blocks, view.id, view.entered),
    })
    restoreFocus(held)
    return
  }
  const messages = messagesIn(where)
  /** @type {Json[]} */
  const items = messages.flatMap((message, i) => {
    const before = messages[i - 1]
    const day = dayOf(message.ts)
    const isNewDay = !before || dayOf(before.ts) !== day
    const follows =
      !isNewDay &&
      before?.author === message.author &&
      before?.onlyYou === message.onlyYou &&
      Number(message.ts) - Number(before?.ts) < 300
    return [
      ...(isNewDay ? [{ kind: 'day', day, id: `day ${day}` }] : []),
      { kind: 'message', message, follows, id: message.ts },
    ]
  })
  items.unshift({ kind: 'start', id: 'start', where })
  reconcile(stream, items, {
    key: ({ id }) => id,
    sign: (item) => {
      if (item.kind !== 'message') return JSON.stringify(item)
      const { blocks, entered, ...rest } = item.message
      return JSON.stringify([rest, blocks.length > 0, item.follows])
    },
    draw: drawItem,
    keep: (node, item) => {
      if (item.kind !== 'message') return
      const { message } = item
      const inside = /** @type {Element} */ (node.querySelector('.blocks'))
      if (message.blocks.length > 0) drawBlocks(inside, message.blocks, message.ts, message.entered)
    },
  })
  restoreFocus(held)
  if (isAtEnd || isFirst) stream.scrollTop = stream.scrollHeight
}

/** @param {Json} item */
function drawItem(item) {
  if (item.kind === 'day') return h('p', { class: 'day' }, h('span', {}, item.day))
  if (item.kind === 'start') return drawStart()
  const { message, follows } = item
  const isApp = message.author === seen.app.id
  const name = seen.names[message.author] ?? message.author
  const time = new Date(Number(message.ts) * 1000)
  const clock = time.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  const about = { datetime: time.toISOString(), title: time.toLocaleString() }
  const stamp = h('time', about, follows ? clock.replace(/ ?[AP]M$/i, '') : clock)
  return h(
    'article',
    {
      class: `message ${follows ? 'follows' : ''} ${message.onlyYou ? 'only-you' : ''}`,
      'aria-label': `${name}, ${clock}`,
      id: `at-${message.ts}`,
      tabindex: '-1',
    },
    h('div', { class: 'gutter' }, follows ? stamp : avatar(name, isApp)),
    h(
      'div',
      { class: 'body' },
      message.onlyYou && h('p', { class: 'only' }, icon('eye'), 'Only visible to you'),
      !follows &&
        h(
          'p',
          { class: 'by' },
          h('strong', {}, name),
          isApp && h('span', { class: 'app-mark' }, 'APP'),
          stamp,
        ),
      (message.blocks.length === 0 || message.files.length > 0) &&
        message.text !== '' &&
        h(
          'div',
          { class: 'said' },
          drawMrkdwn(message.text, seen.names),
          message.edited && h('span', { class: 'edited' }, ' (edited)'),
        ),
      h('div', { class: 'blocks' }),
      message.files.map(drawFile),
    ),
    !message.onlyYou && drawShortcuts('message', { ts: message.ts }),
  )
}

function drawStart() {
  const { kind, name } = conversation(where)
  if (kind !== 'app') {
    return h(
      'div',
      { class: 'start' },
      h('p', {}, `This is the very beginning of ${kind === 'im' ? '' : '#'}${name}.`),
    )
  }
  const commands = seen.commands.map((/** @type {Json} */ command) =>
    h(
      'button',
      { type: 'button', class: 'button', click: () => send(command.name) },
      h('code', {}, command.name),
      command.description && h('span', {}, command.description),
    ),
  )
  return h(
    'div',
    { class: 'start' },
    avatar(name, true),
    h(
      'p',
      {},
      `This is the very beginning of your messages with ${name}. Type a command below, or press one:`,
    ),
    h('div', { class: 'commands' }, commands),
  )
}

/** What the app offers on a message, or everywhere. @param {'message' | 'anything'} on @param {Json} [where] */
function drawShortcuts(on, where = {}) {
  const offered = seen.shortcuts.filter((/** @type {Json} */ one) => one.on === on)
  if (offered.length === 0) return null
  return drawMenu({
    label: on === 'message' ? 'More actions' : 'Shortcuts',
    key: `${where['ts'] ?? 'composer'}\u0000shortcuts`,
    mark: on === 'message' ? 'more' : 'bolt',
    items: offered.map((/** @type {Json} */ { name, callbackId }) => ({
      words: `${name} · ${seen.app.name}`,
      go: (/** @type {HTMLElement} */ opener) =>
        gesture(
          on === 'message' ? 'messageShortcut' : 'globalShortcut',
          { callbackId, ...where },
          opener,
        ),
    })),
  })
}

/** @param {Json} file */
function drawFile(file) {
  const size = sizeOf(file.size)
  return h(
    'a',
    {
      class: 'file',
      href: `/people/slack/${encodeURIComponent(me)}/files/${encodeURIComponent(file.id)}`,
      download: file.name,
    },
    icon('file'),
    h(
      'span',
      {},
      h('strong', {}, file.title || file.name),
      h('span', {}, file.title && file.title !== file.name ? `${file.name} · ${size}` : size),
    ),
    icon('download'),
  )
}

/** @param {number} bytes */
function sizeOf(bytes) {
  if (bytes < 1000) return `${bytes} bytes`
  return bytes < 1_000_000
    ? `${(bytes / 1000).toFixed(1)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`
}

/** @param {string} ts */
function dayOf(ts) {
  const date = new Date(Number(ts) * 1000)
  if (date.toDateString() === new Date().toDateString()) return 'Today'
  return date.toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' })
}

/** @param {Element} parent @param {Json[]} blocks @param {string} place @param {Json} entered @param {Json} [errors] */
function drawBlocks(parent, blocks, place, entered, errors = {}) {
  const stage = {
    place,
    names: seen.names,
    isForm: parent.closest('form') !== null,
    act,
    search: async (/** @type {Json} */ asked) => (await post('search', asked)).options ?? [],
    type: typed,
    typing: (/** @type {Json} */ at) => typing.get(keyOf(at))?.value,
    ask: askFirst,
    refresh: () => show(seen),
    people: seen.people,
    channels: seen.channels.filter((/** @type {Json} */ one) => one.kind !== 'im'),
  }
  reconcile(parent, blocks, {
    key: (block, i) => `${place} ${block.type === 'input' ? block.block_id : i}`,
    sign: (block) => JSON.stringify([place, block]),
    draw: (block) => drawBlock(block, stage),
    keep: (node, block) => syncBlock(node, entered, errors[block.block_id]),
  })
}

/** Which control has the focus, and where its caret is: nodes may be replaced under it. */
function focusHeld() {
  const active = document.activeElement
  if (!(active instanceof HTMLElement) || active.dataset['key'] === undefined) return null
  const typed = active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement
  const isText = typed && ['text', 'textarea', 'url'].includes(active.type)
  const caret = isText ? caretOf(active) : null
  return { active, key: active.dataset['key'], words: active.textContent, caret }
}

/** @param {HTMLInputElement | HTMLTextAreaElement} field @returns {[number | null, number | null]} */
function caretOf(field) {
  return [field.selectionStart, field.selectionEnd]
}

/** @param {ReturnType<typeof focusHeld>} held */
function restoreFocus(held) {
  if (!held || held.active.isConnected) return
  const place = held.key.split('\u0000')[0]
  const nodes = [...document.querySelectorAll('[data-key]')]
    .filter((node) => node instanceof HTMLElement)
    .filter((node) => node.dataset['key']?.split('\u0000')[0] === place)
  // Where a card became the next one in the same message, its like is there under another id.
  const again =
    nodes.find((node) => node.dataset['key'] === held.key) ??
    nodes.find((node) => node.localName === 'button' && node.textContent === held.words) ??
    (modal.open ? undefined : (document.getElementById(`at-${place}`) ?? stream))
  if (!again) return
  again.focus({ preventScroll: true })
  const isText = again instanceof HTMLInputElement || again instanceof HTMLTextAreaElement
  if (held.caret && isText) again.setSelectionRange(...held.caret)
}

// Forms.

/** @type {string | null} */
let shownView = null

function drawModal() {
  const view = seen.modals.at(-1)
  if (!view) {
    document.body.append(toasts)
    if (modal.open) modal.close()
    shownView = null
    modal.replaceChildren()
    return
  }
  const held = focusHeld()
  const isNew = shownView !== view.id
  if (isNew) {
    shownView = view.id
    // A dialog lies above everything else, so what is said while it is open is said inside it.
    modal.replaceChildren(drawFrame(), toasts)
  }
  if (!modal.open) modal.showModal()
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement} */ (modal.querySelector(name))
  part('.modal-title').textContent = wordsOf(view.title)
  const before = seen.modals.at(-2)
  const back = part('.modal-back')
  back.hidden = !before
  back.setAttribute('aria-label', before ? `Back to ${wordsOf(before.title)}` : 'Back')
  const isSame = part('.modal-body').dataset['inputs'] === inputsOf(view)
  drawBlocks(part('.modal-body'), view.blocks, view.id, view.entered, view.errors)
  part('.modal-body').dataset['inputs'] = inputsOf(view)
  part('.modal-close').textContent = view.close ? wordsOf(view.close) : 'Close'
  const submit = part('.modal-submit')
  submit.hidden = !view.submit
  submit.textContent = wordsOf(view.submit)
  restoreFocus(held)
  if (isNew || !isSame) {
    // Another question: from its top, and not in the middle of what one typed before.
    part('.modal-body').scrollTop = 0
    const wanted = view.blocks.find((/** @type {Json} */ block) => block.element?.focus_on_load)
    const first =
      wanted &&
      part(
        `[data-key="${CSS.escape(keyOf({ place: view.id, block: wanted.block_id, action: wanted.element.action_id }))}"]`,
      )
    const target = first ?? part('.modal-body')
    target.focus({ preventScroll: true })
  }
  leadToErrors(view.errors)
}

let shownErrors = ''

/** Brings the first error before the eyes, and the caret into its field. @param {Json} errors */
function leadToErrors(errors) {
  const told = JSON.stringify(errors)
  if (told === shownErrors) return
  shownErrors = told
  const wrong = modal.querySelector('.has-error')
  if (!wrong) return
  const field = wrong.querySelector('input, textarea, select, summary')
  if (field instanceof HTMLElement) field.focus({ preventScroll: true })
  wrong.scrollIntoView({ block: 'nearest' })
}

/** Which fields a view asks for: it is another form when these differ. @param {Json} view */
function inputsOf(view) {
  return view.blocks
    .filter((/** @type {Json} */ block) => block.type === 'input')
    .map((/** @type {Json} */ block) => block.block_id)
    .join(' ')
}

function drawFrame() {
  return h(
    'form',
    {
      novalidate: true,
      submit: (/** @type {SubmitEvent} */ event) => {
        event.preventDefault()
        // Told again only when it is wrong again: a second press shows the same error once more.
        shownErrors = ''
        gesture('submit', {}, modal.querySelector('.modal-submit'))
      },
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
        event.preventDefault()
        if (!modal.querySelector('.modal-submit')?.hasAttribute('hidden'))
          modal.querySelector('form')?.requestSubmit()
      },
    },
    h(
      'header',
      {},
      h(
        'button',
        { type: 'button', class: 'plain modal-back', click: () => gesture('close') },
        icon('back'),
      ),
      h('img', { src: '/page/icon.svg', alt: '', class: 'avatar' }),
      h('h2', { class: 'modal-title', id: 'modal-title' }),
      h(
        'button',
        {
          type: 'button',
          class: 'plain',
          'aria-label': 'Close all forms',
          click: () => gesture('closeAll'),
        },
        icon('close'),
      ),
    ),
    h('div', { class: 'modal-body', tabindex: '-1' }),
    h(
      'footer',
      {},
      h('p', { class: 'modal-work', role: 'status' }),
      h('button', { type: 'button', class: 'button modal-close', click: () => gesture('close') }),
      h('button', { type: 'submit', class: 'button primary modal-submit' }),
    ),
  )
}

modal.addEventListener('cancel', (event) => {
  event.preventDefault()
  gesture('close')
})

/** @param {Json} confirm @returns {Promise<boolean>} */
function askFirst(confirm) {
  return new Promise((resolve) => {
    /** @param {boolean} answer */
    const answer = (answer) => {
      ask.close()
      ask.replaceChildren()
      resolve(answer)
    }
    ask.oncancel = (event) => {
      event.preventDefault()
      answer(false)
    }
    ask.replaceChildren(
      h('h2', { id: 'ask-title' }, wordsOf(confirm.title) || 'Are you sure?'),
      h(
        'p',
        {},
        confirm.text?.type === 'mrkdwn'
          ? drawMrkdwn(confirm.text.text, seen.names)
          : wordsOf(confirm.text),
      ),
      h(
        'footer',
        {},
        h(
          'button',
          { type: 'button', class: 'button', click: () => answer(false) },
          wordsOf(confirm.deny) || 'Cancel',
        ),
        h(
          'button',
          {
            type: 'button',
            class: `button ${confirm.style ?? 'primary'}`,
            click: () => answer(true),
          },
          wordsOf(confirm.confirm) || 'Yes',
        ),
      ),
    )
    ask.showModal()
  })
}

// What one writes.

function drawComposer() {
  const name = where === 'app' ? seen.app.name : `#${conversation(where).name}`
  const place = where
  const form = drawWriting({
    label: `Message ${name}`,
    commands: seen.commands,
    draft: drafts.get(place) ?? '',
    remember: (draft) => drafts.set(place, draft),
    send,
    beside: drawShortcuts('anything'),
  })
  foot.replaceChildren(form, h('p', { class: 'status', role: 'status' }))
  drawStatus()
}

/** @param {string} text */
async function send(text) {
  const to = where === 'app' ? {} : { channel: where }
  const isCommand = text.startsWith('/')
  stream.scrollTop = stream.scrollHeight
  await gesture(isCommand ? 'command' : 'say', {
    ...(isCommand ? { command: text } : { text }),
    ...to,
  })
}

// What one does.

/** @param {string} name @param {Json} body @param {Element | null} [node] */
async function act(name, body, node) {
  await gesture(name, body, node)
}

/**
 * Sends a gesture once everything typed is told; shows what Slack's client would say if it fails.
 * @param {string} name @param {Json} [body] @param {Element | null} [node]
 */
async function gesture(name, body = {}, node) {
  await tellAll()
  // Slack clears its notices when one goes on; so does the server, with the next gesture.
  putAway.clear()
  toasts.replaceChildren()
  working += 1
  node?.setAttribute('aria-busy', 'true')
  drawStatus()
  try {
    const answer = await post(name, body)
    if (answer.error) toast(firstLine(answer.error))
  } catch {
    toast('The stand-in does not answer. Is the demo still running?')
  } finally {
    node?.removeAttribute('aria-busy')
    // The app answers first and writes a moment later; until then it is still at work.
    setTimeout(() => {
      working -= 1
      drawStatus()
    }, 250)
  }
}

/** @param {string} name @param {Json} body @returns {Promise<Json>} */
async function post(name, body) {
  const response = await fetch(`/people/slack/${encodeURIComponent(me)}/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer = await response.json()
  if (answer.ok === false && answer.error) show(await seenNow())
  return answer
}

async function seenNow() {
  return (await fetch(`/people/slack/${encodeURIComponent(me)}/seen`)).json()
}

const typingMs = 400

/** Remembers what was typed and tells it when the typing rests. @param {Json} at @param {string} label @param {string} value */
function typed(at, label, value) {
  const key = keyOf(at)
  clearTimeout(typing.get(key)?.timer)
  const tell = async () => {
    clearTimeout(typing.get(key)?.timer)
    // A form that went away meanwhile takes no more letters; there is nothing to say about it.
    await post('fill', { label, value, at }).catch(() => undefined)
    if (typing.get(key)?.value === value) typing.delete(key)
  }
  const told = () => {
    const one = tell()
    telling.add(one)
    one.finally(() => telling.delete(one))
    return one
  }
  typing.set(key, { value, tell: told, timer: window.setTimeout(told, typingMs) })
}

async function tellAll() {
  await Promise.all([...telling])
  await Promise.all([...typing.values()].map(({ tell }) => tell()))
}

function drawStatus() {
  const words = working > 0 ? `${seen.app?.name ?? 'The app'} is working…` : ''
  for (const line of document.querySelectorAll('.status, .modal-work')) line.textContent = words
}

// What went wrong.

function drawNotices() {
  const notices = seen.notices.filter((/** @type {string} */ line) => !putAway.has(line))
  const shown = [...toasts.children].map((node) => node.getAttribute('data-text'))
  for (const line of notices) if (!shown.includes(line)) toast(line)
}

/** @param {string} text */
function toast(text) {
  const node = h(
    'div',
    { class: 'toast', 'data-text': text },
    h('span', {}, text),
    h(
      'button',
      {
        type: 'button',
        class: 'plain',
        'aria-label': 'Dismiss',
        click: () => {
          putAway.add(text)
          node.remove()
        },
      },
      icon('close'),
    ),
  )
  toasts.append(node)
}

/** The server's sentences show the whole screen below them. @param {string} text */
function firstLine(text) {
  return (text.split('\n')[0] ?? '').replace(/ On the screen is:$/, '')
}
