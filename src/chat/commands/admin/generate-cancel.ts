/** `/parley-admin generate cancel`: stops the newest generation that one started or follows. */
import { defineCommand } from '../command.ts'

export const generateCancel = defineCommand({
  rank: 'admin',
  name: 'generate cancel',
  german: 'generieren-abbrechen',
  about: {
    en: 'stops the generation that you follow; what was written stays',
    de: 'bricht die Generierung ab, der du folgst; was geschrieben ist, bleibt',
  },
  arguments: {},
  gesture: () => ({ type: 'admin-generate-cancel' }),
})
