/**
 * Words in the name of a file that `datasets` takes for a split when it is given a folder
 * (`load_dataset(folder)`, SPLIT_KEYWORDS of its data_files.py): with one such file,
 * all neighbours without such a word are silently left out.
 */
const words = /(?:^|[-._ 0-9])(validation|valid|dev|val|testing|test|evaluation|eval)(?=[-._ 0-9])/

/** The word, or null where the name holds none. */
export function splitWord(name: string): string | null {
  return words.exec(name)?.[1] ?? null
}
