/** How far a long command is, as a terminal and as a log file see it. */
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { openMeter } from '../../src/cli/meter.ts'

function screen(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 100 })
  return { stream, text: () => String(stream.read() ?? '') }
}

describe('happy', () => {
  test('at a terminal there is one bar, and nothing of it is left at the end', () => {
    const { stream, text } = screen(true)
    const meter = openMeter('export', { to: stream })
    meter.show(0.25, '250 rows')
    meter.end()
    const drawn = text()
    expect(drawn).toMatch(/export █{6}░{18} 25 % \| 250 rows \|/)
    // The cursor is shown again, and stands at the left of a line that was erased.
    expect(drawn).toContain('\u001b[?25h')
    expect(drawn.endsWith('\u001b[1G\u001b[2K')).toBe(true)
    expect(drawn).not.toContain('\n')
    meter.end()
    expect(text()).toBe('')
  })

  test('elsewhere a line every ten seconds, and none in a short run', () => {
    let now = 0
    const { stream, text } = screen(false)
    const meter = openMeter('import', { to: stream, now: () => now })
    for (; now < 25_000; now += 1000) meter.show(now / 100_000, `${now} read`)
    meter.end()
    expect(text()).toBe('import: 10 %, 10000 read\nimport: 20 %, 20000 read\n')
    openMeter('import', { to: stream, now: () => now }).show(0.5, 'some')
    expect(text()).toBe('')
  })

  test('of a pipe nobody knows the end: it says how much came, at a terminal too', () => {
    let now = 0
    const { stream, text } = screen(true)
    const meter = openMeter('import', { to: stream, now: () => now })
    now = 10_000
    meter.show(null, '5 read')
    expect(text()).toBe('import: 5 read\n')
  })
})
