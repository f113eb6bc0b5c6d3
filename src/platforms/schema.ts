/** Documents and jobs that name platforms: what they may hold, by the platforms there are. */
import { z } from 'zod'
import { isPlatform, platformNames } from './registry.ts'
import type { Platform } from './traits.ts'

/** A value that names a platform. */
export const PlatformName = z.custom<Platform>(isPlatform, { error: 'There is no such platform.' })

/** An object with an optional value for each platform, and no other key. Make it in `z.lazy`. */
export function eachPlatform<Value extends z.ZodType>(value: Value) {
  const shape = Object.fromEntries(platformNames().map((name) => [name, value.optional()]))
  return z.strictObject(shape as { [P in Platform]: z.ZodOptional<Value> })
}
