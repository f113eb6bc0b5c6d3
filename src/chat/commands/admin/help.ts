/** `/parley-admin help`, or `/parley-admin` alone: what admins can type. */
import { defineCommand } from '../command.ts'

export const adminHelp = defineCommand({
  rank: 'admin',
  name: 'help',
  german: 'hilfe',
  about: { en: 'what admins can type', de: 'was Admins schreiben können' },
  isDefault: true,
  isUnlisted: true,
  isHinted: true,
  arguments: {},
  gesture: () => ({ type: 'admin-help' }),
})
