/**
 * Reading much: one snapshot of the database, read by cursor or by COPY. COPY is the fastest way
 * out (JSON is built by Postgres and never parsed here), but its text format doubles backslashes, so
 * lines travel as CSV whose quote and delimiter are control characters, which JSON never contains.
 */
import { CamelCasePlugin, type Compilable, type CompiledQuery } from 'kysely'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import Cursor from 'pg-cursor'

export type Snapshot = {
  /** Settings (of the planner, for example) for everything read from here on. */
  set(settings: Readonly<Record<string, string>>): Promise<void>
  all<Row>(query: Compilable<Row>): Promise<Row[]>
  /** Batches of rows, read by a cursor; column names in camelCase as kysely gives them. */
  rows<Row>(query: Compilable<Row>, size?: number): AsyncIterable<Row[]>
  /**
   * For a query with one column of JSON: chunks of whole lines, each line ending in \n. A chunk is
   * good until the next one is asked for.
   */
  lines(query: Compilable): AsyncIterable<Buffer>
  /** Rows as COPY's binary format has them, cut anywhere: for many short rows of plain columns. */
  binary(query: Compilable): AsyncIterable<Buffer>
  /** The same view on a connection of its own, so that two things are read side by side. */
  beside(): Promise<Snapshot>
  /** Releases it; a reader still at work gets an error. Idempotent. */
  close(): Promise<void>
}

/** Opens a read-only view that does not change while it is open. It holds one connection. */
export async function openSnapshot(pool: pg.Pool): Promise<Snapshot> {
  const client = await pool.connect()
  return openView(pool, { client, release: async (isBroken) => client.release(isBroken) })
}

/** A connection, and how it is given back; broken ones are ended. */
type Held = { client: pg.ClientBase; release(isBroken: boolean): Promise<void> }

/**
 * With `name`, it sees what the snapshot exported under that name sees; otherwise the current state.
 * Over sixty lines, as every way to read shares whether the connection is still whole.
 */
async function openView(
  pool: pg.Pool,
  { client, release }: Held,
  name?: string,
): Promise<Snapshot> {
  try {
    await client.query('begin isolation level repeatable read, read only')
    if (name !== undefined) await client.query(`set transaction snapshot ${pg.escapeLiteral(name)}`)
  } catch (error) {
    await release(true)
    throw error
  }
  let isBroken = false
  let closed: Promise<void> | undefined
  const close = async () => {
    // After a COPY that was left early the connection answers nothing any more.
    if (isBroken) return release(true)
    const failed = await client.query('commit').then(
      () => false,
      () => true,
    )
    await release(failed)
  }
  // The SQL takes no parameters: COPY knows none. Leaving early costs the connection: a COPY cannot be
  // cancelled on its own.
  const copyOut = async function* (query: Compilable, how: string): AsyncIterable<Buffer> {
    isBroken = true
    const text = `copy (${inlined(query.compile())}) to stdout with (${how})`
    let passed = 0
    for await (const chunk of client.query(copyTo(text, { highWaterMark: 1 << 16 }))) {
      yield chunk
      passed += chunk.length
      if (passed < mostPassed) continue
      passed = 0
      // Used buffers are outside the heap: left alone, V8 lets a hundred megabytes pile up.
      globalThis.gc?.({ type: 'minor' })
    }
    isBroken = false
  }
  return {
    set: async (settings) => {
      await client.query(
        'select set_config(name, value, true) from unnest($1::text[], $2::text[]) s (name, value)',
        [Object.keys(settings), Object.values(settings)],
      )
    },
    all: async (query) => {
      const { sql, parameters } = query.compile()
      return camel((await client.query(sql, [...parameters])).rows)
    },
    rows: (query, size = 1000) => openCursor(client, query.compile(), size),
    lines: (query) => wholeLines(copyOut(query, asLines)),
    binary: (query) => copyOut(query, 'format binary'),
    beside: async () => {
      const { rows } = await client.query<{ name: string }>('select pg_export_snapshot() as name')
      return openView(pool, await connectBeside(pool), rows[0]?.name)
    },
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

/** Bytes between two looks at what is young: more often costs more than it spares. */
const mostPassed = 4_000_000

/** Not from the pool: waiting for a second connection while holding one can deadlock. */
async function connectBeside(pool: pg.Pool): Promise<Held> {
  const client = new pg.Client(pool.options)
  // A reader learns about a lost connection from its query.
  client.on('error', () => {})
  await client.connect()
  return { client, release: () => client.end() }
}

/** Reads a query in batches, so that memory stays flat however many rows there are. */
async function* openCursor<Row>(
  client: pg.ClientBase,
  query: CompiledQuery<Row>,
  size = 1000,
): AsyncIterable<Row[]> {
  const cursor = client.query(new Cursor<Row & object>(query.sql, [...query.parameters]))
  try {
    for (;;) {
      const rows = await cursor.read(size)
      if (rows.length === 0) return
      yield await camel<Row>(rows)
    }
  } finally {
    await cursor.close()
  }
}

const asLines = String.raw`format csv, quote E'\x01', escape E'\x01', delimiter E'\x02'`
const quote = 0x01
const newline = 0x0a
const space = 0x20

/**
 * Cuts the stream into chunks that end at the end of a row. Postgres quotes a row that has a line
 * break in it (a `json` column keeps the white space it was written with): inside quotes a line
 * break is white space of JSON, so it becomes a space, and the row stays one line.
 */
async function* wholeLines(stream: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  // One buffer for all: what is left of a row moves to its beginning.
  let lines = Buffer.allocUnsafeSlow(1 << 18)
  let length = 0
  let quoted = false
  for await (const chunk of stream) {
    const from = length
    if (from + chunk.length > lines.length) lines = enlarged(lines, from + chunk.length)
    if (quoted || chunk.includes(quote)) {
      for (const byte of chunk) {
        if (byte === quote) quoted = !quoted
        else lines[length++] = quoted && (byte === newline || byte === 0x0d) ? space : byte
      }
    } else {
      length += chunk.copy(lines, from)
    }
    const end = from + lines.subarray(from, length).lastIndexOf(newline) + 1
    if (end === from) continue
    yield lines.subarray(0, end)
    lines.copyWithin(0, end, length)
    length -= end
  }
  if (length > 0) yield lines.subarray(0, length)
}

/** A larger one with the same bytes at its beginning. */
function enlarged(bytes: Buffer, least: number): Buffer<ArrayBuffer> {
  const larger = Buffer.allocUnsafeSlow(Math.max(2 * bytes.length, least))
  bytes.copy(larger)
  return larger
}

/** The query with its parameters written into it as literals. */
export function inlined({ sql, parameters }: CompiledQuery): string {
  // Strings and quoted names are matched first, so that a $1 inside of them is left alone.
  return sql.replace(
    /[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)/g,
    (text, number?: string) =>
      number === undefined ? text : literal(parameters[Number(number) - 1]),
  )
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'string') return pg.escapeLiteral(value)
  if (value instanceof Date) return `'${value.toISOString()}'::timestamptz`
  if (Array.isArray(value)) return `array[${value.map(literal).join(', ')}]`
  throw new TypeError('COPY takes text, numbers, booleans, dates and lists of them only.')
}

const camelCase = new CamelCasePlugin({ maintainNestedObjectKeys: true })

/** Renames the columns as every other query's are; pg gives rows of the type the query was built for. */
async function camel<Row>(rows: object[]): Promise<Row[]> {
  const queryId = { queryId: 'snapshot' }
  const { rows: renamed } = await camelCase.transformResult({ queryId, result: { rows } } as never)
  return renamed as Row[]
}
