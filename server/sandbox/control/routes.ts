import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { Hono } from 'hono';
import { z } from 'zod';
import {
  addLedgerEntry,
  advanceCrowdTime,
  payOutBalance,
  postedOf,
  postPayment,
  recordSale,
  refund,
} from '../etsy/sales';
import { FAULT_KINDS } from '../faults';
import { bodyFields, type Ctx, json, Refusal, type SandboxEnv, sameOrigin } from '../http';
import { mediaOf } from '../media';
import * as tables from '../schema';
import { accounts, etsyListings, posts } from '../schema';
import { ensureSeedAccounts, resetSeedCache } from '../seed-accounts';
import { advancePeriod } from '../stripe/billing';
import { deliverDue, resend } from '../stripe/delivery';
import type { World } from '../world';
import { controlPage } from './page';
import { stripeActions } from './stripe-actions';

const int = z.coerce.number().int();
const optionalNumber = <T extends z.ZodType>(schema: T) =>
  z.preprocess((v) => (v === '' || v === null ? undefined : v), schema.optional());
const flag = z.preprocess((v) => v === true || v === 'true' || v === 'on' || v === '1', z.boolean());

const faultSchema = z.object({
  platform: z.enum(['x', 'facebook', 'etsy', 'stripe', '*']).default('*'),
  operation: z.string().max(80).default('*'),
  kind: z.enum(FAULT_KINDS),
  probability: optionalNumber(z.coerce.number().min(0).max(1)),
  count: optionalNumber(int.min(1)),
  ms: optionalNumber(int.min(-86_400_000).max(86_400_000)),
  seed: optionalNumber(int),
});

class NotThere extends Error {}

/** Function that adds an action, which takes a form or JSON. */
export type Act = <S extends z.ZodType>(
  method: 'POST' | 'DELETE',
  path: string,
  schema: S,
  work: (input: z.output<S>, c: Ctx) => Promise<Record<string, unknown>>,
) => unknown;

/** Adds the control page and its JSON API. Forms and JSON use the same addresses. */
export function controlRoutes(app: Hono<SandboxEnv>, world: World, afterCommit: () => void): void {
  app.get('/control', (c) => controlPage(world, c));

  const act: Act = (method, path, schema, work) =>
    app.on(method, `/control${path}`, async (c) => {
      if (!sameOrigin(c, world)) return json({ error: 'This form came from another site.' }, 403);
      const query = Object.fromEntries(new URL(c.req.url).searchParams);
      const parsed = schema.safeParse({ ...query, ...(await bodyFields(c)) });
      const form = c.req.header('accept')?.includes('text/html');
      const back = (state: string) =>
        new Response(null, { status: 303, headers: { location: `${world.base}/control?result=${state}` } });
      if (!parsed.success)
        return form ? back('invalid') : json({ error: z.prettifyError(parsed.error) }, 400);
      try {
        const result = await work(parsed.data, c);
        afterCommit();
        return form ? back('done') : json({ ok: true, ...result });
      } catch (error) {
        // What Stripe itself refuses is returned as it is.
        if (error instanceof Refusal) return form ? back('missing') : error.response;
        if (!(error instanceof NotThere)) throw error;
        return form ? back('missing') : json({ error: error.message }, 404);
      }
    });

  app.get('/control/faults', async () => {
    world.faults.forget();
    return json({ faults: await world.faults.list() });
  });
  act('POST', '/faults', faultSchema, async (input) => ({ id: await world.faults.add(input) }));
  act('DELETE', '/faults', z.object({ id: z.string().optional() }), async ({ id }) => {
    await world.faults.clear(id);
    return {};
  });
  act('POST', '/faults/clear', z.object({ id: z.string().optional() }), async ({ id }) => {
    await world.faults.clear(id);
    return {};
  });

  app.get('/control/effects', async (c) => json(await effects(world, c.req.query('platform'))));
  app.get('/control/effects/count', async (c) => {
    const platform = c.req.query('platform');
    const n = await world.db.$count(posts, platform ? eq(posts.platform, platform) : undefined);
    return json({ count: n });
  });
  app.get('/control/accounts', async () => json({ accounts: await world.db.select().from(accounts) }));

  act('POST', '/reset', z.object({}), async () => {
    await reset(world);
    return {};
  });
  act(
    'POST',
    '/advance',
    z.object({
      hours: z.coerce
        .number()
        .positive()
        .max(24 * 365),
    }),
    async ({ hours }) => {
      await advanceCrowdTime(world, Math.round(hours * 3_600_000));
      return { crowdAheadMs: (await world.settings.get()).crowdAhead };
    },
  );
  act(
    'POST',
    '/settings',
    z.object({ buyers: flag.optional(), refuseDuplicates: flag.optional(), seed: int.optional() }),
    async (input) => {
      if (input.buyers !== undefined) await world.settings.set('buyers', input.buyers);
      if (input.refuseDuplicates !== undefined)
        await world.settings.set('refuseDuplicates', input.refuseDuplicates);
      if (input.seed !== undefined) await world.settings.set('seed', input.seed);
      return { settings: await world.settings.get() };
    },
  );
  act(
    'POST',
    '/limits',
    z.object({ operation: z.string().regex(/^[a-z]+\.\w+$/), limit: int.min(0), windowSeconds: int.min(1) }),
    async ({ operation, limit, windowSeconds }) => {
      const { limits } = await world.settings.get();
      await world.settings.set('limits', { ...limits, [operation]: { limit, windowSeconds } });
      await world.loadLimits();
      return {};
    },
  );
  act('DELETE', '/limits', z.object({}), async () => {
    await world.settings.set('limits', {});
    await world.loadLimits();
    return {};
  });
  act(
    'POST',
    '/revoke',
    z.object({ platform: z.enum(['x', 'facebook', 'etsy']), account: z.string().optional() }),
    async ({ platform, account }) => {
      const [row] = account
        ? await world.db
            .select()
            .from(accounts)
            .where(and(eq(accounts.platform, platform), eq(accounts.handle, account)))
        : [];
      if (account && !row) throw new NotThere('There is no such account.');
      // A page or shop has no grant of its own, so its owner's grant is revoked.
      const accountId = row?.parentId ?? row?.id;
      await world.tokens.revoke(
        world.db,
        accountId ? { platform, accountId } : { platform },
        world.clock.now(),
      );
      return {};
    },
  );

  act(
    'POST',
    '/etsy/sale',
    z.object({
      listing: int,
      quantity: int.min(1).max(999).default(1),
      shippingCents: optionalNumber(int.min(0)),
      giftWrapCents: optionalNumber(int.min(0)),
      discountCents: optionalNumber(int.min(0)),
      taxCents: optionalNumber(int.min(0)),
      vatCents: optionalNumber(int.min(0)),
      /** Currency of the payment account and its rate to the shop's currency. */
      paidIn: z
        .string()
        .regex(/^[A-Z]{3}$/)
        .optional(),
      rate: z.coerce.number().positive().max(1000).default(1),
      /** Nothing is shipped, so that Etsy credits nothing yet. */
      unposted: flag.default(false),
    }),
    async ({ listing, quantity, paidIn, rate, unposted, ...parts }) => {
      const receipt = await world.db.transaction(async (tx) => {
        const [row] = await tx.select().from(etsyListings).where(eq(etsyListings.id, listing)).for('update');
        return row && !row.deletedAt
          ? recordSale(tx, row, {
              quantity,
              at: world.clock.now(),
              buyerSeed: listing + row.quantity,
              unposted,
              ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)),
              ...(paidIn ? { settledIn: { currency: paidIn, rate } } : {}),
            })
          : null;
      });
      if (!receipt) throw new NotThere('The listing is not active, or has too few in stock.');
      return { receiptId: receipt.id };
    },
  );
  act(
    'POST',
    '/etsy/views',
    z.object({ listing: int, views: int.min(1).max(1_000_000) }),
    async ({ listing, views }) => {
      const [row] = await world.db
        .update(etsyListings)
        .set({ views: sql`${etsyListings.views} + ${views}` })
        .where(and(eq(etsyListings.id, listing), isNull(etsyListings.deletedAt)))
        .returning({ views: etsyListings.views });
      if (!row) throw new NotThere('There is no such listing.');
      return { views: row.views };
    },
  );
  act(
    'POST',
    '/etsy/refund',
    z.object({
      receipt: int,
      cents: optionalNumber(int.min(1)),
      /** Changes the receipt's time of modification, which Etsy does not always do. */
      touched: flag.default(false),
    }),
    async ({ receipt, cents, touched }) => {
      const row = await refund(world, receipt, cents, { touched });
      if (!row) throw new NotThere('There is no such receipt, or it is refunded already.');
      return { refundedCents: row.refundedCents };
    },
  );
  act('POST', '/etsy/post', z.object({ receipt: int }), async ({ receipt }) => {
    const row = await postPayment(world, receipt);
    if (!row) throw new NotThere('There is no such receipt, or nothing is left to credit.');
    return { postedCents: postedOf(row) };
  });
  act('POST', '/etsy/payout', z.object({ shop: z.string() }), async ({ shop }) => {
    const [row] = await world.db
      .select()
      .from(accounts)
      .where(and(eq(accounts.platform, 'etsy'), eq(accounts.handle, shop)));
    if (!row) throw new NotThere('There is no such shop.');
    return { cents: await payOutBalance(world, row.id) };
  });

  act(
    'POST',
    '/etsy/ledger-entry',
    z.object({
      shop: z.string(),
      amount: int,
      currency: z.string().default('USD'),
      ledgerType: z.string(),
      referenceType: z.string().optional(),
      referenceId: z.string().optional(),
      /** Fields to show instead of the vendor's. */
      shown: z.record(z.string(), z.unknown()).optional(),
    }),
    async ({ shop, referenceType, referenceId, shown, ...entry }) => {
      const [row] = await world.db
        .select()
        .from(accounts)
        .where(and(eq(accounts.platform, 'etsy'), eq(accounts.handle, shop)));
      if (!row) throw new NotThere('There is no such shop.');
      return {
        entryId: await addLedgerEntry(world, row.id, {
          ...entry,
          ...(referenceType ? { referenceType } : {}),
          ...(referenceId ? { referenceId } : {}),
          ...(shown ? { shown } : {}),
        }),
      };
    },
  );

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
        .select({ id: tables.stripeObjects.id })
        .from(tables.stripeObjects)
        .where(
          and(eq(tables.stripeObjects.id, input.subscription), eq(tables.stripeObjects.type, 'subscription')),
        );
      if (!row) throw new NotThere('There is no such subscription.');
      const subscription = await advancePeriod(world, row.id, input.outcome || undefined);
      return { status: subscription.status };
    },
  );
  stripeActions(act, world);
  act('POST', '/stripe/deliver', z.object({}), async () => ({ delivered: await deliverDue(world) }));
}

/** Reports what the sandbox did: every post with its text and account, and the texts that were posted more than once. */
export async function effects(world: World, platform?: string) {
  const rows = await world.db
    .select({ post: posts, handle: accounts.handle })
    .from(posts)
    .innerJoin(accounts, eq(accounts.id, posts.accountId))
    .where(platform ? eq(posts.platform, platform) : undefined)
    .orderBy(desc(posts.createdAt), desc(posts.id));
  const pictured = await mediaOf(
    world,
    rows.map((r) => r.post.id),
  );
  const byText = new Map<string, { platform: string; account: string; text: string; count: number }>();
  let refused = 0;
  for (const { post, handle } of rows) {
    refused += post.refusedDuplicates;
    const key = `${post.accountId}\n${post.replyTo ?? ''}\n${post.text.trim()}\n${post.link ?? ''}`;
    const entry = byText.get(key) ?? { platform: post.platform, account: handle, text: post.text, count: 0 };
    entry.count++;
    byText.set(key, entry);
  }
  return {
    count: rows.length,
    posts: rows.map(({ post, handle }) => ({
      id: post.id,
      platform: post.platform,
      account: handle,
      text: post.text,
      link: post.link,
      media: (pictured.get(post.id) ?? []).map(({ id, kind, altText }) => ({ id, kind, altText })),
      replyTo: post.replyTo,
      createdAt: post.createdAt.toISOString(),
      deletedAt: post.deletedAt?.toISOString() ?? null,
    })),
    duplicates: [...byText.values()].filter((e) => e.count > 1),
    refusedDuplicates: refused,
  };
}

/** Empties the sandbox and restores its accounts. */
export async function reset(world: World): Promise<void> {
  await world.db.transaction(async (tx) => {
    for (const table of [
      tables.tokens,
      tables.codes,
      tables.grants,
      tables.reposts,
      tables.mediaParts,
      tables.media,
      tables.posts,
      tables.faults,
      tables.settings,
      tables.etsyLedger,
      tables.etsyReceipts,
      tables.etsyAssets,
      tables.etsyListings,
      tables.stripeDeliveries,
      tables.stripeRequests,
      tables.stripeObjects,
      tables.accounts,
    ])
      await tx.delete(table);
  });
  world.tokens.forget();
  world.settings.forget();
  world.faults.forget();
  world.rates.clear();
  world.rates.override({});
  resetSeedCache(world.db);
  await ensureSeedAccounts(world.db);
}
