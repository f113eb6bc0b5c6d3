/** Starts the stand-ins for `parley sandbox` and the demo, and says how to point a service at them. */
import { openSlackStandIn, type SlackStandIn } from './slack/server.ts'

export type Sandbox = {
  slack: SlackStandIn
  /** The environment that points a service at the stand-ins. */
  env: Record<string, string>
  /** Lines for whoever started it: the environment, and how to act as a person. */
  help: string[]
  close(): Promise<void>
}

export type SandboxOptions = {
  port?: number
  /** Where the service listens; /slack/events is appended. */
  service?: string
  wireLog?: string
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const slack = await openSlackStandIn({
    port: options.port ?? 0,
    people: [{ name: 'Ana' }, { name: 'Ben' }, { name: 'Cleo' }],
    deliverTo: options.service ?? 'http://127.0.0.1:3000',
    ...(options.wireLog !== undefined && { wireLog: options.wireLog }),
  })
  const env = { ...slack.env }
  const act = `curl -s ${slack.url}/people/slack/Ana`
  return {
    slack,
    env,
    help: [
      `The stand-in Slack listens on ${slack.url}. Start the service with:`,
      ...Object.entries(env).map(([name, value]) => `  ${name}=${value}`),
      'Act as a person (Ana, Ben or Cleo):',
      `  ${act}/command -d '{"command": "/parley next"}'`,
      `  ${act}/press -d '{"label": "Start"}'`,
      `  ${act}`,
      `Read what people saw and did: curl -s ${slack.url}/transcript`,
    ],
    close: () => slack.close(),
  }
}
