// @ts-check
/** Draws Slack's texts: plain text, mrkdwn, rich text and markdown, as nodes and never as markup. */
import { append, h } from './dom.js'

/** @typedef {import('./dom.js').Child} Child */
/** @typedef {Record<string, string>} Names who and what the ids in mentions are called */
/** @typedef {Record<string, any>} Json */

/** Slack's three entities, turned back. @param {string} value */
export function unescaped(value) {
  return value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** A text object (`plain_text` or `mrkdwn`) as nodes. @param {any} value @param {Names} names */
export function drawText(value, names) {
  if (!value || typeof value.text !== 'string') return []
  if (value.type === 'mrkdwn') return drawMrkdwn(value.text, names, value.verbatim === true)
  const text = unescaped(value.text)
  return [value.emoji === false ? text : withEmoji(text)]
}

/** The words of a text object alone, for labels. @param {any} value */
export function wordsOf(value) {
  if (!value || typeof value.text !== 'string') return ''
  const text = unescaped(value.text)
  return value.emoji === false ? text : withEmoji(text)
}

/**
 * @param {string} text @param {Names} names @param {boolean} [isVerbatim]
 * @returns {Child[]}
 */
export function drawMrkdwn(text, names, isVerbatim = false) {
  return text.split(/(```[\s\S]+?```)/).flatMap((part) => {
    if (/^```[\s\S]+```$/.test(part)) {
      return [h('pre', {}, unescaped(part.slice(3, -3).replace(/^\n|\n$/g, '')))]
    }
    return drawLines(part, names, isVerbatim)
  })
}

/** Lines that begin with ">" are quoted. @param {string} text @param {Names} names @param {boolean} isVerbatim */
function drawLines(text, names, isVerbatim) {
  /** @type {Child[]} */
  const nodes = []
  for (const run of text.split(/((?:^(?:&gt;|>)[^\n]*(?:\n|$))+)/m)) {
    if (/^(&gt;|>)/.test(run)) {
      const inner = run.replace(/\n$/, '').replace(/^(&gt;|>) ?/gm, '')
      nodes.push(h('blockquote', {}, drawInline(inner, names, isVerbatim)))
    } else nodes.push(...drawInline(run, names, isVerbatim))
  }
  return nodes
}

const inline =
  /(`[^`\n]+`)|<([^<>\n]+)>|(?<![\p{L}\p{N}])([*_~])(?=\S)((?:(?!\3)[^\n])*?\S)\3(?![\p{L}\p{N}])|(https?:\/\/[^\s<>|]+[^\s<>|.,:;!?)'"\]])/u

/** @param {string} text @param {Names} names @param {boolean} isVerbatim @returns {Child[]} */
function drawInline(text, names, isVerbatim) {
  /** @type {Child[]} */
  const nodes = []
  let rest = text
  for (;;) {
    const found = inline.exec(rest)
    if (!found) break
    const [whole, code, angle, mark, inner, url] = found
    if (found.index > 0) nodes.push(withEmoji(unescaped(rest.slice(0, found.index))))
    rest = rest.slice(found.index + whole.length)
    if (code !== undefined) nodes.push(h('code', {}, unescaped(code.slice(1, -1))))
    else if (angle !== undefined) nodes.push(drawAngle(angle, names))
    else if (mark !== undefined && inner !== undefined) {
      const tag = { '*': 'strong', _: 'em', '~': 's' }[mark] ?? 'span'
      nodes.push(h(tag, {}, drawInline(inner, names, isVerbatim)))
    } else if (url !== undefined) {
      const address = unescaped(url)
      nodes.push(isVerbatim ? address : link(address, address))
    }
  }
  if (rest !== '') nodes.push(withEmoji(unescaped(rest)))
  return nodes
}

/** What stands in angle brackets: a mention, a date or a link. @param {string} inside @param {Names} names */
function drawAngle(inside, names) {
  const [target = '', ...more] = inside.split('|')
  const label = more.join('|')
  if (/^@/.test(target)) return mention(`@${names[target.slice(1)] ?? (label || target.slice(1))}`)
  if (/^#/.test(target)) return mention(`#${label || (names[target.slice(1)] ?? target.slice(1))}`)
  const group = /^!subteam\^(\w+)/.exec(target)
  if (group) return mention(label || `@${names[group[1] ?? ''] ?? group[1]}`)
  if (/^!(channel|here|everyone)$/.test(target)) return mention(`@${target.slice(1)}`)
  if (/^!date\^/.test(target)) return drawDate(target, unescaped(label))
  if (/^(https?:|mailto:)/.test(target)) {
    return link(unescaped(target), unescaped(label || target.replace(/^mailto:/, '')))
  }
  return unescaped(`<${inside}>`)
}

/**
 * A moment as Slack draws it, in the reader's own zone; the fallback where it is none.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 * @param {string} target @param {string} fallback
 */
function drawDate(target, fallback) {
  const [, seconds = '', form = '', address] = target.split('^')
  const at = new Date(Number(seconds) * 1000)
  if (form === '' || seconds === '' || Number.isNaN(at.getTime())) return h('time', {}, fallback)
  const said = unescaped(form).replace(/\{(\w+)\}/g, (whole, name) => sayDate(name, at) ?? whole)
  const time = h('time', { datetime: at.toISOString(), title: fallback }, said)
  return address && /^https?:/.test(address) ? link(unescaped(address), time) : time
}

/** @param {string} name @param {Date} at @returns {string | null} */
function sayDate(name, at) {
  const day = (/** @type {Intl.DateTimeFormatOptions} */ form) => at.toLocaleDateString([], form)
  const [, base = '', isPretty] = /^(.*?)(_pretty)?$/.exec(name) ?? []
  const near = isPretty ? nearDay(at) : null
  if (near !== null) return near
  switch (base) {
    case 'date_num':
      return [at.getFullYear(), at.getMonth() + 1, at.getDate()]
        .map((part) => String(part).padStart(2, '0'))
        .join('-')
    case 'date':
      return day({ year: 'numeric', month: 'long', day: 'numeric' })
    case 'date_slash':
      return day({ year: 'numeric', month: '2-digit', day: '2-digit' })
    case 'date_short':
      return day({ year: 'numeric', month: 'short', day: 'numeric' })
    case 'date_long':
      return day({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' })
    case 'time':
      return at.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' })
    case 'time_secs':
      return at.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit', second: '2-digit' })
    case 'ago':
      return ago(at)
  }
  return null
}

/** @param {Date} at */
function nearDay(at) {
  const midnight = (/** @type {Date} */ one) => new Date(one).setHours(0, 0, 0, 0)
  const days = Math.round((midnight(at) - midnight(new Date())) / 86_400_000)
  return Math.abs(days) > 1
    ? null
    : new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(days, 'day')
}

/** @param {Date} at */
function ago(at) {
  const seconds = (at.getTime() - Date.now()) / 1000
  const say = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' })
  if (Math.abs(seconds) < 3600) return say.format(Math.round(seconds / 60), 'minute')
  if (Math.abs(seconds) < 86_400) return say.format(Math.round(seconds / 3600), 'hour')
  return say.format(Math.round(seconds / 86_400), 'day')
}

/** @param {string} text */
function mention(text) {
  return h('span', { class: 'mention' }, text)
}

/** Only the web and mail are linked to, in a page of their own. @param {string} address @param {Child | Child[]} label */
export function link(address, label) {
  if (!/^(https?:\/\/|mailto:)/i.test(address)) return h('span', {}, label)
  return h('a', { href: address, target: '_blank', rel: 'noopener noreferrer' }, label)
}

const emoji = {
  ...{
    smile: '😄',
    slightly_smiling_face: '🙂',
    wave: '👋',
    tada: '🎉',
    thumbsup: '👍',
    '+1': '👍',
  },
  ...{ thumbsdown: '👎', '-1': '👎', white_check_mark: '✅', heavy_check_mark: '✔️', x: '❌' },
  ...{ warning: '⚠️', heart: '❤️', eyes: '👀', rocket: '🚀', star: '⭐', hourglass: '⌛' },
  ...{ lock: '🔒', bulb: '💡', memo: '📝', bar_chart: '📊', trophy: '🏆', pray: '🙏', fire: '🔥' },
}

/** @param {string} text */
function withEmoji(text) {
  return text.replace(/:([a-z0-9_+-]+):/g, (whole, name) =>
    Object.hasOwn(emoji, name) ? emoji[/** @type {keyof typeof emoji} */ (name)] : whole,
  )
}

/** A rich_text block. @param {Json} block @param {Names} names */
export function drawRichText(block, names) {
  return h(
    'div',
    { class: 'rich' },
    (block.elements ?? []).map((/** @type {Json} */ one) => drawRichPart(one, names)),
  )
}

/** @param {Json} part @param {Names} names @returns {Child} */
function drawRichPart(part, names) {
  const inner = () =>
    (part.elements ?? []).map((/** @type {Json} */ one) => drawRichPiece(one, names))
  switch (part.type) {
    case 'rich_text_list': {
      const indent = Math.min(Number(part.indent) || 0, 6)
      return h(
        part.style === 'ordered' ? 'ol' : 'ul',
        { class: `indent${indent}`, start: part.offset ? part.offset + 1 : undefined },
        (part.elements ?? []).map((/** @type {Json} */ one) =>
          h('li', {}, drawRichPart(one, names)),
        ),
      )
    }
    case 'rich_text_quote':
      return h('blockquote', {}, inner())
    case 'rich_text_preformatted':
      return h('pre', {}, inner())
    default:
      return h('div', { class: 'rich-section' }, inner())
  }
}

/** @param {Json} piece @param {Names} names @returns {Child} */
function drawRichPiece(piece, names) {
  const { style = {} } = piece
  const node = drawBare(piece, names)
  const marks = { bold: 'strong', italic: 'em', strike: 's', code: 'code', underline: 'u' }
  return Object.entries(marks).reduce(
    (inside, [key, tag]) => (style[key] === true ? h(tag, {}, inside) : inside),
    node,
  )
}

/** @param {Json} piece @param {Names} names @returns {Child} */
function drawBare(piece, names) {
  switch (piece.type) {
    case 'link':
      return link(String(piece.url ?? ''), String(piece.text ?? piece.url ?? ''))
    case 'user':
      return mention(`@${names[piece.user_id] ?? piece.user_id}`)
    case 'channel':
      return mention(`#${names[piece.channel_id] ?? piece.channel_id}`)
    case 'usergroup':
      return mention(`@${names[piece.usergroup_id] ?? piece.usergroup_id}`)
    case 'broadcast':
      return mention(`@${piece.range}`)
    case 'emoji':
      return withEmoji(`:${piece.name}:`)
    default:
      return String(piece.text ?? piece.fallback ?? piece.value ?? '')
  }
}

/** A markdown block: headings, lists, fences and emphasis; the rest as it is. @param {string} text */
export function drawMarkdown(text) {
  const whole = h('div', { class: 'rich' })
  for (const part of text.split(/(^```[\s\S]*?^```\s*$)/m)) {
    const fence = /^```[^\n]*\n([\s\S]*?)\n?```\s*$/.exec(part)
    if (fence) append(whole, [h('pre', {}, fence[1] ?? '')])
    else if (part !== '') append(whole, part.split(/\n{2,}/).map(drawParagraph))
  }
  return whole
}

/** @param {string} text @returns {Child} */
function drawParagraph(text) {
  const heading = /^#{1,6} (.*)$/.exec(text.trim())
  if (heading) return h('p', {}, h('strong', {}, drawMarks(heading[1] ?? '')))
  if (/^>/.test(text)) return h('blockquote', {}, drawMarks(text.replace(/^> ?/gm, '')))
  return h('p', {}, drawMarks(text))
}

/** @param {string} text @returns {Child[]} */
function drawMarks(text) {
  const found = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(([^)\s]+)\)|\*([^*\n]+)\*/.exec(text)
  if (!found) return text === '' ? [] : [text]
  const [whole, code, bold, label, address, italic] = found
  const node =
    code !== undefined
      ? h('code', {}, code)
      : bold !== undefined
        ? h('strong', {}, bold)
        : label !== undefined
          ? link(address ?? '', label)
          : h('em', {}, italic ?? '')
  return [text.slice(0, found.index), node, ...drawMarks(text.slice(found.index + whole.length))]
}
