// @ts-check
/** Shows one stand-in or both, and the clock they share. */

const shown = /** @type {HTMLElement} */ (document.getElementById('now'))
let ahead = 0

for (const button of document.querySelectorAll('button[data-show]'))
  button.addEventListener('click', () => show(/** @type {HTMLElement} */ (button)))
for (const button of document.querySelectorAll('button[data-turn]'))
  button.addEventListener('click', () => turn(/** @type {HTMLElement} */ (button)))

tell((await (await fetch('/clock')).json()).now)
setInterval(draw, 1000)

/** @param {HTMLElement} button */
function show(button) {
  document.body.dataset['shown'] = button.dataset['show'] ?? 'slack'
  for (const one of document.querySelectorAll('button[data-show]'))
    one.setAttribute('aria-pressed', String(one === button))
}

/** @param {HTMLElement} button */
async function turn(button) {
  const answer = await fetch('/clock', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to: button.dataset['turn'] }),
  })
  tell((await answer.json()).now)
}

/** @param {number} now */
function tell(now) {
  ahead = now - Date.now()
  draw()
}

function draw() {
  shown.textContent = new Date(Date.now() + ahead).toLocaleString(undefined, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
}
