/** Problems above a form: legal whatever they say, whole, and never two of them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alert, withAlert } from '../../../adapters/slack/draw/alerts.ts'
import type { View } from '../../../adapters/slack/draw/blocks.ts'
import { drawForm } from '../../../adapters/slack/draw/task/form.ts'
import { asSubmission } from '../../../adapters/slack/receive/payloads.ts'
import { words } from '../../../src/chat/words/words.ts'
import { anyText, cardOf, preference } from './cards.ts'
import { faultsOfView } from './legal.ts'

const said = words(undefined)
const meta = { assignmentId: '12-345', schemaVersion: 2, nonce: 'n' }
const card = cardOf([preference], { texts: ['one', 'two', 'three', 'four'] })
/** As Slack sends it back, whose ids are the view's own. */
const submitted = (view: View) =>
  asSubmission({ user: { id: 'U1' }, view: JSON.parse(JSON.stringify(view)) })

describe('refused: what is entered', () => {
  test('a window submitted again says the newest problem alone, above the same inputs', () => {
    const form = drawForm(card, meta, {}, said)
    const once = withAlert(submitted(form), 'The dataset was closed.')
    const twice = withAlert(submitted(once), 'It is open again. Submit once more.')
    expect(twice.blocks.filter(({ type }) => type === 'alert')).toHaveLength(1)
    expect(JSON.stringify(twice)).not.toContain('The dataset was closed.')
    expect(twice.blocks.slice(1)).toEqual(form.blocks)
  })

  test('a problem longer than an alert is there whole', () => {
    const long = `Question ${'x'.repeat(300)} is not asked.`
    expect(JSON.stringify(alert(long))).toContain(long)
  })

  test('whatever a problem says, Slack takes the form', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(faultsOfView(drawForm(card, meta, { alert: text }, said))).toEqual([])
        expect(faultsOfView(withAlert(submitted(drawForm(card, meta, {}, said)), text))).toEqual([])
      }),
      { numRuns: 30 },
    )
  })
})
