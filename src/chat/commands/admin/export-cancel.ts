/** `/parley-admin export cancel`: stops the newest export of one’s own. */
import { defineCommand } from '../command.ts'

export const exportCancel = defineCommand({
  rank: 'admin',
  name: 'export cancel',
  german: 'export-abbrechen',
  about: {
    en: 'stops the export of yours that is under way',
    de: 'bricht deinen laufenden Export ab',
  },
  arguments: {},
  gesture: () => ({ type: 'admin-export-cancel' }),
})
