/**
 * The form of a dataset and its YAML, kept alike while somebody types: the server makes each out of the
 * other. The side that is typed in is left alone; an answer that comes too late is not used.
 */

const form = /** @type {HTMLFormElement | null} */ (document.getElementById('editor'))
if (form) keepAlike(form)

/** @param {HTMLFormElement} form */
function keepAlike(form) {
  const yaml = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem('yaml'))
  const was = /** @type {HTMLInputElement} */ (form.elements.namedItem('was'))
  const formSide = /** @type {HTMLElement} */ (document.getElementById('form'))
  const aside = /** @type {HTMLElement} */ (document.getElementById('aside'))
  const typedIn = { form: 0, yaml: 0 }
  /** @type {'form' | 'yaml'} */
  let side = 'form'
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  let asked = 0
  const lines = numberLines(yaml)

  form.addEventListener('input', (event) => {
    side = event.target === yaml ? 'yaml' : 'form'
    typedIn[side]++
    clearTimeout(timer)
    timer = setTimeout(() => ask(side), 350)
    if (side === 'yaml') lines.show([])
  })
  form.addEventListener('click', (event) => {
    const pressed = event.target instanceof Element ? event.target.closest('button, a') : null
    if (pressed instanceof HTMLAnchorElement && pressed.dataset['line'] !== undefined) {
      event.preventDefault()
      goTo(yaml, Number(pressed.dataset['line']))
    }
    if (!(pressed instanceof HTMLButtonElement) || pressed.name !== 'do') return
    if (/^(save|publish)$/.test(pressed.value)) return
    event.preventDefault()
    clearTimeout(timer)
    ask('act', pressed.value)
  })

  /** @param {'form' | 'yaml' | 'act'} from @param {string} [act] */
  async function ask(from, act = 'preview') {
    const number = ++asked
    const before = { ...typedIn }
    const body = new URLSearchParams()
    for (const [name, value] of new FormData(form))
      if (typeof value === 'string') body.set(name, value)
    body.set('side', from)
    body.set('do', act)
    form.setAttribute('aria-busy', 'true')
    const answer = await fetch(form.dataset['preview'] ?? '', { method: 'POST', body }).catch(
      () => null,
    )
    if (number !== asked) return
    form.removeAttribute('aria-busy')
    if (!answer?.ok) return
    const told = await answer.json()
    const isForm = from !== 'form' || needsOtherForm(formSide, told.form)
    if (typedIn.yaml !== before.yaml || (isForm && typedIn.form !== before.form)) return
    was.value = told.yaml
    if (yaml.value !== told.yaml) yaml.value = told.yaml
    if (isForm) replaceForm(formSide, told.form)
    aside.innerHTML = told.aside
    lines.show(linesIn(aside))
    document.dispatchEvent(new Event('parley:drawn'))
  }
  lines.show(linesIn(aside))
  if (aside.querySelector('[data-late]')) ask('form')
}

/** Whether another form has other controls: of a question that has another type now. @param {HTMLElement} now @param {string} then */
function needsOtherForm(now, then) {
  const made = document.createElement('template')
  made.innerHTML = then
  const names = (/** @type {ParentNode} */ inside) =>
    [...inside.querySelectorAll('[name]')].map((node) => node.getAttribute('name')).join()
  return names(now) !== names(made.content)
}

/** Puts another form in place; what was open stays open, and what was being typed in keeps the focus. @param {HTMLElement} side @param {string} markup */
function replaceForm(side, markup) {
  const open = new Set([...side.querySelectorAll('details[open]')].map(({ id }) => id))
  const known = new Set([...side.querySelectorAll('details')].map(({ id }) => id))
  const held = document.activeElement
  const name = side.contains(held) ? held?.getAttribute('name') : null
  const value = held instanceof HTMLButtonElement ? held.value : null
  side.innerHTML = markup
  for (const part of side.querySelectorAll('details')) {
    const isNew = !known.has(part.id)
    part.open = isNew || open.has(part.id)
  }
  if (!name) return
  const like = [...side.querySelectorAll('[name]')].filter(
    (node) => node.getAttribute('name') === name,
  )
  const found =
    like.find(
      (node) => value === null || (node instanceof HTMLButtonElement && node.value === value),
    ) ?? like[0]
  if (found instanceof HTMLElement) found.focus({ preventScroll: true })
}

/** @param {ParentNode} aside @returns {number[]} */
function linesIn(aside) {
  return [...aside.querySelectorAll('li[data-line]')].map((node) =>
    Number(node.getAttribute('data-line')),
  )
}

/** Numbers beside the lines of a text; those with mistakes are marked. @param {HTMLTextAreaElement} text */
function numberLines(text) {
  const gutter = document.createElement('div')
  gutter.className = 'gutter'
  gutter.setAttribute('aria-hidden', 'true')
  const frame = document.createElement('div')
  frame.className = 'numbered'
  text.replaceWith(frame)
  frame.append(gutter, text)
  /** @type {Set<number>} */
  let wrong = new Set()
  const draw = () => {
    const count = text.value.split('\n').length
    const nodes = Array.from({ length: count }, (_, at) => {
      const node = document.createElement('span')
      node.textContent = String(at + 1)
      if (wrong.has(at + 1)) node.className = 'wrong'
      return node
    })
    gutter.replaceChildren(...nodes)
    gutter.scrollTop = text.scrollTop
  }
  text.addEventListener('input', draw)
  text.addEventListener('scroll', () => {
    gutter.scrollTop = text.scrollTop
  })
  draw()
  return {
    show: (/** @type {number[]} */ lines) => {
      wrong = new Set(lines)
      draw()
    },
  }
}

/** Selects a line. @param {HTMLTextAreaElement} text @param {number} line */
function goTo(text, line) {
  const all = text.value.split('\n')
  const from = all.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0)
  text.focus()
  text.setSelectionRange(from, from + (all[line - 1]?.length ?? 0))
  const height = Number.parseFloat(getComputedStyle(text).lineHeight) || 20
  text.scrollTop = Math.max(0, (line - 4) * height)
}
