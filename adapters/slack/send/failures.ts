/** What Slack's refusals mean: for the message that was sent, and for the person who waits. */
import { webApi } from '@slack/bolt'
import type { SendFailure } from '../../../src/chat/port/port.ts'
import { codeOf, conflict, ParleyError } from '../../../src/errors.ts'

/** The code Slack refused with, or null for any other failure. */
export function slackCode(error: unknown): string | null {
  const cause = error instanceof ParleyError ? error.cause : error
  return cause instanceof webApi.WebAPIPlatformError ? String(cause.data.error) : null
}

/** Whether this workspace never takes such a file. */
export function refusesFile(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  if (cause instanceof webApi.WebAPIHTTPError) return cause.statusCode === 413
  return cause instanceof webApi.WebAPIPlatformError && fileRefusals.has(String(cause.data.error))
}

/** The file is too large, or the workspace's admins switched off such files. */
const fileRefusals = new Set([
  ...['file_too_large', 'file_upload_size_restricted', 'file_uploads_disabled'],
  ...['file_uploads_except_images_disabled', 'blocked_file_type', 'storage_limit_reached'],
  ...['slack_connect_file_upload_sharing_blocked', 'malware_detected'],
])

/** How many milliseconds Slack asks us to wait, or null for any other failure. */
export function retryAfterMs(error: unknown): number | null {
  const cause = error instanceof ParleyError ? error.cause : error
  if (cause instanceof webApi.WebAPIRateLimitedError) return cause.retryAfter * 1000
  const said = cause instanceof Error && 'retryAfterMs' in cause ? cause.retryAfterMs : null
  return typeof said === 'number' ? said : null
}

/** What a failed call means for the message it carried. */
export function failureOf(error: unknown): SendFailure {
  const cause = error instanceof ParleyError ? error.cause : error
  const wait = retryAfterMs(error)
  if (wait !== null) return { type: 'later', afterMs: wait }
  if (cause instanceof webApi.WebAPIRequestError)
    return neverSent.has(codeOf(causeOf(cause.original)))
      ? { type: 'later', afterMs: null }
      : { type: 'unknown' }
  if (cause instanceof webApi.WebAPIHTTPError)
    return cause.statusCode >= 500 ? { type: 'unknown' } : { type: 'refused' }
  const code = slackCode(error)
  if (code === null)
    return error instanceof ParleyError && error.code === 'unavailable'
      ? { type: 'later', afterMs: null }
      : { type: 'refused' }
  if (code === 'ratelimited' || code === 'service_unavailable')
    return { type: 'later', afterMs: null }
  if (slackErrors.has(code)) return { type: 'unknown' }
  if (revoked.has(code)) return { type: 'dead', reason: code }
  if (unreachable.has(code) || unchangeable.has(code)) return { type: 'gone', reason: code }
  return { type: 'refused' }
}

/** fetch wraps the connection's error in one of its own. */
function causeOf(error: Error): unknown {
  return codeOf(error) ? error : error.cause
}

/** The call never left this machine, so it may be made again. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'])

/** The failure of a call as the rest of Parley knows failures. */
export function asRefusal(error: unknown): unknown {
  if (
    // Slack's own 429, or the lane's word that one is still being waited out.
    retryAfterMs(error) !== null ||
    error instanceof webApi.WebAPIRequestError ||
    error instanceof webApi.WebAPIHTTPError
  )
    return slackUnavailable(error)
  const code = slackCode(error)
  if (code === null) return error
  if (slackErrors.has(code)) return slackUnavailable(error)
  if (denied.has(code))
    return new ParleyError('forbidden', (said) => said.slackNoToken, { cause: error })
  if (unreachable.has(code))
    return new ParleyError('forbidden', (said) => said.slackNoWriting, { cause: error })
  if (outdated.has(code)) return conflict((said) => said.slackChanged, error)
  const details = error instanceof webApi.WebAPIPlatformError ? error.data.response_metadata : null
  const lines = details?.messages?.join('; ') ?? ''
  return new Error(`Slack refused the call: ${code}${lines ? ` (${lines})` : ''}`, { cause: error })
}

/** Slack itself failed; a later call may pass. */
const slackErrors = new Set(['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable'])
/** The workspace takes no call from us any more. */
const revoked = new Set([
  ...['account_inactive', 'token_revoked', 'token_expired', 'invalid_auth', 'not_authed'],
])
const denied = new Set([...revoked, 'missing_scope', 'no_permission'])
/** This person or channel cannot be written to. */
const unreachable = new Set([
  ...['channel_not_found', 'user_not_found', 'users_not_found', 'user_disabled', 'is_archived'],
  ...['not_in_channel', 'messages_tab_disabled', 'cannot_dm_bot', 'restricted_action'],
])
/** The message can never be changed again. */
const unchangeable = new Set([
  ...['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive'],
])
/** The view, message or trigger has changed or expired since the person saw it. */
const outdated = new Set([
  ...['hash_conflict', 'not_found', 'view_not_found', 'message_not_found', 'cant_update_message'],
  ...['edit_window_closed', 'is_inactive', 'push_limit_reached'],
  ...['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id', 'trigger_expired'],
])

/** Slack does not answer: the person is asked to try again in a moment. */
export function slackUnavailable(cause: unknown): ParleyError {
  return new ParleyError('unavailable', (said) => said.away('slack'), { cause })
}
