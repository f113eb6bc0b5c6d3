/** What whoever sends files off may want to know while they go, and how it ends them. */
export type Sending = {
  /** Ends it; what is on its way is taken back, and its reason is thrown. */
  signal?: AbortSignal | undefined
  /** So many more bytes have arrived. */
  onBytes?: ((bytes: number) => void) | undefined
  /** This file is there, under its name. */
  onFile?: ((name: string) => void) | undefined
}
