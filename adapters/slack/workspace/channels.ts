/** The channel an admin names for a message. */
import type { Channel } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import type { HowToAllow } from '../install/scopes.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { workspaceAskedFrom, workspaceById } from './asked-from.ts'
import { inWorkspace } from './current.ts'
import { findEntry, idOfEntry, whyNotFound } from './entries.ts'

/** Finds it by `#ml`, its id or Slack's own mention, in the workspace `named` where one is. */
export async function findChannel(
  api: SlackApi,
  howToAllow: HowToAllow,
  text: string,
  named?: string,
): Promise<Channel | { problem: string }> {
  const workspace = named ? await workspaceById(api, named) : await workspaceAskedFrom(api)
  if (workspace === null && named) return { problem: spoken().noWorkspace(named) }
  if (workspace === null)
    return { problem: `${text} could be in any workspace. Write slack:TEAM:CHANNEL.` }
  if (/^D[A-Z0-9]{6,}$/.test(text)) return { problem: spoken().directIsNoChannel }
  const name = /^[#<]|^[CG][A-Z0-9]{6,}$/.test(text) ? text : `#${text}`
  try {
    const found = await inWorkspace(workspace, () => findEntry(api, name))
    if ('problem' in found) return found
    return { platform: 'slack', workspace, channelId: idOfEntry(found.entry) ?? '' }
  } catch (error) {
    // Without the scope to look one up, an id is taken as given.
    const id = idOfEntry(name)
    if (slackCode(error) === 'missing_scope' && id !== null)
      return { platform: 'slack', workspace, channelId: id }
    const problem = await inWorkspace(workspace, () => whyNotFound(text, error, howToAllow))
    if (problem === null) throw error
    return { problem }
  }
}
