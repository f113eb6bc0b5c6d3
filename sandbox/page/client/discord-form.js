// @ts-check
/** A form of the app's: its fields, and what to tell of them when it is sent. */
import { drawMarkdown } from './discord-markdown.js'
import { h } from './dom.js'

/** @typedef {Record<string, any>} Json */

/**
 * @param {Json} form @param {Record<string, string>} names @param {Json[]} people
 * @param {(tell: [string, Json][]) => void} send @param {() => void} cancel
 */
export function drawForm(form, names, people, send, cancel) {
  /** @type {(() => Promise<[string, Json][]> | [string, Json][])[]} */
  const answers = []
  const fields = form.components.map((/** @type {Json} */ one) => {
    if (one.type === 10) return h('div', { class: 'text' }, drawMarkdown(one.content, names))
    const field = one.type === 18 ? one.component : one.components?.[0]
    if (!field) return null
    const id = `f-${field.custom_id}`
    const { node, told, isGroup } = drawField(field, form, id, people)
    answers.push(told)
    const required = field.type !== 23 && field.required !== false
    const words = [
      one.label ?? field.label ?? '',
      required && h('span', { class: 'star', title: 'Required' }, ' *'),
    ]
    return h(
      isGroup ? 'fieldset' : 'div',
      { class: 'field' },
      isGroup ? h('legend', {}, words) : h('label', { for: id }, words),
      one.description && h('p', { class: 'hint' }, one.description),
      node,
      h('p', { class: 'error', 'data-error': field.custom_id }),
    )
  })
  return h(
    'form',
    {
      novalidate: true,
      submit: async (/** @type {Event} */ event) => {
        event.preventDefault()
        const told = []
        for (const answer of answers) told.push(...(await answer()))
        send(told)
      },
    },
    h('h2', { id: 'modal-title' }, form.title),
    h('p', { class: 'error', 'data-error': '', role: 'alert' }),
    h('div', { class: 'fields' }, fields),
    h(
      'div',
      { class: 'modal-foot' },
      h('button', { type: 'button', class: 'button button-secondary', click: cancel }, 'Cancel'),
      h('button', { type: 'submit', class: 'button button-primary' }, 'Submit'),
    ),
  )
}

/**
 * @param {Json} field @param {Json} form @param {string} id @param {Json[]} people
 * @returns {{ node: HTMLElement, isGroup?: boolean, told: () => Promise<[string, Json][]> | [string, Json][] }}
 */
function drawField(field, form, id, people) {
  const label = field.custom_id
  const entered = form.entered[label]
  if (field.type === 4) {
    let last = String(entered ?? '')
    const node = h(field.style === 1 ? 'input' : 'textarea', {
      id,
      placeholder: field.placeholder,
      ...(field.style === 1 ? { type: 'text' } : { rows: 5 }),
    })
    node.value = last
    return {
      node,
      told: () => {
        if (node.value === last) return []
        last = node.value
        return [['fill', { label, value: last }]]
      },
    }
  }
  if (field.type === 19) {
    const isMany = (field.max_values ?? 1) > 1
    const node = h('input', { id, type: 'file', ...(isMany ? { multiple: true } : {}) })
    /** @type {Set<File>} */
    const sent = new Set()
    return {
      node,
      told: async () => {
        /** @type {[string, Json][]} */
        const told = []
        for (const file of node.files) {
          if (sent.has(file)) continue
          sent.add(file)
          told.push(['attach', { label, name: file.name, base64: await base64(file) }])
        }
        return told
      },
    }
  }
  if (field.type === 23) {
    const node = h('input', { id, type: 'checkbox' })
    node.checked = entered === true
    return { node, told: () => [['tick', { label, on: node.checked }]] }
  }
  const options =
    field.type === 5
      ? people.map(({ id: value, name }) => ({ value, label: name }))
      : (field.options ?? [])
  const isMany = field.type === 22 || (field.type !== 21 && (field.max_values ?? 1) > 1)
  const held = new Set(Array.isArray(entered) ? entered : [entered])
  let last = JSON.stringify([...held].filter(Boolean))
  const boxes = options.map((/** @type {Json} */ option, /** @type {number} */ i) => {
    const box = h('input', { type: isMany ? 'checkbox' : 'radio', name: id, id: `${id}-${i}` })
    box.checked = held.has(option.value)
    return { box, option }
  })
  return {
    isGroup: true,
    node: h(
      'div',
      { class: 'choices' },
      boxes.map((/** @type {Json} */ { box, option }) =>
        h(
          'label',
          { class: 'choice' },
          box,
          h('span', {}, option.label, option.description && h('small', {}, option.description)),
        ),
      ),
    ),
    told: () => {
      const on = boxes.filter((/** @type {Json} */ { box }) => box.checked)
      const now = JSON.stringify(on.map((/** @type {Json} */ { option }) => option.value))
      if (now === last) return []
      last = now
      return [
        ['choose', { label, options: on.map((/** @type {Json} */ { option }) => option.label) }],
      ]
    },
  }
}

/** @param {File} file */
async function base64(file) {
  let binary = ''
  for (const byte of new Uint8Array(await file.arrayBuffer())) binary += String.fromCharCode(byte)
  return btoa(binary)
}
