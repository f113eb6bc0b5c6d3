/**
 * Says how far a long command is, on stderr: a bar where somebody looks at a terminal, else a line now
 * and then. Nothing of it is ever part of a result.
 */
import progress from 'cli-progress'

export type Meter = {
  /** `share` is from 0 to 1, or null where nobody knows how much there is. */
  show(share: number | null, said: string): void
  /** Takes the bar away, so that what is said next stands on a line of its own. */
  end(): void
}

type Terminal = NodeJS.WritableStream & { isTTY?: boolean }

const everyMs = 10_000

export function openMeter(
  label: string,
  { to = process.stderr, now = Date.now }: { to?: Terminal; now?: () => number } = {},
): Meter {
  let last = now()
  const line = (share: number | null, said: string) => {
    if (now() - last < everyMs) return
    last = now()
    const percent = share === null ? '' : `${Math.floor(share * 100)} %, `
    to.write(`${label}: ${percent}${said}\n`)
  }
  if (!to.isTTY) return { show: line, end: () => undefined }
  const bar = openBar(label, to)
  let isDrawn = false
  return {
    show: (share, said) => {
      if (share === null) return line(share, said)
      if (!isDrawn) bar.start(whole, 0, { said })
      isDrawn = true
      bar.update(Math.floor(share * whole), { said })
    },
    end: () => {
      if (isDrawn) bar.stop()
      isDrawn = false
    },
  }
}

const whole = 1000

function openBar(label: string, stream: Terminal) {
  return new progress.SingleBar({
    stream,
    format: `${label} {bar} {percentage} % | {said} | {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  })
}
