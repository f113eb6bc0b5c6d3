/** When a dataset is likely finished, as a day and the days around it. */
import type { Forecast } from '../../quality/measures/forecast.ts'
import type { Measured } from '../../quality/measures/measured.ts'
import { sayCell, sayDay } from '../charts/number.ts'
import { inTongue } from '../page/words.ts'
import { standingWords } from './standing-words.ts'

/** `note` is how sure it is, or why there is none; `pace` the answers a day behind it. */
export type SaidEnding = { text: string; note: string; pace: string | null }

export function sayEnding(
  ending: Measured<Forecast>,
  now: Date,
  language: string | undefined,
): SaidEnding {
  const said = inTongue(language, standingWords)
  if (ending.value === null)
    return { text: said.notYet, note: said.whyNot(ending.reason), pace: null }
  const { days, low, high, perDay } = ending.value
  const on = (inDays: number) => {
    const at = new Date(now.getTime() + inDays * 86_400_000)
    const day = at.toISOString().slice(0, 10)
    return sayDay(day, said.locale, at.getUTCFullYear() !== now.getUTCFullYear())
  }
  return {
    text: days < 1 ? said.endingSoon : said.ending(on(days)),
    note: high === null ? said.endingOpen(on(low)) : said.endingRange(on(low), on(high)),
    pace: said.pace(sayCell(Math.round(perDay * 10) / 10, 'count', said.locale)),
  }
}
