/** What the form of an export offers is what the formats take, and its usual choice is what they make. */
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../src/datasets/parse.ts'
import type { Format } from '../../src/exports/formats/format.ts'
import { formats } from '../../src/exports/formats/formats.ts'
import { offeredFormats } from '../../src/exports/offered.ts'
import type { ExportFlags } from '../../src/exports/options.ts'

const templates = ['completion', 'comparison', 'evaluation', 'thumbs'] as const
const documentOf = (template: string) =>
  parseDocument(`name: x\ntemplate: ${template}\naccess: everyone`)

describe.each(templates)('a dataset of the template %s', (template) => {
  const document = documentOf(template)
  const offered = offeredFormats(document)
  const open = (name: string, flags: ExportFlags) => {
    const format = Object.entries<Format>(formats).find(([known]) => known === name)?.[1]
    return format && format.type !== 'lines' ? format.open(document, flags).strategies : {}
  }

  test('happy: the usual choice, chosen, makes the same file as none', () => {
    for (const { name, options } of offered)
      for (const { name: option, usual } of options)
        if (usual !== null)
          expect([name, option, open(name, { [option]: usual })]).toEqual([
            name,
            option,
            open(name, {}),
          ])
  })

  test('happy: whatever is offered can be chosen', () => {
    for (const { name, options } of offered)
      for (const { name: option, values } of options)
        for (const value of values ?? [])
          expect(() => open(name, { [option]: value }), `${name} ${option}=${value}`).not.toThrow()
  })

  test('refused: a format that this dataset holds nothing for is not offered', () => {
    const names = offered.map(({ name }) => name)
    for (const [name, format] of Object.entries<Format>(formats)) {
      if (names.includes(name) || format.type === 'lines') continue
      expect(() => format.open(document, {}), name).toThrow(/This dataset/)
    }
    expect(names).toEqual(expect.arrayContaining(['raw', 'records', 'argilla', 'csv']))
  })
})

test('happy: a comparison’s form for preferences says what is done where nothing is chosen', () => {
  const [preference] = offeredFormats(documentOf('comparison')).filter(
    ({ name }) => name === 'preference',
  )
  expect(preference?.options.map(({ name, usual }) => [name, usual])).toEqual([
    ['pairs', 'best-worst'],
    ['labelers', 'consensus'],
    ['shape', 'messages'],
    ['turns', 'as-is'],
    ['fast', 'keep'],
    ...['keep', 'since', 'until', 'labeler'].map((name) => [name, null]),
  ])
})
