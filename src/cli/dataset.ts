/** Commands that show datasets, change them and publish them. */
import { stringify } from 'yaml'
import { changeMinSubmitted } from '../assignments/distribution.ts'
import { datasetProgress } from '../assignments/progress.ts'
import { sendPreview } from '../chat/gestures/preview.ts'
import { sayProgress } from '../chat/words/progress-lines.ts'
import { sayReach } from '../chat/words/say.ts'
import { words } from '../chat/words/words.ts'
import { applyDataset } from '../datasets/apply.ts'
import { cloneDataset } from '../datasets/clone.ts'
import { type Counts, describeDataset, getDataset, listDatasets } from '../datasets/dataset.ts'
import { deleteDataset } from '../datasets/delete.ts'
import type { Dataset } from '../datasets/document.ts'
import { closeDataset, pauseDataset, publishDataset, reopenDataset } from '../datasets/publish.ts'
import { readDocument } from '../datasets/read.ts'
import { invalid } from '../errors.ts'
import { parsePerson } from '../labelers/person.ts'
import { counted } from '../sentences.ts'
import { cliActor, print, type Run, say, withParley } from './command.ts'

/** `parley dataset apply <file>` */
export const apply: Run = (doors, { words: [file = ''] }) =>
  withParley(doors, async (parley) => {
    const document = readDocument(file)
    const applied = await applyDataset(parley, cliActor, { document })
    if (applied.minSubmittedChanged !== null)
      await changeMinSubmitted(parley, applied.dataset, applied.minSubmittedChanged)
    print(
      applied.changed
        ? `Applied. Schema version ${applied.dataset.schemaVersion}, guidelines version ${applied.dataset.guidelinesVersion}.`
        : 'Nothing has changed.',
    )
  })

/** `parley dataset list` */
export const list: Run = (doors, { options }) =>
  withParley(doors, async (parley) => {
    for (const { dataset, counts } of await listDatasets(parley))
      print(
        options['json']
          ? JSON.stringify({ name: dataset.name, status: dataset.status, ...counts })
          : `${dataset.name}\t${dataset.status}\t${counts.completed} of ${counted(counts.records, 'record')} completed`,
      )
  })

/** `parley dataset show <name>` */
export const show: Run = (doors, { words: [name = ''], options }) =>
  withParley(doors, async (parley) => {
    const { dataset, counts } = await describeDataset(parley, name)
    const shown = showDataset(dataset, counts)
    print(options['json'] ? JSON.stringify(shown, null, 2) : stringify(shown).trimEnd())
  })

/** `parley dataset preview <name>` */
export const preview: Run = (doors, { words: [name = ''], options }) =>
  withParley(doors, async (parley) => {
    const to = options['to']
    if (typeof to !== 'string')
      throw invalid({
        '--to': 'Name who shall see it: --to slack:TEAM:USER or --to discord:USER.',
      })
    await sendPreview(parley, cliActor, { dataset: name, to: parsePerson(to) })
    print(`Sent to ${to}.`)
  })

/** `parley dataset publish <name>` */
export const publish: Run = (doors, { words: [name = ''] }) =>
  withParley(doors, async (parley) => {
    const { warnings, reach } = await publishDataset(parley, cliActor, { dataset: name })
    for (const line of sayReach(reach, words(undefined))) say(line)
    for (const warning of warnings) say(warning)
    print(`"${name}" is ready: labelers get it by /parley.`)
  })

/** `parley dataset pause <name>` */
export const pause: Run = (doors, { words: [name = ''] }) =>
  withParley(doors, async (parley) => {
    await pauseDataset(parley, cliActor, { dataset: name })
    print(`"${name}" is paused.`)
  })

/** `parley dataset close <name>` */
export const close: Run = (doors, { words: [name = ''] }) =>
  withParley(doors, async (parley) => {
    await closeDataset(parley, cliActor, { dataset: name })
    print(`"${name}" is closed.`)
  })

/** `parley dataset reopen <name>` */
export const reopen: Run = (doors, { words: [name = ''] }) =>
  withParley(doors, async (parley) => {
    const { warnings, reach } = await reopenDataset(parley, cliActor, { dataset: name })
    for (const line of sayReach(reach, words(undefined))) say(line)
    for (const warning of warnings) say(warning)
    print(`"${name}" is ready again.`)
  })

/** `parley dataset clone <name> <as>` */
export const clone: Run = (doors, { words: [name = '', as = ''] }) =>
  withParley(doors, async (parley) => {
    await cloneDataset(parley, cliActor, { dataset: name, name: as })
    print(`Created "${as}".`)
  })

/** `parley dataset delete <name>` */
export const remove: Run = (doors, { words: [name = ''], options }) =>
  withParley(doors, async (parley) => {
    await deleteDataset(parley, cliActor, { dataset: name, force: options['force'] === true })
    print(`Deleted "${name}".`)
  })

/** `parley progress [dataset]` */
export const progress: Run = (doors, { words: [name], options }) =>
  withParley(doors, async (parley) => {
    const datasets =
      name === undefined
        ? (await listDatasets(parley)).map(({ dataset }) => dataset)
        : [await getDataset(parley, name)]
    if (datasets.length === 0) say('There is no dataset yet: parley dataset create FILE')
    for (const dataset of datasets) {
      const progress = await datasetProgress(parley, dataset)
      const shown = name === undefined ? { dataset: dataset.name, ...progress } : progress
      print(options['json'] ? JSON.stringify(shown) : sayProgress(dataset, progress))
    }
  })

/** The document's file form is YAML; `dataset create` reads what this prints. */
function showDataset(dataset: Dataset, counts: Counts) {
  const { name, status, schemaVersion, guidelinesVersion, document } = dataset
  return {
    name,
    status,
    schema_version: schemaVersion,
    guidelines_version: guidelinesVersion,
    counts,
    document,
  }
}
