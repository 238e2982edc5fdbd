import type { AvailableManifest } from '@/server/connectors/kit/manifest';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';

const SCHEME = /^[a-z][a-z\d+.-]*:/i;

/**
 * Returns the base address (https, host and port) of the server that a user typed: a host, or the address of any page on it. Returns null if
 * it is not one.
 */
export function readServer(typed: string): string | null {
  const text = typed.trim();
  const address = SCHEME.test(text) && !/^[^/]*:\d+(\/|$)/.test(text) ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null;
  const host = url.hostname.replace(/\.$/, '');
  const isName = /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/.test(host);
  const isAddress = /^\[.+\]$|^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
  if (!isName && !isAddress) return null;
  return `https://${host}${url.port === '' ? '' : `:${url.port}`}`;
}

/**
 * Returns the server of a new sign-in, by default the platform's usual one, or null if the platform is one site. Throws `invalid` for the field `server` if a server is needed and
 * this is not the address of one.
 */
export function serverOf(manifest: AvailableManifest, typed: string | undefined): string | null {
  if (!manifest.server) return null;
  const named = typed?.trim() || manifest.server.default;
  const server = named === undefined ? null : readServer(named);
  if (server === null)
    throw refusedServer(fact('connections.errors.serverAddress', { example: manifest.server.example }));
  return server;
}

/** Returns the error for a server that users cannot sign in to, shown at its field. */
export const refusedServer = (why: ReturnType<typeof fact>): AppError =>
  new AppError('invalid', fact('errors.fields'), { fields: { server: why } });
