/** The contributors of `demo --check` on Discord: from a phone, a press for each pair. */
import type { Person } from '../../sandbox/discord/people.ts'
import { mustWork } from './act.ts'
import { type Confirmed, type Sample, shownOrder, whichSample } from './people.ts'

/** Answers one dataset of pairs to its end; returns everything that was confirmed on screen. */
export async function judgeAll(
  person: Person,
  dataset: string,
  samples: readonly Sample[],
): Promise<Confirmed[]> {
  const confirmed: Confirmed[] = []
  await mustWork(person.command(`/label dataset:${dataset}`))
  if (newest(person).includes('[Start]')) await mustWork(person.press('Start'))
  while (/\[A is better\]/.test(newest(person))) {
    // A press within 700 ms of a repaint is taken for a double tap; nobody reads that fast.
    await new Promise((resolve) => setTimeout(resolve, 750))
    const screen = newest(person)
    const sample = whichSample(screen, samples)
    const [first, second] = shownOrder(screen, sample)
    const best = (first?.quality ?? 0) < (second?.quality ?? 0) ? 'A' : 'B'
    await mustWork(person.press(`${best} is better`))
    if (!newest(person).includes('Saved'))
      throw new Error(`${person.name} saw nothing saved:\n${newest(person)}`)
    const said = [first?.id, second?.id][best === 'A' ? 0 : 1] ?? ''
    confirmed.push({ dataset, person: person.name, record: sample.id, said })
  }
  return confirmed
}

function newest(person: Person): string {
  return person.messages().at(-1) ?? ''
}
