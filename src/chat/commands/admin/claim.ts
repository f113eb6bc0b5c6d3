/** `/parley-admin claim`: makes the holder of the code an admin. */
import { text } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const claim = defineCommand({
  rank: 'admin',
  name: 'claim',
  german: 'beanspruchen',
  about: {
    en: 'makes you an admin, with the code that Parley printed',
    de: 'macht dich zum Admin, mit dem Code, den Parley ausgegeben hat',
  },
  arguments: {
    code: text({
      german: 'code',
      about: { en: 'The code', de: 'Der Code' },
      ask: {
        en: 'Write the code that Parley printed when it started',
        de: 'Schreibe den Code, den Parley beim Start ausgegeben hat',
      },
    }),
  },
  gesture: (given) => ({ type: 'claim-admin', ...given }),
})
