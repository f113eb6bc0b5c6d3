/** What an uploader reports while it sends files, and how it is stopped. */
export type Sending = {
  /** Aborts it: uploads in flight are removed, and its reason is thrown. */
  signal?: AbortSignal | undefined
  /** Called with the number of bytes that have arrived since the last call. */
  onBytes?: ((bytes: number) => void) | undefined
  /** This file is there, under its name. */
  onFile?: ((name: string) => void) | undefined
}
