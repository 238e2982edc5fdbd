import { and, eq, inArray, ne } from 'drizzle-orm';
import { Temporal } from 'temporal-polyfill';
import type { Db } from '@/db/client';
import { connections, members, posts, products, publications, users } from '@/db/schema';
import { handlerTransport } from '@/server/connectors/host/transport';
import { connectSandbox } from '@/server/domains/connections/connect-sandbox';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import { setTransport, transportInUse } from '@/server/domains/connections/load-target';
import { saveFile } from '@/server/domains/files/save-file';
import { performListing } from '@/server/domains/listings/perform-listing';
import { drawPicture } from '@/server/domains/listings/pictures';
import { requestListing } from '@/server/domains/listings/request-listing';
import { schedulePublications } from '@/server/domains/planning/schedule-publications';
import { createPost } from '@/server/domains/posts/create-post';
import { applyPriceChange } from '@/server/domains/pricing/apply-price-change';
import { evaluateRules } from '@/server/domains/pricing/evaluate-rules';
import { listRules } from '@/server/domains/pricing/queries';
import { saveRule } from '@/server/domains/pricing/save-rule';
import { createProduct } from '@/server/domains/products/create-product';
import { syncSales } from '@/server/domains/sales/sync-sales';
import { type Clock, ManualClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import { asWorkspaceId } from '@/server/foundation/ids';
import { sandboxPublicUrl } from '@/server/foundation/sandbox-config';
import { sandboxHandler } from '@/server/sandbox/handler';
import { type Ctx, memberActor, systemActor } from '@/server/verbs/context';
import { DEMO } from './demo-account';
import { DEMO_POSTS, DEMO_PRODUCT } from './demo-texts';
import { plannerPdf } from './planner-pdf';

const DAY = 86_400_000;
const ACCOUNTS = [
  ['x', 'mira_draws'],
  ['facebook', 'mira.okafor'],
  ['etsy', 'miraokafor'],
] as const;
/** Days of the demo's past on which its sales are synced, counted back from today. */
const SYNC_DAYS_AGO = [8, 5, 2, 0];

export interface SeedWorld {
  workspaceId: string;
  userId: string;
  clock: Clock;
}

/**
 * Fills the demo workspace by doing what a user and the background functions do, on a clock that runs through the last days: it signs in at
 * the sandbox's platforms, lists a product, lets simulated buyers come, and syncs. It writes nothing that these do not write themselves.
 * Each part is skipped if it already exists, so a second run changes nothing.
 */
export async function seedContent(db: Db, world: SeedWorld): Promise<void> {
  if (!env().sandbox) return;
  const now = world.clock.now();
  const past = new ManualClock(new Date(now.getTime() - 9 * DAY));
  const ctx: Ctx = {
    db,
    clock: past,
    events: { publish: async () => {} },
    platforms: connectorPlatforms,
    workspaceId: asWorkspaceId(world.workspaceId),
    actor: memberActor({ userId: world.userId, name: DEMO.name, role: 'owner' }),
  };
  const sandbox = sandboxHandler({
    db,
    clock: past,
    publicUrl: sandboxPublicUrl(),
    appUrl: env().appUrl,
    internalAppUrl: `http://127.0.0.1:${env().PORT}`,
  });
  const before = transportInUse();
  // The server does not listen yet, so requests to the platforms are handled in this process.
  setTransport(handlerTransport(sandbox));
  try {
    for (const [platform, account] of ACCOUNTS)
      if (!(await connectionOf(ctx, platform))) await connectSandbox(sandbox, ctx, platform, account);
    await sell(ctx, past, now);
    past.set(now);
    await write({ ...ctx, clock: world.clock }, now);
  } finally {
    setTransport(before);
  }
}

async function connectionOf(ctx: Ctx, platform: string): Promise<string | null> {
  const [row] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({ id: connections.id })
      .from(connections)
      .where(and(eq(connections.platform, platform), ne(connections.status, 'disconnected'))),
  );
  return row?.id ?? null;
}

/** Lists one product with a price rule and syncs the activity of its buyers since then. */
async function sell(ctx: Ctx, past: ManualClock, now: Date): Promise<void> {
  const connectionId = await connectionOf(ctx, 'etsy');
  if (!connectionId) return;
  const [known] = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx.select({ id: products.id }).from(products).limit(1),
  );
  let productId = known?.id;
  if (!productId) {
    const file = await saveFile({
      ctx,
      input: { name: 'weekly-planner.pdf', content: once(plannerPdf()) },
    });
    productId = (await createProduct(ctx, { ...DEMO_PRODUCT, fileId: file.id })).id;
  }
  const { fileId: pictureId } = await drawPicture(ctx, { productId });
  const listing = await requestListing(ctx, { productId, connectionId, pictureId });
  if (listing.state === 'active') return;
  await performListing({ ctx, input: { listingId: listing.id } });
  if ((await listRules(ctx, { listingId: listing.id, limit: 1 })).items.length === 0)
    await saveRule(ctx, {
      listingId: listing.id,
      minViews: 20,
      windowHours: 48,
      stepBasisPoints: 1000,
      cooldownHours: 48,
    });
  const system: Ctx = { ...ctx, actor: systemActor('sales sync') };
  for (const daysAgo of SYNC_DAYS_AGO) {
    past.set(new Date(now.getTime() - daysAgo * DAY));
    await syncSales({ ctx: system, input: { connectionId } });
    const { changes } = await evaluateRules({ ctx: system });
    for (const priceChangeId of changes) await applyPriceChange({ ctx: system, input: { priceChangeId } });
  }
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** Writes posts for the library and some that are scheduled; the operator schedules the last one, so it awaits approval. */
async function write(ctx: Ctx, now: Date): Promise<void> {
  const targets = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
    tx
      .select({ id: connections.id, platform: connections.platform })
      .from(connections)
      .where(and(inArray(connections.platform, ['x', 'facebook']), eq(connections.status, 'active'))),
  );
  const there = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => ({
    titles: (await tx.select({ title: posts.title }).from(posts)).map((row) => row.title),
    planned: (await tx.select({ id: publications.id }).from(publications).limit(1)).length > 0,
  }));
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO('Europe/Berlin')
    .toPlainDate();
  for (const [i, { inDays, at, ...text }] of DEMO_POSTS.entries()) {
    if (there.titles.includes(text.title)) continue;
    const post = await createPost(ctx, {
      title: text.title,
      status: inDays === null ? 'library' : 'draft',
      variants: [
        { platform: 'x', text: text.short },
        { platform: 'facebook', text: text.long },
      ],
    });
    if (inDays === null || there.planned || targets.length === 0) continue;
    const last = i === DEMO_POSTS.length - 1;
    await schedulePublications(last ? await operatorOf(ctx) : ctx, {
      postId: post.id,
      version: post.version,
      targets: targets.map(({ id }) => ({ connectionId: id })),
      when: { kind: 'at', local: `${today.add({ days: inDays })}T${at}` },
      requestKey: `demo-content-${i}`,
    });
  }
}

/** Returns the context of the workspace's operator, whose posts await approval; the given one if there is no operator. */
async function operatorOf(ctx: Ctx): Promise<Ctx> {
  const [operator] = await ctx.db.asSystem((tx) =>
    tx
      .select({ userId: users.id, name: users.name })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(and(eq(members.workspaceId, ctx.workspaceId), eq(members.role, 'operator')))
      .limit(1),
  );
  return operator ? { ...ctx, actor: memberActor({ ...operator, role: 'operator' }) } : ctx;
}
