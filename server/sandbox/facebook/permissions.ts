import { and, eq } from 'drizzle-orm';
import { safeEqual } from '@/server/foundation/crypto';
import { sandboxClient } from '@/server/foundation/sandbox-config';
import { type Ctx, json } from '../http';
import { accounts } from '../schema';
import type { World } from '../world';
import { badToken, graphError, missing } from './errors';

/**
 * `DELETE /{user-id}/permissions`: revokes everything that this user granted to the app, including the tokens of their Pages. Accepts the
 * user's own token or the app's (`id|secret`).
 */
export async function endPermissions(world: World, c: Ctx): Promise<Response> {
  const token =
    c.req.query('access_token') ?? /^(?:Bearer|OAuth) (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
  if (!token) return graphError(400, 2500, 'An access token is required to request this resource.');
  const asked = c.req.param('user') ?? '';
  const { clientId, clientSecret } = sandboxClient('facebook');
  let user = asked;
  if (!safeEqual(token, `${clientId}|${clientSecret}`)) {
    const bearer = await world.tokens.bearer('facebook', token, c.get('now'));
    if (!bearer) return badToken();
    if (bearer.kind !== 'access')
      return graphError(400, 100, '(#100) Tried accessing nonexisting field (permissions)');
    if (asked !== 'me' && asked !== bearer.account.id) return missing(asked);
    user = bearer.account.id;
  }
  const [person] = await world.db
    .select({ id: accounts.id })
    .from(accounts)
    .where(and(eq(accounts.id, user), eq(accounts.platform, 'facebook'), eq(accounts.kind, 'person')));
  if (!person) return missing(asked);
  await world.tokens.revoke(world.db, { platform: 'facebook', accountId: person.id }, c.get('now'));
  return json({ success: true });
}
