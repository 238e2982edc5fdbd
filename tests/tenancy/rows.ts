import { eq } from 'drizzle-orm';
import type { Db } from '@/db/client';
import * as schema from '@/db/schema';
import { grantContext, sealChoice, sealTokens } from '@/server/connectors/host/tokens';
import { newId } from '@/server/foundation/ids';
import { plain } from '@/tests/support/plain';
import type { World } from '@/tests/support/world';

/** Ids of one row of every kind that an input can name. */
export interface Ids {
  topic: string;
  connection: string;
  choice: string;
  shop: string;
  file: string;
  post: string;
  publication: string;
  stop: string;
  unclear: string;
  pictured: string;
  approval: string;
  action: string;
  alert: string;
  product: string;
  listing: string;
  rule: string;
  entry: string;
  transaction: string;
  run: string;
  session: string;
  slot: string;
  series: string;
}
export type IdKind = keyof Ids;

const PREFIX: Record<IdKind, Parameters<typeof newId>[0]> = {
  topic: 'topic',
  connection: 'connection',
  choice: 'connectionChoice',
  shop: 'connection',
  file: 'file',
  post: 'post',
  publication: 'publication',
  stop: 'postingStop',
  unclear: 'publication',
  pictured: 'publication',
  approval: 'approval',
  action: 'action',
  alert: 'alert',
  product: 'product',
  listing: 'listing',
  rule: 'priceRule',
  entry: 'unattributedEntry',
  transaction: 'transaction',
  run: 'jobRun',
  session: 'session',
  slot: 'slot',
  series: 'series',
};

/** Returns ids that have the right shape but belong to no row. */
export const noIds = (): Ids =>
  Object.fromEntries(Object.entries(PREFIX).map(([kind, prefix]) => [kind, newId(prefix)])) as unknown as Ids;

/** Returns a text that is in every row with text of a world, so that a leak of any of them is detected. */
export const markOf = (world: World): string => `mark-${world.workspaceId.slice(-10)}`;

/** Creates one row of every kind in a world and returns their ids. */
export async function fill(db: Db, world: World): Promise<Ids> {
  const ids = noIds();
  const { workspaceId } = world;
  const mark = markOf(world);
  const now = world.clock.now();
  const later = new Date(now.getTime() + 86_400_000);
  const by = `user:${world.userId}`;
  await db.asSystem(async (tx) => {
    await tx
      .insert(schema.sessions)
      .values({ id: ids.session, userId: world.userId, lastSeenAt: now, expiresAt: later });
    await tx
      .insert(schema.topics)
      .values({ id: ids.topic, workspaceId, slug: 'memes', audience: mark, tone: mark });
    const grantOf = { x: newId('grant'), etsy: newId('grant'), facebook: newId('grant') };
    for (const [platform, id] of Object.entries(grantOf))
      await tx.insert(schema.grants).values({
        id,
        workspaceId,
        platform,
        environment: 'sandbox',
        grantedBy: mark,
        scopes: [mark],
        credentials: sealTokens(grantContext(id), { accessToken: mark, refreshToken: null }),
        createdBy: world.userId,
      });
    for (const [id, platform] of [
      [ids.connection, 'x'],
      [ids.shop, 'etsy'],
    ] as const)
      await tx.insert(schema.connections).values({
        id,
        workspaceId,
        platform,
        environment: 'sandbox',
        grantId: grantOf[platform],
        status: 'active',
        remoteId: `${platform}-${mark}`,
        remoteName: mark,
      });
    await tx.insert(schema.connectionWebhooks).values({
      connectionId: ids.connection,
      workspaceId,
      state: 'off',
      problem: plain(mark),
      nextAt: later,
    });
    await tx.insert(schema.connectionChoices).values({
      id: ids.choice,
      workspaceId,
      userId: world.userId,
      grantId: grantOf.facebook,
      accounts: [{ remoteId: '1', name: mark, url: null, remote: {} }],
      credentials: sealChoice(ids.choice, { 1: { accessToken: mark, refreshToken: null } }),
      expiresAt: later,
    });
    await tx.insert(schema.files).values({
      id: ids.file,
      workspaceId,
      name: `${mark}.pdf`,
      mime: 'application/pdf',
      bytes: 4,
      sha256: '0'.repeat(64),
      storageKey: `${workspaceId}/${ids.file}`,
      kind: 'picture',
      width: 1,
      height: 1,
    });
    await tx.insert(schema.fileVersions).values({
      workspaceId,
      fileId: ids.file,
      variant: mark,
      storageKey: `${workspaceId}/${ids.file}-small`,
      mime: 'image/jpeg',
      bytes: 2,
      width: 1,
      height: 1,
    });
    await tx
      .insert(schema.posts)
      .values({ id: ids.post, workspaceId, topicId: ids.topic, title: mark, createdBy: by });
    const variantId = newId('variant');
    await tx
      .insert(schema.variants)
      .values({ id: variantId, workspaceId, postId: ids.post, platform: 'x', text: mark });
    for (const [id, state] of [
      [ids.publication, 'awaiting_approval'],
      [ids.unclear, 'unknown'],
    ] as const)
      await tx.insert(schema.publications).values({
        id,
        workspaceId,
        postId: ids.post,
        variantId,
        connectionId: ids.connection,
        text: mark,
        dueAt: later,
        localTime: '2026-03-03T11:00',
        timeZone: 'Europe/Berlin',
        state,
        marker: id,
        requestKey: id,
        createdBy: by,
      });
    await tx.insert(schema.publications).values({
      id: ids.pictured,
      workspaceId,
      postId: ids.post,
      variantId,
      connectionId: ids.connection,
      text: mark,
      media: [
        {
          fileId: ids.file,
          alt: mark,
          kind: 'picture',
          mime: 'image/png',
          bytes: 4,
          width: 1,
          height: 1,
          durationMs: null,
        },
      ],
      dueAt: later,
      localTime: '2026-03-03T11:00',
      timeZone: 'Europe/Berlin',
      state: 'scheduled',
      marker: ids.pictured,
      requestKey: ids.pictured,
      createdBy: by,
    });
    // The row of the upload was created by the database.
    await tx
      .update(schema.publicationMedia)
      .set({ state: 'failed', remoteId: mark, problem: plain(mark) })
      .where(eq(schema.publicationMedia.publicationId, ids.pictured));
    await tx.insert(schema.publicationResults).values({
      publicationId: ids.publication,
      workspaceId,
      connectionId: ids.connection,
      likes: 12,
      problem: plain(mark),
    });
    await tx.insert(schema.postingStops).values({
      id: ids.stop,
      workspaceId,
      stoppedBy: by,
      stoppedAt: now,
      wasRunning: false,
      count: 0,
    });
    await tx
      .insert(schema.postingSlots)
      .values({ id: ids.slot, workspaceId, connectionId: ids.connection, weekday: 1, minute: 540 });
    await tx.insert(schema.series).values({
      id: ids.series,
      workspaceId,
      postId: ids.post,
      unit: 'month',
      monthDay: 3,
      startDay: '2026-03-03',
      minute: 660,
      timeZone: 'Europe/Berlin',
      requestKey: ids.series,
      createdBy: by,
    });
    await tx
      .insert(schema.seriesTargets)
      .values({ workspaceId, seriesId: ids.series, connectionId: ids.connection });
    await tx.insert(schema.seriesOccurrences).values({
      workspaceId,
      seriesId: ids.series,
      connectionId: ids.connection,
      day: '2026-03-03',
      publicationId: ids.publication,
    });
    await tx
      .insert(schema.evergreenPosts)
      .values({ workspaceId, postId: ids.post, createdBy: by, wordings: { x: [mark] } });
    await tx.insert(schema.approvals).values({
      id: ids.approval,
      workspaceId,
      subjectType: 'post',
      subjectId: ids.post,
      title: mark,
      policy: 'keep',
      deadlineAt: later,
    });
    await tx.insert(schema.actions).values({
      id: ids.action,
      workspaceId,
      kind: 'publication_rest',
      subjectType: 'publication',
      subjectId: ids.publication,
      title: plain(mark),
      prompt: plain(mark),
    });
    await tx.insert(schema.alerts).values({
      id: ids.alert,
      workspaceId,
      key: mark,
      severity: 'warning',
      title: plain(mark),
      body: plain(mark),
    });
    await tx.insert(schema.products).values({
      id: ids.product,
      workspaceId,
      title: mark,
      description: mark,
      price: 900,
      floor: 500,
      currency: 'USD',
      fileId: ids.file,
    });
    await tx.insert(schema.listings).values({
      id: ids.listing,
      workspaceId,
      productId: ids.product,
      connectionId: ids.shop,
      state: 'active',
      remoteId: '1',
      price: 900,
      currency: 'USD',
    });
    await tx.insert(schema.priceRules).values({
      id: ids.rule,
      workspaceId,
      listingId: ids.listing,
      minViews: 10,
      windowHours: 24,
      stepBasisPoints: 500,
      cooldownHours: 24,
    });
    await tx.insert(schema.sales).values({
      id: newId('sale'),
      workspaceId,
      connectionId: ids.shop,
      listingId: ids.listing,
      remoteId: mark,
      remoteOrderId: mark,
      title: mark,
      quantity: 1,
      gross: 900,
      fees: 90,
      currency: 'USD',
      soldAt: now,
    });
    await tx.insert(schema.unattributedEntries).values({
      id: ids.entry,
      workspaceId,
      connectionId: ids.shop,
      remoteId: mark,
      reason: 'unknown_kind',
      platformKind: mark,
      amount: -40,
      currency: 'USD',
      occurredAt: now,
      raw: { entry: mark },
    });
    const accounts = [newId('account'), newId('account')] as const;
    await tx.insert(schema.ledgerAccounts).values([
      {
        id: accounts[0],
        workspaceId,
        code: 'platform_balance',
        kind: 'asset',
        currency: 'USD',
        subjectId: ids.shop,
      },
      { id: accounts[1], workspaceId, code: 'sales', kind: 'income', currency: 'USD', subjectId: ids.shop },
    ]);
    await tx.insert(schema.ledgerTransactions).values({
      id: ids.transaction,
      workspaceId,
      key: mark,
      kind: 'sale',
      occurredAt: now,
      description: plain(mark),
      sourceType: 'sale',
      sourceId: mark,
    });
    await tx.insert(schema.ledgerPostings).values([
      {
        workspaceId,
        transactionId: ids.transaction,
        line: 1,
        accountId: accounts[0],
        amount: 900,
        currency: 'USD',
      },
      {
        workspaceId,
        transactionId: ids.transaction,
        line: 2,
        accountId: accounts[1],
        amount: -900,
        currency: 'USD',
      },
    ]);
    await tx.insert(schema.jobRuns).values({
      id: ids.run,
      workspaceId,
      runId: ids.run,
      function: 'publishing-publish',
      status: 'completed',
      subject: mark,
      startedAt: now,
    });
    await tx.insert(schema.activity).values({
      id: newId('activity'),
      workspaceId,
      at: now,
      actor: by,
      verb: 'post.created',
      subjectType: 'post',
      subjectId: ids.post,
      summary: plain(mark),
    });
  });
  return ids;
}
