/** What the pages about people share: a person with their picture, times, shares with their range. */
import { wilson } from '../../quality/measures/wilson.ts'
import { type Content, type Html, html } from '../page/markup.ts'
import type { PeopleWords } from './words.ts'

export type Shown = { id: string; name: string | null; hasPicture: boolean }

/** The picture beside the name, which leads to the person's page. */
export function nameCell(one: Shown, said: PeopleWords): Html {
  return html`<span class="person">${portrait(one)}<a href="/admin/people/${one.id}">${one.name ?? said.nameless(one.id)}</a></span>`
}

/** Decoration beside a name: screen readers pass it over. */
export function portrait({ id, name, hasPicture }: Shown): Html {
  if (hasPicture)
    return html`<img class="portrait" src="/admin/people/${id}/picture" alt="" width="32" height="32" loading="lazy">`
  const initial = [...(name ?? '')].find((letter) => /[\p{L}\p{N}]/u.test(letter)) ?? '#'
  return html`<span class="portrait" aria-hidden="true">${initial.toUpperCase()}</span>`
}

/** `48 s`, `2.5 min`; a dash without any. */
export function sayDuration(seconds: number | null, locale: string | undefined): string {
  if (seconds === null) return '–'
  const tongue = /^de/i.test(locale ?? '') ? 'de-DE' : 'en-US'
  const say = (value: number, digits: number) =>
    value.toLocaleString(tongue, { maximumFractionDigits: digits })
  return seconds < 100 ? `${say(seconds, seconds < 10 ? 1 : 0)} s` : `${say(seconds / 60, 1)} min`
}

export function sayShare(share: number): string {
  return `${Math.round(share * 100)} %`
}

/** A share with its 95% range and of how many; a dash where nothing was counted. */
export function rangeOf(
  found:
    | { value: number | null; count?: number; of?: number; low?: number; high?: number }
    | undefined,
): Content {
  if (!found || found.value === null || found.of === undefined || found.count === undefined)
    return '–'
  const interval = wilson(found.count, found.of).value
  const low = found.low ?? interval?.low ?? 0
  const high = found.high ?? interval?.high ?? 1
  return html`${sayShare(found.value)} <small>${sayShare(low)}–${sayShare(high)}, n = ${found.of}</small>`
}
