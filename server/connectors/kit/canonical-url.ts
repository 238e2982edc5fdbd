/** Percent-encoded characters that never have to be. With and without the encoding, the address is the same (RFC 3986, 6.2.2.2). */
const UNRESERVED = /[\w.~-]/;

function canonicalEscape(code: string): string {
  const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
  return UNRESERVED.test(character) ? character : code.toUpperCase();
}

/**
 * Normalizes an address for comparison: no scheme and no default port, host in lower case and encoded, no trailing slash, and characters
 * percent-encoded only if they have to be.
 */
export function canonicalUrl(url: string): string {
  const [, scheme = 'http://', rest = ''] = /^(https?:\/\/)?(.*)$/i.exec(url.normalize('NFC')) ?? [];
  if (!URL.canParse(`${scheme}${rest}`)) return rest;
  const { host, pathname, search, hash } = new URL(`${scheme}${rest}`);
  const path = `${pathname}${search}${hash}`.replace(/%[\da-f]{2}/gi, canonicalEscape);
  return `${host}${path.replace(/\/(?=$|[?#])/, '')}`;
}
