// @ts-check
/** The field below the messages: commands are offered while one types them; Enter sends. */
import { h, icon } from './dom.js'

/** @typedef {Record<string, any>} Json */

/**
 * @param {{ label: string, commands: Json[], draft: string, remember: (draft: string) => void,
 *   send: (text: string) => void, beside: Node | null }} given
 */
export function drawWriting({ label, commands, draft, remember, send, beside }) {
  const field = h('textarea', {
    rows: '1',
    placeholder: label,
    'aria-label': label,
    // A field of several lines may be no combobox: it says that a list goes with it.
    'aria-haspopup': 'listbox',
    'aria-controls': 'offers',
    'aria-autocomplete': 'list',
    input: () => {
      remember(field.value)
      grow()
      offer()
    },
    keydown: key,
    blur: () => setTimeout(() => offers.replaceChildren(), 150),
  })
  const offers = h('div', {
    class: 'offers',
    id: 'offers',
    role: 'listbox',
    'aria-label': 'Commands',
  })
  field.value = draft
  let chosen = 0

  function grow() {
    field.rows = Math.min(8, field.value.split('\n').length)
  }
  /** @returns {{ text: string, about: string, isWhole: boolean }[]} */
  function offered() {
    const text = field.value
    if (!text.startsWith('/') || text.includes('\n')) return []
    const [name = '', ...rest] = text.split(' ')
    const command = commands.find((/** @type {Json} */ one) => one.name === name)
    if (command && text.includes(' ')) {
      const begun = rest.join(' ')
      return (command.words ?? [])
        .filter((/** @type {string} */ word) => word.startsWith(begun) && word !== begun)
        .map((/** @type {string} */ word) => ({
          text: `${name} ${word}`,
          about: '',
          isWhole: true,
        }))
    }
    return commands
      .filter((/** @type {Json} */ one) => one.name.startsWith(text))
      .map((/** @type {Json} */ one) => ({
        text: one.name,
        about: one.description ?? '',
        isWhole: (one.words ?? []).length === 0,
      }))
  }
  function offer() {
    const list = offered()
    chosen = Math.min(chosen, Math.max(0, list.length - 1))
    offers.replaceChildren(
      ...list.map(({ text, about, isWhole }, i) =>
        h(
          'div',
          {
            role: 'option',
            id: `offer-${i}`,
            'aria-selected': String(i === chosen),
            mousedown: (/** @type {Event} */ event) => {
              event.preventDefault()
              take(text, isWhole)
            },
          },
          h('strong', {}, text),
          about && h('span', {}, about),
        ),
      ),
    )
    if (list.length > 0) field.setAttribute('aria-activedescendant', `offer-${chosen}`)
    else field.removeAttribute('aria-activedescendant')
  }
  /** @param {string} text @param {boolean} isWhole */
  function take(text, isWhole) {
    field.value = isWhole ? text : `${text} `
    remember(field.value)
    chosen = 0
    offer()
    field.focus()
  }
  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.isComposing) return
    const list = offered()
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (list.length > 0 && step) {
      chosen = (chosen + step + list.length) % list.length
      offer()
    } else if (list.length > 0 && event.key === 'Tab' && !event.shiftKey) {
      const one = list[chosen]
      if (one) take(one.text, one.isWhole)
    } else if (list.length > 0 && event.key === 'Escape') {
      offers.replaceChildren()
    } else if (event.key === 'Enter' && !event.shiftKey) {
      const one = list[chosen]
      // A command begun but not finished is finished first; a whole one is sent as it is.
      const isBegun =
        one &&
        !commands.some((/** @type {Json} */ c) => field.value.trim().split(' ')[0] === c.name)
      if (isBegun) take(one.text, one.isWhole)
      else submit()
    } else return
    event.preventDefault()
  }
  function submit() {
    const text = field.value.trim()
    if (text === '') return
    field.value = ''
    remember('')
    chosen = 0
    grow()
    offer()
    send(text)
  }
  return h(
    'form',
    {
      class: 'composer',
      submit: (/** @type {Event} */ event) => {
        event.preventDefault()
        submit()
      },
    },
    offers,
    beside,
    field,
    h('button', { type: 'submit', class: 'send', 'aria-label': 'Send' }, icon('send')),
  )
}
