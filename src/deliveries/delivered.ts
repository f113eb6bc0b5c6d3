/** The address of a message as a row keeps it, for those who repaint one they sent themselves. */
import { z } from 'zod'
import type { Delivered } from '../outbox.ts'
import { PlatformName } from '../platforms/schema.ts'

export const StoredMessage: z.ZodType<Delivered> = z.object({
  platform: PlatformName,
  workspace: z.string(),
  channel: z.string(),
  message: z.string(),
  locale: z.string().optional(),
})
