/** Sends a file as it is, and says how far that is; without this script the form sends it. */

const upload = /** @type {HTMLFormElement | null} */ (document.getElementById('upload'))
if (upload) sendByScript(upload)

/** @param {HTMLFormElement} form */
function sendByScript(form) {
  const input = /** @type {HTMLInputElement} */ (form.querySelector('input[type=file]'))
  const told = /** @type {HTMLElement} */ (document.getElementById('upload-told'))
  const csrf = document.querySelector('meta[name="csrf"]')?.getAttribute('content') ?? ''
  const bar = document.createElement('progress')
  bar.max = 1
  bar.setAttribute('aria-label', form.dataset['uploading'] ?? '')

  form.addEventListener('dragover', (event) => event.preventDefault())
  form.addEventListener('drop', (event) => {
    event.preventDefault()
    if (!event.dataTransfer?.files.length) return
    input.files = event.dataTransfer.files
    form.requestSubmit()
  })
  form.addEventListener('submit', (event) => {
    const [file] = input.files ?? []
    if (!file) return
    event.preventDefault()
    told.replaceChildren(bar)
    const request = new XMLHttpRequest()
    request.open('PUT', `${form.dataset['put']}?file=${encodeURIComponent(file.name)}`)
    request.setRequestHeader('x-csrf-token', csrf)
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      bar.value = total > 0 ? loaded / total : 0
    })
    request.addEventListener('load', () => {
      const answer = readAnswer(request.responseText)
      if (answer.href) location.assign(answer.href)
      else say(answer.problem ?? form.dataset['failed'] ?? '')
    })
    request.addEventListener('error', () => say(form.dataset['failed'] ?? ''))
    request.send(file)
  })

  /** @param {string} text */
  function say(text) {
    const line = document.createElement('p')
    line.className = 'field-error'
    line.setAttribute('role', 'alert')
    line.textContent = text
    told.replaceChildren(line)
    delete form.dataset['sent']
  }
}

/** @param {string} text @returns {{ href?: string, problem?: string }} */
function readAnswer(text) {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
