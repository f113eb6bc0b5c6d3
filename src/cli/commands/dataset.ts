/** Commands that create, change, publish and show datasets. */
import { templateNames } from '../../datasets/templates/names.ts'
import type { CliCommand } from '../command.ts'

export const datasetCommands: readonly CliCommand[] = [
  {
    usage: 'new <name>',
    about: 'print a dataset document that fits a file of records, to edit',
    options: [
      [
        '--from <file>',
        'the records: JSONL, a JSON list, CSV or Parquet; a file or its https:// address; or a folder that Argilla wrote',
      ],
    ],
    load: async () => (await import('../dataset/new-dataset.ts')).propose,
  },
  {
    usage: 'dataset template [name]',
    about: `print a commented document of a template: ${templateNames.join(' ')}`,
    load: async () => (await import('../dataset/new-dataset.ts')).printTemplate,
  },
  {
    usage: 'dataset create [file]',
    about: 'create a dataset from a document (YAML or JSON), or as one of Argilla',
    options: [
      [
        '--from-argilla <place>',
        'copy the questions of an Argilla dataset: the https:// address of a server (ARGILLA_API_KEY), or a folder with .argilla or argilla.yaml; then: parley import NAME PLACE --from argilla',
      ],
      ['--argilla-dataset <name>', 'which of its datasets, by name or id'],
      ['--workspace <name>', 'in which workspace, where names are not enough'],
      [
        '--outputs <fields>',
        'the fields that models wrote, if no ranking shows it, e.g. answer_1,answer_2',
      ],
      ['--name <name>', 'its name here (default: as there)'],
    ],
    load: async () => (await import('../dataset/new-dataset.ts')).create,
  },
  {
    usage: 'dataset apply <file>',
    also: 'update',
    about: 'apply a changed document; after publishing: wording, order, new optional questions',
    load: async () => (await import('../dataset/dataset.ts')).apply,
  },
  {
    usage: 'dataset list',
    about: 'list the datasets',
    options: [['--json', 'as JSON lines']],
    load: async () => (await import('../dataset/dataset.ts')).list,
  },
  {
    usage: 'dataset show <name>',
    about: 'print a dataset: its document, status and counts',
    options: [['--json', 'as JSON']],
    load: async () => (await import('../dataset/dataset.ts')).show,
  },
  {
    usage: 'dataset preview <name>',
    about: 'send the card of a record to one person, as a labeler would see it; stores nothing',
    options: [['--to <person>', 'slack:TEAM:USER or discord:USER']],
    load: async () => (await import('../dataset/dataset.ts')).preview,
  },
  {
    usage: 'dataset publish <name>',
    about: 'open a dataset to its labelers',
    load: async () => (await import('../dataset/dataset.ts')).publish,
  },
  {
    usage: 'dataset pause <name>',
    about: 'stop handing out records; open cards can still be answered',
    load: async () => (await import('../dataset/dataset.ts')).pause,
  },
  {
    usage: 'dataset close <name>',
    about: 'end a dataset: no new answers, no edits',
    load: async () => (await import('../dataset/dataset.ts')).close,
  },
  {
    usage: 'dataset reopen <name>',
    about: 'open a closed or paused dataset again',
    load: async () => (await import('../dataset/dataset.ts')).reopen,
  },
  {
    usage: 'dataset clone <name> <as>',
    about: 'create a draft with the same document and no records',
    load: async () => (await import('../dataset/dataset.ts')).clone,
  },
  {
    usage: 'dataset delete <name>',
    about: 'delete a dataset with its records',
    options: [['--force', 'also when it holds answers']],
    load: async () => (await import('../dataset/dataset.ts')).remove,
  },
  {
    usage: 'progress [dataset]',
    about: 'show the progress of a dataset, or of all',
    options: [['--json', 'as JSON, one line per dataset if none is named']],
    load: async () => (await import('../dataset/dataset.ts')).progress,
  },
]
