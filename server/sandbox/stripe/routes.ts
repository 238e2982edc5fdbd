import { and, eq, type SQL, sql } from 'drizzle-orm';
import type { Hono } from 'hono';
import { safeEqual, sha256 } from '@/server/foundation/crypto';
import { sandboxStripe } from '@/server/foundation/sandbox-config';
import { type Ctx, json, Refusal, type SandboxEnv, unix } from '../http';
import { operation } from '../shell/operation';
import type { World } from '../world';
import { type Change, cancelNow, changeSubscription, createSubscription } from './billing';
import { catalogueRoutes } from './catalogue';
import { deleteCustomer } from './customers';
import { invalid, noSuch, stripeError, stripeVendor } from './errors';
import { elements, type FormObject, object, parseNested, strings, text } from './form';
import { paged } from './paging';
import { paymentRoutes } from './payment-routes';
import { expireDue, expireSession } from './sessions';
import { customerShape, portalShape, sessionShape } from './shapes';
import { API_VERSION, expand, get, need, put, type StripeObject, stripeId } from './store';
import { stripeObjects, stripeRequests } from './tables';

/** Function that adds a route of Stripe's API. */
export type On = (method: string, path: string, name: string, work: Work) => void;
export type Work = (body: FormObject, c: Ctx) => Promise<Record<string, unknown>>;
const LIMIT = { limit: 100, windowSeconds: 1 };

/** Adds the part of Stripe's API that subscriptions and their payments need. */
export function stripeRoutes(app: Hono<SandboxEnv>, world: World): void {
  // Errors carry these headers as well.
  app.use('/stripe/v1/*', async (c, next) => {
    await next();
    c.res.headers.set('request-id', stripeId('req'));
    c.res.headers.set('stripe-version', c.req.header('stripe-version') ?? API_VERSION);
  });
  const on: On = (method, path, name, work) =>
    app.on(
      method,
      `/stripe/v1${path}`,
      operation(world, stripeVendor, name, async (c) => {
        const refused = authorize(c);
        if (refused) return refused;
        if (!world.rates.take('stripe.api', 'account', LIMIT, c.get('now')).allowed)
          return stripeVendor.problem(c, { is: 'too_many', limit: 100, reset: 0, rule: null });
        const raw = method === 'POST' ? await c.req.text() : '';
        const body = parseNested(
          method === 'POST' ? new URLSearchParams(raw) : new URL(c.req.url).searchParams,
        );
        const answer = await idempotent(world, c, method === 'POST' ? raw : null, async () => {
          const result = await work(body, c);
          const paths = elements(body.expand).map(String);
          return json(paths.length > 0 ? await expand(world.db, result, paths) : result);
        });
        world.later();
        return answer;
      }),
    );

  on('POST', '/customers', 'PostCustomers', async (body, c) => {
    const customer = customerShape({
      id: stripeId('cus'),
      created: unix(c.get('now')),
      email: text(body.email) ?? null,
      name: text(body.name) ?? null,
      metadata: strings(body.metadata),
    });
    await put(world.db, customer, null, c.get('now'));
    return customer;
  });
  on('GET', '/customers', 'GetCustomers', (body) => {
    const email = text(body.email);
    return paged(world, body, {
      type: 'customer',
      url: '/v1/customers',
      where: email
        ? sql`${stripeObjects.data}->>'email' = ${email}`
        : sql`${stripeObjects.data}->>'deleted' is null`,
    });
  });
  on('GET', '/customers/:id', 'GetCustomersCustomer', (_b, c) => need(world.db, 'customer', id(c)));
  on('POST', '/customers/:id', 'PostCustomersCustomer', (body, c) =>
    world.db.transaction(async (tx) => {
      const customer = await need(tx, 'customer', id(c), { lock: true });
      if (customer.deleted) noSuch('customer', id(c));
      for (const key of ['email', 'name', 'description', 'phone'])
        if (body[key] !== undefined) customer[key] = text(body[key]) ?? null;
      customer.metadata = { ...(customer.metadata as object), ...strings(body.metadata) };
      await put(tx, customer, null, c.get('now'));
      return customer;
    }),
  );
  on('DELETE', '/customers/:id', 'DeleteCustomersCustomer', (_b, c) => deleteCustomer(world, id(c)));
  on('GET', '/customers/:id/payment_methods', 'GetCustomersCustomerPaymentMethods', (body, c) =>
    paged(world, body, {
      type: 'payment_method',
      parent: id(c),
      url: `/v1/customers/${id(c)}/payment_methods`,
    }),
  );
  on('GET', '/payment_methods/:id', 'GetPaymentMethodsPaymentMethod', (_b, c) =>
    need(world.db, 'payment_method', id(c)),
  );

  catalogueRoutes(on, world);

  on('POST', '/checkout/sessions', 'PostCheckoutSessions', (body, c) => createSession(world, body, c));
  on('GET', '/checkout/sessions', 'GetCheckoutSessions', async (body) => {
    await customerOf(world, body);
    await expireDue(world);
    return paged(world, body, { type: 'checkout.session', url: '/v1/checkout/sessions' });
  });
  on('GET', '/checkout/sessions/:id', 'GetCheckoutSessionsSession', async (_b, c) => {
    await expireDue(world);
    return need(world.db, 'checkout.session', id(c));
  });
  on('POST', '/checkout/sessions/:id/expire', 'PostCheckoutSessionsSessionExpire', async (_b, c) => {
    await expireDue(world);
    return world.db.transaction(async (tx) => {
      const session = await need(tx, 'checkout.session', id(c), { lock: true });
      if (session.status !== 'open')
        invalid(
          `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
        );
      return expireSession(tx, session, c.get('now'));
    });
  });

  on('GET', '/subscriptions', 'GetSubscriptions', async (body) => {
    await customerOf(world, body);
    const status = text(body.status);
    const field = sql`${stripeObjects.data}->>'status'`;
    const ended = sql`${field} in ('canceled', 'incomplete_expired')`;
    const only: Record<string, SQL | undefined> = { all: undefined, ended };
    return paged(world, body, {
      type: 'subscription',
      url: '/v1/subscriptions',
      // Without a status, Stripe returns all subscriptions except canceled ones.
      where: status
        ? status in only
          ? only[status]
          : sql`${field} = ${status}`
        : sql`${field} <> 'canceled'`,
    });
  });
  on('POST', '/subscriptions', 'PostSubscriptions', async (body, c) => {
    const customer =
      text(body.customer) ?? invalid('Missing required param: customer.', 'customer', 'parameter_missing');
    await need(world.db, 'customer', customer, { param: 'customer' });
    const prices = elements(body.items).map((item) => text(object(item)?.price));
    if (prices.length === 0) invalid('Missing required param: items.', 'items', 'parameter_missing');
    return createSubscription(world, {
      customer,
      prices: await Promise.all(
        prices.map((price, i) => need(world.db, 'price', price ?? '', { param: `items[${i}][price]` })),
      ),
      metadata: strings(body.metadata),
      now: c.get('now'),
    });
  });
  on('GET', '/subscriptions/:id', 'GetSubscriptionsSubscription', (_b, c) =>
    need(world.db, 'subscription', id(c)),
  );
  on('POST', '/subscriptions/:id', 'PostSubscriptionsSubscription', (body, c) =>
    world.db.transaction(async (tx) =>
      changeSubscription(world, tx, await need(tx, 'subscription', id(c), { lock: true }), changeOf(body)),
    ),
  );
  on('DELETE', '/subscriptions/:id', 'DeleteSubscriptionsSubscription', (_b, c) =>
    world.db.transaction(async (tx) => {
      const subscription = await need(tx, 'subscription', id(c), { lock: true });
      return subscription.status === 'canceled'
        ? noSuch('subscription', id(c))
        : cancelNow(world, tx, subscription);
    }),
  );

  on('POST', '/billing_portal/sessions', 'PostBillingPortalSessions', async (body, c) => {
    const customer =
      text(body.customer) ?? invalid('Missing required param: customer.', 'customer', 'parameter_missing');
    await need(world.db, 'customer', customer, { param: 'customer' });
    const sessionId = stripeId('bps');
    const session = portalShape({
      id: sessionId,
      created: unix(c.get('now')),
      customer,
      returnUrl: text(body.return_url) ?? null,
      url: `${world.publicUrl}/stripe/portal/${sessionId}`,
    });
    await put(world.db, session, customer, c.get('now'));
    return session;
  });
  on('GET', '/invoices', 'GetInvoices', (body) => {
    const subscription = text(body.subscription);
    return paged(world, body, {
      type: 'invoice',
      url: '/v1/invoices',
      ...(subscription
        ? {
            where: sql`${stripeObjects.data}->'parent'->'subscription_details'->>'subscription' = ${subscription}`,
          }
        : {}),
    });
  });
  paymentRoutes(on, world);
  on('GET', '/invoices/:id', 'GetInvoicesInvoice', (_b, c) => need(world.db, 'invoice', id(c)));
  on('GET', '/events', 'GetEvents', (body) => {
    const type = text(body.type);
    return paged(world, body, {
      type: 'event',
      url: '/v1/events',
      ...(type ? { where: sql`${stripeObjects.data}->>'type' = ${type}` } : {}),
    });
  });
  on('GET', '/events/:id', 'GetEventsId', (_b, c) => need(world.db, 'event', id(c)));
  app.all('/stripe/v1/*', (c) =>
    stripeError(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${c.req.method}: ${c.req.path.slice('/stripe'.length)}).`,
    }),
  );
}

const id = (c: Ctx): string => c.req.param('id') ?? '';

function authorize(c: Ctx): Response | null {
  const header = c.req.header('authorization') ?? '';
  const key =
    /^Bearer (.+)$/i.exec(header)?.[1] ??
    Buffer.from(/^Basic (.+)$/i.exec(header)?.[1] ?? '', 'base64')
      .toString()
      .split(':')[0] ??
    '';
  if (safeEqual(key, sandboxStripe().secretKey)) return null;
  return stripeError(401, {
    type: 'invalid_request_error',
    message: key ? `Invalid API Key provided: ${key.slice(0, 7)}****` : 'You did not provide an API key.',
  });
}

/** Refuses a filter by a customer that does not exist. */
async function customerOf(world: World, body: FormObject): Promise<void> {
  const customer = text(body.customer);
  if (customer) await need(world.db, 'customer', customer, { param: 'customer' });
}

/** Returns the same response for the same key and body. Refuses another body, or a request that is still in progress. */
async function idempotent(
  world: World,
  c: Ctx,
  raw: string | null,
  work: () => Promise<Response>,
): Promise<Response> {
  const key = c.req.header('idempotency-key');
  if (raw === null || !key) return refusable(work);
  const path = c.req.path;
  const bodyHash = sha256(raw);
  const [mine] = await world.db
    .insert(stripeRequests)
    .values({ key, path, bodyHash, createdAt: c.get('now') })
    .onConflictDoNothing()
    .returning();
  if (!mine) {
    const [there] = await world.db.select().from(stripeRequests).where(eq(stripeRequests.key, key));
    if (there && (there.path !== path || there.bodyHash !== bodyHash))
      return stripeError(400, {
        type: 'idempotency_error',
        message:
          'Keys for idempotent requests can only be used with the same parameters they were first used with.',
      });
    if (there?.response === null || there?.response === undefined)
      return stripeError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: 'There is currently another in-progress request using this Idempotency-Key.',
      });
    return new Response(there.response, {
      status: there.status ?? 200,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'idempotent-replayed': 'true',
        'idempotency-key': key,
      },
    });
  }
  try {
    const answer = await refusable(work);
    await world.db
      .update(stripeRequests)
      .set({ status: answer.status, response: await answer.clone().text() })
      .where(and(eq(stripeRequests.key, key)));
    answer.headers.set('idempotency-key', key);
    return answer;
  } catch (error) {
    // Nothing was committed, so the key may be used again.
    await world.db.delete(stripeRequests).where(eq(stripeRequests.key, key));
    throw error;
  }
}

async function refusable(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refusal) return error.response;
    throw error;
  }
}

function changeOf(body: FormObject): Change {
  const change: Change = {};
  const cancel = text(body.cancel_at_period_end);
  if (cancel !== undefined) change.cancelAtPeriodEnd = cancel === 'true';
  if (body.items !== undefined)
    change.items = elements(body.items).map((value) => {
      const item = object(value) ?? {};
      return { id: text(item.id), price: text(item.price), deleted: text(item.deleted) === 'true' };
    });
  const proration = text(body.proration_behavior);
  if (proration) {
    if (proration !== 'create_prorations' && proration !== 'always_invoice' && proration !== 'none')
      return invalid('Invalid proration_behavior', 'proration_behavior');
    change.proration = proration;
  }
  if (body.metadata !== undefined) change.metadata = strings(body.metadata);
  const method = text(body.default_payment_method);
  if (method) change.paymentMethod = method;
  return change;
}

async function createSession(world: World, body: FormObject, c: Ctx): Promise<StripeObject> {
  const now = c.get('now');
  if (text(body.mode) !== 'subscription') invalid('Only the mode subscription is offered here.', 'mode');
  const success =
    text(body.success_url) ??
    invalid('Missing required param: success_url.', 'success_url', 'parameter_missing');
  for (const [name, value] of [
    ['success_url', success],
    ['cancel_url', text(body.cancel_url)],
  ] as const)
    if (value && !/^https?:\/\//.test(value)) invalid('Not a valid URL', name, 'url_invalid');
  const lines = elements(body.line_items).map((l) => object(l));
  const wanted = text(lines[0]?.price);
  if (lines.length !== 1 || !wanted)
    return invalid('One line item with a price is needed.', 'line_items', 'parameter_missing');
  const price = await need(world.db, 'price', wanted, { param: 'line_items[0][price]' });
  const customer = text(body.customer) ?? null;
  if (customer) await need(world.db, 'customer', customer, { param: 'customer' });
  const sessionId = stripeId('cs_test');
  const session = sessionShape({
    id: sessionId,
    created: unix(now),
    url: `${world.publicUrl}/stripe/checkout/${sessionId}`,
    price,
    customer,
    email: text(body.customer_email) ?? null,
    clientReference: text(body.client_reference_id) ?? null,
    successUrl: success,
    cancelUrl: text(body.cancel_url) ?? null,
    metadata: strings(body.metadata),
  });
  await world.db.transaction(async (tx) => {
    await put(tx, session, customer, now);
    // Data of a session that the vendor does not show: the price, and the metadata of the future subscription.
    await put(
      tx,
      {
        id: `plan_${sessionId}`,
        object: 'session_plan',
        price: price.id,
        metadata: strings(object(body.subscription_data)?.metadata),
      },
      sessionId,
      now,
    );
  });
  return (await get(world.db, 'checkout.session', sessionId)) ?? session;
}
