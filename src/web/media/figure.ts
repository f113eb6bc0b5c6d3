/** An image or a sound of a record as part of a page. */
import type { MediaType } from '../../records/media.ts'
import { type Html, html } from '../page/markup.ts'

/**
 * `address` is one of mediaAddress; `title` the field's heading, which is all that is known of what an image
 * shows. The link beneath says why, where the image does not come.
 */
export function mediaFigure(given: {
  type: MediaType
  address: string
  title: string
  /** The words of the link beneath. */
  alone: string
}): Html {
  const { type, address, title, alone } = given
  const shown =
    type === 'image'
      ? html`<img src="${address}" alt="${title}" loading="lazy" decoding="async">`
      : html`<audio src="${address}" controls preload="metadata" aria-label="${title}"></audio>`
  return html`<figure class="media">${shown}<figcaption><a href="${address}" target="_blank" rel="noopener">${alone}</a></figcaption></figure>`
}
