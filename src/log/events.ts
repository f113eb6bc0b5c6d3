/** Every event key of the log, and what it tells; docs/operate.md is made from it. */

export const logEvents = {
  'access.group_uncounted':
    'A platform did not say how many people a group of an access list holds.',
  'ask.group_unread': 'People that ask.to names could not be found when a question was asked.',
  'commit.follow_up_failed': 'Work after a commit failed; the sweep finds what was lost.',
  'database.clock_unread':
    "The clock could not be compared with the database's; it is tried again in a minute.",
  'database.connection_lost': 'An idle connection to Postgres was lost; the pool opens another.',
  'database.functions_renewed': 'SQL functions were applied again because their text changed.',
  'database.lock_lost': 'The connection that holds a lock was lost; another process may take over.',
  'database.migrated': 'Migrations were applied.',
  'deliver.failed': 'A platform refused a message; it is given up.',
  'deliver.outcome_unstored':
    'The outcome of a message could not be stored; its lease expires and another worker decides.',
  'deliver.unknown': 'Nobody knows whether a message arrived; it is not sent again.',
  'discord.answer_failed': 'What to answer could not be found out; a fault of ours.',
  'discord.answered_before': 'An interaction was answered before.',
  'discord.client_error': 'discord.js reported an error.',
  'discord.commands_refused': 'Discord did not take the commands; the old ones stay.',
  'discord.commands_registered': 'Commands changed and were registered.',
  'discord.connected': 'The gateway is connected.',
  'discord.connections_used':
    'Almost all connections of the day are used; a process restarts again and again.',
  'discord.file_unread': 'A file given as an answer could not be downloaded.',
  'discord.gateway_ended': 'The connection to Discord ended for good; the message says why.',
  'discord.gateway_error':
    'The connection to the gateway reported an error; discord.js connects again.',
  'discord.gesture_failed': 'A gesture from the gateway met a fault of ours.',
  'discord.group_gone': 'A role or channel of an access list is gone.',
  'discord.join_unstored': 'A server that added Parley could not be stored.',
  'discord.lock_unavailable':
    'The lock for the one connection to Discord could not be asked for; retried.',
  'discord.message_gone': 'The message to change was deleted.',
  'discord.not_allowed':
    'Parley was added to a server that PARLEY_INSTALL_ALLOW does not name, and leaves it.',
  'discord.not_connected': 'Discord could not be connected to; retried.',
  'discord.not_left': 'A server that is not allowed could not be left.',
  'discord.refusal_untold': 'A server that Parley leaves could not be told why.',
  'discord.refused': 'Discord refuses to connect, for instance a wrong token or a missing intent.',
  'discord.removal_unstored': 'That Parley was removed from a server could not be stored.',
  'discord.repeated': 'Discord sent an interaction twice; the second is ignored.',
  'discord.reply_expired': 'Fifteen minutes passed before an answer was there.',
  'discord.reply_failed': 'An interaction could not be answered.',
  'discord.reply_late': 'An answer missed the three seconds that Discord allows.',
  'discord.reply_refused':
    'Discord refused what was drawn; the person was told that something broke.',
  'discord.request_failed': 'A request from Discord met a fault of ours.',
  'discord.request_refused': 'A request to /discord/interactions had no valid signature.',
  'discord.standby':
    'Another process holds the connection to Discord; this one takes over when it ends.',
  'export.requester_not_told':
    'An export ended, and the person who asked for it could not be told.',
  'feed.batch_failed': 'A batch of a feed failed and is repeated record by record.',
  'feed.record_failed': 'A record could not be copied to another dataset; it is retried.',
  'generation.follower_not_told':
    'The person or channel that follows a generation could not be told of its progress.',
  'generation.models_missing': 'New records wait for models that are not configured here.',
  'http.failed': 'An HTTP request met a fault of ours; `ref` is what the caller was shown.',
  'import.requester_not_told':
    'The person who gave a file to import could not be told of its progress.',
  'interaction.failed':
    'A gesture in chat met a fault of ours; `ref` is what the person was shown.',
  'interaction.unavailable':
    'A gesture was refused because something it needs, such as a platform, is unreachable.',
  'job.failed': 'A job failed and is given up; its row says what happens next.',
  'job.retried': 'A job failed and is retried.',
  'keys.unshared': 'What API keys used was not told to the other processes; it will be.',
  'lease.failure_unstored':
    'That leased work failed could not be stored; its lease expires instead.',
  'lease.not_renewed': 'A lease could not be renewed; if it expires, another worker takes the row.',
  'locale.unread': 'A platform did not say which language a person reads; English is used.',
  'mcp.failed':
    'A tool of the door for agents met a fault of ours; `ref` is what the agent was told.',
  'message.note_failed': 'Which task a message shows could not be stored; it may not be repainted.',
  'picture.unread': 'A picture of a person could not be fetched or read; tried again after a day.',
  'profile.unread':
    'A name and picture could not be read or stored; asked again with a later gesture.',
  'queue.not_opened': 'The queue could not be opened for a job; the sweep finds its row.',
  'queue.away': 'The queue cannot be reached. Labeling goes on; exports and reminders wait.',
  'queue.back': 'The queue can be reached again.',
  'queue.error': 'BullMQ reported an error; `timesSince` counts repetitions within a minute.',
  'reminder.profile_unread':
    'A profile could not be read, so the time zone of the reminder stays as it was.',
  'repaint.refused': 'A platform refused the new look of a message that was already sent.',
  'slack.apology_refused': 'The person could not even be told that something broke.',
  'slack.draft_lost': 'A half-filled form could not be stored.',
  'slack.form_unread': 'A submitted form could not be read back.',
  'slack.gesture_failed': 'A gesture met a fault of ours before or after its verb.',
  'slack.group_gone': 'A channel or group of an access list is gone.',
  'slack.home_unopened': 'A Home tab could not be shown when it was opened.',
  'slack.home_unpublished': 'A Home tab could not be renewed.',
  'slack.install_failed': 'Slack did not confirm an installation.',
  'slack.installed': 'Parley was installed in a workspace.',
  'slack.not_allowed':
    'Somebody installed Parley in a workspace that PARLEY_INSTALL_ALLOW does not name; refused.',
  'slack.not_connected': 'Socket Mode could not connect; retried.',
  'slack.removal_unstored': 'That Parley was removed from a workspace could not be stored.',
  'slack.reply_refused': 'Slack refused what was drawn; the person was told that something broke.',
  'slack.request_failed': 'A request from Slack met a fault of ours.',
  'slack.request_refused': 'A request to /slack/events had no valid signature.',
  'slack.scopes_unread': 'Slack did not say which scopes a workspace granted.',
  'slack.sdk_error': "An error of Slack's SDK.",
  'slack.sdk_warning': "A warning of Slack's SDK.",
  'slack.token_not_refreshed':
    'A token could not be refreshed; the old one is used until it expires.',
  'slack.token_not_revoked': 'A token that is not wanted could not be given back.',
  'stop.late': 'A part did not stop in time and was left; the process ends anyway.',
  'sweep.item_failed': 'One item of a sweep failed; the others went on.',
  'web.failed': 'A request for a page met a fault of ours; `ref` is what the person was shown.',
  'web.import_failed': 'An import from a page met a fault of ours.',
  'web.media_refused':
    'An image or a recording that a record links to cannot be shown; `reason` says why, `host` where it lies.',
  'web.session_copied':
    'A replaced token of a session was used again, as only a copy can be; the session was ended.',
  'web.sign_in_refused': 'A link or key to sign in with was refused; `reason` says why.',
  'web.card_refused':
    'A link to a task was forged, or opened by somebody else; each link is one line.',
  'webhook.batch_failed': 'A batch of events for webhooks failed and is repeated one by one.',
  'webhook.event_failed': 'An event for webhooks could not be made; it is retried in an hour.',
  'webhook.outcome_unstored':
    'The outcome of webhooks could not be stored; their lease expires and they are sent again under their ids.',
  'webhook.send_failed': 'A webhook met a fault of ours; it counts as a failed attempt.',
  'web.statistics_failed': 'The statistics of a dataset could not be read for its page.',
  'workspace.removed':
    'Parley was removed from a workspace or server; what was due there is dropped.',
} as const satisfies Record<string, string>

/** A stable key: alert rules and searches may rely on it. */
export type LogEvent = keyof typeof logEvents
