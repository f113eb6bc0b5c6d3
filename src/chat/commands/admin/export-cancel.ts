/** `/parley-admin export cancel`: stops the newest export of one’s own. */
import { defineCommand } from '../command.ts'

export const exportCancel = defineCommand({
  rank: 'admin',
  name: 'export cancel',
  german: 'export-abbrechen',
  about: {
    en: 'cancels your running export',
    de: 'bricht deinen laufenden Export ab',
  },
  arguments: {},
  gesture: () => ({ type: 'admin-export-cancel' }),
})
