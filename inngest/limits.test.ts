import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type Db, setDb } from '@/db/client';
import type { FollowUpRule } from '@/db/schema';
import { setTransport } from '@/server/domains/connections/load-target';
import { SWEEP_AHEAD_MS, SWEEP_BATCH } from '@/server/domains/publications/policy';
import { ManualClock, systemClock } from '@/server/foundation/clock';
import { resetEnv } from '@/server/foundation/env';
import { secrets } from '@/server/foundation/secrets';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { parseCron } from './embedded/cron';
import { sync } from './embedded/protocol';
import * as events from './events';
import { functions } from './functions';
import { eachPage, MAX_PAGES } from './functions/pages';
import { INNGEST_LIMITS as LIMITS } from './limits';
import { runLog } from './middleware/run-log';
import { runToEnd } from './run-to-end';
import { handleInngest } from './serve';

/** Request bodies sent to the event API, as they leave the SDK. */
const { requests } = vi.hoisted(() => ({ requests: [] as string[] }));
vi.mock('./embedded/intake', async (original) => {
  const real = await original<typeof import('./embedded/intake')>();
  return {
    ...real,
    embeddedFetch: (...args: Parameters<typeof real.embeddedFetch>) => {
      const send = real.embeddedFetch(...args);
      return (input: string | URL | Request, init?: RequestInit) => {
        if (typeof init?.body === 'string') requests.push(init.body);
        return send(input, init);
      };
    },
  };
});

const configs = () =>
  functions
    .flatMap((fn) => fn['getConfig']({ baseUrl: new URL('http://x.test'), appPrefix: 'tributary' }))
    .map((config) => registered.parse(JSON.parse(JSON.stringify(config))));
const key = () => secrets().inngestSigningKey;
const concurrency = z.strictObject({
  limit: z.number().int(),
  key: z.string().optional(),
  scope: z.string().optional(),
});
/** What an app reports to a server about one function. Settings that were not checked against the documentation are rejected here. */
const registered = z.strictObject({
  id: z.string().regex(/^tributary-[a-z0-9-]{3,80}$/, 'stable and readable'),
  name: z.string().min(1),
  triggers: z
    .array(
      z.union([
        z.strictObject({ event: z.string().max(LIMITS.eventName), expression: z.string().optional() }),
        z.strictObject({ cron: z.string().refine((text) => parseCron(text) !== null) }),
      ]),
    )
    .min(1)
    .max(LIMITS.triggers),
  steps: z.strictObject({
    step: z.strictObject({
      id: z.string(),
      name: z.string(),
      runtime: z.strictObject({ type: z.literal('http'), url: z.url() }),
      retries: z.strictObject({ attempts: z.number().int().min(0).max(LIMITS.retries) }).optional(),
    }),
  }),
  concurrency: z
    .union([z.number().int().min(0), concurrency, z.array(concurrency)])
    .optional()
    .transform((given) =>
      given === undefined
        ? []
        : typeof given === 'number'
          ? [{ limit: given, key: undefined }]
          : [given].flat(),
    ),
});

describe('registered functions', () => {
  const read = async () => (await sync(handleInngest, key())).map((raw) => registered.parse(raw));

  test('every registered function is within the limits of a server', async () => {
    const all = await read();
    expect(all.map((fn) => fn.id).sort()).toEqual(
      configs()
        .map((c) => c.id)
        .sort(),
    );
    expect(all.length).toBeLessThanOrEqual(LIMITS.functions);
    for (const fn of all) {
      const keys = fn.concurrency.map((c) => c.key);
      expect(keys.length, fn.id).toBeLessThanOrEqual(LIMITS.concurrencyKeys);
      expect(new Set(keys).size, fn.id).toBe(keys.length);
      for (const { limit } of fn.concurrency)
        expect(limit, fn.id).toBeLessThanOrEqual(LIMITS.concurrency.pro);
      // Every event that starts the function must carry the field that the key reads; otherwise all runs would share one slot.
      for (const path of keys.filter((k) => k !== undefined)) {
        const field = /^event\.data\.(\w+)$/.exec(path)?.[1] ?? '';
        for (const trigger of fn.triggers) {
          const type = Object.values(events).find((e) => 'event' in trigger && e.name === trigger.event);
          const shape = (type as unknown as { schema?: { shape?: Record<string, unknown> } })?.schema?.shape;
          expect(Object.keys(shape ?? {}), `${fn.id} by ${path}`).toContain(field);
        }
      }
    }
  });

  test('the concurrency stays within that of a smaller plan when it is configured', async () => {
    const most = async () => Math.max(...(await read()).flatMap((fn) => fn.concurrency.map((c) => c.limit)));
    expect(await most()).toBeGreaterThan(LIMITS.concurrency.basic);
    process.env.INNGEST_SIGNING_KEY = key();
    try {
      for (const plan of [LIMITS.concurrency.free, LIMITS.concurrency.basic]) {
        process.env.INNGEST_CONCURRENCY = String(plan);
        resetEnv();
        expect(await most()).toBe(plan);
      }
    } finally {
      delete process.env.INNGEST_SIGNING_KEY;
      delete process.env.INNGEST_CONCURRENCY;
      resetEnv();
    }
  });
});

test('a list of any length takes fewer steps than a run may have, and stores little', async () => {
  const kept: unknown[] = [];
  const step = {
    run: async (_: string, work: () => unknown) => {
      const given = await work();
      kept.push(given);
      return given;
    },
  } as never;
  // An endless list.
  const total = await eachPage(step, {
    name: 'Test',
    read: async (after) =>
      Array.from(
        { length: 200 },
        (_, i) => `wsp_${String(Number(after.slice(4)) + i + 1).padStart(26, '0')}`,
      ),
    id: (row) => row,
    work: async (rows) => ({ done: rows.length, failed: 0 }),
  });
  expect(total.done).toBe(MAX_PAGES * 200);
  expect(kept.length).toBeLessThanOrEqual(LIMITS.stepsPerRun);
  // Every call carries all of it.
  expect(JSON.stringify(kept).length).toBeLessThan(LIMITS.callBody / 10);
});

describe('the size of a run with as much work as it can take', () => {
  const clock = new ManualClock('2026-03-04T10:00:00.500Z');
  const MANY = 210;
  const LANES = SWEEP_BATCH + 100;
  const RULE: FollowUpRule = {
    measure: 'likes',
    atLeast: 1,
    withinHours: 24,
    action: 'repost',
    text: '',
    wait: { kind: 'none' },
    activeHours: false,
  };
  let db: Db;
  let workspace = '';
  beforeAll(async () => {
    vi.spyOn(systemClock, 'now').mockImplementation(() => clock.now());
    // No platform is reachable.
    setTransport(async () => {
      throw new Error('no network in this test');
    });
    db = await freshDb();
    setDb(db);
    const world = await createWorld(db, { plan: 'agency', timeZone: 'UTC', clock });
    workspace = world.workspaceId;
    await db.asSystem(async (tx) => {
      const id = (prefix: string) => sql.raw(`'${prefix}_' || lpad(g::text, 26, '0')`);
      const each = sql`from generate_series(1, ${MANY}::int) g`;
      await tx.execute(sql`insert into workspaces (id, name) select ${id('wsp')}, 'Many' ${each}`);
      await tx.execute(sql`insert into grants (id, workspace_id, platform, environment, credentials, access_expires_at)
        select ${id('gra')}, ${id('wsp')}, 'etsy', 'sandbox', 'sealed', ${clock.now().toISOString()}::timestamptz ${each}`);
      await tx.execute(sql`insert into connections (id, workspace_id, platform, environment, status, remote_id, remote_name, grant_id)
        select ${id('con')}, ${id('wsp')}, 'etsy', 'sandbox', 'active', g, 'Shop', ${id('gra')} ${each}`);
      await tx.execute(sql`insert into products (id, workspace_id, title, description, price, floor, currency)
        select ${id('prd')}, ${id('wsp')}, 'P', 'P', 500, 100, 'USD' ${each}`);
      for (const [prefix, state] of [
        ['lst', 'pending'],
        ['lsa', 'delisted'],
      ] as const)
        await tx.execute(sql`insert into listings (id, workspace_id, product_id, connection_id, state, price, currency, updated_at)
          select ${id(prefix)}, ${id('wsp')}, ${id('prd')}, ${id('con')}, ${state}, 500, 'USD', '2026-01-01' ${each}`);
      await tx.execute(sql`insert into price_rules (id, workspace_id, listing_id, min_views, window_hours, step_basis_points, cooldown_hours)
        select ${id('prr')}, ${id('wsp')}, ${id('lst')}, 1, 1, 100, 1 ${each}`);
      await tx.execute(sql`insert into price_changes (id, workspace_id, listing_id, from_price, to_price, currency, reason, state, created_by, created_at)
        select ${id('prc')}, ${id('wsp')}, ${id('lst')}, 500, 400, 'USD', '{"fact":"errors.plain","params":{"text":"r"}}', 'pending', 'system', '2026-01-01' ${each}`);
      await tx.execute(sql`insert into generations (id, workspace_id, provider, model, cost_micros, outcome)
        select ${id('gen')}, ${id('wsp')}, 'mistral', 'm', 20000, 'completed' ${each}`);
      await tx.execute(
        sql`insert into posts (id, workspace_id, title, created_by) select ${id('pst')}, ${id('wsp')}, 'Again', 'system' ${each}`,
      );
      await tx.execute(sql`insert into series (id, workspace_id, post_id, unit, start_day, minute, time_zone, request_key, created_by)
        select ${id('ser')}, ${id('wsp')}, ${id('pst')}, 'day', '2026-01-01', 540, 'UTC', 'k', 'system' ${each}`);
      await tx.execute(
        sql`insert into evergreen_posts (post_id, workspace_id, created_by) select ${id('pst')}, ${id('wsp')}, 'system' ${each}`,
      );
      await tx.execute(sql`insert into approvals (id, workspace_id, subject_type, subject_id, title, policy, deadline_at)
        select ${id('apr')}, ${id('wsp')}, 'post', ${id('pst')}, 'Again', 'keep', '2026-01-01' ${each}`);
      // A workspace with a very large number of accounts, each with its own lane: one post due within the minute and one in 14 months.
      const lanes = sql`from generate_series(1, ${LANES}::int) g`;
      await tx.execute(sql`insert into connections (id, workspace_id, platform, environment, status, remote_id, remote_name)
        select ${id('lin')}, ${workspace}, 'facebook', 'sandbox', 'active', 'l' || g, 'Page' ${lanes}`);
      await tx.execute(
        sql`insert into posts (id, workspace_id, title, created_by) values ('pst_l', ${workspace}, 'Lanes', 'system')`,
      );
      await tx.execute(
        sql`insert into variants (id, workspace_id, post_id, platform, text) values ('var_l', ${workspace}, 'pst_l', 'facebook', 'Hello')`,
      );
      const put = (prefix: string, due: string, state: string, held: string | null = null, on = sql``) =>
        tx.execute(sql`insert into publications (id, workspace_id, post_id, variant_id, connection_id, text, due_at, local_time, time_zone, state,
            marker, request_key, created_by, claim_token, claimed_until)
          select ${id(prefix)}, ${workspace}, 'pst_l', 'var_l', ${id('lin')}, 'Hello', ${due}::timestamptz, '2026-03-04T10:01', 'UTC', ${state}, g, ${id(prefix)}, 'system',
            case when ${state} <> 'scheduled' then 'token-of-the-claim' end, ${held}::timestamptz ${lanes} ${on}`);
      await put('pub', new Date(clock.now().getTime() + 60_000).toISOString(), 'scheduled');
      await put('far', '2027-05-04T10:00:00Z', 'scheduled');
      // Posts published long enough ago to be read, one on each account and many on a single one, all with a reached rule.
      await tx.execute(sql`insert into publications (id, workspace_id, post_id, variant_id, connection_id, text, due_at, local_time, time_zone, state,
          marker, request_key, created_by, remote_id, published_at, follow_up_rule)
        select ${id('out')}, ${workspace}, 'pst_l', 'var_l', case when g <= ${LANES} then ${id('lin')} else 'lin_' || lpad('1', 26, '0') end, 'Hello',
          '2026-03-04T09:00:00Z', '2026-03-04T09:00', 'UTC', 'published', g, ${id('out')}, 'system', 'r' || g, '2026-03-04T09:00:00Z',
          ${JSON.stringify(RULE)}::text::jsonb
        from generate_series(1, ${LANES + MANY}::int) g`);
      await tx.execute(sql`insert into publication_results (publication_id, workspace_id, connection_id, next_read_at, follow_up_state, follow_up_at)
        select id, workspace_id, connection_id, '2026-03-04T09:15:00Z', 'reached', '2026-03-04T09:15:00Z' from publications where id like 'out_%'`);
      // Claimed, due and not sent; and started, with an unknown outcome.
      await put('sta', '2026-03-04T09:59:50Z', 'queued', '2026-03-04T10:02:50Z', sql`where g > 550`);
      await put('end', '2026-03-04T09:55:00Z', 'publishing', '2026-03-04T09:57:30Z', sql`where g <= 550`);
      // After this many inserts, the planner's statistics are still those of empty tables.
      await tx.execute(sql`analyze`);
    });
  });
  afterAll(async () => {
    await runLog.flush();
    setTransport(undefined);
    setDb(undefined);
    vi.restoreAllMocks();
    await db.close();
  });
  beforeEach(() => void requests.splice(0));

  const lane = () => ({
    workspaceId: workspace,
    connectionId: `lin_${'1'.padStart(26, '0')}`,
    platform: 'facebook',
  });
  const claim = (dueAt: string) => ({
    ...lane(),
    publicationId: `pub_${'1'.padStart(26, '0')}`,
    version: 1,
    claimToken: 'token-of-the-claim',
    dueAt,
  });
  const shop = { workspaceId: `wsp_${'1'.padStart(26, '0')}`, connectionId: `con_${'1'.padStart(26, '0')}` };
  const soon = () => new Date(clock.now().getTime() + SWEEP_AHEAD_MS).toISOString();
  /**
   * The trigger of each function, the number of steps that it may take here, and the number of events that it sends. In execution order.
   */
  const cases: Record<string, { data?: () => unknown; steps: number; events?: number; ends?: 'error' }> = {
    'publishing-recover-stuck': { steps: 0, events: 500 },
    'publishing-sweep': { steps: 0, events: SWEEP_BATCH + 600 },
    'publish-publication': { data: () => claim(soon()), steps: 1, ends: 'error' },
    'publish-lane': { data: lane, steps: 0 },
    'publishing-media-sweep': { steps: 0 },
    'publish-media': { data: () => ({ ...lane(), publicationId: `pub_${'1'.padStart(26, '0')}` }), steps: 1 },
    'look-up-publication': { data: () => claim(soon()), steps: 0 },
    'approval-deadlines': { steps: 0 },
    'posting-tell-of-stops': { steps: 0 },
    'results-sweep': { steps: 0, events: LANES },
    'results-read': { data: lane, steps: 0 },
    'planning-series': { steps: 3 },
    'planning-evergreen': { steps: 3 },
    'selling-sync-hourly': { steps: 3, events: MANY },
    'selling-sync-shop': { data: () => shop, steps: 2, ends: 'error' },
    'selling-listing': {
      data: () => ({ ...shop, listingId: `lst_${'1'.padStart(26, '0')}` }),
      steps: 1,
      ends: 'error',
    },
    'selling-price-change': {
      data: () => ({ ...shop, priceChangeId: `prc_${'1'.padStart(26, '0')}` }),
      steps: 1,
    },
    'selling-price-rules': { steps: 3 },
    'selling-book-ai-costs': { steps: 3 },
    'selling-sweep': { steps: 7, events: 2 * MANY - 10 },
    'connections-refresh': { steps: 102 },
    'by-hand-reminders': { steps: 0 },
    'connections-limits': { steps: 1 },
    'connections-endings': { steps: 0 },
    'webhooks-sweep': { steps: 0 },
    'webhooks-apply': { data: () => ({ platform: 'facebook', receiver: 'live' }), steps: 0 },
    'webhooks-set-up': { steps: 102 },
    'identity-send-emails': { steps: 1 },
    'identity-tidy': { steps: 0 },
    'billing-reconcile': { steps: 0 },
    'system-delete-expired': { steps: 0 },
    'system-clean-up-files': { steps: 0 },
  };

  const startedBy = (id: string): string =>
    configs()
      .find((config) => config.id === `tributary-${id}`)
      ?.triggers.flatMap((trigger) => ('event' in trigger ? [trigger.event] : []))[0] ?? '';

  test('each function has a case', () => {
    expect(Object.keys(cases).sort()).toEqual(functions.map((fn) => fn.id()).sort());
  });

  test.each(Object.entries(cases))('%s', async (id, { data, steps, events, ends }) => {
    const result = await runToEnd(handleInngest, key(), `tributary-${id}`, {
      name: data ? startedBy(id) : 'inngest/scheduled.timer',
      id: `start-${id}`,
      ts: clock.now().getTime(),
      data: data?.() ?? { cron: '* * * * *' },
    });
    if (!ends) expect(result.end, JSON.stringify(result.end).slice(0, 600)).toMatchObject({ kind: 'done' });
    expect(result.steps).toBeLessThanOrEqual(Math.min(steps, LIMITS.stepsPerRun));
    expect(result.output).toBeLessThanOrEqual(LIMITS.stepOutput / 10);
    expect(result.state).toBeLessThanOrEqual(LIMITS.runState / 10);
    expect(result.body).toBeLessThanOrEqual(LIMITS.callBody / 10);
    expect(result.sleep).toBeLessThanOrEqual(SWEEP_AHEAD_MS);
    expect(SWEEP_AHEAD_MS).toBeLessThan(LIMITS.sleep);
    const sent = requests.map((body) => JSON.parse(body) as { data?: { dueAt?: string } }[]);
    expect(sent.flat().length).toBeGreaterThanOrEqual(events ?? 0);
    for (const batch of sent) expect(batch.length).toBeLessThanOrEqual(LIMITS.eventsPerRequest);
    for (const body of requests)
      expect(Buffer.byteLength(body), 'a request to the event API').toBeLessThanOrEqual(LIMITS.event);
    // No event announces a post long before it is due, so no run sleeps until then.
    for (const { data } of sent.flat())
      if (data?.dueAt)
        expect(Date.parse(data.dueAt) - clock.now().getTime()).toBeLessThanOrEqual(SWEEP_AHEAD_MS);
  });
});
