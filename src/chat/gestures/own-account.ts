/** Gestures about one's own account: linking, a copy of stored data, deletion. */
import { writeAudit } from '../../datasets/audit.ts'
import { forgetLabeler } from '../../labelers/forget.ts'
import { findLabeler } from '../../labelers/labeler.ts'
import { createLinkCode, redeemLinkCode } from '../../labelers/link.ts'
import { findOutsider } from '../../labelers/outsider.ts'
import { nameExport } from '../../labelers/written-exports.ts'
import { tellAdmins } from '../../outbound/tell-admins.ts'
import { platformNames } from '../../platforms/registry.ts'
import type { Platform } from '../../platforms/traits.ts'
import { sumUpData, writeMyData } from '../../responses/my-data.ts'
import { link } from '../commands/labeler/link.ts'
import { typed } from '../commands/notation.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'

/** The command with this code as the other platforms write it, each way once. */
function typedElsewhere(here: Platform, code: string): string[] {
  const others = platformNames().filter((name) => name !== here)
  return [...new Set(others.map((name) => typed(name, link, { code })))]
}

export const peopleGestures: Gestures<'link' | 'my-data'> = {
  link: async (parley, { by, code }) => {
    const said = spoken()
    if (code === undefined) {
      const typed = typedElsewhere(by.platform, await createLinkCode(parley, by))
      return { type: 'notice', text: said.linkCode(typed, by.platform) }
    }
    const joined = await redeemLinkCode(parley, by, { code })
    return { type: 'notice', text: said.linked(joined.with.platform) }
  },
  'my-data': async (parley, { by, act, confirmed }) => {
    const said = spoken()
    const labeler = (await findLabeler(parley, by)) ?? (await findOutsider(parley, by))
    if (!labeler) return { type: 'notice', text: said.nothingOfYou }
    if (act === 'export') {
      const file = await writeMyData(parley, labeler)
      await writeAudit(parley, { actor: `labeler:${labeler.id}`, act: 'export my data' })
      return { type: 'file', ...file, text: said.yourData, once: true }
    }
    const data = await sumUpData(parley, labeler)
    if (act !== 'delete' || !confirmed)
      return { type: 'my-data', ...data, asks: act === 'delete' ? 'confirm' : 'choose' }
    const actor = { type: 'labeler' as const, labeler }
    const { deleted, exports } = await forgetLabeler(parley, actor, { labelerId: labeler.id })
    // Each dataset's admins are notified only of its own exports.
    for (const dataset of new Set(exports.map((one) => one.dataset))) {
      const theirs = exports.filter((one) => one.dataset === dataset)
      const list = theirs.map(nameExport).join(', ')
      await tellAdmins(parley, {
        key: `forgotten:${labeler.id}:${dataset}`,
        about: { dataset },
        text: (said) => said.exportsHoldDeleted(deleted, list),
      })
    }
    return { type: 'notice', text: said.youAreForgotten(data.policy) }
  },
}
