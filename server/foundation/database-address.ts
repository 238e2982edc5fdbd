import { parse } from 'pg-connection-string';

/** Where DATABASE_URL leads, as the drivers read it. Nothing of it is secret. */
export interface DatabaseAddress {
  /** A name, a numeric address, or the folder of a Unix socket. */
  host: string;
  port: number;
}

const ENCODE =
  'Characters such as @ # / ? % in a name or a password have to be written as %40 %23 %2F %3F %25.';

/** An address as it is often handed over, without the spaces and quotes around it. */
export const tidyAddress = (value: string): string => value.trim().replace(/^(["'])(.*)\1$/, '$2');

/**
 * Reads an address as pg does: `postgres://user:password@host:port/database`, with parameters, and with a socket's folder as `host`. Throws
 * an Error whose message says what is wrong and repeats nothing of the address, which holds a password.
 */
export function readDatabaseAddress(url: string): DatabaseAddress {
  if (!/^postgres(ql)?:\/\//i.test(url)) throw new Error('must start with postgres:// or postgresql://');
  const [, authority = ''] = /^\w+:\/\/([^/?#]*)/.exec(url) ?? [];
  const rest = url.slice(url.indexOf('://') + 3 + authority.length);
  const [path = '', query = ''] = rest.split('?', 2);
  // Whatever else an address could mean with these, some part of a password would be taken for a host's name.
  const torn =
    url.includes('#') ||
    authority.split('@').length > 2 ||
    path.includes('@') ||
    query.split('&').some((part) => part !== '' && !/^\w+(=|$)/.test(part));
  if (torn) throw new Error(`cannot be read. ${ENCODE}`);
  if (authority.split('@').at(-1)?.includes(','))
    throw new Error(
      'names several servers, which is not supported. Name one, or a name that leads to the primary.',
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

/** Where it leads, for a person: host and port, or the socket's folder. */
export const shownAddress = ({ host, port }: DatabaseAddress): string =>
  host.startsWith('/')
    ? `the socket in ${host} (port ${port})`
    : `${host.includes(':') ? `[${host}]` : host}:${port}`;
