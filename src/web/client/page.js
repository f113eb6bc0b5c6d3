/** What every page does: htmx sends the token of the session along, and the page says when it waits. */

const csrf = document.querySelector('meta[name="csrf"]')?.getAttribute('content')
let waiting = 0

document.addEventListener('htmx:config:request', (event) => {
  const { ctx } = /** @type {CustomEvent} */ (event).detail
  if (csrf && ctx.request.method !== 'GET') ctx.request.headers['X-CSRF-Token'] = csrf
})
document.addEventListener('htmx:before:request', () => waits(1))
document.addEventListener('htmx:finally:request', () => waits(-1))

/** @param {number} more */
function waits(more) {
  waiting = Math.max(0, waiting + more)
  document.body.setAttribute('aria-busy', String(waiting > 0))
}

// Moments are sent in UTC; here they are read in the reader's own time.
const { lang } = document.documentElement
const clock = new Intl.DateTimeFormat(
  navigator.languages.find((one) => one.startsWith(lang)) ?? lang,
  {
    dateStyle: 'medium',
    timeStyle: 'short',
  },
)
localise(document)
document.addEventListener('htmx:after:swap', () => localise(document))

/** @param {ParentNode} inside */
function localise(inside) {
  for (const time of inside.querySelectorAll('time[datetime]:not([title])')) {
    const at = new Date(time.getAttribute('datetime') ?? '')
    if (Number.isNaN(at.getTime())) continue
    time.setAttribute('title', time.textContent ?? '')
    time.textContent = clock.format(at)
  }
}

// The menu closes as menus do: on Escape, and on a press beside it.
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') closeMenus(null)
})
document.addEventListener('click', (event) => closeMenus(event.target))

/** @param {EventTarget | null} inside */
function closeMenus(inside) {
  for (const menu of document.querySelectorAll('details.me[open]'))
    if (!(inside instanceof Node && menu.contains(inside))) menu.removeAttribute('open')
}

// A form that is being sent is not sent twice.
document.addEventListener('submit', (event) => {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return
  if (form.dataset['sent'] === 'yes') event.preventDefault()
  form.dataset['sent'] = 'yes'
  // What answers with a file leaves the page as it is.
  setTimeout(() => delete form.dataset['sent'], 5000)
})
window.addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset['sent']
})
