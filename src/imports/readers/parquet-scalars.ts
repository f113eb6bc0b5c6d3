/**
 * Single values of Parquet's types in JSON: numbers where JSON holds them exactly, else text in digits;
 * dates and times as ISO 8601 writes them, with as many digits as they need.
 */

/** Of a time or a timestamp. */
export type Unit = 'MILLIS' | 'MICROS' | 'NANOS'

const perSecond: { readonly [U in Unit]: bigint } = {
  MILLIS: 1000n,
  MICROS: 1_000_000n,
  NANOS: 1_000_000_000n,
}

/** A whole number of any width; bytes are big-endian and signed, as decimals are kept. */
export function wholeOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return BigInt(Math.trunc(value))
  if (!(value instanceof Uint8Array) || value.length === 0) return 0n
  const whole = BigInt(`0x${Buffer.from(value).toString('hex')}`)
  return BigInt.asIntN(value.length * 8, whole)
}

/** A number up to 2^53, which JSON and JavaScript keep; text beyond, so that no digit is lost. */
export function integerOf(value: bigint): number | string {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

/** `12345n` of scale 2 is 123.45; text where a double would be another value. */
export function decimalOf(whole: bigint, scale: number): number | string {
  if (scale <= 0) return integerOf(whole * 10n ** BigInt(-scale))
  const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  const text = `${whole < 0n ? '-' : ''}${digits.slice(0, -scale)}${fraction && `.${fraction}`}`
  return String(Number(text)) === text ? Number(text) : text
}

/** `days` since 1970. */
export function dateText(days: number): string {
  return isoText(BigInt(days) * 86_400n).slice(0, -'T00:00:00'.length)
}

/** With Z for an instant, without for a local time. */
export function timestampText(value: bigint, unit: Unit, isMoment: boolean): string {
  const [seconds, fraction] = split(value, unit)
  return `${isoText(seconds)}${fraction}${isMoment ? 'Z' : ''}`
}

/** Since midnight. */
export function timeText(value: bigint, unit: Unit): string {
  const [seconds, fraction] = split(value, unit)
  return `${isoText(seconds).slice(-'00:00:00'.length)}${fraction}`
}

/** Three little-endian numbers: months, days, milliseconds. */
export function durationText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const [months, days, millis] = [0, 4, 8].map((at) => view.getUint32(at, true))
  return `P${months}M${days}DT${(millis ?? 0) / 1000}S`
}

/** The shortest number that is this float: 0.1 and not 0.10000000149011612. */
export function shortest32(value: number): number | null {
  return shortest(value, 6, 9, Math.fround)
}

/** As it is kept: two bytes, little-endian. */
export function shortest16(bytes: Uint8Array): number | null {
  const [low, high] = bytes
  if (low === undefined || high === undefined) return null
  const exponent = (high >> 2) & 0x1f
  const fraction = ((high & 3) << 8) | low
  if (exponent === 0x1f) return null
  const size = exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25)
  const step = 2 ** (Math.max(exponent, 1) - 25)
  // Half a step to either side it is still this number; below a power of two a step is half as long.
  const below = fraction === 0 && exponent > 1 ? step / 4 : step / 2
  const isNear = (one: number) => (one < size ? size - one < below : one - size < step / 2)
  const near = shortest(size, 1, 5, (one) => (isNear(one) ? size : one))
  return near === null ? null : high >> 7 === 1 ? -near : near
}

function shortest(
  value: number,
  from: number,
  to: number,
  rounded: (value: number) => number,
): number | null {
  if (!Number.isFinite(value)) return null
  if (Number.isInteger(value)) return value
  for (let digits = from; digits < to; digits++) {
    const near = Number(value.toPrecision(digits))
    if (rounded(near) === value) return near
  }
  return Number(value.toPrecision(to))
}

function split(value: bigint, unit: Unit): [seconds: bigint, fraction: string] {
  const per = perSecond[unit]
  const rest = ((value % per) + per) % per
  if (rest === 0n) return [value / per, '']
  const digits = String(rest).padStart(String(per).length - 1, '0')
  // Thousandths, millionths or thousand-millionths: what ISO 8601 readers take.
  return [(value - rest) / per, `.${digits.replace(/(000)+$/, '')}`]
}

/** Without fraction and zone; years beyond 9999 have a sign and six digits. */
function isoText(seconds: bigint): string {
  const date = new Date(Number(seconds) * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : date.toISOString().slice(0, -5)
}
