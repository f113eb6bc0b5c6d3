// @ts-check
/** A message and a form as Slack would show them, for another page: nothing in them does anything. */
import { drawBlock, syncBlock } from './blocks.js'
import { h } from './dom.js'
import { drawText } from './mrkdwn.js'

/** @typedef {Record<string, any>} Json */

/** The styles that the nodes below need, in a shadow root of their own. */
export const styles = ['page.css']

/** @param {{ message: Json, form: Json | null }} drawn @returns {Node[]} */
export function drawPreview({ message, form }) {
  const nodes = [h('div', { class: 'preview-message' }, drawAll(message.blocks ?? [], 'message'))]
  if (form)
    nodes.push(
      h(
        'div',
        { class: 'preview-form' },
        h('div', { class: 'preview-title' }, drawText(form.title, {})),
        drawAll(form.blocks ?? [], 'form'),
        h(
          'div',
          { class: 'preview-foot' },
          form.submit && h('span', { class: 'button primary' }, drawText(form.submit, {})),
        ),
      ),
    )
  return nodes
}

/** @param {Json[]} blocks @param {string} place */
function drawAll(blocks, place) {
  const nothing = async () => {}
  const stage = {
    ...{ place, names: {}, people: [], channels: [], isForm: place === 'form' },
    ...{ act: nothing, type: () => {}, typing: () => undefined, refresh: () => {} },
    search: async () => [],
    ask: async () => false,
  }
  return blocks.map((block, at) => {
    const node = drawBlock({ block_id: `${place}-${at}`, ...block }, stage)
    syncBlock(node, {}, undefined)
    return node
  })
}
