// @ts-check
/** Components V2 and the older rows as elements; a control says only what the person did with it. */
import { drawMarkdown } from './discord-markdown.js'
import { h, icon } from './dom.js'

/** @typedef {Record<string, any>} Json */
/**
 * @typedef {{ message: Json, me: string, names: Record<string, string>, people: Json[],
 *   act: (gesture: string, body: Json, node?: Element) => Promise<void> }} Place
 */

const looks = /** @type {Record<number, string>} */ ({
  1: 'primary',
  2: 'secondary',
  3: 'success',
  4: 'danger',
  5: 'link',
})

/** @param {Json} one @param {Place} place @returns {HTMLElement | null} */
export function drawComponent(one, place) {
  const inside = () =>
    (one.components ?? []).map((/** @type {Json} */ c) => drawComponent(c, place))
  switch (one.type) {
    case 1:
      return h('div', { class: 'action-row' }, inside())
    case 2:
      return drawButton(one, place)
    case 3:
    case 5:
      return drawSelect(one, place)
    case 9:
      return h(
        'div',
        { class: 'section' },
        h('div', { class: 'section-text' }, inside()),
        one.accessory && drawComponent(one.accessory, place),
      )
    case 10:
      return h('div', { class: 'text' }, drawMarkdown(one.content ?? '', place.names))
    case 11:
      return drawMedia(one.media, one.description, place)
    case 12:
      return h(
        'div',
        { class: 'gallery' },
        one.items.map((/** @type {Json} */ item) => drawMedia(item.media, item.description, place)),
      )
    case 13:
      return null
    case 14:
      return h(one.divider === false ? 'div' : 'hr', { class: `gap gap-${one.spacing ?? 1}` })
    case 17: {
      const box = h('div', { class: `container ${one.spoiler ? 'is-spoiler' : ''}` }, inside())
      if (typeof one.accent_color === 'number')
        box.style.setProperty('--accent', `#${one.accent_color.toString(16).padStart(6, '0')}`)
      return box
    }
    default:
      return h('p', { class: 'unknown' }, `This page does not draw components of kind ${one.type}.`)
  }
}

/** @param {Json} one */
function labelOf(one) {
  return [one.emoji?.name, one.label].filter(Boolean).join(' ')
}

/** @param {Json} one @param {Place} place */
function drawButton(one, place) {
  const style = `button button-${looks[one.style] ?? 'secondary'}`
  if (one.style === 5)
    return /^https?:/.test(one.url ?? '')
      ? h('a', { class: style, href: one.url, target: '_blank', rel: 'noreferrer' }, labelOf(one))
      : h('span', { class: style }, labelOf(one))
  const button = h(
    'button',
    {
      type: 'button',
      class: style,
      disabled: one.disabled === true,
      'data-at': `${place.message.id} ${one.custom_id}`,
      click: () =>
        place.act('press', { label: one.custom_id, message: place.message.id, nth: 0 }, button),
    },
    labelOf(one),
  )
  return button
}

/** @param {Json} one @param {Place} place */
function drawSelect(one, place) {
  const { message, people, act } = place
  const options =
    one.type === 5 ? people.map(({ name, id }) => ({ label: name, value: id })) : one.options
  const given = (one.options ?? []).filter((/** @type {Json} */ option) => option.default)
  const values = new Set(
    message.chosen[one.custom_id] ?? given.map((/** @type {Json} */ option) => option.value),
  )
  const min = one.min_values ?? 1
  const max = one.max_values ?? 1
  const labels = options
    .filter((/** @type {Json} */ o) => values.has(o.value))
    .map((/** @type {Json} */ o) => o.label)
  const shown = labels.join(', ') || one.placeholder || 'Make a selection'
  /** What a person would say: the option as it reads, unless two read the same. @param {Json} o */
  const said = (o) =>
    options.filter((/** @type {Json} */ each) => each.label === o.label).length > 1
      ? o.value
      : o.label
  const choose = () => {
    menu.open = false
    const chosen = options.filter((/** @type {Json} */ o) => values.has(o.value)).map(said)
    return act(
      'choose',
      { label: one.custom_id, options: chosen, message: message.id, nth: 0 },
      menu,
    )
  }
  const summary = h(
    'summary',
    {
      class: labels.length > 0 ? 'has-choice' : '',
      'aria-label': `${one.placeholder || 'Make a selection'}${labels.length > 0 ? `: ${labels.join(', ')}` : ''}`,
      'data-at': `${message.id} ${one.custom_id}`,
    },
    shown,
  )
  const done = h(
    'button',
    { type: 'button', class: 'button button-primary', click: choose },
    'Done',
  )
  const tell = () => {
    done.disabled = values.size < min || values.size > max
  }
  tell()
  const menu = h(
    'details',
    {
      class: 'select',
      keydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key !== 'Escape') return
        menu.open = false
        summary.focus()
      },
    },
    summary,
    h(
      'div',
      { class: 'options', role: 'group', 'aria-label': one.placeholder || 'Options' },
      options.map((/** @type {Json} */ option) => {
        const item = h(
          'button',
          {
            type: 'button',
            class: 'option',
            'aria-pressed': String(values.has(option.value)),
            click: () => {
              if (max === 1) {
                values.clear()
                values.add(option.value)
                return choose()
              }
              if (!values.delete(option.value)) values.add(option.value)
              item.setAttribute('aria-pressed', String(values.has(option.value)))
              tell()
            },
          },
          [option.emoji?.name, option.label].filter(Boolean).join(' '),
          option.description && h('small', {}, option.description),
        )
        return item
      }),
      max > 1 && done,
    ),
  )
  return one.disabled ? h('div', { class: 'select is-off', 'aria-disabled': 'true' }, shown) : menu
}

/** @param {Json} media @param {string} description @param {Place} place */
function drawMedia(media, description, place) {
  const name =
    String(media?.url ?? '')
      .split('/')
      .at(-1)
      ?.split('?')[0] ?? ''
  const file = place.message.files.find((/** @type {Json} */ one) => one.name === name)
  if (!file) return h('p', { class: 'unknown' }, description || 'A picture from elsewhere')
  return h('img', { class: 'picture', src: addressOf(file, place), alt: description || name })
}

/** @param {Json} file @param {Place} place */
export function drawFile(file, place) {
  return h(
    'a',
    { class: 'file', href: addressOf(file, place), download: file.name },
    icon('file'),
    h('span', {}, file.name, h('small', {}, sizeOf(file.size))),
    icon('download'),
  )
}

/** @param {Json} file @param {Place} place */
function addressOf(file, { me }) {
  return `/people/discord/${encodeURIComponent(me)}/files/${file.id}`
}

/** @param {number} bytes */
function sizeOf(bytes) {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KB`
}
