/**
 * What a chat command is: one object a file, from which everything else follows. How it is typed or
 * offered on each platform, what is suggested while it is typed, the help and the documentation.
 */
import type { z } from 'zod'
import type { Parley } from '../../parley.ts'
import type { PlatformTraits } from '../../platforms/traits.ts'
import type { Interaction, Person, Rank, Reply } from '../port/port.ts'
import type { Words } from '../words/english.ts'

/** The same in each language there is. */
export type Both = { en: string; de: string }

/** A gesture, before it is known who makes it. */
type Gesture = Interaction extends infer One
  ? One extends Interaction
    ? Omit<One, 'by'>
    : never
  : never

type Description = {
  /** Labelers' commands begin with `/parley`, admins' with `/parley-admin` and are refused to others. */
  rank: Rank
  /** How it is typed: `export`, or two words (`export cancel`), which some platforms join by a hyphen. */
  name: string
  /** Its name for people who read German, where the platform translates names. */
  german: string
  /** What it does, in a few words: 100 characters at most, since Discord takes no more. */
  about: Both
  /** What is meant where nothing stands after `/parley` or `/parley-admin`. */
  isDefault?: true
  /** Has a short form of its own where the platform offers one (`commands.short`). */
  short?: { german: string }
  /** Only where this holds; everywhere if it is left out. */
  isOn?: (traits: PlatformTraits['commands']) => boolean
  /** Where it is not: its line in the help, if it has one, and what is answered to people who type it. */
  instead?: { help?: Both; answer: Both }
  /** Options beyond those named here go along (`seed=1`); what it leads to refuses what it does not know. */
  isOpen?: true
  /** Named in the hint that a platform shows beside the bare root, where it shows one. */
  isHinted?: true
  /** Left out of the help: people who read its list have just typed it. */
  isUnlisted?: true
}

/** What was typed, by name; what was left out is missing. */
type Given<Shape extends Arguments> = Exact<z.output<z.ZodObject<Shape>>>
type Exact<Of> = {
  [Key in keyof Of as undefined extends Of[Key] ? never : Key]: Of[Key]
} & { [Key in keyof Of as undefined extends Of[Key] ? Key : never]?: Exclude<Of[Key], undefined> }

export type Arguments = Readonly<Record<string, z.ZodType>>

type Doing<Shape extends Arguments> =
  /** What a button does as well. `others` are the options of a command that is open. */
  | { gesture: (given: Given<Shape>, others: Record<string, string>) => Gesture }
  /** What only this command does: it may use every room below chat. Its rank is checked before. */
  | {
      run: (
        parley: Parley,
        around: { by: Person; said: Words },
        given: Given<Shape>,
      ) => Promise<Reply>
    }

export type Command = Description & {
  arguments: Arguments
  interaction: (by: Person, given: object, others: Record<string, string>) => Interaction
}

export function defineCommand<const Shape extends Arguments>(
  command: Description & { arguments: Shape } & Doing<Shape>,
): Command {
  return {
    ...command,
    interaction: (by, read, others) => {
      // Read by these very arguments, see read-command.ts.
      const given = read as Given<Shape>
      if ('gesture' in command) return { by, ...command.gesture(given, others) } as Interaction
      const { rank, run } = command
      return { by, type: 'command', rank, run: (parley, said) => run(parley, { by, said }, given) }
    },
  }
}

/** What the commands of a rank begin with, and what they are for. */
export const roots: { [R in Rank]: { name: string; about: Both } } = {
  labeler: {
    name: 'parley',
    about: {
      en: 'Your tasks, your progress, your answers',
      de: 'Deine Aufgaben, dein Fortschritt, deine Antworten',
    },
  },
  admin: {
    name: 'parley-admin',
    about: {
      en: 'Progress, exports, imports and publishing, for admins',
      de: 'Fortschritt, Exporte, Importe und Freigabe, für Admins',
    },
  },
}
