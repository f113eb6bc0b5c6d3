/** What Slack sends for each kind of gesture, as far as Parley reads it. */
import type { View } from '../draw/blocks.ts'
import type { State } from '../draw/questions/input.ts'

/** A command, as far as we use it. */
export type CommandBody = {
  command: string
  text?: string
  team_id?: string
  user_id: string
  channel_id: string
  response_url: string
  trigger_id: string
  enterprise_id?: string
  is_enterprise_install?: string
}

/** The fields that say which installation a payload is for. */
export type Installed = {
  team?: { id?: string } | null
  enterprise?: { id?: string } | null
  is_enterprise_install?: boolean
  user: { id: string; team_id?: string; name?: string }
}

/** A press, in a message or in a view. */
export type ActionBody = Installed & {
  trigger_id: string
  response_url?: string
  actions: {
    action_id?: string
    block_id?: string
    value?: string
    selected_option?: { value: string } | null
    selected_options?: { value: string }[] | null
  }[]
  channel?: { id?: string }
  message?: { ts?: string }
  container?: {
    type?: string
    channel_id?: string
    message_ts?: string
    is_ephemeral?: boolean
  }
  view?: ViewBody
}

export type ViewBody = {
  id?: string
  type?: string
  hash?: string
  callback_id?: string
  private_metadata?: string
  blocks?: {
    type?: string
    block_id?: string
    accessory?: { value?: string }
    optional?: boolean
    element?: DrawnElement
  }[]
  state?: { values?: State }
  title?: { text?: string }
  app_installed_team_id?: string
}

export type DrawnElement = {
  initial_value?: string
  initial_option?: { value: string }
  initial_options?: { value: string }[]
}

export type SubmissionBody = Installed & {
  trigger_id?: string
  view: ViewBody
}

/** Letters typed into a menu whose options are searched. */
export type SearchBody = SubmissionBody & { block_id: string; value: string }

/** Bolt passes on what Slack sent, after its signature was checked: the shapes are Slack's. */
export function asCommand(body: object): CommandBody {
  return body as CommandBody
}

export function asAction(body: object): ActionBody {
  return body as ActionBody
}

export function asSubmission(body: object): SubmissionBody {
  return body as SubmissionBody
}

export function asSearch(body: object): SearchBody {
  return body as SearchBody
}

/** A submitted view is the view we drew, so it can be answered with itself. */
export function asView(view: ViewBody): View {
  return view as View
}
