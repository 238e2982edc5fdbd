import ipaddr from 'ipaddr.js';

type Range = ReturnType<typeof ipaddr.parseCIDR>;

/**
 * Parses a list of addresses and ranges ("203.0.113.4, 2001:db8::/32").
 * @throws Error that names the entry that is neither
 */
export function parseRanges(list: string): Range[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      if (ipaddr.isValidCIDR(entry)) return ipaddr.parseCIDR(entry);
      if (!ipaddr.isValid(entry)) throw new Error(`“${entry}” is neither an address nor a range`);
      const address = ipaddr.process(entry);
      return [address, address.kind() === 'ipv4' ? 32 : 128] as Range;
    });
}

/** Whether an address belongs to one of the configured proxies. Without configuration, none does. */
export function isProxy(address: string | undefined, ranges: readonly Range[]): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some(([net, bits]) => net.kind() === parsed.kind() && parsed.match([net, bits] as never));
}

/**
 * Returns the address of a request's client. Only entries of X-Forwarded-For that our own proxies wrote count, and each proxy appends the
 * address that called it. So the chain is followed back from the socket as long as its members are in `ranges`. Returns null if the socket
 * no longer has an address.
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
    // No proxy of ours has written an entry that is not an address.
    if (before === undefined || !ipaddr.isValid(before)) break;
    nearest = before;
  }
  return ipaddr.isValid(nearest) ? ipaddr.process(nearest).toString() : nearest;
}

/**
 * Returns the part of an address that identifies a client: an IPv4 address itself, or the /64 of an IPv6 address, which is the least that a
 * provider assigns to a customer (RFC 6177) and which the customer can use at will.
 */
export function networkOf(ip: string): string {
  const plain = ip.replace(/%.*$/, '');
  if (!ipaddr.isValid(plain)) return ip;
  const address = ipaddr.process(plain);
  if (address.kind() === 'ipv4') return address.toString();
  const network = (address as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}
