import { z } from 'zod';
import { openValues, openWithValues, type Values } from '@/server/connectors/host/sign-in';
import { allScopes, type SignInField, signInFields } from '@/server/connectors/kit/manifest';
import { platformManifest } from '@/server/connectors/manifests';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { type Ctx, can } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { countAttemptOrThrow, HOUR, returnAttempts, type Throttle } from '../accounts/throttle';
import { adoptSignIn } from './adopt-sign-in';
import { connectManual } from './connect-manual';
import { transportInUse } from './load-target';
import { OUTCOME_CODES, type OutcomeCode } from './outcomes';
import { clientAt } from './platform-client';
import { notAvailable, prepareSignIn } from './prepare-sign-in';
import { signInInput } from './schemas';
import { failedOutcome } from './sign-in-outcome';

/** Sign-ins with entered values, a server's address included, that a workspace may try in an hour: nobody tries keys, passwords or hosts here. */
const MAX_ATTEMPTS = 20;
export const attemptsOf = (ctx: Ctx): Throttle => ({
  name: 'platform-sign-in',
  subject: ctx.workspaceId,
  limit: MAX_ATTEMPTS,
  windowMs: HOUR,
});

/**
 * Signs in to a platform with values that the user entered, and connects its accounts like the callback of an OAuth sign-in. Throws `invalid`
 * with the fields whose values cannot be right; what the platform says is an outcome.
 */
export const signInWithFields = defineVerb({
  verb: 'connections.signIn',
  access: 'connections.manage',
  effect: 'change',
  input: signInInput,
  output: z.object({ code: z.enum(OUTCOME_CODES), connectionIds: z.array(z.string()) }),
  run: async (ctx, input): Promise<{ code: OutcomeCode; connectionIds: string[] }> => {
    const { platform } = input;
    const declared = platformManifest(platform);
    if (declared.kind === 'manual') return connectManual(ctx, declared, input);
    const { userId, connector, place, existing } = await prepareSignIn(ctx, input);
    const { auth } = connector.manifest;
    const known = await clientAt(ctx, connector.manifest, place);
    if (auth.kind === 'oauth2' || !known) throw notAvailable(platform);
    const fields = signInFields(auth);
    const values = checkedValues(fields, input.values);
    const counted = await countAttemptOrThrow(ctx, [attemptsOf(ctx)]);
    const target = { connector, ...known, ...place, clock: ctx.clock, transport: transportInUse() };
    try {
      const tokens = await openWithValues(target, values);
      // The role may have changed while the platform was asked.
      if (!can(ctx, 'connections.manage')) return { code: 'role', connectionIds: [] };
      const signIn = {
        platform,
        environment: place.environment,
        server: place.server ?? '',
        userId,
        requested: allScopes(auth),
        connectionId: existing?.id ?? null,
      };
      const stored = await adoptSignIn(ctx, signIn, target, tokens, openValues(fields, values));
      // Earlier failures stay counted, because the values may be those of somebody else.
      await returnAttempts(ctx, counted);
      return { code: stored.code, connectionIds: stored.connectionIds };
    } catch (error) {
      const code = failedOutcome(error, platform);
      return { code: code === 'platform_refused' ? 'values_refused' : code, connectionIds: [] };
    }
  },
});

/** Returns the values of the declared fields, without the space around them. Throws `invalid` with each problem at its field. */
function checkedValues(fields: readonly SignInField[], typed: Values): Values {
  const values: Record<string, string> = {};
  const wrong: Record<string, Fact> = {};
  for (const field of fields) {
    const value = (typed[field.id] ?? '').trim();
    const problem = problemOf(field, value);
    if (problem) wrong[`values.${field.id}`] = problem;
    values[field.id] = value;
  }
  if (Object.keys(wrong).length > 0) throw new AppError('invalid', fact('errors.fields'), { fields: wrong });
  return values;
}

function problemOf({ pattern, maxLength, example }: SignInField, value: string): Fact | null {
  if (value === '') return fact('connections.errors.valueMissing');
  if (value.length > maxLength) return fact('connections.errors.valueTooLong', { limit: maxLength });
  if (!pattern || new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, '')).test(value))
    return null;
  return example === undefined
    ? fact('connections.errors.valueShape')
    : fact('connections.errors.valueLike', { example });
}
