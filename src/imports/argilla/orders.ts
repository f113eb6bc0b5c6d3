/**
 * Whether a ranking's lists without ranks can be preferences. Argilla's web page sends the options of
 * every ranking in the order of its settings and expresses the preference by ranks alone, which its SDK
 * drops: read as best first, such lists would all give the same answer, mostly a wrong one.
 */
import { invalid } from '../../errors.ts'
import type { argillaRecords } from './reader.ts'
import { ArgillaRecord } from './record.ts'
import { optionValues, questionType } from './settings.ts'
import { rowsOf } from './value.ts'

type Seen = { lists: number; inSettingsOrder: number; orders: Set<string> }

/** Checks the answers of files, one after another. */
export function openOrders() {
  const seen = new Map<string, Seen>()
  return {
    async look(records: ReturnType<typeof argillaRecords>): Promise<void> {
      for await (const { settings, record } of records) {
        const { data } = ArgillaRecord.safeParse(record)
        for (const question of settings.questions) {
          if (questionType(question) !== 'ranking') continue
          const options = optionValues(question)
          for (const { values } of data?.responses ?? []) {
            const list = withoutRanks(values?.[question.name]?.value)
            if (list) note(seen, question.name, list, options)
          }
        }
      }
    },
    /** @throws ParleyError `invalid` where the lists of a question all share one order. */
    check(): void {
      for (const [name, { lists, inSettingsOrder, orders }] of seen) {
        const isSettings = inSettingsOrder === lists
        // One list in another order than the settings may be a real preference.
        if (!isSettings && (orders.size > 1 || lists === 1)) continue
        const order = isSettings ? 'that of the settings' : 'the same one'
        throw invalid({
          '--trust-ranking-order': `${lists === 1 ? 'The only list' : `All ${lists} lists`} of "${name}" ${lists === 1 ? 'stands' : 'stand'} in one order, ${order}, so it is no preference: Argilla's page sends options in the order of the settings and says the preference by ranks, which its SDK leaves out. Its REST API has them: --from argilla with the server's address.`,
        })
      }
    },
  }
}

/** A list of at least two options without ranks; null for anything else. */
function withoutRanks(value: unknown): string[] | null {
  const rows = rowsOf(value)
  if (!rows || rows.length < 2) return null
  return rows.every((one) => typeof one === 'string') ? rows.map(String) : null
}

function note(
  seen: Map<string, Seen>,
  name: string,
  list: readonly string[],
  options: readonly string[],
): void {
  const known = seen.get(name) ?? { lists: 0, inSettingsOrder: 0, orders: new Set<string>() }
  seen.set(name, known)
  const places = list.map((one) => options.indexOf(one))
  known.lists++
  if (places.every((place, at) => at === 0 || place > (places[at - 1] ?? 0)))
    known.inSettingsOrder++
  // Any number above two has the same effect.
  if (known.orders.size < 2) known.orders.add(JSON.stringify(list))
}
