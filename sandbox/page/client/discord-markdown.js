// @ts-check
/** Discord's markdown as elements. Every text becomes text nodes: nothing in it is markup to us. */
import { h } from './dom.js'

/** @typedef {Record<string, string>} Names */

/** @param {string} source @param {Names} names @returns {Node[]} */
export function drawMarkdown(source, names) {
  /** @type {Node[]} */
  const drawn = []
  const parts = source.split(/(```(?:[\w+-]*\n)?[\s\S]*?```)/g)
  for (const [i, part] of parts.entries()) {
    const fence = i % 2 === 1 ? part.match(/^```(?:[\w+-]*\n)?([\s\S]*?)```$/) : null
    if (fence) {
      drawn.push(h('pre', {}, h('code', {}, (fence[1] ?? '').replace(/\n$/, ''))))
      continue
    }
    const between = part.replace(i > 0 ? /^\n/ : /^$/, '').replace(/\n$/, '')
    if (between !== '') drawn.push(...drawLines(between, names))
  }
  return drawn
}

/** @param {string} part @param {Names} names @returns {Node[]} */
function drawLines(part, names) {
  return part.split('\n').map((line) => {
    const heading = line.match(/^(#{1,3}) +(.+)$/)
    if (heading) {
      const level = (heading[1] ?? '#').length + 1
      return h(`h${level}`, {}, drawInline(heading[2] ?? '', names))
    }
    const small = line.match(/^-# +(.+)$/)
    if (small) return h('small', {}, drawInline(small[1] ?? '', names))
    const quote = line.match(/^> (.*)$/)
    if (quote) return h('blockquote', {}, drawInline(quote[1] ?? '', names))
    const item = line.match(/^( *)([-*]|\d+\.) +(.+)$/)
    if (item) {
      const [, indent = '', mark = '', words = ''] = item
      const isBullet = mark === '-' || mark === '*'
      const depth = Math.min(Math.floor(indent.length / 2), 4)
      const looks = `${isBullet ? 'item' : ''} deep${depth}`
      return h('p', { class: looks }, drawInline(isBullet ? words : `${mark} ${words}`, names))
    }
    return h('p', {}, line === '' ? '\u00a0' : drawInline(line, names))
  })
}

/** @type {[RegExp, (found: string[], names: Names) => Node][]} */
const marks = [
  [/^\\([^A-Za-z0-9\s])/, ([, one = '']) => document.createTextNode(one)],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, ([, , code = '']) => h('code', {}, code)],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, ([, one = ''], names) => h('strong', {}, drawInline(one, names))],
  [/^__([\s\S]+?)__(?!_)/, ([, one = ''], names) => h('u', {}, drawInline(one, names))],
  [/^\*(?!\s)((?:\\.|[^*\\])+?)\*/, ([, one = ''], names) => h('em', {}, drawInline(one, names))],
  [/^_((?:\\.|[^_\\])+?)_(?!\w)/, ([, one = ''], names) => h('em', {}, drawInline(one, names))],
  [/^~~([\s\S]+?)~~/, ([, one = ''], names) => h('s', {}, drawInline(one, names))],
  [/^\|\|([\s\S]+?)\|\|/, ([, one = ''], names) => spoiler(drawInline(one, names))],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, ([, at = '', style]) => moment(Number(at), style)],
  [/^<@[&!]?(\d+)>/, ([, id = ''], names) => mention(`@${names[id] ?? 'unknown-user'}`)],
  [/^<#(\d+)>/, ([, id = ''], names) => mention(`#${names[id] ?? 'unknown'}`)],
  [/^<(\/[^:>]+):\d+>/, ([, command = '']) => mention(command)],
  [/^<a?(:\w+:)\d+>/, ([, emoji = '']) => document.createTextNode(emoji)],
  [
    /^\[([^\]]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/,
    ([, label = '', to = ''], names) => link(to, drawInline(label, names)),
  ],
  [/^<(https?:\/\/[^\s>]+)>/, ([, to = '']) => link(to, [to])],
  [/^(https?:\/\/[^\s<]+[^\s<.,:;"')\]])/, ([, to = '']) => link(to, [to])],
]

/** @param {string} source @param {Names} names @returns {Node[]} */
function drawInline(source, names) {
  /** @type {Node[]} */
  const drawn = []
  let plain = ''
  for (let rest = source; rest !== ''; ) {
    const before = plain.at(-1) ?? ''
    const found = marks
      .map(([pattern, draw]) => ({ hit: rest.match(pattern), draw }))
      .find(({ hit }) => hit && !(hit[0].startsWith('_') && /\w/.test(before)))
    if (!found?.hit) {
      plain += rest[0]
      rest = rest.slice(1)
      continue
    }
    if (plain !== '') drawn.push(document.createTextNode(plain))
    plain = ''
    drawn.push(found.draw([...found.hit], names))
    rest = rest.slice(found.hit[0].length)
  }
  if (plain !== '') drawn.push(document.createTextNode(plain))
  return drawn
}

/** @param {Node[]} inside */
function spoiler(inside) {
  const hidden = h('span', { 'aria-hidden': 'true' }, inside)
  const button = h(
    'button',
    {
      type: 'button',
      class: 'spoiler',
      'aria-label': 'Spoiler: press to read',
      'aria-expanded': 'false',
      click: () => {
        button.classList.add('is-open')
        button.setAttribute('aria-expanded', 'true')
        button.removeAttribute('aria-label')
        hidden.removeAttribute('aria-hidden')
      },
    },
    hidden,
  )
  return button
}

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const styles = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
}

/** A time in the viewer's zone. @param {number} seconds @param {string} [style] */
function moment(seconds, style = 'f') {
  const at = new Date(seconds * 1000)
  if (Number.isNaN(at.getTime())) return document.createTextNode(`<t:${seconds}>`)
  const whole = at.toLocaleString([], styles['F'])
  const shown = style === 'R' ? fromNow(at) : at.toLocaleString([], styles[style] ?? styles['f'])
  return h('time', { datetime: at.toISOString(), title: whole, class: 'moment' }, shown)
}

/** @param {Date} at */
function fromNow(at) {
  const minutes = Math.round((at.getTime() - Date.now()) / 60_000)
  const relative = new Intl.RelativeTimeFormat([], { numeric: 'auto' })
  if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute')
  if (Math.abs(minutes) < 2880) return relative.format(Math.round(minutes / 60), 'hour')
  return relative.format(Math.round(minutes / 1440), 'day')
}

/** @param {string} text */
function mention(text) {
  return h('span', { class: 'mention' }, text)
}

/** @param {string} to @param {(Node | string)[]} label */
function link(to, label) {
  return h('a', { href: to, target: '_blank', rel: 'noreferrer noopener' }, label)
}
