/** What an uploader reports while it sends files, and how it is stopped. */
export type Sending = {
  /** Ends it; what is on its way is taken back, and its reason is thrown. */
  signal?: AbortSignal | undefined
  /** So many more bytes have arrived. */
  onBytes?: ((bytes: number) => void) | undefined
  /** This file is there, under its name. */
  onFile?: ((name: string) => void) | undefined
}
