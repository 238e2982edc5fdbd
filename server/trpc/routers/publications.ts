import { z } from 'zod';
import { setBoostInput } from '@/server/domains/boosts/schemas';
import { setBoost } from '@/server/domains/boosts/set-boost';
import { retryMedia } from '@/server/domains/media/retry-media';
import { cancelPublication } from '@/server/domains/publishing/cancel-publication';
import { checkLinks } from '@/server/domains/publishing/check-links';
import { checkLinksInput, checkLinksOutput } from '@/server/domains/publishing/check-links-schemas';
import { checkSchedule } from '@/server/domains/publishing/check-schedule';
import {
  checkScheduleInput,
  checkScheduleOutput,
  scheduledOutput,
} from '@/server/domains/publishing/check-schedule-schemas';
import { getPublication, listPublications } from '@/server/domains/publishing/queries';
import { reschedulePublication } from '@/server/domains/publishing/reschedule-publication';
import { resolveUnknown } from '@/server/domains/publishing/resolve-unknown';
import { retryPublication } from '@/server/domains/publishing/retry-publication';
import { schedulePublications } from '@/server/domains/publishing/schedule-publications';
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
} from '@/server/domains/publishing/schemas';
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
