/** The bodies Slack sends, read as every other reader of forms reads them. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeField, parseBody } from '../../../adapters/slack/receive/body.ts'

const form = 'application/x-www-form-urlencoded'

test('a field is decoded as URLSearchParams decodes it, whatever stands in it', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme' }).map(encodeURIComponent),
    fc.constantFrom('%', '%2', '%zz', '%C3', '%e2%82', '%00', '+', '=', '%2B', '%26'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const field = pieces.join('').replaceAll('&', '')
      const standard = new URLSearchParams(`payload=${field}`).get('payload')
      expect(decodeField(Buffer.from(field))).toBe(standard)
    }),
  )
})

test('a payload is the same alone and among other fields', () => {
  const payload = { type: 'view_submission', text: 'a & b = 100 % “漢” 🙂\n+' }
  const alone = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  expect(parseBody(form, Buffer.from(alone))).toEqual(payload)
  expect(parseBody(form, Buffer.from(`${alone}&more=1`))).toEqual(payload)
  expect(parseBody(form, Buffer.from(`more=1&${alone}`))).toEqual(payload)
})
