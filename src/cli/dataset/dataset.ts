/** Commands that show datasets, change them and publish them. */
import { sayProgress } from '../../chat/words/progress-lines.ts'
import { readDocument } from '../../datasets/read.ts'
import { invalid } from '../../errors.ts'
import { counted } from '../../sentences.ts'
import { print, type Run, say, withVerbs } from '../command.ts'
import type { ShownDataset } from '../verbs/datasets.ts'

/** `parley dataset apply <file>` */
export const apply: Run = (doors, { words: [file = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const applied = await verbs.applyDataset(readDocument(file))
    print(
      applied.changed
        ? `Applied. Schema version ${applied.schemaVersion}, guidelines version ${applied.guidelinesVersion}.`
        : 'Nothing has changed.',
    )
  })

/** `parley dataset list` */
export const list: Run = (doors, { options }) =>
  withVerbs(doors, async (verbs) => {
    for (const { name, status, counts } of await verbs.listDatasets())
      print(
        options['json']
          ? JSON.stringify({ name, status, ...counts })
          : `${name}\t${status}\t${counts.completed} of ${counted(counts.records, 'record')} completed`,
      )
  })

/** `parley dataset show <name>` */
export const show: Run = (doors, { words: [name = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const shown = showDataset(await verbs.describeDataset(name))
    if (options['json']) return print(JSON.stringify(shown, null, 2))
    const { stringify } = await import('yaml')
    print(stringify(shown).trimEnd())
  })

/** `parley dataset preview <name>` */
export const preview: Run = (doors, { words: [name = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const to = options['to']
    if (typeof to !== 'string')
      throw invalid({
        '--to': 'Name who shall see it: --to slack:TEAM:USER or --to discord:USER.',
      })
    await verbs.sendPreview({ dataset: name, to })
    print(`Sent to ${to}.`)
  })

/** `parley dataset publish <name>` */
export const publish: Run = (doors, { words: [name = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const { warnings, reach } = await verbs.publishDataset(name)
    for (const line of [...reach, ...warnings]) say(line)
    const { document } = await verbs.describeDataset(name)
    print(`"${name}" is ready${document.arena ? '' : ': labelers get it by /parley'}.`)
  })

/** `parley dataset pause <name>` */
export const pause: Run = (doors, { words: [name = ''] }) =>
  withVerbs(doors, async (verbs) => {
    await verbs.pauseDataset(name)
    print(`"${name}" is paused.`)
  })

/** `parley dataset close <name>` */
export const close: Run = (doors, { words: [name = ''] }) =>
  withVerbs(doors, async (verbs) => {
    await verbs.closeDataset(name)
    print(`"${name}" is closed.`)
  })

/** `parley dataset reopen <name>` */
export const reopen: Run = (doors, { words: [name = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const { warnings, reach } = await verbs.reopenDataset(name)
    for (const line of [...reach, ...warnings]) say(line)
    print(`"${name}" is ready again.`)
  })

/** `parley dataset clone <name> <as>` */
export const clone: Run = (doors, { words: [name = '', as = ''] }) =>
  withVerbs(doors, async (verbs) => {
    await verbs.cloneDataset({ dataset: name, name: as })
    print(`Created "${as}".`)
  })

/** `parley dataset delete <name>` */
export const remove: Run = (doors, { words: [name = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    await verbs.deleteDataset({ dataset: name, force: options['force'] === true })
    print(`Deleted "${name}".`)
  })

/** `parley progress [dataset]` */
export const progress: Run = (doors, { words: [name], options }) =>
  withVerbs(doors, async (verbs) => {
    const names = name === undefined ? (await verbs.listDatasets()).map((one) => one.name) : [name]
    if (names.length === 0) say('There is no dataset yet: parley dataset create FILE')
    for (const one of names) {
      const dataset = await verbs.describeDataset(one)
      const progress = await verbs.datasetProgress(dataset.name)
      const shown = name === undefined ? { dataset: dataset.name, ...progress } : progress
      print(options['json'] ? JSON.stringify(shown) : sayProgress(dataset, progress))
    }
  })

/** The document's file form is YAML; `dataset create` reads what this prints. */
function showDataset(dataset: ShownDataset) {
  const { name, status, schemaVersion, guidelinesVersion, counts, document } = dataset
  return {
    name,
    status,
    schema_version: schemaVersion,
    guidelines_version: guidelinesVersion,
    counts,
    document,
  }
}
