/** Somebody on a platform. A person becomes a labeler by consent; an admin may be only a person. */
import { invalid } from '../errors.ts'

export const platforms = ['slack', 'discord'] as const
export type Platform = (typeof platforms)[number]

/** Who made a gesture, with what the gesture itself told of them. */
export type Person = {
  platform: Platform
  /** Slack: the workspace; Discord: '' (an identity is the user alone). */
  workspace: string
  userId: string
  /** Where the gesture was made, if anywhere. */
  channelId?: string
  guildId?: string
  roles?: readonly string[]
  locale?: string
}

/** Reads `slack:T1:U1` or `discord:U2`, as written in PARLEY_ADMINS and `parley roles grant`. */
export function parsePerson(text: string): Person {
  const [platform, ...rest] = text.trim().split(':')
  const [first = '', second = ''] = rest
  if (platform === 'slack' && rest.length === 2 && first && second)
    return { platform, workspace: first, userId: second }
  if (platform === 'discord' && rest.length === 1 && first)
    return { platform, workspace: '', userId: first }
  throw invalid({
    person: `"${text}" is not a person. Write slack:TEAM:USER (slack:T1:U1) or discord:USER.`,
  })
}

/** The inverse of parsePerson. */
export function personName(person: Person): string {
  return person.platform === 'slack'
    ? `slack:${person.workspace}:${person.userId}`
    : `discord:${person.userId}`
}

/** How old the account is, where the platform tells: a Discord id holds the moment it was made. */
export function accountDays(person: Person, now: Date): number | null {
  if (person.platform !== 'discord' || !/^\d{1,20}$/.test(person.userId)) return null
  const madeAt = Number(BigInt(person.userId) >> 22n) + discordEpoch
  return (now.getTime() - madeAt) / 86_400_000
}

/** https://docs.discord.com/developers/reference#snowflakes */
const discordEpoch = 1_420_070_400_000
