/**
 * What a platform tells of itself, as one row: how its people, groups and places are written and read,
 * and the habits of those who use it. The rooms ask the row; none of them asks which platform it is.
 */

/** One member per platform; a platform from outside of src adds its own by `declare module`. */
export interface PlatformNames {
  slack: true
  discord: true
}

/** The name that keys, documents and the database use. */
export type Platform = keyof PlatformNames

/** A time of day on somebody's wall. */
type WallTime = { hour: number; minute: number }

export type PlatformTraits = {
  name: Platform
  /** How people call it. */
  label: string
  person: {
    /**
     * Whether an id means somebody in one workspace only: a person is `slack:T1:U1` then, and everything
     * of theirs is in that workspace. Else they are `discord:U1` wherever they are, and where a gesture
     * was made, if anywhere, is passed along.
     */
    isOfWorkspace: boolean
    isId(text: string): boolean
    /** Takes a mention apart that stands in place of an id; anything else as it is. */
    bare(text: string): string
    /** How a person is written by hand, with an example of it and one of an id alone. */
    form: string
    example: string
    exampleId: string
    /** When the account was made, where its id tells. */
    madeAt?(userId: string): Date | null
  }
  /** A workspace or server: what a tenant is there. */
  place: {
    /** Where an id may be a person's just as well, only `everyone of …` is read as a place. */
    isId(text: string): boolean
    /** What PARLEY_INSTALL_ALLOW takes, with how it is written there and an example id. */
    mayBeAllowed: RegExp
    /**
     * The same entries of an access list as `isId`, `person` and `group.read` tell apart, for Postgres: the
     * first expression that matches one captures the place it names.
     */
    patterns: readonly string[]
    form: string
    exampleId: string
  }
  group: {
    /** What an access list may name, as the text of an error says it. */
    kinds: string
    /** The channel or group that an entry of an access list names by its id, or null. */
    read(text: string): NamedGroup | null
    /** Whether a text names one by its name only (`#ml`, `@evals`). */
    isName(text: string): boolean
    /** How both are written by name, for the text of an error. */
    examples: string
    /** How both are written by id where nobody can look a name up, if an id alone will do. */
    byId?: string
  }
  reminders: {
    /** When nobody is written to who named no hours of their own. */
    quiet: { from: WallTime; until: WallTime }
    /** Only who asks for reminders gets any. */
    isOptIn: boolean
  }
  commands: {
    /** What is typed in place of a bare `/parley`, where the platform offers no bare command. */
    short: string | null
    /** How a command of two words is written: `export cancel` or `export-cancel`. */
    join: ' ' | '-'
    /**
     * How arguments are written: as words in their places, with `name=value` after them, or as options
     * that the platform lays out by name.
     */
    notation: 'words' | 'options'
    /** Whether a command takes a file along; else there is a form for it. */
    takesFile: boolean
    /** Whether Parley has a page of its own there; else a command shows it. */
    hasHomePage: boolean
  }
  feedback: {
    /** Whether Parley hears of reactions to messages of other apps there. */
    takesReactions: boolean
  }
  /** What to look at when it refuses our credentials. */
  credentials: string
}

/** `workspace` and `guild` are named with the group where its platform writes them. */
export type NamedGroup = {
  workspace: string | null
  guild: string | null
  id: string
  /** What the platform is asked about. */
  text: string
}
