import { type Ctx, json } from '../http';
import { findAccount, ownedBy } from '../shell/accounts';
import { byOffset, type Part } from '../shell/paging';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { denied, invalid } from './errors';
import { shape } from './shapes';

/** The permissions that an action needs for a person and for a page. Null: nobody has it. */
interface Permissions {
  person: string | null;
  organization: string;
}
export const WRITE: Permissions = { person: 'w_member_social', organization: 'w_organization_social' };
export const READ: Permissions = { person: null, organization: 'r_organization_social' };
export const ADMIN: Permissions = { person: null, organization: 'rw_organization_admin' };

export const urnOf = ({ kind, id }: Account): string =>
  `urn:li:${kind === 'organization' ? 'organization' : 'person'}:${id}`;

/** Returns the person who acts or a page of theirs, if the token has the permission to act for it; otherwise refuses. */
export async function actor(
  world: World,
  c: Ctx,
  urn: unknown,
  action: string,
  permissions: Permissions,
): Promise<Account> {
  const { account, scopes } = c.get('bearer');
  const found = [account, ...(await ownedBy(world, account))].find((one) => urnOf(one) === urn);
  const needed = found?.kind === 'organization' ? permissions.organization : permissions.person;
  return found && needed !== null && scopes.has(needed) ? found : denied(action);
}

/** Reads a list of a query (`List(a,b)`), whose signs are not encoded. One that is missing is empty. */
export function listIn(c: Ctx, name: string): string[] {
  const raw = new RegExp(`[?&]${name}=([^&]*)`).exec(c.req.url)?.[1];
  if (raw === undefined) return [];
  const inner = /^List\((.*)\)$/.exec(raw)?.[1] ?? invalid(`Parameter ${name} is invalid`);
  return inner.split(',').filter(Boolean).map(decodeURIComponent);
}

/** Refuses a request whose finder is not this one. */
export function checkFinder(c: Ctx, finder: string): void {
  if (c.req.query('q') !== finder) invalid('q is invalid');
}

/** Reads the window of a list. */
export const windowOf = (c: Ctx): Part =>
  byOffset(c, { size: 'count', standard: 10, most: 100, offset: 'start' }) ?? invalid('Paging is invalid');
export const paging = ({ limit, offset }: Part, total: number) => ({
  start: offset,
  count: limit,
  total,
  links: [],
});

const LOCALE = { country: 'US', language: 'en' };

export function userinfo(_world: World, c: Ctx): Response {
  const { id, name } = c.get('bearer').account;
  const [given_name, ...rest] = name.split(' ');
  return json(shape('userinfo', { sub: id, name, given_name, family_name: rest.join(' '), locale: LOCALE }));
}

export async function organizationAcls(world: World, c: Ctx): Promise<Response> {
  checkFinder(c, 'roleAssignee');
  const { account } = c.get('bearer');
  const owned = await ownedBy(world, account);
  const window = windowOf(c);
  const roles = [
    ...owned.map((one) => ({ organization: urnOf(one), role: 'ADMINISTRATOR' })),
    // A page that they may only look at.
    ...owned.slice(0, 1).map(() => ({ organization: 'urn:li:organization:81110002', role: 'ANALYST' })),
  ].map((one) => ({ ...one, roleAssignee: urnOf(account), state: 'APPROVED' }));
  return json(
    shape('organizationAcls', {
      paging: paging(window, roles.length),
      elements: roles.slice(window.offset, window.offset + window.limit),
    }),
  );
}

export async function organizationsLookup(world: World, c: Ctx): Promise<Response> {
  const ids = listIn(c, 'ids');
  if (ids.length === 0) return invalid('Parameter ids is invalid');
  const found = (
    await Promise.all(ids.map((id) => findAccount(world, 'linkedin', { id, kind: 'organization' })))
  ).filter((one) => one !== undefined);
  const shown = found.map(({ id, name, handle }) => ({
    id: Number(id),
    localizedName: name,
    name: { localized: { en_US: name }, preferredLocale: LOCALE },
    vanityName: handle,
    primaryOrganizationType: 'NONE',
  }));
  return json({
    results: Object.fromEntries(shown.map((one) => [one.id, one])),
    statuses: Object.fromEntries(shown.map(({ id }) => [id, 200])),
    errors: {},
  });
}
