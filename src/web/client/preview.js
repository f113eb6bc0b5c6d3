/** Draws cards as their platforms do, each in a shadow root, where the styles of this page do not reach. */

drawPreviews(document)
document.addEventListener('parley:drawn', () => drawPreviews(document))

/** @param {ParentNode} inside */
function drawPreviews(inside) {
  for (const place of inside.querySelectorAll('.drawn[data-drawn]'))
    if (place instanceof HTMLElement) drawOne(place)
}

/** @param {HTMLElement} place */
async function drawOne(place) {
  const { from = '', drawn = '{}' } = place.dataset
  // A long card is sent after the page (editor.js).
  if (drawn === '') return
  delete place.dataset['drawn']
  const { drawPreview, styles } = await import(from)
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' })
  const links = styles.map((/** @type {string} */ name) => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = from.replace(/[^/]+$/, name)
    return link
  })
  const box = document.createElement('div')
  box.append(...drawPreview(JSON.parse(drawn)))
  // Forms of a preview go nowhere.
  box.addEventListener('submit', (event) => event.preventDefault())
  root.replaceChildren(...links, box)
}
