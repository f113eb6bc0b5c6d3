/** Finds the channel that a terminal or a program names: `slack:#evals`, `slack:T1:#evals`, `discord:1234567890`. */
import { conflict, invalid } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { isPlatform, labelOf } from '../platforms/registry.ts'
import type { Channel } from './port/port.ts'

/**
 * Looks up a name or id on the platform, in the workspace or server named with it.
 * @throws ParleyError `invalid` for what names none; `conflict` for a platform that is not connected.
 */
export async function findChannel(parley: Parley, text: unknown): Promise<Channel> {
  const [platform = '', ...rest] = typeof text === 'string' ? text.split(':') : []
  const [channel = '', workspace] = rest.length === 2 ? [rest[1], rest[0]] : rest
  if (!isPlatform(platform) || channel === '' || workspace === '' || rest.length > 2)
    throw invalid({ to: 'Say where, e.g. slack:#evals or discord:1234567890.' })
  const adapter = parley.platforms.get(platform)
  if (!adapter?.findChannel)
    throw conflict(`${labelOf(platform)} is not connected here, so nothing can be posted there.`)
  const found = await adapter.findChannel(channel, workspace)
  if ('problem' in found) throw invalid({ to: found.problem })
  return found
}
