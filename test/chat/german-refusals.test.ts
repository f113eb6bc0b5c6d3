/** What the inner rooms refuse is read in chat too: who reads German reads each sentence of it in German. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { conflict, invalid, notFound } from '../../src/errors.ts'
import { inGerman } from '../../src/german-refusals.ts'

/** Files whose refusals somebody may read in chat; the others speak to terminals only. */
const rooms: Readonly<Record<string, RegExp>> = {
  'src/exports': /^(?!argilla|destinations|to-file|files|.*csv)/,
  'src/datasets': /^(dataset|publish|access)\.ts$/,
  'src/assignments': /^post\.ts$/,
  'src/posts': /./,
}

/** A sentence of ours: it begins with a capital or a name, and ends like one. */
const literals = /'((?:[^'\\\n]|\\.)*[.?])'|"((?:[^"\\\n]|\\.)*[.?])"|`((?:[^`\\]|\\.)*[.?])`/g
const refused =
  /(invalid|conflict|forbidden|ParleyError)\(|problems\[\w+\] =|const sentences|warnings\.push/
const english = /\b(the|this|is|not|are|of|to|Write|Choose|Leave|There|has|with|it)\b/

function sentencesOf(folder: string, file: string): string[] {
  const text = readFileSync(new URL(`../../${folder}/${file}`, import.meta.url), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
  return [...text.matchAll(literals)].flatMap((found) => {
    const before = text.slice(Math.max(0, found.index - 90), found.index)
    const said = (found[1] ?? found[2] ?? found[3] ?? '')
      .replace(/\$\{didYouMean\([^}]*\)\}/g, '')
      .replace(/\$\{[^{}]*(\{[^{}]*\}[^{}]*)*\}/g, 'ding')
    return refused.test(before) && /[a-z]{2,} [a-z]{2,}/.test(said) ? [said] : []
  })
}

describe('happy', () => {
  test('every refusal that chat may show has its German', () => {
    const missing = Object.entries(rooms).flatMap(([folder, files]) =>
      readdirSync(new URL(`../../${folder}`, import.meta.url), {
        recursive: true,
        encoding: 'utf8',
      })
        .filter((file) => file.endsWith('.ts') && files.test(file))
        .flatMap((file) => sentencesOf(folder, file).map((said) => ({ file, said })))
        .filter(({ said }) => english.test(inGerman(said))),
    )
    expect(missing.map(({ file, said }) => `${file}: ${said}`)).toEqual([])
  })

  test('names and numbers stay as they are, in each part of what is said', () => {
    expect(inGerman('There is no dataset "the pairs". Did you mean "paare"?')).toBe(
      'Es gibt keinen Datensatz „the pairs“. Meintest du „paare“?',
    )
    const options = invalid({ pears: 'An export has no such option. Did you mean "pairs"?' })
    expect(options.messageIn('de')).toBe(
      'pears: Diese Option hat ein Export nicht. Meintest du „pairs“?',
    )
    expect(options.message).toBe('pears: An export has no such option. Did you mean "pairs"?')
    expect(options.problemsIn('de-AT')).toEqual({
      pears: 'Diese Option hat ein Export nicht. Meintest du „pairs“?',
    })
    expect(notFound('dataset', 'x$1').messageIn('de')).toBe('Es gibt keinen Datensatz „x$1“.')
    expect(conflict('Nobody ever said this.').messageIn('de')).toBe('Nobody ever said this.')
  })
})
