import { and, desc, eq } from 'drizzle-orm';
import type { Hono } from 'hono';
import { z } from 'zod';
import { FAULT_KINDS } from '../faults';
import { sandboxTables } from '../generated/tables';
import { bodyFields, json, Refusal, type SandboxEnv, sameOrigin } from '../http';
import { accounts, posts } from '../schema';
import { ensureSeedAccounts, resetSeedCache, seedRealm } from '../seed-accounts';
import { makeKey } from '../shell/keys';
import { mediaOf } from '../shell/media';
import type { World } from '../world';
import { type Act, flag, int, NotThere, optionalNumber } from './act';
import { controlPage } from './page';
import { webhooksActions } from './webhooks';

const faultSchema = (platforms: readonly string[]) =>
  z.object({
    platform: z.enum([...platforms, '*']).default('*'),
    operation: z.string().max(80).default('*'),
    kind: z.enum(FAULT_KINDS),
    probability: optionalNumber(z.coerce.number().min(0).max(1)),
    count: optionalNumber(int.min(1)),
    ms: optionalNumber(int.min(-86_400_000).max(86_400_000)),
    seed: optionalNumber(int),
  });

/** Adds the control page and its JSON API. Forms and JSON use the same addresses. */
export function controlRoutes(app: Hono<SandboxEnv>, world: World): void {
  const ids = world.standIns.map(({ id }) => id);
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
        world.later();
        return form ? back('done') : json({ ok: true, ...result });
      } catch (error) {
        // What a platform itself refuses is returned as it is.
        if (error instanceof Refusal) return form ? back('missing') : error.response;
        if (!(error instanceof NotThere)) throw error;
        return form ? back('missing') : json({ error: error.message }, 404);
      }
    });

  app.get('/control/faults', async () => {
    world.faults.forget();
    return json({ faults: await world.faults.list() });
  });
  act('POST', '/faults', faultSchema(ids), async (input) => ({ id: await world.faults.add(input) }));
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
      await world.passTime(Math.round(hours * 3_600_000));
      return { crowdAheadMs: (await world.settings.get()).crowdAhead };
    },
  );
  act(
    'POST',
    '/settings',
    z.object({
      seed: int.optional(),
      ...Object.fromEntries(
        world.standIns.flatMap((one) => one.switches ?? []).map(({ key }) => [key, flag.optional()]),
      ),
    }),
    async ({ seed, ...switches }) => {
      for (const [key, on] of Object.entries(switches))
        if (typeof on === 'boolean') await world.settings.turn(key, on);
      if (seed !== undefined) await world.settings.set('seed', seed);
      return { settings: await world.settings.get() };
    },
  );
  act(
    'POST',
    '/limits',
    z.object({
      operation: z.string().regex(/^[a-z][a-z0-9-]*\.\w+$/),
      limit: int.min(0),
      windowSeconds: int.min(1),
    }),
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
    z.object({
      platform: z.string().refine((realm) => world.standIn(realm) !== undefined),
      account: z.string().optional(),
    }),
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
    '/key',
    z.object({ platform: z.string(), account: z.string() }),
    async ({ platform, account }) => {
      const standIn = world.standIn(platform);
      if (!standIn?.keys) throw new NotThere('This platform has no such keys.');
      if (standIn.servers) await seedRealm(world, standIn, platform);
      const [row] = await world.db
        .select()
        .from(accounts)
        .where(
          and(
            eq(accounts.platform, platform),
            eq(accounts.kind, standIn.keys.kind),
            eq(accounts.handle, account),
          ),
        );
      if (!row) throw new NotThere('There is no such account.');
      return { key: await makeKey(world, standIn.keys, row) };
    },
  );
  webhooksActions(act, world);
  for (const { control } of world.standIns) control?.actions?.(act, world);
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
    for (const table of sandboxTables) await tx.delete(table);
  });
  world.tokens.forget();
  world.settings.forget();
  world.faults.forget();
  world.rates.clear();
  world.rates.override({});
  resetSeedCache(world.db);
  await ensureSeedAccounts(world.db, world.standIns);
}
