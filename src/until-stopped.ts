/** Resolves at the first Ctrl-C or SIGTERM. Registered before anything starts, so none is missed. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}
