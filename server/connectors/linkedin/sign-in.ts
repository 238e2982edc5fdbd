import { fact } from '@/server/foundation/facts';
import type { ConnectorIo, RemoteIdentity } from '../kit/connector';
import { allOf } from '../kit/paging';
import { isConnectorFault } from '../kit/types';
import { FORBIDDEN } from './faults';
import { readAll } from './lists';
import { linkedinManifest } from './manifest';
import { isOrganization, organizationsPath } from './transform';
import { findRoles, getUserinfo, organizations } from './wire';

const platform = linkedinManifest.name;
/** Roles with which people publish as a page. */
const PUBLISHING = new Set(['ADMINISTRATOR', 'CONTENT_ADMIN', 'CONTENT_ADMINISTRATOR']);

/** Returns the person, and the pages for which they may publish. All of them share the person's token. */
export async function identify(io: ConnectorIo): Promise<RemoteIdentity[]> {
  const { sub, name } = await getUserinfo(io);
  const person = {
    remoteId: `urn:li:person:${sub}`,
    name: name ?? platform,
    url: null,
    remote: {},
    isPerson: true as const,
  };
  return [person, ...(await administered(io))];
}

export async function check(io: ConnectorIo): Promise<{ name: string }> {
  const { remoteId } = io.account;
  if (!isOrganization(remoteId)) return { name: (await getUserinfo(io)).name ?? platform };
  const [page] = await namesOf(io, [remoteId]);
  return { name: page?.name ?? platform };
}

/** Returns no pages without the permission to see them. */
async function administered(io: ConnectorIo): Promise<RemoteIdentity[]> {
  try {
    const read = await readAll((part) =>
      findRoles(io, { query: { q: 'roleAssignee', state: 'APPROVED', ...part } }),
    );
    const roles = allOf(read, fact('connectors.errors.listCutOff', { platform }));
    const urns = roles
      .filter(({ role: held, state = 'APPROVED' }) => PUBLISHING.has(held) && state === 'APPROVED')
      .map(({ organization }) => organization)
      .filter((urn) => /^urn:li:organization:\d+$/.test(urn));
    return await namesOf(io, [...new Set(urns)]);
  } catch (error) {
    if (isConnectorFault(error) && error.options.vendorCode === FORBIDDEN) return [];
    throw error;
  }
}

async function namesOf(io: ConnectorIo, urns: readonly string[]): Promise<RemoteIdentity[]> {
  if (urns.length === 0) return [];
  const ids = urns.map((urn) => urn.slice(urn.lastIndexOf(':') + 1));
  const { body } = await io.request(
    { operation: 'organizationsLookup', method: 'GET', path: organizationsPath(ids), effect: 'read' },
    organizations,
  );
  return urns.map((remoteId, i) => {
    const { localizedName, vanityName } = body.results[ids[i] ?? ''] ?? {};
    return {
      remoteId,
      name: localizedName ?? remoteId,
      url: `${io.web}/company/${encodeURIComponent(vanityName ?? ids[i] ?? '')}`,
      remote: {},
    };
  });
}
