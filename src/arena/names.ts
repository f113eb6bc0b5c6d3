/** Detects whether an answer reveals which model wrote it, so that a vote on it would not be blind. Pure. */
import type { Model } from '../model.ts'

/** The names models give themselves, and their makers. */
const families =
  'chatgpt|gpt-?[345o]\\w*|openai|claude|anthropic|gemini|gemma|bard|llama|mistral|mixtral|qwen|tongyi|deepseek|grok|xai|command[- ]r\\+?|cohere|phi-?\\d|yi-\\w+|chatglm|kimi|moonshot|nova (?:pro|lite|micro)|nemotron|olmo|vicuna|falcon'
const saysSo = new RegExp(
  `\\b(?:i am|i['’]m|i['’]m called|my name is|call me|known as|as an? ai (?:model|assistant) (?:made|created|developed|trained) by|(?:made|created|developed|trained|built) by|ich bin|ich heiße|mein name ist|entwickelt von|trainiert von)\\s+(?:\\w+[,]?\\s+){0,4}?(?:${families})\\b`,
  'i',
)

/** The name it gives away, or null. `servedBy` is the server's name for the model. */
export function nameIn(
  text: string,
  model: Pick<Model, 'name' | 'model'>,
  servedBy: string | null,
): string | null {
  const names = [model.model, servedBy ?? '', ...[model.model, servedBy ?? ''].map(lastPart)]
  const own = [...new Set(names)].find((name) => isTelling(name) && holds(text, name))
  return own ?? saysSo.exec(text)?.[0] ?? null
}

/** `meta-llama/Llama-3-8B` and `Llama-3-8B`; not `small`, which is a word. */
function isTelling(name: string): boolean {
  return (
    name.length > 3 && (/\d|[-_./]/.test(name) || new RegExp(`^(?:${families})$`, 'i').test(name))
  )
}

function lastPart(name: string): string {
  return name.split('/').at(-1) ?? name
}

function holds(text: string, name: string): boolean {
  const lower = text.toLowerCase()
  const wanted = name.toLowerCase()
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + 1)) {
    // "bard" is a model, "bombard" is a word.
    const around = `${lower[at - 1] ?? ' '}${lower[at + wanted.length] ?? ' '}`
    if (!/[\p{L}\p{N}]/u.test(around)) return true
  }
  return false
}
