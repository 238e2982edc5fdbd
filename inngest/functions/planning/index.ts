import type { InngestFunction } from 'inngest';
import { getDb } from '@/db/client';
import { fillEvergreen, workspacesWithEvergreen } from '@/server/domains/planning/fill-evergreen';
import { topUpSeries, workspacesWithSeries } from '@/server/domains/planning/top-up-series';
import { log } from '@/server/foundation/log';
import { inngest } from '../../client';
import { systemCtx } from '../../ctx';

/**
 * Does a work for each workspace, one after the other. What goes wrong in one is logged and holds up no other; the next hour tries
 * again. One step a page of workspaces, so that a run stays within the runner's limits however many there are.
 */
async function eachWorkspace(
  page: readonly string[],
  name: string,
  work: (workspaceId: string) => Promise<number>,
): Promise<{ done: number; failed: number }> {
  const result = { done: 0, failed: 0 };
  for (const workspaceId of page)
    try {
      result.done += await work(workspaceId);
    } catch (error) {
      log().error({ err: error, workspaceId }, `${name} failed`);
      result.failed++;
    }
  return result;
}

/** Pages of workspaces that one run takes on. */
const MOST_PAGES = 100;

/** Makes the occurrences of repeated posts for the time ahead. The rows are the memo: a repeated run makes nothing twice. */
const series = inngest.createFunction(
  { id: 'planning-series', triggers: [{ cron: '7 * * * *' }], concurrency: 1, retries: 1 },
  async ({ step }) => {
    let after = '';
    let [made, failed] = [0, 0];
    for (let i = 0; i < MOST_PAGES; i++) {
      const from = after;
      const page = await step.run(`page-${i}`, async () => {
        const ids = await workspacesWithSeries(await getDb(), from);
        const { done, failed } = await eachWorkspace(ids, 'Repeating posts', async (id) => {
          const { made } = await topUpSeries({ ctx: await systemCtx(id, 'series') });
          return made;
        });
        return { last: ids.at(-1) ?? null, done, failed };
      });
      made += page.done;
      failed += page.failed;
      if (page.last === null) break;
      after = page.last;
    }
    return { made, failed };
  },
);

/** Puts evergreen posts into the free slots of the next day. */
const evergreen = inngest.createFunction(
  { id: 'planning-evergreen', triggers: [{ cron: '17 * * * *' }], concurrency: 1, retries: 1 },
  async ({ step }) => {
    let after = '';
    let [filled, failed] = [0, 0];
    for (let i = 0; i < MOST_PAGES; i++) {
      const from = after;
      const page = await step.run(`page-${i}`, async () => {
        const ids = await workspacesWithEvergreen(await getDb(), from);
        const { done, failed } = await eachWorkspace(ids, 'Recycling posts', async (id) => {
          const { filled } = await fillEvergreen({ ctx: await systemCtx(id, 'evergreen') });
          return filled;
        });
        return { last: ids.at(-1) ?? null, done, failed };
      });
      filled += page.done;
      failed += page.failed;
      if (page.last === null) break;
      after = page.last;
    }
    return { filled, failed };
  },
);

const functions: InngestFunction.Any[] = [series, evergreen];
export default functions;
