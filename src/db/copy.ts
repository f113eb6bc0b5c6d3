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
  all<Row>(query: Compilable<Row>): Promise<Row[]>
  /** Batches of rows, read by a cursor; column names in camelCase as kysely gives them. */
  rows<Row>(query: Compilable<Row>, size?: number): AsyncIterable<Row[]>
  /** For a query with one column of JSON: chunks of whole lines, each line ending in \n. */
  lines(query: Compilable): AsyncIterable<Buffer>
  /** Lets go of it; whoever still reads lines is told that the connection ended. Twice is once. */
  close(): Promise<void>
}

/** Opens a read-only view that does not change while it is open. It holds one connection. */
export async function openSnapshot(pool: pg.Pool): Promise<Snapshot> {
  const client = await pool.connect()
  try {
    await client.query('begin isolation level repeatable read, read only')
  } catch (error) {
    client.release(true)
    throw error
  }
  let isBroken = false
  let closed: Promise<void> | undefined
  const close = async () => {
    // After a COPY that was left early the connection answers nothing any more.
    if (isBroken) return client.release(true)
    const failed = await client.query('commit').then(
      () => false,
      () => true,
    )
    client.release(failed)
  }
  return {
    all: async (query) => {
      const { sql, parameters } = query.compile()
      return camel((await client.query(sql, [...parameters])).rows)
    },
    rows: (query, size = 1000) => openCursor(client, query.compile(), size),
    lines: async function* (query) {
      isBroken = true
      yield* copyOut(client, inlined(query.compile()))
      isBroken = false
    },
    close: () => {
      closed ??= close()
      return closed
    },
  }
}

/** Reads a query in batches, so that memory stays flat however many rows there are. */
export async function* openCursor<Row>(
  client: pg.PoolClient,
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

/**
 * Streams `select <one json column> …` as chunks of whole lines. The SQL takes no parameters: COPY
 * knows none. Leaving the loop early costs the connection: a COPY cannot be cancelled on its own.
 */
export async function* copyOut(
  source: pg.Pool | pg.PoolClient,
  sqlText: string,
): AsyncIterable<Buffer> {
  const own = source instanceof pg.Pool
  const client = own ? await source.connect() : source
  let finished = false
  try {
    const stream = client.query(
      copyTo(
        `copy (${sqlText}) to stdout with (format csv, quote E'\\x01', escape E'\\x01', delimiter E'\\x02')`,
        { highWaterMark: 1 << 18 },
      ),
    )
    yield* wholeLines(stream)
    finished = true
  } finally {
    if (own) client.release(!finished)
  }
}

const quote = 0x01
const newline = 0x0a
const space = 0x20

/**
 * Cuts the stream into chunks that end at the end of a row. Postgres quotes a row that has a line
 * break in it (a `json` column keeps the white space it was written with): inside quotes a line
 * break is white space of JSON, so it becomes a space, and the row stays one line.
 */
export async function* wholeLines(stream: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let rest: Buffer[] = []
  let quoted = false
  for await (const piece of stream) {
    let chunk = piece
    if (quoted || chunk.includes(quote)) {
      const bytes = Buffer.allocUnsafe(chunk.length)
      let length = 0
      for (const byte of chunk) {
        if (byte === quote) quoted = !quoted
        else bytes[length++] = quoted && (byte === newline || byte === 0x0d) ? space : byte
      }
      chunk = bytes.subarray(0, length)
    }
    const end = chunk.lastIndexOf(newline) + 1
    if (end === 0) {
      rest.push(chunk)
      continue
    }
    yield rest.length > 0
      ? Buffer.concat([...rest, chunk.subarray(0, end)])
      : chunk.subarray(0, end)
    rest = end < chunk.length ? [chunk.subarray(end)] : []
  }
  if (rest.length > 0) yield Buffer.concat(rest)
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
