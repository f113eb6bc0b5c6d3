/** What a key may do. */

export const scopes = ['records:write', 'answers:read', 'exports', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** What each scope lets a program do; for help and docs. */
export const scopeMeanings: Readonly<Record<Scope, string>> = {
  'records:write': 'add records, and see which there are',
  'answers:read': 'read answers, progress and statistics',
  exports: 'run exports and download their files',
  admin: 'everything an admin may do',
}

/** Whether a key with these scopes may do what any of the `wanted` allows; none wanted: any key may. */
export function allows(held: readonly Scope[], wanted: readonly Scope[]): boolean {
  return wanted.length === 0 || held.includes('admin') || wanted.some((one) => held.includes(one))
}
