import type { Hono } from 'hono';
import { bodyFields, type Ctx, Refusal, type SandboxEnv, sameOrigin, str } from '../http';
import { html, type Markup, page, problemPage } from '../pages';
import type { World } from '../world';
import { changeSubscription, completeCheckout, invoicesOf, itemOf, replaceCard } from './billing';
import type { Card } from './cards';
import { expireDue } from './sessions';
import { fixed, fixedObjects, get, need, type StripeObject, subscriptions } from './store';

const usd = (cents: unknown) =>
  `${Number(cents) < 0 ? '−' : ''}$${(Math.abs(Number(cents)) / 100).toFixed(2)}`;
const day = (seconds: unknown) =>
  new Date(Number(seconds) * 1000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });
const SUBSCRIPTION_WORDS: Record<string, string> = { active: 'Active', past_due: 'Payment failed' };
const INVOICE_WORDS: Record<string, string> = { paid: 'Paid', open: 'Not paid yet' };
const wordOf = (words: Record<string, string>, status: unknown) => words[String(status)] ?? String(status);
const nameOf = (price: StripeObject) => String(fixed(String(price.product))?.name ?? price.id);

const cardFields = (name = ''): Markup => html`
<label for="card">Card number</label><input id="card" name="card" inputmode="numeric" autocomplete="off" required placeholder="4242 4242 4242 4242" aria-describedby="card-help">
<ul class="hint" id="card-help"><li><b>4242 4242 4242 4242</b> pays</li><li><b>4000 0000 0000 0002</b> is declined</li><li><b>4000 0000 0000 0341</b> can be saved and fails later</li></ul>
<div class="row"><div><label for="expiry">Expiry (MM/YY)</label><input id="expiry" name="expiry" autocomplete="off" required value="12/30" pattern="[0-9]{1,2} ?/ ?[0-9]{2,4}"></div>
<div><label for="cvc">Security code</label><input id="cvc" name="cvc" inputmode="numeric" autocomplete="off" required value="123" pattern="[0-9]{3,4}"></div></div>
<label for="name">Name on card</label><input id="name" name="name" autocomplete="off" required value="${name}">`;

function cardOf(form: Record<string, unknown>): Card {
  const [month = '12', year = '30'] = (str(form.expiry) ?? '').split('/').map((p) => p.trim());
  return {
    number: (str(form.card) ?? '').replace(/\D/g, ''),
    month: Number(month) || 12,
    year: Number(year) < 100 ? 2000 + Number(year) : Number(year) || 2030,
    name: str(form.name) ?? null,
  };
}

/** Adds the pages on which a user pays and later manages the subscription. */
export function stripePages(app: Hono<SandboxEnv>, world: World): void {
  app.get(
    '/stripe/checkout/:id',
    guard(world, (c) => checkoutPage(world, c)),
  );
  app.post(
    '/stripe/checkout/:id',
    guard(world, async (c) => {
      const form = await bodyFields(c);
      const answer = await completeCheckout(world, c.req.param('id') ?? '', {
        email: str(form.email) ?? '',
        card: cardOf(form),
      });
      world.later();
      if ('declined' in answer) return checkoutPage(world, c, answer.declined, str(form.email));
      return Response.redirect(successUrl(answer.session), 303);
    }),
  );
  app.get(
    '/stripe/portal/:id',
    guard(world, (c) => portalPage(world, c)),
  );
  app.post(
    '/stripe/portal/:id',
    guard(world, async (c) => {
      const problem = await portalAction(world, c);
      world.later();
      return portalPage(world, c, problem ?? 'Your change is saved.', problem === null);
    }),
  );
  app.get(
    '/stripe/invoice/:id',
    guard(world, async (c) => {
      const invoice = await need(world.db, 'invoice', c.req.param('id') ?? '');
      const lines = (invoice.lines as { data: StripeObject[] }).data;
      return page(
        world,
        { title: `Invoice ${invoice.number}`, platform: 'stripe' },
        html`
<dl><dt>Status</dt><dd>${wordOf(INVOICE_WORDS, invoice.status)}</dd><dt>Date</dt><dd>${day(invoice.created)}</dd><dt>Billed to</dt><dd>${invoice.customer_name ?? invoice.customer_email ?? ''}</dd></dl>
<div class="scroll" tabindex="0" role="region" aria-label="Lines"><table><thead><tr><th scope="col">Description</th><th scope="col" class="num">Amount</th></tr></thead>
<tbody>${lines.map((l) => html`<tr><td>${l.description}</td><td class="num">${usd(l.amount)}</td></tr>`)}</tbody>
<tfoot><tr><td>Total</td><td class="num">${usd(invoice.total)}</td></tr></tfoot></table></div>`,
      );
    }),
  );
}

/** Shows a page for an object that does not exist, and refuses forms from other sites. */
function guard(world: World, work: (c: Ctx) => Promise<Response>) {
  return async (c: Ctx): Promise<Response> => {
    if (c.req.method === 'POST' && !sameOrigin(c, world))
      return problemPage(world, {
        title: 'This form came from elsewhere',
        text: 'Open the page again and send it from there.',
        status: 403,
        platform: 'stripe',
      });
    try {
      return await work(c);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return problemPage(world, {
        title: 'This link does not work',
        text: 'It may be wrong or too old. Go back to the app and start again.',
        status: 404,
        platform: 'stripe',
      });
    }
  };
}

const successUrl = (session: StripeObject): string =>
  String(session.success_url).replace('{CHECKOUT_SESSION_ID}', session.id);

async function checkoutPage(world: World, c: Ctx, problem?: string, email?: string): Promise<Response> {
  await expireDue(world);
  const session = await need(world.db, 'checkout.session', c.req.param('id') ?? '');
  if (session.status !== 'open') {
    const paid = session.status === 'complete';
    const back = paid ? successUrl(session) : session.cancel_url;
    return problemPage(world, {
      title: paid ? 'This is paid already' : 'This checkout has expired',
      text: 'There is nothing to pay here.',
      back: back ? String(back) : undefined,
      status: 410,
      platform: 'stripe',
    });
  }
  const plan = await get(world.db, 'session_plan', `plan_${session.id}`);
  const price = fixed(String(plan?.price)) as StripeObject;
  const customer = session.customer ? await get(world.db, 'customer', String(session.customer)) : null;
  const known =
    email ?? (customer?.email as string | null) ?? (session.customer_email as string | null) ?? '';
  const targets = [session.success_url, session.cancel_url]
    .filter(Boolean)
    .map((u) => new URL(String(u)).origin);
  return page(
    world,
    {
      title: `Subscribe to ${nameOf(price)}`,
      platform: 'stripe',
      status: problem ? 402 : 200,
      formTo: [...new Set(targets)],
    },
    html`<p class="price">${usd(price.unit_amount)} <span class="muted small">a month</span></p>
${problem ? html`<p class="note bad" role="alert">${problem}</p>` : ''}
<form method="post" action="${world.base}${c.req.path}">
<fieldset><legend>Pay with a test card</legend>
<label for="email">E-mail</label><input id="email" name="email" type="email" autocomplete="off" required value="${known}">
${cardFields((customer?.name as string | null) ?? '')}
</fieldset>
<button class="full">Pay and subscribe</button>
${session.cancel_url ? html`<p class="actions"><a href="${session.cancel_url}">Cancel and go back</a></p>` : ''}
</form>`,
  );
}

async function portalPage(world: World, c: Ctx, message?: string, good = false): Promise<Response> {
  const session = await need(world.db, 'billing_portal.session', c.req.param('id') ?? '');
  const customerId = String(session.customer);
  const all = await subscriptions(world.db, customerId);
  const current = all.filter((s) => s.status !== 'canceled');
  const { data: invoices } = (await invoicesOf(world, customerId)) as { data: StripeObject[] };
  const prices = fixedObjects().filter((o) => o.object === 'price');
  const action = `${world.base}${c.req.path}`;
  return page(
    world,
    { title: 'Your subscription', platform: 'stripe' },
    html`${message ? html`<p class="note ${good ? 'good' : 'bad'}" role="status">${message}</p>` : ''}
${session.return_url ? html`<p><a href="${session.return_url}">Return to Tributary</a></p>` : ''}
${current.length === 0 ? html`<p>There is no subscription.</p>` : ''}
${current.map((s) => {
  const item = itemOf(s);
  const ending = s.cancel_at_period_end === true;
  return html`<section class="card"><h2>${nameOf(item.price)} <span class="badge ${s.status === 'active' ? 'good' : 'bad'}">${wordOf(SUBSCRIPTION_WORDS, s.status)}</span></h2>
<p>${usd(item.price.unit_amount)} a month. ${ending ? 'Ends' : 'Renews'} on ${day(item.current_period_end)}.</p>
<form method="post" action="${action}"><input type="hidden" name="subscription" value="${s.id}">
<div class="actions">${prices
    .filter((p) => p.id !== item.price.id)
    .map(
      (p) =>
        html`<button class="plain" name="action" value="switch:${p.id}">Switch to ${nameOf(p)} (${usd(p.unit_amount)})</button>`,
    )}${
    ending
      ? html`<button name="action" value="resume">Keep the subscription</button>`
      : html`<button class="danger" name="action" value="cancel">Cancel at the end of the period</button>`
  }</div></form></section>`;
})}
${
  current.length > 0
    ? html`<form method="post" action="${action}"><fieldset><legend>Use another card</legend>${cardFields()}<p class="actions"><button name="action" value="card">Save card</button></p></fieldset></form>`
    : ''
}
<h2>Invoices</h2>
${
  invoices.length === 0
    ? html`<p>There are none.</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="Invoices"><table><thead><tr><th scope="col">Number</th><th scope="col">Date</th><th scope="col">Status</th><th scope="col" class="num">Total</th></tr></thead><tbody>
${invoices.map((i) => html`<tr><td><a href="${world.base}/stripe/invoice/${i.id}">${i.number}</a></td><td>${day(i.created)}</td><td>${wordOf(INVOICE_WORDS, i.status)}</td><td class="num">${usd(i.total)}</td></tr>`)}</tbody></table></div>`
}`,
  );
}

/** Performs an action of the portal. Returns an error message, or null if the change is saved. */
async function portalAction(world: World, c: Ctx): Promise<string | null> {
  const session = await need(world.db, 'billing_portal.session', c.req.param('id') ?? '');
  const form = await bodyFields(c);
  const action = str(form.action) ?? '';
  if (action === 'card') return replaceCard(world, String(session.customer), cardOf(form));
  return world.db.transaction(async (tx) => {
    const subscription = await need(tx, 'subscription', str(form.subscription) ?? '', { lock: true });
    if (subscription.customer !== session.customer) return 'This subscription belongs to someone else.';
    if (subscription.status === 'canceled') return 'This subscription has ended.';
    if (action === 'cancel' || action === 'resume')
      await changeSubscription(world, tx, subscription, { cancelAtPeriodEnd: action === 'cancel' });
    else if (action.startsWith('switch:'))
      await changeSubscription(world, tx, subscription, {
        items: [{ id: itemOf(subscription).id, price: action.slice(7) }],
        proration: 'always_invoice',
      });
    else return 'Choose what to change.';
    return null;
  });
}
