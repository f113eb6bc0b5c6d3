/** What is done for each of many. */
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { openLog } from '../src/log.ts'
import { eachAlone } from '../src/parley.ts'

test('twice: one that fails keeps none of the others from being done, and is named', async () => {
  let lines = ''
  const to = new Writable({
    write(chunk, _encoding, done) {
      lines += String(chunk)
      done()
    },
  })
  const done: number[] = []
  const all = eachAlone({ log: openLog({ level: 'warn', to }) }, [1, 2, 3], String, async (n) => {
    if (n === 2) throw new Error('Two cannot be done.')
    done.push(n)
  })
  await expect(all).rejects.toThrow('All but these were done: 2.')
  expect(done).toEqual([1, 3])
  expect(lines).toContain('Two cannot be done.')
})
