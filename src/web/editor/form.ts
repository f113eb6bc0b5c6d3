/** The form of a dataset document as markup: one control for each key that a form can ask for. */
import { questionTypeNames } from '../../datasets/form/control.ts'
import type { Form, FormControl, FormPart, PartKind } from '../../datasets/form/read-form.ts'
import { badge, button, card, field, select, textarea } from '../page/components.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import type { EditorWords } from './words.ts'

/** What stands in the first box; everything else of the document is in the last. */
const basics = new Set([
  ...['name', 'template', 'title', 'description', 'guidelines', 'access', 'license', 'forget'],
])

/** `isNew`: a document without a dataset, whose name may still change. */
export function drawForm(form: Form, said: EditorWords, { isNew }: { isNew: boolean }): Html {
  const isBasic = ({ key }: FormControl) => basics.has(key)
  const top = form.controls.filter(isBasic)
  const rest = form.controls.filter((control) => !isBasic(control))
  const isFixed = ({ key }: FormControl) => key === 'name' && !isNew
  return html`${card(
    { title: said.basics },
    top.map((control) => drawControl(control, said, isFixed(control))),
  )}
${drawParts('fields', form.fields, said)}
${drawParts('questions', form.questions, said)}
${card({ title: said.settings }, html`<div class="pairs">${rest.map((control) => drawControl(control, said))}</div>`)}
${form.others.length > 0 ? html`<p class="hint">${said.othersInYaml(form.others.join(', '))}</p>` : ''}`
}

function drawParts(kind: PartKind, parts: readonly FormPart[], said: EditorWords): Html {
  const types = questionTypeNames.map((value) => ({ value, label: said.types[value] ?? value }))
  const adding =
    kind === 'fields'
      ? button(said.addField, { name: 'do', value: 'add-fields' })
      : html`<div class="adding">${field({
          name: 'new_type',
          label: said.questionType,
          control: select(types, 'text'),
        })}${button(said.addQuestion, { name: 'do', value: 'add-questions' })}</div>`
  return card(
    { title: kind === 'fields' ? said.fields : said.questions },
    html`<div class="parts">${parts.map((part, place) => drawPart(kind, part, place, parts.length, said))}</div>${adding}`,
  )
}

function drawPart(
  kind: PartKind,
  part: FormPart,
  place: number,
  count: number,
  said: EditorWords,
): Html {
  const type = part.controls.find(({ key }) => key === 'type')
  const word = type?.value || type?.usual || ''
  const move = (to: 'up' | 'down', isThere: boolean) =>
    button(to === 'up' ? '↑' : '↓', {
      ...{ name: 'do', value: `${to}-${kind}-${place}`, tone: 'quiet', disabled: !isThere },
      'aria-label': said[to](part.name),
    })
  return html`<details class="part" id="${kind}-${place}"${kind === 'questions' && count < 4 ? html` open` : ''}><summary><strong>${part.name}</strong> ${badge(said.types[word] ?? word)}${part.isBrought ? html` <span class="hint">${said.brought}</span>` : ''}</summary>
<div class="pairs">${part.controls.map((control) => drawControl(control, said))}</div>
${part.others.length > 0 ? html`<p class="hint">${said.othersInYaml(part.others.join(', '))}</p>` : ''}
<div class="actions">${move('up', place > 0)}${move('down', place < count - 1)}${button(
    said.removeShort,
    {
      ...{ name: 'do', value: `remove-${kind}-${place}`, tone: 'quiet' },
      'aria-label': said.remove(part.name),
    },
  )}</div></details>`
}

function drawControl(control: FormControl, said: EditorWords, isFixed = false): Html {
  const { name, key, kind, value, usual, isLocked } = control
  const word = kind === 'scale' ? 'scale' : key
  const isOfPart = name !== key
  const [label, hint] =
    (isOfPart ? said.partLabels[word] : undefined) ?? said.labels[word] ?? ([key, ''] as const)
  const shared = { name, label, hint: (isLocked ? said.locked : hint) as Content }
  const off = { disabled: isLocked, readonly: isFixed }
  if (kind === 'choice' || kind === 'flag') {
    const options = choicesOf(control, said)
    return field({ ...shared, control: select(options, value) })
  }
  const isTall = ['text', 'lines', 'options', 'labels', 'access'].includes(kind)
  if (isTall)
    return html`<div class="wide">${field({
      ...shared,
      control: textarea(value, {
        ...{ rows: rowsFor(key, value), placeholder: usual, ...off },
      }),
    })}</div>`
  return field({
    ...shared,
    value,
    input: {
      placeholder: usual,
      autocomplete: 'off',
      ...off,
      ...(kind === 'number' ? { inputmode: 'decimal' } : {}),
    },
  })
}

function choicesOf(
  { key, kind, values = [], usual, value }: FormControl,
  said: EditorWords,
): { value: string; label: string }[] {
  const word = (one: string) =>
    kind === 'flag'
      ? one === 'true'
        ? said.yes
        : said.no
      : key === 'type'
        ? (said.types[one] ?? one)
        : one
  const all = kind === 'flag' ? ['true', 'false'] : [...values]
  // What is written and is none of them is shown, too: the document says what is wrong with it.
  if (value !== '' && !all.includes(value)) all.push(value)
  const none =
    key === 'template' ? said.noTemplate : usual === '' ? said.none : said.usual(word(usual))
  // A question always has a type.
  const isOpen = !(key === 'type' && value !== '')
  const options = all.map((one) => ({ value: one, label: word(one) }))
  return isOpen ? [{ value: '', label: none }, ...options] : options
}

function rowsFor(key: string, value: string): number {
  const lines = value.split('\n').length
  return key === 'guidelines'
    ? Math.min(14, Math.max(5, lines + 1))
    : Math.min(8, Math.max(2, lines))
}
