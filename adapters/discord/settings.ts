/** Settings of Parley's application at Discord. */
import type { DiscordConfig } from '../../src/config/platforms.ts'

export type DiscordSettings = DiscordConfig & { publicUrl: string }
