/** What a form of a task sends: names of its inputs, and what stands in each. Pure. */

/** Values by the name of their input, in the order of the form; browsers leave out what is not chosen. */
export type Entered = ReadonlyMap<string, readonly string[]>

/** What a question's inputs are drawn for and read with; outputs go by their place on the card. */
export type Form = {
  outputs: readonly string[]
  /** Texts of the fields in which something can be marked, by name. */
  texts: { readonly [field: string]: string }
}

/** The name of an input: the question by its place on the card, and which part of it. */
export function inputName(question: number, part?: string | number): string {
  return part === undefined ? `q${question}` : `q${question}.${part}`
}

/** Browsers send ends of lines as CR LF; what is typed and stored has LF. */
export function readEntered(body: Iterable<readonly [string, string]>): Entered {
  const entered = new Map<string, string[]>()
  for (const [name, value] of body) {
    const told = entered.get(name) ?? []
    told.push(value.replace(/\r\n?/g, '\n'))
    entered.set(name, told)
  }
  return entered
}

export function firstOf(entered: Entered, name: string): string | undefined {
  return entered.get(name)?.[0]
}
