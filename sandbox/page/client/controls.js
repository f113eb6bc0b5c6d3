// @ts-check
/**
 * Draws what one can press, type into and choose from. Each control knows its ids and hands what
 * was done with it to `act`; what it holds comes back from the server through `sync`.
 */
import { h, icon } from './dom.js'
import { drawText, wordsOf } from './mrkdwn.js'

/** @typedef {Record<string, any>} Json */
/**
 * @typedef {object} Stage where a control stands
 * @property {string} place the id of the view or the ts of the message
 * @property {Record<string, string>} names
 * @property {boolean} [isForm] whether Enter submits
 * @property {(gesture: string, body: Json, node?: HTMLElement) => Promise<void>} act
 * @property {(asked: Json) => Promise<Json[]>} search the options the app has for what was typed
 * @property {(spot: Json, label: string, value: string) => void} type says soon what was typed
 * @property {(spot: Json) => string | undefined} typing what was typed and is not told yet
 * @property {(confirm: Json) => Promise<boolean>} ask
 * @property {() => void} refresh shows again what the server knows
 * @property {{ id: string, name: string }[]} people
 * @property {{ id: string, name: string }[]} channels
 */
/** @typedef {{ node: HTMLElement, sync?: (held: Json) => void }} Control */

/**
 * One element of a block.
 * @param {Json} element @param {Json} block @param {Stage} stage @param {string} [labelId]
 * @returns {Control}
 */
export function drawControl(element, block, stage, labelId) {
  const at = { place: stage.place, block: block.block_id, action: element.action_id }
  const own = wordsOf(element.placeholder) || element.accessibility_label
  const label = wordsOf(block.label) || own || wordsOf(block.text) || element.action_id
  /** @type {Spot} */
  const spot = { at, label, key: keyOf(at), stage, element, block, name: naming(label, labelId) }
  switch (element.type) {
    case 'button':
    case 'workflow_button':
    case 'icon_button':
      return drawButton(spot)
    case 'feedback_buttons':
      return drawFeedback(spot)
    case 'overflow':
      return drawOverflow(spot)
    case 'static_select':
    case 'users_select':
    case 'channels_select':
    case 'conversations_select':
      return drawSelect(spot)
    case 'radio_buttons':
      return drawRadios(spot)
    case 'checkboxes':
      return drawChecks(spot)
    case 'multi_static_select':
      return drawMany(spot)
    case 'multi_users_select':
      return drawMany(listing(spot, peopleIn(stage)))
    case 'multi_channels_select':
      return drawMany(listing(spot, channelsIn(stage)))
    case 'multi_conversations_select':
      return drawMany(listing(spot, [...channelsIn(stage), ...peopleIn(stage)]))
    case 'external_select':
    case 'multi_external_select':
      return drawSearch(spot)
    case 'plain_text_input':
    case 'rich_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return drawField(spot)
    case 'file_input':
      return drawFiles(spot)
    default:
      return { node: h('span', { class: 'unknown' }, `(${element.type})`) }
  }
}

/**
 * @typedef {object} Spot
 * @property {Json} at @property {string} label @property {string} key @property {Stage} stage
 * @property {Json} element @property {Json} block @property {Json} name
 */

/** @param {Json} at */
export function keyOf(at) {
  return `${at.place}\u0000${at.block}\u0000${at.action}`
}

/** @param {string} label @param {string} [labelId] */
function naming(label, labelId) {
  return labelId ? { 'aria-labelledby': labelId } : { 'aria-label': label }
}

/** Asks first where the app wants that. @param {Spot} spot @param {() => unknown} go */
async function confirmed({ element, stage }, go) {
  if (!element.confirm || (await stage.ask(element.confirm))) await go()
  else stage.refresh()
}

/** @param {Spot} spot @returns {Control} */
function drawButton(spot) {
  const { at, element, stage, key } = spot
  const words = wordsOf(element.text)
  const node = h(
    'button',
    {
      type: 'button',
      class: `button ${element.style ?? ''}`,
      'data-key': key,
      'aria-label': element.accessibility_label,
      click: () =>
        confirmed(spot, () => {
          if (/^https?:\/\//i.test(element.url ?? '')) {
            window.open(element.url, '_blank', 'noopener,noreferrer')
          }
          return stage.act('press', { label: words, at }, node)
        }),
    },
    element.type === 'icon_button' ? icon('trash') : null,
    h('span', {}, words),
  )
  return { node }
}

/** @param {Spot} spot @returns {Control} */
function drawFeedback({ at, element, stage, key }) {
  const buttons = /** @type {const} */ ([
    ['positive_button', 'up'],
    ['negative_button', 'down'],
  ]).map(([side, drawing]) => {
    const words = wordsOf(element[side]?.text)
    const node = h(
      'button',
      {
        type: 'button',
        class: 'button quiet',
        'data-key': `${key}\u0000${side}`,
        'aria-label': element[side]?.accessibility_label,
        click: () => stage.act('press', { label: words, at }, node),
      },
      icon(drawing),
      h('span', {}, words),
    )
    return node
  })
  return { node: h('span', { class: 'feedback' }, buttons) }
}

/** @param {Spot} spot @returns {Control} */
function drawOverflow(spot) {
  const { at, element, stage, key } = spot
  const items = optionsOf(element).map((option) => ({
    words: wordsOf(option.text),
    go: (/** @type {HTMLElement} */ opener) =>
      confirmed(spot, () => stage.act('overflow', { option: option.value, at }, opener)),
  }))
  const label = element.accessibility_label ?? 'More actions'
  return { node: drawMenu({ label, key, items, mark: 'more' }) }
}

/**
 * A button that opens a menu. Arrows move in it, Escape leaves it.
 * @param {{ label: string, key: string, mark: 'more' | 'bolt',
 *   items: { words: string, go: (opener: HTMLElement) => unknown }[] }} given
 */
export function drawMenu({ label, key, mark, items: offered }) {
  const items = offered.map(({ words, go }) =>
    h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        tabindex: '-1',
        click: () => {
          show(false)
          opener.focus()
          go(opener)
        },
      },
      words,
    ),
  )
  const menu = h('div', { class: 'menu-list', role: 'menu', hidden: true }, items)
  const opener = h(
    'button',
    {
      type: 'button',
      class: 'button more',
      'data-key': key,
      'aria-label': label,
      title: label,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      click: () => show(menu.hidden === true),
    },
    icon(mark),
  )
  /** @param {boolean} isOpen */
  function show(isOpen) {
    menu.hidden = !isOpen
    opener.setAttribute('aria-expanded', String(isOpen))
    if (isOpen) items[0]?.focus()
  }
  const node = h(
    'span',
    {
      class: 'overflow',
      focusout: (/** @type {FocusEvent} */ event) => {
        const to = /** @type {Node | null} */ (event.relatedTarget)
        if (!node.contains(to)) show(false)
      },
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (menu.hidden) return
        const here = items.findIndex((item) => item.matches(':focus'))
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
        if (step) items[(here + step + items.length) % items.length]?.focus()
        else if (event.key === 'Escape') {
          show(false)
          opener.focus()
        } else return
        event.preventDefault()
        event.stopPropagation()
      },
    },
    opener,
    menu,
  )
  return node
}

/** @param {Json} element @returns {Json[]} */
function optionsOf(element) {
  const groups = element.option_groups ?? []
  return [
    ...(element.options ?? []),
    ...groups.flatMap((/** @type {Json} */ group) => group.options ?? []),
  ]
}

/** @param {Stage} stage */
function peopleIn({ people }) {
  return people.map(({ id, name }) => ({ value: id, words: name }))
}

/** @param {Stage} stage */
function channelsIn({ channels }) {
  return channels.map(({ id, name }) => ({ value: id, words: `#${name}` }))
}

/**
 * The same menu with these as its options.
 * @param {Spot} spot @param {{ value: string, words: string }[]} offered @returns {Spot}
 */
function listing(spot, offered) {
  const options = offered.map(({ value, words }) => ({
    value,
    text: { type: 'plain_text', text: words },
  }))
  return { ...spot, element: { ...spot.element, options } }
}

/** @param {Spot} spot @returns {Control} */
function drawSelect(spot) {
  const { at, element, stage, key, label, name } = spot
  const offered = {
    users_select: peopleIn(stage),
    channels_select: channelsIn(stage),
    conversations_select: [...channelsIn(stage), ...peopleIn(stage)],
  }
  /** @param {{ value: string, words: string, about?: string }} one */
  const entry = ({ value, words, about }) =>
    h('option', { value }, about ? `${words} (${about})` : words)
  /** @param {Json} option */
  const drawn = (option) =>
    entry({
      value: option.value,
      words: wordsOf(option.text),
      about: wordsOf(option.description),
    })
  const listed =
    element.type === 'static_select'
      ? [
          ...(element.options ?? []).map(drawn),
          ...(element.option_groups ?? []).map((/** @type {Json} */ group) =>
            h('optgroup', { label: wordsOf(group.label) }, (group.options ?? []).map(drawn)),
          ),
        ]
      : offered[/** @type {keyof typeof offered} */ (element.type)].map(entry)
  const hint = wordsOf(element.placeholder) || 'Choose…'
  const node = h(
    'select',
    {
      class: 'select',
      'data-key': key,
      ...name,
      change: () => {
        const { value } = node
        node.classList.toggle('is-empty', value === '')
        if (value === '') return
        confirmed(spot, () => stage.act('choose', { label, option: value, at }, node))
      },
    },
    h('option', { value: '', disabled: true }, hint),
    listed,
  )
  return {
    node,
    sync: (held) => {
      const one =
        held.selected_option?.value ??
        held.selected_user ??
        held.selected_channel ??
        held.selected_conversation
      node.value = one ?? ''
      node.classList.toggle('is-empty', !one)
    },
  }
}

/**
 * Options one sees all at once, each with a native radio button or box.
 * @param {Spot} spot @param {'radio' | 'checkbox'} type
 * @param {(input: HTMLInputElement, option: Json) => void} change
 */
function drawOptions({ element, stage, key }, type, change) {
  return optionsOf(element).map((option) => {
    const input = /** @type {HTMLInputElement} */ (
      h('input', {
        type,
        name: key,
        value: option.value,
        'data-key': `${key}\u0000${option.value}`,
        change: () => change(input, option),
      })
    )
    const about = option.description
      ? h('span', { class: 'about' }, drawText(option.description, stage.names))
      : null
    const words = h('span', { class: 'words' }, drawText(option.text, stage.names), about)
    return { input, node: h('label', { class: 'option' }, input, words), option }
  })
}

/** @param {Spot} spot @returns {Control} */
function drawRadios(spot) {
  const { at, stage, label, name } = spot
  const drawn = drawOptions(spot, 'radio', (input, option) =>
    confirmed(spot, () => stage.act('choose', { label, option: option.value, at }, input)),
  )
  return {
    node: h(
      'div',
      { class: 'options', role: 'radiogroup', ...name },
      drawn.map(({ node }) => node),
    ),
    sync: (held) => {
      for (const { input, option } of drawn) {
        input.checked = held.selected_option?.value === option.value
      }
    },
  }
}

/** @param {Spot} spot @returns {Control} */
function drawChecks(spot) {
  const { at, stage, label, name } = spot
  const drawn = drawOptions(spot, 'checkbox', (input) => {
    const options = drawn.filter((one) => one.input.checked).map(({ option }) => option.value)
    confirmed(spot, () => stage.act('check', { label, options, at }, input))
  })
  return {
    node: h(
      'div',
      { class: 'options', role: 'group', ...name },
      drawn.map(({ node }) => node),
    ),
    sync: (held) => check(drawn, held),
  }
}

/** @param {{ input: HTMLInputElement, option: Json }[]} drawn @param {Json} held */
function check(drawn, held) {
  const chosen =
    held.selected_users ??
    held.selected_channels ??
    held.selected_conversations ??
    (held.selected_options ?? []).map((/** @type {Json} */ one) => one.value)
  for (const { input, option } of drawn) input.checked = chosen.includes(option.value)
}

/** Several of many, folded away behind what is chosen. @param {Spot} spot @returns {Control} */
function drawMany(spot) {
  const { at, stage, element, label, name, key } = spot
  const hint = wordsOf(element.placeholder) || 'Choose…'
  const drawn = drawOptions(spot, 'checkbox', (input) => {
    const options = drawn.filter((one) => one.input.checked).map(({ option }) => option.value)
    say()
    confirmed(spot, () => stage.act('check', { label, options, at }, input))
  })
  const summary = h('summary', { class: 'select', 'data-key': key, ...name })
  const node = h(
    'details',
    { class: 'many' },
    summary,
    h(
      'div',
      { class: 'options', role: 'group', ...name },
      drawn.map((one) => one.node),
    ),
  )
  function say() {
    const chosen = drawn.filter(({ input }) => input.checked)
    const words = chosen.map(({ option }) => wordsOf(option.text))
    summary.replaceChildren(
      ...(words.length > 0 ? words.map((one) => h('span', { class: 'token' }, one)) : [hint]),
    )
    const full = chosen.length >= (element.max_selected_items ?? Number.POSITIVE_INFINITY)
    for (const { input } of drawn) input.disabled = full && !input.checked
  }
  say()
  return {
    node,
    sync: (held) => {
      check(drawn, held)
      say()
    },
  }
}

/** Options the app looks up while one types. @param {Spot} spot @returns {Control} */
function drawSearch(spot) {
  const { at, stage, element, label, name, key } = spot
  const isMany = element.type === 'multi_external_select'
  const least = element.min_query_length ?? 3
  /** @type {Json[]} */
  let chosen = []
  let asked = 0
  const tokens = h('span', { class: 'tokens' })
  const results = h('div', { class: 'menu-list', role: 'listbox', hidden: true })
  const field = h('input', {
    type: 'text',
    class: 'field',
    role: 'combobox',
    'aria-autocomplete': 'list',
    'aria-expanded': 'false',
    autocomplete: 'off',
    'data-key': key,
    ...name,
    placeholder: wordsOf(element.placeholder) || 'Type to search',
    input: () => look(),
    click: () => look(),
    keydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'ArrowDown') results.querySelector('button')?.focus()
      else if (event.key !== 'Enter') return
      event.preventDefault()
    },
  })
  async function look() {
    asked += 1
    const mine = asked
    if (field.value.length < least) return show([])
    await new Promise((resolve) => setTimeout(resolve, 150))
    if (mine !== asked) return
    const options = await stage.search({ label, value: field.value, at })
    if (mine === asked && field.isConnected) show(options)
  }
  /** @param {Json[]} options */
  function show(options) {
    results.replaceChildren(
      ...options.map((option) =>
        h(
          'button',
          { type: 'button', role: 'option', click: () => choose(option) },
          wordsOf(option.text),
        ),
      ),
    )
    results.hidden = options.length === 0
    field.setAttribute('aria-expanded', String(!results.hidden))
  }
  /** @param {Json} option */
  function choose(option) {
    const rest = chosen.filter(({ value }) => value !== option.value)
    field.value = ''
    asked += 1
    show([])
    field.focus()
    if (isMany) tell([...rest, option])
    else confirmed(spot, () => stage.act('choose', { label, option: option.value, at }, field))
  }
  /** @param {Json[]} now */
  function tell(now) {
    const options = now.map(({ value }) => value)
    confirmed(spot, () => stage.act('check', { label, options, at }, field))
  }
  const node = h(
    'div',
    {
      class: 'search',
      focusout: (/** @type {FocusEvent} */ event) => {
        if (!node.contains(/** @type {Node | null} */ (event.relatedTarget))) {
          asked += 1
          show([])
        }
      },
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== 'Escape' || results.hidden) return
        show([])
        field.focus()
        event.stopPropagation()
      },
    },
    tokens,
    field,
    results,
  )
  return {
    node,
    sync: (held) => {
      chosen = isMany
        ? (held.selected_options ?? [])
        : [held.selected_option].filter((one) => one !== null && one !== undefined)
      tokens.replaceChildren(
        ...chosen.map((option) => {
          const words = wordsOf(option.text)
          if (!isMany) return h('span', { class: 'token' }, words)
          const drop = () => tell(chosen.filter(({ value }) => value !== option.value))
          const button = { type: 'button', class: 'token', 'aria-label': `Remove ${words}` }
          return h('button', { ...button, click: drop }, `${words} ×`)
        }),
      )
    },
  }
}

/** @param {Spot} spot @returns {Control} */
function drawField(spot) {
  const { at, stage, element, block, label, name, key } = spot
  const isLong = element.multiline === true || element.type === 'rich_text_input'
  /** @type {Record<string, Json>} */
  const kinds = {
    number_input: { type: 'text', inputmode: 'decimal' },
    email_text_input: { type: 'email' },
    url_text_input: { type: 'url' },
    datepicker: { type: 'date' },
    timepicker: { type: 'time' },
    datetimepicker: { type: 'datetime-local' },
  }
  const node = h(isLong ? 'textarea' : 'input', {
    class: 'field',
    'data-key': key,
    ...(isLong ? { rows: '5' } : { type: 'text', ...kinds[element.type] }),
    placeholder: wordsOf(element.placeholder) || undefined,
    autocomplete: 'off',
    ...name,
    input: () => stage.type(at, label, node.value),
    keydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Enter' || isLong || event.isComposing) return
      if (block.dispatch_action === true) {
        event.preventDefault()
        stage.act('enter', { label, at }, node)
      } else if (!stage.isForm) event.preventDefault()
    },
  })
  return {
    node,
    sync: (held) => {
      const value =
        stage.typing(at) ??
        held.value ??
        held.selected_date ??
        held.selected_time ??
        localTime(held.selected_date_time) ??
        richWords(held.rich_text_value) ??
        ''
      // Letters of the person at this keyboard are never taken back by what was told before.
      if (document.activeElement !== node || node.value === '') node.value = value
    },
  }
}

/** @param {any} seconds @returns {string | undefined} */
function localTime(seconds) {
  if (typeof seconds !== 'number') return undefined
  const at = new Date(seconds * 1000)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** @param {any} value @returns {string | undefined} */
function richWords(value) {
  if (!value) return undefined
  if (typeof value.text === 'string') return value.text
  return (value.elements ?? []).map(richWords).join('')
}

/** @param {Spot} spot @returns {Control} */
function drawFiles({ at, stage, element, label, name, key }) {
  const most = element.max_files ?? 10
  const listed = h('p', { class: 'hint' })
  const node = h('input', {
    type: 'file',
    class: 'field',
    'data-key': key,
    ...(most > 1 ? { multiple: true } : {}),
    accept:
      (element.filetypes ?? []).map((/** @type {string} */ one) => `.${one}`).join(',') ||
      undefined,
    ...name,
    change: async () => {
      const files = await Promise.all(
        [...(node.files ?? [])].map(async (/** @type {File} */ file) => ({
          name: file.name,
          content: await file.text(),
        })),
      )
      await stage.act('upload', { label, files, at }, node)
    },
  })
  return {
    node: h('div', {}, node, listed),
    sync: (held) => {
      const names = (held.files ?? []).map((/** @type {Json} */ file) => file.name)
      listed.textContent = names.length > 0 ? `Attached: ${names.join(', ')}` : ''
    },
  }
}
