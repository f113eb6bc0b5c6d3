/**
 * Shows the progress of a long command on stderr: a bar in a terminal, otherwise a line now and then.
 * Results never contain any of it.
 */
import progress from 'cli-progress'

export type Meter = {
  /** `share` is between 0 and 1, or null if the total is unknown. */
  show(share: number | null, said: string): void
  /** Removes the bar, so that the next output starts on its own line. */
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
