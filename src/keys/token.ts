/** What an API key looks like: `prl_`, 43 random letters and digits, and six that check them. */
import { hash, randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const shape = /^prl_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/

/** A new key: 256 random bits, so a plain hash of it is enough to store. */
export function newToken(): string {
  const body = inLetters(BigInt(`0x${randomBytes(32).toString('hex')}`), 43)
  return `prl_${body}${checkOf(body)}`
}

/** Whether it may be a key at all. What is mistyped or cut is refused without asking the database. */
export function isToken(text: string): boolean {
  const [, body = '', check] = shape.exec(text) ?? []
  return check !== undefined && checkOf(body) === check
}

export function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer')
}

function checkOf(body: string): string {
  let rest = crc32(body)
  let check = ''
  for (let at = 0; at < 6; at++) {
    check += letters[rest % letters.length]
    rest = Math.floor(rest / letters.length)
  }
  return check
}

function inLetters(number: bigint, length: number): string {
  const base = BigInt(letters.length)
  let rest = number
  return Array.from({ length }, () => {
    const at = Number(rest % base)
    rest /= base
    return letters[at]
  }).join('')
}
