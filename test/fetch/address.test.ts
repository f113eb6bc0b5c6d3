/** Only what stands in the open internet is asked; each private corner of it is known. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isPublic } from '../../src/fetch/address.ts'

/** iana.org/assignments/iana-ipv4-special-registry, and multicast: first address and length. */
const closed4: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

describe('refused', () => {
  test('any address of a private or reserved network, also within an IPv6 one', () => {
    fc.assert(
      fc.property(fc.constantFrom(...closed4), fc.nat(0xffff_ffff), ([first, length], inside) => {
        const address = fourOf(numberOf(first) + (inside % 2 ** (32 - length)))
        expect(isPublic(address)).toBe(false)
        expect(isPublic(`::ffff:${address}`)).toBe(false)
        expect(isPublic(`::${address}`)).toBe(false)
        expect(isPublic(`64:ff9b::${address}`)).toBe(false)
        expect(isPublic(`2002:${hexOf(address)}::1`)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  test('any IPv6 address outside of what was given out for hosts', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const isMapped = /(^|:)ffff:/i.test(address)
        if (!isMapped && !/^[23][\da-f]{3}:/i.test(address)) expect(isPublic(address)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['the metadata service of most clouds', '169.254.169.254'],
    ['that of Amazon over IPv6', 'fd00:ec2::254'],
    ['that of Alibaba', '100.100.100.200'],
    ['that of Azure, whose number is a public one', '168.63.129.16'],
    ['that of Azure within an IPv6 address', '::ffff:168.63.129.16'],
    ['a link-local address with its zone', 'fe80::1%eth0'],
    ['what is no address', 'localhost'],
    ['nothing', ''],
  ])('%s', (_, address) => {
    expect(isPublic(address)).toBe(false)
  })
})

describe('happy', () => {
  test('any other IPv4 address is public, also within an IPv6 one', () => {
    const few = [
      ...closed4,
      ...[['192.88.99.0', 24] as const, ['192.175.48.0', 24] as const],
      ...[['192.31.196.0', 24] as const, ['192.52.193.0', 24] as const],
      ...[['168.63.129.16', 32] as const],
    ]
    fc.assert(
      fc.property(fc.nat(0xffff_ffff), (number) => {
        const isClosed = few.some(
          ([first, length]) =>
            number >= numberOf(first) && number < numberOf(first) + 2 ** (32 - length),
        )
        expect(isPublic(fourOf(number))).toBe(!isClosed)
        expect(isPublic(`::ffff:${fourOf(number)}`)).toBe(!isClosed)
      }),
      { numRuns: 2000 },
    )
  })

  test.each(['2606:4700:4700::1111', '2a00:1450:4001:80f::200e'])('%s', (address) => {
    expect(isPublic(address)).toBe(true)
  })
})

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function fourOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(number / 2 ** bits) % 256).join('.')
}

function hexOf(address: string): string {
  const hex = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'))
  return `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`
}
