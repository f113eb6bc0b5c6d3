/** The form of a dataset document and its YAML: one document, read and written both ways. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { printDocument } from '../../../src/datasets/form/print-document.ts'
import { controlsOf, readForm } from '../../../src/datasets/form/read-form.ts'
import { actOnForm, mergeForm } from '../../../src/datasets/form/write-form.ts'
import { checkText, parseDocument } from '../../../src/datasets/parse.ts'
import { templateDocument } from '../../../src/datasets/templates/document.ts'
import { templateNames } from '../../../src/datasets/templates/names.ts'

/** As a browser posts a form: every control, and those that a person changed. */
function fill(text: string, changed: Record<string, string>, was = text): string {
  const form = readForm(was)
  if (!form) throw new Error('no form')
  const shown = [...controlsOf(form)].map(([name, { value }]) => [name, value] as const)
  return mergeForm({ was, text, entries: { ...Object.fromEntries(shown), ...changed } })
}
const shownAs = (text: string, name: string) => {
  const form = readForm(text)
  return form ? controlsOf(form).get(name)?.value : undefined
}
const linesChanged = (before: string, after: string) => {
  const old = new Set(before.split('\n'))
  return after.split('\n').filter((line) => !old.has(line))
}

const prefs = `# Ours, since March
name: prefs
template: comparison

title: Which?                 # short
access: { slack: [U1, "#ml"] }
questions:
  preference:
    mode: full                # or: tiers
    ties: true
  why: { type: text, required: false }   # to learn from
generate: { models: [small] }  # the form knows nothing of it
order: shuffled
`

describe('happy: the form fills from the YAML', () => {
  test.each(templateNames)(
    'the template %s shows in the form, and posting it changes nothing',
    (name) => {
      const text = templateDocument(name)
      expect(fill(text, {})).toBe(text)
      expect(shownAs(text, 'template')).toBe(name)
    },
  )

  test('what the template brings is there with what holds while nothing is written', () => {
    const form = readForm('name: a\ntemplate: evaluation\nquestions: { quality: { options: 1-7 } }')
    expect(form?.fields).toMatchObject([{ name: 'prompt', isBrought: true }])
    expect(form?.questions.map(({ name, isBrought }) => [name, isBrought])).toEqual([
      ['comment', true],
      ['quality', false],
    ])
    const controls = form && controlsOf(form)
    expect(controls?.get('questions.1.options')).toMatchObject({ value: '1-7', kind: 'scale' })
    expect(controls?.get('questions.1.labels')).toMatchObject({
      ...{ value: '', usual: '1 = useless\n5 = excellent' },
    })
    expect(controls?.get('distribution.min_submitted')).toMatchObject({ value: '', usual: '2' })
    expect(controls?.get('order')?.usual).toBe('shuffled')
  })

  test('keys that the form does not know are named, and values only YAML can say are locked', () => {
    const form = readForm(`${prefs}posts: { min_votes: 3 }\n`)
    expect(form?.others).toEqual(['generate', 'posts'])
    const odd = readForm(
      'name: a\ntemplate: labels\nquestions: { label: { options: [{ value: a, text: b = c }, d] } }',
    )
    expect(odd?.questions[0]?.controls.find(({ key }) => key === 'options')?.isLocked).toBe(true)
  })
})

describe('happy: the YAML changes with the form', () => {
  test('only the line that says something else is written anew; comments and spacing stay', () => {
    const after = fill(prefs, { title: 'Which one helps?', 'questions.0.mode': 'tiers' })
    expect(linesChanged(prefs, after)).toEqual([
      'title: Which one helps? # short',
      '    mode: tiers # or: tiers',
    ])
    expect(after.split('\n')).toHaveLength(prefs.split('\n').length)
  })

  test('new keys stand where the schema has them, and emptied ones go with the maps they leave empty', () => {
    const more = fill(prefs, {
      guidelines: '# Read both\n\nThen **choose**.',
      'checks.gold.share': '0.05',
      'distribution.min_submitted': '5',
    })
    expect(parse(more)).toMatchObject({
      guidelines: '# Read both\n\nThen **choose**.',
      checks: { gold: { share: 0.05 } },
      distribution: { min_submitted: 5 },
    })
    const keys = Object.keys(parse(more))
    expect(keys.slice(0, 5)).toEqual(['name', 'template', 'title', 'guidelines', 'access'])
    expect(more).toContain('guidelines: |')
    const less = fill(more, {
      guidelines: '',
      'checks.gold.share': '',
      'distribution.min_submitted': '',
    })
    expect(less).toBe(prefs)
  })

  test('access, options and scales are written as people write them', () => {
    const text = 'name: a\ntemplate: labels\nquestions:\n  label: { options: [safe, unsafe] }\n'
    const after = fill(text, {
      access: 'slack: U1\neveryone of discord:42',
      'questions.0.options': 'safe\nunsafe = Not safe\nodd = Odd = hard to say',
    })
    expect(parse(after)).toMatchObject({
      access: { slack: ['U1'], discord: ['everyone of discord:42'] },
      questions: {
        label: {
          options: [
            'safe',
            { value: 'unsafe', text: 'Not safe' },
            { value: 'odd', text: 'Odd', description: 'hard to say' },
          ],
        },
      },
    })
    expect('document' in checkText(after)).toBe(true)
    expect(shownAs(after, 'access')).toBe('slack: U1\neveryone of discord:42')
    const rated = fill('name: a\ntemplate: evaluation\n', { 'questions.0.options': '1, 3, 5' })
    expect(parseDocument(rated).questions[0]).toMatchObject({ options: [1, 3, 5] })
  })

  test('a question of the template is changed, renamed and left out', () => {
    const text = 'name: a\ntemplate: evaluation\n'
    const retitled = fill(text, { 'questions.1.title': 'Why?' })
    expect(parseDocument(retitled).questions.map(({ name, title }) => [name, title])).toEqual([
      ['quality', 'How good is it?'],
      ['comment', 'Why?'],
    ])
    const first = fill(text, { 'questions.0.title': 'Good?' })
    expect(parseDocument(first).questions.map(({ title }) => title)).toEqual(['Good?', 'Comment'])
    const renamed = parseDocument(fill(text, { 'questions.0.name': 'grade' }))
    expect(renamed.questions.find(({ name }) => name === 'grade')).toMatchObject({
      ...{ type: 'rating', of: 'outputs', labels: { 1: 'useless' } },
    })
    expect(renamed.questions).toHaveLength(2)
    const left = actOnForm(text, { type: 'remove', from: 'questions', place: 1 })
    expect(parseDocument(left).questions.map(({ name }) => name)).toEqual(['quality'])
    const listed =
      'name: a\ntemplate: evaluation\nquestions:\n  # mine\n  - { name: why, type: text }\n'
    const without = actOnForm(listed, { type: 'remove', from: 'questions', place: 0 })
    expect(parseDocument(without).questions.map(({ name }) => name)).toEqual(['comment', 'why'])
    expect(without).toContain('# mine')
  })

  test('questions are added, moved and given another type', () => {
    let text = 'name: a\ntemplate: evaluation\n'
    text = actOnForm(text, { type: 'add', to: 'questions', question: 'label' })
    text = actOnForm(text, { type: 'add', to: 'fields', isOptional: true })
    expect(parseDocument(text).questions.map(({ name }) => name)).toEqual([
      'quality',
      'comment',
      'label',
    ])
    expect(parseDocument(text).fields[1]).toMatchObject({ name: 'field', required: false })
    text = actOnForm(text, { type: 'move', in: 'questions', place: 2, by: -1 })
    expect(parseDocument(text).questions.map(({ name }) => name)).toEqual([
      'quality',
      'label',
      'comment',
    ])
    text = fill(text, { 'questions.1.type': 'text' })
    expect(parseDocument(text).questions[1]).toMatchObject({ name: 'label', type: 'text' })
    text = fill(text, { 'questions.1.type': 'multi_label' })
    expect(parseDocument(text).questions[1]).toMatchObject({ type: 'multi_label' })
  })

  test('what was changed in the YAML meanwhile is kept beside what the form changed', () => {
    const typed = prefs.replace('  why:', '  worst: { type: text, title: Worst? }\n  why:')
    const after = fill(typed, { 'questions.1.title': 'Because?' }, prefs)
    expect(
      parseDocument(after.replace('generate: { models: [small] }  #', '#')).questions.map(
        ({ name, title }) => [name, title],
      ),
    ).toEqual([
      ['preference', 'Rank the answers, best first'],
      ['worst', 'Worst?'],
      ['why', 'Because?'],
    ])
  })

  test('whatever is typed, the YAML says just that, and nothing else is lost', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map((text) => text.replace(/[\r\u0085\u2028\u2029]/g, '').trim())
    fc.assert(
      fc.property(
        fc.constantFrom(...templateNames),
        word.filter((text) => text !== '' && !text.includes('\n')),
        fc.array(word, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n').trim()),
        (name, title, guidelines) => {
          const text = templateDocument(name)
          const after = fill(text, { title, guidelines })
          const { title: gotTitle, guidelines: gotGuidelines = '', ...rest } = parse(after)
          expect(gotTitle).toBe(title)
          expect(gotGuidelines).toBe(guidelines)
          const { title: _, ...before } = parse(text)
          expect(rest).toEqual(before)
          for (const comment of text.match(/# .+/g) ?? []) expect(after).toContain(comment)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('happy: a stored document is printed to be edited', () => {
  test.each(templateNames)('%s reads back as the very same document', (name) => {
    const document = parseDocument(templateDocument(name))
    const printed = printDocument(document)
    expect(parseDocument(printed)).toEqual(document)
    expect(printed).not.toContain('required: true')
    expect(fill(printed, {})).toBe(printed)
  })
})

describe('refused: mistakes', () => {
  test('each stands at its line, with its key and what to write', () => {
    expect(
      checkText('name: a\ntemplate: comparison\nquestions:\n  preference: { mode: fully }\n'),
    ).toEqual({
      mistakes: [
        {
          ...{ line: 4, path: 'questions.preference.mode' },
          ...{
            message: 'is "fully".',
            remedy: expect.stringContaining('Write one of full, tiers'),
          },
        },
      ],
    })
    expect(checkText('name: [a')).toMatchObject({ mistakes: [{ line: 1 }] })
  })

  test('a text that is no YAML has no form, and the form changes nothing of it', () => {
    expect(readForm('name: [a')).toBeNull()
    expect(mergeForm({ was: prefs, text: 'name: [a', entries: { title: 'x' } })).toBe('name: [a')
    expect(readForm('just a text')).toBeNull()
  })
})
