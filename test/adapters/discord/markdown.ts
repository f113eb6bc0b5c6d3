/**
 * Discord's Markdown as its clients read it, just enough to tell what in a text is live: written from
 * its published rules, apart from what we escape by.
 */

/** What a client would act on, were this shown: empty for text that stands as it is. */
export function liveMarkup(drawn: string): string[] {
  const bare = withoutEscapesAndCode(drawn)
  return rules.flatMap(([name, rule]) => (rule.test(bare) ? [name] : []))
}

/** The text with everything that is literal replaced by a sign that means nothing. */
export function withoutEscapesAndCode(drawn: string): string {
  let bare = ''
  for (let at = 0; at < drawn.length; ) {
    const rest = drawn.slice(at, at + 20_000)
    const literal = /^\\[^0-9A-Za-z\s]/.exec(rest)
    const code = /^```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```/i.exec(rest)
    const found = literal ?? code
    bare += found ? '\uE000' : drawn[at]
    at += found?.[0].length ?? 1
  }
  return bare
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
