/** Dataset documents: what an admin may write, and how a mistake is told. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DatasetDocument } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { templateDocument } from '../../src/datasets/templates/document.ts'
import { templateNames } from '../../src/datasets/templates/names.ts'
import { ParleyError } from '../../src/errors.ts'

describe('happy: documents an admin writes', () => {
  test('a comparison with added questions is merged with its template', () => {
    const document = parseDocument(`
name: prefs
template: comparison
title: Which answer helps most?
license: CC-BY-4.0
access: { slack: [U1, "<@U2>"] }
questions:
  preference: { type: ranking, mode: full, ties: true, strength: false }
  helpful: { type: rating, of: outputs, options: 1-5, labels: { 1: useless, 5: solved }, required: false }
  why: { type: text, required: false, when: "preference.all_unacceptable" }
max_shown: 4
distribution: { max_discards: 5 }
export: { prompt: [{ user: $prompt }], completion: $why }
`)
    expect(document).toMatchObject({
      format: 1,
      template: 'comparison',
      fields: [{ name: 'prompt', title: 'Prompt', type: 'text', required: true }],
      distribution: { min_submitted: 3, max_discards: 5 },
      order: 'shuffled',
    })
    expect(document.questions.map((question) => [question.name, question.title])).toEqual([
      ['preference', 'Rank the answers, best first'],
      ['helpful', 'Helpful'],
      ['why', 'Why'],
    ])
  })

  test.each(templateNames)('the printed template %s is a document as it stands', (name) => {
    const document = parseDocument(templateDocument(name))
    expect(document.template).toBe(name)
  })

  test.each([
    ['completion', 1],
    ['comparison', 3],
    ['evaluation', 2],
    ['thumbs', 1],
  ])('%s asks for %d answers unless told otherwise', (name, answers) => {
    expect(parseDocument(`name: a\ntemplate: ${name}`).distribution.min_submitted).toBe(answers)
  })

  test('thumbs says which option is desirable, labels takes the options given', () => {
    const thumbs = parseDocument('name: a\ntemplate: thumbs')
    expect(thumbs.questions[0]).toMatchObject({ type: 'label', of: 'outputs', desirable: ['up'] })
    const labels = parseDocument(
      'name: a\ntemplate: labels\nquestions: { label: { options: [safe, unsafe] } }',
    )
    expect(labels.questions[0]).toMatchObject({
      type: 'label',
      options: [
        { value: 'safe', text: 'safe' },
        { value: 'unsafe', text: 'unsafe' },
      ],
    })
    expect(labels.distribution.min_submitted).toBe(3)
  })

  test('fields and questions may be a map or a list', () => {
    const list = parseDocument(`
name: a
fields: [prompt, { name: context, required: false }]
questions: [{ name: quality, type: rating, title: Quality }]`)
    const map = parseDocument(`
name: a
fields: { prompt: {}, context: { required: false } }
questions: { quality: { type: rating, title: Quality } }`)
    expect(list).toEqual(map)
  })

  test('a question of the template is removed by false', () => {
    const document = parseDocument('name: a\ntemplate: completion\nquestions: { comment: false }')
    expect(document.questions.map((question) => question.name)).toEqual(['completion'])
  })

  test('a JSON document says the same as YAML', () => {
    const json = '{"name":"a","template":"thumbs","access":"everyone"}'
    expect(parseDocument(json, { format: 'json' })).toEqual(
      parseDocument('name: a\ntemplate: thumbs\naccess: everyone'),
    )
  })

  test('guidelines are read from the file beside the document', () => {
    const document = parseDocument('name: a\ntemplate: thumbs\nguidelines: guide.md', {
      readGuidelines: (name) => (name === 'guide.md' ? '# Be kind\r\nAlways.\n' : null),
    })
    expect(document.guidelines).toBe('# Be kind\nAlways.')
  })

  test('what was parsed is parsed to the same again', () => {
    const names = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
    const title = fc
      .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
      .filter((text) => text.trim() !== '' && text.isWellFormed() && !text.includes('\u0000'))
    const question = fc.oneof(
      fc.record({ type: fc.constant('text'), title, required: fc.boolean() }),
      fc.record({ type: fc.constant('rating'), title, of: fc.constantFrom('record', 'outputs') }),
      fc.record({
        type: fc.constant('label'),
        title,
        options: fc.uniqueArray(title, { minLength: 2, maxLength: 6 }),
      }),
      fc.record({ type: fc.constant('ranking'), title, ties: fc.boolean() }),
      fc.constant(false),
    )
    const template = fc.option(fc.constantFrom('completion', 'comparison', 'evaluation', 'thumbs'))
    fc.assert(
      fc.property(
        template,
        fc.dictionary(names, question, { maxKeys: 5 }),
        fc.dictionary(names, fc.record({ title }), { maxKeys: 3 }),
        (chosen, questions, fields) => {
          const source = { name: 'a', ...(chosen ? { template: chosen } : {}), questions, fields }
          const once = parsedOrNull(JSON.stringify(source))
          if (once === null) return
          expect(JSON.stringify(parseDocument(JSON.stringify(once)))).toBe(JSON.stringify(once))
        },
      ),
      { numRuns: 200 },
    )
  })
})

describe('refused: every mistake is reported with line, key and remedy', () => {
  const mistakes: [string, string, string, RegExp][] = [
    ['an unknown key', 'name: a\ntemplate: thumbs\nlicence: x', 'd.yaml:3 licence', /"license"/],
    ['an unknown template', 'name: a\ntemplate: comparsion', 'd.yaml:2 template', /"comparison"/],
    [
      'a template by half its name',
      'template: prompt-revew\nname: a',
      'd.yaml:1 template',
      /Did you mean "prompt-review"/,
    ],
    [
      'a text that starts with no field',
      'name: a\nfields: [p]\nquestions:\n  q:\n    type: text\n    required: false\n    prefill: pp\n  r: { type: rating }',
      'd.yaml:7 questions.q.prefill',
      /"pp" is not a field\. Write one of p\. Did you mean "p"/,
    ],
    [
      'a text that must be written and may be left as it is',
      'name: a\nfields: [p]\nquestions:\n  q:\n    type: text\n    prefill: p',
      'd.yaml:6 questions.q.prefill',
      /Write "required: false"/,
    ],
    [
      'a mistyped key of a question',
      'name: a\ntemplate: thumbs\nquestions:\n  thumbs:\n    desireable: [up]',
      'd.yaml:5 questions.thumbs.desireable',
      /"desirable"/,
    ],
    [
      'an unknown type of question',
      'name: a\nfields: [p]\nquestions:\n  q:\n    type: raiting',
      'd.yaml:5 questions.q.type',
      /"rating"/,
    ],
    [
      'a question in a list without a type',
      'name: a\nfields: [p]\nquestions:\n  - name: q',
      'd.yaml:4 questions.0.type',
      /Write one of text, rating/,
    ],
    ['labels without labels', 'name: a\ntemplate: labels', 'd.yaml:1 questions', /your labels/],
    [
      'too many answers',
      'name: a\ntemplate: thumbs\ndistribution:\n  min_submitted: 51',
      'd.yaml:4 distribution.min_submitted',
      /50 or less/,
    ],
    [
      'two labels that read the same',
      'name: a\ntemplate: labels\nquestions:\n  label:\n    options: [Good, "Go\\u200bod"]',
      'd.yaml:5 questions.label.options',
      /read the same/,
    ],
    [
      'a label that shows nothing',
      'name: a\ntemplate: labels\nquestions:\n  label:\n    options: [" ", Good]',
      'd.yaml:5 questions.label.options',
      /shows nothing/,
    ],
    [
      'an exported prompt with no field in it',
      'name: a\ntemplate: thumbs\nexport:\n  prompt: [{ user: Hello }]',
      'd.yaml:4 export.prompt',
      /every row would have the same prompt.*\$prompt/s,
    ],
    [
      'an exported prompt made of an answer',
      'name: a\ntemplate: thumbs\nexport:\n  prompt: [{ user: "$thumbs" }]',
      'd.yaml:4 export.prompt.0.user',
      /"\$thumbs" is not a field/,
    ],
    ['a bad name', 'name: a b\ntemplate: thumbs', 'd.yaml:1 name', /letters, digits/],
    ['no name', 'template: thumbs', 'd.yaml:1 name', /missing/],
    ['no questions', 'name: a\nfields: [p]', 'd.yaml:1 questions', /at least one/],
    [
      'a condition on no question',
      'name: a\ntemplate: comparison\nquestions:\n  why: { type: text, required: false, when: preferense.all_unacceptable }',
      'd.yaml:4 questions.why.when',
      /"preference"/,
    ],
    [
      'a condition nobody can read',
      'name: a\ntemplate: comparison\nquestions:\n  why: { type: text, required: false, when: "(preference" }',
      'd.yaml:4 questions.why.when',
      /expected/,
    ],
    [
      'a condition on itself',
      'name: a\ntemplate: comparison\nquestions:\n  why: { type: text, required: false, when: why }',
      'd.yaml:4 questions.why.when',
      /its own answer/,
    ],
    [
      'a span of no field',
      'name: a\ntemplate: thumbs\nquestions:\n  s: { type: span, field: promt, options: [a, b] }',
      'd.yaml:4 questions.s.field',
      /"prompt"/,
    ],
    [
      'a desirable option there is not',
      'name: a\ntemplate: thumbs\nquestions:\n  thumbs: { desirable: [upp] }',
      'd.yaml:4 questions.thumbs.desirable',
      /"up"/,
    ],
    [
      'a rating word for no option',
      'name: a\ntemplate: evaluation\nquestions:\n  quality: { labels: { 9: great } }',
      'd.yaml:4 questions.quality.labels',
      /Use 1, 2, 3, 4, 5/,
    ],
    [
      'only optional questions',
      'name: a\ntemplate: thumbs\nquestions:\n  thumbs: { required: false }',
      'd.yaml:3 questions',
      /must always be answered/,
    ],
    [
      'an export of no field',
      'name: a\ntemplate: completion\nexport: { completion: $completon }',
      'd.yaml:3 export.completion',
      /"completion"/,
    ],
    [
      'an option that is a number',
      'name: a\ntemplate: labels\nquestions:\n  label:\n    options: [1, 2]',
      'd.yaml:5 questions.label.options.0',
      /in quotes/,
    ],
    [
      'access for nobody',
      'name: a\ntemplate: thumbs\naccess: nobody',
      'd.yaml:3 access',
      /everyone/,
    ],
    [
      'a guidelines file that is not there',
      'name: a\ntemplate: thumbs\nguidelines: g.md',
      'd.yaml:3 guidelines',
      /no file "g.md"/,
    ],
    ['broken YAML', 'name: a\nquestions: [', 'd.yaml:2', /Fix the YAML/],
    ['a key twice', 'name: a\nname: b', 'd.yaml:2', /unique/],
    ['nothing', '', 'd.yaml:1', /empty/],
    ['a list', '- a', 'd.yaml:1', /is a list/],
    ['NUL', 'name: "a"\ntitle: "\u0000"', 'd.yaml:1', /not a text file/],
    ['501 levels', '['.repeat(501), 'd.yaml:1', /nested too deeply/],
  ]
  test.each(mistakes)('%s', (_, text, where, said) => {
    const problems = problemsOf(text)
    expect(Object.keys(problems)).toContain(where)
    expect(problems[where]).toMatch(said)
  })

  test('aliases beyond a hundred are refused before they are followed', () => {
    const many = (count: number) => `a: &a x\nb: [${Array(count).fill('*a').join(',')}]`
    expect(problemsOf(many(101))['d.yaml:1']).toMatch(/alias/)
    expect(problemsOf(many(99))['d.yaml:1'] ?? '').not.toMatch(/alias count/)
  })

  test('brackets deeper than the limit are refused before anything is built', () => {
    const deep = (levels: number) => `name: a\nx: ${'['.repeat(levels)}${']'.repeat(levels)}`
    const read = (levels: number) => () => parseDocument(deep(levels), { deepest: 10 })
    expect(read(11)).toThrow(/nested too deeply/)
    expect(read(10)).not.toThrow(/nested too deeply/)
  })

  test('JSON with an extra comma is reported with its position', () => {
    const problems = problemsOf('{\n  "name": "a",\n}', 'json')
    expect(Object.keys(problems)).toEqual(['d.yaml:3'])
  })

  test('all mistakes are reported at once, in the order of the file', () => {
    const problems = problemsOf('name: a\ntemplate: thumbs\norder: sorted\nmax_shown: 1\nx: 1')
    expect(Object.keys(problems)).toEqual(['d.yaml:3 order', 'd.yaml:4 max_shown', 'd.yaml:5 x'])
  })

  test('a file of guidelines cannot be named where no file may be read', () => {
    expect(() => parseDocument('name: a\ntemplate: thumbs\nguidelines: /etc/hosts.txt')).toThrow(
      /cannot be read from here/,
    )
  })

  test('whatever is written, the answer is a document or sentences', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        parsedOrNull(text)
      }),
      { numRuns: 300 },
    )
  })
})

function problemsOf(text: string, format: 'yaml' | 'json' = 'yaml') {
  try {
    parseDocument(text, { file: 'd.yaml', format, readGuidelines: () => null })
  } catch (error) {
    if (error instanceof ParleyError) return error.problems
    throw error
  }
  throw new Error('It was taken.')
}

/** Null when it was refused as a document; anything else that is thrown is a bug. */
function parsedOrNull(text: string): DatasetDocument | null {
  try {
    return parseDocument(text)
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'invalid') return null
    throw error
  }
}
