import { and, eq, isNull, or } from 'drizzle-orm';
import { sha256 } from '@/server/foundation/crypto';
import { type Ctx, json, str } from '../http';
import type { Bearer } from '../oauth/tokens';
import { accounts, grants, tokens } from '../schema';
import { readBody } from '../shell/body';
import type { Account } from '../stand-in';
import type { World } from '../world';
import { answersFor, didDocOf, passwordOf } from './accounts';
import { bearerIn, invalid, refuse, unauthorized } from './errors';
import { shape } from './shapes';
import { makeToken } from './tokens';

const ACCESS_MS = 120 * 60_000;
const REFRESH_MS = 90 * 86_400_000;
/** A refresh token may be used again for this long, in case the answer was lost. */
const GRACE_MS = 2 * 3_600_000;
const FULL = 'com.atproto.access';
const APP = 'com.atproto.appPass';

const hostOf = (c: Ctx): string => c.req.param('host') ?? '';
const wrong = () => unauthorized('Invalid identifier or password');

/** Reads the access token of a session. An app password is none, and a server knows only its own accounts. */
export async function readSession(world: World, c: Ctx): Promise<Bearer | 'bad_credential' | null> {
  const token = bearerIn(c);
  if (!token) return null;
  const bearer = token.includes('.') ? await world.tokens.bearer('bluesky', token, c.get('now')) : null;
  return bearer && answersFor(hostOf(c), bearer.account) ? bearer : 'bad_credential';
}

export async function createSession(world: World, c: Ctx): Promise<Response> {
  const { identifier, password } = (await readBody(c)).fields;
  const name = str(identifier)?.toLowerCase();
  const secret = str(password);
  if (!name || !secret) return invalid('Input must have the property "identifier"');
  const [account] = await world.db
    .select()
    .from(accounts)
    .where(and(eq(accounts.platform, 'bluesky'), or(eq(accounts.handle, name), eq(accounts.id, name))));
  if (!account || !answersFor(hostOf(c), account)) return wrong();
  const scope = secret === passwordOf(account) ? FULL : APP;
  if (scope === APP) {
    const key = secret.includes('.') ? null : await world.tokens.bearer('bluesky', secret, c.get('now'));
    if (key?.account.id !== account.id) return wrong();
  }
  const grantId = await world.tokens.grant(world.db, {
    platform: 'bluesky',
    accountId: account.id,
    clientId: 'session',
    scopes: scope,
    now: c.get('now'),
  });
  return json(shape('com.atproto.server.createSession', await issue(world, c, account, grantId, scope)));
}

async function issue(world: World, c: Ctx, account: Account, grantId: string, scope: string) {
  const now = c.get('now');
  const give = (kind: 'access' | 'refresh', ms: number) => {
    const ends = new Date(now.getTime() + ms);
    return world.tokens.issue(world.db, {
      grantId,
      accountId: account.id,
      scopes: scope,
      kind,
      expiresAt: ends,
      token: makeToken({
        scope: kind === 'access' ? scope : 'com.atproto.refresh',
        sub: account.id,
        ends,
        now,
      }),
    });
  };
  return {
    accessJwt: await give('access', ACCESS_MS),
    refreshJwt: await give('refresh', REFRESH_MS),
    ...described(account),
  };
}

const described = (account: Account) => ({
  did: account.id,
  handle: account.handle,
  didDoc: didDocOf(account),
  active: true,
});

export async function refreshSession(world: World, c: Ctx): Promise<Response> {
  const token = bearerIn(c);
  if (!token) return refuse(401, 'AuthMissing', 'Authentication Required');
  const [row] = await world.db
    .select({ token: tokens, grant: grants, account: accounts })
    .from(tokens)
    .innerJoin(grants, eq(grants.id, tokens.grantId))
    .innerJoin(accounts, eq(accounts.id, tokens.accountId))
    .where(and(eq(tokens.hash, sha256(token)), eq(tokens.kind, 'refresh'), eq(grants.platform, 'bluesky')));
  if (!row || !answersFor(hostOf(c), row.account))
    return refuse(400, 'InvalidToken', 'Token could not be verified');
  const now = c.get('now').getTime();
  if ((row.token.expiresAt?.getTime() ?? 0) <= now) return refuse(400, 'ExpiredToken', 'Token has expired');
  const over = row.token.usedAt !== null && row.token.usedAt.getTime() + GRACE_MS <= now;
  if (row.grant.revokedAt || over) return refuse(400, 'ExpiredToken', 'Token has been revoked');
  await world.db
    .update(tokens)
    .set({ usedAt: c.get('now') })
    .where(and(eq(tokens.hash, row.token.hash), isNull(tokens.usedAt)));
  const issued = await issue(world, c, row.account, row.grant.id, row.grant.scopes);
  return json(shape('com.atproto.server.refreshSession', issued));
}

export const getSession = (_world: World, c: Ctx): Response =>
  json(shape('com.atproto.server.getSession', described(c.get('bearer').account)));
