/** `/parley-admin import`: records of a file that comes along, or else a form for one. */
import { dataset, file } from '../arguments.ts'
import { defineCommand } from '../command.ts'

export const importFile = defineCommand({
  rank: 'admin',
  name: 'import',
  german: 'importieren',
  about: { en: 'adds records from a file', de: 'fügt Einträge aus einer Datei hinzu' },
  isOn: ({ takesFile }) => takesFile,
  instead: {
    help: {
      en: 'Import, under a dataset on the Home tab: adds records from a file',
      de: 'Importieren, unter einem Datensatz auf der Startseite: fügt Einträge aus einer Datei hinzu',
    },
    answer: {
      en: 'Open the Home tab of Parley and press Import under the dataset: a command takes no file here. To cancel a running import: /parley-admin import cancel.',
      de: 'Öffne die Startseite von Parley und drücke unter dem Datensatz auf Importieren: ein Befehl nimmt hier keine Datei mit. Einen laufenden Import bricht /parley-admin import cancel ab.',
    },
  },
  arguments: {
    dataset,
    file: file({
      german: 'datei',
      about: { en: 'JSON lines, CSV or Parquet', de: 'JSON-Zeilen, CSV oder Parquet' },
    }).optional(),
  },
  gesture: ({ dataset, file }) =>
    file === undefined
      ? { type: 'admin-import-form', dataset }
      : { type: 'admin-import', dataset, file },
})
