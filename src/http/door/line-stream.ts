/** A body that is written while it is read: the slower of writer and reader sets the pace. */
import { Writable } from 'node:stream'

/** Bytes that may wait for a slow reader. */
const mostWaiting = 1 << 20

/**
 * Runs `write` with a stream whose bytes become the body. Resolves at the first of them, so that what is
 * refused before is thrown and can be answered; what breaks later cuts the body off.
 */
export async function lineStream(
  write: (to: Writable, signal: AbortSignal) => Promise<unknown>,
): Promise<ReadableStream<Uint8Array>> {
  const gone = new AbortController()
  let control: ReadableStreamDefaultController<Uint8Array> | undefined
  let goOn: (() => void) | undefined
  let begin: () => void = () => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const release = () => {
    goOn?.()
    goOn = undefined
  }
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        control = controller
      },
      pull: release,
      cancel: (reason) => {
        gone.abort(reason instanceof Error ? reason : new Error('The reader left.'))
        to.destroy()
        release()
      },
    },
    { highWaterMark: mostWaiting, size: (chunk) => chunk.byteLength },
  )
  const to = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (gone.signal.aborted) return done(new Error('The reader left.'))
      control?.enqueue(chunk)
      begin()
      if ((control?.desiredSize ?? 0) > 0) return done()
      goOn = done
    },
  })
  to.on('error', () => {})
  const written = write(to, gone.signal).then(
    () => gone.signal.aborted || control?.close(),
    (error: unknown) => {
      if (!gone.signal.aborted) control?.error(error)
      throw error
    },
  )
  written.catch(() => {})
  await Promise.race([written, begun])
  return body
}
