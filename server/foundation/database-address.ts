import { parse } from 'pg-connection-string';

/** Host and port of DATABASE_URL, as the drivers read it. Contains no secrets. */
export interface DatabaseAddress {
  /** Host name, IP address, or the folder of a Unix socket. */
  host: string;
  port: number;
}

const ENCODE =
  'Characters such as @ # / ? % in a name or a password have to be written as %40 %23 %2F %3F %25.';

/** Removes the whitespace and quotes that often surround a pasted address. */
export const trimAddress = (value: string): string => value.trim().replace(/^(["'])(.*)\1$/, '$2');

/**
 * Reads an address as pg does: `postgres://user:password@host:port/database`, with parameters, and with the folder of a socket as `host`.
 * Throws an Error that explains the problem without repeating any part of the address, which contains a password.
 */
export function readDatabaseAddress(url: string): DatabaseAddress {
  if (!/^postgres(ql)?:\/\//i.test(url)) throw new Error('must start with postgres:// or postgresql://');
  const [, authority = ''] = /^\w+:\/\/([^/?#]*)/.exec(url) ?? [];
  const rest = url.slice(url.indexOf('://') + 3 + authority.length);
  const [path = '', query = ''] = rest.split('?', 2);
  // Any other reading of such an address would take part of the password for a host name.
  const isAmbiguousAddress =
    url.includes('#') ||
    authority.split('@').length > 2 ||
    path.includes('@') ||
    query.split('&').some((part) => part !== '' && !/^\w+(=|$)/.test(part));
  if (isAmbiguousAddress) throw new Error(`cannot be read. ${ENCODE}`);
  if (authority.split('@').at(-1)?.includes(','))
    throw new Error(
      'names several servers, which is not supported. Name one server, or a host name that resolves to the primary.',
    );
  try {
    const { host, port } = parse(url);
    return {
      host: host || process.env.PGHOST || 'localhost',
      port: Number(port || process.env.PGPORT || 5432),
    };
  } catch (error) {
    if ((error as { syscall?: unknown }).syscall)
      throw new Error('names a certificate or key file that cannot be read.');
    throw new Error(`cannot be read. ${ENCODE}`);
  }
}

/** Formats the target for messages: host and port, or the folder of the socket. */
export const formatAddress = ({ host, port }: DatabaseAddress): string =>
  host.startsWith('/')
    ? `the socket in ${host} (port ${port})`
    : `${host.includes(':') ? `[${host}]` : host}:${port}`;
