/** A crowd that labels beside suggestions, some of whom copy them, and how often the interval of it holds. */
import {
  type Held,
  startSuggestionEffect,
} from '../../src/quality/measures/labelers/suggestion-effect.ts'
import { randomOf } from '../support/random.ts'
import type { Simulation } from './simulated.ts'

export type Crowd = {
  /** The share of labelers who copy what they are shown. */
  copy: number
  labelers?: number
  /** Answers by each of them. */
  each?: number
  perRecord?: number
  holdout?: number
}

/**
 * People label records with one of two labels. Records differ in how hard they are and labelers in how good; the
 * suggestion is right more often for easy records. Copiers say what they are shown, and judge where it is held out.
 */
export function drawSway(crowd: Crowd & { seed: number }) {
  const { seed, copy, labelers = 200, each = 20, perRecord = 4, holdout = 0.1 } = crowd
  const random = randomOf(seed)
  const people = Array.from({ length: labelers }, (_, n) => ({
    name: String(n),
    skill: 0.6 + 0.35 * random(),
    copies: n < Math.round(copy * labelers),
  }))
  const effect = startSuggestionEffect()
  for (let record = 0; record < (labelers * each) / perRecord; record += 1) {
    const hard = random()
    const isRight = random() < 0.95 - 0.4 * hard
    const start = Math.floor(random() * labelers)
    const given: Held[] = []
    for (let nth = 0; nth < perRecord; nth += 1) {
      const person = people[(start + nth * 37) % labelers]
      if (!person) continue
      const isShown = random() >= holdout
      const knows = random() < person.skill - 0.2 * hard
      const agreed = person.copies && isShown ? true : knows === isRight
      given.push({ labeler: person.name, isShown, agreed: agreed ? 1 : 0 })
    }
    effect.add(given)
  }
  return effect.read()
}

/** What a crowd like this does in a set so large that chance hardly matters. */
export function trueSway({ copy }: Crowd): number {
  if (copy === 0) return 0
  const large = { seed: 77, copy, labelers: 2000, each: 500, holdout: 0.5 }
  return drawSway(large).value?.difference ?? Number.NaN
}

export function drawSways(): Simulation[] {
  const crowds: (Crowd & { name: string; most: number })[] = [
    { name: 'nobody copies, 200 labelers with 20 answers', copy: 0, most: 1000 },
    { name: 'nobody copies, 20 with 50', copy: 0, labelers: 20, each: 50, most: 1000 },
    {
      name: 'nobody copies, 5 with 100',
      copy: 0,
      labelers: 5,
      each: 100,
      holdout: 0.2,
      most: 1000,
    },
    { name: 'a tenth copy, 200 with 20', copy: 0.1, most: 1000 },
    { name: 'a tenth copy, 200 with 100', copy: 0.1, each: 100, most: 300 },
    { name: 'a tenth copy, 200 with 200', copy: 0.1, each: 200, most: 200 },
  ]
  return crowds.map(({ name, most, ...crowd }) => ({
    name: `suggestions, ${name}`,
    run(sets) {
      const truth = trueSway(crowd)
      const counts = { held: 0, none: 0, of: Math.min(sets, most) }
      for (let seed = 1; seed <= counts.of; seed += 1) {
        const { value } = drawSway({ ...crowd, seed })
        if (value && value.low <= truth && truth <= value.high) counts.held += 1
        if (value && value.low <= 0 && value.high >= 0) counts.none += 1
      }
      return [
        { what: 'holds the truth', share: counts.held / counts.of, of: counts.of },
        { what: 'holds 0', share: counts.none / counts.of, of: counts.of },
      ]
    },
  }))
}
