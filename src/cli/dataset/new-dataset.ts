/** Commands that make a dataset: from a file of records, a template, a document, or Argilla. */
import { stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { stringify } from 'yaml'
import { projectRoot } from '../../config.ts'
import { readDocument } from '../../datasets/read.ts'
import { templateDocument } from '../../datasets/templates/document.ts'
import { isWriting } from '../../datasets/writing.ts'
import { invalid } from '../../errors.ts'
import { isAddress } from '../../fetch/safe.ts'
import { inferDocument } from '../../imports/document/propose.ts'
import { type Arguments, type Doors, print, type Run, say, withVerbs } from '../command.ts'
import { readWishes } from '../import/argilla.ts'
import { documentFromFiles } from '../import/argilla-files.ts'
import { documentFromServer } from '../import/argilla-server.ts'
import { withFile } from '../import/download.ts'
import { openRows } from '../import/source.ts'
import type { CreatedDataset } from '../verbs/datasets.ts'

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
  withVerbs(doors, async (verbs) => {
    const place = options['fromArgilla']
    if (typeof place !== 'string' && file === undefined)
      throw invalid({ file: 'Name a document: parley dataset create FILE' })
    const document =
      typeof place === 'string'
        ? await documentFrom(doors, place, options)
        : readDocument(file ?? '')
    const dataset = await verbs.createDataset(document)
    print(`Created "${dataset.name}".`)
    if (typeof place !== 'string') return sayNext(dataset)
    say(
      `Next: parley import ${dataset.name} ${place} --from argilla${whichOne(options)}; then say who may label it (access) with parley dataset apply.`,
    )
  })

/** What comes after creating it; not every dataset gets its records from a file. */
function sayNext({ name, document, sources, problems }: CreatedDataset): void {
  const publish = `parley dataset publish ${name}`
  for (const [key, problem] of Object.entries(problems))
    say(`Before you publish it, see ${key}: ${problem}`)
  say(`Next: ${nextFor({ name, document, sources }, publish)}`)
}

function nextFor(
  { name, document, sources }: Pick<CreatedDataset, 'name' | 'document' | 'sources'>,
  publish: string,
): string {
  if (isWriting(document)) return `${publish}; no records are needed.`
  if (document.arena) return `${publish}; its records are what people ask.`
  if (document.feedback) return `${publish}; its records are the messages people judge.`
  if (document.traces) return `${publish}; its records come from the traces it is sent.`
  if (document.ask) return `${publish}; its records are what programs ask.`
  if (sources.length > 0)
    return `${publish}; its records come from ${sources.join(', ')}. To add others: parley import ${name} FILE`
  const orFeed = document.template === 'prompt-review' ? ' or let another dataset feed it,' : ''
  return `parley import ${name} FILE,${orFeed} then ${publish}`
}

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
