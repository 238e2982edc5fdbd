import type { connections, grants } from '@/db/schema';
import type { Credentials } from '@/server/connectors/host/access';
import { connectionContext, grantContext, openTokens, type Secrets } from '@/server/connectors/host/tokens';

type Grant = Pick<
  typeof grants.$inferSelect,
  'id' | 'credentials' | 'sealedFor' | 'accessExpiresAt' | 'refreshExpiresAt' | 'endedAt'
>;
type Account = Pick<typeof connections.$inferSelect, 'id' | 'credentials'>;

/** Returns a grant's credentials, or null if it has none or the platform has ended it. */
export const grantCredentials = (grant: Grant): Credentials | null =>
  grant.credentials === null || grant.endedAt !== null
    ? null
    : {
        sealed: grant.credentials,
        context: contextOf(grant),
        accessExpiresAt: grant.accessExpiresAt,
        refreshExpiresAt: grant.refreshExpiresAt,
      };

/** Returns the token that an account has of its own, whose end is not known; null if it uses the grant's. */
export const ownCredentials = ({ id, credentials }: Account): Credentials | null =>
  credentials === null
    ? null
    : {
        sealed: credentials,
        context: connectionContext(id),
        accessExpiresAt: null,
        refreshExpiresAt: null,
      };

/** The context under which a grant's credentials were sealed. */
export const contextOf = ({ id, sealedFor }: Pick<Grant, 'id' | 'sealedFor'>): string =>
  sealedFor ?? grantContext(id);

/** Opens a grant's tokens to end them at the platform. Returns null if there are none or they can no longer be decrypted. */
export const secretsOf = (grant: Pick<Grant, 'id' | 'credentials' | 'sealedFor'>): Secrets | null =>
  opened(contextOf(grant), grant.credentials);

/** Opens an account's own token, like `secretsOf`. */
export const ownSecretsOf = ({ id, credentials }: Account): Secrets | null =>
  opened(connectionContext(id), credentials);

function opened(context: string, sealed: string | null): Secrets | null {
  try {
    return sealed === null ? null : openTokens(context, sealed);
  } catch {
    return null;
  }
}
