import { NonRetriableError, RetryAfterError } from 'inngest';
import { getDb } from '@/db/client';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { postAiCosts } from '@/server/domains/ledger/post-ai-costs';
import { performListing } from '@/server/domains/listings/perform-listing';
import { applyPriceChange } from '@/server/domains/pricing/apply-price-change';
import { evaluateRules } from '@/server/domains/pricing/evaluate-rules';
import {
  connectionsToSync,
  stuckListings,
  stuckPriceChanges,
  workspacesWithAiCosts,
  workspacesWithRules,
} from '@/server/domains/sales/due';
import { reportStuckFeed, stuckFeeds } from '@/server/domains/sales/feed';
import { syncSales } from '@/server/domains/sales/sync-sales';
import { systemClock } from '@/server/foundation/clock';
import { isAppError } from '@/server/foundation/errors';
import { inngest } from '../../client';
import { systemCtx } from '../../ctx';
import { sendEvents } from '../../event-publisher';
import { listingRequested, priceChangeRequested, syncRequested } from '../../events';
import { eachPage, eachWorkspace } from '../pages';

/** Translates a fault for the runner: wait as long as the platform asks, retry, or stop. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isConnectorFault(error)) {
      if (error.kind === 'rate_limited')
        throw new RetryAfterError(error.message, (error.options.retryAfter ?? 60) * 1000, { cause: error });
      if (error.kind === 'reauth' || error.kind === 'rejected')
        throw new NonRetriableError(error.message, { cause: error });
    }
    if (isAppError(error) && error.code === 'not_found')
      throw new NonRetriableError(error.message, { cause: error });
    throw error;
  }
}

/** Requests a sync of every shop each hour, at a minute that few other jobs use. */
const syncHourly = inngest.createFunction(
  { id: 'selling-sync-hourly', triggers: [{ cron: '7 * * * *' }], concurrency: 1 },
  async ({ step }) => {
    const { done } = await eachPage(step, {
      name: 'Requesting shop syncs',
      read: async (after) => connectionsToSync(await getDb(), after),
      id: (row) => row.connectionId,
      async work(page) {
        await sendEvents<'selling/sync.requested'>(
          page.map((data) => ({ name: 'selling/sync.requested', data })),
        );
        return { done: page.length, failed: 0 };
      },
    });
    return { shops: done };
  },
);

const syncShop = inngest.createFunction(
  {
    id: 'selling-sync-shop',
    triggers: [syncRequested],
    concurrency: { key: 'event.data.connectionId', limit: 1 },
    retries: 4,
  },
  async ({ event, step }) => {
    const { workspaceId, connectionId } = event.data;
    const result = await step.run('sales', () =>
      translated(async () =>
        syncSales({
          ctx: await systemCtx(workspaceId, 'sales-sync'),
          input: { connectionId },
        }),
      ),
    );
    // Price rules are evaluated on the new figures.
    const rules = await step.run('price-rules', async () =>
      evaluateRules({ ctx: await systemCtx(workspaceId, 'price-rules') }),
    );
    return { result, rules };
  },
);

const listProduct = inngest.createFunction(
  {
    id: 'selling-listing',
    triggers: [listingRequested],
    concurrency: { key: 'event.data.listingId', limit: 1 },
    retries: 4,
  },
  async ({ event, step }) => {
    const { workspaceId, listingId } = event.data;
    return step.run('platform', () =>
      translated(async () =>
        performListing({
          ctx: await systemCtx(workspaceId, 'listing'),
          input: { listingId },
        }),
      ),
    );
  },
);

const changePrice = inngest.createFunction(
  {
    id: 'selling-price-change',
    triggers: [priceChangeRequested],
    concurrency: { key: 'event.data.priceChangeId', limit: 1 },
    retries: 4,
  },
  async ({ event, step }) => {
    const { workspaceId, priceChangeId } = event.data;
    return step.run('platform', () =>
      translated(async () =>
        applyPriceChange({
          ctx: await systemCtx(workspaceId, 'price-rules'),
          input: { priceChangeId },
        }),
      ),
    );
  },
);

/** Evaluates the price rules of all workspaces, including those for which no sync did so. */
const priceRules = inngest.createFunction(
  { id: 'selling-price-rules', triggers: [{ cron: '37 * * * *' }], concurrency: 1 },
  async ({ step }) => {
    const done = await eachWorkspace(
      step,
      'Evaluating price rules',
      async (after) => workspacesWithRules(await getDb(), after),
      async (id) => (await evaluateRules({ ctx: await systemCtx(id, 'price-rules') })).changes.length,
    );
    return { changes: done };
  },
);

const bookAiCosts = inngest.createFunction(
  { id: 'selling-book-ai-costs', triggers: [{ cron: '52 * * * *' }], concurrency: 1 },
  async ({ step }) => {
    const done = await eachWorkspace(
      step,
      'Booking AI costs',
      async (after) => workspacesWithAiCosts(await getDb(), after),
      async (id) => (await postAiCosts({ ctx: await systemCtx(id, 'ai-costs') })).posted,
    );
    return { posted: done };
  },
);

/**
 * Finds listings and price changes whose event was lost or whose run crashed, because the rows are authoritative, and feeds that are stuck.
 * Each page sends its own events.
 */
const sweep = inngest.createFunction(
  { id: 'selling-sweep', triggers: [{ cron: '*/3 * * * *' }], concurrency: 1 },
  async ({ step }) => {
    const asked = await eachPage(step, {
      name: 'Pending listings',
      read: async (after) => stuckListings(await getDb(), systemClock, after),
      id: (row) => row.listingId,
      async work(page) {
        await sendEvents<'selling/listing.requested'>(
          page.map((data) => ({ name: 'selling/listing.requested', data })),
        );
        return { done: page.length, failed: 0 };
      },
    });
    const prices = await eachPage(step, {
      name: 'Pending price changes',
      steps: 'prices',
      read: async (after) => stuckPriceChanges(await getDb(), systemClock, after),
      id: (row) => row.priceChangeId,
      async work(page) {
        await sendEvents<'selling/price-change.requested'>(
          page.map((data) => ({ name: 'selling/price-change.requested', data })),
        );
        return { done: page.length, failed: 0 };
      },
    });
    const feeds = await eachPage(step, {
      name: 'Stuck feeds',
      steps: 'feeds',
      read: async (after) => stuckFeeds(await getDb(), systemClock, after),
      id: (row) => row.connectionId,
      async work(page) {
        for (const { workspaceId, connectionId } of page)
          await reportStuckFeed({ ctx: await systemCtx(workspaceId, 'sales-sync'), input: { connectionId } });
        // Tried at once, because the last event may have been lost.
        await sendEvents<'selling/sync.requested'>(
          page.map((data) => ({ name: 'selling/sync.requested', data })),
        );
        return { done: page.length, failed: 0 };
      },
    });
    return { found: asked.done + prices.done + feeds.done };
  },
);

export default [syncHourly, syncShop, listProduct, changePrice, priceRules, bookAiCosts, sweep];
