import { and, asc, eq, inArray } from 'drizzle-orm';
import { type Ctx, json } from '../http';
import { accounts } from '../schema';
import { byOffset } from '../shell/paging';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { denied, invalid, refuse } from './errors';

export const urnOf = ({ kind, id }: Account): string =>
  `urn:li:${kind === 'organization' ? 'organization' : 'person'}:${id}`;

/** Reads a list of a query (`List(a,b)`), whose signs are not encoded. */
export function listIn(c: Ctx, name: string): string[] | null {
  const raw = new RegExp(`[?&]${name}=([^&]*)`).exec(c.req.url)?.[1];
  if (raw === undefined) return [];
  const inner = /^List\((.*)\)$/.exec(raw)?.[1];
  return inner === undefined ? null : inner.split(',').filter(Boolean).map(decodeURIComponent);
}

/** Returns the person who acts or a page of theirs, if the token has the permission to act for it; otherwise refuses. */
export async function actor(
  world: World,
  c: Ctx,
  urn: unknown,
  action: string,
  scopes: { person: string | null; organization: string },
): Promise<Account> {
  const bearer = c.get('bearer');
  if (urn === urnOf(bearer.account)) {
    if (scopes.person === null || !bearer.scopes.has(scopes.person)) refuse(denied(action));
    return bearer.account;
  }
  const id = /^urn:li:organization:(\d+)$/.exec(String(urn))?.[1];
  const [own] = id
    ? await world.db
        .select()
        .from(accounts)
        .where(
          and(
            eq(accounts.id, id),
            eq(accounts.platform, 'linkedin'),
            eq(accounts.parentId, bearer.account.id),
          ),
        )
    : [];
  if (!own || !bearer.scopes.has(scopes.organization)) return refuse(denied(action));
  return own;
}

export function userinfo(_world: World, c: Ctx): Response {
  const { id, name } = c.get('bearer').account;
  const [given_name = '', ...rest] = name.split(' ');
  return json({
    sub: id,
    name,
    given_name,
    family_name: rest.join(' '),
    locale: { country: 'US', language: 'en' },
  });
}

/** Reads the window of a list. */
export function windowOf(c: Ctx): { limit: number; offset: number } {
  return (
    byOffset(c, { size: 'count', standard: 10, most: 100, offset: 'start' }) ??
    refuse(invalid('Paging is invalid'))
  );
}
export const paging = ({ limit, offset }: { limit: number; offset: number }, total: number) => ({
  start: offset,
  count: limit,
  total,
  links: [],
});

export async function organizationAcls(world: World, c: Ctx): Promise<Response> {
  if (c.req.query('q') !== 'roleAssignee') return invalid('q is invalid');
  const { account } = c.get('bearer');
  const owned = await world.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.platform, 'linkedin'), eq(accounts.parentId, account.id)))
    .orderBy(asc(accounts.id));
  const window = windowOf(c);
  const roles = [
    ...owned.map((one) => ({ organization: urnOf(one), role: 'ADMINISTRATOR' })),
    // A page that they may only look at.
    ...owned.slice(0, 1).map(() => ({ organization: 'urn:li:organization:81110002', role: 'ANALYST' })),
  ].map((one) => ({ ...one, roleAssignee: urnOf(account), state: 'APPROVED' }));
  return json({
    paging: paging(window, roles.length),
    elements: roles.slice(window.offset, window.offset + window.limit),
  });
}

export async function organizationsLookup(world: World, c: Ctx): Promise<Response> {
  const ids = listIn(c, 'ids');
  if (!ids || ids.length === 0) return invalid('Parameter ids is invalid');
  const found = await world.db
    .select()
    .from(accounts)
    .where(
      and(eq(accounts.platform, 'linkedin'), eq(accounts.kind, 'organization'), inArray(accounts.id, ids)),
    );
  const locale = { country: 'US', language: 'en' };
  return json({
    results: Object.fromEntries(
      found.map(({ id, name, handle }) => [
        id,
        {
          id: Number(id),
          localizedName: name,
          name: { localized: { en_US: name }, preferredLocale: locale },
          vanityName: handle,
          primaryOrganizationType: 'NONE',
        },
      ]),
    ),
    statuses: Object.fromEntries(found.map(({ id }) => [id, 200])),
    errors: {},
  });
}
