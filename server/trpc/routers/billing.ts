import { z } from 'zod';
import { confirmCheckout, confirmPortal } from '@/server/domains/billing/confirm-checkout';
import { openPortal } from '@/server/domains/billing/open-portal';
import { billingSummary as readSummary } from '@/server/domains/billing/queries';
import {
  billingSummary,
  checkoutInput,
  checkoutOutcome,
  confirmInput,
  portalInput,
  urlOutput,
} from '@/server/domains/billing/schemas';
import { setCancellation } from '@/server/domains/billing/set-cancellation';
import { startCheckout } from '@/server/domains/billing/start-checkout';
import { listUnreadEvents, unreadEvent } from '@/server/domains/billing/unread-events';
import { memberProcedure, operatorProcedure, router } from '../init';

export const billingRouter = router({
  summary: memberProcedure('viewer')
    .output(billingSummary)
    .query(({ ctx }) => readSummary({ ctx: ctx.verb })),
  checkout: memberProcedure('owner')
    .input(checkoutInput)
    .output(urlOutput)
    .mutation(({ ctx, input }) => startCheckout({ ctx: ctx.verb, input })),
  confirm: memberProcedure('owner')
    .input(confirmInput)
    .output(checkoutOutcome)
    .mutation(({ ctx, input }) => confirmCheckout({ ctx: ctx.verb, input })),
  confirmPortal: memberProcedure('owner')
    .output(checkoutOutcome)
    .mutation(({ ctx }) => confirmPortal({ ctx: ctx.verb })),
  portal: memberProcedure('owner')
    .input(portalInput)
    .output(urlOutput)
    .mutation(({ ctx, input }) => openPortal({ ctx: ctx.verb, input })),
  cancel: memberProcedure('owner').mutation(({ ctx }) => setCancellation({ ctx: ctx.verb, cancel: true })),
  unreadEvents: operatorProcedure
    .output(z.array(unreadEvent))
    .query(({ ctx }) => listUnreadEvents({ db: ctx.db })),
  resume: memberProcedure('owner').mutation(({ ctx }) => setCancellation({ ctx: ctx.verb, cancel: false })),
});
