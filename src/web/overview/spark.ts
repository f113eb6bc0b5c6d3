/** Answers of fourteen days as small bars in a table cell; the numbers stand beside it and in the text. */
import { type Html, html } from '../page/markup.ts'

const [width, height, gap] = [84, 22, 2]

/** @param counts The newest first. @param label What is read aloud. */
export function spark(counts: readonly number[], label: string): Html {
  const most = Math.max(1, ...counts)
  const step = width / counts.length
  return html`<svg class="spark" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${counts
    .toReversed()
    .map((count, at) => {
      const tall = count === 0 ? 1 : Math.max(2, Math.round((count / most) * height))
      const x = (at * step).toFixed(1)
      return html`<rect${count === 0 ? html` class="spark-base"` : ''} x="${x}" y="${height - tall}" width="${(step - gap).toFixed(1)}" height="${tall}"/>`
    })}</svg>`
}
