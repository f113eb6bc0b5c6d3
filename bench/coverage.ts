/**
 * How often intervals hold the truth and tests cry wolf, over sets of answers drawn from a known
 * truth: what `docs/statistics.md` says of coverage and rejection. `--sets` is how many of each (1000),
 * `--only` a part of a name. It asks nothing of a database.
 */
import { parseArgs } from 'node:util'
import {
  drawAgreement,
  drawLabelers,
  drawStrengths,
  type Outcome,
} from '../test/quality/simulated.ts'
import { drawSways } from '../test/quality/simulated-sway.ts'

const { values: flags } = parseArgs({
  options: {
    sets: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
  },
})

const all = [...drawStrengths(), ...drawLabelers(), ...drawAgreement(), ...drawSways()]
for (const { name, run } of all) {
  if (!name.includes(flags.only)) continue
  const said = run(Number(flags.sets)).map(sayOutcome)
  process.stdout.write(`${name}: ${said.join('; ')}\n`)
}

function sayOutcome({ what, share, of }: Outcome): string {
  return `${what} ${share.toFixed(3)} of ${of}`
}
