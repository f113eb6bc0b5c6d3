/** How the demo's people act: what fails stops the demo, what is late is waited for. */

export async function mustWork(gesture: Promise<{ ok: boolean; problem?: string }>): Promise<void> {
  const { ok, problem } = await gesture
  if (!ok) throw new Error(`An error was shown: ${problem}`)
}

/** Looks again and again until something is found; gives up after `mostMs`. */
export async function until<Found>(look: () => Found | null, mostMs = 15_000): Promise<Found> {
  for (const end = Date.now() + mostMs; ; ) {
    const found = look()
    if (found !== null) return found
    if (Date.now() > end) throw new Error(`What was waited for did not come:\n${look}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
