// @ts-check
/** A message and a form as Discord would show them, for another page: nothing in them does anything. */
import { drawComponent } from './discord-draw.js'
import { drawForm } from './discord-form.js'
import { h } from './dom.js'

/** @typedef {Record<string, any>} Json */

/** The styles that the nodes below need, in a shadow root of their own. */
export const styles = ['discord.css']

/** @param {{ message: Json, form: Json | null }} drawn @returns {Node[]} */
export function drawPreview({ message, form }) {
  const place = {
    message: { id: 'preview', chosen: {}, files: [] },
    ...{ me: '', names: {}, people: [], act: async () => {} },
  }
  const inside = (message.components ?? []).map((/** @type {Json} */ one) =>
    drawComponent(one, place),
  )
  const nodes = [h('div', { class: 'preview-message' }, inside)]
  if (form) {
    const node = drawForm({ ...form, entered: {} }, {}, [], nothing, nothing)
    nodes.push(h('div', { class: 'preview-form modal' }, node))
  }
  return nodes
}

function nothing() {}
