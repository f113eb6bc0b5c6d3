/** What is said of images and sounds, in English and in German. */
export type Refusal =
  | 'too_large'
  | 'too_many_pixels'
  | 'svg'
  | 'other_kind'
  | 'damaged'
  | 'private'
  | 'not_https'
  | 'unreachable'
  | 'gone'

const english = {
  alone: 'Open it by itself',
  refused: {
    too_large:
      'This file is larger than Parley shows: images up to 20 MB, recordings up to 100 MB.',
    too_many_pixels: 'This image has more than 50 million pixels, which Parley does not show.',
    svg: 'SVG images can hold programs, so Parley does not show them. A PNG of it works.',
    other_kind:
      'What the link leads to is no image or recording that Parley knows: PNG, JPEG, WebP, GIF, AVIF, MP3, WAV, Ogg, FLAC, M4A.',
    damaged: 'This file is damaged and cannot be shown.',
    private: 'The link leads to a place that Parley may not fetch from.',
    not_https:
      'The link begins with http:, where anybody can listen. Parley shows what comes by https.',
    unreachable: 'The link does not answer right now. Try again in a moment.',
    gone: 'The link leads to nothing: what was there is gone, or asks for a password.',
  } satisfies Record<Refusal, string>,
}

const german: typeof english = {
  alone: 'Für sich allein öffnen',
  refused: {
    too_large:
      'Diese Datei ist größer, als Parley sie zeigt: Bilder bis 20 MB, Aufnahmen bis 100 MB.',
    too_many_pixels:
      'Dieses Bild hat mehr als 50 Millionen Bildpunkte; so große zeigt Parley nicht.',
    svg: 'SVG-Bilder können Programme enthalten, deshalb zeigt Parley sie nicht. Als PNG geht es.',
    other_kind:
      'Was unter dem Link liegt, ist kein Bild und keine Aufnahme, die Parley kennt: PNG, JPEG, WebP, GIF, AVIF, MP3, WAV, Ogg, FLAC, M4A.',
    damaged: 'Diese Datei ist beschädigt und lässt sich nicht zeigen.',
    private: 'Der Link führt an einen Ort, von dem Parley nichts holen darf.',
    not_https:
      'Der Link beginnt mit http:, wo alle mitlesen können. Parley zeigt, was über https kommt.',
    unreachable: 'Unter dem Link antwortet gerade niemand. Versuche es gleich noch einmal.',
    gone: 'Der Link führt ins Leere: Was dort lag, ist weg oder verlangt ein Passwort.',
  },
}

export function mediaWords(locale: string | undefined): typeof english {
  return locale?.startsWith('de') ? german : english
}
