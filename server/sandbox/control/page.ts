import { desc, eq, isNull } from 'drizzle-orm';
import { FAULT_KINDS } from '../faults';
import type { Ctx } from '../http';
import { html, type Markup, PLATFORM_NAMES, page } from '../pages';
import { accounts, etsyListings, etsyReceipts, stripeDeliveries, stripeObjects } from '../schema';
import type { World } from '../world';

const KIND_WORDS: Record<string, string> = {
  latency: 'Slow answer',
  '429': 'Too many requests',
  day_limit: 'Limit per day reached',
  app_limit: 'Limit of the app reached',
  too_fast: 'Blocked for acting too fast',
  other_error: 'Refused, in another shape of error',
  '500_before': 'Server error, nothing done',
  '500_after': 'Server error after it was done',
  reset_after: 'Connection dropped after it was done',
  timeout_after: 'No answer after it was done',
  nonsense: 'Nonsense answer after it was done',
  revoke_tokens: 'Access ended',
  clock_skew: 'Clock is wrong',
  processing_fails: 'A picture or video cannot be processed',
  processing_slow: 'A GIF or video is worked on for a minute',
};
const RESULTS: Record<string, { text: string; good: boolean }> = {
  done: { text: 'Done.', good: true },
  invalid: { text: 'Something in the form is not right. Check it and send it again.', good: false },
  missing: { text: 'That is not there, or it cannot be done now.', good: false },
};

/** Describes the outcome of a webhook. Status 0 means that nothing responded. */
function answerOf(e: typeof stripeDeliveries.$inferSelect): string {
  const last = e.lastStatus === null ? 'Not sent yet' : e.lastStatus === 0 ? 'No answer' : `${e.lastStatus}`;
  if (e.deliveredAt) return last;
  return e.nextAt ? (e.lastStatus === null ? last : `${last}, will try again`) : `${last}, given up`;
}

/** Renders the page on which a user triggers faults and simulated people. */
export async function controlPage(world: World, c: Ctx): Promise<Response> {
  const action = (path: string) => `${world.base}/control${path}`;
  world.faults.forget();
  const stripe = (type: string) =>
    world.db
      .select()
      .from(stripeObjects)
      .where(eq(stripeObjects.type, type))
      .orderBy(desc(stripeObjects.seq))
      .limit(20);
  const [faults, settings, listings, receipts, shops, subscriptions, invoices, refunds, disputes, events] =
    await Promise.all([
      world.faults.list(),
      world.settings.get(),
      world.db
        .select()
        .from(etsyListings)
        .where(isNull(etsyListings.deletedAt))
        .orderBy(desc(etsyListings.id))
        .limit(50),
      world.db.select().from(etsyReceipts).orderBy(desc(etsyReceipts.id)).limit(20),
      world.db.select().from(accounts).where(eq(accounts.kind, 'shop')),
      stripe('subscription'),
      stripe('invoice'),
      stripe('refund'),
      stripe('dispute'),
      world.db.select().from(stripeDeliveries).orderBy(desc(stripeDeliveries.seq)).limit(15),
    ]);
  const result = RESULTS[c.req.query('result') ?? ''];
  const region = (label: string, body: Markup) =>
    html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${body}</div>`;
  return page(
    world,
    { title: 'Control', wide: true },
    html`${result ? html`<p class="note ${result.good ? 'good' : 'bad'}" role="status">${result.text}</p>` : ''}
<p class="muted">Make a platform fail on purpose, and let simulated people act.</p>

<h2>Faults</h2>
${
  faults.length === 0
    ? html`<p>No fault is switched on.</p>`
    : region(
        'Faults',
        html`<table class="stack"><thead><tr><th scope="col">Where</th><th scope="col">What</th><th scope="col">How often</th><th scope="col">Struck</th><th scope="col">Action</th></tr></thead><tbody>
${faults.map(
  (
    f,
  ) => html`<tr><td data-label="Where">${f.platform === '*' ? 'Every platform' : PLATFORM_NAMES[f.platform]} · ${f.operation === '*' ? 'everything' : f.operation}</td><td data-label="What">${`${KIND_WORDS[f.kind] ?? f.kind}${f.ms ? ` (${f.ms} ms)` : ''}`}</td><td data-label="How often">${f.remaining === null ? `${Math.round(f.probability * 100)} %` : `${f.remaining} more`}</td><td data-label="Struck">${f.struck}</td>
<td data-label="Action"><form method="post" action="${action('/faults/clear')}"><input type="hidden" name="id" value="${f.id}"><button class="plain" aria-label="Remove the fault on ${f.platform} ${f.operation}">Remove</button></form></td></tr>`,
)}</tbody></table>`,
      )
}
<form method="post" action="${action('/faults')}"><fieldset><legend>Add a fault</legend><div class="fields">
<div><label for="f-platform">Platform</label><select id="f-platform" name="platform">${['*', 'x', 'facebook', 'etsy', 'stripe'].map((p) => html`<option value="${p}">${p === '*' ? 'Every platform' : PLATFORM_NAMES[p]}</option>`)}</select></div>
<div><label for="f-operation">Operation</label><input id="f-operation" name="operation" value="*"></div>
<div><label for="f-kind">What happens</label><select id="f-kind" name="kind">${FAULT_KINDS.map((k) => html`<option value="${k}">${KIND_WORDS[k]}</option>`)}</select></div>
<div><label for="f-count">Times (empty: always)</label><input id="f-count" name="count" type="number" min="1" value="1"></div>
<div><label for="f-probability">Probability</label><input id="f-probability" name="probability" type="number" min="0" max="1" step="0.01" value="1"></div>
<div><label for="f-ms">Milliseconds</label><input id="f-ms" name="ms" type="number" value=""></div>
<div><label for="f-seed">Seed</label><input id="f-seed" name="seed" type="number" value="1"></div>
</div><button>Add fault</button></fieldset></form>
${faults.length > 0 ? html`<form method="post" action="${action('/faults/clear')}"><button class="plain">Remove all faults</button></form>` : ''}

<h2>People</h2>
<p>The crowd is ${(settings.crowdAhead / 3_600_000).toFixed(0)} hours ahead of the clock. Buyers ${settings.buyers ? 'come by themselves' : 'stay away'}.</p>
<form method="post" action="${action('/advance')}"><div class="row"><div><label for="hours">Hours</label><input id="hours" name="hours" type="number" min="1" max="8760" value="48" required></div><button>Let time pass for people</button></div></form>
<div class="actions">
<form method="post" action="${action('/settings')}"><input type="hidden" name="buyers" value="${settings.buyers ? 'false' : 'true'}"><button class="plain">${settings.buyers ? 'Keep buyers away' : 'Let buyers come'}</button></form>
<form method="post" action="${action('/settings')}"><input type="hidden" name="refuseDuplicates" value="${settings.refuseDuplicates ? 'false' : 'true'}"><button class="plain">${settings.refuseDuplicates ? 'Let X take the same text twice' : 'Let X refuse the same text'}</button></form>
</div>

<h2>End access</h2>
<form method="post" action="${action('/revoke')}"><div class="row"><div><label for="r-platform">Platform</label><select id="r-platform" name="platform">${['x', 'facebook', 'etsy'].map((p) => html`<option value="${p}">${PLATFORM_NAMES[p]}</option>`)}</select></div><button class="danger">End access of every app</button></div></form>

<h2>Etsy</h2>
${
  listings.length === 0
    ? html`<p>No listing exists yet.</p>`
    : html`<form method="post" action="${action('/etsy/sale')}"><fieldset><legend>A buyer comes now</legend><div class="fields">
<div><label for="s-listing">Listing</label><select id="s-listing" name="listing">${listings.map((l) => html`<option value="${l.id}">${l.title} (${l.state.replace('_', ' ')})</option>`)}</select></div>
<div><label for="s-quantity">Quantity</label><input id="s-quantity" name="quantity" type="number" min="1" value="1"></div>
<div><label for="s-views">Views</label><input id="s-views" name="views" type="number" min="1" value="100"></div>
</div><div class="actions"><button>Sell</button><button class="plain" name="unposted" value="true">Sell, to be shipped later</button><button class="plain" formaction="${action('/etsy/views')}">Add views without sales</button></div></fieldset></form>`
}
${
  receipts.length === 0
    ? ''
    : html`<form method="post" action="${action('/etsy/refund')}"><div class="row"><div><label for="r-receipt">Sale</label><select id="r-receipt" name="receipt">${receipts.map((r) => html`<option value="${r.id}">${r.id}: ${r.title}, ${r.buyerName}${r.refundedCents > 0 ? ' (refunded)' : ''}</option>`)}</select></div>
<div><label for="r-cents">Cents (empty: all)</label><input id="r-cents" name="cents" type="number" min="1"></div><button class="danger">Refund</button><button class="plain" formaction="${action('/etsy/post')}">Ship</button></div></form>`
}
<form method="post" action="${action('/etsy/payout')}"><div class="row"><div><label for="p-shop">Shop</label><select id="p-shop" name="shop">${shops.map((s) => html`<option>${s.handle}</option>`)}</select></div><button class="plain">Pay out the balance</button></div></form>

<h2>Stripe</h2>
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
}

<h2>Start over</h2>
<form method="post" action="${action('/reset')}"><p>This removes every post, listing, sale and subscription of the sandbox, and ends all access.</p><button class="danger">Empty the sandbox</button></form>`,
  );
}
