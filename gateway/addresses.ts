/**
 * Which addresses the gateway may connect to: those of the internet. Never this machine, its network, or what stands for
 * either (IANA, special-purpose address registries, RFC 6890 and after).
 */
import { BlockList, isIP } from 'node:net';

const NOT_PUBLIC_V4 = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  // Shared by a provider's customers (CGNAT).
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local: where clouds keep the secrets of a machine, too.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, reserved, broadcast.
  ['224.0.0.0', 3],
] as const) {
  NOT_PUBLIC_V4.addSubnet(network, prefix, 'ipv4');
}

/** `address` as `dns.lookup` gives it, or as it stands in a URL, without brackets. False for what is no address. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !NOT_PUBLIC_V4.check(address, 'ipv4');
    case 6:
      return isPublicV6(groupsOf(address));
    default:
      return false;
  }
}

function isPublicV6(groups: readonly number[]): boolean {
  const [a = 0, b = 0] = groups;
  const start = groups.slice(0, 6).join(' ');
  // Mapped (::ffff:0:0/96) and translated (NAT64, 64:ff9b::/96, RFC 6052): it is the IPv4 address that is reached.
  if (start === '0 0 0 0 0 65535' || start === '100 65435 0 0 0 0') return isPublic(embeddedV4(groups));
  // Global unicast; all else is loopback, unique local, link-local, multicast, or nobody's.
  if (a >> 13 !== 1) return false;
  // Protocol assignments (Teredo among them), documentation, and 6to4, which wraps any IPv4 address.
  if (a === 0x2001 && (b < 0x200 || b === 0xdb8)) return false;
  return a !== 0x2002 && !(a === 0x3fff && b < 0x1000);
}

function embeddedV4(groups: readonly number[]): string {
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The eight groups of an IPv6 address, whichever way it is written. */
function groupsOf(address: string): number[] {
  // Without a zone. The URL parser writes all forms in one, without dots (URL Standard, "IPv6 serializer").
  const text = new URL(`http://[${address.replace(/%.*$/, '')}]/`).hostname.slice(1, -1);
  const [head = '', tail] = text.split('::');
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  if (tail === undefined) return numbers(head);
  const [first, last] = [numbers(head), numbers(tail)];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}
