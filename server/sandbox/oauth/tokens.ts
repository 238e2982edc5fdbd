import { and, eq, isNull, like, or } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { randomToken, sha256 } from '@/server/foundation/crypto';
import { newId } from '@/server/foundation/ids';
import { accounts, grants, tokens } from '../schema';

type Q = Pick<Db['raw'], 'select' | 'insert' | 'update' | 'delete'>;

export interface Bearer {
  hash: string;
  grantId: string;
  clientId: string;
  kind: 'access' | 'refresh' | 'page';
  scopes: ReadonlySet<string>;
  expiresAt: Date | null;
  account: typeof accounts.$inferSelect;
}

export interface IssueOptions {
  grantId: string;
  accountId: string;
  scopes: string;
  kind: 'access' | 'refresh' | 'page';
  expiresAt: Date | null;
  /** Prefix of the token, such as the user's id. */
  prefix?: string;
  /** The whole token, if it is not random. */
  token?: string;
}

const FRESH_MS = 4_000;

/** Tokens by their hash. They are cached in memory for a few seconds; revoking clears the cache. */
export class TokenBook {
  readonly #known = new Map<string, { bearer: Bearer; at: number }>();
  constructor(private readonly db: Db['raw']) {}

  /** Returns the account and rights of a token, or null if it is unknown, revoked or expired. */
  async bearer(platform: string, token: string, now: Date): Promise<Bearer | null> {
    const hash = sha256(token);
    const key = `${platform}\n${hash}`;
    const known = this.#known.get(key);
    const fresh = known && Math.abs(now.getTime() - known.at) < FRESH_MS ? known.bearer : undefined;
    const bearer = fresh ?? (await this.#load(platform, hash));
    if (!bearer) return null;
    if (!fresh) {
      if (this.#known.size > 20_000) this.#known.clear();
      this.#known.set(key, { bearer, at: now.getTime() });
    }
    return bearer.expiresAt && bearer.expiresAt <= now ? null : bearer;
  }

  async #load(platform: string, hash: string): Promise<Bearer | null> {
    const [row] = await this.db
      .select({ token: tokens, grant: grants, account: accounts })
      .from(tokens)
      .innerJoin(grants, eq(grants.id, tokens.grantId))
      .innerJoin(accounts, eq(accounts.id, tokens.accountId))
      .where(and(eq(tokens.hash, hash), eq(grants.platform, platform), isNull(grants.revokedAt)));
    if (!row || row.token.kind === 'refresh') return null;
    return {
      hash,
      grantId: row.grant.id,
      clientId: row.grant.clientId,
      kind: row.token.kind,
      scopes: new Set(row.token.scopes.split(' ').filter(Boolean)),
      expiresAt: row.token.expiresAt,
      account: row.account,
    };
  }

  async grant(
    q: Q,
    o: { platform: string; accountId: string; clientId: string; scopes: string; now: Date },
  ): Promise<string> {
    const id = newId('sandbox');
    const { now, ...rest } = o;
    await q.insert(grants).values({ id, ...rest, createdAt: now });
    return id;
  }

  async issue(q: Q, o: IssueOptions): Promise<string> {
    const { prefix = '', token = `${prefix}${randomToken(48)}`, ...rest } = o;
    await q.insert(tokens).values({ hash: sha256(token), ...rest });
    return token;
  }

  /** Revokes all tokens of a grant, an account or a platform (with all its servers). */
  async revoke(
    q: Q,
    where: { grantId: string } | { platform: string; accountId?: string },
    now: Date,
  ): Promise<void> {
    const which =
      'grantId' in where
        ? eq(grants.id, where.grantId)
        : and(
            or(eq(grants.platform, where.platform), like(grants.platform, `${where.platform}/%`)),
            where.accountId ? eq(grants.accountId, where.accountId) : undefined,
          );
    await q
      .update(grants)
      .set({ revokedAt: now })
      .where(and(which, isNull(grants.revokedAt)));
    this.forget();
  }

  forget(): void {
    this.#known.clear();
  }
}
