import { z } from 'zod';
import { members, postingSettings, users, workspaces } from '@/db/schema';
import { recordActivity } from '@/server/domains/activity/record-activity';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { asWorkspaceId, newId } from '@/server/foundation/ids';
import { canonicalTimeZone, isTimeZone } from '@/server/foundation/zones/time-zones';
import { memberActor } from '@/server/verbs/context';
import { defineVerb } from '@/server/verbs/define';
import { newEmailToken, storeEmailToken } from './email-tokens';
import { hashPassword } from './password';
import { assertNotGuessable } from './password-strength';
import { registerInput, VERIFY_HOURS } from './schemas';
import { SIGN_IN } from './sign-in';
import { countAttemptOrThrow, countUnsolicitedMail, HOUR, networkOf, resetAttempts } from './throttle';

/**
 * Creates a user, their workspace with them as owner, and the first two e-mails, in one transaction. If the address is already registered,
 * the error says so (docs/decisions/0006-accounts-and-sessions.md gives the reasons); attempts are rate-limited. The e-mails contain no
 * user input, because the address may be someone else's.
 */
export const register = defineVerb({
  verb: 'account.register',
  access: 'visitor',
  effect: 'change',
  input: registerInput,
  output: z.object({ userId: z.string(), workspaceId: z.string() }),
  run: async (ctx, input) => {
    await countAttemptOrThrow(ctx, [
      { name: 'register', subject: networkOf(ctx.client.ip), limit: 30, windowMs: HOUR },
    ]);
    await assertNotGuessable(input.password, input);
    const now = ctx.clock.now();
    const userId = newId('user');
    const workspaceId = asWorkspaceId(newId('workspace'));
    const { appUrl } = env();
    const verify = newEmailToken();
    const passwordHash = await hashPassword(input.password);
    await ctx.db.asSystem(async (tx) => {
      // The unique index on the address decides, even between concurrent requests.
      const [person] = await tx
        .insert(users)
        .values({
          id: userId,
          email: input.email,
          name: input.name,
          passwordHash,
          termsAcceptedAt: now,
          locale: ctx.client.locale,
          createdAt: now,
        })
        .onConflictDoNothing()
        .returning({ id: users.id });
      if (!person)
        throw new AppError('conflict', fact('accounts.errors.registered'), {
          fields: { email: fact('accounts.errors.registeredHere') },
        });
      await tx.insert(workspaces).values({
        id: workspaceId,
        name: `${input.name}’s workspace`,
        timeZone: input.timeZone && isTimeZone(input.timeZone) ? canonicalTimeZone(input.timeZone) : 'UTC',
        createdAt: now,
      });
      await tx.insert(members).values({ workspaceId, userId, role: 'owner', createdAt: now });
      await tx.insert(postingSettings).values({ workspaceId });
      await storeEmailToken(tx, {
        ...verify,
        userId,
        purpose: 'verify',
        now,
        ttlMs: VERIFY_HOURS * HOUR,
      });
      const to = (await countUnsolicitedMail(tx, { email: input.email, now })) ? input.email : null;
      const mail = { to, locale: ctx.client.locale, at: now, toUnconfirmed: true };
      await queueEmail(tx, {
        key: `welcome:${userId}`,
        ...mail,
        template: 'welcome',
        props: { url: `${appUrl}/onboarding` },
      });
      await queueEmail(tx, {
        key: `verify:${verify.id}`,
        ...mail,
        template: 'verify-email',
        props: { url: `${appUrl}/verify?token=${verify.token}`, hours: VERIFY_HOURS },
      });
      await recordActivity(
        tx,
        { clock: ctx.clock, workspaceId, actor: memberActor({ userId, name: input.name, role: 'owner' }) },
        {
          verb: 'workspace.created',
          subjectType: 'workspace',
          subjectId: workspaceId,
          summary: fact('accounts.activity.workspaceCreated', { name: input.name }),
        },
      );
    });
    // Failed attempts from before the account existed do not count against this user.
    await resetAttempts(ctx, { name: SIGN_IN, subject: input.email.toLowerCase() });
    await ctx.events.publish('email/queued', {});
    return { userId, workspaceId };
  },
});
