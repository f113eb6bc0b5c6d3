/** What the inner rooms refuse is read in chat too: who reads German reads each sentence of it in German. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { conflict, invalid, notFound } from '../../src/errors.ts'
import { inGerman } from '../../src/german-refusals.ts'
import { parseJson } from '../../src/imports/readers/json.ts'
import { sentences } from '../../src/sentences.ts'

/** Files whose refusals somebody may read in chat; the others speak to terminals only. */
const rooms: Readonly<Record<string, RegExp>> = {
  'src/exports': /^(?!argilla|destinations|to-file|write-files|.*csv)/,
  'src/datasets': /^(dataset|publish|access)\.ts$/,
  'src/datasets/feeds': /./,
  'src/assignments': /^post\.ts$/,
  'src/posts': /./,
  'src/generation': /./,
  'src/labelers': /^person\.ts$/,
  adapters: /./,
  'src/imports/readers': /./,
  'src/imports/shapes': /^plan\.ts$/,
}

/** A sentence of ours: it begins with a capital or a name, and ends like one. */
const literals = /'((?:[^'\\\n]|\\.)*[.?])'|"((?:[^"\\\n]|\\.)*[.?])"|`((?:[^`\\]|\\.)*[.?])`/g
const refused =
  /(invalid|conflict|forbidden|ParleyError)\(|problems\[\w+\] =|problem: |return (text|named)|const sentences|warnings\.push/
const english = /\b(the|this|is|not|are|of|to|Write|Choose|Leave|There|has|with|it)\b/

/** Sentences about a line of a file begin small: they are looked for below. */
const isWhole = /^[A-Z"“]|^ding/

function sentencesOf(folder: string, file: string): string[] {
  const text = readFileSync(new URL(`../../${folder}/${file}`, import.meta.url), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
  return [...text.matchAll(literals)].flatMap((found) => {
    const before = text.slice(Math.max(0, found.index - 90), found.index)
    // What is only logged, or the cause of what is said.
    if (/(new Error|log\.\w+)\([^)]*$/.test(before)) return []
    const said = (found[1] ?? found[2] ?? found[3] ?? '')
      .replace(/\$\{didYouMean\([^}]*\)\}/g, '')
      .replace(/\$\{[^{}]*(\{[^{}]*\}[^{}]*)*\}/g, 'ding')
    return refused.test(before) &&
      /[a-z]{2,} [a-z]{2,}/.test(said) &&
      isWhole.test(said) &&
      said !== 'Save the file as UTF-8.'
      ? [said]
      : []
  })
}

/** Files whose sentences about a line reach chat with an import. */
const lineFiles: Readonly<Record<string, RegExp>> = {
  'src/imports': /^(import-records|check-record|fit-field|report)\.ts$/,
  // What these two throw is never read: parquet.ts says what it means.
  'src/imports/readers': /^(?!thrift|parquet-pages)/,
  'src/imports/shapes': /^(?!plan)/,
  'src/datasets': /^explain\.ts$/,
}

/** Every sentence in these files, in each of its forms. */
function lineSentences(folder: string, file: string): string[] {
  const text = readFileSync(new URL(`../../${folder}/${file}`, import.meta.url), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
  const choice = /\$\{[^{}]*\? '([^']*)' : '([^']*)'\}/
  const word = /\$\{word\}/
  const forms = (said: string): string[] => {
    const found = choice.exec(said)
    if (!found) return [said]
    return [found[1], found[2]].flatMap((one) => forms(said.replace(found[0], one ?? '')))
  }
  return [...text.matchAll(literals)]
    .flatMap((found) => forms((found[1] ?? found[2] ?? found[3] ?? '').replaceAll('\\\\', '\\')))
    .flatMap((said) =>
      word.test(said) ? ['most', 'least'].map((one) => said.replace(word, one)) : [said],
    )
    .map((said) => said.replace(/\$\{report\.unit\}/g, 'line'))
    .map((said) => said.replace(/\$\{(didYouMean\([^}]*\)|offer)\}/g, ''))
    .map((said) => said.replace(/\$\{[^{}]*(\{[^{}]*\}[^{}]*)*\}/g, 'ding').trim())
    .filter(
      (said) =>
        /[a-z]{2,} /.test(said) && said !== 'The row is too long.' && !said.startsWith('It begins'),
    )
}

describe('happy', () => {
  test('every sentence about a line that is imported has its German', () => {
    const german = sentences('de').ofLine
    const said = Object.entries(lineFiles).flatMap(([folder, files]) =>
      readdirSync(new URL(`../../${folder}`, import.meta.url), { encoding: 'utf8' })
        .filter((file) => files.test(file))
        .flatMap((file) => lineSentences(folder, file)),
    )
    expect(said.length).toBeGreaterThan(120)
    const foreign =
      /\b(a|an|the|this|is|not|are|of|or|too|to|at|than|has|it|with|Write|Give|Leave|Known)\b/
    const bare = (text: string) => text.replace(/[{["„][\s\S]*[}\]"“]/g, '')
    expect(said.filter((one) => german(one) === one || foreign.test(bare(german(one))))).toEqual([])
  })

  test('what a value is, and what the engine says of JSON, is German too; what is quoted stays', () => {
    const german = sentences('de-AT').ofLine
    expect(german('is the text "a list", not an object.')).toBe(
      'ist der Text „a list“, kein Objekt.',
    )
    expect(german('is a list, not text.')).toBe('ist eine Liste, kein Text.')
    expect(german('Write one of 1, 2. Did you mean "2"?')).toBe(
      'Schreibe eines von 1, 2. Meintest du „2“?',
    )
    expect(german('Write a number. Or: List at most 3.')).toBe(
      'Schreibe eine Zahl. Oder: Nenne höchstens 3.',
    )
    const torn = [
      '{"a":1,',
      '{"a" 1}',
      '[1 2]',
      '{"a":"\\x"}',
      '{"a":-}',
      '{"a":1.}',
      '{a:1}',
      '{}x',
      'x',
    ]
    for (const text of torn) {
      const problem = (() => {
        const parsed = parseJson(text)
        return 'problem' in parsed ? parsed.problem.message : ''
      })()
      expect(german(problem)).toMatch(/^ist kein JSON: /)
      expect(german(problem)).not.toMatch(/\b(at|token|expected|after|not|input)\b/i)
    }
    expect(sentences(undefined).ofLine('is a list, not text.')).toBe('is a list, not text.')
  })

  test('what is wrong with a known answer is said as it is to labelers', () => {
    const [english, german] = [sentences(undefined), sentences('de')]
    const all = [
      ...(['unreadable', 'notAsked', 'answerEach', 'writeText', 'oneLabel', 'fromLabels'] as const),
      ...(['rankOutputs', 'rankOfNothing', 'wholeRank', 'oneBest', 'noTies'] as const),
    ]
    for (const name of all) expect(german.ofLine(english[name])).toBe(german[name])
    expect(german.ofLine(english.tooLong(3, 5))).toBe(german.tooLong(3, 5))
    expect(german.ofLine(english.tooShort(3))).toBe(german.tooShort(3))
    expect(german.ofLine(english.oneOf([1, 2]))).toBe('Wähle aus 1, 2.')
    expect(german.ofLine(english.unranked(['A']))).toBe(german.unranked(['A']))
    expect(german.ofLine(english.unranked(['A', 'B']))).toBe(german.unranked(['A', 'B']))
  })

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

  test('what is longer than any sentence stays as it is, and is looked at once', () => {
    const long = `"${'was not asked. '.repeat(20_000)}`
    expect(inGerman(long)).toBe(long)
    expect(sentences('de').ofLine(long)).toBe(long)
    const quotes = '"'.repeat(4000)
    expect(inGerman(quotes)).toBe(quotes)
    expect(sentences('de').ofLine(quotes)).toBe(quotes)
  })
})
