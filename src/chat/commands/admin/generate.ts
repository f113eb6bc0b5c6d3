/** `/parley-admin generate`: has models write outputs; how far that is comes as a private message. */
import { dataset, text, yesOrNo } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const generate = defineCommand({
  rank: 'admin',
  name: 'generate',
  german: 'generieren',
  about: {
    en: 'has models write outputs for the records of a dataset',
    de: 'lässt Modelle Ausgaben für die Einträge eines Datensatzes schreiben',
  },
  arguments: {
    dataset,
    with: text({
      german: 'mit',
      about: {
        en: 'The models by name; those of the dataset unless named',
        de: 'Die Modelle mit Namen; sonst die des Datensatzes',
      },
      example: 'small,large',
    }).optional(),
    samples: text({
      german: 'anzahl',
      about: { en: 'Outputs each model writes for a record', de: 'Ausgaben je Modell und Eintrag' },
      example: '2',
    }).optional(),
    temperature: text({
      german: 'temperatur',
      about: { en: 'From 0 to 2', de: 'Von 0 bis 2' },
      example: '0.8',
    }).optional(),
    seed: text({
      german: 'startwert',
      about: { en: 'Sent along, one more each sample', de: 'Geht mit, je Ausgabe um eins mehr' },
      example: '7',
    }).optional(),
    max_tokens: text({
      german: 'höchstlänge',
      about: { en: 'The longest output, in tokens', de: 'Die längste Ausgabe, in Token' },
      example: '1000',
    }).optional(),
    money: text({
      german: 'geld',
      about: {
        en: 'What all outputs of the dataset may cost',
        de: 'Was alle Ausgaben des Datensatzes kosten dürfen',
      },
      example: '5',
    }).optional(),
    keep_cut: yesOrNo({
      german: 'abgeschnittene',
      about: {
        en: 'Add outputs that were cut off, marked so',
        de: 'Auch abgeschnittene Ausgaben aufnehmen, so bezeichnet',
      },
    }).optional(),
  },
  gesture: ({ dataset: name, max_tokens, keep_cut, ...flags }) => ({
    type: 'admin-generate',
    dataset: name,
    flags: {
      ...flags,
      ...(max_tokens === undefined ? {} : { maxTokens: max_tokens }),
      ...(keep_cut === undefined ? {} : { keepCut: keep_cut }),
    },
  }),
})
