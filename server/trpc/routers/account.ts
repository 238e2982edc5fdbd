import { z } from 'zod';
import {
  cancelEmailChange,
  pendingEmail,
  requestEmailChange,
  resendEmailChange,
} from '@/server/domains/accounts/change-email';
import { changePassword } from '@/server/domains/accounts/change-password';
import { listSessions } from '@/server/domains/accounts/queries';
import { revokeOtherSessions, revokeSession } from '@/server/domains/accounts/revoke-session';
import {
  changeEmailInput,
  changePasswordInput,
  meOutput,
  pendingEmailOutput,
  sessionOutput,
} from '@/server/domains/accounts/schemas';
import { resendVerification } from '@/server/domains/accounts/verify-email';
import { idInput, personProcedure, router, type TrpcContext, type Viewer } from '../init';

const person = (ctx: TrpcContext & { viewer: Viewer }) => ({
  db: ctx.db,
  clock: ctx.clock,
  events: ctx.events,
  userId: ctx.viewer.userId,
  sessionId: ctx.viewer.sessionId,
});

/** The signed-in person's own account. Registering and signing in are forms of their own, before there is a person. */
export const accountRouter = router({
  me: personProcedure.output(meOutput).query(({ ctx }) => ({
    userId: ctx.viewer.userId,
    name: ctx.viewer.name,
    email: ctx.viewer.email,
    emailVerified: ctx.viewer.emailVerified,
    workspaceId: ctx.viewer.workspace?.id ?? null,
    role: ctx.viewer.workspace?.role ?? null,
  })),
  sessions: personProcedure.output(z.array(sessionOutput)).query(({ ctx }) => listSessions(person(ctx))),
  revokeSession: personProcedure
    .input(idInput('session'))
    .mutation(({ ctx, input }) => revokeSession({ ctx: person(ctx), input })),
  revokeOtherSessions: personProcedure
    .output(z.object({ ended: z.number() }))
    .mutation(({ ctx }) => revokeOtherSessions({ ctx: person(ctx) })),
  changePassword: personProcedure
    .input(changePasswordInput)
    .output(z.object({ endedSessions: z.number() }))
    .mutation(({ ctx, input }) => changePassword({ ctx: person(ctx), input })),
  changeEmail: personProcedure
    .input(changeEmailInput)
    .output(z.object({ sentTo: z.string() }))
    .mutation(({ ctx, input }) => requestEmailChange({ ctx: person(ctx), input })),
  pendingEmail: personProcedure.output(pendingEmailOutput).query(({ ctx }) => pendingEmail(person(ctx))),
  cancelEmailChange: personProcedure
    .output(z.object({ cancelled: z.boolean() }))
    .mutation(({ ctx }) => cancelEmailChange({ ctx: person(ctx) })),
  resendEmailChange: personProcedure
    .output(z.object({ sentTo: z.string() }))
    .mutation(({ ctx }) => resendEmailChange({ ctx: person(ctx) })),
  resendVerification: personProcedure
    .output(z.object({ sent: z.boolean() }))
    .mutation(({ ctx }) => resendVerification({ ctx: person(ctx) })),
});
