import { createHash } from 'node:crypto';
import { and, eq, isNull } from 'drizzle-orm';
import { randomToken, safeEqual, sha256 } from '@/server/foundation/crypto';
import { codes, grants, tokens } from '../schema';
import type { World } from '../world';

/** A platform's rules for OAuth 2.0. */
export interface OAuthRules {
  platform: string;
  pkce: boolean;
  codeSeconds: number;
  /** null: access tokens do not expire. */
  accessSeconds: number | null;
  /** null: refresh tokens do not expire. */
  refreshSeconds: number | null;
  /** Whether these scopes include a refresh token. */
  refreshable: (scopes: string[]) => boolean;
  /** A refresh token stays valid when it is used, and no other is issued. */
  keepsRefresh?: true;
  /** Prefix of every token. */
  prefix: (accountId: string) => string;
}

export type OAuthProblem = 'code' | 'verifier' | 'redirect' | 'refresh';
export class OAuthRefused extends Error {
  constructor(readonly problem: OAuthProblem) {
    super(problem);
  }
}

export interface Issued {
  accessToken: string;
  refreshToken: string | null;
  scopes: string;
  /** null: the access token does not expire. */
  expiresIn: number | null;
  accountId: string;
}

/** Creates the code that is sent to the app after a user's approval. */
export async function issueCode(
  world: World,
  rules: OAuthRules,
  o: {
    accountId: string;
    clientId: string;
    redirectUri: string;
    challenge: string | null;
    scopes: string;
    now: Date;
  },
): Promise<string> {
  const code = randomToken(32);
  const { now, ...rest } = o;
  await world.db.insert(codes).values({
    hash: sha256(code),
    platform: rules.platform,
    ...rest,
    expiresAt: new Date(now.getTime() + rules.codeSeconds * 1000),
  });
  return code;
}

/** Exchanges a code once. A second use revokes every token from the first one (RFC 6749, 4.1.2). */
export async function exchangeCode(
  world: World,
  rules: OAuthRules,
  o: { code: string; clientId: string; redirectUri: string; verifier: string | undefined; now: Date },
): Promise<Issued> {
  const hash = sha256(o.code);
  const answer = await world.db.transaction(async (tx) => {
    const [row] = await tx
      .update(codes)
      .set({ usedAt: o.now })
      .where(and(eq(codes.hash, hash), eq(codes.platform, rules.platform), isNull(codes.usedAt)))
      .returning();
    if (!row) {
      const [used] = await tx.select().from(codes).where(eq(codes.hash, hash));
      if (used?.grantId) await tx.update(grants).set({ revokedAt: o.now }).where(eq(grants.id, used.grantId));
      return 'code' as const;
    }
    if (row.expiresAt <= o.now || row.clientId !== o.clientId) return 'code' as const;
    if (row.redirectUri !== o.redirectUri) return 'redirect' as const;
    if (row.challenge !== null) {
      const made = createHash('sha256')
        .update(o.verifier ?? '')
        .digest('base64url');
      if (!o.verifier || !safeEqual(made, row.challenge)) return 'verifier' as const;
    }
    const grantId = await world.tokens.grant(tx, {
      platform: rules.platform,
      accountId: row.accountId,
      clientId: row.clientId,
      scopes: row.scopes,
      now: o.now,
    });
    await tx.update(codes).set({ grantId }).where(eq(codes.hash, hash));
    return issuePair(world, tx, rules, { grantId, accountId: row.accountId, scopes: row.scopes, now: o.now });
  });
  if (typeof answer === 'string') {
    world.tokens.forget();
    throw new OAuthRefused(answer);
  }
  return answer;
}

/** Rotates a refresh token. If a used one is presented again, its whole family is revoked. */
export async function rotate(
  world: World,
  rules: OAuthRules,
  o: { refreshToken: string; clientId: string; now: Date },
): Promise<Issued> {
  const hash = sha256(o.refreshToken);
  const answer = await world.db.transaction(async (tx) => {
    const [found] = await tx
      .select({ token: tokens, grant: grants })
      .from(tokens)
      .innerJoin(grants, eq(grants.id, tokens.grantId))
      .where(and(eq(tokens.hash, hash), eq(tokens.kind, 'refresh'), eq(grants.platform, rules.platform)))
      .for('update');
    if (!found || found.grant.revokedAt || found.grant.clientId !== o.clientId) return null;
    if (found.token.usedAt) {
      await tx.update(grants).set({ revokedAt: o.now }).where(eq(grants.id, found.grant.id));
      return null;
    }
    if (found.token.expiresAt && found.token.expiresAt <= o.now) return null;
    if (!rules.keepsRefresh) await tx.update(tokens).set({ usedAt: o.now }).where(eq(tokens.hash, hash));
    return issuePair(world, tx, rules, {
      renewed: true,
      grantId: found.grant.id,
      accountId: found.token.accountId,
      scopes: found.token.scopes,
      now: o.now,
    });
  });
  if (!answer) {
    world.tokens.forget();
    throw new OAuthRefused('refresh');
  }
  return answer;
}

type Transaction = Parameters<Parameters<World['db']['transaction']>[0]>[0];

async function issuePair(
  world: World,
  tx: Transaction,
  rules: OAuthRules,
  o: { grantId: string; accountId: string; scopes: string; now: Date; renewed?: true },
): Promise<Issued> {
  const base = {
    grantId: o.grantId,
    accountId: o.accountId,
    scopes: o.scopes,
    prefix: rules.prefix(o.accountId),
  };
  const later = (seconds: number) => new Date(o.now.getTime() + seconds * 1000);
  const accessToken = await world.tokens.issue(tx, {
    ...base,
    kind: 'access',
    expiresAt: rules.accessSeconds === null ? null : later(rules.accessSeconds),
  });
  const fresh = !(o.renewed && rules.keepsRefresh);
  const refreshToken =
    fresh && rules.refreshable(o.scopes.split(' '))
      ? await world.tokens.issue(tx, {
          ...base,
          kind: 'refresh',
          expiresAt: rules.refreshSeconds === null ? null : later(rules.refreshSeconds),
        })
      : null;
  return {
    accessToken,
    refreshToken,
    scopes: o.scopes,
    expiresIn: rules.accessSeconds,
    accountId: o.accountId,
  };
}

/** Revokes the family of an access or refresh token. */
export async function revokeToken(world: World, platform: string, token: string, now: Date): Promise<void> {
  const [row] = await world.db
    .select({ grantId: grants.id })
    .from(tokens)
    .innerJoin(grants, eq(grants.id, tokens.grantId))
    .where(and(eq(tokens.hash, sha256(token)), eq(grants.platform, platform)));
  if (row) await world.tokens.revoke(world.db, { grantId: row.grantId }, now);
}
