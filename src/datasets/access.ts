/** Who may label a dataset: everyone, or the people, channels and groups its access list names. */
import type { Access, Dataset, Platform } from './shape.ts'

/**
 * Asked when a task is opened and again when it is answered. `groups` are the entries of the list
 * that the person is in, as isLetIn of the labelers room found out.
 */
export function mayLabel(
  dataset: { document: { access?: Access | undefined } },
  person: { platform: Platform; workspace: string; userId: string },
  groups: ReadonlySet<string> = new Set(),
): boolean {
  const access = dataset.document.access
  if (access === undefined) return false
  if (access === 'everyone') return true
  return (access[person.platform] ?? []).some((entry) => {
    const named = personIn(person.platform, entry)
    if (named === null) return groups.has(entry)
    const isHere = named.workspace === null || named.workspace === person.workspace
    return named.userId === person.userId && isHere
  })
}

/** The entries that name a channel or a group, and are known by their id. */
export function groupsIn(access: Access | undefined, platform: Platform): string[] {
  if (access === undefined || access === 'everyone') return []
  return (access[platform] ?? []).filter((entry) => groupIdOf(platform, entry) !== null)
}

/** The id of the channel or group an entry names, or null when it names a person, or only a name. */
export function groupIdOf(platform: Platform, entry: string): string | null {
  if (personIn(platform, entry) !== null) return null
  const text = entry.trim()
  // Discord: a channel `<#1:9|arena>` or a role `<@&1:9|@verified>` of the server 9.
  if (platform === 'discord')
    return /^<(?:#|@&)(\d+)(?::\d+)?(?:\|[^>]*)?>$/.exec(text)?.[1] ?? null
  const mention = /^<#([CG][A-Z0-9]+)(?:\|[^>]*)?>$|^<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>$/.exec(
    text,
  )
  return mention?.[1] ?? mention?.[2] ?? /^[CGS][A-Z0-9]{6,}$/.exec(text)?.[0] ?? null
}

/** Whether an entry names a channel or a group by its name only (`#ml`, `@evals`). */
export function isGroupName(platform: Platform, entry: string): boolean {
  // Names of Discord's roles may hold spaces.
  const name = platform === 'slack' ? /^[#@][^\s#@<>|]+$/ : /^[#@][^#@<>|]+$/
  return name.test(entry.trim())
}

/** Why nobody could be let in by this access, or null. */
export function accessProblem(access: Dataset['document']['access']): string | null {
  if (access === undefined)
    return 'Nobody may label yet. Set access: everyone, or access: { slack: [U123, "#channel"] }.'
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
      if (groupIdOf(platform, entry) !== null || isGroupName(platform, entry)) continue
      const [name, groups] =
        platform === 'slack'
          ? ['Slack', '"#channel", or "@group"']
          : ['Discord', '"#channel", or "@role"']
      return `Access names "${entry}", which is not a person, a channel or a ${platform === 'slack' ? 'group' : 'role'} of ${name}. Write an id such as ${example(platform)}, or ${groups}.`
    }
  return null
}

/** The platforms a dataset asks for; `everyone` means whichever are connected. */
export function platformsOf(access: Access | undefined): Platform[] {
  if (access === undefined || access === 'everyone') return []
  return (['slack', 'discord'] as const).filter((platform) => access[platform] !== undefined)
}

/** `U123`, `<@U123>`, `<@U123|ana>`, `T1:U123` and `slack:T1:U123` (Discord: `discord:123`). */
export function personIn(
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
