/** Commands to set up Slack. */
import { stringify } from 'yaml'
import { invalid } from '../errors.ts'
import { print, type Run } from './command.ts'

const modes = ['http', 'socket', 'oauth'] as const

/** `parley slack manifest` */
export const manifest: Run = async (doors, { options }) => {
  const wish = options['mode'] ?? doors.config().slack?.mode ?? 'http'
  const mode = modes.find((one) => one === wish)
  if (!mode) throw invalid({ mode: `There is no mode "${wish}". Use http, socket or oauth.` })
  const { publicUrl, slackReactions: reactions } = doors.config()
  const manifest = await doors.slackManifest({ publicUrl, mode, reactions })
  print(options['json'] ? JSON.stringify(manifest, null, 2) : stringify(manifest).trimEnd())
}
