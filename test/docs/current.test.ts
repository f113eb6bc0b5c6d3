/** Pages that are made from the code say what the code says today; documents and schema agree. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { pages } from '../../scripts/docs/pages.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { templateDocument } from '../../src/datasets/templates/document.ts'
import { templateNames } from '../../src/datasets/templates/names.ts'
import { readPages, root } from './page.ts'

const schema = JSON.parse(readFileSync(join(root, 'schema/dataset.schema.json'), 'utf8'))
const accepts = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema)

const samples = readdirSync(join(root, 'samples')).filter((name) => name.endsWith('.yaml'))
const read = (name: string) => readFileSync(join(root, 'samples', name), 'utf8')

describe('happy: what is made from the code', () => {
  test.each(pages().map((page) => [page.path, page] as const))('%s is current', (_, page) => {
    expect(page.text === page.wanted ? 'current' : 'run: npm run docs').toBe('current')
  })
})

describe('happy: the schema of dataset documents', () => {
  test.each(samples)('takes the sample %s, which names it for editors', (name) => {
    const text = read(name)
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\/dataset\.schema\.json$/m)
    expect(problemsOf(parse(text))).toEqual([])
  })

  test.each(templateNames)('takes the document of the template %s', (name) => {
    expect(problemsOf(parse(templateDocument(name)))).toEqual([])
  })

  test('takes every document these pages show, and so does the parser', () => {
    const shown = readPages()
      .flatMap(({ blocks }) => blocks)
      .filter(({ language }) => language === 'yaml')
      .map(({ lines }) => lines.join('\n').replace('guidelines: guide.md', 'guidelines: text'))
      .filter((text) => /^name:/m.test(text))
    expect(shown.length).toBeGreaterThan(1)
    for (const text of shown) {
      expect(problemsOf(parse(text))).toEqual([])
      expect(parseDocument(text).name).toBeTruthy()
    }
  })

  test.each([
    ['fields as names', { fields: ['prompt', 'context'] }],
    ['fields by title', { fields: { prompt: 'What was asked' } }],
    ['a list of fields', { fields: [{ name: 'prompt', type: 'chat' }] }],
    ['a question that is removed', { template: 'evaluation', questions: { comment: false } }],
    ['nothing after a key', { template: 'comparison', fields: null, questions: null }],
    ['a list of questions', { questions: [{ name: 'q', type: 'text' }] }],
    [
      'options with texts',
      { questions: { q: { type: 'label', options: ['a', { value: 'b', text: 'B' }] } } },
    ],
    ['a range', { questions: { q: { type: 'rating', options: '0-10', of: 'outputs' } } }],
    ['access as one text', { template: 'comparison', access: 'everyone of slack:T1' }],
    ['access as a list', { template: 'comparison', access: ['slack:T1:U1', 'discord:9'] }],
    ['a half distribution', { template: 'comparison', distribution: { max_discards: 2 } }],
  ])('takes %s, as the parser does', (_, part) => {
    const document = {
      name: 'Prefs_1',
      fields: { prompt: null },
      questions: { q: { type: 'text' } },
      ...part,
    }
    expect(parseDocument(JSON.stringify(document), { format: 'json' }).name).toBe('Prefs_1')
    expect(problemsOf(document)).toEqual([])
  })
})

describe('refused: the schema of dataset documents', () => {
  test.each([
    ['a mistyped key', { titel: 'x' }],
    ['a template there is not', { template: 'comparisons' }],
    ['a mistyped key of a question', { questions: { why: { type: 'text', optional: true } } }],
    ['a mode there is not', { questions: { preference: { type: 'ranking', mode: 'fully' } } }],
    ['too many answers', { distribution: { min_submitted: 51 } }],
    ['a name with a space', { name: 'my prefs' }],
    ['access of nobody known', { access: 'nobody' }],
  ])('%s is marked, and refused by the parser too', (_, part) => {
    const document = { name: 'prefs', template: 'comparison', ...part }
    expect(problemsOf(document)).not.toEqual([])
    expect(() => parseDocument(JSON.stringify(document), { format: 'json' })).toThrow()
  })
})

function problemsOf(document: unknown): string[] {
  return accepts(document)
    ? []
    : (accepts.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
