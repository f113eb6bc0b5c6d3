/**
 * Reads the cells of COPY's lines straight from their bytes. Texts that come again and again (values,
 * labelers, ids of outputs) become strings once: a million answers hold few different ones.
 */

export type Cells = {
  /** Begins a chunk of whole lines. */
  open(chunk: Buffer): void
  isOpen(): boolean
  /** The next cell as a whole number; -1 where it is empty. */
  number(): number
  /** The next cell as a text; '' where it is empty. */
  text(): string
  /** The next cell as a list of whole numbers, as Postgres writes them. */
  numbers(): number[] | null
}

/** Between cells and after lines: no number and no JSON text holds them. */
const delimiter = 0x02
const newline = 0x0a

export function startCells(): Cells {
  let chunk: Buffer = Buffer.alloc(0)
  let at = 0
  const known = startTexts()
  const isEnd = (byte: number) => byte === delimiter || byte === newline
  const number = () => {
    const start = at
    let value = 0
    for (;;) {
      const byte = chunk[at++] ?? newline
      if (isEnd(byte)) return at - start === 1 ? -1 : value
      value = value * 10 + byte - 0x30
    }
  }
  return {
    open(next) {
      chunk = next
      at = 0
    },
    isOpen: () => at < chunk.length,
    number,
    text() {
      const start = at
      let hash = 0x811c9dc5
      for (;;) {
        const byte = chunk[at++] ?? newline
        if (isEnd(byte)) break
        hash = Math.imul(hash ^ byte, 0x01000193)
      }
      return at - start === 1 ? '' : known.read(chunk, start, at - 1, hash)
    },
    numbers() {
      if (isEnd(chunk[at] ?? newline)) {
        at += 1
        return null
      }
      const found: number[] = []
      let value = 0
      // {12,3}
      for (at += 1; ; at += 1) {
        const byte = chunk[at] ?? newline
        if (byte >= 0x30 && byte <= 0x39) value = value * 10 + byte - 0x30
        else {
          found.push(value)
          value = 0
          if (byte !== 0x2c) break
        }
      }
      at += 2
      return found
    },
  }
}

const SLOTS = 1 << 14
const MOST_TEXTS = SLOTS / 2
const MOST_BYTES = 4_000_000

/** An open-addressed table of texts by their bytes; a full one is begun anew. */
function startTexts() {
  const slots = new Int32Array(SLOTS)
  let texts: { text: string; bytes: Buffer }[] = []
  let size = 0
  return {
    read(chunk: Buffer, start: number, end: number, hash: number): string {
      let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
      for (;;) {
        const found = texts[(slots[slot] ?? 0) - 1]
        if (found === undefined) break
        if (isSame(found.bytes, chunk, start, end)) return found.text
        slot = (slot + 1) & (SLOTS - 1)
      }
      const bytes = Buffer.from(chunk.subarray(start, end))
      const text = bytes.toString('utf8')
      if (texts.length >= MOST_TEXTS || size + bytes.length > MOST_BYTES) {
        texts = []
        size = 0
        slots.fill(0)
        slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
      }
      texts.push({ text, bytes })
      size += bytes.length
      slots[slot] = texts.length
      return text
    },
  }
}

function isSame(bytes: Buffer, chunk: Buffer, start: number, end: number): boolean {
  if (bytes.length !== end - start) return false
  for (let index = 0; index < bytes.length; index += 1)
    if (bytes[index] !== chunk[start + index]) return false
  return true
}
