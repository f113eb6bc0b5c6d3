/**
 * Marks in a text: select by mouse, finger or keys, and choose a label. Places are counted in code points, as
 * they are stored; labels may overlap. The boxes below hold the marks and are what is sent.
 */

for (const one of document.querySelectorAll('[data-spans]')) span(/** @type {HTMLElement} */ (one))

/** @typedef {{ start: number, end: number, label: number }} Mark */
/** @typedef {{ labels: string[], none: string, remove: string, added: string, removed: string, selectFirst: string }} Said */

/** @param {HTMLElement} group */
function span(group) {
  /** @type {Said} */
  const said = JSON.parse(group.dataset['spans'] ?? '{}')
  const name = group.dataset['name'] ?? ''
  const text = /** @type {HTMLElement} */ (group.querySelector('.span-text'))
  const list = /** @type {HTMLElement} */ (group.querySelector('.marks'))
  const state = group.querySelector('.span-state')
  const bar = /** @type {HTMLElement} */ (group.querySelector('.span-bar'))
  const points = Array.from(text.textContent ?? '')
  /** @type {Mark[]} */
  let marks = [...list.querySelectorAll('input')].flatMap(readMark)
  /** @type {{ start: number, end: number } | null} */
  let chosen = null
  bar.hidden = false
  const nothing = /** @type {HTMLInputElement | null} */ (
    group.querySelector('input[name$=".nothing"]')
  )
  // Words are marked in the text itself here.
  group.querySelector('.span-rows')?.remove()
  group.classList.add('spans-scripted')

  // An editable text has a caret, which keys move; nothing may change it.
  text.setAttribute('contenteditable', 'true')
  text.setAttribute('inputmode', 'none')
  text.setAttribute('spellcheck', 'false')
  for (const event of ['beforeinput', 'drop', 'cut', 'paste', 'dragstart'])
    text.addEventListener(event, (one) => one.preventDefault())
  // A finger selects text that is none to type into, without a keyboard that comes up.
  text.addEventListener('pointerdown', (event) => {
    text.setAttribute('contenteditable', event.pointerType === 'mouse' ? 'true' : 'false')
  })
  text.addEventListener('focus', () => {
    if (!text.matches(':active')) text.setAttribute('contenteditable', 'true')
  })

  document.addEventListener('selectionchange', () => {
    const now = selected()
    if (now) chosen = now
    bar.classList.toggle('span-bar-ready', chosen !== null && chosen.end > chosen.start)
  })

  /** The selection in code points, trimmed; null where it lies elsewhere. */
  function selected() {
    const selection = document.getSelection()
    if (!selection || selection.rangeCount === 0) return null
    const range = selection.getRangeAt(0)
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return null
    const before = document.createRange()
    before.selectNodeContents(text)
    before.setEnd(range.startContainer, range.startOffset)
    let start = Array.from(before.toString()).length
    let end = start + Array.from(range.toString()).length
    while (start < end && /\s/u.test(points[start] ?? '')) start++
    while (end > start && /\s/u.test(points[end - 1] ?? '')) end--
    return { start, end }
  }

  /** @param {number} label */
  function mark(label) {
    if (!(label in said.labels)) return
    if (!chosen || chosen.end <= chosen.start) return tell(said.selectFirst)
    const made = { ...chosen, label }
    const isThere = marks.some((one) => isSame(one, made))
    if (isThere) return remove(made)
    marks = [...marks, made].sort((a, b) => a.start - b.start || b.end - a.end || a.label - b.label)
    changed(made, said.added)
  }

  /** @param {Mark} gone */
  function remove(gone) {
    marks = marks.filter((one) => !isSame(one, gone))
    changed(gone, said.removed)
  }

  /** @param {Mark} about @param {string} sentence */
  function changed(about, sentence) {
    if (nothing && marks.length > 0) nothing.checked = false
    draw()
    tell(filled(sentence, about))
    list.dispatchEvent(new Event('change', { bubbles: true }))
  }

  /** @param {string} sentence */
  function tell(sentence) {
    if (state) state.textContent = sentence
  }

  /** @param {string} sentence @param {Mark} mark */
  function filled(sentence, { start, end, label }) {
    const words = points.slice(start, end).join('')
    const short = words.length > 60 ? `${Array.from(words).slice(0, 59).join('')}…` : words
    return sentence.replace('%l', () => said.labels[label] ?? '').replace('%t', () => short)
  }

  function draw() {
    const had = document.activeElement === text ? chosen : null
    text.replaceChildren(...pieces())
    if (had) restore(had)
    const empty = document.createElement('li')
    empty.className = 'hint'
    empty.textContent = said.none
    list.replaceChildren(...(marks.length > 0 ? marks.map(line) : [empty]))
  }

  /** The text cut where marks begin and end, each piece inside the marks that cover it. */
  function pieces() {
    const cuts = [
      ...new Set([0, points.length, ...marks.flatMap(({ start, end }) => [start, end])]),
    ]
    cuts.sort((a, b) => a - b)
    return cuts.slice(0, -1).map((from, i) => {
      const to = cuts[i + 1] ?? from
      const over = marks.filter(({ start, end }) => start <= from && end >= to)
      /** @type {Node} */
      let node = document.createTextNode(points.slice(from, to).join(''))
      for (const [depth, one] of over.entries()) {
        const around = document.createElement('mark')
        around.className = `label-${one.label % 8} depth-${Math.min(depth, 3)}`
        if (one.end === to) around.dataset['label'] = said.labels[one.label] ?? ''
        around.append(node)
        node = around
      }
      return node
    })
  }

  /** @param {{ start: number, end: number }} at */
  function restore(at) {
    const range = document.createRange()
    const [from, to] = [placeAt(at.start), placeAt(at.end)]
    if (!from || !to) return
    range.setStart(...from)
    range.setEnd(...to)
    const selection = document.getSelection()
    selection?.removeAllRanges()
    selection?.addRange(range)
  }

  /** @param {number} at @returns {[Node, number] | null} */
  function placeAt(at) {
    let left = points.slice(0, at).join('').length
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const size = node.textContent?.length ?? 0
      if (left <= size) return [node, left]
      left -= size
    }
    return null
  }

  /** @param {Mark} mark */
  function line(mark) {
    const item = document.createElement('li')
    const input = document.createElement('input')
    input.type = 'hidden'
    input.name = name
    input.value = `${mark.start}-${mark.end}-o${mark.label}`
    const tag = document.createElement('span')
    tag.className = `label-tag label-${mark.label % 8}`
    tag.textContent = said.labels[mark.label] ?? ''
    const words = document.createElement('q')
    words.dir = 'auto'
    words.textContent = points.slice(mark.start, mark.end).join('')
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'button button-quiet'
    button.setAttribute('aria-label', filled(said.remove, mark))
    button.textContent = '×'
    button.addEventListener('click', () => {
      remove(mark)
      const next = list.querySelector('button') ?? text
      if (next instanceof HTMLElement) next.focus()
    })
    item.append(input, tag, ' ', words, ' ', button)
    return item
  }

  bar.addEventListener('pointerdown', (event) => {
    // The selection stays where it is.
    if (event.target instanceof Element && event.target.closest('button')) event.preventDefault()
  })
  bar.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null
    if (button?.dataset['label'] !== undefined) mark(Number(button.dataset['label']))
  })
  bar.querySelector('select')?.addEventListener('change', (event) => {
    const select = /** @type {HTMLSelectElement} */ (event.target)
    if (select.value !== '') mark(Number(select.value))
    select.value = ''
  })
  text.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    // The browser tells of a selection a moment later than of the key after it.
    chosen = selected() ?? chosen
    if (/^[1-9]$/.test(event.key)) mark(Number(event.key) - 1)
    else if (event.key === 'Delete' || event.key === 'Backspace') {
      const at = selected()
      const gone = at && marks.findLast(({ start, end }) => start <= at.start && end >= at.end)
      if (gone) remove(gone)
    } else return
    event.preventDefault()
  })
  draw()
}

/** @param {HTMLInputElement} input @returns {Mark[]} */
function readMark(input) {
  const [, start, end, label] = /^(\d+)-(\d+)-o(\d+)$/.exec(input.value) ?? []
  return start === undefined
    ? []
    : [{ start: Number(start), end: Number(end), label: Number(label) }]
}

/** @param {Mark} a @param {Mark} b */
function isSame(a, b) {
  return a.start === b.start && a.end === b.end && a.label === b.label
}
