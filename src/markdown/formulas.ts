/**
 * LaTeX in a text: it is put aside before Markdown is read, because `\(`, `_` and `*` mean something
 * else there, and shown as code. Pure.
 */

/** The text with a mark in place of each formula, and how to get them back. */
export type Aside = { text: string; formulas: readonly string[] }

const [open, close] = ['\ue000', '\ue001']
export const formulaMark = /\ue000(\d+)\ue001/g

/**
 * `$$…$$` and `\[…\]` over lines without a blank one; `\(…\)` and `$…$` within a line. None holds an opening of
 * its own kind, so that openings without an end are not each read to the end of the text; `\\[4pt]` is none.
 */
const found =
  /\$\$(?!\$)((?:(?!\$\$|\n[ \t]*(?:\n|>))[^`])+?)\$\$|(?<!\\)\\\[((?:(?!\\\]|(?<!\\)\\\[|\n[ \t]*(?:\n|>))[^`])+?)\\\]|(?<!\\)\\\(((?:(?!\\\)|(?<!\\)\\\()[^`\n])+?)\\\)|(?<![\\$\p{L}\p{N}])\$(?![\s$])((?:\\.|[^$`\n\\])+?)(?<!\s)\$(?![\p{L}\p{N}{$])/gu

export function putAside(text: string): Aside {
  if (!/[$\\]/.test(text) || text.includes(open) || text.includes(close))
    return { text, formulas: [] }
  const formulas: string[] = []
  const marked = text.replace(found, (whole, ...parts) => {
    const single = parts[3] as string | undefined
    // "$5 or 6$" is money.
    if (single !== undefined && !/[\\^_={}<>+]|^[A-Za-z]$/.test(single)) return whole
    formulas.push(whole)
    return `${open}${formulas.length - 1}${close}`
  })
  return { text: marked, formulas }
}

/** Text as it was written, formulas included. */
export function putBack(text: string, formulas: readonly string[]): string {
  if (formulas.length === 0) return text
  return text.replace(formulaMark, (whole, at) => formulas[Number(at)] ?? whole)
}

/** Text in turns: what is no formula, and what is. */
export function formulasIn(
  text: string,
  formulas: readonly string[],
): { text: string; isFormula: boolean }[] {
  if (formulas.length === 0) return [{ text, isFormula: false }]
  return text.split(formulaMark).flatMap((part, i) => {
    const isFormula = i % 2 === 1
    const shown = isFormula ? (formulas[Number(part)] ?? '') : part
    return shown === '' ? [] : [{ text: shown, isFormula }]
  })
}
