/** `/parley-admin import cancel`: stops the newest import of one’s own. */
import { defineCommand } from '../command.ts'

export const importCancel = defineCommand({
  rank: 'admin',
  name: 'import cancel',
  german: 'import-abbrechen',
  about: {
    en: 'stops the import of yours that is under way; what was read stays',
    de: 'bricht deinen laufenden Import ab; was schon gelesen ist, bleibt',
  },
  arguments: {},
  gesture: () => ({ type: 'admin-import-cancel' }),
})
