// @ts-check
/**
 * Makes elements. Whatever comes from outside becomes text nodes and attributes, never markup, so
 * that the text of a model or of a person can do nothing but be read.
 */

/** @typedef {Node | string | null | undefined | false} Child */

/**
 * An element with these properties. `class`, `data-…`, `aria-…`, `role` and the like are attributes;
 * functions are listeners, named by their event.
 * @param {string} tag
 * @param {Record<string, any>} [given]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement & Record<string, any>}
 */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null || value === false) continue
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else element.setAttribute(name, String(value))
  }
  append(element, children)
  return element
}

/** @param {Node} parent @param {(Child | Child[])[]} children */
export function append(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue
    parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child)
  }
}

/**
 * Makes `parent` hold these children and no others, in this order; a child whose key and signature
 * are the same stays the very same node, with its focus, its scroll and what is typed in it.
 * @template T
 * @param {Element} parent
 * @param {T[]} items
 * @param {{ key: (item: T, i: number) => string, sign: (item: T) => string,
 *   draw: (item: T, old?: Element) => Element, keep?: (node: Element, item: T) => void }} how
 */
export function reconcile(parent, items, { key, sign, draw, keep }) {
  const before = new Map([...parent.children].map((node) => [keys.get(node)?.key, node]))
  let at = parent.firstElementChild
  for (const [i, item] of items.entries()) {
    const [itemKey, itemSign] = [key(item, i), sign(item)]
    const old = before.get(itemKey)
    before.delete(itemKey)
    let node = old
    if (!old || keys.get(old)?.sign !== itemSign) {
      node = draw(item, old)
      keys.set(node, { key: itemKey, sign: itemSign })
      if (old && node !== old) {
        if (at === old) at = old.nextElementSibling
        old.remove()
      }
    }
    if (!node) continue
    if (at === node) at = node.nextElementSibling
    else parent.insertBefore(node, at)
    keep?.(node, item)
  }
  for (const node of before.values()) node.remove()
}

/** @type {WeakMap<Element, { key: string, sign: string }>} */
const keys = new WeakMap()

const paths = {
  close: 'M5 5l10 10M15 5L5 15',
  menu: 'M3 5h14M3 10h14M3 15h14',
  send: 'M3 17l14-7L3 3v5.5L12 10l-9 1.5z',
  more: 'M10 4.5v.01M10 10v.01M10 15.5v.01',
  back: 'M12 4l-6 6 6 6',
  eye: 'M2 10s3-5.5 8-5.5 8 5.5 8 5.5-3 5.5-8 5.5S2 10 2 10zm8 2a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  file: 'M5 2.5h6.5L16 7v10.5H5zM11 3v4.5h4.5',
  download: 'M10 3v9m-4-4l4 4 4-4M4 16.5h12',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  hash: 'M8 3L6 17M14 3l-2 14M4 7.5h13M3 12.5h13',
  tab: 'M8 5H4v11h11v-4M11 3h6v6M17 3l-8 8',
  bolt: 'M11 2L4 11.5h5L8.5 18l7.5-9.5h-5z',
  trash: 'M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11',
  up: 'M6.5 9L9.5 2.5c1.2 0 2 .9 2 2V8h4.2a1.6 1.6 0 0 1 1.6 1.9l-1 5.5a1.9 1.9 0 0 1-1.9 1.6H6.5zM6.5 9H3v8h3.5',
  down: 'M6.5 11L9.5 17.5c1.2 0 2-.9 2-2V12h4.2a1.6 1.6 0 0 0 1.6-1.9l-1-5.5a1.9 1.9 0 0 0-1.9-1.6H6.5zM6.5 11H3V3h3.5',
  reload: 'M15.5 8A6 6 0 1 0 16 12M16 4v4.5h-4.5',
}

/** A small drawing that says nothing to a screen reader. @param {keyof typeof paths} name */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', '0 0 20 20')
  svg.setAttribute('class', `icon icon-${name}`)
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
  path.setAttribute('d', paths[name])
  svg.appendChild(path)
  return svg
}

/** The coloured square of a person. @param {string} name @param {boolean} [isApp] */
export function avatar(name, isApp = false) {
  if (isApp) return h('img', { class: 'avatar', src: '/page/icon.svg', alt: '' })
  let sum = 0
  for (const char of name) sum += char.codePointAt(0) ?? 0
  return h('span', { class: `avatar tone${sum % 6}`, 'aria-hidden': 'true' }, name.slice(0, 1))
}
