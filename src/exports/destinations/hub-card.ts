/** The dataset card of an export: what it holds, how it was made, and how to load it. Pure. */
import type { Stats } from '../../quality/dataset/stats-result.ts'
import { counted } from '../../sentences.ts'
import type { Manifest } from '../manifest.ts'

export function drawDatasetCard(repo: string, manifest: Manifest, stats: Stats): string {
  const { dataset, counts, files } = manifest
  const data = files.filter(
    ({ name }) =>
      /\.(jsonl|json|csv|parquet)(\.gz)?$/.test(name) && !/dataset_info\.json$/.test(name),
  )
  const splits = data.map(
    ({ name }) =>
      `      - split: ${/(^|\/)test\./.test(name) ? 'test' : 'train'}\n        path: ${JSON.stringify(name)}`,
  )
  const questions = stats.questions.map(({ title, type, answers, agreement }) => {
    const agreed =
      agreement.value === null
        ? agreement.reason
        : `${agreement.metric} ${agreement.value.toFixed(3)}${agreement.too_few === undefined ? '' : ' (too few to rely on)'}`
    return `| ${cell(title)} | ${type} | ${answers} | ${cell(agreed)} |`
  })
  const dropped = Object.entries(counts.dropped).map(([reason, n]) => `- ${n} left out: ${reason}`)
  return [
    '---',
    `license: ${JSON.stringify(dataset.license?.toLowerCase() ?? 'unknown')}`,
    'tags: [parley, human-feedback]',
    'configs:',
    '  - config_name: default',
    '    data_files:',
    ...splits,
    '---',
    '',
    `# ${line(dataset.title ?? dataset.name)}`,
    '',
    ...(dataset.description ? [dataset.description, ''] : []),
    `${counted(counts.emitted, 'row')} as \`${manifest.export.as}\`, from ${counted(stats.counts.records, 'record')}, ${counted(stats.counts.answers, 'answer')} and ${counted(stats.counts.labelers, 'labeler')}. Labelers stand under pseudonyms.`,
    '',
    ...(dropped.length > 0 ? [...dropped, ''] : []),
    '## Questions',
    '',
    '| question | type | answers | agreement |',
    '|---|---|--:|---|',
    ...questions,
    '',
    '## Licence',
    '',
    line(dataset.license ?? 'None was named.'),
    '',
    '## Load it',
    '',
    '```python',
    'from datasets import load_dataset',
    `dataset = load_dataset(${JSON.stringify(repo)})`,
    '```',
    '',
  ].join('\n')
}

function line(text: string): string {
  return text.replace(/\s+/g, ' ')
}

function cell(text: string): string {
  return line(text).replaceAll('|', '\\|')
}
