import { internalUrl } from '@/server/connectors/host/clients';
import type { WireRequest } from '@/server/connectors/host/transport';
import type { Manifest } from './define';

/** Returns the credential that a request carries, as it is sent, or null. */
export function credentialOf(
  wire: WireRequest,
  { api, credential }: Pick<Manifest, 'api' | 'credential'>,
): string | null {
  const header = (wanted: string) =>
    Object.entries(wire.headers).find(([name]) => name.toLowerCase() === wanted.toLowerCase())?.[1] ?? null;
  if (typeof credential === 'object') return header(credential.header);
  if (credential !== 'in_address') return header('authorization')?.replace(/^\w+ /, '') ?? null;
  const [before = '', after = ''] = internalUrl(api, 'sandbox').split('{token}');
  if (!wire.url.startsWith(before)) return null;
  const rest = wire.url.slice(before.length);
  return rest.slice(0, after === '' ? rest.search(/[/?]|$/) : rest.indexOf(after));
}
