/**
 * Reads the cells of COPY's binary rows directly from their bytes. Repeated texts (values, ids of outputs)
 * become strings once: a million answers hold few different ones.
 * PostgreSQL documentation, COPY, "Binary Format".
 */

/** A cursor over rows: plain fields and functions, so that a second cursor does not slow either. */
export type Cells = {
  /** The current chunk is copied here, so that earlier ones can be freed. */
  bytes: DataView<ArrayBuffer>
  length: number
  at: number
  /** The end of the current row; `at` is there before the first row and between rows. */
  end: number
  isBegun: boolean
  texts: Texts
}

export function startCells(texts: Texts): Cells {
  const bytes = new DataView(new ArrayBuffer(1 << 17))
  return { bytes, length: 0, at: 0, end: 0, isBegun: false, texts }
}

/** Continues with the next chunk once `hasRow` is false; a partial row is joined to it. */
export function openChunk(cells: Cells, chunk: Buffer): void {
  const rest = cells.length - cells.at
  if (rest + chunk.length > cells.bytes.byteLength)
    cells.bytes = enlarged(cells.bytes, rest + chunk.length)
  const bytes = new Uint8Array(cells.bytes.buffer)
  bytes.copyWithin(0, cells.at, cells.length)
  bytes.set(chunk, rest)
  cells.length = rest + chunk.length
  cells.at = 0
  cells.end = 0
  if (cells.isBegun || cells.length < HEADER) return
  cells.isBegun = true
  cells.at = HEADER + cells.bytes.getInt32(HEADER - 4)
  cells.end = cells.at
}

/** Whether a complete row is available; the cursor then is at its first cell. */
export function hasRow(cells: Cells): boolean {
  if (cells.at < cells.end) return true
  const { bytes, length, at } = cells
  if (!cells.isBegun || at + 2 > length) return false
  const count = bytes.getInt16(at)
  let end = at + 2
  for (let cell = 0; cell < count; cell += 1) {
    if (end + 4 > length) return false
    end += 4 + Math.max(0, bytes.getInt32(end))
  }
  if (end > length) return false
  cells.at = at + 2
  cells.end = end
  // A row of -1 cells ends the data.
  return count > 0
}

/** Skips the rest of the row. */
export function skipRow(cells: Cells): void {
  cells.at = cells.end
}

/** The next cell as a whole number, of whatever width; null where it is empty. */
export function readWhole(cells: Cells): number | null {
  const { bytes } = cells
  const length = bytes.getInt32(cells.at)
  const start = cells.at + 4
  if (length < 0) {
    cells.at = start
    return null
  }
  cells.at = start + length
  if (length === 8) return bytes.getInt32(start) * 2 ** 32 + bytes.getUint32(start + 4)
  return length === 4 ? bytes.getInt32(start) : bytes.getInt16(start)
}

/** The next cell as true; false where it is empty. */
export function readTruth(cells: Cells): boolean {
  const { bytes, at } = cells
  cells.at = at + 4 + Math.max(0, bytes.getInt32(at))
  return cells.at > at + 4 && bytes.getUint8(at + 4) === 1
}

/** The next cell as a number of double precision; null where it is empty. */
export function readDouble(cells: Cells): number | null {
  const length = cells.bytes.getInt32(cells.at)
  const start = cells.at + 4
  cells.at = start + Math.max(0, length)
  return length < 0 ? null : cells.bytes.getFloat64(start)
}

/** The next cell as a text; '' where it is empty. */
export function readText(cells: Cells): string {
  const length = cells.bytes.getInt32(cells.at)
  const start = cells.at + 4
  if (length <= 0) {
    cells.at = start
    return ''
  }
  cells.at = start + length
  return cells.texts.read(cells.bytes, start, length)
}

/** The next cell as a list of integers without nulls; null where it is empty. */
export function readIntegers(cells: Cells): number[] | null {
  const { bytes } = cells
  const length = bytes.getInt32(cells.at)
  const start = cells.at + 4
  cells.at = start + Math.max(0, length)
  if (length < 0) return null
  const found: number[] = []
  // Dimensions, flags, type, count and lower bound; then each with its length.
  for (let at = start + 24; at < start + length; at += 8) found.push(bytes.getInt32(at))
  return found
}

/** The signature, flags, and the length of an extension. */
const HEADER = 19

const SLOTS = 1 << 14
const MOST_TEXTS = SLOTS / 2
const MOST_BYTES = 1 << 22

export type Texts = ReturnType<typeof startTexts>

/** An open-addressed table of texts by their bytes; a full one is cleared. */
export function startTexts() {
  const slots = new Int32Array(SLOTS)
  const starts = new Int32Array(MOST_TEXTS + 1)
  let texts: string[] = []
  let known = new DataView(new ArrayBuffer(1 << 16))

  const add = (bytes: DataView<ArrayBuffer>, start: number, length: number): string => {
    const from = starts[texts.length] ?? 0
    if (from + length > known.byteLength) known = enlarged(known, from + length)
    const own = Buffer.from(bytes.buffer, start, length)
    new Uint8Array(known.buffer).set(own, from)
    const text = own.toString('utf8')
    texts.push(text)
    starts[texts.length] = from + length
    return text
  }
  return {
    read(bytes: DataView<ArrayBuffer>, start: number, length: number): string {
      const hash = hashOf(bytes, start, length)
      let slot = hash & (SLOTS - 1)
      for (;;) {
        const found = (slots[slot] ?? 0) - 1
        if (found < 0) break
        const from = starts[found] ?? 0
        const isAsLong = (starts[found + 1] ?? 0) - from === length
        if (isAsLong && isSame(known, from, bytes, start, length)) return texts[found] ?? ''
        slot = (slot + 1) & (SLOTS - 1)
      }
      if (texts.length >= MOST_TEXTS || (starts[texts.length] ?? 0) + length > MOST_BYTES) {
        texts = []
        slots.fill(0)
        slot = hash & (SLOTS - 1)
      }
      const text = add(bytes, start, length)
      slots[slot] = texts.length
      return text
    },
  }
}

function enlarged(bytes: DataView<ArrayBuffer>, least: number): DataView<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(bytes.byteLength * 2, least))
  larger.set(new Uint8Array(bytes.buffer))
  return new DataView(larger.buffer)
}

/** Four bytes a step, as comparing does. */
function hashOf(bytes: DataView, start: number, length: number): number {
  let hash = length
  let at = start
  for (const last = start + length - 4; at <= last; at += 4)
    hash = Math.imul(hash ^ bytes.getInt32(at, true), 0x9e3779b1) ^ (hash >>> 15)
  for (; at < start + length; at += 1)
    hash = Math.imul(hash ^ bytes.getUint8(at), 0x9e3779b1) ^ (hash >>> 15)
  return hash ^ (hash >>> 16)
}

function isSame(a: DataView, from: number, b: DataView, start: number, length: number): boolean {
  let at = 0
  for (; at <= length - 4; at += 4)
    if (a.getInt32(from + at, true) !== b.getInt32(start + at, true)) return false
  for (; at < length; at += 1) if (a.getUint8(from + at) !== b.getUint8(start + at)) return false
  return true
}
