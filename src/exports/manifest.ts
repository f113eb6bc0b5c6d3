/** The manifest beside every export: its source, how it was made, and counts that add up. */
import type { Dataset, DatasetDocument } from '../datasets/document.ts'
import type { ExportCounts, ExportFile, ExportOptions } from './options.ts'
import { printRowSizes, type RowSizes } from './row-sizes.ts'

export type Manifest = {
  format: 1
  dataset: DatasetDocument
  export: {
    as: string
    flags: Record<string, unknown>
    strategies: Record<string, unknown>
    seed: number
    schema_version: number
    guidelines_version: number
  }
  counts: ExportCounts
  files: Pick<ExportFile, 'name' | 'rows' | 'sha256'>[]
  statistics: Record<string, number>
  /** Of formats whose rows are chats. */
  rows?: ReturnType<typeof printRowSizes>
  /** What the files cannot say. */
  warnings?: string[]
  created_at: string
}

export function buildManifest(
  dataset: Dataset,
  options: ExportOptions,
  made: {
    strategies: Record<string, unknown>
    counts: ExportCounts
    files: readonly ExportFile[]
    statistics: Record<string, number>
    sizes: RowSizes | null
    warnings: string[]
    createdAt: Date
  },
): Manifest {
  const { seed = 0, ...flags } = options.flags
  return {
    format: 1,
    dataset: dataset.document,
    export: {
      as: options.as,
      flags,
      strategies: made.strategies,
      seed,
      schema_version: dataset.schemaVersion,
      guidelines_version: dataset.guidelinesVersion,
    },
    counts: {
      candidates: made.counts.candidates,
      emitted: made.counts.emitted,
      dropped: Object.fromEntries(Object.entries(made.counts.dropped).sort()),
    },
    files: made.files.map(({ name, rows, sha256 }) => ({ name, rows, sha256 })),
    statistics: made.statistics,
    ...(made.sizes ? { rows: printRowSizes(made.sizes) } : {}),
    ...(made.warnings.length > 0 ? { warnings: made.warnings } : {}),
    created_at: made.createdAt.toISOString(),
  }
}

/**
 * What the manifest of `X` is called, beside it. It is hidden, because loaders that are given a folder
 * (`datasets`, Spark, Hive) read every other file in it as data.
 */
export function manifestName(name: string): string {
  return `.${name}.manifest.json`
}

export function isManifest(name: string): boolean {
  return name.endsWith('.manifest.json')
}

export function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}
