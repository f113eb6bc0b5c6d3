// @ts-check
/**
 * Draws Block Kit. On npm there is `slack-blocks-to-jsx` (1.1): kept, but made for React and a
 * bundler, and it only shows; fields, errors and what people entered are not in it. So this is our
 * own, small, and as strict about foreign text as dom.js.
 */
import { drawControl } from './controls.js'
import { h, icon } from './dom.js'
import { drawMarkdown, drawRichText, drawText, wordsOf } from './mrkdwn.js'

/** @typedef {import('./controls.js').Stage} Stage */
/** @typedef {import('./controls.js').Control} Control */
/** @typedef {Record<string, any>} Json */
/** @typedef {{ key: string, sync: (held: Json) => void }} Holder */

/** What each drawn block does with the values and errors that come later. @type {WeakMap<Element, (entered: Json, error: string | undefined) => void>} */
const syncs = new WeakMap()

/** Tells a drawn block what its controls hold now. @param {Element} node @param {Json} entered @param {string | undefined} error */
export function syncBlock(node, entered, error) {
  syncs.get(node)?.(entered, error)
}

/** @param {Json} block @param {Stage} stage @returns {HTMLElement} */
export function drawBlock(block, stage) {
  /** @type {Holder[]} */
  const holders = []
  const errorLine = h('p', { class: 'error', hidden: true })
  const node = drawInside(block, { stage, holders, errorLine })
  node.classList.add('block', `block-${block.type}`)
  syncs.set(node, (entered, error) => {
    for (const { key, sync } of holders) sync(entered[key] ?? {})
    errorLine.textContent = error ?? ''
    errorLine.hidden = error === undefined
    node.classList.toggle('has-error', error !== undefined)
  })
  return node
}

/** @typedef {{ stage: Stage, holders: Holder[], errorLine: HTMLElement }} Making */

/** @param {Json} element @param {Json} block @param {Making} making @param {string} [labelId] */
function control(element, block, { stage, holders }, labelId) {
  const { node, sync } = drawControl(element, block, stage, labelId)
  if (sync) holders.push({ key: `${block.block_id}\u0000${element.action_id}`, sync })
  return node
}

/** @param {Json} block @param {Making} making @returns {HTMLElement} */
function drawInside(block, making) {
  const { names } = making.stage
  /** @param {any} value */
  const text = (value) => drawText(value, names)
  /** @param {any} list @returns {Json[]} */
  const all = (list) => (Array.isArray(list) ? list : [])
  switch (block.type) {
    case 'section':
      return drawSection(block, making)
    case 'header':
      return h('h2', {}, text(block.text))
    case 'divider':
      return h('hr')
    case 'context':
      return h(
        'div',
        {},
        all(block.elements).map((one) =>
          one.type === 'image' ? drawImage(one) : h('span', {}, text(one)),
        ),
      )
    case 'actions':
    case 'context_actions':
      return h(
        'div',
        {},
        all(block.elements).map((one) => control(one, block, making)),
      )
    case 'image':
      return h(
        'figure',
        {},
        block.title && h('figcaption', {}, text(block.title)),
        drawImage(block),
      )
    case 'input':
      return drawInput(block, making)
    case 'rich_text':
      return drawRichText(block, names)
    case 'markdown':
      return drawMarkdown(String(block.text ?? ''))
    case 'alert':
      return h('p', { class: `alert-${block.level ?? 'default'}`, role: 'note' }, text(block.text))
    case 'container':
      return drawContainer(block, making)
    case 'carousel':
      return h(
        'div',
        { tabindex: '0' },
        all(block.elements).map((one) => drawCard(one, making)),
      )
    case 'card':
      return drawCard(block, making)
    case 'table':
    case 'data_table':
      return drawTable(block, making)
    case 'video':
      return h('figure', {}, h('figcaption', {}, text(block.title)), drawImage(block))
    default:
      return h('p', { class: 'unknown' }, `(a block of the type ${block.type})`)
  }
}

/** @param {Json} block @param {Making} making */
function drawSection(block, making) {
  const { names } = making.stage
  const words = h('div', { class: 'words' }, drawText(block.text, names))
  if (block.expand !== true && String(block.text?.text ?? '').length > 700) foldAway(words)
  const fields = (block.fields ?? []).map((/** @type {Json} */ one) =>
    h('div', {}, drawText(one, names)),
  )
  const accessory = block.accessory
  return h(
    'div',
    {},
    h('div', { class: 'text' }, words, fields.length > 0 && h('div', { class: 'fields' }, fields)),
    accessory &&
      h(
        'div',
        { class: 'accessory' },
        accessory.type === 'image' ? drawImage(accessory) : control(accessory, block, making),
      ),
  )
}

/** As Slack does with a long text that does not ask to be whole. @param {HTMLElement} words */
function foldAway(words) {
  const inner = h('div', { class: 'folded' }, ...words.childNodes)
  const more = h(
    'button',
    {
      type: 'button',
      class: 'link',
      'aria-expanded': 'false',
      click: () => {
        const isFolded = inner.classList.toggle('folded')
        more.textContent = isFolded ? 'See more' : 'See less'
        more.setAttribute('aria-expanded', String(!isFolded))
      },
    },
    'See more',
  )
  words.replaceChildren(inner, more)
}

/** Pictures are told, not loaded: nothing on this page comes from elsewhere. @param {Json} image */
function drawImage(image) {
  return h('span', { class: 'picture', role: 'img', 'aria-label': image.alt_text }, image.alt_text)
}

/** @param {Json} block @param {Making} making */
function drawInput(block, making) {
  const { errorLine, stage } = making
  const id = `label-${stage.place}-${block.block_id}`
  const hintId = `${id}-hint`
  errorLine.id = `${id}-error`
  const field = control(block.element, block, making, id)
  const main = field.matches('input, textarea, select')
    ? field
    : field.querySelector('input, summary')
  const about = [block.hint ? hintId : '', errorLine.id].join(' ').trim()
  main?.setAttribute('aria-describedby', about)
  if (block.optional !== true) main?.setAttribute('aria-required', 'true')
  const label = h(
    'div',
    { class: 'label', id, click: () => main instanceof HTMLElement && main.focus() },
    drawText(block.label, stage.names),
    block.optional === true && h('span', { class: 'optional' }, ' (optional)'),
  )
  const hint =
    block.hint && h('p', { class: 'hint', id: hintId }, drawText(block.hint, stage.names))
  return h('div', {}, label, field, errorLine, hint)
}

/** @param {Json} block @param {Making} making */
function drawContainer(block, making) {
  const { stage, holders, errorLine } = making
  const title = block.title
    ? drawText(block.title, stage.names)
    : block.rich_text_title
      ? [drawRichText(block.rich_text_title, stage.names)]
      : []
  const subtitle =
    block.subtitle && h('span', { class: 'subtitle' }, drawText(block.subtitle, stage.names))
  const children = (block.child_blocks ?? []).map((/** @type {Json} */ child) => {
    const node = drawInside(child, { stage, holders, errorLine })
    node.classList.add('block', `block-${child.type}`)
    return node
  })
  const heading = [h('span', { class: 'title' }, title), subtitle]
  if (block.is_collapsible !== true) {
    return h('div', {}, h('div', { class: 'container-head' }, heading), children)
  }
  return h(
    'details',
    { open: block.default_collapsed !== true },
    h('summary', {}, icon('back'), heading),
    children,
  )
}

/** @param {Json} block @param {Making} making */
function drawCard(block, making) {
  const { names } = making.stage
  return h(
    'div',
    { class: 'card' },
    block.hero_image && drawImage(block.hero_image),
    h('strong', {}, drawText(block.title, names)),
    h('span', { class: 'subtitle' }, drawText(block.subtitle, names)),
    h('div', {}, drawText(block.body, names)),
    (block.actions ?? []).map((/** @type {Json} */ one) => control(one, block, making)),
  )
}

/** @param {Json} block @param {Making} making */
function drawTable(block, { stage }) {
  /** @param {Json} cell */
  const inside = (cell) => {
    if (cell?.type === 'rich_text') return [drawRichText(cell, stage.names)]
    return [typeof cell?.text === 'string' ? cell.text : wordsOf(cell)]
  }
  const [first = [], ...rest] = block.rows ?? []
  return h(
    'div',
    { class: 'scrolls', tabindex: '0' },
    h(
      'table',
      {},
      block.caption && h('caption', {}, wordsOf(block.caption) || String(block.caption)),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          first.map((/** @type {Json} */ cell) => h('th', {}, inside(cell))),
        ),
      ),
      h(
        'tbody',
        {},
        rest.map((/** @type {Json[]} */ row) =>
          h(
            'tr',
            {},
            row.map((cell) => h('td', {}, inside(cell))),
          ),
        ),
      ),
    ),
  )
}
