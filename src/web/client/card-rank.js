/**
 * A ranking as an order one can drag, press and type: the menus below hold the ranks, and are what is sent.
 * Letters in the order they are pressed are best, next, and so on.
 */

for (const one of document.querySelectorAll('[data-rank]')) rank(/** @type {HTMLElement} */ (one))

/** @typedef {{ letter: string, select: HTMLSelectElement, title: string }} Output */
/** @typedef {{ ranked: string, unranked: string, keys: string, up: string, down: string, tie: string, out: string, add: string, now: string, tied: string, gone: string }} Said */

/** @param {HTMLElement} group */
function rank(group) {
  /** @type {Said} */
  const said = JSON.parse(group.dataset['rank'] ?? '{}')
  const mayTie = group.dataset['ties'] === 'true' || group.hasAttribute('data-ties')
  const outputs = [...group.querySelectorAll('select')].map((select) => ({
    letter: select.dataset['letter'] ?? '',
    select,
    title: select.closest('label')?.querySelector('span')?.textContent ?? '',
  }))
  /** Levels from the best down; outputs of one level are tied. @type {Output[][]} */
  let levels = readLevels(outputs)
  const hint = group.querySelector('.hint')
  if (hint) hint.textContent = said.keys
  group.classList.add('ranks-scripted')
  const list = element('ol', { class: 'rank-list', 'aria-label': said.ranked })
  const pool = element('div', { class: 'rank-pool', role: 'group', 'aria-label': said.unranked })
  group.append(list, pool)
  const told = document.getElementById('told')

  /** @param {Output} output @param {string} sentence */
  const say = (output, sentence) => {
    const at = levels.findIndex((level) => level.includes(output)) + 1
    if (told) told.textContent = filled(sentence, output.letter).replace('0', String(at))
  }

  function write() {
    for (const { select } of outputs) select.value = ''
    for (const [at, level] of levels.entries())
      for (const { select } of level) select.value = String(at + 1)
    group.dispatchEvent(new Event('change', { bubbles: true }))
    draw()
  }

  function draw() {
    const focused = document.activeElement
    const key = focused instanceof HTMLElement ? (focused.dataset['key'] ?? '') : ''
    list.replaceChildren(
      ...levels.flatMap((level, at) => level.map((output, i) => row(output, at, i > 0))),
    )
    const ranked = new Set(levels.flat())
    pool.replaceChildren(
      ...outputs
        .filter((one) => !ranked.has(one))
        .map((output) => {
          const button = element('button', {
            ...{ type: 'button', class: 'button button-plain', draggable: 'true' },
            ...{
              'data-key': `add-${output.letter}`,
              'aria-label': filled(said.add, output.letter),
            },
          })
          button.textContent = output.letter
          button.addEventListener('click', () => add(output))
          draggable(button, output)
          return button
        }),
    )
    pool.hidden = pool.childElementCount === 0
    if (key === '') return
    const again = [...group.querySelectorAll('[data-key]')].find(
      (one) => one instanceof HTMLElement && one.dataset['key'] === key,
    )
    const next = again ?? pool.querySelector('button') ?? list.querySelector('li')
    if (next instanceof HTMLElement) next.focus()
  }

  /** @param {Output} output @param {number} at @param {boolean} isTied */
  function row(output, at, isTied) {
    const line = element('li', {
      ...{ class: isTied ? 'rank-row rank-tied' : 'rank-row', tabindex: '0', draggable: 'true' },
      ...{ 'data-key': `row-${output.letter}`, 'aria-label': `${at + 1}: ${output.title}` },
    })
    const number = element('span', { class: 'rank-number', 'aria-hidden': 'true' })
    number.textContent = isTied ? '=' : String(at + 1)
    const title = element('span', { class: 'rank-title', 'aria-hidden': 'true' })
    title.textContent = output.title
    const buttons = element('span', { class: 'rank-buttons' })
    /** @type {[string, string, string, () => void][]} */
    const all = [
      ['up', '↑', said.up, () => move(output, -1)],
      ['down', '↓', said.down, () => move(output, 1)],
      ...(mayTie
        ? [
            /** @type {[string, string, string, () => void]} */ ([
              'tie',
              '=',
              said.tie,
              () => tie(output),
            ]),
          ]
        : []),
      ['out', '×', said.out, () => takeOut(output)],
    ]
    for (const [name, sign, sentence, act] of all) {
      const button = element('button', {
        ...{ type: 'button', class: 'button button-quiet', 'data-key': `${name}-${output.letter}` },
        'aria-label': filled(sentence, output.letter),
      })
      button.textContent = sign
      button.addEventListener('click', act)
      buttons.append(button)
    }
    line.append(number, title, buttons)
    draggable(line, output)
    return line
  }

  /** @param {Output} output */
  function without(output) {
    return levels
      .map((level) => level.filter((one) => one !== output))
      .filter((level) => level.length > 0)
  }

  /** @param {Output} output */
  function add(output) {
    if (levels.flat().includes(output)) return
    levels.push([output])
    const left = outputs.filter((one) => !levels.flat().includes(one))
    // The last one has no other place.
    if (left.length === 1 && left[0]) levels.push([left[0]])
    write()
    say(output, said.now)
  }

  /** One place up or down; a tied output leaves its level first. @param {Output} output @param {number} step */
  function move(output, step) {
    const at = levels.findIndex((level) => level.includes(output))
    const isTied = (levels[at]?.length ?? 0) > 1
    const rest = without(output)
    const to = isTied ? (step < 0 ? at : at + 1) : at + step
    if (to < 0 || to > rest.length) return
    rest.splice(to, 0, [output])
    levels = rest
    write()
    say(output, said.now)
  }

  /** Into the level above; one that is tied leaves it. @param {Output} output */
  function tie(output) {
    const at = levels.findIndex((level) => level.includes(output))
    const level = levels[at] ?? []
    if (level.length > 1) return move(output, 1)
    const above = levels[at - 1]
    if (!above) return
    above.push(output)
    levels.splice(at, 1)
    write()
    say(output, said.tied)
  }

  /** @param {Output} output */
  function takeOut(output) {
    levels = without(output)
    write()
    say(output, said.gone)
  }

  /** @type {Output | null} */
  let dragged = null
  /** @param {HTMLElement} node @param {Output} output */
  function draggable(node, output) {
    node.addEventListener('dragstart', (event) => {
      dragged = output
      event.dataTransfer?.setData('text/plain', output.letter)
      node.classList.add('rank-dragged')
    })
    node.addEventListener('dragend', () => {
      dragged = null
      draw()
    })
    node.addEventListener('dragover', (event) => event.preventDefault())
    node.addEventListener('drop', (event) => {
      event.preventDefault()
      event.stopPropagation()
      const isBelow = event.clientY > node.getBoundingClientRect().top + node.offsetHeight / 2
      if (dragged && dragged !== output) dropOn(dragged, output, isBelow)
    })
  }
  list.addEventListener('dragover', (event) => event.preventDefault())
  list.addEventListener('drop', (event) => {
    event.preventDefault()
    if (dragged) dropOn(dragged, null, true)
  })

  /** @param {Output} output @param {Output | null} target @param {boolean} isBelow */
  function dropOn(output, target, isBelow) {
    const rest = without(output)
    const at = target ? rest.findIndex((level) => level.includes(target)) : rest.length - 1
    if (target && at < 0) return
    rest.splice(isBelow ? at + 1 : at, 0, [output])
    levels = rest
    write()
    say(output, said.now)
  }

  // A finger drags by the row's number: lists on phones have no dragging of their own.
  list.addEventListener('pointerdown', (event) => {
    const node = event.target instanceof Element ? event.target.closest('.rank-number') : null
    if (!node || event.pointerType === 'mouse') return
    const line = node.closest('li')
    const output = outputs.find(({ letter }) => line?.dataset['key'] === `row-${letter}`)
    if (!output) return
    event.preventDefault()
    line?.classList.add('rank-dragged')
    /** @param {PointerEvent} at */
    const drop = (at) => {
      list.removeEventListener('pointermove', hold)
      const under = document.elementFromPoint(at.clientX, at.clientY)?.closest('li')
      const target = outputs.find(({ letter }) => under?.dataset['key'] === `row-${letter}`)
      if (!target || target === output || !under) return draw()
      const box = under.getBoundingClientRect()
      dropOn(output, target, at.clientY > box.top + box.height / 2)
    }
    /** @param {PointerEvent} at */
    const hold = (at) => at.preventDefault()
    list.setPointerCapture(event.pointerId)
    list.addEventListener('pointermove', hold)
    list.addEventListener('pointerup', drop, { once: true })
    list.addEventListener('pointercancel', () => draw(), { once: true })
  })

  group.addEventListener('keydown', (event) => {
    const line = event.target instanceof Element ? event.target.closest('li') : null
    const output = outputs.find(({ letter }) => line?.dataset['key'] === `row-${letter}`)
    if (event.altKey && output && (event.key === 'ArrowUp' || event.key === 'ArrowDown'))
      move(output, event.key === 'ArrowUp' ? -1 : 1)
    else if (output && !event.altKey && event.key === '=' && mayTie) tie(output)
    else if (output && event.key === 'Delete') takeOut(output)
    else return
    event.preventDefault()
  })

  // Letters rank from anywhere in the question, or where there is no other one.
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const { target } = event
    if (
      target instanceof HTMLElement &&
      (target.isContentEditable ||
        target.matches('textarea, select, input:not([type="radio"], [type="checkbox"])'))
    )
      return
    if (document.querySelector('dialog[open]')) return
    const question = group.closest('.question')
    const isHere = question?.contains(document.activeElement) ?? false
    const isOnly = document.querySelectorAll('[data-rank]').length === 1
    if (!isHere && !isOnly) return
    const output = outputs.find(({ letter }) => letter === event.key.toUpperCase())
    // In lower case some letters are keys of the page; here they rank only in capitals or in the question.
    const isShort = event.key === event.key.toLowerCase() && 'jkrgcs'.includes(event.key)
    if (output && (!isShort || isHere)) add(output)
    else if (event.key === 'Backspace' && isHere) {
      const last = levels.at(-1)?.at(-1)
      if (last) takeOut(last)
    } else if (event.key === '=' && mayTie && levels.length > 1) {
      const last = levels.at(-1)?.at(-1)
      if (last) tie(last)
    } else return
    event.preventDefault()
  })
  draw()
}

/** @param {Output[]} outputs @returns {Output[][]} */
function readLevels(outputs) {
  const ranks = [...new Set(outputs.map(({ select }) => Number(select.value)))]
  return ranks
    .filter((one) => one > 0)
    .sort((a, b) => a - b)
    .map((one) => outputs.filter(({ select }) => Number(select.value) === one))
}

/** @param {string} sentence @param {string} letter */
function filled(sentence, letter) {
  return sentence.replace('%', letter)
}

/** @param {string} name @param {Record<string, string>} given */
function element(name, given) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value)
  return made
}
