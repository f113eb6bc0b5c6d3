/**
 * Makes the bytes of an export out of one view of a dataset: whole rows, each for one of its files,
 * with the counts kept as they go. It knows no paths; who writes where is write.ts and to-file.ts.
 */
import { createHash } from 'node:crypto'
import { escapeSeparators, openEncoder } from './encode.ts'
import { openBesideChat, withRichMessages } from './formats/beside-chat.ts'
import { plainPrompt } from './formats/content.ts'
import type {
  Chat,
  FileKind,
  FolderMaker,
  LineFormat,
  Made,
  MadeRow,
  Row,
  RowMaker,
} from './formats/format.ts'
import { openSpread } from './formats/spread.ts'
import { turnProblem } from './formats/turns.ts'
import type { ExportCounts, ExportFlags, TurnStrategy } from './options.ts'
import { openFilter } from './pairs/usable.ts'
import { countRefusal, countRow, type RowSizes } from './row-sizes.ts'
import { type ExportRecord, readRecords, type Source } from './source.ts'

export type Half = 'whole' | 'train' | 'test'
/** Bytes of one half, or of one file of a folder. */
export type Piece = { half: string; bytes: Buffer; rows: number }

/** Yields the pieces; `counts` and `sizes` grow with them. */
export async function* streamExport(
  source: Source,
  format: LineFormat | RowMaker | FolderMaker,
  { flags, kind }: { flags: ExportFlags; kind: FileKind },
  { counts, sizes }: { counts: ExportCounts; sizes: RowSizes },
): AsyncGenerator<Piece> {
  if (!('make' in format)) {
    for await (const piece of writtenPieces(source, format)) {
      counts.candidates += piece.rows
      counts.emitted += piece.rows
      yield piece
    }
    return
  }
  const beside = format.isTemplated ? openBesideChat(source) : null
  const own = (await format.columnsOf?.(source)) ?? format.columns ?? []
  const columns = beside ? [...withRichMessages(own, source), ...beside.columns] : own
  const files = halves(flags).map((half) => ({
    half,
    encoder: openEncoder(kind, columns),
    spread: format.isSpread ? openSpread() : null,
  }))
  const filter = openFilter(flags)
  const withTimes =
    flags.since !== undefined || flags.until !== undefined || format.needsTimes === true
  const withSpeed = flags.fast === 'drop'
  const seed = format.isSpread ? (flags.seed ?? 0) : null
  for await (const records of readRecords(source, { withTimes, withSpeed, seed })) {
    const rows: { [half in Half]: Waiting[] } = { whole: [], train: [], test: [] }
    for (const record of records) {
      if (filter)
        for (const response of record.responses) response.outside = filter(response, record)
      const made = takeTurns(format.make(record), format.turns)
      count(counts, made)
      for (const { row, chat } of seed === null ? made.rows : shuffle(made.rows, record, seed)) {
        const characters = chat ? countRow(sizes, chat) : 0
        if (chat && format.turns === 'as-is') countRefusal(sizes, chat)
        const half = halfOf(chat?.prompt, flags)
        const whole = checked(format, row, record.external_id)
        rows[half].push({ row: beside?.add(whole, record) ?? whole, chat, characters })
      }
    }
    for (const { half, encoder, spread } of files) {
      const ready = spread
        ? rows[half].flatMap((one) => spread.add(one.row, keyOf(one.chat), one.characters))
        : rows[half].map(({ row }) => row)
      if (ready.length > 0) yield { half, bytes: encoder.add(ready), rows: ready.length }
    }
  }
  for (const { half, encoder, spread } of files) {
    const left = spread?.end() ?? []
    if (left.length > 0) yield { half, bytes: encoder.add(left), rows: left.length }
    if (spread) sizes.neighbors = (sizes.neighbors ?? 0) + spread.neighbors()
    yield { half, bytes: encoder.end(), rows: 0 }
  }
}

/** Of formats that write their own lines or files. */
async function* writtenPieces(
  source: Source,
  format: LineFormat | FolderMaker,
): AsyncGenerator<Piece> {
  if ('lines' in format) {
    for await (const { bytes, rows } of format.lines(source))
      yield { half: 'whole', bytes: escapeSeparators(bytes), rows }
    return
  }
  for await (const { file, bytes, rows } of format.write(source)) yield { half: file, bytes, rows }
}

type Waiting = MadeRow & { characters: number }

/** Asked to be strict, without the chats that strict templates refuse. */
function takeTurns(made: Made, turns: TurnStrategy | undefined): Made {
  if (turns !== 'strict') return made
  const dropped = [...made.dropped]
  const rows = made.rows.filter(({ chat }) => {
    const why = chat && turnProblem(chat)
    if (why) dropped.push(why)
    return !why
  })
  return { rows, dropped }
}

/** A record's rows in an order of its own, so that no place of an output comes first everywhere. */
function shuffle(rows: readonly MadeRow[], { external_id: id }: ExportRecord, seed: number) {
  return rows
    .map((row, place) => ({ row, by: digestOf(`${seed}:${place}:${id}`).toString('hex') }))
    .sort((a, b) => (a.by < b.by ? -1 : 1))
    .map(({ row }) => row)
}

/** Prompts are the same as a split sees them; a short key, since many are kept. */
function keyOf(chat: Chat | null): string {
  return digestOf(plainPrompt(chat?.prompt)).toString('base64', 0, 9)
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The files of one export: one, or one for each part of a split. */
export function halves({ split }: ExportFlags): readonly Half[] {
  return split === undefined ? ['whole'] : ['train', 'test']
}

/** All rows of one prompt land in train, or all in test, whichever records they come from. */
export function halfOf(asked: unknown, { split, seed = 0 }: ExportFlags): Half {
  if (split === undefined) return 'whole'
  const digest = digestOf(`${seed}:${plainPrompt(asked)}`)
  return digest.readUIntBE(0, 6) / 2 ** 48 < split ? 'train' : 'test'
}

function count(counts: ExportCounts, { rows, dropped }: Made): void {
  counts.candidates += rows.length + dropped.length
  counts.emitted += rows.length
  for (const reason of dropped) counts.dropped[reason] = (counts.dropped[reason] ?? 0) + 1
}

/** A row that a trainer would choke on is our fault, never the admin's. */
function checked(format: RowMaker, row: Row, externalId: string): Row {
  const read = format.row.safeParse(row)
  if (read.success) return row
  throw new Error(`A row of the record "${externalId}" is not as its trainer reads it.`, {
    cause: read.error,
  })
}
