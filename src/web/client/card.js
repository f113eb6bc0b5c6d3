/**
 * The page of a task: keeps what is entered as a draft, never over what another tab kept, and takes every step
 * by keys. Without this script the same forms are sent by their buttons.
 */

const task = /** @type {HTMLElement | null} */ (document.querySelector('.task'))
const form = /** @type {HTMLFormElement | null} */ (document.getElementById('card-form'))
if (task && form) open(task, form)

/** @param {HTMLElement} task @param {HTMLFormElement} form */
function open(task, form) {
  document.documentElement.classList.add('scripted')
  const drafts = keepDrafts(task, form)
  readTogether(task)
  switchView(task, form, drafts)
  takeKeys(task, form)
  const wrong = document.querySelector('[data-focus]')
  if (wrong instanceof HTMLElement) wrong.focus()
  const help = document.querySelector('[data-help]')
  help?.removeAttribute('hidden')
  help?.addEventListener('click', toggleHelp)
}

function toggleHelp() {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById('keys'))
  if (dialog?.open) dialog.close()
  else dialog?.showModal()
}

/** @typedef {{ settled: () => Promise<void>, forget: () => void }} Drafts */

/**
 * Saves a moment after something was entered, one request at a time.
 * @param {HTMLElement} task @param {HTMLFormElement} form @returns {Drafts}
 */
function keepDrafts(task, form) {
  const seen = /** @type {HTMLInputElement} */ (form.elements.namedItem('seen'))
  const state = document.getElementById('draft-state')
  const elsewhere = document.getElementById('elsewhere')
  /** @type {{ saved: string, saving: string, failed: string }} */
  const said = JSON.parse(elsewhere?.dataset['said'] ?? '{}')
  const address = `${task.dataset['base']}/draft`
  let kept = entries()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @type {Promise<void> | null} */
  let saving = null
  let isStopped = false
  /** What another tab left there, once this one was told of it. */
  let theirs = ''

  /** What is entered, without what travels along. */
  function entries() {
    const all = new URLSearchParams()
    for (const [name, value] of new FormData(form))
      if (typeof value === 'string' && name !== 'seen' && name !== 'csrf') all.append(name, value)
    return all.toString()
  }

  /** @param {string} text */
  const say = (text) => {
    if (state) state.textContent = text
  }

  async function save() {
    const now = entries()
    if (isStopped || now === kept) return
    const body = new URLSearchParams(now)
    for (const name of ['seen', 'csrf']) {
      const field = form.elements.namedItem(name)
      if (field instanceof HTMLInputElement) body.set(name, field.value)
    }
    say(said.saving)
    try {
      const answer = await fetch(address, { method: 'POST', body, keepalive: now.length < 60_000 })
      const told = await answer.json()
      if (answer.status === 409) {
        isStopped = true
        theirs = told.seen ?? ''
        say('')
        elsewhere?.removeAttribute('hidden')
        elsewhere?.scrollIntoView({ block: 'nearest' })
        return
      }
      if (!answer.ok) throw new Error(String(answer.status))
      kept = now
      seen.value = told.seen
      ask(told.hidden)
      say(said.saved)
    } catch {
      say(said.failed)
      later(5000)
    }
  }

  /** Questions that are not asked by what is entered are out of sight. @param {number[]} hidden */
  function ask(hidden) {
    for (const one of document.querySelectorAll('[data-question]'))
      one.toggleAttribute('hidden', hidden.includes(Number(one.id.split('-')[1])))
  }

  function run() {
    clearTimeout(timer)
    timer = undefined
    saving ??= save().finally(() => {
      saving = null
      if (!isStopped && timer === undefined && entries() !== kept) later(800)
    })
    return saving
  }

  /** @param {number} ms */
  function later(ms) {
    clearTimeout(timer)
    timer = setTimeout(run, ms)
  }

  for (const [event, ms] of /** @type {const} */ ([
    ['input', 700],
    ['change', 150],
  ]))
    form.addEventListener(event, () => {
      if (isStopped) return
      say('')
      later(ms)
    })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && entries() !== kept) run()
  })
  elsewhere?.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null
    if (button?.dataset['elsewhere'] === 'show') {
      isStopped = true
      kept = entries()
      location.reload()
    }
    if (button?.dataset['elsewhere'] === 'keep') {
      if (theirs === '') return form.requestSubmit()
      seen.value = theirs
      isStopped = false
      elsewhere.hidden = true
      run()
    }
  })

  let isSettled = false
  form.addEventListener('submit', (event) => {
    if (isSettled || event.defaultPrevented) return
    clearTimeout(timer)
    if (saving === null) return
    // What is under way is this tab's own: the form waits until it is told of it.
    event.preventDefault()
    const by = /** @type {HTMLElement | null} */ (event.submitter)
    saving.finally(() => {
      isSettled = true
      delete form.dataset['sent']
      form.requestSubmit(by)
    })
  })
  return {
    settled: async () => {
      clearTimeout(timer)
      while (saving) await saving
    },
    forget: () => {
      kept = entries()
    },
  }
}

/** Raw or formatted texts, without leaving the page. @param {HTMLElement} task @param {HTMLFormElement} form @param {Drafts} drafts */
function switchView(task, form, drafts) {
  task.addEventListener('click', async (event) => {
    const button =
      event.target instanceof Element ? event.target.closest('[data-do="render"]') : null
    if (!(button instanceof HTMLButtonElement)) return
    event.preventDefault()
    button.disabled = true
    await drafts.settled()
    const body = new URLSearchParams()
    for (const [name, value] of new FormData(form))
      if (typeof value === 'string') body.append(name, value)
    body.set('do', button.value)
    try {
      const answer = await fetch(form.action, { method: 'POST', body })
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page.getElementById('reading')
      const old = document.getElementById('reading')
      if (!fresh || !old) throw new Error('There is no such part.')
      old.replaceWith(document.adoptNode(fresh))
      readTogether(task)
      const again = document.querySelector('[data-do="render"]')
      if (again instanceof HTMLElement) again.focus()
    } catch {
      form.requestSubmit(button)
    }
  })
}

/** Outputs beside each other, which scroll together. @param {HTMLElement} task */
function readTogether(task) {
  const outputs = task.querySelector('.outputs')
  const texts = [...task.querySelectorAll('.output-text')]
  const [columns, scroll] = ['columns', 'scroll'].map((name) => {
    const label = task.querySelector(`[data-tool="${name}"]`)
    label?.removeAttribute('hidden')
    return label?.querySelector('input')
  })
  if (!outputs || !columns || !scroll || texts.length < 2) return
  const show = () => {
    outputs.classList.toggle('outputs-beside', columns.checked)
    scroll.disabled = !columns.checked
  }
  columns.checked = localStorage.getItem('outputs') !== 'below'
  columns.addEventListener('change', () => {
    localStorage.setItem('outputs', columns.checked ? 'beside' : 'below')
    show()
  })
  show()
  /** @type {Element | null} */
  let leader = null
  for (const one of texts)
    one.addEventListener('scroll', () => {
      if (!scroll.checked || !columns.checked || (leader && leader !== one)) return
      leader = one
      const share = one.scrollTop / Math.max(1, one.scrollHeight - one.clientHeight)
      for (const other of texts)
        if (other !== one) other.scrollTop = share * (other.scrollHeight - other.clientHeight)
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          leader = null
        }),
      )
    })
}

/** @param {HTMLElement} task @param {HTMLFormElement} form */
function takeKeys(task, form) {
  /** The question one is at: that of the focus, else the first that is in sight. */
  const here = () => {
    const focused = document.activeElement?.closest('.question')
    return focused ?? questions()[0]
  }
  const questions = () =>
    [...document.querySelectorAll('.question')].filter(
      (one) => one instanceof HTMLElement && one.offsetParent !== null,
    )
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      return submitAll(form)
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    const act = acts[event.key]
    if (!act && !/^[0-9]$/.test(event.key)) return
    event.preventDefault()
    if (act) act()
    else choose(here(), Number(event.key))
  })
  /** @param {number} step */
  const move = (step) => {
    const all = questions()
    const at = all.indexOf(/** @type {HTMLElement} */ (here()))
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))]
    if (next instanceof HTMLElement) {
      next.focus()
      next.scrollIntoView({ block: 'nearest' })
    }
  }
  /** @type {Record<string, (() => void) | undefined>} */
  const acts = {
    '?': toggleHelp,
    j: () => move(document.activeElement?.closest('.question') ? 1 : 0),
    k: () => move(-1),
    r: () => press('[data-do="render"]'),
    g: () => press('.guidelines > summary'),
    c: () => press('[data-tool="columns"] input'),
    s: () => {
      const skip = task.querySelector('.skip-task')
      skip?.setAttribute('open', '')
      skip?.querySelector('select')?.focus()
    },
  }
  /** @param {string} selector */
  const press = (selector) =>
    /** @type {HTMLElement | null} */ (document.querySelector(selector))?.click()
}

/** @param {HTMLFormElement} form */
function submitAll(form) {
  const buttons = form.querySelectorAll('button[value="submit"]')
  const shown = [...buttons].at(-1)
  if (shown instanceof HTMLButtonElement) form.requestSubmit(shown)
}

/** The option of that place, or the ready answer. @param {Element | undefined} question @param {number} place */
function choose(question, place) {
  const focused = document.activeElement?.closest('.choices')
  const within = focused && question?.contains(focused) ? focused : question
  const press = question?.querySelectorAll('.button-press')[place - 1]
  const own = within?.querySelector(`.choice input[data-digit="${place}"]`)
  const option = own ?? within?.querySelectorAll('.choice input:not([data-digit])')[place - 1]
  const target = press ?? option
  if (!(target instanceof HTMLElement)) return
  target.focus()
  target.click()
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('textarea, select')) return true
  return target.matches('input:not([type="radio"], [type="checkbox"])')
}
