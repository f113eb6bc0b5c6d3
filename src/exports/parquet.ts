/**
 * Writes rows as Parquet: typed columns, messages as a list of structs, packed with zstd. Memory is
 * that of one row group, and a file without rows still has its columns.
 */
import { zstdCompressSync } from 'node:zlib'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer'
import type { Encoder } from './encoder.ts'
import type { Column, Row } from './formats/format.ts'

/** Rows of one group; fewer when their texts are long. */
const groupRows = 5000
const groupCharacters = 8_000_000

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema']

export function openParquet(columns: readonly Column[]): Encoder {
  const bytes = new ByteWriter(1_000_000)
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.flatMap((column) => describeColumn(column)),
    ],
    codec: 'ZSTD',
    compressors: { ZSTD: (input) => zstdCompressSync(input) },
    createdBy: 'parley',
  })
  let waiting: Row[] = []
  let characters = 0
  const writeGroup = () => {
    const columnData = columns.map(({ name }) => ({ name, data: waiting.map((row) => row[name]) }))
    // With a writer in memory it is done when it returns.
    void writer.write({ columnData, rowGroupSize: Math.max(1, waiting.length) })
    waiting = []
    characters = 0
  }
  return {
    add(rows) {
      for (const row of rows) {
        waiting.push(row)
        characters += lengthOf(row)
        if (waiting.length >= groupRows || characters >= groupCharacters) writeGroup()
      }
      return drain(bytes)
    },
    end() {
      writeGroup()
      void writer.finish()
      return drain(bytes)
    },
  }
}

function describeColumn(column: Column): Schema {
  const { name } = column
  const repetition_type = 'REQUIRED' as const
  switch (column.type) {
    case 'string':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }]
    // What has no shape of its own; `datasets` reads it as the values, other readers as their JSON.
    case 'json':
      return [
        {
          ...{ name, type: 'BYTE_ARRAY', converted_type: 'JSON', logical_type: { type: 'JSON' } },
          repetition_type: 'OPTIONAL',
        },
      ]
    case 'boolean':
      return [{ name, type: 'BOOLEAN', repetition_type }]
    case 'double':
      return [{ name, type: 'DOUBLE', repetition_type }]
    case 'int':
      return [{ name, type: 'INT32', repetition_type }]
    case 'struct':
      return [
        { name, repetition_type, num_children: column.fields.length },
        ...column.fields.flatMap(describeColumn),
      ]
    case 'messages':
      return describeColumn({ name, type: 'list', fields: messageColumns })
    // A list has three levels: https://parquet.apache.org/docs/file-format/types/logicaltypes
    case 'list':
      return [
        { name, repetition_type, converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...describeColumn({ name: 'element', type: 'struct', fields: column.fields }),
      ]
  }
}

const messageColumns: Column[] = ['role', 'content'].map((name) => ({ name, type: 'string' }))

/** Takes the bytes written so far; the writer keeps its position. */
function drain(writer: ByteWriter): Buffer {
  const taken = Buffer.from(writer.getBytes())
  writer.index = 0
  return taken
}

/** About how much room the texts of a row take. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  let length = 0
  for (const part of Object.values(value)) length += lengthOf(part)
  return length
}
