/** What people can type, as the commands say it themselves; the same on every platform but for how it is written. */
import { aboutFormats } from '../../exports/formats/names.ts'
import type { Platform } from '../../platforms/traits.ts'
import type { Person, Rank } from '../port/port.ts'
import { spoken, type Words } from '../words/words.ts'
import type { Command } from './command.ts'
import { commands } from './commands.ts'
import { isOn, usageOf } from './notation.ts'

/** What this person can type. */
export function helpFor(
  { platform }: Person,
  isAdmin: boolean,
  all: readonly Command[] = commands,
): string {
  const ranks: Rank[] = isAdmin ? ['labeler', 'admin'] : ['labeler']
  return ranks.map((rank) => sayHelp(rank, platform, spoken(), all)).join('\n')
}

/** A line for each command of a rank. */
export function sayHelp(
  rank: Rank,
  platform: Platform,
  said: Words,
  all: readonly Command[] = commands,
): string {
  const lines = all
    .filter((one) => one.rank === rank && !one.isUnlisted)
    .flatMap((one) => lineOf(one, platform, said))
  const last = rank === 'admin' ? said.helpFormats(Object.keys(aboutFormats)) : said.helpHabits
  return [...lines, last].join('\n')
}

function lineOf(command: Command, platform: Platform, said: Words): string[] {
  const { about, instead } = command
  if (isOn(platform, command)) return [`${usageOf(platform, command)}: ${about[said.language]}`]
  return instead?.help ? [instead.help[said.language]] : []
}
