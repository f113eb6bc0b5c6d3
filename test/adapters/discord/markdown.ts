/**
 * Discord's Markdown as its clients read it, just enough to tell what in a text is live: written from
 * its published rules, apart from what we escape by.
 */

/**
 * What a client would act on, were this shown: empty for text that stands as it is. `strike` takes out
 * what is meant to be live, of a text that holds no code any more.
 */
export function liveMarkup(drawn: string, strike = (bare: string) => bare): string[] {
  const bare = strike(withoutEscapesAndCode(drawn))
  return rules.flatMap(([name, rule]) => (rule.test(bare) ? [name] : []))
}

/** The text with everything that is literal replaced by a sign that means nothing. */
export function withoutEscapesAndCode(drawn: string): string {
  let bare = ''
  for (let at = 0; at < drawn.length; ) {
    const found = startsAt(literal, drawn, at) ?? startsAt(code, drawn, at)
    bare += found === null ? drawn[at] : '\uE000'
    at += found?.length ?? 1
  }
  return bare
}

/**
 * What could reach somebody or pretend to be of Discord's making, in a text whose emphasis, lists and
 * links are meant: links stand in `<…>`, which shows no preview.
 */
export function harmIn(drawn: string): string[] {
  const bare = withoutEscapesAndCode(drawn)
    .replace(/(`+)[^`\n]+?\1/g, '\uE000')
    .replace(/\[[^[\]\n]*\]\(<https?:\/\/[^\s<>]+>\)/g, '\uE000')
    .replace(/<https?:\/\/[^\s<>]+>/g, '\uE000')
  return rules.flatMap(([name, rule]) => (harms.has(name) && rule.test(bare) ? [name] : []))
}

const harms = new Set([
  ...['spoiler', 'mention, time, command or emoji', 'everyone', 'link', 'address'],
  ...['angled address', 'emoji', 'heading', 'small print'],
])

const literal = /\\[^0-9A-Za-z\s]/y
const code = /```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```/iy

function startsAt(rule: RegExp, text: string, at: number): string | null {
  rule.lastIndex = at
  return rule.exec(text)?.[0] ?? null
}

const rules: [string, RegExp][] = [
  ['emphasis', /\*|_/],
  ['code', /`/],
  ['strike', /~~/],
  ['spoiler', /\|\|/],
  ['mention, time, command or emoji', /<(@|#|t:|a?:|\/|id:)/],
  ['everyone', /@(everyone|here)/],
  ['link', /\[[^\]]*\]\(/],
  ['address', /https?:\/\//],
  ['angled address', /<[^\s>]+>/],
  ['emoji', /:\w+:/],
  ['heading', /^\s*#{1,3}\s/m],
  ['small print', /^\s*-#\s/m],
  ['quote', /^\s*>/m],
  ['list', /^\s*([-+*]|\d+[.)])\s/m],
]
