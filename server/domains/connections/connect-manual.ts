import type { ManualManifest } from '@/server/connectors/kit/manifest';
import { accountAt } from '@/server/connectors/kit/manual';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import type { OutcomeCode } from './outcomes';
import { mayConnect, type WantedSignIn } from './prepare-sign-in';
import { storeSignIn } from './store-sign-in';

/** Id of the one field that people fill in to connect an account of a manual platform. */
export const PROFILE_FIELD = 'profile';

/**
 * Connects an account of a manual platform by the address of its page. There is no sign-in, and nothing is sent. Throws `invalid` if the
 * address is not one of the site, and AppError as `mayConnect` does.
 */
export async function connectManual(
  ctx: Ctx,
  manifest: ManualManifest,
  { values, ...wanted }: WantedSignIn & { values: Readonly<Record<string, string>> },
): Promise<{ code: OutcomeCode; connectionIds: string[] }> {
  const { userId, existing } = await mayConnect(ctx, wanted);
  const identity = accountAt(manifest, (values[PROFILE_FIELD] ?? '').trim());
  if (!identity) {
    const why = fact('connections.errors.valueLike', { example: manifest.profile.example });
    throw new AppError('invalid', fact('errors.fields'), { fields: { [`values.${PROFILE_FIELD}`]: why } });
  }
  const tokens = {
    accessToken: '',
    refreshToken: null,
    accessExpiresAt: null,
    refreshExpiresAt: null,
    scopes: [],
  };
  const signIn = {
    platform: manifest.id,
    environment: 'live' as const,
    server: '',
    userId,
    connectionId: existing?.id ?? null,
    requested: [],
  };
  const { code, connectionIds } = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    storeSignIn(tx, ctx, signIn, [identity], { tokens, grantedBy: null }),
  );
  return { code, connectionIds };
}
