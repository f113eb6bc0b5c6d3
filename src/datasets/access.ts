/** Who may label a dataset: everyone, or the people its access list names. */
import type { Access, Dataset, Platform } from './shape.ts'

/** Asked when a task is opened and again when it is answered. */
export function mayLabel(
  dataset: { document: { access?: Access | undefined } },
  person: { platform: Platform; workspace: string; userId: string },
): boolean {
  const access = dataset.document.access
  if (access === undefined) return false
  if (access === 'everyone') return true
  return (access[person.platform] ?? []).some((entry) => {
    const named = personIn(person.platform, entry)
    return (
      named !== null &&
      named.userId === person.userId &&
      (named.workspace === null || named.workspace === person.workspace)
    )
  })
}

/** Why nobody could be let in by this access, or null. */
export function accessProblem(access: Dataset['document']['access']): string | null {
  if (access === undefined)
    return 'Nobody may label yet. Set access: everyone, or access: { slack: [U123] }.'
  if (access === 'everyone') return null
  const lists = platformsOf(access).map((platform) => ({
    platform,
    entries: access[platform] ?? [],
  }))
  if (lists.every(({ entries }) => entries.length === 0))
    return 'The access list is empty. Name people, e.g. access: { slack: [U123] }, or everyone.'
  for (const { platform, entries } of lists)
    for (const entry of entries) {
      if (personIn(platform, entry) !== null) continue
      if (/^[#@]|^<[#!]|^[CGS][A-Z0-9]{6,}$/.test(entry))
        return `Access for ${entry} (channels, groups and roles) comes in a later version. List people by id, e.g. ${platform}: [${example(platform)}], or everyone.`
      return `Access names "${entry}", which is not a person of ${platform}. Write an id such as ${example(platform)}, or <@${example(platform)}>.`
    }
  return null
}

/** The platforms a dataset asks for; `everyone` means whichever are connected. */
export function platformsOf(access: Access | undefined): Platform[] {
  if (access === undefined || access === 'everyone') return []
  return (['slack', 'discord'] as const).filter((platform) => access[platform] !== undefined)
}

/** `U123`, `<@U123>`, `<@U123|ana>`, `T1:U123` and `slack:T1:U123` (Discord: `discord:123`). */
function personIn(
  platform: Platform,
  entry: string,
): { workspace: string | null; userId: string } | null {
  const bare = /^<@!?([A-Z0-9]+)(?:\|[^>]*)?>$/.exec(entry.trim())?.[1] ?? entry.trim()
  const parts = bare.split(':')
  if (parts.length > 1 && parts[0] === platform) parts.shift()
  const [first = '', second] = parts
  if (parts.length > 2 || !isUser(platform, second ?? first)) return null
  return second === undefined
    ? { workspace: null, userId: first }
    : { workspace: first, userId: second }
}

// Slack ids begin with U, or W for people of an Enterprise Grid; Discord's are snowflakes.
function isUser(platform: Platform, id: string): boolean {
  return platform === 'slack' ? /^[UW][A-Z0-9]+$/.test(id) : /^\d{1,20}$/.test(id)
}

function example(platform: Platform): string {
  return platform === 'slack' ? 'U0123ABCD' : '80351110224678912'
}
