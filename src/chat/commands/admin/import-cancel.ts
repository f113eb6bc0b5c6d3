/** `/parley-admin import cancel`: stops the newest import of one’s own. */
import { defineCommand } from '../command.ts'

export const importCancel = defineCommand({
  rank: 'admin',
  name: 'import cancel',
  german: 'import-abbrechen',
  about: {
    en: 'cancels your running import; what was imported stays',
    de: 'bricht deinen laufenden Import ab; was schon importiert ist, bleibt',
  },
  arguments: {},
  gesture: () => ({ type: 'admin-import-cancel' }),
})
