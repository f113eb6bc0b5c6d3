/** Commands that create, change, publish and show datasets. */
import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { stringify } from 'yaml'
import { changeMinSubmitted } from '../assignments/distribution.ts'
import { datasetProgress } from '../assignments/progress.ts'
import { sendPreview } from '../chat/gestures/preview.ts'
import { sayProgress } from '../chat/words/progress-lines.ts'
import { sayReach } from '../chat/words/say.ts'
import { words } from '../chat/words/words.ts'
import { projectRoot } from '../config.ts'
import { applyDataset } from '../datasets/apply.ts'
import { cloneDataset } from '../datasets/clone.ts'
import { createDataset } from '../datasets/create.ts'
import { type Counts, describeDataset, getDataset, listDatasets } from '../datasets/dataset.ts'
import { deleteDataset } from '../datasets/delete.ts'
import type { Dataset } from '../datasets/document.ts'
import { closeDataset, pauseDataset, publishDataset, reopenDataset } from '../datasets/publish.ts'
import { readDocument } from '../datasets/read.ts'
import { templateDocument } from '../datasets/template-document.ts'
import { isWriting } from '../datasets/writing.ts'
import { invalid } from '../errors.ts'
import { isAddress } from '../fetch/safe.ts'
import { inferDocument } from '../imports/document/propose.ts'
import { parsePerson } from '../labelers/person.ts'
import { counted } from '../sentences.ts'
import {
  type Arguments,
  cliActor,
  type Doors,
  print,
  type Run,
  say,
  withParley,
} from './command.ts'
import { readWishes } from './import/argilla.ts'
import { documentFromFiles } from './import/argilla-files.ts'
import { documentFromServer } from './import/argilla-server.ts'
import { withFile } from './import/download.ts'
import { openRows } from './import/source.ts'

/** `parley new <name>` */
export const propose: Run = async (doors, { words: [name = ''], options }) => {
  const from = options['from']
  if (typeof from !== 'string')
    throw invalid({ '--from': 'Name the file of records: parley new NAME --from DATA.jsonl' })
  const isFolder = (await stat(from).catch(() => null))?.isDirectory()
  if (isFolder) return printDocument(stringify(await documentFromFiles(from, { name })))
  return withFile(doors, from, async (path) => {
    const { name: file, ...rows } = await openRows(path)
    printDocument(await inferDocument({ name, file, ...rows }))
  })
}

/** `parley dataset template [name]` */
export const printTemplate: Run = async (_doors, { words: [name] }) => {
  printDocument(templateDocument(name))
}

/** `parley dataset create [file]` */
export const create: Run = (doors, { words: [file], options }) =>
  withParley(doors, async (parley) => {
    const place = options['fromArgilla']
    if (typeof place !== 'string' && file === undefined)
      throw invalid({ file: 'Name a document: parley dataset create FILE' })
    const document =
      typeof place === 'string'
        ? await documentFrom(doors, place, options)
        : readDocument(file ?? '')
    const dataset = await createDataset(parley, cliActor, { document })
    print(`Created "${dataset.name}".`)
    if (dataset.document.questions.some(({ type }) => type === 'span'))
      say(
        'It asks to mark spans, which no card can draw yet: it can be imported into and exported, but not published.',
      )
    if (isWriting(dataset.document))
      return say(`Next: parley dataset publish ${dataset.name}; no records are needed.`)
    if (typeof place !== 'string')
      return say(
        `Next: parley import ${dataset.name} FILE, then parley dataset publish ${dataset.name}`,
      )
    say(
      `Next: parley import ${dataset.name} ${place} --from argilla${whichOne(options)}; then say who may label it (access) with parley dataset apply.`,
    )
  })

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

/** Prints a document to edit; its first line tells editors which schema checks it. */
function printDocument(text: string) {
  const here = process.cwd()
  const path = relative(here, join(projectRoot, 'schema/dataset.schema.json'))
  const isOutside = /^\.\.|^[/\\]|^\w:/
  // Elsewhere it would be a path on this machine, and wrong on every other.
  const isNear = !isOutside.test(path) || !isOutside.test(relative(projectRoot, here))
  const schema = path.startsWith('.') ? path : `./${path}`
  const line = `# yaml-language-server: $schema=${schema.replaceAll('\\', '/')}\n`
  print(`${isNear ? line : ''}${text.trimEnd()}`)
}

async function documentFrom(doors: Doors, place: string, options: Arguments['options']) {
  if (isAddress(place)) return documentFromServer(doors, place, options)
  return documentFromFiles(place, readWishes(options))
}

/** Repeats the flags, for the import command that follows. */
function whichOne(options: Arguments['options']): string {
  const flags = { 'argilla-dataset': 'argillaDataset', workspace: 'workspace' }
  return Object.entries(flags)
    .flatMap(([flag, name]) => (options[name] ? [` --${flag} "${options[name]}"`] : []))
    .join('')
}

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
