/** Bytes become the same lines however they arrive. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Line, type LineLimits, splitLines } from '../../src/imports/readers/lines.ts'

describe('happy', () => {
  test('lines are the same however the bytes are cut, packed or not', async () => {
    const line = fc
      .string({ unit: 'grapheme', maxLength: 30 })
      .map((text) => text.replace(/[\r\n]/g, ' '))
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 20 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.boolean(),
        async (lines, end, cuts, packed, ended) => {
          const text = lines.join(end) + (ended ? end : '')
          const plain = Buffer.from(text)
          const bytes = packed ? gzipSync(plain) : plain
          const expected = lines.flatMap((one, at) =>
            one.trim() === '' ? [] : [{ number: at + 1, text: one }],
          )
          expect(await read(bytes, cuts)).toEqual(expected)
        },
      ),
      { numRuns: 150 },
    )
  })

  test('a byte order mark is no part of the first line, even in pieces', async () => {
    const bytes = Buffer.from('\ufeff{"a":1}\n{"b":2}')
    for (const size of [1, 2, 100])
      expect((await read(bytes, [size])).map((line) => line.text)).toEqual(['{"a":1}', '{"b":2}'])
  })

  test('several gzip files one after another are one', async () => {
    const bytes = Buffer.concat([gzipSync('a\n'), gzipSync('b\n')])
    expect((await read(bytes, [7])).map((line) => line.text)).toEqual(['a', 'b'])
  })

  test('nothing at all has no lines', async () => {
    expect(await read(Buffer.alloc(0), [1])).toEqual([])
  })
})

describe('refused', () => {
  test('a line over the limit is passed over wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
        async (lengths, cuts) => {
          const bytes = Buffer.from(lengths.map((length) => 'x'.repeat(length)).join('\n'))
          const lines = await read(bytes, cuts, { longestLine: 20 })
          expect(lines.map((line) => line.number)).toEqual(lengths.map((_, at) => at + 1))
          for (const [at, length] of lengths.entries())
            expect(lines[at]?.problem !== undefined).toBe(length > 20)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('a line that is not UTF-8 spoils no other', async () => {
    const bytes = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xff, 0x0a]), Buffer.from('b\n')])
    for (const size of [1, 3, 100]) {
      const lines = await read(bytes, [size])
      expect(lines.map((line) => [line.number, line.text])).toEqual([
        [1, 'a'],
        [2, ''],
        [3, 'b'],
      ])
      expect(lines[1]?.problem?.remedy).toBe('Save the file as UTF-8.')
    }
  })

  test('UTF-16 is told to be saved as UTF-8', async () => {
    const bytes = Buffer.from('\ufeff{"a":1}', 'utf16le')
    await expect(read(bytes, [100])).rejects.toThrow(/Save it as UTF-8/)
  })
})

async function read(bytes: Uint8Array, cuts: readonly number[], limits: LineLimits = {}) {
  const lines: Line[] = []
  for await (const some of splitLines(pieces(bytes, cuts), limits)) lines.push(...some)
  return lines
}

function* pieces(bytes: Uint8Array, cuts: readonly number[]) {
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = cuts[n % cuts.length] ?? 1
    yield bytes.subarray(at, at + size)
    at += size
  }
}
