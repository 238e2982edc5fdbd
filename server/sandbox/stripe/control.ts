import { and, desc, eq } from 'drizzle-orm';
import { z } from 'zod';
import { type Act, flag, int, NotThere } from '../control/act';
import { html, type Markup, region } from '../pages';
import type { World } from '../world';
import { advancePeriod } from './billing';
import { deliverDue, resend } from './delivery';
import { paymentActions } from './payment-actions';
import { stripeDeliveries, stripeObjects } from './tables';

/** Describes the outcome of a webhook. Status 0 means that nothing responded. */
function answerOf(e: typeof stripeDeliveries.$inferSelect): string {
  const last = e.lastStatus === null ? 'Not sent yet' : e.lastStatus === 0 ? 'No answer' : `${e.lastStatus}`;
  if (e.deliveredAt) return last;
  return e.nextAt ? (e.lastStatus === null ? last : `${last}, will try again`) : `${last}, given up`;
}

/** Renders what time, cards and banks do on a person's request, and the webhooks that were sent. */
export async function stripeSection(world: World, action: (path: string) => string): Promise<Markup> {
  const objects = (type: string) =>
    world.db
      .select()
      .from(stripeObjects)
      .where(eq(stripeObjects.type, type))
      .orderBy(desc(stripeObjects.seq))
      .limit(20);
  const [subscriptions, invoices, refunds, disputes, events] = await Promise.all([
    objects('subscription'),
    objects('invoice'),
    objects('refund'),
    objects('dispute'),
    world.db.select().from(stripeDeliveries).orderBy(desc(stripeDeliveries.seq)).limit(15),
  ]);
  return html`<h2>Stripe</h2>
${
  subscriptions.length === 0
    ? html`<p>No subscription exists yet.</p>`
    : html`<form method="post" action="${action('/stripe/advance')}"><div class="row"><div><label for="sub">Subscription</label><select id="sub" name="subscription">${subscriptions.map((s) => html`<option value="${s.id}">${s.id} (${String(s.data.status)})</option>`)}</select></div>
<div><label for="outcome">Payment</label><select id="outcome" name="outcome"><option value="">As the card decides</option><option value="pays">Succeeds</option><option value="fails">Fails</option></select></div><button>Go to the end of the period</button></div></form>`
}
${
  invoices.length === 0
    ? ''
    : html`<form method="post" action="${action('/stripe/refund')}"><fieldset><legend>Give money back</legend><div class="fields">
<div><label for="g-invoice">Invoice</label><select id="g-invoice" name="invoice">${invoices.map(({ id, data }) => html`<option value="${id}">${String(data.number)} (${String(data.status)}, ${(Number(data.amount_paid) / 100).toFixed(2)})</option>`)}</select></div>
<div><label for="g-cents">Cents (empty: all)</label><input id="g-cents" name="cents" type="number" min="1"></div>
<div><label for="g-as">Credit note by</label><select id="g-as" name="as"><option value="refund">Refund</option><option value="credit">Credit for later invoices</option><option value="outside">Money outside of Stripe</option></select></div>
</div><div class="actions"><button class="danger">Refund</button><button class="plain" name="pending" value="true">Refund, pending</button><button class="plain" formaction="${action('/stripe/credit')}">Credit note</button><button class="plain" formaction="${action('/stripe/dispute')}">Dispute</button><button class="plain" name="inquiry" value="true" formaction="${action('/stripe/dispute')}">Bank inquiry</button></div></fieldset></form>`
}
${
  refunds.length === 0
    ? ''
    : html`<form method="post" action="${action('/stripe/refund-ends')}"><div class="row"><div><label for="e-refund">Refund</label><select id="e-refund" name="refund">${refunds.map(({ id, data }) => html`<option value="${id}">${(Number(data.amount) / 100).toFixed(2)}, ${id} (${String(data.status)})</option>`)}</select></div><button class="plain" name="outcome" value="succeeds">Succeeds</button><button class="plain" name="outcome" value="fails">Fails</button></div></form>`
}
${
  disputes.length === 0
    ? ''
    : html`<form method="post" action="${action('/stripe/dispute-ends')}"><div class="row"><div><label for="e-dispute">Dispute</label><select id="e-dispute" name="dispute">${disputes.map(({ id, data }) => html`<option value="${id}">${(Number(data.amount) / 100).toFixed(2)}, ${id} (${String(data.status)})</option>`)}</select></div><button class="plain" name="outcome" value="won">Won</button><button class="plain" name="outcome" value="lost">Lost</button></div></form>`
}
${
  events.length === 0
    ? ''
    : region(
        'Webhook deliveries',
        html`<table class="stack"><thead><tr><th scope="col">Event</th><th scope="col">Attempts</th><th scope="col">Answer</th><th scope="col">Send again</th></tr></thead><tbody>
${events.map((e) => {
  const { type } = JSON.parse(e.body) as { type: string };
  return html`<tr><td data-label="Event"><div>${type}${e.forged ? ' (forged)' : ''}<br><span class="muted small">${e.eventId}</span></div></td><td data-label="Attempts">${e.attempts}</td><td data-label="Answer">${answerOf(e)}</td>
<td data-label="Send again"><form method="post" action="${action('/stripe/resend')}"><input type="hidden" name="events" value="${e.eventId}"><div class="row"><button class="plain" name="times" value="1">Once</button><button class="plain" name="times" value="2">Twice</button><button class="plain" name="forged" value="true">Forged</button></div></form></td></tr>`;
})}</tbody></table>`,
      )
}
${
  events.length > 1
    ? html`<form method="post" action="${action('/stripe/resend')}"><input type="hidden" name="events" value="${events
        .slice(0, 5)
        .map((e) => e.eventId)
        .join(',')}"><button class="plain">Send the last five again, the newest first</button></form>`
    : ''
}`;
}

/** Adds what an account's owner does in the dashboard, and what time does to subscriptions. */
export function stripeActions(act: Act, world: World): void {
  const events = z.preprocess(
    (v) =>
      typeof v === 'string'
        ? v
            .split(',')
            .map((s) => s.trim())
            .filter(Boolean)
        : v,
    z.array(z.string()).min(1).max(50),
  );
  act(
    'POST',
    '/stripe/resend',
    z.object({ events, times: int.min(1).max(20).default(1), forged: flag.default(false) }),
    async (input) => ({
      results: await resend(world, input.events, input),
    }),
  );
  act(
    'POST',
    '/stripe/advance',
    z.object({ subscription: z.string(), outcome: z.enum(['pays', 'fails']).optional().or(z.literal('')) }),
    async (input) => {
      const [row] = await world.db
        .select({ id: stripeObjects.id })
        .from(stripeObjects)
        .where(and(eq(stripeObjects.id, input.subscription), eq(stripeObjects.type, 'subscription')));
      if (!row) throw new NotThere('There is no such subscription.');
      const subscription = await advancePeriod(world, row.id, input.outcome || undefined);
      return { status: subscription.status };
    },
  );
  paymentActions(act, world);
  act('POST', '/stripe/deliver', z.object({}), async () => ({ delivered: await deliverDue(world) }));
}
