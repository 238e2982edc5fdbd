import type { Ctx } from '../http';
import type { Account } from '../stand-in';
import { graphError, lacks } from './errors';

/** Returns the Page that the token acts for, or an error if the path names another one or the permission is missing. */
export function actingPage(c: Ctx, permission: string): Account | Response {
  const bearer = c.get('bearer');
  const id = c.req.param('page') ?? '';
  if (bearer.kind !== 'page' || (id !== bearer.account.id && id !== 'me'))
    return graphError(
      403,
      200,
      "(#200) A Page access token of this Page is needed. The person's own token does not do.",
    );
  return bearer.scopes.has(permission) ? bearer.account : lacks(permission);
}
