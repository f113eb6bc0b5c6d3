/** An image or a sound of a record as part of a page. */
import type { MediaType } from '../../records/media.ts'
import { type Html, html } from '../page/markup.ts'
import { mediaWords } from './words.ts'

/**
 * `address` is one of mediaAddress; `title` the field's heading, which is all that is known of what an image
 * shows. The link beneath says why, where the image does not come.
 */
export function mediaFigure(given: {
  type: MediaType
  address: string
  title: string
  locale?: string | undefined
}): Html {
  const { type, address, title, locale } = given
  const said = mediaWords(locale)
  const shown =
    type === 'image'
      ? html`<img src="${address}" alt="${title}" loading="lazy" decoding="async">`
      : html`<audio src="${address}" controls preload="metadata" aria-label="${title}"></audio>`
  return html`<figure class="media">${shown}<figcaption><a href="${address}" target="_blank" rel="noopener">${said.alone}</a></figcaption></figure>`
}
