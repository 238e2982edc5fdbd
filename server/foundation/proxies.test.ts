import { describe, expect, it, test } from 'vitest';
import { clientAddress, parseRanges } from './proxies';

const ranges = parseRanges('127.0.0.1, ::1, 10.0.0.0/8, 198.51.100.0/24, 2001:db8:cd::/48, 203.0.113.250');

describe('the client of a request', () => {
  it.each([
    ['directly from the internet, with a forged header', '203.0.113.9', '6.6.6.6', '203.0.113.9'],
    ['directly from the internet', '::ffff:203.0.113.9', undefined, '203.0.113.9'],
    ['behind a proxy on this machine', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
    ['behind a proxy that appends to a forged header', '10.0.0.2', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['behind a trusted network and a local proxy', '::1', '203.0.113.9, 198.51.100.7', '203.0.113.9'],
    ['behind a trusted network only', '198.51.100.7', '203.0.113.9', '203.0.113.9'],
    ['behind a trusted IPv6 network', '2001:db8:cd::5', '2001:db8:1::9', '2001:db8:1::9'],
    ['behind one trusted address', '203.0.113.250', '203.0.113.9', '203.0.113.9'],
    ['from this machine', '127.0.0.1', undefined, '127.0.0.1'],
    ['from this machine, when Next calls itself', '127.0.0.1', '::1', '::1'],
    ['with a header that is not an address', '127.0.0.1', 'unknown', '127.0.0.1'],
    ['with a header that ends with a comma', '127.0.0.1', '203.0.113.9,', '127.0.0.1'],
  ])('is determined: %s', (_, remote, forwarded, expected) =>
    expect(clientAddress(remote, forwarded, ranges)).toBe(expected),
  );
  it.each(['127.0.0.1', '::1', '10.0.0.2', '192.168.1.4', '172.17.0.1', 'fe80::1', 'fd00::1', '203.0.113.9'])(
    'is the address of the socket if no proxy is configured: %s',
    (remote) => expect(clientAddress(remote, '6.6.6.6', [])).toBe(remote),
  );
  it('is unknown when the socket is gone', () => expect(clientAddress(undefined, '1.2.3.4', [])).toBe(null));
});

test('an invalid entry in a list is refused by name', () => {
  expect(() => parseRanges('10.0.0.0/8, nonsense')).toThrow('“nonsense” is neither an address');
  expect(parseRanges(' ')).toEqual([]);
});
