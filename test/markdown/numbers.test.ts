/** A number that a text begins with is said, whatever Markdown would make of it. */
import { describe, expect, test } from 'vitest'
import { readBlocks } from '../../src/markdown/read.ts'

const textOf = (text: string) =>
  readBlocks(text)
    .map((block) => ('runs' in block ? block.runs.map((run) => run.text).join('') : ''))
    .join('\n')

describe('happy: an answer that begins with a number', () => {
  test('keeps the number as its text, for it may be all that was asked', () => {
    expect(textOf('36. Take 10%, which is 24.')).toBe('36. Take 10%, which is 24.')
    expect(textOf('1989. The wall came down.')).toBe('1989. The wall came down.')
  })

  test('a list that counts is a list', () => {
    expect(readBlocks('1. one\n2. two').map(({ type }) => type)).toEqual(['item', 'item'])
    expect(readBlocks('3. three\n4. four')).toMatchObject([{ number: 3 }, { number: 4 }])
  })
})
