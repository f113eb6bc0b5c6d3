/** Downloads an attached file. */
import { invalid, unavailable } from '../../../src/errors.ts'

/** The bytes of an attachment, and not more than `most` of them. */
export async function* download(url: string, most: number): AsyncIterable<Uint8Array> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
  }).catch((cause: unknown) => {
    throw unavailable('Discord', cause)
  })
  if (response.status >= 400 && response.status < 500 && response.status !== 429)
    throw invalid(
      { file: (said) => said.fileGone('discord') },
      new Error(`The file was answered with ${response.status}.`),
    )
  if (!response.ok || response.body === null)
    throw unavailable('Discord', new Error(`The file was answered with ${response.status}.`))
  let bytes = 0
  for await (const part of response.body) {
    bytes += part.byteLength
    if (bytes > most)
      throw invalid({
        file: `It is larger than ${Math.floor(most / 1024 / 1024)} MB. Import it with the CLI instead.`,
      })
    yield part
  }
}
