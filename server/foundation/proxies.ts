import ipaddr from 'ipaddr.js';

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/**
 * Reads a list of addresses and ranges ("203.0.113.4, 2001:db8::/32").
 * @throws Error that names the entry that is neither
 */
export function parseRanges(list: string): Range[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
      if (!ipaddr.isValid(entry)) throw new Error(`“${entry}” is no address and no range`);
      const address = ipaddr.process(entry);
      return [address, address.kind() === 'ipv4' ? 32 : 128] as Range;
    });
}

/** Whether an address is one of the proxies that the settings name. Without a setting nobody is. */
export function isProxy(address: string | undefined, ranges: readonly Range[]): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some(([net, bits]) => net.kind() === parsed.kind() && parsed.match([net, bits] as never));
}

/**
 * Whose request it is: of X-Forwarded-For only what our own proxies wrote counts, and each writes whom it was asked by at the end. So the
 * chain is followed back from the socket for as long as its members are in `ranges`.
 * Null when the socket has no address any more.
 */
export function clientAddress(
  remote: string | undefined,
  forwardedFor: string | string[] | undefined,
  ranges: readonly Range[],
): string | null {
  if (!remote) return null;
  let nearest = remote;
  const chain = [forwardedFor ?? []]
    .flat()
    .flatMap((line) => line.split(','))
    .map((entry) => entry.trim());
  while (isProxy(nearest, ranges)) {
    const before = chain.pop();
    // What is no address, nobody of ours has written.
    if (before === undefined || !ipaddr.isValid(before)) break;
    nearest = before;
  }
  return ipaddr.isValid(nearest) ? ipaddr.process(nearest).toString() : nearest;
}

/**
 * Whom a network address stands for: an IPv4 address for itself, an IPv6 address for its /64, which is what one customer of a provider
 * gets at the least (RFC 6177) and can change at will.
 */
export function networkOf(ip: string): string {
  const plain = ip.replace(/%.*$/, '');
  if (!ipaddr.isValid(plain)) return ip;
  const address = ipaddr.process(plain);
  if (address.kind() === 'ipv4') return address.toString();
  const network = (address as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
