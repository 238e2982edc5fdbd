import { z } from 'zod';
import { setBoostInput } from '@/server/domains/follow-up-rules/schemas';
import { setBoost } from '@/server/domains/follow-ups/set-boost';
import { reschedulePublication } from '@/server/domains/planning/reschedule-publication';
import { schedulePublications } from '@/server/domains/planning/schedule-publications';
import { checkLinks } from '@/server/domains/preflight/check-links';
import { checkLinksInput, checkLinksOutput } from '@/server/domains/preflight/check-links-schemas';
import { checkSchedule } from '@/server/domains/preflight/check-schedule';
import {
  checkScheduleInput,
  checkScheduleOutput,
  scheduledOutput,
} from '@/server/domains/preflight/check-schedule-schemas';
import { resolveUnknown } from '@/server/domains/publication-answers/resolve-unknown';
import { retryPublication } from '@/server/domains/publication-answers/retry-publication';
import { cancelPublication } from '@/server/domains/publications/cancel-publication';
import { getPublication, listPublications } from '@/server/domains/publications/queries';
import {
  listPublicationsInput,
  publicationDetailOutput,
  publicationIdInput,
  publicationListOutput,
  publicationOutput,
  publicationVersionInput,
  rescheduleInput,
  resolveUnknownInput,
  scheduleInput,
} from '@/server/domains/publications/schemas';
import { retryMedia } from '@/server/domains/uploads/retry-media';
import { memberProcedure, router } from '../init';

export const publicationsRouter = router({
  schedule: memberProcedure('operator')
    .input(scheduleInput)
    .output(z.array(scheduledOutput))
    .mutation(({ ctx, input }) => schedulePublications({ ctx: ctx.verb, input })),
  // Both only read. They are mutations because what is being written is too long for an address.
  check: memberProcedure('operator')
    .input(checkScheduleInput)
    .output(checkScheduleOutput)
    .mutation(({ ctx, input }) => checkSchedule({ ctx: ctx.verb, input })),
  checkLinks: memberProcedure('operator')
    .input(checkLinksInput)
    .output(checkLinksOutput)
    .mutation(({ ctx, input }) => checkLinks({ ctx: ctx.verb, input })),
  reschedule: memberProcedure('operator')
    .input(rescheduleInput)
    .output(publicationOutput)
    .mutation(({ ctx, input }) => reschedulePublication({ ctx: ctx.verb, input })),
  cancel: memberProcedure('operator')
    .input(publicationVersionInput)
    .output(publicationOutput)
    .mutation(({ ctx, input }) => cancelPublication({ ctx: ctx.verb, input })),
  setBoost: memberProcedure('operator')
    .input(setBoostInput)
    .output(publicationOutput)
    .mutation(({ ctx, input }) => setBoost({ ctx: ctx.verb, input })),
  retry: memberProcedure('operator')
    .input(publicationVersionInput)
    .output(publicationOutput)
    .mutation(({ ctx, input }) => retryPublication({ ctx: ctx.verb, input })),
  retryMedia: memberProcedure('operator')
    .input(publicationIdInput)
    .output(publicationOutput)
    .mutation(({ ctx, input }) => retryMedia({ ctx: ctx.verb, input })),
  resolveUnknown: memberProcedure('operator')
    .input(resolveUnknownInput)
    .output(publicationOutput)
    .mutation(({ ctx, input }) => resolveUnknown({ ctx: ctx.verb, input })),
  list: memberProcedure('viewer')
    .input(listPublicationsInput)
    .output(publicationListOutput)
    .query(({ ctx, input }) => listPublications({ ctx: ctx.verb, input })),
  get: memberProcedure('viewer')
    .input(publicationIdInput)
    .output(publicationDetailOutput)
    .query(({ ctx, input }) => getPublication({ ctx: ctx.verb, input })),
});
