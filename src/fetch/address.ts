/** Which addresses stand in the open internet. Everything that is not known to is refused. Pure. */
import ipaddr from 'ipaddr.js'

/**
 * False for private, loopback, link-local, shared (CGNAT), multicast, reserved and translated
 * addresses, for the metadata services of clouds, and for what is no address. An IPv4 address within
 * an IPv6 one (`::ffff:127.0.0.1`) is judged as the IPv4 address that it is.
 */
export function isPublic(address: string): boolean {
  // The library reads `::8.8.8.8` as 8.8.8.8; a socket goes elsewhere.
  const isMixed = address.includes(':') && address.includes('.')
  if (!ipaddr.isValid(address) || (isMixed && !/^::ffff:/i.test(address))) return false
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  if (parsed instanceof ipaddr.IPv4) return parsed.toString() !== azureHost
  return parsed.match(globalUnicast)
}

/** All that IANA has given out for hosts: iana.org/assignments/ipv6-address-space. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/** Azure's machines ask this for their credentials; by its number it is one of the public ones. */
const azureHost = '168.63.129.16'
