/** How Slack's SDK is set up: nothing is sent twice, and what it says goes into our log. */
import { type Logger, LogLevel, type webApi } from '@slack/bolt'
import type { Inside } from '../../../src/chat/port/port.ts'

/** The client's options, each with its reason. */
export function clientOptions(apiUrl: string, log: Inside['log']): webApi.WebClientOptions {
  return {
    logger: sdkLogger(log),
    slackApiUrl: apiUrl,
    // The SDK's retries would post a message twice if the connection drops after Slack took it.
    retryConfig: { retries: 0 },
    // Its handling of a 429 would stop every other call of the client.
    rejectRateLimitedCalls: true,
    timeout: 10_000,
    // Looked up at each call, because tests and tracing replace the global one later.
    fetch: (url, init) => globalThis.fetch(url, init),
  }
}

/** Passes the SDKs' warnings and errors on to our log; anything below is noise. */
export function sdkLogger(log: Inside['log']): Logger {
  const line = (parts: unknown[]) => parts.map(String).join(' ')
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn({ event: 'slack.sdk_warning', from: 'slack-sdk' }, line(parts)),
    error: (...parts) => log.error({ event: 'slack.sdk_error', from: 'slack-sdk' }, line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  }
}
